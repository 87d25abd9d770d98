"""How people come and go: invitation, reset link, deactivation (ux 6.3, 6.15)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import Browser as Visitor
from tests.browser import exchange, me
from tests.journeys.scenes import authorize
from tests.journeys.screen import Screen
from tests.make import PASSWORD, World

pytestmark = pytest.mark.browser
USERS = "/admin/users"
NEW = "a-new-and-longer-password"


@pytest.fixture
def maya(open_screen: Callable[[], Screen], world: World) -> Screen:
    """Maya's window."""
    return open_screen().holding(world.session(world.maya))


def shown_link(screen: Screen) -> str:
    """The one link a page shows to be handed on."""
    links: list[str] = screen.page.locator(".copy code").all_inner_texts()
    [link] = links
    return link


def test_an_invitation_is_handed_on_and_accepted(maya: Screen, open_screen: Callable[[], Screen]) -> None:
    """Invite, accept, signed in; the invitation is not open any more."""
    maya.open("/admin").follow("Users").shows("Users").follow("Invite people").shows("Invite people")
    maya.fill("Email addresses (One Per Line)", "priya@example.com\nleo@example.com").press("Make invitation links")
    maya.shows("Invitation links").says("Copy the links now.", "Already a member")
    link = shown_link(maya)
    maya.follow("Done").says("Open invitations", "priya@example.com")

    priya = open_screen().open(link).shows("Join Gatepost").says("Maya Okafor invited you to Gatepost as a member.")
    expect(priya.page.get_by_label("Email")).to_have_value("priya@example.com")
    expect(priya.page.get_by_label("Username")).to_have_value("priya")
    priya.fill("Full name", "Priya Raman").fill("Password", PASSWORD).press("Create account")

    priya.shows("Integrations").says("Welcome, Priya.")
    maya.open(USERS).says("Priya Raman")
    expect(maya.page.get_by_text("Open invitations")).to_have_count(0)
    open_screen().open(link).shows("This link does not work any more")


def test_a_taken_username_is_chosen_anew(screen: Screen, world: World) -> None:
    """Ux 6.3: nothing typed is lost, free ones are named."""
    world.set(open_sign_up=True)
    screen.open("/login").follow("Create account").shows("Create account")
    screen.fill("Email", "leo2@example.com").fill("Full name", "Leo Wong").fill("Username", "leo")
    screen.fill("Password", PASSWORD).press("Create account")
    screen.says("This username is taken. Free right now: leo.w, leo-wong")
    assert screen.page.locator(":focus").get_attribute("role") == "alert"
    expect(screen.page.get_by_label("Email")).to_have_value("leo2@example.com")

    screen.fill("Username", "leo.w").fill("Password", PASSWORD).press("Create account").says("Welcome, Leo.")


def test_signing_up_leads_back_to_the_application(screen: Screen, world: World) -> None:
    """DESIGN section 4: by the hand-over page, through login and sign-up."""
    world.set(open_sign_up=True)
    screen.open(authorize(world.app())).shows("Sign in").follow("Create account")
    screen.says("Then continue to Standup Notes").fill("Email", "priya@example.com").fill("Full name", "Priya Raman")
    screen.fill("Username", "priya").fill("Password", PASSWORD).press("Create account")

    screen.shows("Allow Standup Notes to use your Gatepost account?").says("Priya Raman")


def test_an_invitation_that_was_withdrawn_lets_nobody_in(maya: Screen, open_screen: Callable[[], Screen]) -> None:
    """Ux 6.15."""
    maya.open(f"{USERS}/invite").fill("Email addresses (One Per Line)", "priya@example.com")
    link = shown_link(maya.press("Make invitation links"))

    maya.follow("Done").follow("Withdraw the invitation of priya@example.com")
    maya.shows("Withdraw the invitation of priya@example.com?").press("Withdraw invitation")

    maya.shows("Users").says("The invitation of priya@example.com was withdrawn.")
    open_screen().open(link).shows("This link does not work any more")


def test_a_reset_link_lets_somebody_back_in(maya: Screen, open_screen: Callable[[], Screen], world: World) -> None:
    """Ux 6.15: shown once; all other sessions end."""
    elsewhere = open_screen().holding(world.session(world.leo))
    maya.open(USERS).follow("Leo Wong").shows("Leo Wong").follow("Make reset link")
    maya.shows("Make a reset link for Leo Wong?").press("Make reset link").says("Copy the link now.")
    link = shown_link(maya)
    maya.follow("Done").shows("Leo Wong")

    leo = open_screen().open(link).shows("Set a new password").fill("New password", "short")
    leo.press("Set password and sign in").says("Use at least 12 characters, this has 5")
    leo.fill("New password", NEW).press("Set password and sign in").shows("Integrations")

    leo.says("Your password is set.", "all other sessions ended")
    elsewhere.open("/account").arrives("/login").sign_in("leo", NEW).shows("Account Settings")


def test_a_deactivated_person_is_out_at_once_and_comes_back(
    maya: Screen, open_screen: Callable[[], Screen], world: World
) -> None:
    """Ux 6.15: sessions and tokens end; nothing revives."""
    leo, app = open_screen().holding(world.session(world.leo)), world.app()
    access_token = exchange(app, Visitor().holding(world.session(world.leo)).allow(app)).json["access_token"]
    leo.open("/account").shows("Account Settings")

    maya.open(USERS).follow("Leo Wong").follow("Deactivate").shows("Deactivate Leo Wong?")
    maya.says("Applications they registered keep working").press("Deactivate Leo Wong").says("is deactivated.")

    leo.open("/account").arrives("/login").sign_in("leo").says("This account is deactivated.")
    assert me(access_token).status == 401
    maya.follow("Reactivate").press("Reactivate Leo Wong").says("is active again.")
    leo.open("/login").sign_in("leo").shows("Integrations")
    assert me(access_token).status == 401


def test_the_last_system_admin_cannot_go(maya: Screen) -> None:
    """Ux 6.15: "There must be at least one System Admin"."""
    maya.open(USERS).follow("Maya Okafor").follow("Make member").press("Make member")

    maya.shows("Maya Okafor").says("There must be at least one System Admin. Make somebody else one first.")
    assert maya.page.locator(":focus").get_attribute("role") == "alert"


def test_people_are_found_by_name_role_and_state(maya: Screen) -> None:
    """Ux 6.15: a GET form and real links."""
    maya.open(USERS)
    maya.page.get_by_label("Search people").fill("wong")
    with maya.page.expect_navigation():
        maya.page.keyboard.press("Enter")
    expect(maya.page.locator("tbody th")).to_have_text(["LWLeo Wong"])

    maya.open(USERS).follow("System Admins")
    expect(maya.page.locator("tbody th")).to_have_text(["MOMaya Okafor"])
