"""Every error of every OAuth endpoint: a row is an endpoint, a code, and the request that provokes it.

RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3, RFC 7009, RFC 7662, RFC 8707; DESIGN section 4.
"""

import pytest
import time_machine

from chalicelib import config
from local.emulator import Rows, copied_rows, put_back
from local.server import Server
from tests.browser import Browser, authorization_request, call, exchange, refresh, token, token_by_post
from tests.conftest import NOON
from tests.make import CALENDAR, World
from tests.web.oauth.refusing import (
    AUTHORIZE,
    BASIC,
    BEARER,
    DEAUTHORIZE,
    GOOD,
    INTROSPECT,
    REVOKE,
    SUPERSET,
    TOKEN,
    USERINFO,
    Asked,
    Broken,
    Case,
    Scene,
    as_leo,
    bearer,
    broken,
    broken_grant,
    form,
    off,
    on_our_side,
    unreadable,
    unwritable,
    well,
    wrong_secret,
)

CASES = [
    Case(TOKEN, 400, "invalid_request", lambda scene: token(scene.app, code=scene.code)),
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
    Case(REVOKE, 400, "invalid_request", lambda scene: form(scene, REVOKE, token_type_hint="access_token")),
    Case(REVOKE, 401, "invalid_client", lambda scene: form(scene, REVOKE, wrong_secret(scene.app), token="x"), BASIC),
    Case(
        REVOKE, 400, "invalid_grant", lambda scene: form(scene, REVOKE, scene.new, token=scene.tokens["refresh_token"])
    ),
    Case(REVOKE, 503, "temporarily_unavailable", GOOD[REVOKE], wrong=unwritable),
    Case(INTROSPECT, 400, "invalid_request", lambda scene: form(scene, INTROSPECT, token_type_hint="access_token")),
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
    Case(DEAUTHORIZE, 401, "invalid_token", lambda _: call("POST", DEAUTHORIZE, json={"client_id": "x"}), BEARER),
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
    *[Case(path, 501, "temporarily_unavailable", GOOD[path], wrong=off) for path in GOOD if path != USERINFO],
    # A token of a provider that is off is no good, and whoever sent it may try again with another.
    Case(USERINFO, 401, "invalid_token", GOOD[USERINFO], 'Bearer error="invalid_token", error_description=', wrong=off),
]


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

    assert (answer.status, answer.goes_to) == (404, "")


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
