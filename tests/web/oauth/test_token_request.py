"""How the token endpoint is asked: method, media type, parameters, client authentication."""

from urllib.parse import urlencode

import pytest

from chalicelib.credentials import new_id
from tests.browser import Answer, Browser, call, exchange, refresh, token, token_by_post
from tests.make import CALLBACK, VERIFIER, App, World

PATH = "/oauth/access_token"
FORM = "application/x-www-form-urlencoded"
MEMBERS = {"error", "error_description", "id", "message", "detailed_error", "request_id", "status_code"}


@pytest.fixture
def code(leo: Browser, app: App) -> str:
    """A code Leo allowed."""
    return leo.allow(app)


def fields(code: str) -> dict[str, str]:
    """The form of an exchange, without the client."""
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }


def test_basic_and_body_are_both_accepted(leo: Browser, app: App) -> None:
    """DESIGN section 4; 7591-3."""
    assert exchange(app, leo.allow(app)).status == 200
    assert token_by_post(app, **fields(leo.allow(app))).status == 200


def test_basic_with_the_same_client_id_in_the_body_is_accepted(app: App, code: str) -> None:
    """6749-11."""
    assert exchange(app, code, client_id=app.client_id).status == 200


@pytest.mark.parametrize("extra", [{"client_secret": "x"}, {"client_id": new_id()}], ids=["secret", "other client"])
def test_two_methods_at_once_are_refused(app: App, code: str, extra: dict[str, str]) -> None:
    """6749-11."""
    answer = exchange(app, code, **extra)

    assert (answer.status, answer.json["error"]) == (400, "invalid_request")
    assert exchange(app, code).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": ""},
        {"client_id": "junk"},
        {"client_id": "x" * 26},
        {"client_id": "live#0"},
        {"client_secret": None},
        {"client_secret": ""},
        {"client_secret": "wrong"},
    ],
    ids=str,
)
def test_a_client_that_does_not_prove_itself_in_the_body_is_refused(
    app: App, code: str, changes: dict[str, str | None]
) -> None:
    """Contract cases 90 to 93; 6749-5: 401, no challenge because no header came."""
    answer = token_by_post(app, **fields(code), **changes)

    assert (answer.status, answer.json["error"]) == (401, "invalid_client")
    assert "WWW-Authenticate" not in answer.headers
    assert exchange(app, code).status == 200


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic Og==", "Bearer x", "Digest x", "Basic " + "A" * 5000], ids=lambda h: h[:10]
)
def test_a_client_whose_header_is_no_proof_is_challenged(browser: Browser, app: App, header: str) -> None:
    """6749-5, 6749-10."""
    answer = call("POST", PATH, data=fields("x"), headers={"Authorization": header})

    assert (answer.status, answer.json["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_a_wrong_secret_in_the_header_is_challenged(browser: Browser, app: App) -> None:
    """6749-5."""
    answer = call("POST", PATH, data=fields("x"), auth=(app.client_id, "wrong"))

    assert (answer.status, answer.json["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_a_bearer_token_is_no_client_authentication(leo: Browser, app: App) -> None:
    """6749-11, Doorkeeper #1877."""
    access = exchange(app, leo.allow(app)).json["access_token"]
    form = {"client_id": app.client_id, **fields(leo.allow(app))}

    answer = call("POST", PATH, data=form, headers={"Authorization": f"Bearer {access}"})

    assert (answer.status, answer.json["error"]) == (401, "invalid_client")


def test_a_session_is_no_client_authentication(leo: Browser, app: App, code: str) -> None:
    """Attack 29."""
    assert leo.post(PATH, fields(code) | {"client_id": app.client_id}).json["error"] == "invalid_client"


def test_credentials_in_the_query_are_not_seen(app: App, code: str) -> None:
    """6749-12."""
    query = urlencode({"client_id": app.client_id, "client_secret": app.secret})

    answer = call("POST", f"{PATH}?{query}", data=fields(code))

    assert (answer.status, answer.json["error"]) == (401, "invalid_client")


def test_a_code_in_the_query_is_not_seen(app: App, code: str) -> None:
    """DESIGN section 4: nothing secret is accepted in a query."""
    query = urlencode(fields(code))

    answer = call("POST", f"{PATH}?{query}", data={"grant_type": "authorization_code"}, auth=app.basic)

    assert (answer.status, answer.json["error"]) == (400, "invalid_request")
    assert exchange(app, code).status == 200


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret"])
def test_a_repeated_parameter_is_refused_and_uses_nothing_up(app: App, code: str, name: str) -> None:
    """6749-2."""
    form = {"client_id": app.client_id, "client_secret": app.secret, **fields(code)}

    answer = call("POST", PATH, data=[*form.items(), (name, form[name])])

    assert (answer.status, answer.json["error"]) == (400, "invalid_request")
    assert exchange(app, code).status == 200


@pytest.mark.parametrize("name", ["scope", "audience", "anything"])
def test_a_parameter_without_meaning_here_is_ignored(app: App, code: str, name: str) -> None:
    """6749-2, 6749-13: scope in the code exchange is ignored."""
    answer = exchange(app, code, **{name: "x y"})

    assert (answer.status, answer.json["scope"]) == (200, "user")


def test_empty_parameters_are_absent(leo: Browser, world: World) -> None:
    """6749-2: Zapier sends `code_verifier=`."""
    app = world.app(pkce_exempt=True)
    code = leo.allow(app, code_challenge="", code_challenge_method="", scope="", prompt="")

    answer = token_by_post(app, **fields(code) | {"code_verifier": "", "refresh_token": "", "scope": ""})

    assert answer.status == 200


@pytest.mark.parametrize("content_type", [FORM, FORM + ";charset=UTF-8", FORM + "; charset=utf-8", FORM.title()])
def test_a_form_is_a_form_whatever_its_charset_says(app: App, code: str, content_type: str) -> None:
    """6749-14."""
    answer = call("POST", PATH, data=urlencode(fields(code)), auth=app.basic, headers={"Content-Type": content_type})

    assert answer.status == 200


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
@pytest.mark.parametrize("path", [PATH, "/oauth/revoke"])
def test_another_kind_of_body_is_415(browser: Browser, app: App, path: str, content_type: str) -> None:
    """6749-14: with an OAuth-shaped body."""
    headers = {"Content-Type": content_type}

    answer = call("POST", path, data=urlencode(fields("x") | {"token": "x"}), auth=app.basic, headers=headers)

    assert (answer.status, answer.json["error"]) == (415, "invalid_request")
    assert set(answer.json) == MEMBERS


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", [PATH, "/oauth/revoke"])
def test_another_method_is_405(browser: Browser, app: App, method: str, path: str) -> None:
    """6749-1."""
    answer = call(method, path, auth=app.basic)

    assert (answer.status, answer.headers["Allow"]) == (405, "OPTIONS, POST")


def error_of(answer: Answer) -> tuple[int, str, str]:
    """Status, RFC code and Mattermost's id."""
    return answer.status, answer.json["error"], answer.json["id"].removeprefix("api.oauth.get_access_token.")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"code": "x"}, (400, "invalid_request", "bad_grant.app_error")),
        ({"grant_type": ""}, (400, "invalid_request", "bad_grant.app_error")),
        ({"grant_type": "junk"}, (400, "unsupported_grant_type", "bad_grant.app_error")),
        ({"grant_type": "password", "username": "leo"}, (400, "unsupported_grant_type", "bad_grant.app_error")),
        ({"grant_type": "client_credentials"}, (400, "unsupported_grant_type", "bad_grant.app_error")),
        ({"grant_type": "implicit"}, (400, "unsupported_grant_type", "bad_grant.app_error")),
        ({"grant_type": "authorization_code"}, (400, "invalid_request", "missing_code.app_error")),
        ({"grant_type": "authorization_code", "code": ""}, (400, "invalid_request", "missing_code.app_error")),
        ({"grant_type": "authorization_code", "code": "junk"}, (400, "invalid_grant", "expired_code.app_error")),
        ({"grant_type": "refresh_token"}, (400, "invalid_request", "missing_refresh_token.app_error")),
        (
            {"grant_type": "refresh_token", "refresh_token": ""},
            (400, "invalid_request", "missing_refresh_token.app_error"),
        ),
        ({"grant_type": "refresh_token", "refresh_token": "junk"}, (400, "invalid_grant", "refresh_token.app_error")),
    ],
    ids=str,
)
def test_errors_carry_the_rfcs_code_and_mattermosts_id(
    browser: Browser, app: App, form: dict[str, str], expected: tuple[int, str, str]
) -> None:
    """Contract 2.8 and cases 89, 94, 95, 100; 6749-17: no password grant."""
    assert error_of(token(app, **form)) == expected


def test_an_error_is_a_superset_of_both_bodies(browser: Browser, app: App) -> None:
    """DESIGN section 4; contract 1.1."""
    answer = token(app, grant_type="junk")

    assert set(answer.json) == MEMBERS
    assert answer.json["status_code"] == 400
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not set(answer.json["error_description"]) & set('"\\')


def test_the_redirect_uri_junk_leaves_the_code_usable(app: App, code: str) -> None:
    """Contract case 96."""
    answer = exchange(app, code, redirect_uri="junk")

    assert error_of(answer) == (400, "invalid_grant", "redirect_uri.app_error")
    assert exchange(app, code).status == 200


@pytest.mark.parametrize("body", [b"\xff\xfe", b"code=%FF", b"code=%00", b"&" * 2000, b"a=1&" * 101, b"=" * 9])
def test_a_body_that_is_no_text_is_refused(browser: Browser, app: App, body: bytes) -> None:
    """6749-16."""
    answer = call("POST", PATH, data=body, auth=app.basic, headers={"Content-Type": FORM})

    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


def test_a_body_beyond_the_limit_is_413(browser: Browser, app: App) -> None:
    """Contract 1.1."""
    assert call("POST", PATH, data={"code": "x" * 300_001}, auth=app.basic).status == 413


def test_a_public_client_names_itself_and_proves_with_pkce(leo: Browser, world: World) -> None:
    """Contract case 104, with the refresh token DESIGN section 6 adds."""
    app = world.app(public=True)

    answer = token_by_post(app, **fields(leo.allow(app)), client_secret=None)

    assert (answer.status, answer.json["token_type"]) == (200, "bearer")
    assert refresh(app, answer.json["refresh_token"]).status == 200


def test_a_public_client_with_a_secret_is_refused(leo: Browser, world: World) -> None:
    """Contract 2.8, step 6."""
    app = world.app(public=True)

    answer = token_by_post(app, **fields(leo.allow(app)), client_secret="made up")

    assert (answer.status, answer.json["error"]) == (401, "invalid_client")
    assert answer.json["id"] == "model.oauth.validate_grant.public_client_secret.app_error"
