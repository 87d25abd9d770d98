"""Who and what most attacks need: Leo, signed in, and an application he may allow."""

import pytest

from tests.browser import Browser
from tests.make import App, World


@pytest.fixture
def leo(world: World, browser: Browser) -> Browser:
    """Leo's browser, signed in."""
    return browser.holding(world.session(world.leo))


@pytest.fixture
def app(world: World) -> App:
    """A confidential application that needs PKCE."""
    return world.app()
