"""The scene of everything that ends access, and the adverse conditions under which it has to end all the same."""

from collections.abc import Iterator

import pytest
import time_machine

from chalicelib.store import keys
from local.emulator import Rows, copied_rows, put_back
from local.server import Server
from tests.conftest import NOON
from tests.make import World
from tests.modes.adverse import AllAtOnce, Mode, StaleIndex, TwoWorkers
from tests.modes.scene import Scene


@pytest.fixture(scope="module")
def staged(peopled: tuple[World, Rows], server: Server) -> tuple[Scene, Rows]:
    """The scene, set once: every test starts from its rows."""
    put_back(peopled[1])
    with time_machine.travel(NOON, tick=False):
        return Scene.of(peopled[0]), copied_rows()


@pytest.fixture
def scene(staged: tuple[Scene, Rows], clock: time_machine.Traveller) -> Iterator[Scene]:
    """Leo, his sessions, what he allowed; Maya, who administers; and the keys, left as they were found."""
    put_back(staged[1])
    secret = keys.content()
    yield staged[0]
    keys.replace(secret)
    keys.forget()


@pytest.fixture
def mode() -> Mode:
    """All conditions at once; each by itself is in `test_indexes` and `test_workers`."""
    return AllAtOnce([StaleIndex(), TwoWorkers()])
