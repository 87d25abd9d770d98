"""Where a person is led back to: the callback of this very authorization, with its own query and port."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.browser import Browser, api, authorization_request, exchange, token_by_post
from tests.make import CALLBACK, SECOND_CALLBACK, VERIFIER, App, World

LOOPBACK = ["http://127.0.0.1/cb", "http://localhost:7777/cb", "http://[::1]/cb"]


@pytest.mark.parametrize("decision", ["allow", "deny"])
@pytest.mark.parametrize("callback", [CALLBACK, SECOND_CALLBACK])
def test_the_callback_used_is_honoured(leo: Browser, world: World, callback: str, decision: str) -> None:
    """The seed; contract case 154."""
    answer = leo.decide(leo.authorize(world.app(), redirect_uri=callback), decision)

    assert answer.goes_to.startswith(callback)


def test_a_callback_with_a_query_keeps_it_and_state_stays_one_parameter(leo: Browser, world: World) -> None:
    """Contract case 77."""
    callback, state = "https://nowhere.com?simply=lovely", "/oauthcallback?sesskey=abcd&other=123"
    app = world.app(redirect_uris=[callback])

    answer = leo.decide(leo.authorize(app, state=state), "allow")
    pairs = parse_qsl(urlsplit(answer.goes_to).query)

    assert answer.goes_to.count("?") == 1
    assert [name for name, _ in pairs] == ["simply", "code", "state", "iss"]
    assert dict(pairs)["state"] == state


def test_the_callback_of_the_exchange_must_be_the_one_used(leo: Browser, world: World) -> None:
    """6749-9; contract 2.8: byte-identical."""
    app = world.app()
    code = leo.allow(app, redirect_uri=SECOND_CALLBACK)

    assert exchange(app, code).json["error"] == "invalid_grant"
    assert exchange(app, code, redirect_uri=SECOND_CALLBACK).status == 200


@pytest.mark.parametrize(
    "callback", ["http://127.0.0.1:50123/cb", "http://localhost:1/cb", "http://localhost/cb", "http://[::1]:65535/cb"]
)
def test_a_public_client_may_listen_on_any_loopback_port(leo: Browser, world: World, callback: str) -> None:
    """RFC 8252 section 7.3."""
    app = world.app(public=True, redirect_uris=LOOPBACK)

    code = leo.allow(app, redirect_uri=callback)
    answer = leo.authorize(app, redirect_uri=callback)

    assert answer.goes_to.startswith(f"{callback}?code=")
    assert code


@pytest.mark.parametrize("callback", ["http://127.0.0.1:50123/cb", "http://localhost/cb", "http://[::1]:1/cb"])
def test_a_confidential_client_may_not(browser: Browser, world: World, callback: str) -> None:
    """DESIGN section 4: only for public clients."""
    answer = browser.authorize(world.app(redirect_uris=LOOPBACK), redirect_uri=callback)

    assert (answer.status, answer.goes_to) == (400, "")


def test_the_port_used_is_part_of_what_the_code_is_bound_to(leo: Browser, world: World) -> None:
    """6749-9."""
    app = world.app(public=True, redirect_uris=LOOPBACK)
    code = leo.allow(app, redirect_uri="http://127.0.0.1:50123/cb")

    def status(redirect_uri: str) -> int:
        form = {"code": code, "redirect_uri": redirect_uri, "code_verifier": VERIFIER, "client_secret": None}
        return token_by_post(app, grant_type="authorization_code", **form).status

    assert status("http://127.0.0.1:50124/cb") == 400
    assert status("http://127.0.0.1:50123/cb") == 200


# --- who needs PKCE ---------------------------------------------------------------------------------------------

NO_PKCE: dict[str, str | None] = {"code_challenge": None, "code_challenge_method": None}


@pytest.mark.parametrize("public", [True, False])
def test_an_app_registered_by_form_needs_pkce(browser: Browser, world: World, public: bool) -> None:
    """DESIGN section 4; contract case 80: the message says so."""
    answer = browser.authorize(world.app(public=public), **NO_PKCE)

    assert answer.answer["error"] == "invalid_request"
    assert "PKCE is required" in answer.answer["error_description"]


def test_a_public_client_is_never_exempt(browser: Browser, world: World) -> None:
    """DESIGN section 4: required for public clients."""
    app = world.app(public=True, pkce_exempt=True)

    assert browser.authorize(app, **NO_PKCE).answer["error"] == "invalid_request"


def test_an_exempt_app_signs_people_in_without_pkce(leo: Browser, world: World) -> None:
    """DESIGN section 4, "Allow sign-in without PKCE (older software)"; contract case 107."""
    app = world.app(pkce_exempt=True)

    code = leo.allow(app, **NO_PKCE)

    assert exchange(app, code, code_verifier=None).status == 200


def test_an_exempt_app_that_starts_with_pkce_must_end_with_it(leo: Browser, world: World) -> None:
    """Contract case 108: the id contains `pkce`."""
    app = world.app(pkce_exempt=True)
    code = leo.allow(app)

    without = exchange(app, code, code_verifier=None)

    assert (without.status, without.json["error"]) == (400, "invalid_grant")
    assert "pkce" in without.json["id"]
    assert exchange(app, code).status == 200


def test_an_app_made_over_the_api_is_exempt(leo: Browser, world: World) -> None:
    """DESIGN section 4: apps made through API v4 are exempt."""
    body = {"name": "Old", "homepage": "https://old.example", "callback_urls": [CALLBACK]}
    made = api("POST", "/oauth/apps", world.session(world.maya), body).json
    app = App(made["id"], made["client_secret"], CALLBACK)

    code = leo.allow(app, **NO_PKCE)

    assert exchange(app, code, code_verifier=None).status == 200


# --- a form is a request like the GET ---------------------------------------------------------------------------


def test_a_form_is_an_authorization_request(leo: Browser, world: World) -> None:
    """DESIGN section 4; OpenID Connect Core section 3.1.2.1."""
    request = authorization_request(world.app())

    answer = leo.post("/oauth/authorize", request)

    assert answer.status == 303
    assert dict(parse_qsl(urlsplit(answer.goes_to).query)) == request
    assert leo.get(answer.goes_to).page.h1.startswith("Allow Standup Notes")


@pytest.mark.parametrize(
    ("extra", "error"),
    [({"response_type": "token"}, "unsupported_response_type"), ({"scope": ["a", "b"]}, "invalid_request")],
)
def test_a_form_is_answered_like_the_get(browser: Browser, world: World, extra: dict[str, str], error: str) -> None:
    """DESIGN section 4; 6749-2."""
    answer = browser.post("/oauth/authorize", authorization_request(world.app()) | extra)

    assert browser.get(answer.goes_to).answer["error"] == error


def test_a_form_decides_nothing(leo: Browser, world: World) -> None:
    """Design notes B7: only the consent page's own form does."""
    fields = {"decision": "allow", "ticket": "x", "csrf": "x"}

    answer = leo.post("/oauth/authorize", authorization_request(world.app()) | fields)

    assert answer.status == 303
    assert leo.get(answer.goes_to).page.h1.startswith("Allow Standup Notes")


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "application/xml", ""])
def test_a_body_of_another_kind_decides_nothing(leo: Browser, world: World, content_type: str) -> None:
    """Attack 9: what a foreign page can send without asking first."""
    body = json.dumps(authorization_request(world.app()))

    answer = leo.post("/oauth/authorize", body, headers={"Content-Type": content_type})

    assert "code" not in answer.answer
    assert "redirect" not in answer.text
