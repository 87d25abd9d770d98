"""Teams, channels, members and posts as rows: what a write demands of the row it changes (DESIGN section 2)."""

from typing import Any

import pytest

from chalicelib.credentials import is_id
from chalicelib.store import places, posts
from chalicelib.store.places import Member, Team, in_team_key
from chalicelib.store.posts import Post, moment
from chalicelib.store.writing import Change, ConditionFailed, update, write_together
from tests.crew import Crew


def done(*changes: Change) -> bool:
    """Whether the conditions held."""
    try:
        write_together(*changes)
    except ConditionFailed:
        return False
    return True


def membership(crew: Crew) -> Member:
    """Ana's place in the team, as it is."""
    return crew.world.row(in_team_key(crew.world.ana.user_id, crew.team))


def test_a_row_is_edited_only_as_it_was_read(crew: Crew) -> None:
    """The version is the condition."""
    team, channel = crew.team_row(), crew.channel_row(crew.public)

    assert done(places.edited(team, {"description": "a"}), places.edited(channel, {"header": "a"}))
    assert not done(places.edited(team, {"description": "b"}))
    assert not done(places.edited(channel, {"header": "b"}))
    assert (crew.team_row().description, crew.channel_row(crew.public).header) == ("a", "a")


def test_a_row_that_is_not_there_is_not_made_by_an_edition(crew: Crew) -> None:
    """An UpdateItem would create it, as a row of an older version."""
    assert not done(places.edited(Team(team_id="y" * 26), {"description": "a"}))


@pytest.mark.parametrize("values", [{"header": "x", "deleted_at": 5}, {"deleted_at": None}])
def test_what_was_written_need_not_be_read(crew: Crew, values: dict[str, Any]) -> None:
    """`as_edited` says what `edited` writes."""
    channel = crew.channel_row(crew.public)

    assert done(places.edited(channel, values))

    assert places.as_edited(channel, values).to_simple_dict() == crew.channel_row(crew.public).to_simple_dict()


def test_whoever_is_in_a_place_keeps_their_role(crew: Crew) -> None:
    """Joining is conditional."""
    assert not done(places.joined(crew.world.leo.user_id, f"t#{crew.team}"))
    assert crew.world.row(in_team_key(crew.world.leo.user_id, crew.team)).is_admin


def test_leaving_a_team_fails_when_a_channel_was_joined_meanwhile(crew: Crew) -> None:
    """`version` of the team's row."""
    seen = membership(crew)

    assert done(places.still_in_team(crew.world.ana.user_id, crew.team))
    assert not done(places.left(seen))
    assert done(places.left(membership(crew)))


def test_nobody_holds_a_place_in_a_team_they_are_not_in(crew: Crew) -> None:
    """An UpdateItem would put them there."""
    assert not done(places.still_in_team(crew.world.maya.user_id, crew.team))
    assert not crew.in_team(crew.world.maya)


def test_nobody_leaves_twice(crew: Crew) -> None:
    """The row has to be there."""
    seen = membership(crew)

    assert done(places.left(seen))
    assert not done(places.left(seen))


def test_a_row_without_a_version_counts_as_version_0_until_it_has_one(crew: Crew) -> None:
    """Rows of an older version."""
    write_together(update(membership(crew), Member.version.remove(), condition=Member.user_id.exists()))
    seen = membership(crew)

    assert seen.version == 0
    assert done(places.still_in_team(crew.world.ana.user_id, crew.team))
    assert not done(places.left(seen))


def test_a_name_is_freed_only_by_who_has_it(crew: Crew) -> None:
    """Renaming deletes the old name's row."""
    channel = crew.channel_row(crew.public)
    channel.name = "anas"

    assert not done(*places.channel_renamed(channel, "new"))


def test_an_id_that_follows_from_others_is_one_of_ours() -> None:
    """DESIGN section 2: 26 characters; the order of what it follows from counts."""
    assert is_id(places.derived_id("D", "a", "b"))
    assert places.derived_id("D", "a", "b") != places.derived_id("D", "b", "a")


def test_moments_sort_by_time_then_id() -> None:
    """As texts, which is how DynamoDB sorts them."""
    ordered = [moment(9), moment(9, "b"), moment(10, "a"), moment(10, "b"), moment(1_795_435_200_000)]

    assert ordered == sorted(ordered)


def test_a_reply_is_counted_only_at_a_root_that_is_there(crew: Crew) -> None:
    """Deleted, or read in another channel: no."""
    root = crew.post_row(crew.post(crew.public, crew.world.leo))
    elsewhere = Post(post_id=root.post_id, channel_id=crew.leos)

    assert done(posts.replied(root, 1))
    assert not done(posts.replied(elsewhere, 1))
    assert done(posts.deleted(root, 1))
    assert not done(posts.replied(root, 1))
    assert not done(posts.replied(Post(post_id="y" * 26, channel_id=crew.public), 1))


def test_a_post_changes_only_as_it_was_read_and_only_while_it_is_there(crew: Crew) -> None:
    """The version is the condition."""
    post = crew.post_row(crew.post(crew.public, crew.world.leo))

    assert done(posts.edited(post, {"message": "a", "edited_at": 1}))
    assert not done(posts.edited(post, {"message": "b", "edited_at": 1}))
    assert not done(posts.deleted(post, 1))
    now = crew.post_row(post.post_id)
    assert done(posts.deleted(now, 1))
    now.version += 1
    assert not done(posts.edited(now, {"message": "c", "edited_at": 1}))
    assert not done(posts.deleted(now, 1))


def test_replies_are_never_fewer_than_none(crew: Crew) -> None:
    """Only what was counted is counted no more."""
    root = crew.post(crew.public, crew.world.leo)

    assert not done(posts.reply_deleted(root))
    assert not done(posts.reply_deleted("y" * 26))
