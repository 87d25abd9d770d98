"""Issue item 2: signing in and out."""

import pytest

from chalicelib.accounts import people
from chalicelib.web.browser import cookie_name
from tests.journeys.screen import Screen
from tests.make import World

pytestmark = pytest.mark.browser
WRONG = "Email, username or password is not right."


@pytest.mark.parametrize("login_id", ["leo", "leo@example.com", "LEO@example.com"])
def test_people_sign_in_by_username_or_email(screen: Screen, world: World, login_id: str) -> None:
    """UX 6.2."""
    screen.open("/").shows("Sign in").sign_in(login_id)

    screen.shows("Integrations").arrives("/integrations")


def test_signing_out_ends_the_session(screen: Screen, world: World) -> None:
    """The session is over on the server, not only in the browser."""
    screen.open("/login").sign_in("leo").shows("Integrations")
    before = screen.context.cookies()

    screen.sign_out().says("You are signed out.")

    screen.holding(next(each["value"] for each in before if each["name"] == cookie_name()))
    screen.open("/account").arrives("/login")


@pytest.mark.parametrize(("login_id", "password"), [("leo", "not-the-password"), ("nobody", "not-the-password")])
def test_a_wrong_password_and_an_unknown_person_get_one_answer(
    screen: Screen, world: World, login_id: str, password: str
) -> None:
    """The identifier stays, the summary has the focus."""
    screen.open("/login").sign_in(login_id, password).says(WRONG)

    assert screen.page.get_by_label("Email or username").input_value() == login_id
    assert screen.page.locator(":focus").get_attribute("role") == "alert"
    assert screen.page.title().startswith("Error: ")


def test_a_deactivated_account_is_told_so_only_after_the_right_password(screen: Screen, world: World) -> None:
    """The issue, item 2."""
    people.deactivate(world.leo, world.origin())

    screen.open("/login").sign_in("leo", "not-the-password").says(WRONG)

    screen.sign_in("leo").says("This account is deactivated. Ask a System Admin.")


def test_too_many_tries_have_to_wait(screen: Screen, world: World) -> None:
    """The throttle: five tries a minute, and then the right password does not help either."""
    screen.open("/login")
    for _ in range(5):
        screen.sign_in("leo", "not-the-password").says(WRONG)

    screen.sign_in("leo").says("Too many tries. Wait 1 minute.")


def test_a_member_cannot_open_the_system_console(screen: Screen, world: World) -> None:
    """It is not in the menu, and its address is refused."""
    screen.holding(world.session(world.leo)).open("/integrations")
    assert screen.page.get_by_role("link", name="System Console").count() == 0

    screen.open("/admin/integrations/custom").shows("You cannot see this page")


def test_signing_in_leads_back_to_where_one_was_going(screen: Screen, world: World) -> None:
    """UX 6.2."""
    screen.open("/account/security/oauth2-apps").shows("Sign in").sign_in("leo")

    screen.shows("OAuth 2.0 Applications").arrives("/account/security/oauth2-apps")


def test_a_form_that_was_open_too_long_can_be_sent_again(screen: Screen, world: World) -> None:
    """UX 6.11: nothing typed is lost, the password excepted."""
    screen.open("/login")
    screen.context.clear_cookies()
    screen.sign_in("leo").shows("This page was open too long")

    screen.press("Send it again").shows("Sign in").says("Enter your password")

    assert screen.page.get_by_label("Email or username").input_value() == "leo"


def test_the_colours_can_be_chosen_without_script(screen: Screen, world: World) -> None:
    """UX 3.3: a cookie, no flash of the other theme; one stays where one is."""
    screen.open("/help")
    assert screen.page.locator("html").get_attribute("data-theme") == "auto"

    for expected in ("light", "dark", "auto"):
        screen.page.locator("form[action='/theme'] button").click()
        screen.page.wait_for_selector(f"html[data-theme='{expected}']")

    screen.arrives("/help")
