"""Conflict, throttle, silence: read and decide again, at most three times, then 503 and nothing changed (DESIGN 1)."""

import pytest

from chalicelib.credentials import parse_code
from chalicelib.store.authorizations import ACTIVE, PENDING, Authorization, authorization_key, authorizations_of
from chalicelib.store.grants import grant_key
from chalicelib.store.users import User
from chalicelib.store.writing import update, write_together
from tests.browser import Answer, Browser, call, exchange, me, refresh
from tests.faults import arriving_late, counted, just_before, left_unread, refused
from tests.make import App, World

ATTEMPTS = 3


@pytest.fixture
def app(world: World) -> App:
    """An application."""
    return world.app()


@pytest.fixture
def code(browser: Browser, app: App) -> str:
    """A fresh code of Leo's."""
    return browser.sign_in("leo").allow(app)


@pytest.fixture
def tokens(app: App, code: str) -> dict[str, str]:
    """What Leo's code was exchanged for."""
    answer: dict[str, str] = exchange(app, code).json
    return answer


def authorization_of(world: World, code: str) -> Authorization:
    """The authorization a code belongs to."""
    located = parse_code(code)
    assert located is not None
    return world.row(authorization_key(located.user_id, located.row_id))


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("fault", [None, "ThrottlingException", "ProvisionedThroughputExceededException"])
def test_an_exchange_gets_over_a_conflict(world: World, app: App, code: str, times: int, fault: str | None) -> None:
    """DESIGN section 1: conflict and throttle are read and decided again."""
    with counted() as calls, refused("UpdateItem", code=fault, times=times) as refusals:
        answer = exchange(app, code)

    assert answer.status == 200
    assert len(refusals) == times
    assert calls == ["BatchGetItem", "UpdateItem"] * (times + 1)


def test_an_exchange_that_meets_only_conflicts_ends_in_503_and_the_code_is_still_good(
    world: World, app: App, code: str
) -> None:
    """DESIGN section 1: two retries, then `temporarily_unavailable` with Retry-After, and nothing changed."""
    with refused("UpdateItem") as refusals:
        answer = exchange(app, code)

    assert len(refusals) == ATTEMPTS
    assert (answer.status, answer.json["error"]) == (503, "temporarily_unavailable")
    assert answer.headers["Retry-After"] == "2"
    assert authorization_of(world, code).state == PENDING
    assert exchange(app, code).status == 200


def test_a_refresh_that_meets_only_conflicts_ends_in_503_and_the_token_is_still_good(
    world: World, app: App, code: str, tokens: dict[str, str]
) -> None:
    """DESIGN section 1."""
    with refused("UpdateItem") as refusals:
        answer = refresh(app, tokens["refresh_token"])

    assert len(refusals) == ATTEMPTS
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert authorization_of(world, code).generation == 1
    assert refresh(app, tokens["refresh_token"]).status == 200


def test_a_revocation_that_meets_only_conflicts_does_not_say_that_it_is_done(
    world: World, app: App, tokens: dict[str, str]
) -> None:
    """RFC 7009 section 2.2.1: 503, the client must assume the token still exists."""
    with refused("TransactWriteItems") as refusals:
        answer = revoked(app, tokens)

    assert len(refusals) == ATTEMPTS
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert me(tokens["access_token"]).status == 200


def test_a_consent_that_meets_only_conflicts_is_a_page_that_says_so_and_nothing_is_kept(
    world: World, browser: Browser, app: App
) -> None:
    """DESIGN section 1: 503 on a page too."""
    consent = browser.sign_in("leo").authorize(app)

    with refused("TransactWriteItems") as refusals:
        answer = browser.decide(consent, "allow")

    assert len(refusals) == ATTEMPTS
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert world.find(grant_key(world.leo.user_id, app.client_id)) is None
    assert authorizations_of(world.leo.user_id) == []
    assert browser.decide(consent, "allow").answer["code"]


@pytest.mark.parametrize("times", [1, 2])
def test_what_changed_under_a_conflict_is_decided_on_what_the_next_read_finds(
    world: World, app: App, code: str, times: int
) -> None:
    """DESIGN section 1: re-read and re-decide, never write again what an older read decided."""
    leo = world.leo
    gone = update(leo, User.active.set(False), condition=User.version == leo.version)

    with just_before("UpdateItem", lambda: write_together(gone)), refused("UpdateItem", times=times):
        answer = exchange(app, code)

    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")
    assert authorization_of(world, code).state == PENDING


def test_a_throttled_row_does_not_look_like_a_missing_application(app: App, code: str) -> None:
    """DESIGN section 1: 503, not 401 invalid_client or 400 invalid_grant."""
    with left_unread(4):
        answer = exchange(app, code)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


def test_a_bearer_check_that_cannot_read_is_503_not_401(tokens: dict[str, str]) -> None:
    """DESIGN section 1: a client would throw a good token away."""
    with refused("BatchGetItem", code="ThrottlingException"):
        answer = me(tokens["access_token"])

    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


def test_an_exchange_whose_first_write_arrives_while_the_second_is_on_its_way_gives_tokens_that_work(
    world: World, app: App, code: str
) -> None:
    """DESIGN section 1: a write that timed out may be applied later; then it was us, with what that try wrote."""
    with arriving_late("UpdateItem"):
        answer = exchange(app, code)

    assert answer.status == 200
    assert authorization_of(world, code).state == ACTIVE
    assert refresh(app, answer.json["refresh_token"]).status == 200


def revoked(app: App, tokens: dict[str, str]) -> Answer:
    """Call the revocation endpoint."""
    return call("POST", "/oauth/revoke", data={"token": tokens["refresh_token"]}, auth=app.basic)
