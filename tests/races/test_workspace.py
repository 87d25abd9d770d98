"""Teams, channels and threads in many hands at once: what may not both happen does not."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from chalicelib.store import places
from chalicelib.store.places import channel_name_key
from tests.browser import Answer
from tests.crew import Crew
from tests.faults import conflicting
from tests.races.racing import in_turns, send, together

CALM, BUSY = 0.0, 0.2
BOTH = pytest.mark.parametrize("share", [CALM, BUSY])
SEEDS = pytest.mark.parametrize("seed", range(12))


def ask(session: str, method: str, path: str, body: Any = None) -> Answer:
    """Call the API until the server is not too busy to answer."""
    headers = {"Authorization": f"Bearer {session}"}
    while (answer := send(method, f"/api/v4{path}", json=body, headers=headers)).status == 503:
        continue
    return answer


def act(session: str, method: str, path: str, body: Any = None) -> Callable[[], Answer]:
    """A call to be raced."""
    return partial(ask, session, method, path, body)


def channels_of_ana(crew: Crew) -> set[str]:
    """The channels of the team that Ana is in."""
    return {member.place_id for member in places.memberships(crew.world.ana.user_id, "c")}


@SEEDS
@BOTH
def test_who_leaves_a_team_stays_in_none_of_its_channels(crew: Crew, seed: int, share: float) -> None:
    """Joining holds the row of the team, leaving deletes it as it was seen."""
    join = act(crew.ana, "POST", f"/channels/{crew.public}/members", {"user_id": crew.world.ana.user_id})
    leave = act(crew.ana, "DELETE", f"/teams/{crew.team}/members/me")

    with conflicting(seed, share):
        joined, left = in_turns([join, leave], seed)

    assert left.status == 200
    assert joined.status in {201, 403}
    assert not crew.in_team(crew.world.ana)
    assert channels_of_ana(crew) == set()


@SEEDS
def test_who_makes_a_channel_while_leaving_the_team_is_not_in_it_after(crew: Crew, seed: int) -> None:
    """Making a channel holds the row of the team as joining does."""
    body = {"team_id": crew.team, "name": "last", "display_name": "Last", "type": "P"}
    made, left = in_turns(
        [act(crew.ana, "POST", "/channels", body), act(crew.ana, "DELETE", f"/teams/{crew.team}/members/me")], seed
    )

    assert (left.status, made.status in {201, 403}) == (200, True)
    assert channels_of_ana(crew) == set()


@BOTH
def test_of_two_who_archive_a_channel_one_does(crew: Crew, share: float) -> None:
    """The version decides; the other hears that it is archived already."""
    archive = act(crew.leo, "DELETE", f"/channels/{crew.public}")

    with conflicting(1, share):
        answers = together([archive, archive])

    assert sorted(answer.status for answer in answers) == [200, 400]
    assert crew.channel_row(crew.public).version == 2


@SEEDS
@BOTH
def test_a_reply_and_the_deletion_of_its_root_come_one_after_the_other(crew: Crew, seed: int, share: float) -> None:
    """A reply that was taken is counted at a root that was there; after the deletion there is none."""
    root = crew.post(crew.public, crew.world.leo)
    body = {"channel_id": crew.public, "message": "Re", "root_id": root}
    reply, delete = act(crew.leo, "POST", "/posts", body), act(crew.leo, "DELETE", f"/posts/{root}")

    with conflicting(seed, share):
        replied, deleted = in_turns([reply, delete], seed)

    assert (deleted.status, replied.status in {201, 400}) == (200, True)
    assert crew.post_row(root).reply_count == (1 if replied.status == 201 else 0)
    assert ask(crew.leo, "GET", f"/channels/{crew.public}/posts").json["posts"] == {}


@BOTH
def test_replies_at_once_are_all_counted(crew: Crew, share: float) -> None:
    """The root's number goes up in the transaction of each."""
    root = crew.post(crew.public, crew.world.leo)
    body = {"channel_id": crew.public, "message": "Re", "root_id": root}

    with conflicting(2, share / 2):
        answers = together([act(crew.leo, "POST", "/posts", body)] * 8)

    assert {answer.status for answer in answers} == {201}
    assert crew.post_row(root).reply_count == 8


@BOTH
@pytest.mark.parametrize("what", ["team", "channel"])
def test_of_those_who_take_one_name_one_has_it(crew: Crew, what: str, share: float) -> None:
    """`names` decides."""
    body = {"team_id": crew.team, "name": "same", "display_name": "Same", "type": "O"}
    path = "/teams" if what == "team" else "/channels"

    with conflicting(3, share / 2):
        answers = together([act(who, "POST", path, body) for who in (crew.leo, crew.ana, crew.leo, crew.ana)])

    assert Counter(answer.status for answer in answers) == {201: 1, 400: 3}


@BOTH
def test_two_who_rename_their_channels_alike_are_one(crew: Crew, share: float) -> None:
    """The loser keeps the old name."""
    renames = [
        act(crew.leo, "PUT", f"/channels/{crew.leos}/patch", {"name": "same"}),
        act(crew.ana, "PUT", f"/channels/{crew.anas}/patch", {"name": "same"}),
    ]

    with conflicting(4, share):
        statuses = [answer.status for answer in together(renames)]

    assert sorted(statuses) == [200, 400]
    winner, loser = (crew.leos, crew.anas) if statuses[0] == 200 else (crew.anas, crew.leos)
    assert crew.world.row(channel_name_key(crew.team, "same")).owner_id == winner
    assert crew.world.row(channel_name_key(crew.team, crew.channel_row(loser).name)).owner_id == loser


@BOTH
def test_two_people_who_write_to_each_other_first_share_one_channel(crew: Crew, share: float) -> None:
    """Its id follows from theirs."""
    pair = [crew.world.leo.user_id, crew.world.ana.user_id]

    with conflicting(5, share):
        answers = together([act(who, "POST", "/channels/direct", pair) for who in (crew.leo, crew.ana)])

    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1


@BOTH
def test_joining_a_team_at_once_is_joining_it_once(crew: Crew, share: float) -> None:
    """An existing row keeps its role."""
    kim, session = crew.person()
    join = act(session, "POST", f"/teams/{crew.team}/members", {"user_id": kim.user_id})

    with conflicting(6, share):
        answers = together([join] * 3)

    assert {answer.status for answer in answers} == {201}
    assert crew.in_channel(kim, crew.square)


@SEEDS
def test_of_two_editions_of_a_post_neither_is_half_done(crew: Crew, seed: int) -> None:
    """The version decides; whoever is late reads again and has the last word."""
    post = crew.post(crew.public, crew.world.leo)
    edits = [
        act(crew.leo, "PUT", f"/posts/{post}/patch", {"message": word, "props": {"word": word}}) for word in ("a", "b")
    ]

    answers = in_turns(edits, seed)

    row = crew.post_row(post)
    assert {answer.status for answer in answers} == {200}
    assert (row.props, row.version) == ({"word": row.message}, 3)
