"""People who call the API with a session of their own."""

from dataclasses import replace
from functools import cached_property

import pytest
import time_machine

from local.server import Server
from tests.conftest import NOON, Rows, copied_rows, put_back
from tests.crew import Crew
from tests.make import World


class Callers:
    """Session tokens: `maya` is System Admin, `leo` and `ana` are members; nobody signs in before they are needed."""

    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def maya(self) -> str:
        """The System Admin's."""
        return self._world.session(self._world.maya)

    @cached_property
    def leo(self) -> str:
        """A member's."""
        return self._world.session(self._world.leo)

    @cached_property
    def ana(self) -> str:
        """Another member's."""
        return self._world.session(self._world.ana)


@pytest.fixture
def callers(world: World, server: Server) -> Callers:
    """The provider is on, and integrations are restricted to admins."""
    return Callers(world)


@pytest.fixture
def members_may(world: World) -> None:
    """Registering applications is not restricted to admins."""
    world.set(admins_only=False)


@pytest.fixture(scope="module")
def staged_crew(peopled: tuple[World, Rows]) -> tuple[Crew, Rows]:
    """A team at work, made once a module."""
    put_back(peopled[1])
    with time_machine.travel(NOON, tick=False):
        return Crew.of(peopled[0]), copied_rows()


@pytest.fixture
def crew(staged_crew: tuple[Crew, Rows], world: World, server: Server) -> Crew:
    """Leo and Ana in a team, each with a private channel; Maya, the System Admin, is in none of it."""
    put_back(staged_crew[1])
    return replace(staged_crew[0], world=world)
