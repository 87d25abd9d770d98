"""System Console > Resource servers, by a System Admin, and what people then read."""

import pytest
from playwright.sync_api import expect

from tests.browser import call
from tests.journeys.scenes import authorize
from tests.journeys.screen import Screen
from tests.make import CALENDAR, World

pytestmark = pytest.mark.browser
SCOPES = "calendar:read See your calendar\ncalendar:write Change your calendar"


@pytest.fixture
def maya(screen: Screen, world: World) -> Screen:
    """Maya's window."""
    return screen.holding(world.session(world.maya))


def added(maya: Screen) -> Screen:
    """Add the calendar."""
    maya.open("/admin").follow("Resource servers").shows("Resource servers").follow("Add resource server")
    maya.fill("Identifier", CALENDAR).fill("Name", "Calendar").fill("Scopes (One Per Line)", SCOPES)
    return maya.press("Save").shows("Calendar is registered")


def test_an_api_is_added_and_its_secret_is_shown_once(maya: Screen) -> None:
    """Issue 4: add, save the secret, and it is gone; the secret proves the API."""
    added(maya).says("Save the client secret now.", "calendar:write Change your calendar")
    [client_id, secret] = maya.page.locator("[aria-labelledby=cred] .copy code").all_inner_texts()
    assert call("POST", "/oauth/introspect", data={"token": "x"}, auth=(client_id, secret)).json == {"active": False}

    maya.press("I have saved it, continue").shows("Calendar").says(f"ends in {secret[-4:]}")

    expect(maya.page.get_by_text(secret)).to_have_count(0)
    maya.follow("Resource servers").says("Calendar", CALENDAR)


def test_people_are_asked_in_the_words_of_the_api(maya: Screen, world: World) -> None:
    """RFC 8707: an application names it, the person reads its sentences."""
    added(maya).press("I have saved it, continue").follow("Edit").shows("Edit resource server")
    maya.fill("Scopes (One Per Line)", "calendar:read Look into your diary").press("Save")
    maya.says("Saved. 1 thing changed: Scopes.")

    maya.open(authorize(world.app(), resource=CALENDAR)).says("Look into your diary", "At Calendar")


def test_a_refused_form_keeps_what_was_typed(maya: Screen) -> None:
    """Ux 2 and 3.4: every problem at once, the summary in focus."""
    maya.open("/admin/resource-servers/new").fill("Name", "Calendar").fill("Scopes (One Per Line)", "calendar:read")
    maya.press("Save").says("Nothing was saved yet. Fix 2 things:", "Enter the identifier")

    assert maya.page.locator(":focus").get_attribute("role") == "alert"
    expect(maya.page.get_by_label("Name", exact=True)).to_have_value("Calendar")
    maya.fill("Identifier", CALENDAR).fill("Scopes (One Per Line)", SCOPES).press("Save")
    maya.shows("Calendar is registered")


def test_an_identifier_is_registered_once(maya: Screen, world: World) -> None:
    """The identifier is the key."""
    world.resource()
    maya.open("/admin/resource-servers/new").fill("Identifier", CALENDAR).fill("Name", "Mine")
    maya.fill("Scopes (One Per Line)", SCOPES).press("Save")

    maya.says("This identifier is registered already, as Calendar")


def test_the_secret_is_regenerated_and_the_api_deleted(maya: Screen, world: World) -> None:
    """Ux 4: both ask first."""
    world.resource()
    maya.open("/admin/resource-servers").follow("Calendar").follow("Regenerate secret")
    maya.shows("Regenerate the secret of Calendar?").press("Regenerate secret").shows("New secret for Calendar")
    maya.press("I have saved it, continue").follow("Delete").shows("Delete Calendar?").follow("Keep it")
    maya.shows("Calendar").follow("Delete").press("Delete Calendar").says("Calendar was deleted.")

    maya.says("No resource servers yet.")
