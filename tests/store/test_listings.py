"""Lists under one key: parts of them, page after page, counted (DESIGN section 1: never a scan)."""

import pytest

from chalicelib.credentials import new_id
from chalicelib.errors import Unavailable
from chalicelib.store.places import Member, joined, memberships, people_of, size_of
from chalicelib.store.posts import Post
from chalicelib.store.reading import Listing, Span, count_of, rows_of
from chalicelib.store.writing import write
from tests.faults import counted, refused, sent
from tests.make import World

BIG = "x" * 350_000  # three of them are more than the 1 MB of a page


def member_of(user_id: str, *places: str, role: str = "member") -> None:
    """Put somebody into places, row by row."""
    for place in places:
        row = joined(user_id, place)
        row.request["Item"]["role"] = {"S": role}
        write(row)


def test_a_prefix_narrows_a_list(world: World) -> None:
    """Teams and channels of somebody are under one key."""
    leo = world.leo.user_id
    member_of(leo, "t#1", "c#1", "c#2", "d#1")

    assert [row.place for row in memberships(leo, "c")] == ["c#1", "c#2"]
    assert [row.place_id for row in memberships(leo, "t")] == ["1"]


@pytest.mark.parametrize(
    ("span", "found"),
    [
        (Span("place", after="c#1"), ["c#2", "c#3"]),
        (Span("place", before="c#3"), ["c#1", "c#2"]),
        (Span("place", after="c#3"), []),
    ],
)
def test_a_list_goes_on_after_and_before_a_key_without_it(world: World, span: Span, found: list[str]) -> None:
    """Both ends are exclusive."""
    leo = world.leo.user_id
    member_of(leo, "c#1", "c#2", "c#3")

    assert [row.place for row in rows_of(Listing(Member, leo, span=span), 10)] == found


def test_the_newest_come_first_when_asked_for(world: World) -> None:
    """And the limit counts from there."""
    leo = world.leo.user_id
    member_of(leo, "c#1", "c#2", "c#3")

    assert [row.place for row in rows_of(Listing(Member, leo, newest_first=True), 2)] == ["c#3", "c#2"]


def test_a_list_of_a_table_is_strongly_consistent_and_one_of_an_index_cannot_be(world: World) -> None:
    """DESIGN section 1: an index is never read to decide."""
    with sent("Query") as bodies:
        memberships(world.leo.user_id, "c")
        people_of("c#1", 10)

    assert bodies[0]["ConsistentRead"] is True
    assert "ConsistentRead" not in bodies[1]


def test_a_list_longer_than_a_page_is_followed(world: World) -> None:
    """DynamoDB gives 1 MB at once."""
    leo = world.leo.user_id
    member_of(leo, *(f"c#{number}" for number in range(6)), role=BIG)

    with counted() as calls:
        rows = memberships(leo, "c")

    assert [row.place_id for row in rows] == ["0", "1", "2", "3", "4", "5"]
    assert len(calls) > 1


def test_no_more_is_asked_for_than_is_wanted(world: World) -> None:
    """The limit goes to DynamoDB, and what is left of it with the next page."""
    leo = world.leo.user_id
    member_of(leo, *(f"c#{number}" for number in range(6)), role=BIG)

    with sent("Query") as bodies:
        rows = rows_of(Listing(Member, leo), 4)

    assert len(rows) == 4
    assert bodies[0]["Limit"] == 4
    assert sum(body["Limit"] for body in bodies[1:]) < 4


def test_counting_carries_no_rows_and_follows_pages(world: World) -> None:
    """One round trip for each MB."""
    leo = world.leo.user_id
    member_of(leo, *(f"c#{number}" for number in range(6)), role=BIG)

    with sent("Query") as bodies:
        assert count_of(Listing(Member, leo)) == 6

    assert {body["Select"] for body in bodies} == {"COUNT"}
    assert len(bodies) > 1


def test_the_people_of_a_place_are_listed_and_counted(world: World) -> None:
    """By the index."""
    member_of(world.leo.user_id, "c#1", "c#2")
    member_of(world.ana.user_id, "c#1")

    assert set(people_of("c#1", 10)) == {world.leo.user_id, world.ana.user_id}
    assert (size_of("c#1"), size_of("c#2"), size_of("c#3")) == (2, 1, 0)


def test_a_refused_query_never_looks_like_the_end_of_a_list(world: World) -> None:
    """DESIGN section 1."""
    with refused("Query", code="ThrottlingException"), pytest.raises(Unavailable):
        rows_of(Listing(Post, new_id(), index=("by_channel", "channel_id")), 10)
    with refused("Query", code="ThrottlingException"), pytest.raises(Unavailable):
        count_of(Listing(Member, "x"))
