"""Threads: a post and its replies (ux 6.17)."""

import pytest

from tests.browser import Browser
from tests.crew import Crew, unknown
from tests.make import World
from tests.web.channels.test_looking import texts


def test_a_thread_shows_the_post_and_its_replies(crew: Crew, world: World, leo: Browser) -> None:
    """By the id of any of its posts."""
    root = crew.post(crew.square, crew.world.leo, "Who has the keys?")
    world.clock.shift(1)
    reply = crew.post(crew.square, crew.world.ana, "I have", root)
    channel = leo.get("/channels/town-square")

    assert "1 reply" in channel.page.text
    assert "In reply to Who has the keys?" in channel.page.text
    thread = f"/channels/{crew.square}/thread/{root}"
    assert thread in channel.page.links
    assert leo.get(f"/channels/town-square/thread/{reply}").goes_to == thread
    assert texts(leo.get(thread)) == ["Who has the keys?", "I have"]
    assert "Thread in Town Square" in leo.get(thread).page.h1


def test_the_beginning_of_a_long_post_stands_for_it(crew: Crew, leo: Browser) -> None:
    """In the line above its replies."""
    root = crew.post(crew.square, crew.world.leo, f"{'w' * 70}\n{'x' * 70}")
    crew.post(crew.square, crew.world.ana, "Yes", root)

    assert f"In reply to {'w' * 70} {'x' * 8}… Yes" in leo.get("/channels/town-square").page.text


@pytest.mark.parametrize("place", ["anas", "plans"])
def test_a_thread_opens_only_in_its_own_channel(crew: Crew, leo: Browser, place: str) -> None:
    """And only for who may read that channel."""
    post = crew.post(crew.anas, crew.world.ana, "Secret")

    answer = leo.get(f"/channels/{place}/thread/{post}")

    assert answer.status == 404
    assert "Secret" not in answer.text


def test_there_is_no_thread_of_nothing(leo: Browser) -> None:
    """Ux 6.11."""
    answer = leo.get(f"/channels/town-square/thread/{unknown()}")

    assert (answer.status, answer.page.h1) == (404, "No such post")


def test_a_thread_shows_no_post_of_another_because_its_address_names_it(crew: Crew, leo: Browser) -> None:
    """`posted` shows a reply that the index may not have yet, of this thread alone."""
    root = crew.post(crew.square, crew.world.leo, "Here")
    other = crew.post(crew.square, crew.world.leo, "Elsewhere")
    reply = crew.post(crew.square, crew.world.ana, "Reply elsewhere", other)
    thread = f"/channels/{crew.square}/thread/{root}"

    assert [texts(leo.get(thread, posted=post)) for post in (other, reply)] == [["Here"], ["Here"]]
