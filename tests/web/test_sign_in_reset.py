"""Setting a new password by a link (ux 6.15)."""

import pytest

from chalicelib.accounts import passwords, people
from tests.browser import Browser
from tests.make import PASSWORD, World

NEW = "a-new-and-longer-password"


@pytest.fixture
def link(world: World) -> str:
    """A link for Leo, made by Maya."""
    made = passwords.offer_reset(world.leo, world.maya, world.settings(), world.origin(world.maya.user_id))
    return "/" + made.partition("//")[2].partition("/")[2]


def test_the_page_says_whose_password_it_is_and_what_happens(link: str, browser: Browser) -> None:
    """Password managers need the username."""
    answer = browser.get(link)
    assert "all other sessions of this account end" in answer.page.text
    assert 'value="leo" readonly autocomplete="username"' in answer.text


def test_a_new_password_signs_in_and_ends_all_other_sessions(link: str, world: World, browser: Browser) -> None:
    """The brief of links: whoever holds it is signed in."""
    other = Browser().holding(world.session(world.leo))
    answer = browser.submit(browser.get(link), link, password=NEW)
    assert (answer.status, answer.goes_to) == (303, "/integrations")
    text = browser.get("/integrations").page.text
    assert "Your password is set. You are signed in here, all other sessions ended." in text
    assert other.get("/account").status == 302
    Browser().sign_in("leo", NEW)


def test_the_old_password_is_over(link: str, browser: Browser) -> None:
    """A reset is a change."""
    browser.submit(browser.get(link), link, password=NEW)
    form = Browser()
    assert form.submit(form.get("/login"), "/login", login_id="leo", password=PASSWORD).status == 401


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "Use at least 12 characters, this has 0"),
        ("short", "Use at least 12 characters, this has 5"),
        ("p" * 73, "Use at most 72 characters, this has 73"),
        ("passwordpassword", "This password is on a list of common passwords"),
    ],
)
def test_a_password_that_is_no_good_uses_nothing_up(password: str, says: str, link: str, browser: Browser) -> None:
    """Ux 6.1, checks."""
    answer = browser.submit(browser.get(link), link, password=password)
    assert answer.status == 422
    assert says in answer.page.text
    assert not password or password not in answer.text.replace("passwords", "")
    assert browser.submit(browser.get(link), link, password=NEW).status == 303


def test_a_link_works_once(link: str, browser: Browser) -> None:
    """Two windows with the same form: the second is too late."""
    second = Browser()
    form = second.get(link)
    browser.submit(browser.get(link), link, password=NEW)
    assert second.submit(form, link, password=NEW + "2").status == 403
    Browser().sign_in("leo", NEW)


def test_a_link_dies_with_the_account(link: str, world: World, browser: Browser) -> None:
    """Nobody comes back by an old link."""
    people.deactivate(world.leo, world.origin())
    people.reactivate(world.user(world.leo.user_id), world.origin())
    assert browser.get(link).status == 403


@pytest.mark.parametrize("token", ["x", "%00", "gpi_1", "g" * 3000])
def test_whatever_stands_in_the_address_is_no_link(token: str, browser: Browser) -> None:
    """Issue 2: never a 500."""
    answer = browser.get(f"/reset/{token}")
    assert (answer.status, answer.page.h1) == (403, "This link does not work any more")


def test_a_reset_link_is_no_invitation(link: str, browser: Browser) -> None:
    """Both are in one table."""
    assert browser.get(link.replace("/reset/", "/invite/")).status == 403
