"""Issue item 1: the one-time link makes the first System Admin, once."""

from collections.abc import Callable

import pytest

from chalicelib.accounts import setup
from tests.journeys.screen import Screen
from tests.make import PASSWORD, World

pytestmark = pytest.mark.browser
CLOSED = "Set-up needs its one-time link"
HOW = "Set-up needs the link printed when the server started. Restart the server to print a new one."


def link() -> str:
    """What `dev.py run --bare` prints."""
    made = setup.new_link()
    assert made
    return made


def fill_in(screen: Screen, username: str = "maya", password: str = PASSWORD) -> Screen:
    """Fill the set-up form in."""
    screen.fill("Full name", "Maya Okafor").fill("Username", username)
    return screen.fill("Email", "maya@example.com").fill("Password", password).fill("Server name", "Lighthouse")


def test_the_link_makes_the_first_system_admin_and_the_provider_can_be_switched_on_with_it(screen: Screen) -> None:
    """UX 6.1."""
    screen.open(link()).shows("Set up Gatepost")
    fill_in(screen).choose("Enable OAuth 2.0 Service Provider now").press("Create System Admin")

    screen.shows("Integrations").says("Server ready. You are its System Admin.")
    screen.follow("System Console").shows("Custom Integrations")
    assert screen.page.get_by_role("group", name="Enable OAuth").get_by_label("True").is_checked()
    assert screen.page.title() == "Custom Integrations · System Console · Lighthouse"


def test_the_link_works_once(screen: Screen) -> None:
    """The issue: once, by a database condition."""
    used = link()
    fill_in(screen.open(used)).press("Create System Admin")
    screen.shows("Integrations")

    screen.open(used).shows(CLOSED).says("If somebody set this server up already, sign in instead.")


def test_of_two_people_with_the_link_one_is_first(open_screen: Callable[[], Screen]) -> None:
    """Both forms are open before the first is sent; the database decides."""
    used, maya, mallory = link(), open_screen(), open_screen()
    for screen in (maya, mallory):
        fill_in(screen.open(used))

    maya.press("Create System Admin").shows("Integrations")
    mallory.press("Create System Admin").shows(CLOSED)


@pytest.mark.parametrize("path", ["/setup", "/setup?token=gpu_wrong"])
def test_without_the_link_set_up_refuses_and_says_how_to_go_on(screen: Screen, path: str) -> None:
    """UX 6.1."""
    screen.open(path).shows(CLOSED).says(HOW)


def test_what_is_wrong_is_said_at_once_and_what_was_typed_stays(screen: Screen) -> None:
    """UX 6.1; the password is typed again."""
    screen.open(link())
    fill_in(screen, username="Maya O", password="short").press("Create System Admin")

    screen.says("Nothing was saved yet. Fix 2 things:", "Use at least 12 characters, this has 5")
    assert screen.page.get_by_label("Full name").input_value() == "Maya Okafor"
    assert screen.page.get_by_label("Password", exact=True).input_value() == ""


def test_a_server_that_is_set_up_offers_no_link(world: World) -> None:
    """`run` prints the link while nobody is there, and not later."""
    assert setup.new_link() is None
