"""The fields of the application form: as they were typed, as they are held, and what is wrong with them (ux 6.6)."""

from typing import Final, NamedTuple

from chalicelib.oauth import redirect_uris, registration
from chalicelib.oauth.registration import Draft
from chalicelib.oauth.scopes import written
from chalicelib.policy import EVERYTHING, SCOPES, Scope
from chalicelib.store.clients import Client
from chalicelib.store.settings import Settings
from chalicelib.web.http import Parameters


class Typed(NamedTuple):
    """The form as somebody filled it in."""

    is_trusted: str
    name: str
    description: str
    homepage: str
    icon_url: str
    callback_urls: str
    client_type: str
    permissions: str
    scope: str
    sign_out_urls: str
    pkce_exempt: bool


ALL: Final = "everything"
CHOSEN: Final = "chosen"
FIELDS: Final = (*Typed._fields, "confirmed")
EMPTY: Final = Typed("false", "", "", "", "", "", "", ALL, "", "", pkce_exempt=False)


def read(form: Parameters) -> Typed:
    """What somebody typed."""
    return Typed(
        is_trusted="true" if form.get("is_trusted") == "true" else "false",
        name=form.text("name"),
        description=form.text("description"),
        homepage=form.text("homepage"),
        icon_url=form.text("icon_url"),
        callback_urls=_lines(form.text("callback_urls")),
        client_type=form.text("client_type"),
        permissions=CHOSEN if form.get("permissions") == CHOSEN else ALL,
        # One box is one value; a page in between sends them together.
        scope=written({name for value in form.all("scope") for name in value.split()}),
        sign_out_urls=_lines(form.text("sign_out_urls")),
        pkce_exempt=form.get("pkce_exempt") == "true",
    )


def held(client: Client) -> Typed:
    """The form of an application as it is."""
    return Typed(
        is_trusted="true" if client.trusted else "false",
        name=client.client_name,
        description=client.description,
        homepage=client.client_uri,
        icon_url=client.logo_uri,
        callback_urls="\n".join(client.addresses),
        client_type="device" if client.public else "server",
        permissions=ALL if EVERYTHING in client.scope.split() else CHOSEN,
        scope=client.scope,
        sign_out_urls="\n".join(client.sign_out_addresses),
        pkce_exempt=client.pkce_exempt,
    )


def draft_of(typed: Typed, *, public: bool, trusted: bool) -> Draft:
    """What the form asks for."""
    return Draft(
        name=typed.name,
        description=typed.description,
        homepage=typed.homepage,
        icon_url=typed.icon_url,
        redirect_uris=typed.callback_urls.splitlines(),
        trusted=trusted,
        public=public,
        pkce_exempt=typed.pkce_exempt and not public,
        scope=EVERYTHING if typed.permissions == ALL else written(set(typed.scope.split()) - {EVERYTHING}),
        post_logout_redirect_uris=typed.sign_out_urls.splitlines(),
    )


def problems(draft: Draft, settings: Settings) -> dict[str, str]:
    """What is wrong, by field, one sentence a line."""
    found: dict[str, str] = {}
    for problem in registration.problems(
        draft,
        http_allowed=settings.http_allowed,
        app_schemes=settings.app_schemes,
        description_required=True,
    ):
        found[problem.field] = (
            f"{found[problem.field]}\n{problem.message}" if problem.field in found else problem.message
        )
    return found


def in_form_order(problems: dict[str, str]) -> dict[str, str]:
    """Problems in the order in which their fields are on the page; what is about all of them first."""
    order = ["", *Typed._fields]
    return {name: problems[name] for name in order if name in problems}


def warnings(typed: Typed) -> list[str]:
    """What is accepted and still worth a word."""
    plain = [
        uri for uri in typed.callback_urls.split() if uri.startswith("http://") and not redirect_uris.is_loopback(uri)
    ]
    return [f"{uri} is not encrypted. Anyone on the network could read the code." for uri in plain]


def choices() -> list[Scope]:
    """The permissions a form offers to tick: all but "everything", which is a choice of its own."""
    return [scope for scope in SCOPES.values() if scope.name != EVERYTHING]


def sent(typed: Typed) -> dict[str, str]:
    """The fields as a browser sends them, for a page in between."""
    return {name: value for name, value in typed._asdict().items() if isinstance(value, str)} | (
        {"pkce_exempt": "true"} if typed.pkce_exempt else {}
    )


def _lines(text: str) -> str:
    """Without blank lines, so that "line 2" is the second line that is shown."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
