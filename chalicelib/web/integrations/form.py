"""Add and edit an application: the fields, their messages, and what was typed coming back (ux 6.6)."""

from dataclasses import dataclass, replace
from typing import Any, Final

from chalice.app import Response

from chalicelib import policy
from chalicelib.credentials import id_from, mac, new_id, same
from chalicelib.errors import FormExpired
from chalicelib.oauth import redirect_uris, registration
from chalicelib.oauth.registration import Draft, Problem, Shown
from chalicelib.policy import FORM_TICKET, milliseconds
from chalicelib.store.clients import Client
from chalicelib.store.writing import ConditionFailed
from chalicelib.web import answers, browser
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.http import Parameters
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
}


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as somebody filled it in."""

    is_trusted: str
    name: str
    description: str
    homepage: str
    icon_url: str
    callback_urls: str
    client_type: str
    pkce_exempt: bool


EMPTY: Final = Typed("false", "", "", "", "", "", "", pkce_exempt=False)


@surface.route("GET", BASE + "/new", PERSON, may=may_register, forbidden=RESTRICTED, off=OFF)
def show_add(call: Call) -> Response:
    """Show an empty form."""
    return _add_page(call, EMPTY, _new_ticket(call))


@surface.route("POST", BASE + "/new", PERSON, may=may_register, forbidden=RESTRICTED, off=OFF, form="app-add")
def add(call: Call) -> Response:
    """Register the application; a form sent twice registers once, because its id comes from the form's ticket."""
    typed, ticket = _typed(call.request.form), call.request.form.get("ticket") or ""
    client_id = _client_id_of(call, ticket)
    trusted = typed.is_trusted == "true" and policy.may_trust(call.user)
    draft = _draft(typed, public=typed.client_type == "device", trusted=trusted)
    problems = _problems(call, draft)
    if typed.client_type not in {"server", "device"}:
        problems["client_type"] = "Choose where it will run"
    if problems:
        return _add_page(call, typed, ticket, problems, status=422)
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
    return _edit_page(call, client, _held(client))


@surface.route(
    "POST",
    BASE + "/{client_id}/edit",
    PERSON,
    reads=own_client,
    may=may_register,
    forbidden=RESTRICTED,
    off=OFF,
    form="app-edit",
)
def edit(call: Call) -> Response:
    """Save an edit, unless somebody else saved one in between."""
    client = managed(call, "edit")
    typed = _typed(call.request.form)
    trusted = typed.is_trusted == "true" if policy.may_trust(call.user) else client.trusted
    draft = replace(_draft(typed, public=client.public, trusted=trusted), mattermost_app_id=client.mattermost_app_id)
    problems = _problems(call, draft)
    if problems:
        return _edit_page(call, client, typed, problems, status=422)
    if call.request.form.text("version") != str(client.version):
        return _edit_page(call, client, typed, _SOMEBODY_ELSE, status=409)
    told = [_LABELS[name] for name in registration.differences(client, draft)]
    if not told:
        return browser.go_with_flash(call, path_of(client.client_id, "credentials"), Flash("Nothing changed."))
    try:
        registration.edit(client, draft, call.request.origin(call.user.user_id))
    except ConditionFailed:
        return _edit_page(call, client, typed, _SOMEBODY_ELSE, status=409)
    return browser.go_with_flash(call, path_of(client.client_id, "credentials"), _saved(client, draft, told))


_SOMEBODY_ELSE: Final = {
    "": "Somebody else changed this application in the meantime. "
    "Check the values below and save again to replace theirs."
}


def _typed(form: Parameters) -> Typed:
    return Typed(
        is_trusted="true" if form.get("is_trusted") == "true" else "false",
        name=form.text("name"),
        description=form.text("description"),
        homepage=form.text("homepage"),
        icon_url=form.text("icon_url"),
        callback_urls=form.text("callback_urls"),
        client_type=form.text("client_type"),
        pkce_exempt=form.get("pkce_exempt") == "true",
    )


def _held(client: Client) -> Typed:
    return Typed(
        is_trusted="true" if client.trusted else "false",
        name=client.client_name,
        description=client.description,
        homepage=client.client_uri,
        icon_url=client.logo_uri,
        callback_urls="\n".join(client.addresses),
        client_type="device" if client.public else "server",
        pkce_exempt=client.pkce_exempt,
    )


def _draft(typed: Typed, *, public: bool, trusted: bool) -> Draft:
    lines = [line.strip() for line in typed.callback_urls.splitlines()]
    return Draft(
        name=typed.name,
        description=typed.description,
        homepage=typed.homepage,
        icon_url=typed.icon_url,
        redirect_uris=[line for line in lines if line],
        trusted=trusted,
        public=public,
        pkce_exempt=typed.pkce_exempt and not public,
    )


def _problems(call: Call, draft: Draft) -> dict[str, str]:
    found: dict[str, str] = {}
    for problem in _in_form_order(
        registration.problems(draft, http_allowed=call.settings.http_allowed, description_required=True)
    ):
        found[problem.field] = (
            f"{found[problem.field]}\n{problem.message}" if problem.field in found else problem.message
        )
    return found


def _in_form_order(problems: list[Problem]) -> list[Problem]:
    order = ("name", "description", "homepage", "icon_url", "callback_urls")
    return sorted(problems, key=lambda problem: order.index(problem.field))


def _saved(client: Client, draft: Draft, told: list[str]) -> Flash:
    changed = "1 thing changed" if len(told) == 1 else f"{len(told)} things changed"
    text = f"{changed}: {', '.join(told)}."
    if set(client.addresses) - set(draft.redirect_uris):
        return Flash(
            "Saved.",
            f"{text} A callback URL was removed: people who start from it will see an error.",
            kind="warn",
        )
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
    fixed = Typed(
        **{name: getattr(typed, name) for name in Typed.__slots__} | {"client_type": _held(client).client_type}
    )
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
        problems=problems or {},
        may_trust=policy.may_trust(call.user),
        warnings=_warnings(typed),
        **values,
    )


def _warnings(typed: Typed) -> list[str]:
    plain = [
        uri for uri in typed.callback_urls.split() if uri.startswith("http://") and not redirect_uris.is_loopback(uri)
    ]
    return [f"{uri} is not encrypted. Anyone on the network could read the code." for uri in plain]


def _new_ticket(call: Call) -> str:
    content = f"{new_id()}-{call.request.now + milliseconds(FORM_TICKET)}"
    return f"{content}.{_ticket_tag(call, content)}"


def _client_id_of(call: Call, ticket: str) -> str:
    """The id the form's application will have: the same at every press of Save."""
    content, _, tag = ticket.partition(".")
    if not same(tag, _ticket_tag(call, content)) or int(content.partition("-")[2]) <= call.request.now:
        raise FormExpired
    return id_from(mac(call.settings.keys.current("client id"), content))


def _ticket_tag(call: Call, content: str) -> str:
    return mac(call.settings.keys.current("form ticket"), call.session.session.session_id, content).hex()
