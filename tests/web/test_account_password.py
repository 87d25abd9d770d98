"""Account Settings > Security > Password (ux 6.14)."""

from itertools import pairwise

import pytest

from chalicelib.web.browser import cookie_name
from tests.browser import Answer, Browser, exchange, me
from tests.make import PASSWORD, World

PATH = "/account/security/password"
NEW = "a-new-and-longer-password"
WRONG = "The current password is not right."


@pytest.fixture
def leo(browser: Browser, world: World) -> Browser:
    """A member's browser."""
    return browser.holding(world.session(world.leo))


def change(browser: Browser, current: str = PASSWORD, new: str = NEW, **filled: str) -> Answer:
    """Fill the form in and send it."""
    return browser.submit(browser.get(PATH), PATH, current_password=current, password=new, **filled)


def test_a_change_says_what_happened_and_keeps_this_browser_signed_in(leo: Browser) -> None:
    """Ux 6.14."""
    before = leo.http.cookies[cookie_name()]
    answer = change(leo)
    assert (answer.status, answer.goes_to) == (303, PATH)
    text = leo.get(PATH).page.text
    assert "Password changed. You stay signed in here, every other session ended." in text
    assert leo.http.cookies[cookie_name()] != before
    Browser().sign_in("leo", NEW)


def test_every_other_session_ends_and_the_old_one_of_this_browser_too(leo: Browser, world: World) -> None:
    """Ux 6.14: other devices are signed out."""
    before, other = leo.http.cookies[cookie_name()], Browser().holding(world.session(world.leo))
    change(leo)
    assert [browser.get("/account").status for browser in (leo, other, Browser().holding(before))] == [200, 302, 302]


def test_the_page_says_so_before(leo: Browser) -> None:
    """It always happens, so it is said and not offered."""
    assert "A new password signs out all your other devices." in leo.get(PATH).page.text
    assert "revoke_apps" not in leo.get(PATH).page.form(PATH).fields


@pytest.mark.parametrize(("ticked", "status"), [({}, 200), ({"revoke_apps": "true"}, 401)])
def test_applications_lose_their_access_only_if_one_asks_for_it(
    ticked: dict[str, str], status: int, leo: Browser, world: World
) -> None:
    """Ux 6.14: "Also revoke apps", not ticked."""
    app = world.app()
    tokens = exchange(app, leo.allow(app)).json
    change(leo, **ticked)
    assert ("No application can act for you any more." in leo.get(PATH).page.text) == bool(ticked)
    assert me(tokens["access_token"]).status == status


def test_a_wrong_current_password_is_said_at_the_field(leo: Browser) -> None:
    """The brief; nothing is changed, nothing typed comes back."""
    answer = change(leo, current="not-the-password", revoke_apps="true")
    assert answer.status == 422
    assert 'id="current_password-error"><' in answer.text.replace("\n", "")
    assert answer.page.text.count(WRONG) == 2
    assert "not-the-password" not in answer.text
    assert NEW not in answer.text
    assert answer.page.form(PATH).fields["revoke_apps"] == "true"
    Browser().sign_in("leo")


def test_what_is_missing_and_what_is_too_short_come_at_once(leo: Browser) -> None:
    """Ux 2."""
    text = change(leo, current="", new="short").page.text
    messages = ["Fix 2 things", "Enter your current password", "Use at least 12 characters, this has 5"]
    assert [message for message in messages if message not in text] == []


def test_guesses_are_counted(leo: Browser) -> None:
    """Attack 21: after five the right password does not help either; signing in has a count of its own."""
    for _ in range(5):
        assert WRONG in change(leo, current="not-the-password").page.text
    answer = change(leo)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
    assert "Too many tries. Wait 1 minute." in answer.page.text
    visitor = Browser()
    assert visitor.submit(visitor.get("/login"), "/login", login_id="leo", password=PASSWORD).status == 200


def test_strangers_cannot_use_the_tries_up(leo: Browser) -> None:
    """Design-notes (b) 10: who is signed in is held up by nobody who only knows a name."""
    stranger = Browser()
    for _ in range(6):
        stranger.submit(stranger.get("/login"), "/login", login_id="leo", password="guessed-it-or-not")

    assert change(leo).status == 303


def test_a_change_that_was_right_uses_no_try_up(leo: Browser) -> None:
    """As at sign-in: six changes in a minute."""
    held = [PASSWORD, *(f"{NEW}-{number}" for number in range(6))]
    statuses = [change(leo, current, new).status for current, new in pairwise(held)]
    assert statuses == [303] * 6


def test_a_form_that_is_too_old_gives_no_password_back(leo: Browser, world: World) -> None:
    """Ux 2: secrets are never sent back."""
    form = leo.get(PATH).page.form(PATH).fields | {"current_password": PASSWORD, "password": NEW, "csrf": "x"}
    answer = leo.post(PATH, form)
    assert answer.status == 403
    assert PASSWORD not in answer.text
    assert NEW not in answer.text


def test_nobody_changes_a_password_without_the_form(leo: Browser) -> None:
    """Attack 9."""
    assert leo.post(PATH, {"current_password": PASSWORD, "password": NEW}).status == 403
    Browser().sign_in("leo")
