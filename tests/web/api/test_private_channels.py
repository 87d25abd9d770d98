"""Two people, an OAuth token each, a private channel each: every operation on one's own works, and on the other's not.

A System Admin who is in neither is refused like anybody else; so is a direct channel to who is not one of its two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.store.places import channel_key
from chalicelib.store.posts import post_key
from tests.browser import Answer, api
from tests.crew import FORBIDDEN, Crew, token
from tests.web.api.bodies import refused

Act = Callable[["Side", str], Answer]


@dataclass(frozen=True)
class Side:
    """One person's private channel, and what is in it: a root, a reply to it, and a member beside the owner."""

    crew: Crew
    channel: str
    root: str
    reply: str
    member: str
    team: str


def side(crew: Crew, who: str) -> Side:
    """Set one side up; both people are in the team, which is not what lets them in."""
    owner, channel = getattr(crew.world, who), crew.leos if who == "leo" else crew.anas
    kim, session = crew.person(f"kim-{who}")
    api("POST", f"/teams/{crew.team}/members", session, {"user_id": kim.user_id})
    crew.join(channel, kim)
    root = crew.post(channel, owner, "Root")
    return Side(crew, channel, root, crew.post(channel, owner, "Re", root), kim.user_id, crew.team)


def add(side: Side, bearer: str) -> Answer:
    """Somebody new of the team is added."""
    user, session = side.crew.person("newcomer")
    api("POST", f"/teams/{side.team}/members", session, {"user_id": user.user_id})
    return api("POST", f"/channels/{side.channel}/members", bearer, {"user_id": user.user_id})


def restore(side: Side, bearer: str) -> Answer:
    """An archived channel."""
    side.crew.archive(side.channel)
    return api("POST", f"/channels/{side.channel}/restore", bearer)


def call(method: str, path: str, body: Any = None) -> Act:
    """A call whose address and body name what is on a side."""

    def act(side: Side, bearer: str) -> Answer:
        values = {"channel": side.channel, "root": side.root, "reply": side.reply, "member": side.member}
        filled = {name: value.format(**values) for name, value in body.items()} if body else None
        return api(method, path.format(**values), bearer, filled)

    return act


OPERATIONS: dict[str, Act] = {
    "get the channel": call("GET", "/channels/{channel}"),
    "count its members": call("GET", "/channels/{channel}/stats"),
    "list its members": call("GET", "/channels/{channel}/members"),
    "get a member": call("GET", "/channels/{channel}/members/{member}"),
    "describe it": call("PUT", "/channels/{channel}/patch", {"header": "x"}),
    "rename it": call("PUT", "/channels/{channel}/patch", {"name": "other", "display_name": "Other"}),
    "update it": call("PUT", "/channels/{channel}", {"id": "{channel}", "display_name": "Other"}),
    "archive it": call("DELETE", "/channels/{channel}"),
    "restore it": restore,
    "add somebody": add,
    "remove somebody": call("DELETE", "/channels/{channel}/members/{member}"),
    "list its posts": call("GET", "/channels/{channel}/posts"),
    "list posts before one": call("GET", "/channels/{channel}/posts?before={reply}"),
    "list posts since": call("GET", "/channels/{channel}/posts?since=1"),
    "post": call("POST", "/posts", {"channel_id": "{channel}", "message": "x"}),
    "reply": call("POST", "/posts", {"channel_id": "{channel}", "message": "x", "root_id": "{root}"}),
    "get a post": call("GET", "/posts/{root}"),
    "get a reply": call("GET", "/posts/{reply}"),
    "get a thread": call("GET", "/posts/{reply}/thread"),
    "edit a post": call("PUT", "/posts/{root}/patch", {"message": "x"}),
    "update a post": call("PUT", "/posts/{root}", {"id": "{root}", "message": "x"}),
    "delete a post": call("DELETE", "/posts/{reply}"),
}
every_operation = pytest.mark.parametrize("operation", OPERATIONS)


def as_it_is(side: Side) -> list[Any]:
    """What an intruder could have changed."""
    world = side.crew.world
    rows = [world.row(channel_key(side.channel)), world.row(post_key(side.root)), world.row(post_key(side.reply))]
    return [row.attribute_values | {"mark": None} for row in rows if row]


@every_operation
@pytest.mark.parametrize("who", ["leo", "ana"])
def test_ones_own_private_channel_is_open_to_ones_token(operation: str, who: str, crew: Crew) -> None:
    """Contract 3.13: a token acts as its person; every operation of the table is one that works."""
    bearer = token(crew.world.app(), getattr(crew, who))
    assert OPERATIONS[operation](side(crew, who), bearer).status in {200, 201}


@every_operation
@pytest.mark.parametrize(("owner", "intruder"), [("leo", "ana"), ("ana", "leo")])
def test_anothers_private_channel_is_closed_to_it(operation: str, owner: str, intruder: str, crew: Crew) -> None:
    """Contract 3.13; Leo looks after the team, and that opens nothing private of Ana's either."""
    theirs, bearer = side(crew, owner), token(crew.world.app(), getattr(crew, intruder))
    before = as_it_is(theirs)
    assert refused(OPERATIONS[operation](theirs, bearer)) == FORBIDDEN
    if operation != "restore it":
        assert as_it_is(theirs) == before


@every_operation
def test_a_system_admins_token_opens_no_private_channel(operation: str, crew: Crew) -> None:
    """A difference from Mattermost that is meant."""
    assert refused(OPERATIONS[operation](side(crew, "leo"), token(crew.world.app(), crew.maya))) == FORBIDDEN


DIRECT = [name for name in OPERATIONS if name not in {"add somebody", "remove somebody", "restore it", "archive it"}]


@pytest.mark.parametrize("operation", DIRECT)
@pytest.mark.parametrize("who", ["maya", "kim"])
def test_a_direct_channel_is_closed_to_everybody_else(operation: str, who: str, crew: Crew) -> None:
    """System Admins too."""
    session = crew.person()[1] if who == "kim" else crew.maya
    channel = crew.direct(crew.world.leo, crew.world.ana)
    root = crew.post(channel, crew.world.leo)
    theirs = Side(
        crew, channel, root, crew.post(channel, crew.world.ana, "Re", root), crew.world.ana.user_id, crew.team
    )
    assert refused(OPERATIONS[operation](theirs, session)) == FORBIDDEN


def test_a_post_of_anothers_channel_is_no_anchor_and_no_root(crew: Crew) -> None:
    """What one may not read is of no use as an argument."""
    theirs = side(crew, "ana")
    path = f"/channels/{crew.leos}/posts?before={theirs.root}"
    assert refused(api("GET", path, crew.leo)) == (404, "app.post.get.app_error")
    body = {"channel_id": crew.leos, "message": "x", "root_id": theirs.root}
    answer = api("POST", "/posts", crew.leo, body)
    assert refused(answer) == (400, "api.post.create_post.channel_root_id.app_error")


def test_two_peoples_tokens_list_what_each_of_them_sees(crew: Crew) -> None:
    """Contract 3.14: the channels a connection offers are its person's."""
    app = crew.world.app()
    lists = [api("GET", f"/users/me/teams/{crew.team}/channels", token(app, who)).json for who in (crew.leo, crew.ana)]
    assert [[channel["name"] for channel in found] for found in lists] == [
        ["leos", "plans", "town-square"],
        ["anas", "town-square"],
    ]
