"""Deleting posts and joining channels (ux 6.17)."""

import pytest

from tests.browser import Answer, Browser
from tests.crew import Crew, unknown
from tests.faults import just_before
from tests.web.channels.conftest import Robot


def remove(browser: Browser, channel_id: str, post_id: str) -> Answer:
    """Delete a post as a person does."""
    path = f"/channels/{channel_id}/posts/{post_id}/delete"
    return browser.submit(browser.get(path), path)


def test_deleting_a_post_is_asked_about_and_told(crew: Crew, leo: Browser) -> None:
    """Ux 4: confirm page, then what happened."""
    post = crew.post(crew.square, crew.world.leo, "Oh no")
    path = f"/channels/{crew.square}/posts/{post}/delete"
    assert path in leo.get("/channels/town-square").page.links
    page = leo.get(path)

    assert page.page.h1 == "Delete this post?"
    assert "Oh no" in page.page.text
    assert not crew.post_row(post).deleted
    assert leo.submit(page, path).goes_to == f"/channels/{crew.square}"
    assert crew.post_row(post).deleted
    assert "The post was deleted." in leo.get(f"/channels/{crew.square}").page.text


@pytest.mark.parametrize(
    ("replies", "words"), [(0, ""), (1, "Its reply goes with it."), (2, "Its 2 replies go with it.")]
)
def test_what_goes_with_a_post_is_said_before(crew: Crew, leo: Browser, replies: int, words: str) -> None:
    """Ux 2: show the effect before."""
    post = crew.post(crew.square, crew.world.leo, "Root")
    [crew.post(crew.square, crew.world.ana, "Reply", post) for _ in range(replies)]
    text = leo.get(f"/channels/{crew.square}/posts/{post}/delete").page.text

    assert words in text
    assert ("with it." in text) is bool(words)


def test_somebody_elses_post_stays(crew: Crew, ana: Browser, leo: Browser) -> None:
    """No link, and no way round it: Ana looks after nothing here."""
    post = crew.post(crew.square, crew.world.leo, "Mine")
    own = crew.post(crew.square, crew.world.ana, "Hers")
    page = ana.get(f"/channels/{crew.square}").page
    form = ana.get(f"/channels/{crew.square}/posts/{own}/delete").page.forms[-1].fields

    assert f"/channels/{crew.square}/posts/{post}/delete" not in page.links
    assert ana.get(f"/channels/{crew.square}/posts/{post}/delete").status == 403
    assert ana.post(f"/channels/{crew.square}/posts/{post}/delete", form).status == 403
    assert not crew.post_row(post).deleted


def test_who_looks_after_the_team_may_delete_any_post(crew: Crew, leo: Browser, maya: Browser) -> None:
    """Team admins, and System Admins where they can read."""
    posts = [crew.post(crew.square, crew.world.ana, "Hers") for _ in range(2)]

    assert [remove(each, crew.square, post).status for each, post in zip((leo, maya), posts, strict=True)] == [303, 303]


def test_what_an_application_posted_for_me_is_mine_to_delete(crew: Crew, robot: Robot, ana: Browser) -> None:
    """It was posted with my account."""
    post = robot.post(crew.square, crew.world.ana)

    assert remove(ana, crew.square, post.post_id).status == 303


def test_a_post_is_deleted_only_at_its_own_address(crew: Crew, leo: Browser) -> None:
    """The channel in the address is the one whose rules count."""
    post = crew.post(crew.anas, crew.world.ana, "Secret")

    answer = leo.get(f"/channels/{crew.square}/posts/{post}/delete")

    assert (answer.status, answer.page.h1) == (404, "No such post")
    assert "Secret" not in answer.text


def test_a_post_that_is_gone_cannot_be_deleted_again(crew: Crew, leo: Browser) -> None:
    """In another window."""
    post = crew.post(crew.square, crew.world.leo, "Once")
    page = leo.get(path := f"/channels/{crew.square}/posts/{post}/delete")
    remove(leo, crew.square, post)

    assert (leo.submit(page, path).status, leo.get(path).status) == (404, 404)


def test_two_windows_delete_a_post_once(crew: Crew, leo: Browser) -> None:
    """The write finds out; the second attempt reads that it is gone."""
    post = crew.post(crew.square, crew.world.leo, "Once")
    page = leo.get(path := f"/channels/{crew.square}/posts/{post}/delete")

    with just_before("TransactWriteItems", lambda: remove(Browser().holding(crew.leo), crew.square, post)):
        answer = leo.submit(page, path)

    assert answer.status == 404


def test_public_channels_can_be_joined_from_a_list(crew: Crew, ana: Browser) -> None:
    """Not the private ones, nor those one is in, nor archived ones."""
    crew.archive(crew.channel("old", "O", crew.world.leo))
    page = ana.get("/channels?show=all")

    assert [form.action for form in page.page.forms if form.action.endswith("/join")] == [
        f"/channels/{crew.public}/join"
    ]
    answer = ana.submit(page, f"/channels/{crew.public}/join")
    assert answer.goes_to == f"/channels/{crew.public}"
    assert "You are in Plans now." in ana.get(answer.goes_to).page.text
    assert crew.in_channel(crew.world.ana, crew.public)
    assert "You are in every public channel of The Crew ." in ana.get("/channels?show=all").page.text


def test_a_channel_one_looks_at_can_be_joined_there(crew: Crew, ana: Browser) -> None:
    """In the place of the box to write."""
    page = ana.get("/channels/plans")
    assert "Write to" not in page.page.text

    ana.submit(page, f"/channels/{crew.public}/join")

    assert "Write to Plans" in ana.get("/channels/plans").page.text


def test_joining_twice_changes_nothing(crew: Crew, ana: Browser) -> None:
    """A second window."""
    page = ana.get("/channels/plans")
    answers = [ana.submit(page, f"/channels/{crew.public}/join") for _ in range(2)]

    assert [answer.status for answer in answers] == [303, 303]


@pytest.mark.parametrize("channel", ["leos", "direct", "unknown"])
def test_private_channels_cannot_be_joined_by_oneself(crew: Crew, ana: Browser, channel: str) -> None:
    """Somebody who is in it adds people."""
    ids = {"leos": crew.leos, "direct": crew.direct(crew.world.leo, crew.world.maya), "unknown": unknown()}
    token = ana.get("/channels?show=all").page.form(f"/channels/{crew.public}/join").fields["csrf"]

    answer = ana.post(f"/channels/{ids[channel]}/join", {"csrf": token})

    assert answer.status == (404 if channel == "unknown" else 403)
    assert not crew.in_channel(crew.world.ana, ids[channel])


def test_who_is_not_in_the_team_cannot_join_its_channels(crew: Crew, maya: Browser) -> None:
    """A System Admin either: they join the team first."""
    maya_sees = maya.get(f"/channels/{crew.public}")
    assert "Join" not in maya_sees.page.text
    token = crew.direct(crew.world.maya, crew.world.maya)
    form = maya.get(f"/channels/{token}").page.form(f"/channels/{token}").fields

    assert maya.post(f"/channels/{crew.public}/join", form).status == 403
    assert not crew.in_channel(crew.world.maya, crew.public)
