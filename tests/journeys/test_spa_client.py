"""The single-page client in Chromium, on an origin of its own: everything it does goes by CORS (checklists 21-1)."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from chalicelib import config
from tests.browser import me
from tests.journeys.screen import Screen
from tests.make import App, World
from tests.ports import free_port

pytestmark = pytest.mark.browser
PAGE = Path(__file__).parents[2] / "examples" / "spa_client" / "index.html"
SIGN_IN = "Sign in with Gatepost"


class Site(ThreadingHTTPServer):
    """Any web server that serves one file, with the two facts in it changed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self.gatepost, self.client_id = config.current().issuer, ""


class Visit(BaseHTTPRequestHandler):
    """One visit."""

    server: Site

    def do_GET(self) -> None:
        """Serve the page."""
        page = PAGE.read_text().replace("http://localhost:8065", self.server.gatepost)
        page = page.replace('id" content=""', f'id" content="{self.server.client_id}"')
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def scripts() -> bool:
    """A page that is a program needs them."""
    return True


@pytest.fixture
def site() -> Iterator[Site]:
    """The page, served."""
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.fixture
def app(site: Site, world: World) -> App:
    """Its registration: public."""
    app = world.app(name="Single-page client", public=True, redirect_uris=[site.url])
    site.client_id = app.client_id
    return app


@pytest.fixture
def page(site: Site, app: App, world: World, screen: Screen) -> Screen:
    """Leo's window at the page."""
    return screen.holding(world.session(world.leo)).open(site.url)


def signed_in(page: Screen) -> Screen:
    """Sign in for the first time."""
    page.press(SIGN_IN).shows("Allow Single-page client to use your Gatepost account?").press("Allow")
    return page.shows("Hello, Leo").says("leo@example.com", "Signed in.")


def click(page: Screen, button: str) -> Screen:
    """Press a button that leads nowhere else."""
    page.page.get_by_role("button", name=button, exact=True).click()
    return page


def tokens(page: Screen) -> dict[str, Any]:
    """What the page keeps."""
    found: dict[str, Any] = json.loads(page.page.evaluate("sessionStorage.getItem('tokens')"))
    return found


def spoil_access_token(page: Screen) -> None:
    """Have the access token run out: time cannot be moved here."""
    page.page.evaluate("kept.write('tokens', { ...kept.read('tokens'), access_token: 'spoiled' })")


def forgive(page: Screen, *statuses: str) -> None:
    """Forget refusals that were meant, and nothing else."""
    page.faults = [fault for fault in page.faults if not fault.startswith(statuses)]


def test_somebody_signs_in_from_another_origin(page: Screen, site: Site) -> None:
    """RFC 9700 section 2.1.1; 21-1: PKCE, and tokens by CORS without cookies."""
    signed_in(page)

    assert page.page.url == site.url  # the code is not left in the address
    origins = {urlsplit(url).netloc for url in page.asked if not url.startswith("data:")}
    assert origins == {urlsplit(site.url).netloc, config.current().host}


def test_nothing_is_kept_beyond_the_tab(page: Screen, world: World) -> None:
    """Tokens are in sessionStorage alone, and the proof is gone once it is used."""
    signed_in(page)

    assert me(tokens(page)["access_token"]).json["username"] == "leo"
    assert page.page.evaluate("[Object.keys(sessionStorage), localStorage.length, document.cookie]") == [
        ["tokens"],
        0,
        "",
    ]


def test_it_asks_for_no_more_than_it_needs(page: Screen) -> None:
    """9700-6."""
    page.press(SIGN_IN).says("See who you are")

    expect(page.page.locator("main")).not_to_contain_text("Everything you can do")


def test_a_reload_keeps_who_is_signed_in(page: Screen) -> None:
    """The tab is the session."""
    signed_in(page).page.reload()

    page.shows("Hello, Leo")


def test_refresh_tokens_rotate(page: Screen) -> None:
    """9700-4, 21-2."""
    old = tokens(signed_in(page))

    click(page, "Refresh token").says("The tokens are new.")

    assert tokens(page)["refresh_token"] != old["refresh_token"]
    click(page, "Call the API again").says("The API answered.")


def test_a_token_that_ran_out_is_renewed_by_itself(page: Screen) -> None:
    """RFC 6749 section 6: the page can read the 401 of another origin."""
    signed_in(page)
    spoil_access_token(page)

    click(page, "Call the API again").says("The API answered.")

    forgive(page, "401")


def test_several_calls_at_once_renew_it_once(page: Screen) -> None:
    """Note A: a spent refresh token is a replay."""
    signed_in(page)
    spoil_access_token(page)
    page.asked.clear()

    page.page.evaluate("Promise.all([api('/users/me'), api('/users/me'), api('/users/me')])")

    assert [urlsplit(url).path for url in page.asked].count("/oauth/access_token") == 1
    forgive(page, "401")


def test_a_refusal_that_comes_late_renews_nothing_again(page: Screen) -> None:
    """Note A: the first 401 is held back until the other call has its answer, by the token that was renewed."""
    signed_in(page)
    spoil_access_token(page)
    page.asked.clear()

    page.page.evaluate(
        """async () => {
            const fetched = window.fetch;
            let first = true, release;
            const answered = new Promise((resolve) => { release = resolve; });
            window.fetch = async (...sent) => {
                const answer = await fetched(...sent);
                const mine = String(sent[0]).endsWith("/users/me");
                if (mine && answer.ok) release();
                if (mine && first) { first = false; await answered; }
                return answer;
            };
            await Promise.all([api("/users/me"), api("/users/me")]);
        }"""
    )

    assert [urlsplit(url).path for url in page.asked].count("/oauth/access_token") == 1
    forgive(page, "401")


def test_access_that_was_taken_away_is_said_in_words(page: Screen, site: Site, app: App) -> None:
    """The seed: revoked is revoked, with the next call."""
    signed_in(page).open(f"/account/security/oauth2-apps/{app.client_id}/revoke").press("Revoke access")

    page.open(site.url).says("Your access was taken away or has run out. Sign in again.")

    assert page.page.evaluate("sessionStorage.length") == 0
    forgive(page, "401", "400")


def test_signing_out_gives_the_tokens_back(page: Screen) -> None:
    """7009-7: by CORS."""
    old = tokens(signed_in(page))

    click(page, "Sign out").says("Signed out. The server no longer accepts these tokens.")

    assert me(old["access_token"]).status == 401
    assert page.page.evaluate("sessionStorage.length") == 0


def test_deny_is_said_in_words(page: Screen) -> None:
    """RFC 6749 section 4.1.2.1."""
    page.press(SIGN_IN).press("Deny").says("You chose Deny. Nothing was shared.")


@pytest.mark.parametrize("waiting", [True, False], ids=["while one is waited for", "out of the blue"])
@pytest.mark.parametrize("query", ["?code=gpc_x&state=made-up", "?error=access_denied&state=made-up"])
def test_an_answer_nobody_asked_for_is_stopped(page: Screen, site: Site, query: str, waiting: bool) -> None:
    """RFC 6749 section 10.12."""
    page.page.evaluate(f"{str(waiting).lower()} && kept.write('pending', {{ state: 's', verifier: 'v' }})")
    page.asked.clear()

    page.open(site.url + query).says("This answer does not belong to this tab. Stopped.")

    assert not any(url.startswith(config.current().issuer) for url in page.asked)


def test_an_answer_of_another_server_is_stopped(page: Screen, site: Site) -> None:
    """Attack 3, RFC 9207: the code goes nowhere."""
    page.page.evaluate("kept.write('pending', { state: 's', verifier: 'v' })")
    page.asked.clear()

    page.open(f"{site.url}?code=gpc_x&state=s&iss=https%3A%2F%2Felsewhere.example")

    page.says("This answer came from another server. Stopped.")
    assert not any(url.startswith(config.current().issuer) for url in page.asked)


def test_a_server_that_cannot_be_reached_is_named(page: Screen, site: Site) -> None:
    """The person learns it from the page."""
    site.gatepost = f"http://localhost:{free_port()}"
    page.open(site.url)

    click(page, SIGN_IN).says(f"{site.gatepost} could not be reached.")

    forgive(page, "Failed to load resource")


def test_a_page_that_was_not_set_up_says_what_is_missing(page: Screen, site: Site) -> None:
    """Before anybody is sent off."""
    site.client_id = ""
    page.open(site.url)

    click(page, SIGN_IN).says("Put the Client ID of your application into this page first.")
