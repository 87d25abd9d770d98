"""Which permissions an application may ask for: chosen in its form, narrowed later (ux 6.6, field 8)."""

import pytest
from playwright.sync_api import expect

from tests.browser import Browser as Visitor
from tests.browser import exchange, me
from tests.journeys.screen import Screen
from tests.make import World

pytestmark = pytest.mark.browser


@pytest.fixture
def maya(screen: Screen, world: World) -> Screen:
    """Maya's window."""
    return screen.holding(world.session(world.maya))


def test_the_boxes_are_there_when_they_are_needed(maya: Screen) -> None:
    """Ux 2: the stylesheet hides them, so that it works without script too."""
    maya.open("/integrations/oauth2-apps/new")
    box = maya.page.get_by_label("Post as you")
    expect(box).to_be_hidden()

    maya.choose("Only what is ticked here")

    expect(box).to_be_visible()


def test_narrowing_an_application_acts_at_the_next_call(maya: Screen, world: World) -> None:
    """DESIGN section 3; nothing ticked is said at the field."""
    app = world.app()
    token = exchange(app, Visitor().holding(world.session(world.leo)).allow(app)).json["access_token"]
    assert me(token).status == 200

    maya.open(f"/integrations/oauth2-apps/{app.client_id}/edit").choose("Only what is ticked here").press("Save")
    maya.says("Choose at least one permission").choose("Read the posts you can see").press("Save")

    maya.says("Saved. 1 thing changed: Permissions.")
    assert me(token).status == 403
