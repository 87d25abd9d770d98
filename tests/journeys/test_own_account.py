"""Account Settings: profile, password and sessions (ux 6.14, 6.19)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.screen import Screen
from tests.make import PASSWORD, World

pytestmark = pytest.mark.browser
NEW = "a-new-and-longer-password"


@pytest.fixture
def leo(open_screen: Callable[[], Screen], world: World) -> Screen:
    """Leo's window."""
    return open_screen().holding(world.session(world.leo))


def test_the_profile_is_changed_and_signs_in_by_its_new_name(leo: Screen) -> None:
    """Ux 6.19."""
    leo.open("/account").follow("Profile").shows("Profile").fill("Username", "leow").fill("Nickname (optional)", "Lion")
    leo.press("Save").says("Saved. 2 things changed: Username, Nickname. Sign in with leow from now on.")

    leo.sign_out().sign_in("leow").shows("Integrations")


def test_a_refused_profile_keeps_what_was_typed(leo: Screen) -> None:
    """Ux 2."""
    leo.open("/account/profile").fill("Username", "maya").fill("Position (optional)", "Release manager").press("Save")

    leo.says("Nothing was saved yet. Fix 1 thing:", "This username is taken. Free right now:")
    expect(leo.page.get_by_label("Position (optional)")).to_have_value("Release manager")
    assert leo.page.title().startswith("Error: ")


def test_a_changed_password_signs_out_everywhere_else(
    leo: Screen, open_screen: Callable[[], Screen], world: World
) -> None:
    """Ux 6.14: this window stays signed in."""
    phone = open_screen().holding(world.session(world.leo))
    leo.open("/account").follow("Password").shows("Password").says("signs out all your other devices")
    leo.fill("Current password", "not-the-password").fill("New password", NEW).press("Change password")
    leo.says("The current password is not right.")
    expect(leo.page.get_by_label("New password")).to_have_value("")

    leo.fill("Current password", PASSWORD).fill("New password", NEW).press("Change password")

    leo.says("Password changed.", "every other session ended")
    leo.open("/account").shows("Account Settings")
    phone.open("/account").arrives("/login").sign_in("leo", NEW).shows("Account Settings")


def test_a_password_manager_finds_the_page(leo: Screen) -> None:
    """W3C, A Well-Known URL for Changing Passwords."""
    leo.open("/.well-known/change-password").shows("Password")


def test_sessions_are_shown_and_ended_one_by_one_and_all_at_once(
    leo: Screen, open_screen: Callable[[], Screen], world: World
) -> None:
    """Ux 6.14: this device first and marked."""
    phone = open_screen().open("/login").sign_in("leo").shows("Integrations")
    leo.open("/account").follow("Sessions").shows("Sessions")
    expect(leo.page.locator(".app").nth(0)).to_contain_text("This device")
    expect(leo.page.locator(".app").nth(1)).to_contain_text("Chrome on Linux")

    leo.press("Sign out Chrome on Linux at 127.0.0.1").says("Chrome on Linux is signed out.", "your only session")
    phone.open("/account").arrives("/login").sign_in("leo").shows("Account Settings")
    leo.open("/account/security/sessions").follow("Sign out everywhere else").shows("Sign out everywhere else?")
    leo.says("1 other session ends at once. You stay signed in here.").press("Sign out everywhere else")

    leo.shows("Sessions").says("You are signed out everywhere else. 1 other session ended", "your only session")
    phone.open("/account").arrives("/login")


def test_signing_this_device_out_is_a_sign_out(leo: Screen) -> None:
    """Ux 6.14."""
    leo.open("/account/security/sessions").press("Sign out this device").shows("Sign in").says("You are signed out.")
