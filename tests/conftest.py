"""What tests stand on: an emulated DynamoDB, Gatepost over real HTTP, a clock that stands still.

People to play with.
"""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from local import environment


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        port: int = listener.getsockname()[1]
        return port


# Before anything of Gatepost is imported: it reads its configuration once.
environment.enter(f"http://localhost:{free_port()}")

from chalicelib import config  # noqa: E402
from chalicelib.store import keys, settings  # noqa: E402
from chalicelib.store.tables import MODELS  # noqa: E402
from local import emulator  # noqa: E402
from local.server import Server, serve  # noqa: E402
from tests.browser import Browser  # noqa: E402
from tests.make import World  # noqa: E402
from tools.provision import provision  # noqa: E402

NOON = 1_795_435_200  # 23 Nov 2026, 12:00 UTC


@pytest.fixture(scope="module")
def emulated() -> Iterator[None]:
    """Gatepost's tables in this process, empty but for keys and settings."""
    keys.forget()
    with emulator.running():
        provision()
        yield
    keys.forget()


@pytest.fixture
def store(emulated: None) -> None:
    """Fresh tables for one test: the default settings, the provider off, nobody there."""
    emulator.empty([str(model.Meta.table_name) for model in MODELS])
    settings.provision()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, and it stays noon until a test moves it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(store: None, clock: time_machine.Traveller) -> World:
    """A server with the provider on, Maya (System Admin), Leo and Ana (members)."""
    return World.with_people(clock)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Gatepost over HTTP, at its own issuer."""
    from app import app

    running = serve(app, "localhost", config.current().port)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def browser(world: World, server: Server) -> Browser:
    """A signed-out person with a cookie jar."""
    return Browser()


@pytest.fixture
def repository() -> Path:
    """The root of the project."""
    return Path(os.path.abspath(__file__)).parents[1]
