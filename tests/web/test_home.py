"""The doors and small things: start, help, colours, static files, health, well-known addresses (ux 3.1, 3.3, 6.19)."""

import re

import pytest

from chalicelib.store.settings import Settings
from chalicelib.web import pages
from chalicelib.web.browser import cookie_name
from local import emulator
from tests.browser import Answer, Browser, call
from tests.make import World

STATIC = [pages.static(name) for name in ("app.css", "app.js", "icons.svg", "favicon.svg")]


def choose(browser: Browser, theme: str, **filled: str) -> Answer:
    """Press the button for the colours."""
    return browser.submit(browser.get("/help"), "/theme", theme=theme, **filled)


def test_the_start_leads_where_there_is_something_to_do(browser: Browser, world: World) -> None:
    """Ux 6.4."""
    assert browser.get("/").goes_to == "/login"
    assert browser.holding(world.session(world.leo)).get("/").goes_to == "/integrations"


def test_help_says_what_an_app_is_and_how_to_stop_one(browser: Browser) -> None:
    """Ux 6.19; for everybody."""
    page = browser.get("/help").page
    assert page.h1 == "Help"
    assert "How do I stop one?" in page.text
    assert "/account/security/oauth2-apps" in page.links


@pytest.mark.parametrize("path", ["/help", "/login", "/nothing"])
def test_help_is_the_last_link_of_every_page(path: str, browser: Browser) -> None:
    """Ux 3.4, consistent help."""
    assert browser.get(path).page.links[-1] == "/help"


@pytest.mark.parametrize(("wanted", "got"), [("dark", "dark"), ("light", "light"), ("auto", "auto"), ("x", "auto")])
def test_the_colours_are_remembered_without_a_script(wanted: str, got: str, browser: Browser) -> None:
    """Ux 3.3: a cookie, printed by the server."""
    answer = choose(browser, wanted)
    assert (answer.status, answer.goes_to) == (303, "/help")
    assert f'data-theme="{got}"' in browser.get("/help").text


def test_colours_in_a_cookie_somebody_wrote_are_not_believed(browser: Browser) -> None:
    """Attack: markup in a cookie."""
    browser.http.cookies.set(cookie_name("theme"), 'x"><script>', domain="localhost.local")
    assert 'data-theme="auto"' in browser.get("/help").text


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "/ü", ""])
def test_after_choosing_colours_one_stays_here(back: str, browser: Browser) -> None:
    """Contract case 147."""
    assert choose(browser, "dark", back=back).goes_to == "/"


@pytest.mark.parametrize("path", STATIC)
def test_a_static_file_may_be_kept_for_ever(path: str, browser: Browser) -> None:
    """Ux 3.1: its content is in its name."""
    answer = call("GET", path)
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith(("text/css", "text/javascript", "image/svg+xml"))
    assert re.fullmatch(r"/static/[a-z]+\.[0-9a-f]{12}\.[a-z]+", path)


@pytest.mark.parametrize(
    "name",
    ["app.css", "app.000000000000.css", "..%2f..%2fapp.py", "%2e%2e", "base.html", "app.css%00", "ü", "a" * 3000],
)
def test_a_name_without_the_right_content_is_nothing(name: str, browser: Browser) -> None:
    """No request ever names a path."""
    answer = call("GET", f"/static/{name}")
    assert (answer.status, answer.page.h1) == (404, "Page not found")
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_static_file_a_page_names_is_there(browser: Browser) -> None:
    """Ux 3.1."""
    named = set(re.findall(r'"(/static/[^"#]+)', browser.get("/help").text))
    assert len(named) == 4
    assert {call("GET", path).status for path in named} == {200}


def test_a_page_is_under_40_kb_with_all_it_needs(browser: Browser) -> None:
    """DESIGN section 9: document, stylesheet and script."""
    sizes = [len(call("GET", path).text) for path in (*STATIC[:2], "/help", "/login")]
    assert sum(sizes) < 40_000


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/healthz", 200, '{"status": "OK"}'),
        ("/.well-known/security.txt", 200, "Contact: "),
        ("/.well-known/change-password", 302, ""),
    ],
)
def test_machines_find_what_they_look_for(path: str, status: int, says: str, browser: Browser) -> None:
    """Ux 6.19; RFC 9116, A Well-Known URL for Changing Passwords."""
    answer = call("GET", path)
    assert answer.status == status
    assert answer.text.startswith(says)


@pytest.mark.parametrize("path", ["/healthz", "/help", "/api/v4/config/client", "/oauth/jwks"])
def test_without_settings_every_address_asks_to_try_later(path: str, browser: Browser, world: World) -> None:
    """DESIGN section 4: a deployment that is half done breaks nothing; and files of ours are there."""
    emulator.empty([Settings.Meta.table_name])

    assert (call("GET", path).status, call("GET", path).headers["Retry-After"]) == (503, "2")
    assert call("GET", STATIC[0]).status == 200


def test_change_password_leads_to_the_password_page(browser: Browser) -> None:
    """Ux 6.19."""
    assert call("GET", "/.well-known/change-password").goes_to == "/account/security/password"


@pytest.mark.parametrize(
    "path", ["/nothing", "/integrations/nothing", "/admin/nothing", "/%F0%9F%A6%A6", "/%FF", "/a%00b"]
)
def test_an_unknown_address_is_a_page(path: str, browser: Browser) -> None:
    """Ux 6.11: one way on, and small print for the developer."""
    answer = browser.get(path)
    assert (answer.status, answer.page.h1) == (404, "Page not found")
    assert answer.headers["X-Request-Id"] in answer.page.text
    assert "/login" in answer.page.links


@pytest.mark.parametrize(("method", "path"), [("PATCH", "/help"), ("DELETE", "/login"), ("PUT", "/")])
def test_another_method_is_refused_as_a_page(method: str, path: str, browser: Browser) -> None:
    """RFC 9110 section 15.5.6."""
    answer = call(method, path)
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_head_is_get_without_a_body(browser: Browser) -> None:
    """RFC 9110 section 9.3.2."""
    answer = call("HEAD", "/help")
    assert (answer.status, answer.text) == (200, "")
    assert "Content-Security-Policy" in answer.headers
