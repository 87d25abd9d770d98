"""The doorway and the list of registered applications (ux 6.4, 6.5)."""

from typing import Final
from urllib.parse import urlencode, urlsplit

from chalice.app import Response

from chalicelib import policy
from chalicelib.store.clients import Client, Registered, all_clients, client_ids_of, line, main_key
from chalicelib.store.reading import read
from chalicelib.web import browser
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.integrations.shared import BASE, OFF, RESTRICTED, may_register, shown, surface

PER_PAGE: Final = 25
LIST_IMAGES: Final = "'self' https:"


@surface.route("GET", "/integrations", PERSON)
def index(call: Call) -> Response:
    """The doorway to what there is."""
    return browser.page(
        call,
        "integrations/index.html",
        provider_on=call.settings.provider_on,
        may_manage=policy.may_register(call.user, call.settings),
        restricted=call.settings.admins_only,
    )


@surface.route("GET", BASE, PERSON, may=may_register, forbidden=RESTRICTED, off=OFF, query=("q", "show", "start"))
def applications(call: Call) -> Response:
    """Registered applications by name: a member's own, for System Admins everybody's."""
    query, everybody = call.request.query.text("q"), policy.may_see_all_clients(call.user)
    show = call.request.query.text("show") if everybody else "mine"
    show = show if show in {"all", "mine", "trusted"} else "all"
    own = None if everybody else _own(call)
    lines = all_clients() if own is None else [line(client) for client in own.values()]
    groups = {
        "all": lines,
        "mine": [x for x in lines if x.creator_id == call.user.user_id],
        "trusted": [x for x in lines if x.trusted],
    }
    found = sorted(
        (x for x in groups[show] if _matches(x, query)),
        key=lambda x: (x.client_name.casefold(), x.client_id),
    )
    start = _start(call, len(found))
    return browser.page(
        call,
        "integrations/apps.html",
        images=LIST_IMAGES,
        apps=[shown(client, call.user) for client in _rows(found[start : start + PER_PAGE], own)],
        query=query,
        show=show,
        counts={name: len(group) for name, group in groups.items()},
        may_see_all=everybody,
        older_href=_page_href(show, query, start + PER_PAGE) if start + PER_PAGE < len(found) else None,
        newer_href=_page_href(show, query, max(0, start - PER_PAGE)) if start else None,
    )


def _own(call: Call) -> dict[str, Client]:
    mine = _read_ids(client_ids_of(call.user.user_id))
    return {client.client_id: client for client in mine if client.creator_id == call.user.user_id}


def _rows(lines: list[Registered], own: dict[str, Client] | None) -> list[Client]:
    """The rows of some lines; a member's own were read to make the lines, so they are not read again."""
    client_ids = [found.client_id for found in lines]
    return _read_ids(client_ids) if own is None else [own[client_id] for client_id in client_ids]


def _read_ids(client_ids: list[str]) -> list[Client]:
    """The rows themselves: an index may be behind, and what was deleted is not shown."""
    keys = [main_key(client_id) for client_id in client_ids]
    rows = read(*keys) if keys else None
    return [client for client in (rows[key] for key in keys) if client] if rows else []


def _matches(line: Registered, query: str) -> bool:
    wanted = query.casefold()
    hosts = [urlsplit(uri).netloc for uri in line.redirect_uris]
    return not wanted or any(wanted in text.casefold() for text in (line.client_name, line.client_id, *hosts))


def _start(call: Call, found: int) -> int:
    text = call.request.query.text("start")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0  # digits
    return start if start < found else 0


def _page_href(show: str, query: str, start: int) -> str:
    return f"{BASE}?{urlencode({'show': show, 'q': query, 'start': start})}"
