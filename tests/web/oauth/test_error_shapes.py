"""What Chalice or the gateway would answer by itself is answered in the surface's own shape (DESIGN section 4)."""

import pytest

from tests.browser import Browser, call
from tests.make import App, World
from tests.web.oauth.refusing import (
    AUTHORIZE,
    DEAUTHORIZE,
    DOCUMENTS,
    INTROSPECT,
    REVOKE,
    SUPERSET,
    TOKEN,
    USERINFO,
)

# --- what Chalice or the gateway would answer by itself -----------------------------------------------------------

FORMS = (TOKEN, REVOKE, INTROSPECT)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
TAKEN = {USERINFO: {"GET", "HEAD", "POST"}, AUTHORIZE: {"GET", "HEAD", "POST"}}
TAKEN |= {path: {"GET", "HEAD"} for path in DOCUMENTS} | {path: {"POST"} for path in (*FORMS, DEAUTHORIZE)}


@pytest.mark.parametrize(("path", "method"), [(path, m) for path, ms in TAKEN.items() for m in METHODS if m not in ms])
def test_a_wrong_method_is_405_and_says_which_are_right(browser: Browser, path: str, method: str) -> None:
    """6749-1; RFC 9110 section 15.5.6."""
    answer = call(method, path)

    assert answer.status == 405
    assert answer.headers["Allow"] == ", ".join(sorted({*TAKEN[path], "OPTIONS"}))
    assert method == "HEAD" or path == AUTHORIZE or answer.json.keys() >= SUPERSET


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", None])
def test_a_body_that_is_no_form_is_415(app: App, path: str, content_type: str | None) -> None:
    """6749-14; RFC 9110 section 15.5.16: also where no type is sent, which Chalice takes for JSON."""
    headers = {"Content-Type": content_type} if content_type else {}

    answer = call("POST", path, data=b"token=x&grant_type=refresh_token", headers=headers, auth=app.basic)

    assert (answer.status, answer.json["error"]) == (415, "invalid_request")
    assert answer.json.keys() >= SUPERSET


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/oauth/nothing", "/.well-known/nothing", "/oauth/access_token/x"])
def test_an_unknown_address_is_404_in_the_same_shape(browser: Browser, path: str, method: str) -> None:
    """DESIGN section 4: what is not declared answers in our own words, whatever the method."""
    answer = call(method, path)

    assert answer.status == 404
    assert method == "HEAD" or answer.json.keys() >= SUPERSET


@pytest.mark.parametrize("path", [*FORMS, DEAUTHORIZE])
def test_a_body_that_is_too_large_is_413_in_the_same_shape(world: World, path: str) -> None:
    """Contract 1.1."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": f"Bearer {world.session(world.leo)}",
    }

    answer = call("POST", path, data=b"token=" + b"x" * 300_001, headers=headers)

    assert (answer.status, answer.json.keys() >= SUPERSET) == (413, True)


@pytest.mark.parametrize("path", TAKEN)
def test_an_address_says_what_it_takes_and_to_whom_it_is_open(browser: Browser, path: str) -> None:
    """DESIGN section 4, 21-1: `*` for programs, nothing at the authorization endpoint; no credentials anywhere."""
    answer = call("OPTIONS", path, headers={"Origin": "https://spa.example", "Access-Control-Request-Method": "POST"})

    assert (answer.status, answer.text) == (204, "")
    assert answer.headers["Allow"] == ", ".join(sorted({*TAKEN[path], "OPTIONS"}))
    assert answer.headers.get("Access-Control-Allow-Origin") == (None if path == AUTHORIZE else "*")
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", DOCUMENTS)
def test_head_is_get_without_its_body(browser: Browser, path: str) -> None:
    """RFC 9110 section 9.3.2."""
    head, get = call("HEAD", path), call("GET", path)

    assert (head.status, head.text) == (200, "")
    assert {name: head.headers[name] for name in ("Content-Type", "Cache-Control")} == {
        name: get.headers[name] for name in ("Content-Type", "Cache-Control")
    }
