"""What tests stand on: an emulated DynamoDB, Gatepost over real HTTP, a clock that stands still.

People to play with.
"""

import copy
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine

from local import environment
from tests.ports import free_port

# Before anything of Gatepost is imported: it reads its configuration once.
environment.enter(f"http://localhost:{free_port()}")

from chalicelib import config  # noqa: E402
from chalicelib.store import keys, settings  # noqa: E402
from chalicelib.store.tables import MODELS  # noqa: E402
from local import emulator  # noqa: E402
from local.emulator import Rows, copied_rows, put_back  # noqa: E402
from local.server import Server, serve  # noqa: E402
from tests.browser import Browser  # noqa: E402
from tests.crew import Crew  # noqa: E402
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


@pytest.fixture(scope="module")
def provisioned(emulated: None) -> Rows:
    """The rows of a new deployment, made once a module: for every transaction moto copies whole tables."""
    emulator.empty([str(model.Meta.table_name) for model in MODELS])
    settings.provision()
    return copied_rows()


@pytest.fixture(scope="module")
def peopled(provisioned: Rows) -> tuple[World, Rows]:
    """What `world` starts from, made once a module too."""
    put_back(provisioned)
    with time_machine.travel(NOON, tick=False) as traveller:
        return World.with_people(traveller), copied_rows()


@pytest.fixture
def store(provisioned: Rows) -> None:
    """Fresh tables for one test: the default settings, the provider off, nobody there."""
    put_back(provisioned)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, and it stays noon until a test moves it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(peopled: tuple[World, Rows], store: None, clock: time_machine.Traveller) -> World:
    """A server with the provider on, Maya (System Admin), Leo and Ana (members)."""
    world = copy.copy(peopled[0])
    world.clock = clock
    put_back(peopled[1])
    return world


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


@pytest.fixture(scope="module")
def staged_crew(peopled: tuple[World, Rows]) -> tuple[Crew, Rows]:
    """What `crew` starts from, made once a module."""
    put_back(peopled[1])
    with time_machine.travel(NOON, tick=False):
        return Crew.of(peopled[0]), copied_rows()


@pytest.fixture
def crew(staged_crew: tuple[Crew, Rows], world: World, server: Server) -> Crew:
    """Leo and Ana in a team, each with a private channel; Maya, the System Admin, is in none of it."""
    put_back(staged_crew[1])
    return replace(staged_crew[0], world=world)


@pytest.fixture
def repository() -> Path:
    """The root of the project."""
    return Path(os.path.abspath(__file__)).parents[1]
