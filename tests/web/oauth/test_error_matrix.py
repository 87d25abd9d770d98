"""Every error of every OAuth endpoint: a row is an endpoint, a code, and the request that provokes it.

RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3, RFC 7009, RFC 7662, RFC 8707; DESIGN section 4.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
import time_machine

from chalicelib import config
from chalicelib.store.grants import Grant
from chalicelib.store.reading import connection
from chalicelib.store.settings import Settings
from local.server import Server
from tests.browser import Answer, Browser, authorization_request, call, exchange, refresh, token, token_by_post
from tests.conftest import NOON, Rows, copied_rows, put_back
from tests.faults import refused
from tests.make import CALENDAR, App, World

SUPERSET: Final = {"error", "error_description", "id", "message", "detailed_error", "request_id", "status_code"}
THROTTLED: Final = "ProvisionedThroughputExceededException"


@dataclass(frozen=True)
class Scene:
    """An application Leo allowed, one he did not, one of somebody else's, a public one, another API."""

    world: World
    app: App
    new: App
    public: App
    listed: App
    calendar: App
    leo: str
    tokens: dict[str, str]
    narrow: str
    code: str

    @classmethod
    def of(cls, world: World) -> "Scene":
        """Set the scene."""
        session, app = world.session(world.leo), world.app()
        leo = Browser().holding(session)
        tokens = exchange(app, leo.allow(app)).json
        return cls(
            world=world,
            app=app,
            new=world.app(name="New"),
            public=world.app(name="Public", public=True),
            listed=world.app(name="Listed", scope="users:read"),
            calendar=world.resource(),
            leo=session,
            tokens=tokens,
            narrow=exchange(app, leo.allow(app, scope="posts:read")).json["access_token"],
            code=leo.allow(app),
        )

    @property
    def browser(self) -> Browser:
        """Leo's."""
        return Browser().holding(self.leo)

    def ask(self, app: App | None = None, **changes: str | None) -> Answer:
        """Leo arrives with an authorization request."""
        return self.browser.authorize(app or self.app, **changes)


@pytest.fixture(scope="module")
def staged(peopled: tuple[World, Rows], server: Server) -> tuple[Scene, Rows]:
    """The scene, set once: every case starts from its rows."""
    put_back(peopled[1])
    with time_machine.travel(NOON, tick=False):
        return Scene.of(peopled[0]), copied_rows()


@pytest.fixture
def scene(staged: tuple[Scene, Rows], clock: time_machine.Traveller) -> Scene:
    """The scene as it was set."""
    put_back(staged[1])
    return staged[0]


# --- what goes wrong on our side --------------------------------------------------------------------------------


def well(_: Scene) -> AbstractContextManager[object]:
    """Nothing is wrong on our side."""
    return nullcontext()


def unwritable(_: Scene) -> AbstractContextManager[object]:
    """DynamoDB takes no write."""
    return refused("PutItem", "UpdateItem", "TransactWriteItems")


def unreadable(_: Scene) -> AbstractContextManager[object]:
    """DynamoDB answers no read."""
    return refused("BatchGetItem", code=THROTTLED)


@contextmanager
def off(scene: Scene) -> Iterator[None]:
    """The provider is switched off."""
    scene.world.set(provider_on=False)
    yield


@contextmanager
def broken(scene: Scene) -> Iterator[None]:
    """The settings are as no code of ours writes them: a mistake of ours, at every address."""
    table = str(Settings.Meta.table_name)
    for row in connection().dispatch("Scan", {"TableName": table})["Items"]:
        put_raw(table, row | {"keys_version": {"S": "x"}})
    yield


@contextmanager
def broken_grant(scene: Scene) -> Iterator[None]:
    """What Leo allowed cannot be read: a mistake that shows when it is known where to answer."""
    names = {"user_id": scene.world.leo.user_id, "client_id": scene.app.client_id}
    key = {name: {"S": value} for name, value in names.items()}
    put_raw(str(Grant.Meta.table_name), key | {"since": {"S": "x"}})
    yield


def put_raw(table: str, item: dict[str, Any]) -> None:
    """Write a row as it is."""
    connection().dispatch("PutItem", {"TableName": table, "Item": item})


# --- JSON endpoints ---------------------------------------------------------------------------------------------

Asked = Callable[[Scene], Answer]
Broken = Callable[[Scene], AbstractContextManager[object]]


@dataclass(frozen=True)
class Case:
    """A request, and what is refused in it; `challenge` is how WWW-Authenticate begins, "" where there is none."""

    endpoint: str
    status: int
    error: str
    ask: Asked
    challenge: str = ""
    wrong: Broken = well

    def __str__(self) -> str:
        return f"{self.endpoint}: {self.status} {self.error}"


BEARER: Final = "Bearer resource_metadata="
BASIC: Final = 'Basic realm="Gatepost"'
TOKEN, REVOKE, INTROSPECT = "/oauth/access_token", "/oauth/revoke", "/oauth/introspect"
DEAUTHORIZE, USERINFO, AUTHORIZE = "/oauth/deauthorize", "/oauth/userinfo", "/oauth/authorize"
DOCUMENTS = (
    "/oauth/jwks",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/api/v4",
)
GOOD: dict[str, Asked] = {
    TOKEN: lambda scene: exchange(scene.app, scene.code),
    REVOKE: lambda scene: form(scene, REVOKE, token=scene.tokens["refresh_token"]),
    INTROSPECT: lambda scene: form(scene, INTROSPECT, token=scene.tokens["refresh_token"]),
    DEAUTHORIZE: lambda scene: as_leo(scene, DEAUTHORIZE, client_id=scene.app.client_id),
    USERINFO: lambda scene: bearer(scene.tokens["access_token"]),
    AUTHORIZE: lambda scene: as_leo(scene, AUTHORIZE, **authorization_request(scene.app)),
} | {path: lambda _, path=path: call("GET", path) for path in DOCUMENTS}  # type: ignore[misc]  # a default


def form(scene: Scene, path: str, app: App | None = None, **fields: str) -> Answer:
    """Post a form as an application, with HTTP Basic."""
    return call("POST", path, data=fields, auth=(app or scene.app).basic)


def as_leo(scene: Scene, path: str, **members: Any) -> Answer:
    """Post JSON with Leo's session."""
    return call("POST", path, json=members, headers={"Authorization": f"Bearer {scene.leo}"})


def bearer(text: str) -> Answer:
    """Ask who it is."""
    return call("GET", USERINFO, headers={"Authorization": f"Bearer {text}"})


def wrong_secret(app: App) -> App:
    """The application as somebody else would have it."""
    return replace(app, secret=app.secret[:-1] + ("A" if app.secret[-1] != "A" else "B"))


def on_our_side(path: str) -> list[Case]:
    """What can be wrong on our side, at an endpoint that would have answered."""
    return [
        Case(path, 503, "temporarily_unavailable", GOOD[path], wrong=unreadable),
        Case(path, 500, "server_error", GOOD[path], wrong=broken),
        Case(path, 501, "temporarily_unavailable", GOOD[path], wrong=off),
    ]


CASES = [
    Case(TOKEN, 400, "invalid_request", lambda scene: token(scene.app)),
    Case(TOKEN, 400, "invalid_request", lambda scene: token(scene.app, grant_type="authorization_code")),
    Case(TOKEN, 400, "unsupported_grant_type", lambda scene: token(scene.app, grant_type="password")),
    Case(TOKEN, 401, "invalid_client", lambda scene: exchange(wrong_secret(scene.app), scene.code), BASIC),
    Case(
        TOKEN,
        401,
        "invalid_client",
        lambda scene: token_by_post(wrong_secret(scene.app), grant_type="authorization_code", code=scene.code),
    ),
    Case(TOKEN, 400, "invalid_grant", lambda scene: exchange(scene.app, scene.code, code_verifier="x" * 43)),
    Case(TOKEN, 400, "invalid_grant", lambda scene: refresh(scene.app, "gpr_guess")),
    Case(
        TOKEN,
        400,
        "unauthorized_client",
        lambda scene: token(scene.calendar, grant_type="refresh_token", refresh_token="x"),
    ),
    Case(
        TOKEN,
        400,
        "invalid_scope",
        lambda scene: refresh(scene.app, scene.tokens["refresh_token"], scope="calendar:read"),
    ),
    Case(
        TOKEN,
        400,
        "invalid_target",
        lambda scene: exchange(scene.app, scene.code, resource=scene.calendar.redirect_uri),
    ),
    Case(TOKEN, 503, "temporarily_unavailable", GOOD[TOKEN], wrong=unwritable),
    Case(REVOKE, 400, "invalid_request", lambda scene: form(scene, REVOKE)),
    Case(REVOKE, 401, "invalid_client", lambda scene: form(scene, REVOKE, wrong_secret(scene.app), token="x"), BASIC),
    Case(
        REVOKE, 400, "invalid_grant", lambda scene: form(scene, REVOKE, scene.new, token=scene.tokens["refresh_token"])
    ),
    Case(REVOKE, 503, "temporarily_unavailable", GOOD[REVOKE], wrong=unwritable),
    Case(INTROSPECT, 400, "invalid_request", lambda scene: form(scene, INTROSPECT)),
    Case(
        INTROSPECT,
        401,
        "invalid_client",
        lambda scene: form(scene, INTROSPECT, wrong_secret(scene.app), token="x"),
        BASIC,
    ),
    Case(
        INTROSPECT,
        401,
        "invalid_client",
        lambda scene: call("POST", INTROSPECT, data={"client_id": scene.public.client_id, "token": "x"}),
    ),
    Case(DEAUTHORIZE, 400, "invalid_request", lambda scene: as_leo(scene, DEAUTHORIZE, client_id="x")),
    Case(DEAUTHORIZE, 401, "invalid_token", lambda scene: call("POST", DEAUTHORIZE, json={"client_id": "x"}), BEARER),
    Case(
        DEAUTHORIZE,
        403,
        "access_denied",
        lambda scene: call(
            "POST",
            DEAUTHORIZE,
            json={"client_id": scene.app.client_id},
            headers={"Authorization": f"Bearer {scene.tokens['access_token']}"},
        ),
    ),
    Case(DEAUTHORIZE, 503, "temporarily_unavailable", GOOD[DEAUTHORIZE], wrong=unwritable),
    Case(USERINFO, 401, "invalid_token", lambda _: call("GET", USERINFO), BEARER),
    Case(USERINFO, 401, "invalid_token", lambda _: bearer("x"), 'Bearer error="invalid_token", error_description='),
    Case(
        USERINFO,
        403,
        "insufficient_scope",
        lambda scene: bearer(scene.narrow),
        'Bearer error="insufficient_scope", error_description=',
    ),
    Case(AUTHORIZE, 400, "invalid_request", lambda scene: as_leo(scene, AUTHORIZE, client_id=scene.app.client_id)),
    Case(
        AUTHORIZE,
        401,
        "invalid_token",
        lambda scene: call("POST", AUTHORIZE, json=authorization_request(scene.app)),
        BEARER,
    ),
    Case(
        AUTHORIZE,
        403,
        "access_denied",
        lambda scene: call(
            "POST",
            AUTHORIZE,
            json=authorization_request(scene.app),
            headers={"Authorization": f"Bearer {scene.tokens['access_token']}"},
        ),
    ),
    Case(
        AUTHORIZE,
        404,
        "invalid_request",
        lambda scene: as_leo(scene, AUTHORIZE, **authorization_request(scene.app, client_id="y" * 26)),
    ),
    Case(
        AUTHORIZE,
        400,
        "unsupported_response_type",
        lambda scene: as_leo(scene, AUTHORIZE, **authorization_request(scene.app, response_type="token")),
    ),
    Case(
        AUTHORIZE,
        400,
        "invalid_scope",
        lambda scene: as_leo(scene, AUTHORIZE, **authorization_request(scene.listed, scope="posts:write")),
    ),
    Case(
        AUTHORIZE,
        400,
        "invalid_target",
        lambda scene: as_leo(scene, AUTHORIZE, **authorization_request(scene.app, resource="https://unknown.example")),
    ),
    Case(AUTHORIZE, 503, "temporarily_unavailable", GOOD[AUTHORIZE], wrong=unwritable),
    *[case for path in GOOD for case in on_our_side(path)],
]


@pytest.mark.parametrize("path", GOOD)
def test_the_requests_that_are_spoiled_below_are_good(scene: Scene, path: str) -> None:
    """Without this a refusal might have another cause."""
    assert GOOD[path](scene).status == 200


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_error_has_its_code_its_status_and_both_bodies(scene: Scene, case: Case) -> None:
    """6749-4, 6749-5, 6749-6, 6750-2; DESIGN section 4: a superset of Mattermost's, kept by no cache."""
    with case.wrong(scene):
        answer = case.ask(scene)

    assert (answer.status, answer.json["error"]) == (case.status, case.error)
    assert answer.json.keys() >= SUPERSET
    assert answer.json["status_code"] == case.status
    assert answer.json["message"] == answer.json["error_description"]
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    challenge = answer.headers.get("WWW-Authenticate", "")
    assert challenge.startswith(case.challenge) if case.challenge else challenge == ""
    assert (case.status != 503) or answer.headers["Retry-After"]  # 7009-4


def test_a_challenge_for_more_scope_names_it(scene: Scene) -> None:
    """6750-2, mcp-3: 403 with the scope that is missing."""
    challenge = bearer(scene.narrow).headers["WWW-Authenticate"]

    assert 'scope="openid"' in challenge
    assert "resource_metadata=" in challenge


def test_revocation_says_busy_and_revokes_nothing(scene: Scene) -> None:
    """7009-4: 503 with Retry-After, and the client still holds a token that works."""
    with unwritable(scene):
        answer = GOOD[REVOKE](scene)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert refresh(scene.app, scene.tokens["refresh_token"]).status == 200


# --- what Chalice or the gateway would answer by itself -----------------------------------------------------------

FORMS = (TOKEN, REVOKE, INTROSPECT)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
TAKEN = {USERINFO: {"GET", "HEAD", "POST"}, AUTHORIZE: {"GET", "HEAD", "POST"}}
TAKEN |= {path: {"GET", "HEAD"} for path in DOCUMENTS} | {path: {"POST"} for path in (*FORMS, DEAUTHORIZE)}


@pytest.mark.parametrize(("path", "method"), [(path, m) for path, ms in TAKEN.items() for m in METHODS if m not in ms])
def test_a_wrong_method_is_405_and_says_which_are_right(scene: Scene, path: str, method: str) -> None:
    """6749-1; RFC 9110 section 15.5.6."""
    answer = call(method, path)

    assert answer.status == 405
    assert answer.headers["Allow"] == ", ".join(sorted({*TAKEN[path], "OPTIONS"}))
    assert method == "HEAD" or path == AUTHORIZE or answer.json.keys() >= SUPERSET


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", None])
def test_a_body_that_is_no_form_is_415(scene: Scene, path: str, content_type: str | None) -> None:
    """6749-14; RFC 9110 section 15.5.16: also where no type is sent, which Chalice takes for JSON."""
    headers = {"Content-Type": content_type} if content_type else {}

    answer = call("POST", path, data=b"token=x&grant_type=refresh_token", headers=headers, auth=scene.app.basic)

    assert (answer.status, answer.json["error"]) == (415, "invalid_request")
    assert answer.json.keys() >= SUPERSET


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/oauth/nothing", "/.well-known/nothing", "/oauth/access_token/x", "/oauth/jwks/"])
def test_an_unknown_address_is_404_in_the_same_shape(scene: Scene, path: str, method: str) -> None:
    """DESIGN section 4: what is not declared answers in our own words, whatever the method."""
    answer = call(method, path)

    assert answer.status == 404
    assert method == "HEAD" or answer.json.keys() >= SUPERSET


@pytest.mark.parametrize("path", [*FORMS, DEAUTHORIZE])
def test_a_body_that_is_too_large_is_413_in_the_same_shape(scene: Scene, path: str) -> None:
    """Contract 1.1."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Bearer {scene.leo}"}

    answer = call("POST", path, data=b"token=" + b"x" * 300_001, headers=headers)

    assert (answer.status, answer.json.keys() >= SUPERSET) == (413, True)


@pytest.mark.parametrize("path", TAKEN)
def test_an_address_says_what_it_takes_and_to_whom_it_is_open(scene: Scene, path: str) -> None:
    """DESIGN section 4, 21-1: `*` for programs, nothing at the authorization endpoint; no credentials anywhere."""
    answer = call("OPTIONS", path, headers={"Origin": "https://spa.example", "Access-Control-Request-Method": "POST"})

    assert (answer.status, answer.text) == (204, "")
    assert answer.headers["Allow"] == ", ".join(sorted({*TAKEN[path], "OPTIONS"}))
    assert answer.headers.get("Access-Control-Allow-Origin") == (None if path == AUTHORIZE else "*")
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", DOCUMENTS)
def test_head_is_get_without_its_body(scene: Scene, path: str) -> None:
    """RFC 9110 section 9.3.2."""
    head, get = call("HEAD", path), call("GET", path)

    assert (head.status, head.text) == (200, "")
    assert {name: head.headers[name] for name in ("Content-Type", "Cache-Control")} == {
        name: get.headers[name] for name in ("Content-Type", "Cache-Control")
    }


# --- the authorization endpoint: told to the client --------------------------------------------------------------

Told = tuple[str, Asked, Broken]
TOLD: list[Told] = [
    ("invalid_request", lambda scene: scene.ask(response_type=None), well),
    ("invalid_request", lambda scene: scene.ask(code_challenge=None, code_challenge_method=None), well),
    ("invalid_request", lambda scene: scene.ask(prompt="none login"), well),
    ("unsupported_response_type", lambda scene: scene.ask(response_type="token"), well),
    ("invalid_scope", lambda scene: scene.ask(scene.listed, scope="posts:write"), well),
    ("invalid_target", lambda scene: scene.ask(resource="https://unknown.example"), well),
    ("invalid_target", lambda scene: scene.ask(resource=f"{CALENDAR}#fragment"), well),
    ("access_denied", lambda scene: scene.browser.decide(scene.ask(scene.new), "deny"), well),
    ("login_required", lambda scene: Browser().authorize(scene.app, prompt="none"), well),
    ("consent_required", lambda scene: scene.ask(scene.new, prompt="none"), well),
    ("request_not_supported", lambda scene: scene.ask(request="e30.e30."), well),
    ("request_uri_not_supported", lambda scene: scene.ask(request_uri="https://standup.example.net/r"), well),
    ("temporarily_unavailable", lambda scene: scene.ask(), unwritable),
    ("server_error", lambda scene: scene.ask(), broken_grant),
]


@pytest.mark.parametrize(("error", "ask", "wrong"), TOLD, ids=[error for error, _, _ in TOLD])
def test_an_error_is_told_to_the_client(scene: Scene, error: str, ask: Asked, wrong: Broken) -> None:
    """6749-3, 6749-4, 9207-1, oidc-2, oidc-3: with state and issuer, at the registered address and nowhere else."""
    with wrong(scene):
        answer = ask(scene)

    assert answer.goes_to.startswith(f"{scene.app.redirect_uri}?")
    assert answer.answer["error"] == error
    assert answer.answer.keys() == {"error", "error_description", "state", "iss"}
    assert (answer.answer["state"], answer.answer["iss"]) == ("s t/a&t=e", config.current().issuer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_client_that_may_not_sign_people_in_is_told_nothing(scene: Scene) -> None:
    """6749-4: the client of another API has no address to tell `unauthorized_client` at, so it is a page."""
    answer = scene.ask(scene.calendar)

    assert (answer.status, answer.goes_to) == (400, "")


PAGES: list[tuple[int, Asked, Broken]] = [
    (400, lambda scene: scene.ask(redirect_uri="https://evil.example/cb"), well),
    (404, lambda scene: scene.ask(client_id="y" * 26), well),
    (501, lambda scene: scene.ask(), off),
    (503, lambda scene: scene.ask(), unreadable),
    (500, lambda scene: scene.ask(), broken),
    (414, lambda scene: scene.ask(state="x" * 9000), well),
]


@pytest.mark.parametrize(("status", "ask", "wrong"), PAGES, ids=[str(status) for status, _, _ in PAGES])
def test_where_nobody_may_be_told_a_page_says_it(scene: Scene, status: int, ask: Asked, wrong: Broken) -> None:
    """6749-3: never a redirect; ux 6.11."""
    with wrong(scene):
        answer = ask(scene)

    assert (answer.status, answer.goes_to) == (status, "")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.page.h1


def test_a_failure_of_a_decision_is_a_page_and_decides_nothing(scene: Scene) -> None:
    """DESIGN section 4: the person is still there, and may press again."""
    consent = scene.ask(scene.new)

    with unwritable(scene):
        busy = scene.browser.decide(consent, "allow")
    again = scene.browser.decide(consent, "allow")

    assert (busy.status, busy.page.h1) == (503, "Busy, nothing was changed")
    assert again.answer["code"]
