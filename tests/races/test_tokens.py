"""Codes and refresh tokens in many hands at once: real threads on one emulated DynamoDB (DESIGN sections 1 and 2)."""

import threading
from collections import Counter
from functools import partial
from typing import Any

import pytest

from chalicelib.credentials import parse_code
from chalicelib.store.authorizations import ACTIVE, ENDED, Authorization, authorization_key
from tests.browser import Answer
from tests.faults import conflicting, just_before, rows_read
from tests.make import App, World
from tests.races.racing import allow, exchange, in_turns, me, refresh, together

CROWD = 50
CALM, BUSY = 0.0, 0.3  # the share of writes that meet a conflict
BOTH = pytest.mark.parametrize("share", [CALM, BUSY])


@pytest.fixture
def app(world: World) -> App:
    """An application."""
    return world.app()


@pytest.fixture
def code(world: World, app: App) -> str:
    """A fresh code of Leo's."""
    return allow(app, world.session(world.leo))


def authorization_of(world: World, code: str) -> Authorization:
    """The authorization a code belongs to."""
    located = parse_code(code)
    assert located is not None
    return world.row(authorization_key(located.user_id, located.row_id))


def statuses(answers: list[Answer]) -> Counter[int]:
    """How often each status was answered."""
    return Counter(answer.status for answer in answers)


def winner(answers: list[Answer]) -> dict[str, Any]:
    """The tokens of the only success."""
    [tokens] = [answer.json for answer in answers if answer.status == 200]
    return dict(tokens)


@BOTH
@pytest.mark.parametrize("seed", [1, 2])
def test_of_fifty_exchanges_of_one_code_exactly_one_succeeds(
    world: World, app: App, code: str, share: float, seed: int
) -> None:
    """DESIGN section 2: its authorization lives unless a duplicate was a replay, whose read showed the code spent."""
    with conflicting(seed, share), rows_read() as seen:
        answers = together([partial(numbered, partial(exchange, app, code))] * CROWD)

    won = [thread for thread, answer in answers if answer.status == 200]
    assert len(won) == 1
    assert {answer.status for _, answer in answers} <= {200, 400, 503}
    replayed = any(row.get("state", {"S": "pending"})["S"] != "pending" for thread, row in seen if thread != won[0])
    assert authorization_of(world, code).state == (ENDED if replayed else ACTIVE)
    token = winner([answer for _, answer in answers])["access_token"]
    assert me(token).status == (401 if replayed else 200)


def numbered(act: partial[Answer]) -> tuple[int, Answer]:
    """An answer and the thread that got it."""
    return threading.get_ident(), act()


@pytest.mark.parametrize("seed", range(10))
def test_exchanges_in_any_order_have_one_winner_who_lives_unless_somebody_replayed(
    world: World, app: App, code: str, seed: int
) -> None:
    """DESIGN section 2: a lost race is plain `invalid_grant`, a replay ends what the code bought."""
    with rows_read() as seen:
        answers = in_turns([partial(numbered, partial(exchange, app, code))] * 4, seed)

    [won] = [thread for thread, answer in answers if answer.status == 200]
    replayed = any(row.get("state", {"S": "pending"})["S"] != "pending" for thread, row in seen if thread != won)
    assert authorization_of(world, code).state == (ENDED if replayed else ACTIVE)


def test_a_replay_after_the_exchange_ends_what_the_code_bought(world: World, app: App, code: str) -> None:
    """RFC 6749 section 4.1.2: the read showed the code spent."""
    tokens = exchange(app, code).json

    assert statuses(together([partial(exchange, app, code)] * 10)) == {400: 10}

    assert authorization_of(world, code).state == ENDED
    assert me(tokens["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).status == 400


@BOTH
def test_fifty_refreshes_with_one_token_all_get_the_same_successor(
    world: World, app: App, code: str, share: float
) -> None:
    """Checklists, note A: a concurrent refresh costs nobody their access, and makes no second line of tokens."""
    first = exchange(app, code).json["refresh_token"]

    with conflicting(1, share):
        answers = together([partial(refresh, app, first)] * CROWD)

    good = [answer.json for answer in answers if answer.status == 200]
    assert set(statuses(answers)) <= {200, 503}
    assert len(good) > CROWD / 2
    assert len({tokens["refresh_token"] for tokens in good}) == 1
    assert authorization_of(world, code).generation == 2
    assert me(good[0]["access_token"]).status == 200
    assert refresh(app, good[0]["refresh_token"]).status == 200


@pytest.mark.parametrize("seed", range(10))
def test_refreshes_in_any_order_give_one_successor(world: World, app: App, code: str, seed: int) -> None:
    """DESIGN section 2: the loser answers with the same successor, without a write."""
    first = exchange(app, code).json["refresh_token"]

    answers = in_turns([partial(refresh, app, first)] * 4, seed)

    assert statuses(answers) == {200: 4}
    assert len({answer.json["refresh_token"] for answer in answers}) == 1
    assert authorization_of(world, code).generation == 2


def test_a_refresh_overtaken_by_two_others_is_a_lost_race_and_turns_nothing_back(
    world: World, app: App, code: str
) -> None:
    """DESIGN section 2: its read showed the token unused, so it is no replay; the row stays two generations on."""
    first = exchange(app, code).json["refresh_token"]
    newest: list[str] = []

    def overtake() -> None:
        second = refresh(app, first).json["refresh_token"]
        newest.append(refresh(app, second).json["refresh_token"])

    with just_before("UpdateItem", overtake):
        answer = refresh(app, first)

    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")
    assert authorization_of(world, code).generation == 3
    assert refresh(app, newest[0]).status == 200


@BOTH
def test_ten_decisions_at_once_make_one_grant_and_ten_codes_that_work(world: World, app: App, share: float) -> None:
    """DESIGN section 2: of two who write the first grant one wins, the other reads it and goes on."""
    session = world.session(world.leo)

    with conflicting(3, share / 2):
        codes = together([partial(allow_or_none, app, session)] * 10)

    answers = [exchange(app, code) for code in codes if code]
    assert len(answers) >= 5
    assert statuses(answers) == {200: len(answers)}
    assert statuses([me(answer.json["access_token"]) for answer in answers]) == {200: len(answers)}


def allow_or_none(app: App, session: str) -> str | None:
    """A code, or None where the server was too busy to say."""
    try:
        return allow(app, session)
    except AssertionError as refusal:
        assert '"status_code": 503' in str(refusal)  # noqa: PT017
        return None
