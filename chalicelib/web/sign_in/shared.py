"""What the pages of getting in share: the surface, and which application one comes from."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalice.app import Response

from chalicelib.accounts.sessions import Opened
from chalicelib.credentials import is_id
from chalicelib.store.clients import Client, client_key
from chalicelib.store.reading import Key
from chalicelib.web import browser, known_device
from chalicelib.web.callers import Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import PageShape

surface = Surface("sign_in", PageShape())


def asked_by_link(request: Request) -> Sequence[Key[Any]]:
    """The application an address to come back to names."""
    return [asking_client(request.query.get("redirect_to"))]


def asking_client(redirect_to: str | None) -> Key[Client]:
    """The key of the application that wants somebody to sign in; of nobody if none does."""
    client_id = _query(redirect_to or "").get("client_id", "")
    return client_key(client_id if is_id(client_id) else "")


def client_of(call: Call, redirect_to: str) -> dict[str, str] | None:
    """Which application a sign-in is for: named only with an address it registered."""
    client: Client | None = call.rows[asking_client(redirect_to)]
    address = _query(redirect_to).get("redirect_uri", "")
    if client is None or address not in client.addresses:
        return None
    return {"name": client.client_name, "client_id": client.client_id, "host": address}


def let_in(call: Call, opened: Opened, redirect_to: str) -> Response:
    """Sign in and go to where one was going, by the hand-over page: the next stop may be a client."""
    client = client_of(call, redirect_to)
    label = client["name"] if client else call.settings.site_name
    return signed_in(browser.hand_over(call, redirect_to, label), call, opened)


def signed_in(response: Response, call: Call, opened: Opened) -> Response:
    """Give the browser its session, and have it known as a device of this person."""
    return known_device.remembered(browser.signed_in(response, opened.token), call, opened.session.user_id)


def _query(redirect_to: str) -> dict[str, str]:
    if not redirect_to.startswith("/oauth/authorize?"):
        return {}
    return {name: values[0] for name, values in parse_qs(urlsplit(redirect_to).query).items()}
