"""Attack 24: being made to fetch an address, and so to reach what only the server can reach.

Gatepost fetches nothing for anybody: client metadata documents, `jwks_uri`, `sector_identifier_uri`, request objects
and webhooks are not built, and pictures are loaded by the browser of whoever looks.
"""

import ast
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.browser import Browser, api
from tests.make import CALLBACK, App, World
from tests.web.api.registering import app_of, register

FETCHERS = {"requests", "urllib3", "httpx", "aiohttp", "http", "socket", "ftplib", "smtplib", "telnetlib", "asyncio"}
TARGETS = ["http://127.0.0.1:{port}/x", "http://[::ffff:127.0.0.1]:{port}/x", "http://localhost:{port}/x"]


@dataclass
class Trap:
    """A port that notes who connects."""

    port: int = 0
    visits: list[str] = field(default_factory=list)


@pytest.fixture
def trap() -> Iterator[Trap]:
    """Something on this machine that nobody should be led to."""
    caught = Trap()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        caught.port = listener.getsockname()[1]
        threading.Thread(target=_wait, args=(listener, caught), daemon=True).start()
        yield caught


def _wait(listener: socket.socket, caught: Trap) -> None:
    try:
        visitor, address = listener.accept()
    except OSError:
        return  # the test is over
    caught.visits.append(str(address))
    visitor.close()


def test_the_product_has_nothing_to_fetch_with(repository: Path) -> None:
    """Attack 24: no module of it imports a client of any protocol; the store alone talks, to AWS."""
    found = {
        (path.name, name.partition(".")[0])
        for path in (repository / "chalicelib").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }

    assert ("keys.py", "botocore") in found
    assert [(path, name) for path, name in found if name in FETCHERS] == []
    assert "urllib.request" not in "".join(path.read_text() for path in (repository / "chalicelib").rglob("*.py"))


@pytest.mark.parametrize("target", TARGETS)
def test_no_address_of_an_application_is_visited(leo: Browser, world: World, trap: Trap, target: str) -> None:
    """Attack 24: homepage, icon and callbacks, from registering to signing people in."""
    address = target.format(port=trap.port)
    body = {"name": "Trap", "description": "x", "homepage": address, "icon_url": address}
    made = api("POST", "/oauth/apps", world.session(world.maya), body | {"callback_urls": [CALLBACK, address]}).json
    app = App(made["id"], made["client_secret"], CALLBACK)

    assert leo.allow(app)
    assert leo.get("/account/security/oauth2-apps").status == 200

    assert trap.visits == []


@pytest.mark.parametrize(
    "member", ["jwks_uri", "logo_uri", "client_uri", "policy_uri", "tos_uri", "sector_identifier_uri", "request_uris"]
)
def test_no_address_in_client_metadata_is_visited(leo: Browser, world: World, trap: Trap, member: str) -> None:
    """Attack 24: not at registration, and not when people are asked."""
    world.set(dynamic_registration=True)
    address = TARGETS[0].format(port=trap.port)

    answer = register(**{member: [address] if member.endswith("s") else address})

    assert answer.status == 201
    assert leo.authorize(app_of(answer.json)).status == 200
    assert trap.visits == []


@pytest.mark.parametrize("name", ["request_uri", "client_id", "redirect_uri", "resource", "id_token_hint"])
def test_no_address_in_a_request_is_visited(leo: Browser, app: App, trap: Trap, name: str) -> None:
    """Attack 24: a client id that is an address is no client, and a request object is never fetched."""
    assert leo.authorize(app, **{name: TARGETS[0].format(port=trap.port)}).status in {200, 302, 400, 404}

    assert trap.visits == []


def test_the_trap_catches() -> None:
    """Attack 24: a test that cannot fail shows nothing."""
    caught = Trap()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        visitor = socket.create_connection(listener.getsockname())
        _wait(listener, caught)
        visitor.close()

    assert len(caught.visits) == 1
