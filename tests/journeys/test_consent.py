"""Issue item 5: the consent page, from an application's redirect to its callback and back."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from chalicelib import config
from chalicelib.store.authorizations import authorizations_of
from tests.browser import authorization_request, exchange, me
from tests.journeys.callback import Callback
from tests.journeys.scenes_of_access import registered_itself
from tests.journeys.screen import Screen
from tests.make import App, World

pytestmark = pytest.mark.browser
ASKS = "Allow Standup Notes to use your Gatepost account?"
STATE = "s t/a&t=e"
THREE = "posts:read posts:write users:read"


@pytest.fixture
def app(world: World, callback: Callback) -> App:
    """An application whose callback is a real server on another origin."""
    return world.app(redirect_uris=[callback.address])


def start(app: App, **changes: str | None) -> str:
    """Where an application sends people."""
    return f"/oauth/authorize?{urlencode(authorization_request(app, **changes))}"


def answered(code: str) -> dict[str, str]:
    """What an application must get with a code: its own state and our name (RFC 9207)."""
    return {"code": code, "state": STATE, "iss": config.current().issuer}


def test_allow_leads_back_and_the_next_time_nobody_is_asked(
    screen: Screen, world: World, app: App, callback: Callback
) -> None:
    """The seed; A3: a callback on a loopback port of its own."""
    screen.holding(world.session(world.leo)).open(start(app)).shows(ASKS)
    screen.says("Everything you can do on this server", "Signed in as Leo Wong")
    expect(screen.page.locator("dd strong")).to_have_attribute("title", callback.address)
    screen.press("Allow").arrives(callback.address)

    assert callback.last == answered(callback.last["code"])
    assert me(exchange(app, callback.last["code"]).json["access_token"]).json["username"] == "leo"
    screen.open(start(app, state="again")).arrives(callback.address)
    assert callback.last["state"] == "again"


def test_deny_leads_back_too_and_is_not_remembered(screen: Screen, world: World, app: App, callback: Callback) -> None:
    """A8; RFC 6749 section 4.1.2.1."""
    screen.holding(world.session(world.leo)).open(start(app)).press("Deny").arrives(callback.address)

    described = {"error_description": "The person denied the request."}
    assert callback.last == {"error": "access_denied", "state": STATE, "iss": config.current().issuer} | described
    screen.open(start(app)).shows(ASKS)


@pytest.mark.parametrize("decision", ["Allow", "Deny"])
def test_a_callback_that_has_a_query_stays_valid(
    screen: Screen, world: World, callback: Callback, decision: str
) -> None:
    """A8."""
    app = world.app(redirect_uris=[f"{callback.address}?simply=lovely"])

    screen.holding(world.session(world.leo)).open(start(app)).press(decision).arrives(callback.address)

    assert callback.last["simply"] == "lovely"
    assert callback.last["state"] == STATE


def test_a_callback_may_redirect_to_yet_another_origin(
    screen: Screen, world: World, callback: Callback, elsewhere: Callback
) -> None:
    """A3: Chromium applies form-action to a form's whole redirect chain; the hand-over page breaks it."""
    app = world.app(redirect_uris=[f"{callback.url}/bounce"])
    callback.onward = f"{elsewhere.url}/welcome"

    screen.holding(world.session(world.leo)).open(start(app)).press("Allow").arrives(callback.onward)

    screen.shows("Welcome back")
    assert callback.last["state"] == STATE


def test_a_double_press_is_one_answer(screen: Screen, world: World, app: App, callback: Callback) -> None:
    """DESIGN section 4: authorization and code derive from the ticket."""
    screen.holding(world.session(world.leo)).open(start(app)).shows(ASKS)

    screen.page.get_by_role("button", name="Allow", exact=True).dblclick()

    screen.arrives(callback.address)
    assert len(authorizations_of(world.leo.user_id)) == 1
    assert exchange(app, callback.last["code"]).status == 200


def test_a_trusted_app_is_never_asked_about(screen: Screen, world: World, callback: Callback) -> None:
    """The seed, loopback or not (DESIGN section 4)."""
    app = world.app(redirect_uris=[callback.address], trusted=True)

    screen.holding(world.session(world.leo)).open(start(app)).arrives(callback.address)

    assert callback.last == answered(callback.last["code"])


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
def test_a_logged_out_person_signs_in_and_arrives_in_the_same_authorization(
    screen: Screen, world: World, callback: Callback, trusted: bool
) -> None:
    """A7: sign-in, then straight to a trusted client; otherwise the page."""
    app = world.app(redirect_uris=[callback.address], trusted=trusted)
    screen.open(start(app)).shows("Sign in")
    screen.says("Sign in to continue to Standup Notes (a program on this computer (127.0.0.1))")
    screen.sign_in("leo", "not-the-password").says("Email, username or password is not right.")
    screen.sign_in("leo")
    if not trusted:
        screen.shows(ASKS).press("Allow")

    screen.arrives(callback.address)
    assert callback.last == answered(callback.last["code"])


def test_switch_account_comes_back_to_the_same_authorization(
    screen: Screen, world: World, app: App, callback: Callback
) -> None:
    """The issue: signs out and back in; the one who signs in is the one who allows."""
    screen.holding(world.session(world.leo)).open(start(app)).says("Signed in as Leo Wong")
    screen.press("Not you? Switch account").shows("Sign in").says("Standup Notes").sign_in("ana")

    screen.shows(ASKS).says("Signed in as Ana Duarte").press("Allow").arrives(callback.address)
    assert callback.last["state"] == STATE
    assert me(exchange(app, callback.last["code"]).json["access_token"]).json["username"] == "ana"


def test_an_unregistered_callback_is_a_page_and_no_redirect(
    screen: Screen, world: World, app: App, callback: Callback
) -> None:
    """A9; RFC 6749 section 4.1.2.1; before anybody is asked to sign in."""
    screen.open(start(app, redirect_uri=f"{callback.url}/evil")).shows("The return address does not match")

    screen.page.get_by_text("For the developer").click()
    screen.says(f"{callback.url}/evil", "400")
    assert callback.answers == []


def test_an_unknown_client_is_a_page(screen: Screen, world: World, app: App) -> None:
    """RFC 6749 section 4.1.2.1."""
    screen.open(start(app, client_id="y" * 26)).shows("This app is not registered here")


def test_a_request_that_lacks_pkce_is_told_to_the_client(
    screen: Screen, world: World, app: App, callback: Callback
) -> None:
    """RFC 9700: every other error is a redirect."""
    screen.open(start(app, code_challenge=None, code_challenge_method=None)).arrives(callback.address)

    assert (callback.last["error"], callback.last["state"]) == ("invalid_request", STATE)


def test_the_page_of_another_session_decides_nothing(
    open_screen: Callable[[], Screen], world: World, app: App, callback: Callback
) -> None:
    """The ticket is bound to the session that was asked."""
    screen = open_screen().holding(world.session(world.leo)).open(start(app)).shows(ASKS)
    screen.holding(world.session(world.ana)).press("Allow")

    screen.shows("This page was open too long")
    assert callback.answers == []


def test_the_questions_two_buttons_are_in_view_and_nothing_is_focused(screen: Screen, world: World, app: App) -> None:
    """UX 6.9 A11y: at 1280 x 800; both equal in size."""
    screen.page.set_viewport_size({"width": 1280, "height": 800})
    screen.holding(world.session(world.leo)).open(start(app)).shows(ASKS)

    deny, allow = (screen.page.get_by_role("button", name=name, exact=True) for name in ("Deny", "Allow"))
    expect(deny).to_be_in_viewport(ratio=1)
    expect(allow).to_be_in_viewport(ratio=1)
    sizes = [(box["width"], box["height"]) for each in (deny, allow) if (box := each.bounding_box())]
    assert sizes[0] == sizes[1]
    assert screen.page.locator(":focus").count() == 0


@pytest.mark.parametrize("itself", [False, True], ids=["registered", "registered itself"])
def test_three_permissions_leave_the_buttons_in_view(screen: Screen, world: World, itself: bool) -> None:
    """UX 6.9 A11y: at 1280 x 800, with the strip that warns of who registered itself too."""
    app = registered_itself(world) if itself else world.app(description="A sentence of two lines. " * 4)
    screen.page.set_viewport_size({"width": 1280, "height": 800})
    screen.holding(world.session(world.leo)).open(start(app, scope=None if itself else THREE))

    assert screen.page.locator("#allowed + .scopes li").count() == 3
    expect(screen.page.get_by_role("button", name="Allow", exact=True)).to_be_in_viewport(ratio=1)
    expect(screen.page.get_by_text("New here: nobody checked this application.")).to_have_count(int(itself))


def test_what_is_new_is_marked_and_what_was_allowed_can_be_unfolded(
    screen: Screen, world: World, app: App, callback: Callback
) -> None:
    """UX 6.9, re-consent."""
    screen.holding(world.session(world.leo)).open(start(app, scope="posts:read")).press("Allow")
    screen.arrives(callback.address).open(start(app, scope="posts:read posts:write"))

    expect(screen.page.locator("#allowed + .scopes b")).to_have_text(["Post as you New"])
    folded = screen.page.get_by_text("Read the posts you can see")
    expect(folded).to_be_hidden()
    screen.page.get_by_text("Already allowed: 1 permission").click()
    expect(folded).to_be_visible()


def test_an_application_signs_somebody_out_after_they_were_asked(screen: Screen, world: World) -> None:
    """OpenID Connect RP-Initiated Logout, without an ID token."""
    screen.holding(world.session(world.leo)).open("/oauth/logout").shows("Sign out?").follow("Stay signed in")
    screen.open("/account").shows("Account Settings").open("/oauth/logout").press("Sign out")

    screen.shows("You are signed out").follow("Sign in again").shows("Sign in")


def test_the_question_can_be_answered_with_the_keyboard_alone(
    screen: Screen, world: World, app: App, callback: Callback
) -> None:
    """A5: every stop in the order it is seen."""
    screen.holding(world.session(world.leo)).open(start(app)).shows(ASKS)
    stops = []
    while "Allow" not in stops:
        screen.page.keyboard.press("Tab")
        stops.append(screen.page.locator(":focus").inner_text().replace("\n", " ").strip())

    assert [stop.partition(" localhost")[0] for stop in stops] == [
        "Skip to main content",
        "Gatepost",
        "Not you? Switch account",
        "standup.example.net",
        "Deny",
        "Allow",
    ]
    screen.page.keyboard.press("Enter")
    screen.arrives(callback.address)
    assert "code" in callback.last
