"""Attack 9: a matrix of every declared route that changes something, and of where a request may come from."""

import pytest

import app as gatepost
from chalicelib.credentials import new_id, parse_session
from chalicelib.web.browser import form_token
from chalicelib.web.routes import ROUTES, Route
from tests.browser import Browser, call
from tests.make import World

assert gatepost.app  # declares the routes
FORMS = [route for route in ROUTES if route.form]
JSON_CHANGES = [
    route
    for route in ROUTES
    if route.access.kind in {"person", "scope"} and route.method not in {"GET", "HEAD"} and not route.form
]
FOREIGN = {
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site"},
    "other origin": {"Origin": "https://evil.example"},
    "sibling": {"Origin": "http://evil.localhost"},
    "other port": {"Origin": "http://localhost:1"},
}


def address(route: Route) -> str:
    """The path of a route, its variables filled in."""
    return "/".join(new_id() if part.startswith("{") else part for part in route.path.split("/"))


def named(route: Route) -> str:
    """What a test of a route is called."""
    return f"{route.method} {route.path}"


def test_there_are_forms_and_json_addresses_to_try() -> None:
    """Attack 9: the matrix is made from the declared routes."""
    assert {named(route) for route in FORMS} >= {"POST /login", "POST /oauth/authorize/decision", "POST /logout"}
    assert {named(route) for route in JSON_CHANGES} >= {"POST /oauth/deauthorize", "POST /api/v4/oauth/apps"}


def test_every_post_of_a_page_has_a_form_token() -> None:
    """Attack 9: there is no POST without one but those for programs, and the authorization request."""
    programs = ("/oauth/access_token", "/oauth/revoke", "/oauth/deauthorize", "/oauth/authorize", "/api/v4/")

    bare = [route.path for route in ROUTES if route.method == "POST" and not route.form]

    assert all(path.startswith(programs) for path in bare)


@pytest.mark.parametrize("route", FORMS, ids=named)
def test_no_form_of_another_site_is_taken(browser: Browser, world: World, route: Route) -> None:
    """Attack 9: even with the right token, unless the browser says that it comes from here."""
    session = world.session(world.leo)
    leo, located = browser.holding(session), parse_session(session)
    assert located is not None
    token = form_token(world.settings(), located.row_id, route.form or "")

    answers = {
        foreign: leo.post(address(route), {"csrf": token, "x": "y"}, headers=headers)
        for foreign, headers in FOREIGN.items()
    }

    assert {foreign: answer.status for foreign, answer in answers.items()} == dict.fromkeys(FOREIGN, 403)
    assert [
        foreign for foreign, answer in answers.items() if "Send it again" in answer.text
    ] == []  # not one press away


@pytest.mark.parametrize("route", FORMS, ids=named)
def test_no_form_without_its_token_is_taken(browser: Browser, world: World, route: Route) -> None:
    """Attack 9: the token of the very form."""
    leo = browser.holding(world.session(world.leo))

    assert leo.post(address(route), {"x": "y"}).status == 403
    assert (
        leo.post(address(route), {"x": "y", "csrf": "0" * 64}, headers={"Sec-Fetch-Site": "same-origin"}).status == 403
    )


@pytest.mark.parametrize("route", JSON_CHANGES, ids=named)
def test_no_cookie_alone_changes_anything(browser: Browser, world: World, route: Route) -> None:
    """Attack 9: JSON needs `X-Requested-With` or the token; contract 2.0."""
    cookie = {"Cookie": f"MMAUTHTOKEN={world.session(world.maya)}"}
    body = {"client_id": new_id(), "id": new_id()}

    statuses = {
        call(route.method, address(route), json=body, headers=cookie | origin).status
        for origin in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"})
    }

    assert statuses == {401}
