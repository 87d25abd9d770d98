"""Issue item 9: Account Settings > Security > OAuth 2.0 Applications."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from chalicelib.web import pages
from tests.browser import Browser as Visitor
from tests.browser import exchange, me
from tests.journeys.screen import Screen
from tests.make import App, World

pytestmark = pytest.mark.browser
PATH = "/account/security/oauth2-apps"


def allowed(world: World, app: App) -> str:
    """Leo allows an application; give its access token."""
    code = Visitor().holding(world.session(world.leo)).allow(app)
    return str(exchange(app, code).json["access_token"])


@pytest.fixture
def leo(screen: Screen, world: World) -> Screen:
    """Leo's window."""
    return screen.holding(world.session(world.leo))


def test_what_was_allowed_is_shown_and_revoke_ends_it_with_the_next_request(leo: Screen, world: World) -> None:
    """A13; the seed."""
    access_token = allowed(world, world.app())
    leo.open("/integrations").follow("Manage access").shows("OAuth 2.0 Applications")
    today = pages.date(world.now)
    expect(leo.page.locator(".app__more dd")).to_have_text(
        ["Everything you can do on this server", today, "just now, from 127.0.0.1"]
    )
    assert me(access_token).status == 200

    leo.follow("Revoke access for Standup Notes").shows("Revoke access for Standup Notes?")
    leo.says("It can no longer act for you: all its tokens stop at once.", "It can ask you again.")
    leo.press("Revoke access").says("Standup Notes can no longer use your account.")

    assert me(access_token).status == 401
    leo.says("You have not allowed any application yet.")


def test_old_tokens_do_not_revive_when_the_app_is_allowed_again(leo: Screen, world: World) -> None:
    """Issue item 9."""
    app = world.app()
    before = allowed(world, app)
    leo.open(f"{PATH}/{app.client_id}/revoke").press("Revoke access").says("can no longer use your account.")

    after = allowed(world, app)

    assert (me(before).status, me(after).status) == (401, 200)


def test_one_sign_in_is_revoked_and_the_other_lives_on(leo: Screen, world: World) -> None:
    """Issue 4: each install is visible and revocable on its own."""
    app = world.app()
    before, after = allowed(world, app), allowed(world, app)
    leo.open(PATH).page.get_by_text("2 sign-ins").click()
    expect(leo.page.locator(".installs li")).to_have_count(2)
    leo.follow_first(".installs a").shows("Revoke one sign-in of Standup Notes?")
    leo.says("Other sign-ins of Standup Notes live on.").press("Revoke sign-in")

    leo.says("One sign-in of Standup Notes is revoked.", "1 sign-in")
    assert sorted([me(before).status, me(after).status]) == [200, 401]


def test_everything_is_revoked_with_the_other_devices(
    open_screen: Callable[[], Screen], leo: Screen, world: World
) -> None:
    """UX 6.13, foot: this window stays signed in."""
    tokens = [allowed(world, world.app(name=name)) for name in ("One", "Two")]
    phone = open_screen().holding(world.session(world.leo))
    leo.open(PATH).says("Something looks wrong?").follow("Revoke all 2 applications")
    leo.shows("Revoke all 2 applications?").choose("And sign out my other devices").press("Revoke all 2 applications")

    leo.says("No application can use your account any more.", "You have not allowed any application yet.")
    assert [me(token).status for token in tokens] == [401, 401]
    phone.open(PATH).shows("Sign in")


def test_a_trusted_app_is_listed_with_how_it_got_in(leo: Screen, world: World) -> None:
    """UX 6.10 and 6.13."""
    app = world.app(trusted=True)
    allowed(world, app)

    leo.open(PATH).says("Trusted by your admin", "without asking you because an admin marked it trusted")

    leo.follow("Revoke access for Standup Notes").says("It can get access again without asking")


def test_keeping_it_keeps_it(leo: Screen, world: World) -> None:
    """UX 4 Confirm page."""
    access_token = allowed(world, world.app())

    leo.open(PATH).follow("Revoke access for Standup Notes").follow("Keep it").shows("OAuth 2.0 Applications")

    assert me(access_token).status == 200


def test_what_was_revoked_already_is_said(leo: Screen, world: World) -> None:
    """Two windows, or an old bookmark."""
    leo.open(f"{PATH}/{world.app().client_id}/revoke").shows("Nothing to revoke")


def test_with_the_provider_off_everything_can_still_be_revoked(leo: Screen, world: World) -> None:
    """DESIGN section 2: sessions do not depend on the provider switch."""
    app = world.app()
    allowed(world, app)
    world.set(provider_on=False)

    leo.open(PATH).says("OAuth 2.0 is switched off on this server.")

    leo.follow("Revoke access for Standup Notes").press("Revoke access").says("can no longer use your account.")


def test_account_settings_lead_there(leo: Screen, world: World) -> None:
    """The seed's path, by the menu."""
    leo.open("/").page.locator("details.account summary").click()

    leo.follow("Account Settings").shows("Account Settings").follow("OAuth 2.0 Applications")

    leo.shows("OAuth 2.0 Applications").says("You have not allowed any application yet.")
