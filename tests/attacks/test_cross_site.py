"""Attack 9: a matrix of every declared route that changes something, and of where a request may come from."""

import pytest

import app as gatepost
from chalicelib.credentials import new_id, parse_session
from chalicelib.web.browser import form_token
from chalicelib.web.routes import ROUTES, Route
from tests.browser import Browser, call
from tests.faults import tables_written
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


def body(route: Route) -> object:
    """A body of the right kind: an array of ids, or an object with an id for every member."""
    return [new_id(), new_id()] if route.takes.items else {name: new_id() for name in route.takes.fields}


def named(route: Route) -> str:
    """What a test of a route is called."""
    return f"{route.method} {route.path}"


def test_there_are_forms_and_json_addresses_to_try() -> None:
    """Attack 9: the matrix is made from the declared routes."""
    assert {named(route) for route in FORMS} >= {"POST /login", "POST /oauth/authorize/decision", "POST /logout"}
    assert {named(route) for route in JSON_CHANGES} >= {"POST /oauth/deauthorize", "POST /api/v4/oauth/apps"}


def test_every_post_of_a_page_has_a_form_token() -> None:
    """Attack 9: no POST without one but those for programs, and the requests that start again as a GET."""
    programs = {"access_token", "revoke", "introspect", "userinfo", "deauthorize", "authorize", "logout"}

    bare = [route.path for route in ROUTES if route.method == "POST" and not route.form]

    assert {path for path in bare if not path.startswith("/api/v4/")} == {f"/oauth/{name}" for name in programs}


@pytest.fixture
def maya(world: World) -> Browser:
    """A System Admin's browser: if anybody's could be made to act, it is hers."""
    return Browser().holding(world.session(world.maya))


@pytest.mark.parametrize("origin", FOREIGN)
def test_no_form_of_another_site_is_taken(browser: Browser, world: World, origin: str) -> None:
    """Attack 9, 9700-7: even with the right token, unless it comes from here; nor is it one press away."""
    session = world.session(world.maya)
    maya, located = browser.holding(session), parse_session(session)
    assert located is not None
    tokens = {named(route): form_token(world.settings(), located.row_id, route.form or "") for route in FORMS}

    with tables_written() as changed:
        answers = {
            named(route): maya.post(address(route), {"csrf": tokens[named(route)], "x": "y"}, headers=FOREIGN[origin])
            for route in FORMS
        }

    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(answers, 403)
    assert [name for name, answer in answers.items() if "Send it again" in answer.text] == []
    assert changed == set()


@pytest.mark.parametrize("token", [{}, {"csrf": ""}, {"csrf": "0" * 64}], ids=["none", "empty", "another"])
def test_no_form_without_its_token_is_taken(maya: Browser, token: dict[str, str]) -> None:
    """Attack 9: the token of the very form and session, also from our own origin."""
    here = {"Sec-Fetch-Site": "same-origin"}

    with tables_written() as changed:
        answers = {named(route): maya.post(address(route), token | {"x": "y"}, headers=here) for route in FORMS}

    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(answers, 403)
    assert changed == set()


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
def test_no_cookie_alone_changes_anything(browser: Browser, world: World, origin: str | None) -> None:
    """Attack 9: JSON needs `X-Requested-With` or the token, contract 2.0; userinfo by POST only looks."""
    headers = {"Cookie": f"MMAUTHTOKEN={world.session(world.maya)}"} | ({"Origin": origin} if origin else {})

    with tables_written() as changed:
        statuses = {
            named(route): call(route.method, address(route), json=body(route), headers=headers).status
            for route in JSON_CHANGES
        }

    userinfo = statuses.pop("POST /oauth/userinfo")
    assert userinfo == (401 if origin else 200)
    assert statuses == dict.fromkeys(statuses, 401)
    assert changed == set()


def test_the_session_that_changed_nothing_could_have(world: World, browser: Browser) -> None:
    """Attack 9: with the header that no other site can send, the same cookie works."""
    cookie = {"Cookie": f"MMAUTHTOKEN={world.session(world.maya)}"}
    patch = {"ServiceSettings": {"EnableOnlyAdminIntegrations": False}}

    alone = call("PUT", "/api/v4/config/patch", json=patch, headers=cookie)
    by_script = call("PUT", "/api/v4/config/patch", json=patch, headers=cookie | {"X-Requested-With": "XMLHttpRequest"})

    assert (alone.status, by_script.status) == (401, 200)
