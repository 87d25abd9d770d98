"""What stock clients need: Node for those written in JavaScript, and a team with channels to post to."""

from dataclasses import dataclass

import pytest

from chalicelib.credentials import new_id
from chalicelib.store import places
from chalicelib.store.places import Channel
from chalicelib.store.users import User
from chalicelib.store.writing import write_together
from tests.make import World
from tools.node import Node, ready


@pytest.fixture(scope="session")
def node() -> Node:
    """Node with the npm packages of the lock; where it is not to be had, what needs it is skipped."""
    there = ready()
    if there is None:
        pytest.skip("Node is missing and could not be installed")
    return there


@dataclass(frozen=True, slots=True)
class Town:
    """The ids of a team and of its channels: everybody is in the square, only Maya is in the back room."""

    team_id: str
    square_id: str
    back_room_id: str


@pytest.fixture
def town(world: World) -> Town:
    """A team with a public and a private channel."""
    team_id = new_id()
    square, back_room = _channel(world, team_id, "Town Square", "O"), _channel(world, team_id, "Back Room", "P")
    write_together(
        *places.team_added(team_id, name="gatepost", display_name="Gatepost", now=world.now),
        *places.channel_added(square),
        *places.channel_added(back_room),
        *(places.joined(user.user_id, f"t#{team_id}") for user in _everybody(world)),
        *(places.joined(user.user_id, f"c#{square.channel_id}") for user in _everybody(world)),
        places.joined(world.maya.user_id, f"c#{back_room.channel_id}"),
    )
    return Town(team_id, square.channel_id, back_room.channel_id)


def _everybody(world: World) -> list[User]:
    return [world.maya, world.leo, world.ana]


def _channel(world: World, team_id: str, display_name: str, kind: str) -> Channel:
    return Channel(
        channel_id=new_id(),
        team_id=team_id,
        name=display_name.lower().replace(" ", "-"),
        display_name=display_name,
        kind=kind,
        creator_id=world.maya.user_id,
        created_at=world.now,
    )
