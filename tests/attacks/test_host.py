"""Attack 28: nothing Gatepost says depends on the Host header."""

import pytest

from chalicelib import config
from chalicelib.web.browser import cookie_name
from tests.browser import Browser, authorization_request, call, exchange
from tests.make import CALLBACK, App, World

POISON = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "host=evil.example;proto=https",
    "X-Original-URL": "/evil",
    "X-Rewrite-URL": "/evil",
    "X-Host": "evil.example",
}


@pytest.mark.parametrize("header", POISON)
@pytest.mark.parametrize("path", ["/.well-known/oauth-authorization-server", "/oauth/jwks"])
def test_a_hostile_host_changes_no_document(browser: Browser, path: str, header: str) -> None:
    """Attack 28: issuer from configuration only."""
    assert call("GET", path, headers={header: POISON[header]}).text == call("GET", path).text


@pytest.mark.parametrize("header", POISON)
def test_a_hostile_host_changes_no_redirect_and_no_page(browser: Browser, app: App, header: str) -> None:
    """Attack 28."""
    headers, request = {header: POISON[header]}, authorization_request(app)

    refused = call("GET", "/oauth/authorize", params=request | {"response_type": "x"}, headers=headers)
    sign_in = call("GET", "/oauth/authorize", params=request, headers=headers)
    page = call("GET", "/login", headers=headers)

    assert refused.answer["iss"] == config.current().issuer
    assert sign_in.headers["Location"].startswith("/login?")
    assert "evil" not in refused.goes_to + sign_in.goes_to + page.text


@pytest.mark.parametrize("header", POISON)
def test_a_hostile_host_changes_no_code_and_no_token(browser: Browser, app: App, world: World, header: str) -> None:
    """Attack 28; 9207-1."""
    browser.http.headers.update({"Cookie": f"{cookie_name()}={world.session(world.leo)}", header: POISON[header]})

    answer = browser.decide(browser.authorize(app), "allow")

    assert answer.goes_to.startswith(CALLBACK + "?")
    assert answer.answer["iss"] == config.current().issuer
    assert exchange(app, answer.answer["code"]).status == 200
