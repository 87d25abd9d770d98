"""What other origins may call, what every address answers to HEAD and OPTIONS, and addresses there are none of."""

import pytest

from chalicelib import config
from tests.browser import Browser, api, authorization_request, call, exchange
from tests.make import World

OPEN = [
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/oauth/jwks"),
    ("POST", "/oauth/access_token"),
    ("POST", "/oauth/revoke"),
    ("GET", "/api/v4/users/me"),
    ("GET", "/api/v4/oauth/apps"),
]
CLOSED = [
    ("GET", "/oauth/authorize"),
    ("POST", "/oauth/authorize"),
    ("POST", "/oauth/authorize/decision"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/account"),
    ("GET", "/"),
]
ORIGIN = {"Origin": "https://spa.example"}


@pytest.mark.parametrize(("method", "path"), OPEN)
def test_answers_for_programs_may_be_read_by_any_origin(browser: Browser, method: str, path: str) -> None:
    """DESIGN section 4: `*` without credentials; 21-1, 7009-7, 8414-4. Also refusals, or nobody learns why."""
    answer = call(method, path, headers=ORIGIN)

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "WWW-Authenticate" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(("method", "path"), OPEN)
def test_the_question_a_browser_asks_before_is_answered(browser: Browser, method: str, path: str) -> None:
    """CORS preflight: no credential comes with it."""
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization"}

    answer = call("OPTIONS", path, headers=ORIGIN | asked)

    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert method in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(("method", "path"), CLOSED)
@pytest.mark.parametrize("asking", [False, True], ids=["the call", "the preflight"])
def test_pages_may_be_read_by_no_other_origin(browser: Browser, method: str, path: str, asking: bool) -> None:
    """DESIGN section 4: nothing on authorize, sign-in, pages."""
    answer = call("OPTIONS" if asking else method, path, headers=ORIGIN)

    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_json_decision_may_be_read_by_no_other_origin(browser: Browser, world: World) -> None:
    """21-1."""
    headers = ORIGIN | {"Authorization": f"Bearer {world.session(world.leo)}"}

    answer = call("POST", "/oauth/authorize", json=authorization_request(world.app()), headers=headers)

    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_public_client_in_a_browser_gets_its_tokens(leo: Browser, world: World) -> None:
    """21-1: token endpoint CORS yes."""
    app = world.app()

    tokens = exchange(app, leo.allow(app))
    answer = api("GET", "/users/me", tokens.json["access_token"], headers=ORIGIN)

    assert answer.json["username"] == "leo"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/oauth/authorize", "GET, HEAD, OPTIONS, POST"),
        ("/oauth/authorize/decision", "OPTIONS, POST"),
        ("/oauth/access_token", "OPTIONS, POST"),
        ("/oauth/revoke", "OPTIONS, POST"),
        ("/oauth/deauthorize", "OPTIONS, POST"),
        ("/oauth/jwks", "GET, HEAD, OPTIONS"),
        ("/.well-known/oauth-authorization-server", "GET, HEAD, OPTIONS"),
    ],
)
def test_every_address_says_what_it_takes(browser: Browser, path: str, allowed: str) -> None:
    """RFC 9110 sections 9.3.7 and 15.5.6."""
    assert call("OPTIONS", path).headers["Allow"] == allowed
    assert (call("DELETE", path).status, call("DELETE", path).headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/oauth/jwks", "/.well-known/oauth-authorization-server"])
def test_head_is_get_without_the_body(browser: Browser, path: str) -> None:
    """RFC 9110 section 9.3.2."""
    head, get = call("HEAD", path), call("GET", path)

    assert (head.status, head.text) == (200, "")
    assert head.headers["Content-Type"] == get.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "HEAD"])
@pytest.mark.parametrize(
    "path",
    [
        "/oauth/token",
        "/oauth/",
        "/oauth/authorize/x",
        "/oauth/device",
        "/.well-known/webfinger",
        "/oauth/x/y",
    ],
)
def test_an_address_there_is_none_of_is_404(browser: Browser, method: str, path: str) -> None:
    """8414-3: what is not built is not there."""
    answer = call(method, path)

    assert answer.status == 404
    assert method == "HEAD" or answer.json["id"] == "api.context.404.app_error"


# --- metadata and keys ------------------------------------------------------------------------------------------


def test_metadata_is_found_where_clients_look(browser: Browser) -> None:
    """8414-1, 8414-4; contract case 140."""
    answer = call("GET", "/.well-known/oauth-authorization-server")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.json["issuer"] == config.current().issuer
    assert answer.json["token_endpoint"] == config.current().issuer + "/oauth/access_token"


def test_the_keys_are_public_only(browser: Browser) -> None:
    """oidc-5."""
    answer = call("GET", "/oauth/jwks")

    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert all(not set(key) & {"d", "p", "q", "dp", "dq", "qi", "k"} for key in answer.json["keys"])


def test_no_cookie_is_set_for_a_program(leo: Browser, world: World) -> None:
    """Attack 27: nothing to toss."""
    app = world.app()

    for answer in (exchange(app, leo.allow(app)), call("GET", "/oauth/jwks"), leo.get("/oauth/jwks")):
        assert "Set-Cookie" not in answer.headers
