"""People who call the API with a session of their own."""

from functools import cached_property

import pytest

from local.server import Server
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
