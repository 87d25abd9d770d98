"""How often lists and single applications ask DynamoDB: counted at the SDK (DESIGN sections 1 and 9)."""

import pytest

from tests.browser import Browser, api
from tests.faults import counted
from tests.make import App, World

READ, TOGETHER, LIST = "BatchGetItem", "TransactWriteItems", "Query"
APPS = "/integrations/oauth2-apps"
CONSOLE = "/admin/integrations/custom"
ALLOWED = "/account/security/oauth2-apps"


@pytest.fixture
def app(world: World) -> App:
    """An application of Maya's."""
    return world.app()


@pytest.fixture
def leo(world: World, browser: Browser) -> Browser:
    """Leo's browser, signed in."""
    return browser.holding(world.session(world.leo))


@pytest.fixture
def maya(world: World, browser: Browser) -> Browser:
    """Maya's browser, signed in."""
    return browser.holding(world.session(world.maya))


@pytest.mark.parametrize("who", ["maya", "leo"])
def test_the_list_of_applications_is_three(world: World, browser: Browser, app: App, who: str) -> None:
    """DESIGN section 9: lists 3; for a System Admin everybody's, for a member their own."""
    world.set(admins_only=False)
    world.app(world.leo)
    token = world.session({"maya": world.maya, "leo": world.leo}[who])

    with counted() as calls:
        assert len(api("GET", "/oauth/apps", token).json) == {"maya": 2, "leo": 1}[who]

    assert calls == [READ, LIST, READ]


@pytest.mark.parametrize("who", ["maya", "leo"])
def test_the_page_of_applications_is_three(world: World, browser: Browser, app: App, who: str) -> None:
    """DESIGN section 9: lists 3."""
    world.set(admins_only=False)
    world.app(world.leo)
    browser.holding(world.session({"maya": world.maya, "leo": world.leo}[who]))

    with counted() as calls:
        assert browser.get(APPS).status == 200

    assert calls == [READ, LIST, READ]


def test_the_list_of_what_somebody_allowed_is_three(world: World, leo: Browser, app: App) -> None:
    """DESIGN section 9: lists 3."""
    leo.allow(app)
    token = world.session(world.leo)

    with counted() as calls:
        assert len(api("GET", "/users/me/oauth/apps/authorized", token).json) == 1

    assert calls == [READ, LIST, READ]


def test_the_page_of_what_somebody_allowed_is_four(leo: Browser, app: App) -> None:
    """DESIGN section 9 says 3: "last used" is one more query, of the authorizations."""
    leo.allow(app)

    with counted() as calls:
        assert app.client_id in leo.get(ALLOWED).text

    assert calls == [READ, LIST, READ, LIST]


def test_one_application_is_one_read(world: World, browser: Browser, app: App) -> None:
    """Design notes: 2 for any single object, 1 here."""
    token = world.session(world.maya)

    with counted() as calls:
        assert api("GET", f"/oauth/apps/{app.client_id}", token).status == 200

    assert calls == [READ]


def test_an_edition_is_a_read_and_a_write(maya: Browser, app: App) -> None:
    """Design notes: 2 for any single object."""
    path = f"{APPS}/{app.client_id}/edit"
    page = maya.get(path)

    with counted() as calls:
        assert maya.submit(page, path, description="Says something else.").status == 303

    assert calls == [READ, TOGETHER]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("DELETE", "", 200), ("POST", "/regen_secret", 200), ("PUT", "", 200)]
)
def test_a_change_over_the_api_is_a_read_and_a_write(
    world: World, browser: Browser, app: App, method: str, path: str, status: int
) -> None:
    """Design notes: 2 for any single object."""
    token = world.session(world.maya)
    held = api("GET", f"/oauth/apps/{app.client_id}", token).json

    with counted() as calls:
        assert api(method, f"/oauth/apps/{app.client_id}{path}", token, json=held).status == status

    assert calls == [READ, TOGETHER]


def test_saving_the_settings_is_a_read_and_a_write(maya: Browser) -> None:
    """DESIGN section 2: the 16 copies and the audit in one transaction."""
    page = maya.get(CONSOLE)

    with counted() as calls:
        assert maya.submit(page, CONSOLE, code_lifetime="90").status == 303

    assert calls == [READ, TOGETHER]
