"""A write that was applied and whose answer was lost, for every single write there is: it was us (DESIGN section 1)."""

from datetime import timedelta

import pytest

from chalicelib.accounts import setup
from chalicelib.credentials import parse_code, parse_session
from chalicelib.policy import SESSION_SEEN_EVERY
from chalicelib.store import settings
from chalicelib.store.admins import ADMINS, SET_UP
from chalicelib.store.authorizations import ACTIVE, Authorization, authorization_key, authorizations_of
from chalicelib.store.sessions import Session, session_key
from local import emulator
from tests.browser import Answer, Browser, exchange, me, refresh
from tests.faults import answers_lost
from tests.make import App, World

ONCE, FOR_GOOD = 1, 3  # the SDK sends a request three times; then Gatepost reads and decides again
LOSSES = pytest.mark.parametrize("times", [ONCE, FOR_GOOD])
APPS = "/integrations/oauth2-apps"


@pytest.fixture
def app(world: World) -> App:
    """An application."""
    return world.app()


@pytest.fixture
def code(browser: Browser, app: App) -> str:
    """A fresh code of Leo's."""
    return browser.sign_in("leo").allow(app)


@pytest.fixture
def shown(world: World, browser: Browser) -> str:
    """The page that shows Maya the secret of an application she has just registered."""
    browser.sign_in("maya")
    form = browser.get(f"{APPS}/new")
    filled = {
        "name": "Standup Notes",
        "description": "Collects daily updates.",
        "homepage": "https://standup.example.net",
        "callback_urls": "https://standup.example.net/oauth/callback",
        "client_type": "server",
    }
    return browser.submit(form, f"{APPS}/new", **filled).goes_to


@pytest.fixture
def nobody_there(store: None, world: World) -> None:
    """A server that nobody has set up yet."""
    emulator.empty([ADMINS.table])
    settings.provision()


def session_of(world: World, browser: Browser) -> Session:
    """The row of the browser's session."""
    tokens = [parse_session(cookie.value or "") for cookie in browser.http.cookies]
    [located] = [found for found in tokens if found]
    return world.row(session_key(located.user_id, located.row_id))


def authorization_of(world: World, code: str) -> Authorization:
    """The authorization a code belongs to."""
    located = parse_code(code)
    assert located is not None
    return world.row(authorization_key(located.user_id, located.row_id))


@LOSSES
def test_an_exchange_whose_answer_was_lost_succeeds_and_is_no_replay(
    world: World, app: App, code: str, times: int
) -> None:
    """DESIGN section 1: an exchange that was applied and never answered, retried by our own loop, is not a replay."""
    with answers_lost("UpdateItem", times=times) as lost:
        answer = exchange(app, code)

    assert len(lost) == times
    assert answer.status == 200
    assert me(answer.json["access_token"]).status == 200
    assert refresh(app, answer.json["refresh_token"]).status == 200
    assert authorization_of(world, code).state == ACTIVE


@LOSSES
def test_a_refresh_whose_answer_was_lost_succeeds_with_the_one_successor(
    world: World, app: App, code: str, times: int
) -> None:
    """DESIGN section 2, refresh: one generation on, not two."""
    first = exchange(app, code).json["refresh_token"]

    with answers_lost("UpdateItem", times=times) as lost:
        answer = refresh(app, first)

    assert len(lost) == times
    assert answer.status == 200
    assert authorization_of(world, code).generation == 2
    assert refresh(app, answer.json["refresh_token"]).status == 200


@LOSSES
def test_an_authorization_whose_answer_was_lost_gives_a_code_that_works(
    browser: Browser, app: App, code: str, times: int
) -> None:
    """DESIGN section 2: authorize, already allowed."""
    with answers_lost("PutItem", times=times) as lost:
        again = browser.allow(app)

    assert len(lost) == times
    assert again != code
    assert exchange(app, again).status == 200


@LOSSES
def test_a_decision_whose_answer_was_lost_gives_one_code(world: World, browser: Browser, app: App, times: int) -> None:
    """DESIGN section 4: a decision's code is derived from its ticket, so that a repetition gives the same."""
    consent = browser.sign_in("leo").authorize(app)

    with answers_lost("TransactWriteItems", times=times) as lost:
        answer = browser.decide(consent, "allow")

    assert len(lost) == times
    assert exchange(app, answer.answer["code"]).status == 200
    assert len(authorizations_of(world.leo.user_id)) == 1


@LOSSES
def test_a_page_whose_note_of_use_got_no_answer_is_shown_all_the_same(
    world: World, browser: Browser, times: int
) -> None:
    """DESIGN section 3: a session's idle limit moves on."""
    browser.sign_in("leo")
    world.clock.shift(SESSION_SEEN_EVERY + timedelta(seconds=1))

    with answers_lost("UpdateItem", times=times) as lost:
        answer = browser.get("/integrations")

    assert len(lost) == times
    assert answer.status == 200
    assert session_of(world, browser).seen_at == world.now


@LOSSES
def test_forgetting_a_secret_succeeds_although_its_answer_was_lost(
    world: World, browser: Browser, shown: str, times: int
) -> None:
    """UX 6.7: I have saved it."""
    page = browser.get(shown)

    with answers_lost("UpdateItem", times=times) as lost:
        answer = press(browser, page, "saved")

    assert len(lost) == times
    assert answer.status == 303
    assert session_of(world, browser).sealed is None


def test_keeping_a_secret_longer_succeeds_although_its_answer_was_lost(
    world: World, browser: Browser, shown: str
) -> None:
    """UX 6.7: once; the SDK's repetition is not the second time."""
    before = session_of(world, browser).sealed_until or 0
    page = browser.get(shown)
    world.clock.shift(timedelta(minutes=5))

    with answers_lost("UpdateItem") as lost:
        answer = press(browser, page, "extend")

    assert len(lost) == 1
    assert answer.status == 303
    assert "flash" not in answer.headers.get("Set-Cookie", "")  # no "was extended before"
    assert (session_of(world, browser).sealed_until or 0) - before == 5 * 60 * 1000


def test_a_wrong_set_up_link_is_counted_once_although_the_answer_was_lost(
    world: World, browser: Browser, nobody_there: None
) -> None:
    """DESIGN section 2, first set-up: ten wrong guesses kill the link, so none may count twice."""
    setup.new_link()

    with answers_lost("UpdateItem") as lost:
        answer = browser.get("/setup", token="gpu_wrong")

    assert len(lost) == 1
    assert answer.status == 403
    assert world.row(SET_UP).failures == 1


def test_a_set_up_link_that_was_offered_without_an_answer_is_the_one_that_counts(
    browser: Browser, nobody_there: None
) -> None:
    """DESIGN section 8: `run` prints the link again while nobody is there."""
    with answers_lost("PutItem") as lost:
        link = setup.new_link()

    assert link is not None
    assert len(lost) == 1
    assert browser.get(link).status == 200


def press(browser: Browser, page: Answer, button: str) -> Answer:
    """Press one of the buttons under a secret."""
    [action] = [form.action for form in page.page.forms if form.action.endswith(f"/{button}")]
    return browser.submit(page, action)
