"""Add and edit an application: the fields, their messages, and what was typed coming back (ux 6.6)."""

from typing import Any, Final

from chalice.app import Response

from chalicelib import policy
from chalicelib.credentials import id_from, mac, new_id, same
from chalicelib.oauth import registration
from chalicelib.oauth.registration import Draft, Shown
from chalicelib.policy import FORM_TICKET, milliseconds
from chalicelib.store.clients import Client
from chalicelib.store.writing import ConditionFailed
from chalicelib.web import answers, browser, pages
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.integrations import fields
from chalicelib.web.integrations.fields import FIELDS, Typed
from chalicelib.web.integrations.shared import (
    BASE,
    OFF,
    RESTRICTED,
    managed,
    may_register,
    own_client,
    path_of,
    surface,
)

_LABELS: Final = {
    "client_name": "Display Name",
    "description": "Description",
    "client_uri": "Homepage",
    "logo_uri": "Icon URL",
    "redirect_uris": "Callback URLs",
    "trusted": "Is Trusted",
    "pkce_exempt": "Sign-in without PKCE",
    "scope": "Permissions",
    "post_logout_redirect_uris": "Sign-out URLs",
}


@surface.route("GET", BASE + "/new", PERSON, may=may_register, forbidden=RESTRICTED, off=OFF)
def show_add(call: Call) -> Response:
    """Show an empty form."""
    return _add_page(call, fields.EMPTY, _new_ticket(call))


@surface.route(
    "POST",
    BASE + "/new",
    PERSON,
    may=may_register,
    forbidden=RESTRICTED,
    off=OFF,
    form="app-add",
    fields=(*FIELDS, "ticket"),
)
def add(call: Call) -> Response:
    """Register the application; a form sent twice registers once, because its id comes from the form's ticket."""
    typed, ticket = fields.read(call.request.form), call.request.form.get("ticket") or ""
    client_id = _client_id_of(call, ticket)
    if client_id is None:
        return _add_page(call, typed, _new_ticket(call), _TOO_LATE, status=422)
    trusted = typed.is_trusted == "true" and policy.may_trust(call.user)
    draft = fields.draft_of(typed, public=typed.client_type == "device", trusted=trusted)
    problems = fields.problems(draft, call.settings)
    if typed.client_type not in {"server", "device"}:
        problems["client_type"] = "Choose where it will run"
    if problems:
        return _add_page(call, typed, ticket, problems, status=422)
    if draft.trusted and call.request.form.get("confirmed") is None:
        return _ask_trust(call, typed, draft, form_name="app-add", hidden={"ticket": ticket})
    shown = Shown(call.session.session, call.session.token)
    origin = call.request.origin(call.user.user_id)
    try:
        registration.register(draft, call.user, origin, client_id=client_id, shown=shown)
    except ConditionFailed:
        return answers.go(path_of(client_id, "credentials"))  # the first press registered it
    return answers.go(path_of(client_id, "credentials") + "?just=registered")


@surface.route(
    "GET",
    BASE + "/{client_id}/edit",
    PERSON,
    reads=own_client,
    may=may_register,
    forbidden=RESTRICTED,
    off=OFF,
)
def show_edit(call: Call) -> Response:
    """Show the form filled in."""
    client = managed(call, "edit")
    return _edit_page(call, client, fields.held(client))


@surface.route(
    "POST",
    BASE + "/{client_id}/edit",
    PERSON,
    reads=own_client,
    may=may_register,
    forbidden=RESTRICTED,
    off=OFF,
    form="app-edit",
    fields=(*FIELDS, "version"),
)
def edit(call: Call) -> Response:
    """Save an edit, unless somebody else saved one in between."""
    client = managed(call, "edit")
    typed = fields.read(call.request.form)
    draft = _edited(call, client, typed)
    problems = fields.problems(draft, call.settings)
    if draft.trusted and client.dynamic:
        problems["is_trusted"] = "An application that registered itself cannot be trusted. Choose No"
    if problems:
        return _edit_page(call, client, typed, problems, status=422)
    if call.request.form.text("version") != str(client.version):
        return _edit_page(call, client, typed, _SOMEBODY_ELSE, status=409)
    if draft.trusted and not client.trusted and call.request.form.get("confirmed") is None:
        return _ask_trust(call, typed, draft, form_name="app-edit", hidden={"version": str(client.version)})
    told = [_LABELS[name] for name in registration.differences(client, draft)]
    if not told:
        return browser.go_with_flash(call, path_of(client.client_id, "credentials"), Flash("Nothing changed."))
    try:
        registration.edit(client, draft, call.request.origin(call.user.user_id))
    except ConditionFailed:
        return _edit_page(call, client, typed, _SOMEBODY_ELSE, status=409)
    return browser.go_with_flash(call, path_of(client.client_id, "credentials"), _saved(client, draft, told))


_TOO_LATE: Final = {"": "This page was open too long. Nothing was saved. Check the values below and save again."}
_SOMEBODY_ELSE: Final = {
    "": "Somebody else changed this application in the meantime. "
    "Check the values below and save again to replace theirs."
}


def _edited(call: Call, client: Client, typed: Typed) -> Draft:
    """The draft of an edit; what the form does not show is kept."""
    draft = fields.draft_of(typed, public=client.public, trusted=typed.is_trusted == "true")
    if not policy.may_trust(call.user):
        draft = draft._replace(trusted=registration.keeps_trust(client, draft.redirect_uris))
    return draft._replace(mattermost_app_id=client.mattermost_app_id)


def _ask_trust(call: Call, typed: Typed, draft: Draft, *, form_name: str, hidden: dict[str, str]) -> Response:
    """Ask before nobody is asked any more, naming the hosts people will be sent to (ux 6.6)."""
    hosts = sorted({pages.host(uri) for uri in draft.redirect_uris})
    return browser.page(
        call,
        "confirm.html",
        heading=f"Trust {draft.name}?",
        intro=None,
        effects=[
            "Nobody on this server is asked any more: it can act for people as soon as they sign in to it.",
            f"People are sent to: {', '.join(hosts)}.",
            "Choose this only for software your organisation runs.",
        ],
        action=call.request.path,
        form_name=form_name,
        hidden=fields.sent(typed) | hidden | {"confirmed": "true"},
        button=f"Trust {draft.name}",
        keep_href=BASE,
        keep_label="Do not save",
        danger=False,
        crumbs=[("Integrations", "/integrations"), ("OAuth 2.0 Applications", BASE), ("Is Trusted", None)],
    )


def _saved(client: Client, draft: Draft, told: list[str]) -> Flash:
    changed = "1 thing changed" if len(told) == 1 else f"{len(told)} things changed"
    text = f"{changed}: {', '.join(told)}."
    if client.trusted and not draft.trusted and _LABELS["redirect_uris"] in told:
        text += " People are asked again, because they are sent to another host: a System Admin can trust it anew."
    if set(client.addresses) - set(draft.redirect_uris):
        text += " A callback URL was removed: people who start from it will see an error."
        return Flash("Saved.", text, kind="warn")
    return Flash("Saved.", text)


def _add_page(
    call: Call, typed: Typed, ticket: str, problems: dict[str, str] | None = None, status: int = 200
) -> Response:
    return _page(call, typed, problems, status, mode="add", client_id=None, ticket=ticket, row_version=None)


def _edit_page(
    call: Call,
    client: Client,
    typed: Typed,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    fixed = typed._replace(client_type=fields.held(client).client_type)
    return _page(
        call,
        fixed,
        problems,
        status,
        mode="edit",
        client_id=client.client_id,
        ticket=None,
        row_version=client.version,
    )


def _page(call: Call, typed: Typed, problems: dict[str, str] | None, status: int, **values: Any) -> Response:
    return browser.page(
        call,
        "integrations/app_form.html",
        status,
        form=typed,
        problems=fields.in_form_order(problems or {}),
        may_trust=policy.may_trust(call.user),
        choices=fields.choices(),
        warnings=fields.warnings(typed),
        **values,
    )


def _new_ticket(call: Call) -> str:
    content = f"{new_id()}-{call.request.now + milliseconds(FORM_TICKET)}"
    return f"{content}.{_ticket_tag(call, content)}"


def _client_id_of(call: Call, ticket: str) -> str | None:
    """The id the application will have, the same at every press of Save; None if the ticket is not good any more."""
    content, _, tag = ticket.partition(".")
    if not same(tag, _ticket_tag(call, content)) or int(content.partition("-")[2]) <= call.request.now:
        return None
    return id_from(mac(call.settings.keys.current("client id"), content))


def _ticket_tag(call: Call, content: str) -> str:
    return mac(call.settings.keys.current("form ticket"), call.session.session.session_id, content).hex()
