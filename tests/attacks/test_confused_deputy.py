"""Attacks 29 and 30: every credential at every door, and what no OAuth token opens."""

import jwt
import pytest
import time_machine

import app as gatepost
from chalicelib.credentials import new_id
from chalicelib.web.browser import cookie_name
from chalicelib.web.routes import ROUTES, Route
from local.emulator import Rows, copied_rows, put_back
from local.server import Server
from tests.attacks.credentials import DOORS, KINDS, Scene
from tests.browser import Browser, api, call, exchange, me
from tests.conftest import NOON
from tests.make import CALENDAR, App, World

assert gatepost.app  # declares the routes


@pytest.fixture(scope="module")
def staged(peopled: tuple[World, Rows], server: Server) -> tuple[Scene, Rows]:
    """A server on which all kinds of credentials are in use, made once: every kind is tried on the same rows."""
    world = peopled[0]
    put_back(peopled[1])
    with time_machine.travel(NOON, tick=False):
        world.set(dynamic_registration=True)
        scene = Scene(world, world.app(), world.app(name="Other"), world.resource())
        assert all((scene.tokens, scene.calendar_token, scene.registration, scene.consent))
        return scene, copied_rows()


@pytest.fixture
def scene(staged: tuple[Scene, Rows], clock: time_machine.Traveller) -> Scene:
    """The scene as it was made."""
    put_back(staged[1])
    return staged[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_credential_opens_its_own_doors_and_no_other(scene: Scene, kind: str) -> None:
    """Attack 29: cross-use matrix of every credential type at every endpoint, only the diagonal passes."""
    make, opened = KINDS[kind]
    text = make(scene)

    assert {name for name, opens in DOORS.items() if opens(scene, text)} == opened


def test_every_door_opens_to_something() -> None:
    """Attack 29: a door that nothing opens would be a test of nothing; the last two need a server of their own."""
    assert set(DOORS) - set().union(*(opened for _, opened in KINDS.values())) == {"form token", "ticket", "set-up"}


def test_the_doors_that_open_to_their_own_browser_only(scene: Scene) -> None:
    """Attack 29: form token and ticket are good, where they were shown."""
    maya = scene.maya

    assert maya.decide(maya.authorize(scene.other), "deny").answer["error"] == "access_denied"


@pytest.mark.parametrize(
    "claim", ["iss", "aud", "sub", "client_id", "fam", "exp"], ids=lambda claim: f"another {claim}"
)
def test_a_token_that_says_anything_else_is_no_token(scene: Scene, claim: str) -> None:
    """Attack 29, 9068-2, 9068-3: the right key is not enough, and a client is nobody a token can speak for."""
    settings = scene.world.settings()
    said = jwt.decode(scene.tokens["access_token"], options={"verify_signature": False})
    header = {"typ": "at+jwt", "kid": settings.signing_kid}
    key = settings.keys.private(settings.signing_kid)

    others = {"iss": "https://evil.example", "aud": CALENDAR, "exp": said["iat"]}
    ours, changed = (
        jwt.encode(content, key, "RS256", header)
        for content in (said, said | {claim: others.get(claim, scene.other.client_id)})
    )

    assert (me(ours).status, me(changed).status) == (200, 401)


# --- attack 30 --------------------------------------------------------------------------------------------------

SESSION_ONLY = [route for route in ROUTES if route.access.kind == "person"]


def named(route: Route) -> str:
    """What a test of a route is called."""
    return f"{route.method} {route.path}"


def attempts(route: Route, app: App, access: str) -> tuple[int, int]:
    """The statuses of a call with an OAuth token: in the header, and in every cookie."""
    path = "/".join(
        app.client_id if part in {"{app_id}", "{client_id}"} else new_id() if part.startswith("{") else part
        for part in route.path.split("/")
    )
    body, cookie = {"id": app.client_id, "client_id": app.client_id}, f"{cookie_name()}={access}; MMAUTHTOKEN={access}"
    by_header = call(route.method, path, json=body, headers={"Authorization": f"Bearer {access}"})
    by_cookie = call(route.method, path, json=body, headers={"Cookie": cookie})
    return by_header.status, by_cookie.status


def test_what_is_for_sessions_only_is_closed_to_every_oauth_token(browser: Browser, world: World, app: App) -> None:
    """Attack 30: full scope, a System Admin's; DESIGN section 4: apps, consent, settings, account."""
    access = exchange(app, browser.holding(world.session(world.maya)).allow(app)).json["access_token"]
    programs = [route for route in SESSION_ONLY if route.path.startswith(("/api/", "/oauth/deauthorize"))]
    pages = [route for route in SESSION_ONLY if route not in programs]

    answers = {named(route): attempts(route, app, access) for route in programs}
    shown = {named(route): attempts(route, app, access) for route in pages}

    assert answers == dict.fromkeys(answers, (403, 401))
    # A page knows no token at all: to it, nobody is signed in.
    assert {name: statuses for name, statuses in shown.items() if not set(statuses) <= {302, 401, 403}} == {}
    assert me(access).status == 200
    assert world.client(app.client_id).version == 1


def test_the_list_of_what_is_closed_is_not_empty() -> None:
    """Attack 30: approving, making and managing apps, settings, account."""
    assert {named(route) for route in SESSION_ONLY} >= {
        "POST /oauth/deauthorize",
        "POST /oauth/authorize/decision",
        "POST /api/v4/oauth/apps",
        "PUT /api/v4/config/patch",
    }


def test_a_removed_owner_manages_nothing_more(browser: Browser, world: World) -> None:
    """Attack 30: back to "Restrict managing integrations to Admins"."""
    world.set(admins_only=False)
    app, session = world.app(creator=world.leo), world.session(world.leo)
    assert api("GET", f"/oauth/apps/{app.client_id}", session).status == 200

    world.set(admins_only=True)

    assert api("GET", f"/oauth/apps/{app.client_id}", session).status == 403
    assert api("DELETE", f"/oauth/apps/{app.client_id}", session).status == 403
