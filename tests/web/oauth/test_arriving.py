"""Somebody arrives from an application: signed out, signed in as somebody else, at a trusted app."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.browser import Answer, Browser, authorization_request, exchange, me
from tests.make import PASSWORD, App, World

STATES = ["s t/a&t=e", "a+b%20c", "ü€👍", '{"a": "b"}', "/oauthcallback?sesskey=abcd&other=123", "x" * 1500, "a=b=="]


def sign_in_on_the_way(browser: Browser, app: App, username: str = "leo", **changes: str | None) -> Answer:
    """Arrive signed out and sign in; give the page after it."""
    login = browser.get(browser.authorize(app, **changes).goes_to)
    return browser.submit(login, "/login", login_id=username, password=PASSWORD)


def test_a_signed_out_person_is_asked_to_sign_in_for_this_app(browser: Browser, world: World) -> None:
    """Contract 2.5, step 4; ux 6.2."""
    app = world.app()

    arrived = browser.authorize(app)
    login = browser.get(arrived.goes_to)

    assert arrived.status == 302
    assert login.page.h1 == "Sign in"
    assert "Standup Notes (standup.example.net)" in login.page.text


@pytest.mark.parametrize("state", STATES, ids=lambda state: state[:12])
def test_they_come_back_to_the_same_authorization(browser: Browser, world: World, state: str) -> None:
    """Issue 2 item 5; 6749-3: `state` byte for byte, through sign-in and consent."""
    app = world.app()

    signed_in = sign_in_on_the_way(browser, app, state=state)
    consent = browser.get(signed_in.goes_to)
    allowed = browser.decide(consent, "allow")

    assert signed_in.status == 200
    assert dict(parse_qsl(urlsplit(signed_in.goes_to).query)) == authorization_request(app, state=state)
    assert consent.page.h1 == "Allow Standup Notes to use your Gatepost account?"
    assert allowed.answer["state"] == state
    assert me(exchange(app, allowed.answer["code"]).json["access_token"]).json["username"] == "leo"


def test_at_a_trusted_app_they_arrive_without_being_asked(browser: Browser, world: World) -> None:
    """Issue 2 item 5; contract case 82."""
    app = world.app(trusted=True)

    answer = browser.get(sign_in_on_the_way(browser, app).goes_to)

    assert answer.status == 302
    assert me(exchange(app, answer.answer["code"]).json["access_token"]).json["username"] == "leo"


def test_sign_in_ends_in_a_hand_over_page(browser: Browser, world: World) -> None:
    """DESIGN section 4: Chromium applies form-action to the whole redirect chain."""
    answer = sign_in_on_the_way(browser, world.app(trusted=True))

    assert (answer.status, answer.headers.get("Location")) == (200, None)
    assert answer.page.refresh in answer.page.links
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


def test_a_wrong_password_keeps_the_authorization(browser: Browser, world: World) -> None:
    """Issue 2: a form keeps what was typed."""
    app = world.app()
    login = browser.get(browser.authorize(app).goes_to)

    wrong = browser.submit(login, "/login", login_id="leo", password="wrong")
    right = browser.submit(wrong, "/login", password=PASSWORD)

    assert browser.get(right.goes_to).page.h1.startswith("Allow Standup Notes")


def test_a_session_that_is_over_is_asked_to_sign_in(leo: Browser, world: World) -> None:
    """DESIGN section 3: 12 hours idle."""
    world.clock.shift(12 * 3600)

    assert leo.authorize(world.app()).goes_to.startswith("/login?")


def test_switching_the_account_comes_back_to_the_same_authorization(leo: Browser, world: World) -> None:
    """Issue 2 item 5."""
    app = world.app()
    consent = leo.authorize(app)

    switched = leo.submit(consent, "/logout")
    login = leo.get(leo.get(switched.goes_to).goes_to)
    signed_in = leo.submit(login, "/login", login_id="ana", password=PASSWORD)
    allowed = leo.decide(leo.get(signed_in.goes_to), "allow")

    assert (switched.status, login.page.h1) == (200, "Sign in")
    assert allowed.answer["state"] == "s t/a&t=e"
    assert me(exchange(app, allowed.answer["code"]).json["access_token"]).json["username"] == "ana"


def test_a_consent_page_of_the_account_before_cannot_be_answered(leo: Browser, world: World) -> None:
    """Attack 9: a decision is bound to its session."""
    consent = leo.authorize(world.app())
    leo.submit(consent, "/logout")

    answer = leo.decide(consent, "allow")

    assert answer.status in {401, 403}
    assert "code=" not in answer.text


def test_a_trusted_app_is_never_asked_about(leo: Browser, world: World) -> None:
    """The seed; contract cases 81 and 82."""
    for app in (world.app(trusted=True), world.app(trusted=True, public=True)):
        first, second = leo.authorize(app), leo.authorize(app)

        assert (first.status, second.status) == (302, 302)
        assert first.answer["code"] != second.answer["code"]
        assert first.answer["state"] == "s t/a&t=e"


def test_a_trusted_app_on_this_computer_is_not_asked_about_either(leo: Browser, world: World) -> None:
    """DESIGN section 4: loopback or not."""
    app = world.app(trusted=True, public=True, redirect_uris=["http://127.0.0.1/cb"])

    assert leo.authorize(app, redirect_uri="http://127.0.0.1:50123/cb").status == 302


def test_a_trusted_app_that_asks_for_consent_gets_it(leo: Browser, world: World) -> None:
    """DESIGN section 4: `prompt=consent` shows the page."""
    answer = leo.authorize(world.app(trusted=True), prompt="consent")

    assert answer.page.h1.startswith("Allow Standup Notes")


def test_nobody_has_a_session_by_an_authorization_link(browser: Browser, world: World) -> None:
    """Attack 10: an address signs nobody in."""
    session = world.session(world.leo)

    answer = browser.get("/oauth/authorize", **authorization_request(world.app()), access_token=session, token=session)

    assert answer.goes_to.startswith("/login?")
