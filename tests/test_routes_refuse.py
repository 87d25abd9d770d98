"""Every declared route, asked over HTTP by nobody and by an OAuth token; made from their list (DESIGN section 4)."""

import re

import pytest
import time_machine

import app as assembled
from chalicelib.credentials import new_id
from chalicelib.web.api.registration import REGISTER
from chalicelib.web.browser import cookie_name
from chalicelib.web.callers import Access
from chalicelib.web.http import FORM
from chalicelib.web.routes import ROUTES, Route
from chalicelib.web.shapes import PageShape
from local.emulator import Rows, put_back
from local.server import Server
from tests.browser import Answer, Browser, call, exchange, me
from tests.conftest import NOON
from tests.make import World

assert assembled.app  # declares the routes

CLOSED = [route for route in ROUTES if route.access.kind in {"person", "scope"}]
PERSONAL = [route for route in ROUTES if route.access.kind == "person"]
CLIENTS = [route for route in ROUTES if route.access.kind == "client"]
PAGES = [route for route in ROUTES if isinstance(route.shape, PageShape)]


def name(route: Route) -> str:
    """How a route is called in a test's name."""
    return f"{route.method} {route.path}"


def ask(route: Route, **headers: str) -> Answer:
    """Call a route with ids that nobody has and an empty body of its kind."""
    path = re.sub(r"\{\w+\}", lambda _: new_id(), route.path)
    if isinstance(route.shape, PageShape):
        return call(route.method, path, headers={"Content-Type": FORM} | headers)
    return call(route.method, path, json={}, headers=headers)


@pytest.fixture(scope="module")
def issued(peopled: tuple[World, Rows], server: Server) -> str:
    """An access token of Maya's, who may do everything; once for all routes: they refuse and change nothing."""
    world = peopled[0]
    put_back(peopled[1])
    with time_machine.travel(NOON, tick=False):
        app = world.app()
        code = Browser().holding(world.session(world.maya)).allow(app)
        return str(exchange(app, code).json["access_token"])


@pytest.fixture
def token(issued: str, clock: time_machine.Traveller) -> str:
    """The token, while it is good."""
    return issued


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_every_route_declares_who_may_call_it(route: Route) -> None:
    """DESIGN section 4: a scope, or "first-party session only", or open to all, or to clients that prove themselves."""
    assert isinstance(route.access, Access)
    assert bool(route.access.scope) == (route.access.kind == "scope")


def test_every_address_of_the_app_is_declared() -> None:
    """Nothing is served that is not in the list."""
    declared = {route.path for route in ROUTES}

    assert set(assembled.app.routes) - declared == {"/{proxy+}"}


@pytest.mark.parametrize("route", [route for route in PAGES if route.method == "POST"], ids=name)
def test_every_form_has_a_name_of_its_own(route: Route) -> None:
    """DESIGN section 4: a form's token is bound to the form."""
    assert route.form
    assert [other for other in PAGES if other.form == route.form] == [route]


@pytest.mark.parametrize("route", [route for route in PAGES if route.method != "POST"], ids=name)
def test_a_page_is_looked_at_and_changes_nothing(route: Route) -> None:
    """RFC 9110 section 9.2.1: what changes something is a POST with a token."""
    assert (route.method, route.form) == ("GET", None)


@pytest.mark.parametrize("route", CLOSED, ids=name)
def test_nobody_is_refused(token: str, route: Route) -> None:
    """Contract section 4, anon: 401, or the sign-in page for who looks at a page."""
    answer = ask(route)

    if isinstance(route.shape, PageShape) and route.method == "GET":
        assert (answer.status, answer.goes_to.partition("?")[0]) == (302, "/login")
    else:
        assert answer.status == 401


@pytest.mark.parametrize("route", PERSONAL, ids=name)
def test_an_oauth_token_is_refused_where_only_a_person_may_act(token: str, route: Route) -> None:
    """DESIGN section 4: account security and app management are never open to an OAuth token."""
    answer = ask(route, Authorization=f"Bearer {token}")

    if isinstance(route.shape, PageShape) and route.method == "GET":
        assert (answer.status, answer.goes_to.partition("?")[0]) == (302, "/login")
    else:
        assert answer.status == (401 if isinstance(route.shape, PageShape) else 403)


@pytest.mark.parametrize("route", PERSONAL, ids=name)
@pytest.mark.parametrize("cookie", ["own", "mattermost"])
def test_an_oauth_token_in_a_cookie_is_refused_too(token: str, route: Route, cookie: str) -> None:
    """DESIGN section 4: whatever way it is sent."""
    names = {"own": cookie_name(), "mattermost": "MMAUTHTOKEN"}

    answer = ask(route, Cookie=f"{names[cookie]}={token}", **{"X-Requested-With": "XMLHttpRequest"})

    assert answer.status in {302, 401, 403}
    assert answer.status != 302 or answer.goes_to.startswith("/login")


@pytest.mark.parametrize(
    "route", [route for route in CLIENTS if route.method == "POST" and route.path != REGISTER], ids=name
)
def test_a_client_that_proves_nothing_is_refused(token: str, route: Route) -> None:
    """RFC 6749 section 3.2.1, RFC 7009 section 2.1."""
    answer = call(route.method, route.path, data={"grant_type": "refresh_token", "token": "x"})

    assert (answer.status, answer.json["error"]) == (401, "invalid_client")


def test_the_token_that_was_refused_everywhere_is_good(token: str) -> None:
    """Without this every refusal above might have another cause."""
    assert me(token).status == 200
