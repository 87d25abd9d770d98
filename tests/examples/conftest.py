"""What examples of resource servers need: Leo, signed in, and tokens for them."""

import pytest

from tests.browser import Browser
from tests.examples.tokens import Issuing
from tests.make import App, World

RESOURCE = "http://127.0.0.1:8300/api"


@pytest.fixture
def leo(world: World, browser: Browser) -> Browser:
    """Leo's browser, signed in."""
    return browser.holding(world.session(world.leo))


@pytest.fixture
def registered(world: World) -> App:
    """The API's registration at Gatepost."""
    return world.resource(RESOURCE)


@pytest.fixture
def issuing(world: World, leo: Browser, registered: App) -> Issuing:
    """Whoever gets tokens for it."""
    return Issuing(world, leo, RESOURCE)
