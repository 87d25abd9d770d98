"""Every template in every state worth looking at: name -> (template, values)."""

from __future__ import annotations

from types import SimpleNamespace

from chalicelib.policy import EVERYTHING, SCOPES
from tests.web.channel_values import CHANNEL_PAGES
from tests.web.page_values import (
    ALLOWED_PATH,
    APPS,
    BLANK_FORM,
    CLI,
    CLIENT,
    DONE,
    FORM,
    FORM_PROBLEMS,
    LEO,
    MINUTE,
    NOW,
    SETTINGS,
    SETUP,
    app,
    app_form,
    app_list,
    common,
    confirm,
    consent,
    credentials,
    refusal,
    resource,
    resource_form,
    resource_page,
)
from tests.web.people_values import (
    HERE,
    INVITATION,
    INVITED,
    OPEN_INVITATION,
    PROFILE,
    invite,
    join,
    people,
    person,
)

SIGN_IN: dict[str, object] = {
    "viewer": None,
    "form": SimpleNamespace(login_id="maya"),
    "redirect_to": "/oauth/authorize?client_id=1",
    "client": None,
    "may_sign_up": False,
    "problems": {},
}
SET_UP: dict[str, object] = {"viewer": None, "token": "gpu_1", "form": SETUP, "problems": {}}
INDEX: dict[str, object] = {"provider_on": True, "may_manage": True, "restricted": True}
RESEND = {"action": "/theme", "form_name": "theme", "fields": [("theme", "dark"), ("back", '"><script>')]}
ON_CONSOLE: dict[str, object] = {"path": "/admin/integrations/custom", "row_version": 7, "form_problem": None}

PAGES: dict[str, tuple[str, dict[str, object]]] = {
    **CHANNEL_PAGES,
    "setup": ("setup.html", common(**SET_UP)),
    "setup-wrong": (
        "setup.html",
        common(
            **SET_UP
            | {
                "problems": {
                    "username": "Username can use a-z, 0-9, dot, dash and underscore",
                    "password": "Use at least 12 characters, this has 9",
                }
            }
        ),
    ),
    "login": ("login.html", common(**SIGN_IN)),
    "login-wrong": (
        "login.html",
        common(**SIGN_IN | {"client": CLIENT, "problems": {"": "Email, username or password is not right."}}),
    ),
    "login-open": ("login.html", common(**SIGN_IN | {"may_sign_up": True})),
    "sign-up": ("join.html", join(client=CLIENT)),
    "sign-up-wrong": (
        "join.html",
        join(problems={"username": "This username is taken. Free right now: leo.w, leo-wong"}, redirect_to="/"),
    ),
    "invited": ("join.html", join(invitation=INVITATION, redirect_to=None, action="/invite/gpi_1")),
    "reset": ("reset.html", common(viewer=None, action="/reset/gpw_1", username="leo", problems={})),
    "reset-wrong": (
        "reset.html",
        common(
            viewer=None,
            action="/reset/gpw_1",
            username="leo",
            problems={"password": "Use at least 12 characters, this has 0"},
        ),
    ),
    "handover": (
        "handover.html",
        common(target="com.example.app:/done?code=1", label="Standup Notes"),
    ),
    "refusal": ("refusal.html", refusal()),
    "refusal-resend": ("refusal.html", refusal(resend=RESEND)),
    "refusal-bare": ("refusal.html", refusal(status=404, way_on=None, details=[])),
    "confirm": ("confirm.html", confirm()),
    "confirm-mild": ("confirm.html", confirm(danger=False, intro="It skips the question.")),
    "help": ("help.html", common(viewer=None, path="/help")),
    "index": ("integrations/index.html", common(**INDEX)),
    "index-off": (
        "integrations/index.html",
        common(**INDEX | {"provider_on": False}, theme="dark"),
    ),
    "index-member": (
        "integrations/index.html",
        common(**INDEX | {"provider_on": False, "may_manage": False}, viewer=LEO),
    ),
    "apps": ("integrations/apps.html", app_list(older_href="?after=1")),
    "apps-picture": (
        "integrations/apps.html",
        app_list(apps=[app(icon_url="https://standup.example.net/icon.png")], newer_href="?to=1"),
    ),
    "apps-none": (
        "integrations/apps.html",
        app_list(apps=[], counts={"all": 0, "mine": 0, "trusted": 0}),
    ),
    "apps-no-match": ("integrations/apps.html", app_list(apps=[], query="standp & <b>")),
    "apps-no-trusted": ("integrations/apps.html", app_list(apps=[], show="trusted")),
    "apps-member": ("integrations/apps.html", app_list(viewer=LEO, may_see_all=False)),
    "add": ("integrations/app_form.html", app_form(form=BLANK_FORM)),
    "add-permissions": ("integrations/app_form.html", app_form(problems={"scope": "Choose at least one permission"})),
    "add-wrong": ("integrations/app_form.html", app_form(problems=FORM_PROBLEMS)),
    "edit": (
        "integrations/app_form.html",
        app_form(
            mode="edit",
            client_id="wj3drgzdpnf54rxf5d8qd3dqne",
            row_version=4,
            warnings=["Callback URLs, line 2: Not encrypted. Anyone on the network could read it."],
        ),
    ),
    "edit-device": (
        "integrations/app_form.html",
        app_form(
            mode="edit",
            client_id="ih1",
            row_version=4,
            may_trust=False,
            form=SimpleNamespace(**vars(FORM) | {"client_type": "device"}),
        ),
    ),
    "credentials": (
        "integrations/credentials.html",
        credentials(
            secret="gps_saqjfmjqqy9mo1yj4zwed7w9xeABCDEF012345",
            secret_until=NOW + 10 * MINUTE,
            may_extend=True,
            just="registered",
        ),
    ),
    "credentials-later": ("integrations/credentials.html", credentials()),
    "credentials-public": (
        "integrations/credentials.html",
        credentials(app=CLI, just="registered"),
    ),
    "account": ("account/index.html", common(path="/account")),
    "allowed": (
        "account/oauth2_apps.html",
        common(apps=APPS, provider_on=True, flash=DONE, path=ALLOWED_PATH),
    ),
    "allowed-off": (
        "account/oauth2_apps.html",
        common(apps=APPS[:1], provider_on=False, path=ALLOWED_PATH),
    ),
    "allowed-none": (
        "account/oauth2_apps.html",
        common(apps=[], provider_on=True, viewer=LEO, path=ALLOWED_PATH),
    ),
    "revoke-all": ("account/revoke_all.html", confirm(form_name="revoke all")),
    "resources": ("console/resources.html", common(resources=[resource()], path="/admin/resource-servers")),
    "resources-none": ("console/resources.html", common(resources=[])),
    "resource": ("console/resource.html", resource_page()),
    "resource-registered": (
        "console/resource.html",
        resource_page(
            secret="gps_saqjfmjqqy9mo1yj4zwed7w9xeABCDEF012345",
            secret_until=NOW + 10 * MINUTE,
            may_extend=True,
            just="registered",
        ),
    ),
    "resource-urn": ("console/resource.html", resource_page(held=None, metadata=None)),
    "resource-add": ("console/resource_form.html", resource_form()),
    "resource-wrong": (
        "console/resource_form.html",
        resource_form(problems={"scopes": "Scopes, line 1: a\nScopes, line 2: b", "identifier": "Enter it"}),
    ),
    "resource-edit": (
        "console/resource_form.html",
        resource_form(href="/admin/resource-servers/0", named="Calendar", row_version="3"),
    ),
    "console": (
        "console/custom_integrations.html",
        common(
            settings=[SimpleNamespace(**vars(each) | {"problem": None}) for each in SETTINGS],
            **ON_CONSOLE,
        ),
    ),
    "console-changed": (
        "console/custom_integrations.html",
        common(settings=SETTINGS, **ON_CONSOLE | {"form_problem": "Somebody else changed the settings."}),
    ),
    "console-wrong": ("console/custom_integrations.html", common(settings=SETTINGS, **ON_CONSOLE)),
    "users": ("console/users.html", people(invitations=[OPEN_INVITATION], next_href="?start=25", total=30)),
    "users-more": ("console/users.html", people(more="2,000", previous_href="?start=0", role="member")),
    "users-no-match": ("console/users.html", people(people=[], query="zoe & <b>", state="active")),
    "users-nobody": ("console/users.html", people(people=[], role="member")),
    "invite": ("console/invite.html", invite()),
    "invite-wrong": ("console/invite.html", invite(problems={"emails": "Enter at least one email address"})),
    "invite-done": ("console/invite.html", invite(invited=INVITED)),
    "invite-none": ("console/invite.html", invite(invited=INVITED[1:])),
    "user": ("console/user.html", common(person=person(), is_own=False, href="/admin/users/1", problem=None)),
    "user-own": (
        "console/user.html",
        common(
            person=person(is_admin=True, nickname="Okie", position="Release manager"),
            is_own=True,
            href="/admin/users/1",
            problem="There must be at least one System Admin. Make somebody else one first.",
        ),
    ),
    "user-deactivated": (
        "console/user.html",
        common(person=person(active=False), is_own=False, href="/admin/users/1", problem=None),
    ),
    "reset-link": (
        "console/reset_link.html",
        common(name="Leo", user_href="/admin/users/1", link="https://chat.example.com/reset/gpw_1", until="13:44 UTC"),
    ),
    "profile": ("account/profile.html", common(form=PROFILE, problems={}, row_version="7", path="/account/profile")),
    "profile-wrong": (
        "account/profile.html",
        common(form=PROFILE, problems={"username": "This username is taken."}, row_version="7"),
    ),
    "password": ("account/password.html", common(problems={}, revoke_apps=False)),
    "password-wrong": (
        "account/password.html",
        common(problems={"current_password": "The current password is not right."}, revoke_apps=True),
    ),
    "sessions": ("account/sessions.html", common(here=HERE, others=[HERE])),
    "sessions-only": ("account/sessions.html", common(here=HERE, others=[])),
    "consent": ("oauth/consent.html", consent()),
    "consent-more": (
        "oauth/consent.html",
        consent(scopes=[SCOPES["posts:write"]], allowed_before=[SCOPES["openid"]], again=True),
    ),
    "consent-careful": (
        "oauth/consent.html",
        consent(
            client=SimpleNamespace(**vars(CLIENT) | {"dynamic": True, "homepage": ""}),
            warnings=["New here: nobody checked this application.", "It is not encrypted."],
        ),
    ),
    "signed-out": ("oauth/signed_out.html", common(viewer=None)),
    "consent-everything": ("oauth/consent.html", consent(scopes=[SCOPES[EVERYTHING]])),
}
