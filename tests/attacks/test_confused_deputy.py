"""Attacks 29 and 30: every credential at every door, and what no OAuth token opens."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

import app as gatepost
from chalicelib.credentials import fingerprint, new_id, new_link_token
from chalicelib.store import admins
from chalicelib.web.browser import cookie_name
from chalicelib.web.routes import ROUTES, Route
from tests.browser import Browser, api, authorization_request, call, exchange, me, refresh, token
from tests.make import PASSWORD, App, World

assert gatepost.app  # declares the routes
DECISION = "/oauth/authorize/decision"


@dataclass(frozen=True)
class Scene:
    """A person, the application she allows, and another one that waits for an answer."""

    world: World
    app: App
    other: App

    @property
    def maya(self) -> Browser:
        """The System Admin's browser."""
        return Browser().holding(self.world.session(self.world.maya))

    @property
    def tokens(self) -> dict[str, str]:
        """What the application gets for her."""
        found: dict[str, str] = exchange(self.app, self.maya.allow(self.app)).json
        return found

    @property
    def consent(self) -> dict[str, str]:
        """The fields of a consent page of hers."""
        return self.maya.authorize(self.other).page.form(DECISION).fields


@pytest.fixture
def scene(browser: Browser, world: World, app: App) -> Scene:
    """A server on which all kinds of credentials are in use."""
    return Scene(world, app, world.app(name="Other"))


def answered(scene: Scene, maya: Browser, **fields: str) -> bool:
    """Whether a consent page is answered with these fields changed."""
    consent = maya.authorize(scene.other)
    return maya.submit(consent, DECISION, decision="deny", **fields).status == 200


def allowed(scene: Scene, text: str) -> bool:
    """Whether Mattermost's decision is taken from a bearer."""
    headers, request = {"Authorization": f"Bearer {text}"}, authorization_request(scene.other)
    return call("POST", "/oauth/authorize", json=request, headers=headers).status == 200


def proven(scene: Scene, text: str) -> bool:
    """Whether a text is the client's secret."""
    pretending = replace(scene.app, secret=text)
    return bool(token(pretending, grant_type="refresh_token", refresh_token="x").json["error"] != "invalid_client")


def set_up_link(scene: Scene) -> str:
    """A link that was printed before somebody else set the server up."""
    text = new_link_token("gpu_")
    admins.offer_set_up(fingerprint(text), scene.world.now + 1000)
    return text


DOORS: dict[str, Callable[[Scene, str], bool]] = {
    "API, header": lambda _, text: me(text).status == 200,
    "API, cookie": lambda _, text: api("GET", "/users/me", headers={"Cookie": f"MMAUTHTOKEN={text}"}).status == 200,
    "management": lambda _, text: api("GET", "/oauth/apps", text).status == 200,
    "decision": allowed,
    "pages": lambda _, text: call("GET", "/account", headers={"Cookie": f"{cookie_name()}={text}"}).status == 200,
    "code": lambda scene, text: exchange(scene.app, text).status == 200,
    "refresh": lambda scene, text: refresh(scene.app, text).status == 200,
    "client secret": proven,
    "password": lambda _, text: api("POST", "/users/login", None, {"login_id": "leo", "password": text}).status == 200,
    "form token": lambda scene, text: answered(
        scene, Browser().holding(scene.world.session(scene.world.leo)), csrf=text
    ),
    "ticket": lambda scene, text: answered(scene, Browser().holding(scene.world.session(scene.world.leo)), ticket=text),
    "set-up": lambda _, text: call("GET", "/setup", params={"token": text}).status == 200,
}
KINDS: dict[str, tuple[Callable[[Scene], str], set[str]]] = {
    "session": (
        lambda scene: scene.world.session(scene.world.maya),
        {"API, header", "API, cookie", "management", "decision", "pages"},
    ),
    "access token": (lambda scene: scene.tokens["access_token"], {"API, header"}),
    "refresh token": (lambda scene: scene.tokens["refresh_token"], {"refresh"}),
    "code": (lambda scene: scene.maya.allow(scene.app), {"code"}),
    "client secret": (lambda scene: scene.app.secret, {"client secret"}),
    "client id": (lambda scene: scene.app.client_id, set()),
    "user id": (lambda scene: scene.world.maya.user_id, set()),
    "password": (lambda _: PASSWORD, {"password"}),
    "form token of another session": (lambda scene: scene.consent["csrf"], set()),
    "ticket of another session": (lambda scene: scene.consent["ticket"], set()),
    "set-up link after set-up": (set_up_link, set()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_credential_opens_its_own_doors_and_no_other(scene: Scene, kind: str) -> None:
    """Attack 29: cross-use matrix of every credential type at every endpoint, only the diagonal passes."""
    make, opened = KINDS[kind]
    text = make(scene)

    assert {name for name, opens in DOORS.items() if opens(scene, text)} == opened


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
