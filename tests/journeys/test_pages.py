"""Every page in every state: A1, A4, A16 of ux 10, keyboard focus, and nothing asked of anybody else."""

import pytest

from chalicelib.web.routes import ROUTES
from chalicelib.web.shapes import PageShape
from tests.crew import Crew
from tests.journeys.inspection import EVERY_LOOK, findings, inaccessible
from tests.journeys.scenes import BARE, ELSEWHERE, SCENES
from tests.journeys.scenes_of_access import ACCESS
from tests.journeys.scenes_of_people import PEOPLE
from tests.journeys.screen import Screen
from tests.make import World

pytestmark = pytest.mark.browser
ALL = SCENES | PEOPLE | ACCESS
# Redirects, files and documents: nothing to look at.
NO_PAGES = {"/", "/admin", "/static/{name}", "/healthz", "/.well-known/change-password", "/.well-known/security.txt"}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'{}; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
POLICIES = [POLICY.format(""), POLICY.format(" https:")]
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="#3d4fb8"/></svg>'


@pytest.fixture
def scripts() -> bool:
    """What inspects a page is a script."""
    return True


@pytest.fixture
def quiet(screen: Screen) -> Screen:
    """A window in which other people's pictures are one of ours: nothing leaves this machine."""
    screen.page.unroute_all()
    screen.page.route(ELSEWHERE, lambda route: route.fulfill(body=PICTURE, content_type="image/svg+xml"))
    return screen


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_wrong_with_the_page(quiet: Screen, world: World, name: str) -> None:
    """Axe finds nothing, light and dark; no sideways scroll; focus is seen; under 40 KB; no request goes elsewhere."""
    scene = ALL[name]
    scene.show(quiet, world)

    assert quiet.policy in POLICIES
    assert findings(quiet, images_elsewhere=scene.images_elsewhere) == []


@pytest.mark.full
@pytest.mark.parametrize("name", ALL)
def test_nothing_is_wrong_with_the_page_in_any_look(quiet: Screen, world: World, name: str) -> None:
    """A4: both themes at every width."""
    ALL[name].show(quiet, world)

    assert list(inaccessible(quiet.page, EVERY_LOOK)) == []


@pytest.mark.parametrize("name", BARE)
def test_nothing_is_wrong_with_the_page_while_nobody_is_there(quiet: Screen, name: str) -> None:
    """The same, before set-up."""
    BARE[name](quiet)

    assert quiet.policy in POLICIES
    assert findings(quiet) == []


def test_nothing_is_wrong_with_the_sample_client(sample: Screen, world: World) -> None:
    """Signed out, signed in, with a form to post, and with something to say."""
    Crew.of(world)
    home = sample.page.url
    before = findings(sample, home=home)
    sample.follow("Sign in with Gatepost").press("Allow").shows("Hello, Leo").asked.clear()
    signed_in = findings(sample.open(home), home=home)
    posting = findings(sample.press("Post a hello").says("Name to show"), home=home)
    sample.page.locator("#server").fill("http://elsewhere.example")
    said = findings(sample.press("Save").says("Start the server address"), home=home)

    assert (before, signed_in, posting, said) == ([], [], [], [])


def test_every_page_has_a_scene() -> None:
    """A page that is added later is looked at too."""
    pages = {route.path for route in ROUTES if route.method == "GET" and isinstance(route.shape, PageShape)}

    assert pages - NO_PAGES == {scene.route for scene in ALL.values()} - {"/oauth/authorize"}
