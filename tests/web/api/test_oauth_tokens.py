"""OAuth tokens at the API: what they open, and the first-party addresses they never open (DESIGN section 4)."""

import pytest

import app as gatepost
from chalicelib.web.routes import ROUTES, Route
from tests.browser import Answer, Browser, api, call, exchange, me
from tests.make import App, World
from tests.web.api.bodies import refused
from tests.web.api.conftest import Callers

assert gatepost.app  # importing it declares the routes
FIRST_PARTY = [
    route
    for route in ROUTES
    if route.access.kind == "person" and route.path.startswith(("/api/", "/oauth/")) and route.form is None
]


def named(route: Route) -> str:
    """How a route is called in the report."""
    return f"{route.method} {route.path}"


@pytest.fixture
def app(world: World) -> App:
    """An application of Maya's."""
    return world.app()


@pytest.fixture
def mayas_token(app: App, callers: Callers) -> str:
    """A token that acts for the System Admin: nobody's opens more."""
    return str(exchange(app, Browser().holding(callers.maya).allow(app)).json["access_token"])


def tried(route: Route, token: str, app: App, world: World) -> Answer:
    """Call a route with a token, with everything else right."""
    values = {"app_id": app.client_id, "client_id": app.client_id, "user_id": "me"}
    body = {"id": app.client_id, "client_id": app.client_id}
    headers = {"Authorization": f"Bearer {token}"}
    return call(route.method, route.path.format(**values), json=body, headers=headers)


def test_there_are_first_party_routes() -> None:
    """The list the next tests are made from is not empty."""
    assert len(FIRST_PARTY) >= 11


@pytest.mark.parametrize("route", FIRST_PARTY, ids=named)
def test_a_first_party_address_refuses_a_token_that_may_do_everything(
    route: Route, mayas_token: str, app: App, world: World
) -> None:
    """DESIGN section 4: account security is never open to an OAuth token; contract 2.0: 403."""
    before = world.client(app.client_id).version
    assert refused(tried(route, mayas_token, app, world)) == (403, "api.context.permissions.app_error")
    assert world.client(app.client_id).version == before


def test_no_token_opens_me_an_oauth_token_does_and_a_bad_one_does_not(mayas_token: str) -> None:
    """Contract case 98."""
    assert api("GET", "/users/me").status == 401
    assert me(mayas_token[:-4] + "AAAA").status == 401
    assert me(mayas_token).json["username"] == "maya"


def test_every_route_of_the_api_says_who_may_call_it() -> None:
    """Issue 2 item 7: a scope, a first-party session, or visibly anybody."""
    public = {named(route) for route in ROUTES if route.path.startswith("/api/") and route.access.kind == "public"}
    assert public == {
        "POST /api/v4/users",  # with an invitation, or where sign-up is open
        "POST /api/v4/users/login",
        "POST /api/v4/users/logout",
        "POST /api/v4/users/password/reset",
        "GET /api/v4/config/client",
    }


def test_with_the_provider_off_a_token_opens_nothing(mayas_token: str, world: World) -> None:
    """DESIGN section 4: 401 on bearer calls by OAuth tokens; sessions do not depend on the switch."""
    world.set(provider_on=False)
    answer = me(mayas_token)
    assert refused(answer) == (401, "api.context.session_expired.app_error")
    assert answer.json["error"] == "invalid_token"
    assert me(world.session(world.leo)).status == 200


def test_a_token_cannot_be_used_as_mattermosts_cookie_to_change_anything(mayas_token: str, app: App) -> None:
    """Contract 2.0: a cookie is first in line there; here what it holds is checked all the same."""
    headers = {"X-Requested-With": "XMLHttpRequest", "Cookie": f"MMAUTHTOKEN={mayas_token}"}
    assert call("DELETE", f"/api/v4/oauth/apps/{app.client_id}", headers=headers).status == 401
