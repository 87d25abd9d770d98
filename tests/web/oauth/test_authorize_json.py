"""Mattermost's consent page in one call: POST /oauth/authorize with JSON."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib import config
from chalicelib.store.authorizations import authorizations_of
from tests.browser import Answer, Browser, authorization_request, call, exchange, me
from tests.make import CALLBACK, PASSWORD, App, World


def decide(app: App, session: str | None, **changes: Any) -> Answer:
    """Say yes as Mattermost's own page does; the session is a Bearer token."""
    headers = {"Authorization": f"Bearer {session}"} if session else {}
    body: dict[str, Any] = authorization_request(app) | changes
    return call("POST", "/oauth/authorize", json=body, headers=headers)


@pytest.fixture
def session(browser: Browser, world: World) -> str:
    """Leo's session token."""
    return world.session(world.leo)


def test_yes_gives_the_address_to_go_to(session: str, world: World) -> None:
    """Contract 2.5 and case 69."""
    app = world.app()

    answer = decide(app, session, state="a state")
    query = parse_qs(urlsplit(answer.json["redirect"]).query)

    assert (answer.status, set(answer.json)) == (200, {"redirect"})
    assert answer.json["redirect"].startswith(CALLBACK + "?")
    assert (query["state"], query["iss"]) == (["a state"], [config.current().issuer])
    assert me(exchange(app, query["code"][0]).json["access_token"]).json["username"] == "leo"


def test_yes_is_remembered(session: str, browser: Browser, world: World) -> None:
    """Contract 2.5: the authorization record is saved."""
    app = world.app()
    decide(app, session)

    assert browser.holding(session).authorize(app).status == 302


def test_a_public_client_with_a_challenge_gets_a_code(session: str, world: World) -> None:
    """Contract case 78."""
    assert "code=" in decide(world.app(public=True), session).json["redirect"]


def test_a_callback_with_a_query_is_merged(session: str, world: World) -> None:
    """Contract case 77."""
    app = world.app(redirect_uris=["https://nowhere.com?simply=lovely"])
    state = "/oauthcallback?sesskey=abcd&other=123"

    query = parse_qs(urlsplit(decide(app, session, state=state).json["redirect"]).query)

    assert (query["simply"], query["state"]) == (["lovely"], [state])
    assert "sesskey" not in query


@pytest.mark.parametrize("body", [None, [], "x", 7, True], ids=str)
def test_what_is_no_object_is_refused(session: str, world: World, body: object) -> None:
    """Contract case 68."""
    answer = call(
        "POST",
        "/oauth/authorize",
        data="null" if body is None else json.dumps(body),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {session}"},
    )

    assert (answer.status, answer.json["id"]) == (400, "api.context.invalid_body_param.app_error")


@pytest.mark.parametrize("text", ["", "{", "garbage", '{"client_id":', "[" * 100_000, "\x00", '{"a": 1e999999}'])
def test_what_is_no_json_is_refused(session: str, world: World, text: str) -> None:
    """Contract case 68; 6749-16."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {session}"}

    answer = call("POST", "/oauth/authorize", data=text.encode(), headers=headers)

    assert (answer.status, answer.json["id"]) == (400, "api.context.invalid_body_param.app_error")


@pytest.mark.parametrize(
    ("changes", "status", "error_id"),
    [
        ({"redirect_uri": ""}, 400, "model.authorize.is_valid.redirect_uri.app_error"),
        ({"redirect_uri": "https://evil.example"}, 400, "api.oauth.allow_oauth.redirect_callback.app_error"),
        ({"response_type": ""}, 400, "model.authorize.is_valid.response_type.app_error"),
        ({"response_type": "token"}, 400, "model.authorize.is_valid.response_type.app_error"),
        ({"client_id": ""}, 400, "api.context.invalid_body_param.app_error"),
        ({"client_id": "junk"}, 400, "api.context.invalid_body_param.app_error"),
        ({"client_id": "y" * 26}, 404, "app.oauth.get_app.find.app_error"),
        ({"state": "x" * 4097}, 400, "model.authorize.is_valid.state.app_error"),
        (
            {"code_challenge_method": "plain"},
            400,
            "model.authorize.is_valid.code_challenge_method.unsupported.app_error",
        ),
        ({"code_challenge": "x"}, 400, "model.authorize.is_valid.code_challenge.format.app_error"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_json_and_never_an_address(
    session: str, world: World, changes: dict[str, str], status: int, error_id: str
) -> None:
    """Contract 2.5 and cases 72 to 76."""
    answer = decide(world.app(), session, **changes)

    assert (answer.status, answer.json["id"]) == (status, error_id)
    assert "redirect" not in answer.json
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_a_public_client_without_a_challenge_is_refused(session: str, world: World) -> None:
    """Contract case 79: the id contains `pkce_required`."""
    answer = decide(world.app(public=True), session, code_challenge="", code_challenge_method="")

    assert answer.status == 400
    assert "pkce_required" in answer.json["id"]


NO_TEXT = [7, 0, True, False, [], ["x"], {}, {"a": 1}, 1.5, "\ud800", "a\x00"]


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "scope", "response_type", "resource"])
def test_a_value_that_is_no_text_is_refused(session: str, app: App, name: str) -> None:
    """6749-16; contract 2.1: wrong types."""
    answers = [decide(app, session, **{name: value}) for value in NO_TEXT]

    refused = (400, "api.context.invalid_body_param.app_error")
    assert [(answer.status, answer.json["id"]) for answer in answers] == [refused] * len(NO_TEXT)


def test_nobody_is_told_to_sign_in(browser: Browser, world: World) -> None:
    """Contract 2.5: no session."""
    answer = decide(world.app(), None)

    assert (answer.status, answer.json["id"]) == (401, "api.context.session_expired.app_error")


def test_an_oauth_token_cannot_say_yes(session: str, browser: Browser, world: World) -> None:
    """Contract case 71; attack 30: an app cannot allow apps."""
    app = world.app()
    token = exchange(app, browser.holding(session).allow(app)).json["access_token"]

    answer = decide(world.app(name="Other"), token)

    assert (answer.status, answer.json["id"]) == (403, "api.context.permissions.app_error")
    assert len(authorizations_of(world.leo.user_id)) == 1


# --- by cookie --------------------------------------------------------------------------------------------------

XHR = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture
def mattermost(browser: Browser, world: World) -> Browser:
    """Leo's browser with the cookies of Mattermost's web application."""
    browser.post("/api/v4/users/login", json={"login_id": "leo", "password": PASSWORD}, headers=XHR)
    assert "MMAUTHTOKEN" in browser.http.cookies
    return browser


def by_cookie(browser: Browser, app: App, **headers: str) -> Answer:
    """Say yes with a cookie."""
    return browser.post("/oauth/authorize", json=authorization_request(app), headers=headers)


def test_a_cookie_alone_says_nothing(mattermost: Browser, world: World) -> None:
    """Contract 2.0, CSRF; attack 9."""
    answer = by_cookie(mattermost, world.app())

    assert (answer.status, answer.json["id"]) == (401, "api.context.session_expired.app_error")
    assert authorizations_of(world.leo.user_id) == []


def test_a_cookie_with_its_token_says_yes(mattermost: Browser, world: World) -> None:
    """Contract 2.0: `X-CSRF-Token` equals the cookie `MMCSRF`."""
    token = mattermost.http.cookies["MMCSRF"]

    assert by_cookie(mattermost, world.app(), **{"X-CSRF-Token": token}).status == 200


def test_a_cookie_of_an_xmlhttprequest_says_yes(mattermost: Browser, world: World) -> None:
    """Contract 2.0: a header no foreign page can send without being asked."""
    assert by_cookie(mattermost, world.app(), **XHR).status == 200


@pytest.mark.parametrize("token", ["", "x", "0" * 64])
def test_a_cookie_with_a_wrong_token_says_nothing(mattermost: Browser, world: World, token: str) -> None:
    """Contract 2.0."""
    assert by_cookie(mattermost, world.app(), **{"X-CSRF-Token": token}).status == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost"])
def test_a_cookie_from_another_origin_is_not_read(mattermost: Browser, world: World, origin: str) -> None:
    """Design notes B6; attack 9."""
    answer = by_cookie(mattermost, world.app(), Origin=origin, **XHR)

    assert answer.status == 401
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_cookie_of_our_pages_says_nothing_here(browser: Browser, world: World) -> None:
    """DESIGN section 4: JSON takes Mattermost's cookies, pages take ours."""
    leo = browser.holding(world.session(world.leo))

    assert by_cookie(leo, world.app(), **XHR).status == 401
