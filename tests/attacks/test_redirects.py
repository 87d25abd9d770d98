"""Attacks 4, 5 and 26: being led, or having something written, where it should not be."""

from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from hypothesis import given

from chalicelib import config
from tests.browser import Browser, authorization_request
from tests.hostile import PAYLOADS, harmless, hostile, many
from tests.make import PASSWORD, App, World
from tests.oauth.redirect_tricks import REGISTERED, TRICKS

AWAY = [
    "https://evil.example",
    "http://evil.example/x",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/%0d%0aLocation:%20https://evil.example\r\n",
    " //evil.example",
    "\x01//evil.example",
    "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "mmauth://callback",
    "evil.example",
    "@evil.example",
    "http://localhost@evil.example",
    "http://localhost.evil.example",
    "/;url=https://evil.example\"'",
    "?x",
    "#x",
    "\u2028//evil.example",
    "/ü",
]


def browser_goes_to(answer_target: str) -> str:
    """The host a browser would go to: it drops tabs and line ends, and reads a backslash as a slash."""
    cleaned = "".join(c for c in answer_target if c not in "\t\r\n").strip("".join(map(chr, range(33))))
    return urlsplit(urljoin(config.current().issuer, cleaned.replace("\\", "/"))).netloc


@pytest.mark.parametrize("public", [True, False])
def test_no_trick_with_a_redirect_uri_leads_anywhere(browser: Browser, world: World, public: bool) -> None:
    """Attack 4: 0 redirects, a page for every one."""
    app = world.app(public=public, redirect_uris=REGISTERED)

    answers = {uri: harmless(browser.authorize(app, redirect_uri=uri)) for uri in TRICKS}

    assert [uri for uri, answer in answers.items() if (answer.status, answer.goes_to) != (400, "")] == []


@pytest.mark.parametrize("target", AWAY, ids=ascii)
def test_signing_in_leads_nowhere_else(browser: Browser, target: str) -> None:
    """Attack 5; contract case 147."""
    login = browser.submit(browser.get("/login"), "/login", login_id="", password="", redirect_to=target)

    signed_in = harmless(browser.submit(login, "/login", login_id="leo", password=PASSWORD))

    assert signed_in.goes_to == "/"


def test_the_sign_in_page_does_not_carry_another_address_along(browser: Browser) -> None:
    """Attack 5."""
    pages = {target: harmless(browser.get("/login", redirect_to=target)).page for target in AWAY}

    carried = {target: page.form("/login").fields["redirect_to"] for target, page in pages.items()}
    assert carried == dict.fromkeys(AWAY, "/")


@many
@given(target=hostile)
def test_no_form_of_ours_leads_to_another_host(browser: Browser, world: World, target: str) -> None:
    """Attack 5: sign-out ("Switch account") and the colours come back to where one was."""
    leo = Browser().holding(world.session(world.leo))
    page = leo.get("/account")
    answers = [
        harmless(leo.submit(page, "/theme", theme="dark", back=target)),
        harmless(leo.submit(page, "/logout", redirect_to=target)),
    ]

    assert {browser_goes_to(answer.goes_to) for answer in answers if answer.goes_to} <= {config.current().host}


@many
@given(target=hostile)
def test_no_address_of_the_sign_in_page_is_anybody_elses(browser: Browser, target: str) -> None:
    """Attack 5."""
    answer = harmless(browser.get("/login", redirect_to=target))

    if "\x00" not in target:
        assert browser_goes_to(answer.page.form("/login").fields["redirect_to"]) == config.current().host


# --- attack 26: line breaks -------------------------------------------------------------------------------------

BREAKS = ["\r\nSet-Cookie: marker=1", "\nX-Marker: 1", "\rX-Marker: 1", "\r\n\r\n<x-marker>", "\u560a\u560dX-Marker: 1"]


@pytest.mark.parametrize("text", BREAKS, ids=ascii)
@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "scope", "response_type", "prompt"])
def test_no_parameter_breaks_out_of_a_header(browser: Browser, app: App, name: str, text: str) -> None:
    """Attack 26."""
    value = authorization_request(app).get(name, "") + text

    harmless(browser.authorize(app, **{name: value}))


@pytest.mark.parametrize("text", BREAKS, ids=ascii)
def test_a_state_with_a_line_break_comes_back_encoded(browser: Browser, app: App, text: str) -> None:
    """Attack 26: state may be anything, a header may not."""
    answer = browser.authorize(app, state=text, response_type="token")

    assert answer.answer["state"] == text
    assert answer.headers["Location"].isprintable()


@pytest.mark.parametrize("text", [quote(text) for text in BREAKS], ids=ascii)
def test_nothing_is_decoded_twice(browser: Browser, app: App, text: str) -> None:
    """Attack 26: `%0d%0a` in a value is five characters of it."""
    answer = harmless(browser.authorize(app, state=text, response_type="token"))

    assert answer.answer["state"] == text


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_an_unknown_address_breaks_out_of_nothing(browser: Browser, payload: str) -> None:
    """Attack 26."""
    harmless(browser.get(f"/{quote(payload, safe='')}?{urlencode({payload: payload})}"))
    harmless(browser.get(f"/oauth/{quote(payload, safe='')}"))
