"""The posts of a channel over the API, in Mattermost's pages (contract 2.13)."""

from typing import Any

import pytest

from tests.browser import Answer, api
from tests.crew import BAD_URL, FORBIDDEN, NO_CHANNEL, NO_POST, Crew, messages, unknown
from tests.web.api.bodies import refused


def listed(session: str, channel_id: str, **query: Any) -> Answer:
    """A page of a channel."""
    return api("GET", f"/channels/{channel_id}/posts", session, params=query)


@pytest.fixture
def five(crew: Crew) -> list[str]:
    """Five posts of Leo's, a second apart, "1" to "5"; their ids."""
    return [posted(crew, str(number)) for number in range(1, 6)]


def posted(crew: Crew, message: str, root: str = "") -> str:
    """A post of Leo's in the public channel, a second later."""
    crew.world.clock.shift(1)
    return crew.post(crew.public, crew.world.leo, message, root)


def test_a_channel_is_listed_newest_first(five: list[str], crew: Crew) -> None:
    """Mattermost's PostList."""
    answer = listed(crew.ana, crew.public)
    assert messages(answer) == ["5", "4", "3", "2", "1"]
    assert answer.json.keys() == {"order", "posts", "next_post_id", "prev_post_id"}
    assert answer.json["posts"][five[0]] == api("GET", f"/posts/{five[0]}", crew.ana).json
    assert (answer.json["next_post_id"], answer.json["prev_post_id"]) == ("", "")


def test_pages_say_what_is_next_to_them(five: list[str], crew: Crew) -> None:
    """`next` is newer, `prev` is older."""
    pages = [listed(crew.ana, crew.public, page=page, per_page=2) for page in range(4)]
    assert [messages(page) for page in pages] == [["5", "4"], ["3", "2"], ["1"], []]
    assert [page.json["next_post_id"] for page in pages] == ["", five[3], five[1], ""]
    assert [page.json["prev_post_id"] for page in pages] == [five[2], five[0], "", ""]


@pytest.mark.parametrize(
    ("direction", "per_page", "page", "found", "newer", "older"),
    [
        ("before", 60, 0, ["2", "1"], 2, None),
        ("before", 1, 0, ["2"], 2, 0),
        ("before", 1, 1, ["1"], 1, None),
        ("after", 60, 0, ["5", "4"], None, 2),
        ("after", 1, 0, ["4"], 4, 2),
        ("after", 1, 1, ["5"], None, 3),
    ],
)
def test_a_post_can_be_gone_on_from(
    direction: str,
    per_page: int,
    page: int,
    found: list[str],
    newer: int | None,
    older: int | None,
    five: list[str],
    crew: Crew,
) -> None:
    """Mattermost's `before` and `after`, from the third of five."""
    answer = listed(crew.ana, crew.public, per_page=per_page, page=page, **{direction: five[2]})
    assert messages(answer) == found
    assert answer.json["next_post_id"] == ("" if newer is None else five[newer])
    assert answer.json["prev_post_id"] == ("" if older is None else five[older])


def test_posts_of_one_moment_are_each_listed_once(crew: Crew) -> None:
    """Time and id say where a post stands, so that no two tie."""
    ids = {crew.post(crew.public, crew.world.leo) for _ in range(4)}
    newest = listed(crew.leo, crew.public, per_page=2).json["order"]
    older = listed(crew.leo, crew.public, before=newest[1]).json["order"]
    assert {*newest, *older} == ids
    assert len(newest) + len(older) == 4


def test_since_is_what_was_posted_later(five: list[str], crew: Crew) -> None:
    """Mattermost's `since`, in milliseconds."""
    third = crew.post_row(five[2]).created_at
    assert messages(listed(crew.ana, crew.public, since=third)) == ["5", "4"]
    assert messages(listed(crew.ana, crew.public, since=third - 1)) == ["5", "4", "3"]
    assert messages(listed(crew.ana, crew.public, since=0)) == ["5", "4", "3", "2", "1"]


def test_a_deleted_post_is_in_no_list_and_can_be_gone_on_from(five: list[str], crew: Crew) -> None:
    """Pages are whole without it."""
    api("DELETE", f"/posts/{five[2]}", crew.leo)
    assert messages(listed(crew.ana, crew.public, per_page=3)) == ["5", "4", "2"]
    assert messages(listed(crew.ana, crew.public, before=five[2])) == ["2", "1"]


def test_replies_come_with_their_roots(crew: Crew) -> None:
    """Mattermost's PostList: the root is among the posts, and in the order only where it is on the page."""
    root = posted(crew, "Root")
    reply = posted(crew, "Re", root)
    answer = listed(crew.ana, crew.public, per_page=1).json
    assert answer["order"] == [reply]
    assert answer["posts"].keys() == {reply, root}
    assert answer["prev_post_id"] == root


def test_replies_of_a_deleted_root_are_not_listed(crew: Crew) -> None:
    """With its root a thread is gone."""
    root = posted(crew, "Root")
    posted(crew, "Re", root)
    api("DELETE", f"/posts/{root}", crew.leo)
    assert messages(listed(crew.ana, crew.public)) == []
    assert listed(crew.ana, crew.public).json["posts"] == {}


def test_posts_of_other_channels_are_not_listed(five: list[str], crew: Crew) -> None:
    """Nor gone on from."""
    other = crew.post(crew.leos, crew.world.leo, "Elsewhere")
    assert "Elsewhere" not in messages(listed(crew.leo, crew.public))
    assert refused(listed(crew.leo, crew.public, before=other)) == NO_POST
    assert refused(listed(crew.leo, crew.public, after=unknown())) == NO_POST


@pytest.mark.parametrize(("who", "status"), [("leo", 200), ("ana", 200), ("maya", 200), ("kim", 403)])
def test_a_public_channel_is_read_by_its_team(who: str, status: int, crew: Crew) -> None:
    """And by System Admins."""
    session = crew.person()[1] if who == "kim" else getattr(crew, who)
    answer = listed(session, crew.public)
    assert answer.status == status
    if status == 403:
        assert refused(answer) == FORBIDDEN


def test_an_archived_channel_is_still_read(five: list[str], crew: Crew) -> None:
    """Nobody posts there."""
    crew.archive(crew.public)
    assert len(messages(listed(crew.ana, crew.public))) == 5


def test_an_unknown_channel_is_not_found(crew: Crew) -> None:
    """Mattermost's id."""
    assert refused(listed(crew.leo, unknown())) == NO_CHANNEL
    assert refused(listed(crew.leo, "junk")) == BAD_URL


@pytest.mark.parametrize(
    "query",
    [
        {"before": "junk"},
        {"after": "junk"},
        {"since": "yesterday"},
        {"since": "-1"},
        {"since": "9" * 14},
        {"since": "1", "before": "y" * 26},
        {"page": "50", "per_page": "200"},
        {"page": "999999"},
    ],
)
def test_a_query_that_cannot_be_is_refused(query: dict[str, str], crew: Crew) -> None:
    """Contract 1.1; 10,000 posts are skipped at most, then `before` goes on."""
    assert refused(listed(crew.leo, crew.public, **query)) == BAD_URL


@pytest.mark.parametrize("query", [{"page": "-1"}, {"page": "x"}, {"per_page": "0"}, {"per_page": "1000"}])
def test_a_page_that_is_no_number_counts_as_not_asked(query: dict[str, str], five: list[str], crew: Crew) -> None:
    """Contract 1.1."""
    assert len(messages(listed(crew.leo, crew.public, **query))) == 5
