"""The headers of every page, for every declared route that gives one (ux 3.2)."""

import re

import pytest

import app as gatepost
from chalicelib.web.routes import ROUTES
from tests.browser import Answer, Browser
from tests.make import World

assert gatepost.app  # importing it declares the routes
PATHS = sorted({r.path for r in ROUTES if r.method == "GET" and not r.path.startswith(("/api/", "/static", "/.well"))})
PAGES = [path for path in PATHS if path not in {"/healthz", "/oauth/jwks", "/oauth/userinfo"}]
FORMS = sorted({route.path for route in ROUTES if route.form is not None})
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src {images}; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
WITH_ICONS = {"/integrations/oauth2-apps", "/account/security/oauth2-apps"}
WITH_OPENER = {"/oauth/authorize", "/login"}
EVERY_PAGE = {
    "Cache-Control": "no-store",
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), clipboard-write=(self)",
}


def filled(path: str, value: str) -> str:
    """A path with one value wherever it takes one."""
    return re.sub(r"\{\w+\}", value, path)


def check(answer: Answer, path: str) -> None:
    """Whether a page keeps to the rules."""
    images = "'self' https:" if path in WITH_ICONS and answer.status == 200 else "'self'"
    assert answer.headers["Content-Security-Policy"] == CSP.format(images=images)
    assert {name: answer.headers[name] for name in EVERY_PAGE} == EVERY_PAGE
    if not (path in WITH_OPENER and answer.status == 200):
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    else:
        assert "Cross-Origin-Opener-Policy" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", answer.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!standup\.example\.net)', answer.text)


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser, with an application registered and allowed."""
    return browser.holding(world.session(world.maya))


def test_the_lists_below_are_of_something() -> None:
    """Routes were declared when the tests were collected."""
    assert len(PAGES) >= 14
    assert len(FORMS) >= 12


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_headers(path: str, maya: Browser, world: World) -> None:
    """Ux 3.2, 9700-9, `form-action 'self'` everywhere; a redirect is followed to its page."""
    app = world.app(icon_url="https://standup.example.net/icon.png")
    maya.allow(app)
    answer = maya.get(filled(path, app.client_id))
    if answer.status in {302, 303}:
        path = answer.goes_to.partition("?")[0]
        answer = maya.get(answer.goes_to)
    check(answer, path)


def test_the_consent_page_has_the_headers(maya: Browser, world: World) -> None:
    """DESIGN section 4: `form-action 'self'` on consent too, and no picture from elsewhere."""
    answer = maya.authorize(world.app(icon_url="https://standup.example.net/icon.png"))
    assert answer.page.h1.startswith("Allow Standup Notes")
    check(answer, "/oauth/authorize")


def test_the_hand_over_page_has_the_headers(browser: Browser, world: World) -> None:
    """DESIGN section 4: a 200 page, so that `form-action 'self'` can stay."""
    answer = browser.submit(browser.get("/login"), "/login", login_id="leo", password="otter-lamp-river-42")
    assert answer.page.refresh == "/"
    check(answer, "/login")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_refuses_in_the_same_dress(path: str, maya: Browser) -> None:
    """404, 405, 501 and 400 pages too; here by a parameter that cannot be text, and a method there is none of."""
    for answer in (maya.get(filled(path, "junk")), Answer(maya.http.delete(_url(path), timeout=30))):
        if answer.status not in {200, 302, 303}:
            check(answer, path)


@pytest.mark.parametrize("path", FORMS)
def test_a_refused_form_is_a_page_with_the_headers(path: str, maya: Browser) -> None:
    """Ux 6.11."""
    answer = maya.post(filled(path, "y" * 26), {"a": "b"})
    assert answer.status == 403
    check(answer, path)


@pytest.mark.parametrize("path", PAGES)
def test_a_signed_out_person_gets_no_page_that_is_not_for_everybody(path: str, browser: Browser, world: World) -> None:
    """Every route says who may call it; the rest leads to the sign-in page."""
    answer = browser.get(filled(path, "y" * 26))
    public = {"/help", "/login", "/setup", "/signup", "/invite/{token}", "/reset/{token}", "/oauth/authorize", "/"}
    public |= {"/oauth/logout"}
    assert answer.goes_to.startswith("/login?redirect_to=%2F") is (path not in public)


def _url(path: str) -> str:
    from chalicelib import config

    return config.current().url(filled(path, "junk"))
