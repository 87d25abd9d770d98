"""Attack 8: a page of ours in a frame of somebody else's, with something over it that makes people press our button."""

import pytest

import app as gatepost
from chalicelib.credentials import new_id
from chalicelib.web.http import FORM
from chalicelib.web.routes import ROUTES, Route
from chalicelib.web.shapes import PageShape
from tests.browser import Answer, Browser
from tests.make import App, World

assert gatepost.app  # declares the routes
PAGES = [route for route in ROUTES if isinstance(route.shape, PageShape) or route.path == "/oauth/authorize"]
FRAMED = ("X-Frame-Options", "Content-Security-Policy")


def visited(browser: Browser, route: Route, known: dict[str, str]) -> Answer:
    """What a browser gets there: something real where an id of ours is in the address, else a refusal."""
    parts = (known.get(part, new_id()) if part.startswith("{") else part for part in route.path.split("/"))
    path = "/".join(parts)
    return browser.get(path) if route.method == "GET" else browser.post(path, "a=b", headers={"Content-Type": FORM})


def may_be_framed(answer: Answer) -> bool:
    """Whether some page could put this into a frame."""
    if not answer.headers["Content-Type"].startswith("text/html"):
        return False
    policy = answer.headers.get("Content-Security-Policy", "")
    redirect = answer.status in {302, 303} and answer.text == ""  # shows nothing
    return answer.headers.get("X-Frame-Options") != "DENY" or not ("frame-ancestors 'none'" in policy or redirect)


@pytest.mark.parametrize("who", ["maya", "leo", "nobody"])
def test_no_page_can_be_framed(browser: Browser, world: World, who: str) -> None:
    """Attack 8, 9700-7: every HTML route there is, for everybody, refusals too."""
    app = world.app()
    if who != "nobody":
        browser.holding(world.session(getattr(world, who)))
    known = {"{client_id}": app.client_id, "{user_id}": world.ana.user_id}

    answers = {f"{route.method} {route.path}": visited(browser, route, known) for route in PAGES}

    assert len(answers) > 70
    assert [name for name, answer in answers.items() if may_be_framed(answer)] == []


def test_the_pages_on_which_something_is_decided_cannot_be_framed(leo: Browser, app: App) -> None:
    """Attack 8: consent, and the page that hands over."""
    consent = leo.authorize(app)
    handed_over = leo.decide(consent, "allow")

    assert consent.page.h1.startswith("Allow ")
    assert handed_over.answer["code"]
    assert [may_be_framed(answer) for answer in (consent, handed_over)] == [False, False]


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_decision_needs_no_script(leo: Browser, app: App, decision: str) -> None:
    """Attack 8: nothing that a frame could keep from running stands between the page and the button."""
    page = leo.authorize(app)
    form = page.page.form("/oauth/authorize/decision")

    assert f'name="decision" value="{decision}"' in page.text.replace("'", '"')
    assert form.method == "post"
