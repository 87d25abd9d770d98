"""Attacks 4 and 26: redirect URIs that only look registered, and line breaks that want to become headers."""

from urllib.parse import quote, urlencode

import pytest

from tests.browser import Browser, authorization_request, call
from tests.hostile import PAYLOADS, harmless
from tests.make import App, World
from tests.oauth.redirect_tricks import REGISTERED, TRICKS


@pytest.mark.parametrize("public", [True, False])
def test_no_trick_with_a_redirect_uri_leads_anywhere(browser: Browser, world: World, public: bool) -> None:
    """Attack 4: 0 redirects, a page for every one."""
    app = world.app(public=public, redirect_uris=REGISTERED)

    answers = {uri: harmless(browser.authorize(app, redirect_uri=uri)) for uri in TRICKS}

    assert [uri for uri, answer in answers.items() if (answer.status, answer.goes_to) != (400, "")] == []


# --- attack 26: line breaks -------------------------------------------------------------------------------------

BREAKS = ["\r\nSet-Cookie: marker=1", "\nX-Marker: 1", "\rX-Marker: 1", "\r\n\r\n<x-marker>", "\u560a\u560dX-Marker: 1"]


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "scope", "response_type", "prompt"])
def test_no_parameter_breaks_out_of_a_header(browser: Browser, app: App, name: str) -> None:
    """Attack 26."""
    value = authorization_request(app).get(name, "")

    answers = [harmless(browser.authorize(app, **{name: value + text})) for text in BREAKS]

    assert {answer.status for answer in answers} <= {200, 302, 400, 404}


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


def test_an_unknown_address_breaks_out_of_nothing(browser: Browser) -> None:
    """Attack 26."""
    pages = [harmless(browser.get(f"/{quote(each, safe='')}?{urlencode({each: each})}")) for each in PAYLOADS]
    programs = [harmless(browser.get(f"/oauth/{quote(each, safe='')}")) for each in PAYLOADS]

    assert {answer.status for answer in pages} <= {400, 404}
    assert {answer.status for answer in programs} == {404}


@pytest.mark.parametrize("text", BREAKS, ids=ascii)
def test_no_name_of_an_application_breaks_out_of_a_header(browser: Browser, world: World, text: str) -> None:
    """Attack 26: no text of anybody's is in a header; the message after a change is in a cookie, sealed and encoded."""
    maya = browser.holding(world.session(world.maya))
    new = maya.get("/integrations/oauth2-apps/new")

    answer = harmless(maya.submit(new, "/integrations/oauth2-apps/new", name=f"Standup{text}", homepage=text))

    assert answer.status == 422


@pytest.mark.parametrize("header", ["Origin", "User-Agent", "X-Requested-With", "X-Request-Id"])
def test_no_header_that_was_sent_comes_back(browser: Browser, header: str) -> None:
    """Attack 26: what HTTP lets through of it, that is without the line break."""
    answers = {quote(text): harmless(call("GET", "/login", headers={header: quote(text)})) for text in BREAKS}

    assert [value for value, answer in answers.items() if value in str(dict(answer.headers))] == []
