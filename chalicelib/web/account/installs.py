"""Account Settings > Security > OAuth 2.0 Applications: ending one sign-in of an application, or all (ux 6.13)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.accounts import people, sessions
from chalicelib.errors import NotFound
from chalicelib.oauth import grants, tokens
from chalicelib.store.authorizations import Authorization, authorization_key
from chalicelib.store.clients import Client, client_key
from chalicelib.store.grants import grant_key
from chalicelib.store.reading import Key
from chalicelib.web import browser, pages
from chalicelib.web.account.shared import ACCOUNT_CRUMB, APPS, APPS_CRUMB, surface
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.http import Request

_INSTALL: Final = APPS + "/{client_id}/installs/{authorization_id}/revoke"
_ALL: Final = f"{APPS}/revoke-all"


def _own_install(request: Request) -> Sequence[Key[Any]]:
    user_id, client_id = request.claimed_user_id, request.path_id("client_id")
    authorization_id = request.path_id("authorization_id")
    return [client_key(client_id), grant_key(user_id, client_id), authorization_key(user_id, authorization_id)]


@surface.route("GET", _INSTALL, PERSON, reads=_own_install)
def ask_revoke_install(call: Call) -> Response:
    """Ask before one sign-in of an application ends."""
    authorization, client = _found(call)
    name, used = client.client_name, authorization.used_from or "an unknown address"
    return browser.page(
        call,
        "confirm.html",
        heading=f"Revoke one sign-in of {name}?",
        intro=f"The one since {pages.full_moment(authorization.created_at)}, last used from {used}.",
        effects=[
            "The tokens of this sign-in stop at once.",
            f"Other sign-ins of {name} live on.",
            f"You still allow {name}: it can sign in again without asking you. Revoke its access to end that too.",
        ],
        action=call.request.path,
        form_name="revoke install",
        hidden={},
        button="Revoke sign-in",
        keep_href=APPS,
        keep_label="Keep it",
        danger=True,
        crumbs=[ACCOUNT_CRUMB, APPS_CRUMB, ("Revoke sign-in", None)],
    )


@surface.route("POST", _INSTALL, PERSON, reads=_own_install, form="revoke install")
def revoke_install(call: Call) -> Response:
    """End one sign-in with all its tokens; the others and the consent stay."""
    authorization, client = _found(call)
    tokens.end(authorization, "revoked_by_person", call.request.origin(call.user.user_id))
    title = f"One sign-in of {client.client_name} is revoked."
    text = f"Its tokens stopped working at {pages.clock(call.request.now)}. You still allow the application."
    return browser.go_with_flash(call, APPS, Flash(title, text))


@surface.route("GET", _ALL, PERSON)
def ask_revoke_all(call: Call) -> Response:
    """Ask before every application loses its access; says how many there are."""
    count = len(grants.allowed(call.user, call.settings, call.request.now))
    if not count:
        raise NotFound("You have not allowed any application.", heading="Nothing to revoke")
    return browser.page(
        call,
        "account/revoke_all.html",
        heading="Revoke this application?" if count == 1 else f"Revoke all {count} applications?",
        intro=None,
        effects=[
            f"{'It' if count == 1 else 'They'} can no longer act for you: all tokens stop at once.",
            "What was done before stays.",
            "Each can ask you again; those trusted by your System Admin get access again without asking, "
            "the next time you sign in to them.",
        ],
        action=_ALL,
        form_name="revoke all",
        hidden={},
        button="Revoke the application" if count == 1 else f"Revoke all {count} applications",
        keep_href=APPS,
        keep_label="Keep them",
        danger=True,
        crumbs=[ACCOUNT_CRUMB, APPS_CRUMB, ("Revoke all", None)],
    )


@surface.route("POST", _ALL, PERSON, form="revoke all", fields=("sign_out",))
def revoke_all(call: Call) -> Response:
    """Take everything back with one write, and where that is ticked end every other session with it."""
    origin = call.request.origin(call.user.user_id)
    title, when = "No application can use your account any more.", pages.clock(call.request.now)
    if call.request.form.get("sign_out") != "true":
        people.revoke_all_apps(call.user, origin)
        return browser.go_with_flash(call, APPS, Flash(title, f"All their tokens stopped working at {when}."))
    opened = sessions.sign_out_others(call.user, call.settings, origin, apps_too=True)
    text = f"All their tokens stopped working at {when}, and your other devices are signed out."
    return browser.signed_in(browser.go_with_flash(call, APPS, Flash(title, text)), opened.token)


def _found(call: Call) -> tuple[Authorization, Client]:
    """The sign-in in the address, if it is one of this person and application and has not ended."""
    client_id, user_id = call.request.path_id("client_id"), call.user.user_id
    client, grant = call.rows[client_key(client_id)], call.rows[grant_key(user_id, client_id)]
    authorization = call.rows[authorization_key(user_id, call.request.path_id("authorization_id"))]
    if client and grant and authorization and grants.install_stands(authorization, grant, call.request.now):
        return authorization, client
    raise NotFound("This sign-in has ended, or you revoked it already.", heading="Nothing to revoke")
