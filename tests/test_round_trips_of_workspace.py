"""How often teams, channels and posts ask DynamoDB: counted at the SDK (DESIGN sections 1 and 9)."""

from typing import Any

import pytest

from tests.browser import api
from tests.crew import Crew, token, write
from tests.faults import counted

READ, WRITE, PUT, TOGETHER, LIST = "BatchGetItem", "UpdateItem", "PutItem", "TransactWriteItems", "Query"


def calls_of(session: str, method: str, path: str, body: Any = None) -> list[str]:
    """What one call that works asks DynamoDB for."""
    with counted() as calls:
        answer = api(method, path, session, body)
    assert answer.status in {200, 201}, answer.text
    return calls


def test_posting_is_a_read_and_a_write(crew: Crew) -> None:
    """DESIGN section 9; by session and by token alike."""
    access = token(crew.world.app(), crew.leo)
    body = {"channel_id": crew.public, "message": "Hello"}
    assert calls_of(crew.leo, "POST", "/posts", body) == [READ, PUT]
    assert calls_of(access, "POST", "/posts", body) == [READ, PUT]


def test_a_reply_is_a_read_and_a_transaction(crew: Crew) -> None:
    """The root is read with the channel, and counted with the reply."""
    root = write(crew.leo, crew.public).json["id"]
    body = {"channel_id": crew.public, "message": "Hello", "root_id": root}
    assert calls_of(crew.leo, "POST", "/posts", body) == [READ, TOGETHER]


def test_a_post_is_two_reads(crew: Crew) -> None:
    """Design notes (c): post by id, then who is in its channel, root and team with it."""
    root = write(crew.leo, crew.public).json["id"]
    reply = write(crew.leo, crew.public, root_id=root).json["id"]
    assert calls_of(crew.leo, "GET", f"/posts/{reply}") == [READ, READ]
    assert calls_of(crew.ana, "GET", f"/posts/{reply}") == [READ, READ]
    assert calls_of(crew.maya, "GET", f"/posts/{reply}") == [READ, READ]


def test_a_thread_is_three(crew: Crew) -> None:
    """DESIGN section 9: lists 3."""
    root = write(crew.leo, crew.public).json["id"]
    assert calls_of(crew.leo, "GET", f"/posts/{root}/thread") == [READ, READ, LIST]


def test_changing_a_post_is_two_reads_and_a_write(crew: Crew) -> None:
    """The post is in another row than its channel, which is known from it only."""
    post = write(crew.leo, crew.public).json["id"]
    assert calls_of(crew.leo, "PUT", f"/posts/{post}/patch", {"message": "x"}) == [READ, READ, WRITE]
    assert calls_of(crew.leo, "DELETE", f"/posts/{post}") == [READ, READ, TOGETHER]


def test_the_posts_of_a_channel_are_a_read_and_a_query(crew: Crew) -> None:
    """DESIGN section 9: lists 3; one more where a root is not on the page."""
    root = write(crew.leo, crew.public).json["id"]
    crew.world.clock.shift(1)
    write(crew.leo, crew.public, root_id=root)
    assert calls_of(crew.leo, "GET", f"/channels/{crew.public}/posts") == [READ, LIST]
    assert calls_of(crew.leo, "GET", f"/channels/{crew.public}/posts?before={root}") == [READ, LIST]
    assert calls_of(crew.leo, "GET", f"/channels/{crew.public}/posts?per_page=1") == [READ, LIST, READ]


def test_who_is_not_in_a_public_channel_is_looked_up_in_its_team(crew: Crew) -> None:
    """The team is known from the channel only."""
    assert calls_of(crew.ana, "GET", f"/channels/{crew.public}/posts") == [READ, READ, LIST]


@pytest.mark.parametrize(
    ("path", "calls"),
    [
        ("/teams/{team}", [READ]),
        ("/teams/name/crew", [READ, READ]),
        ("/channels/{public}", [READ]),
        ("/teams/{team}/channels/name/plans", [READ, READ]),
        ("/teams/name/crew/channels/name/plans", [READ, READ, READ]),
        ("/teams/{team}/members/me", [READ]),
        ("/channels/{public}/members/me", [READ]),
        ("/teams", [READ, LIST, READ]),
        ("/teams/{team}/members", [READ, LIST, READ]),
        ("/teams/{team}/channels", [READ, LIST, READ]),
        ("/users/me/teams", [READ, LIST, READ]),
        ("/users/me/teams/members", [READ, LIST]),
        ("/users/me/channels", [READ, LIST, READ]),
        ("/users/me/teams/{team}/channels", [READ, LIST, READ]),
        ("/users/me/teams/{team}/channels/members", [READ, LIST, READ]),
        ("/channels/{public}/members", [READ, LIST, READ]),
        ("/channels/{public}/stats", [READ, LIST]),
        ("/teams/{team}/stats", [READ, LIST]),
    ],
)
def test_what_is_read(path: str, calls: list[str], crew: Crew) -> None:
    """DESIGN section 9: single objects at most 2, look-ups by name and lists 3."""
    assert calls_of(crew.leo, "GET", path.format(team=crew.team, public=crew.public)) == calls


@pytest.mark.parametrize(
    ("method", "path", "body", "calls"),
    [
        ("POST", "/teams", {"name": "other", "display_name": "Other", "type": "O"}, [READ, TOGETHER]),
        ("PUT", "/teams/{team}/patch", {"description": "x"}, [READ, TOGETHER]),
        ("DELETE", "/teams/{team}", None, [READ, TOGETHER]),
        ("POST", "/teams/{team}/members", {"user_id": "{maya}"}, [READ, TOGETHER]),
        ("POST", "/channels", {"team_id": "{team}", "name": "x", "display_name": "X", "type": "P"}, [READ, TOGETHER]),
        ("PUT", "/channels/{public}/patch", {"header": "x"}, [READ, TOGETHER]),
        ("DELETE", "/channels/{public}", None, [READ, TOGETHER]),
        ("POST", "/channels/{public}/members", {"user_id": "{ana}"}, [READ, TOGETHER]),
        ("DELETE", "/channels/{public}/members/me", None, [READ, TOGETHER]),
        # by nature: the new name is looked up; of a team its channels are left too
        ("PUT", "/channels/{public}/patch", {"name": "schemes"}, [READ, READ, TOGETHER]),
        ("DELETE", "/teams/{team}/members/{ana}", None, [READ, LIST, READ, TOGETHER]),
    ],
)
def test_what_is_changed(method: str, path: str, body: dict[str, str] | None, calls: list[str], crew: Crew) -> None:
    """DESIGN section 9: single objects at most 2."""
    values = {"team": crew.team, "public": crew.public, "maya": crew.world.maya.user_id, "ana": crew.world.ana.user_id}
    filled = {name: value.format(**values) for name, value in body.items()} if body else None
    assert calls_of(crew.leo, method, path.format(**values), filled) == calls


def test_a_direct_channel_is_found_with_one_read_and_made_with_one_write(crew: Crew) -> None:
    """Its id follows from its people."""
    pair: list[str] = [crew.world.leo.user_id, crew.world.ana.user_id]
    assert calls_of(crew.leo, "POST", "/channels/direct", pair) == [READ, TOGETHER]
    assert calls_of(crew.ana, "POST", "/channels/direct", pair) == [READ]


@pytest.mark.parametrize("who", ["ana", "kim"])
def test_a_refusal_writes_nothing(who: str, crew: Crew) -> None:
    """Not even where the write would find out."""
    session = crew.person()[1] if who == "kim" else crew.ana
    with counted() as calls:
        assert write(session, crew.leos).status == 403
        assert api("DELETE", f"/teams/{crew.team}", session).status == 403
    assert calls == [READ, READ]
