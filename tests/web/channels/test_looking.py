"""Looking at channels: where one starts, what is at the side, posts in order, older and newer ones (ux 6.17)."""

import re

import pytest

from chalicelib.store import places
from chalicelib.store.posts import Post
from chalicelib.store.writing import update, write, write_together
from chalicelib.workspace import overview
from tests.browser import Answer, Browser
from tests.crew import Crew, unknown
from tests.faults import sent
from tests.make import World


def texts(answer: Answer) -> list[str]:
    """What the posts on a page say, from top to bottom."""
    assert answer.status == 200, answer.text
    return re.findall(r'<p class="post__text" dir="auto">(.*?)</p>', answer.text, re.DOTALL)


def side(answer: Answer) -> list[str]:
    """The channels at the side."""
    listed = re.search(r'<nav class="side.*?</nav>', answer.text, re.DOTALL)
    assert listed
    return re.findall(r"<a [^>]*><svg.*?</svg><span><bdi>(.*?)</bdi>", listed[0])


def test_channels_lead_to_town_square_of_the_first_team(leo: Browser) -> None:
    """Ux 6.17."""
    assert leo.get("/channels").goes_to == "/channels/town-square"
    assert leo.get("/channels/town-square").page.h1 == "Town Square"


def test_without_town_square_they_lead_to_the_first_channel_there_is(crew: Crew, maya: Browser) -> None:
    """A direct channel, for who is in no team."""
    direct = crew.direct(crew.world.maya, crew.world.leo)

    assert maya.get("/channels").goes_to == f"/channels/{direct}"


def test_who_is_in_no_channel_is_told_so(maya: Browser) -> None:
    """Ux 4, empty state."""
    page = maya.get("/channels").page

    assert "No channels yet. You are in no team of this server" in page.text


def test_the_menu_starts_with_channels(leo: Browser) -> None:
    """The top menu of every signed-in person."""
    assert leo.get("/integrations").page.links[2:4] == ["/channels", "/integrations"]
    assert "/channels" not in Browser().get("/help").page.links


def test_the_side_lists_my_channels_town_square_first_direct_ones_last(crew: Crew, leo: Browser) -> None:
    """Public, private with a lock, direct by the other person's name."""
    crew.direct(crew.world.ana, crew.world.leo)
    answer = leo.get("/channels/town-square")

    assert side(answer) == ["Town Square", "Leos", "Plans", "Ana Duarte"]
    assert '<bdi>Leos</bdi><span class="sr">, private</span>' in answer.text
    assert "#lock" in answer.text
    assert "Anas" not in answer.text


def test_a_talk_with_oneself_says_so(crew: Crew, leo: Browser) -> None:
    """Mattermost allows it."""
    direct = crew.direct(crew.world.leo, crew.world.leo)

    assert leo.get(f"/channels/{direct}").page.h1 == "Leo Wong (you)"


def test_the_open_channel_is_marked(crew: Crew, leo: Browser) -> None:
    """Ux 3.4: `aria-current` on the active link, whatever address led there."""
    by_id, by_name = leo.get(f"/channels/{crew.public}").text, leo.get("/channels/plans").text
    marked = '<a href="/channels/plans" aria-current="true">'

    assert marked in by_id
    assert marked in by_name


def test_channels_of_another_team_stand_under_its_name_and_have_addresses_of_their_own(
    crew: Crew, leo: Browser
) -> None:
    """A name says enough only in the first team."""
    other, square = unknown(), unknown()
    channel = places.Channel(
        channel_id=square,
        team_id=other,
        name="town-square",
        display_name="Harbour",
        kind="O",
        creator_id="x",
        created_at=1,
    )
    team = places.team_added(other, name="zzz", display_name="Zebra", now=1)
    joined = [places.joined(crew.world.leo.user_id, place) for place in (f"t#{other}", f"c#{square}")]
    write_together(*team, *places.channel_added(channel), *joined)

    answer = leo.get("/channels/town-square")

    assert side(answer) == ["Town Square", "Leos", "Plans", "Harbour"]
    assert f"/channels/{square}" in answer.page.links
    assert "The Crew" in answer.page.text
    assert "Zebra" in answer.page.text
    assert leo.get(f"/channels/{square}").page.h1 == "Harbour"


def test_an_archived_channel_leaves_the_side_and_can_still_be_read(crew: Crew, leo: Browser) -> None:
    """Nobody can post there."""
    crew.post(crew.public, crew.world.leo, "The last word")
    crew.archive(crew.public)

    answer = leo.get(f"/channels/{crew.public}")

    assert side(answer) == ["Town Square", "Leos"]
    assert texts(answer) == ["The last word"]
    assert "This channel is archived." in answer.page.text
    assert "Write to" not in answer.page.text


@pytest.mark.parametrize("address", ["nowhere", "y" * 26, "%00", "Ünter", "x" * 300, "anas"])
def test_what_is_not_there_and_what_is_not_mine_look_alike(leo: Browser, address: str) -> None:
    """Who is in a private channel is nobody else's business."""
    answer = leo.get(f"/channels/{address}")

    assert (answer.status, answer.page.h1) == (404, "No such channel")
    assert "There is no such channel, or you are not in it." in answer.page.text


def test_a_private_or_direct_channel_of_others_is_closed_to_system_admins_too(crew: Crew, maya: Browser) -> None:
    """A deliberate difference from Mattermost."""
    direct = crew.direct(crew.world.ana, crew.world.leo)

    assert [maya.get(f"/channels/{each}").status for each in (crew.leos, direct)] == [404, 404]


def test_a_public_channel_is_read_by_the_whole_team_and_by_nobody_else(crew: Crew, ana: Browser) -> None:
    """By name and by id; one has to join to write."""
    crew.post(crew.public, crew.world.leo, "A plan")
    stranger = Browser().holding(crew.person()[1])

    assert texts(ana.get("/channels/plans")) == texts(ana.get(f"/channels/{crew.public}")) == ["A plan"]
    assert "You are not in this channel. Join it to write here." in ana.get("/channels/plans").page.text
    assert stranger.get(f"/channels/{crew.public}").status == 404


def test_nothing_was_posted_yet(leo: Browser) -> None:
    """Ux 6.17, empty."""
    assert "No posts yet. Write one, or let the sample client post." in leo.get("/channels/town-square").page.text


def test_posts_stand_with_the_newest_at_the_bottom(crew: Crew, world: World, leo: Browser) -> None:
    """Ux 6.17; with author and time."""
    crew.post(crew.square, crew.world.leo, "First")
    world.clock.shift(600)
    crew.post(crew.square, crew.world.ana, "Second")
    answer = leo.get("/channels/town-square")

    assert texts(answer) == ["First", "Second"]
    assert "Leo Wong 10 minutes ago First" in answer.page.text
    assert "Ana Duarte just now Second" in answer.page.text


def test_line_breaks_are_kept_and_nothing_is_markup(crew: Crew, leo: Browser) -> None:
    """Links in messages are plain text."""
    crew.post(crew.square, crew.world.leo, "One\n  two <b>bold</b> [x](https://evil.example) https://evil.example")
    answer = leo.get("/channels/town-square")

    assert texts(answer) == ["One\n  two &lt;b&gt;bold&lt;/b&gt; [x](https://evil.example) https://evil.example"]
    assert [link for link in answer.page.links if "evil" in link] == []


def test_a_deleted_post_is_gone(crew: Crew, leo: Browser) -> None:
    """And its replies with it."""
    root = crew.post(crew.square, crew.world.leo, "Root")
    crew.post(crew.square, crew.world.ana, "Answer", root)
    path = f"/channels/{crew.square}/posts/{root}/delete"

    leo.submit(leo.get(path), path)

    assert texts(leo.get("/channels/town-square")) == []
    assert leo.get(f"/channels/{crew.square}/thread/{root}").status == 404


def test_the_last_sixty_are_shown_and_older_ones_are_a_link_away(
    crew: Crew, world: World, leo: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ux 6.17; three to a page here."""
    assert overview.PER_PAGE == 60
    monkeypatch.setattr(overview, "PER_PAGE", 3)
    for number in range(7):
        world.clock.shift(1)
        crew.post(crew.square, crew.world.leo, f"No {number}")

    newest = leo.get("/channels/town-square")
    middle = leo.get(older(newest))
    oldest = leo.get(older(middle))

    assert [texts(page) for page in (newest, middle, oldest)] == [
        ["No 4", "No 5", "No 6"],
        ["No 1", "No 2", "No 3"],
        ["No 0"],
    ]
    assert "Older posts" not in oldest.page.text
    assert ("Newest posts" in newest.page.text, "Newest posts" in oldest.page.text) == (False, True)


def older(answer: Answer) -> str:
    """Where "Older posts" leads."""
    return next(link for link in answer.page.links if "before=" in link)


@pytest.mark.parametrize("before", ["junk", "y" * 26, "x" * 5_000])
def test_older_than_a_post_that_is_not_there_is_the_newest(crew: Crew, leo: Browser, before: str) -> None:
    """A link may be old, or made up."""
    crew.post(crew.square, crew.world.leo, "Here")

    with sent("BatchGetItem") as bodies:
        answer = leo.get("/channels/town-square", before=before)

    assert texts(answer) == ["Here"]
    assert (before in str(bodies)) is (before == "y" * 26)  # what could not be an id is never made a key
    assert "Newest posts" not in answer.page.text


def test_older_than_a_post_of_another_channel_is_the_newest(crew: Crew, leo: Browser) -> None:
    """Its time tells nothing."""
    elsewhere = crew.post(crew.public, crew.world.leo, "Elsewhere")
    crew.post(crew.square, crew.world.leo, "Here")

    assert texts(leo.get("/channels/town-square", before=elsewhere, posted=elsewhere)) == ["Here"]


def test_new_posts_are_asked_for_by_a_link_and_marked(crew: Crew, world: World, leo: Browser) -> None:
    """Ux 6.17: "Show new posts"; no script polls."""
    crew.post(crew.square, crew.world.leo, "Old")
    link = next(each for each in leo.get("/channels/town-square").page.links if "seen=" in each)
    nothing = leo.get(link)
    world.clock.shift(90)
    crew.post(crew.square, crew.world.ana, "New")
    something = leo.get(link)

    assert link.endswith("#new")
    assert "No new posts since 12:00 UTC." in nothing.page.text
    assert re.search(r"Old.*New since 12:00 UTC.*Ana Duarte", something.page.text)
    assert (nothing.text.count('id="new"'), something.text.count('id="new"')) == (1, 1)


@pytest.mark.parametrize("seen", ["-1", "abc", "9" * 40, "٣", ""])
def test_a_moment_that_is_none_marks_nothing(crew: Crew, leo: Browser, seen: str) -> None:
    """Somebody typed it."""
    crew.post(crew.square, crew.world.leo, "Old")

    assert 'id="new"' not in leo.get("/channels/town-square", seen=seen).text


def test_a_post_the_index_does_not_have_yet_is_shown_to_who_wrote_it(crew: Crew, leo: Browser) -> None:
    """DynamoDB's indexes are behind; people look for what they have just written."""
    post = crew.post_row(crew.post(crew.square, crew.world.leo, "Just now"))
    write(update(post, Post.posted.remove(), condition=Post.posted.exists()))

    assert texts(leo.get("/channels/town-square")) == []
    assert texts(leo.get("/channels/town-square", posted=post.post_id)) == ["Just now"]
