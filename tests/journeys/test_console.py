"""Issue items 3 and 11: System Console > Integrations > Custom Integrations, and members who register."""

import pytest
from playwright.sync_api import expect

from tests.browser import authorization_request
from tests.journeys.screen import Screen
from tests.make import World

pytestmark = pytest.mark.browser
PATH = "/admin/integrations/custom"
PROVIDER = "Enable OAuth 2.0 Service Provider"
RESTRICT = "Restrict managing integrations to Admins"


def set_to(screen: Screen, setting: str, value: str) -> Screen:
    """Change one setting and save."""
    return screen.open(PATH).choose(value, setting).press("Save")


def test_the_settings_stand_as_the_seed_says_and_a_change_is_told(screen: Screen, world: World) -> None:
    """The seed: provider False, restricted True; ux 6.15 says what changed."""
    world.set(provider_on=False)
    screen.holding(world.session(world.maya)).open("/admin").shows("Custom Integrations")
    for setting, default in ((PROVIDER, "False"), (RESTRICT, "True"), ("Allow http addresses", "True")):
        expect(screen.page.get_by_role("group", name=setting).get_by_label(default)).to_be_checked()

    set_to(screen, PROVIDER, "True").says(f"Saved. {PROVIDER}: False to True.")

    screen.press("Save").says("Nothing changed.")


def test_the_provider_switched_off_closes_every_page_of_applications_at_once(screen: Screen, world: World) -> None:
    """DESIGN section 4: provider off; System Admins are shown the switch."""
    app = world.app()
    screen.holding(world.session(world.maya))
    set_to(screen, PROVIDER, "False").shows("Turn OAuth 2.0 off?").press("Turn OAuth 2.0 off").says("True to False")

    screen.open("/integrations").says("OAuth 2.0 is off.", "Turn it on in System Console")
    screen.open("/integrations/oauth2-apps").shows("OAuth 2.0 is off on this server")
    query = "&".join(f"{name}={value}" for name, value in authorization_request(app, state="1").items())
    screen.open(f"/oauth/authorize?{query}").shows("OAuth 2.0 is off on this server")
    screen.follow("Turn it on").shows("Custom Integrations")

    set_to(screen, PROVIDER, "True")
    screen.open("/integrations/oauth2-apps").shows("OAuth 2.0 Applications").says("Standup Notes")


def test_keeping_the_provider_on_saves_nothing(screen: Screen, world: World) -> None:
    """UX 6.15: turning it off is asked about."""
    screen.holding(world.session(world.maya))
    set_to(screen, PROVIDER, "False").says("every token stops with the next request").follow("Keep it on")

    expect(screen.page.get_by_role("group", name=PROVIDER).get_by_label("True")).to_be_checked()
    assert world.settings().provider_on


def test_a_member_is_told_who_can_switch_the_provider_on(screen: Screen, world: World) -> None:
    """UX 6.4."""
    world.set(provider_on=False)

    screen.holding(world.session(world.leo)).open("/integrations")

    screen.says("OAuth 2.0 is switched off on this server. A System Admin can turn it on.")


def test_lifetimes_have_bounds_and_what_was_typed_stays(screen: Screen, world: World) -> None:
    """DESIGN section 3."""
    screen.holding(world.session(world.maya)).open(PATH)
    screen.fill("Access token lifetime (minutes)", "4").fill("Authorization code lifetime (seconds)", "900")
    screen.press("Save").says("Nothing was saved yet. Fix 2 things:", "from 5 to 43,200")

    assert screen.page.get_by_label("Authorization code lifetime (seconds)").input_value() == "900"
    assert screen.page.locator(":focus").get_attribute("role") == "alert"
    screen.fill("Access token lifetime (minutes)", "30").fill("Authorization code lifetime (seconds)", "90")
    screen.press("Save").says("Saved.")
    assert (world.settings().access_token_lifetime, world.settings().code_lifetime) == (1800, 90)


def test_two_admins_do_not_overwrite_each_other_unseen(screen: Screen, world: World) -> None:
    """The form carries the version it was made from."""
    screen.holding(world.session(world.maya)).open(PATH)
    world.set(code_lifetime=120)

    screen.fill("Site name", "Lighthouse").press("Save")

    screen.says("Somebody else changed the settings in the meantime.")
    assert screen.page.get_by_label("Site name").input_value() == "Lighthouse"
    screen.press("Save").says("Saved.", "Site name: Gatepost to Lighthouse.")


def test_members_register_while_they_may_and_see_only_their_own(screen: Screen, world: World) -> None:
    """Issue item 11; the seed: only System Admins set Is Trusted."""
    world.app(name="Of Maya")
    screen.holding(world.session(world.maya))
    set_to(screen, RESTRICT, "False")

    screen.holding(world.session(world.leo)).open("/integrations").follow("Open OAuth 2.0 Applications")
    screen.shows("OAuth 2.0 Applications").says("No applications yet.")
    screen.follow("Add OAuth 2.0 Application").shows("Add OAuth 2.0 Application")
    assert screen.page.get_by_role("group", name="Is Trusted").count() == 0
    screen.fill("Display Name", "Of Leo").fill("Description", "Mine.").fill("Homepage", "https://leo.example.net")
    screen.fill("Callback URLs (One Per Line)", "https://leo.example.net/done").choose("On a server").press("Save")
    screen.shows("Of Leo is registered")
    screen.open("/integrations/oauth2-apps")

    expect(screen.page.locator(".app h2")).to_have_text(["Of Leo"])


def test_members_lose_even_their_own_applications_when_it_is_restricted_again(screen: Screen, world: World) -> None:
    """Issue item 11."""
    world.set(admins_only=False)
    app = world.app(world.leo, name="Of Leo")
    screen.holding(world.session(world.leo)).open("/integrations/oauth2-apps").says("Of Leo")

    world.set(admins_only=True)

    for page in ("", "/new", f"/{app.client_id}/edit", f"/{app.client_id}/credentials", f"/{app.client_id}/delete"):
        screen.open(f"/integrations/oauth2-apps{page}").shows("You cannot see this page")
    screen.says("Only System Admins can register and manage applications here.")
    screen.open("/integrations").says("Only System Admins can register applications here.")
