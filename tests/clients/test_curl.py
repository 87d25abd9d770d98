"""Plain curl, as the README shows it: what needs no library at all."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from chalicelib import config
from tests.browser import Browser, authorization_request
from tests.make import PASSWORD, VERIFIER, App, World

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def curl(*arguments: str, path: str) -> Any:
    """Call curl and read the JSON it prints."""
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", *arguments, config.current().url(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout)


def tokens(app: App, browser: Browser) -> Any:
    """Let Leo allow the application, and swap the code by curl."""
    code = browser.sign_in("leo").allow(app)
    fields = {
        "grant_type": "authorization_code",
        "redirect_uri": app.redirect_uri,
        "code_verifier": VERIFIER,
        "code": code,
    }
    form = [part for name, value in fields.items() for part in ("-d", f"{name}={value}")]
    return curl("-u", f"{app.client_id}:{app.secret}", *form, path="/oauth/access_token")


def test_curl_registers_an_application_and_gets_its_secret_once(browser: Browser) -> None:
    """Contract 2.1 and 2.2."""
    login = ["curl", "-s", "-D", "-", "-o", "/dev/null", "--json"]
    body = json.dumps({"login_id": "maya", "password": PASSWORD})
    url = config.current().url("/api/v4/users/login")
    headers = subprocess.run([*login, body, url], check=True, capture_output=True, text=True, timeout=30).stdout
    token = next(line.partition(":")[2].strip() for line in headers.splitlines() if line.lower().startswith("token:"))
    app = json.dumps({"name": "curl", "homepage": "https://curl.example", "callback_urls": ["https://curl.example/cb"]})
    bearer = f"Authorization: Bearer {token}"

    made = curl("-H", bearer, "--json", app, path="/api/v4/oauth/apps")

    assert made["client_secret"].startswith("gps_")
    assert curl("-H", bearer, path=f"/api/v4/oauth/apps/{made['id']}")["client_secret"] == ""


def test_curl_exchanges_calls_refreshes_and_revokes(browser: Browser, world: World) -> None:
    """RFC 6749 sections 4.1.3 and 6, RFC 6750 section 2.1, RFC 7009 section 2.1."""
    app = world.app()
    first = tokens(app, browser)
    who = ["-u", f"{app.client_id}:{app.secret}"]

    second = curl(
        *who,
        "-d",
        "grant_type=refresh_token",
        "-d",
        f"refresh_token={first['refresh_token']}",
        path="/oauth/access_token",
    )

    bearer = ["-H", f"Authorization: Bearer {second['access_token']}"]
    assert curl(*bearer, path="/api/v4/users/me")["username"] == "leo"
    assert curl(*who, "-d", f"token={second['refresh_token']}", path="/oauth/revoke") == {}
    assert curl(*bearer, path="/api/v4/users/me")["error"] == "invalid_token"


def test_the_address_of_the_readme_asks_the_person(browser: Browser, world: World) -> None:
    """The README's first step, with the same parameters."""
    app = world.app()

    page = browser.sign_in("leo").get("/oauth/authorize", **authorization_request(app, state="a1b2")).page

    assert page.h1 == "Allow Standup Notes to use your Gatepost account?"
