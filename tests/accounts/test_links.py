"""Wrong one-time links are counted by network; a right one always works (DESIGN section 2, `limits`)."""

from collections.abc import Callable

import pytest

from chalicelib.accounts import joining, passwords
from chalicelib.credentials import new_link_token
from chalicelib.store.audit import Event
from chalicelib.store.limits import Limit
from tests.browser import Answer, Browser, api
from tests.faults import counted
from tests.make import World

GUESSES = 30
NEW = "a-new-password-of-mine"


def invitation(world: World) -> str:
    """The path of an invitation's link."""
    [made] = joining.invite(["nia@example.com"], "member", world.maya, world.settings(), world.origin())
    return made.link[made.link.index("/invite/") :]


def reset(world: World) -> str:
    """The path of a link that sets Leo's password."""
    link = passwords.offer_reset(world.leo, world.maya, world.settings(), world.origin())
    return link[link.index("/reset/") :]


def by_api(kind: str) -> Answer:
    """Guess over the API."""
    token = new_link_token("gpi_")
    if kind == "invite":
        return api("POST", "/users", json={"username": "nia", "password": NEW}, params={"t": token})
    return api("POST", "/users/password/reset", json={"token": token, "new_password": NEW})


def guessed_often(browser: Browser) -> None:
    """Have all guesses of this network's minute behind us."""
    browser.get("/invite/guess")
    [row] = Limit.scan()
    row.tries = GUESSES
    row.save()


@pytest.mark.parametrize("kind", ["invite", "reset"])
def test_a_wrong_link_is_a_page_until_there_are_too_many(browser: Browser, kind: str) -> None:
    """Thirty a minute; then 429 with the time to wait."""
    assert {browser.get(f"/{kind}/guess-{number}").status for number in range(GUESSES)} == {403}

    answer = browser.get(f"/{kind}/guess")

    assert (answer.status, answer.page.h1, answer.headers["Retry-After"]) == (429, "Slow down", "60")


def test_invitations_and_resets_share_the_count(browser: Browser) -> None:
    """A guess is a guess."""
    guessed_often(browser)

    assert [browser.get(f"/{kind}/guess").status for kind in ("invite", "reset")] == [429, 429]
    assert [by_api(kind).status for kind in ("invite", "reset")] == [429, 429]


@pytest.mark.parametrize("kind", ["invite", "reset"])
def test_guesses_over_the_api_count_too(browser: Browser, kind: str) -> None:
    """The same links work there: refused in Mattermost's shape, with the time to wait."""
    by_api(kind)
    assert [row.tries for row in Limit.scan()] == [1]
    guessed_often(browser)

    answer = by_api(kind)

    assert (answer.status, answer.json["status_code"], answer.headers["Retry-After"]) == (429, 429, "60")


@pytest.mark.parametrize("link", [invitation, reset], ids=["invite", "reset"])
def test_a_right_link_works_whatever_strangers_guess(
    browser: Browser, world: World, link: Callable[[World], str]
) -> None:
    """Never by network alone: who was given a link cannot be locked out by a neighbour, and is not counted."""
    path = link(world)
    guessed_often(browser)
    before = [row.tries for row in Limit.scan()]

    assert browser.get(path).status == 200
    assert [row.tries for row in Limit.scan()] == before


def test_the_next_minute_is_another(browser: Browser, world: World) -> None:
    """A window is a minute of the clock."""
    guessed_often(browser)
    world.clock.shift(60)

    assert browser.get("/reset/guess").status == 403


def test_too_many_guesses_are_audited_once_a_window(browser: Browser) -> None:
    """DESIGN section 2: guessing buys no writes."""
    guessed_often(browser)
    answers = [browser.get("/reset/guess"), browser.get("/reset/guess")]

    assert [answer.status for answer in answers] == [429, 429]
    assert [(event.action, event.result) for event in Event.scan()] == [("user.link", "refused")]


def test_a_wrong_link_is_a_read_and_a_write(browser: Browser) -> None:
    """DESIGN section 1: at most 2."""
    with counted() as calls:
        browser.get("/invite/guess")

    assert calls == ["BatchGetItem", "UpdateItem"]
