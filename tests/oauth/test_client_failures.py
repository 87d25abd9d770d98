"""Clients that fail to prove who they are: counted, noted and audited, never locked out (attack 22)."""

import pytest

from chalicelib.store import clients
from chalicelib.store.audit import Event
from chalicelib.store.client_notes import PROBLEMS, ClientNote, problems_of
from chalicelib.store.limits import Limit
from chalicelib.store.writing import write_together
from tests.browser import Answer, Browser, exchange, token
from tests.faults import counted, refused
from tests.make import App, World

WINDOW = 600


@pytest.fixture
def app(world: World, browser: Browser) -> App:
    """An application."""
    return world.app()


@pytest.fixture
def impostor(app: App) -> App:
    """Somebody who knows the application's id and guesses its secret."""
    return App(app.client_id, "gps_guess", app.redirect_uri)


def fail(client: App) -> Answer:
    """Come to the token endpoint."""
    return token(client, grant_type="refresh_token", refresh_token="gpr_x")


def told() -> list[Event]:
    """What the audit says about failures."""
    return [event for event in Event.scan() if event.action == "client.authentication_failed"]


def test_the_first_failure_of_a_window_is_noted_and_audited(app: App, impostor: App, world: World) -> None:
    """DESIGN section 2: for the owner in `client_notes`, for the System Admin in `audit`."""
    assert fail(impostor).status == 401

    [note], [event] = problems_of(app.client_id), told()
    assert (note.what, note.at, note.network) == ("authentication_failed", world.now, "127.0.0.1")
    assert (event.client_id, event.result, event.object) == (app.client_id, "refused", "Standup Notes")
    assert (note.request_id, note.ttl) == (event.request_id, world.now // 1000 + 30 * 24 * 3600)


def test_there_is_at_most_one_write_a_second(app: App, impostor: App, world: World) -> None:
    """DESIGN section 2: guessing buys no writes; the counter moves with the clock, and only once a window is told."""
    for _ in range(5):
        fail(impostor)
    assert [row.tries for row in Limit.scan()] == [1]
    world.clock.shift(0.999)
    with counted() as calls:
        fail(impostor)
    assert calls == ["BatchGetItem", "UpdateItem"]
    assert [row.tries for row in Limit.scan()] == [1]
    world.clock.shift(0.001)
    fail(impostor)

    assert [row.tries for row in Limit.scan()] == [2]
    assert (len(problems_of(app.client_id)), len(told())) == (1, 1)


def test_the_next_window_is_told_again(app: App, impostor: App, world: World) -> None:
    """Ten minutes of the clock."""
    fail(impostor)
    world.clock.shift(WINDOW)
    fail(impostor)

    assert (len(problems_of(app.client_id)), len(told())) == (2, 2)


def test_nobody_is_locked_out(app: App, impostor: App, world: World) -> None:
    """Design note (b) 10: a lock would be the attack."""
    code = Browser().holding(world.session(world.leo)).allow(app)
    for _ in range(50):
        fail(impostor)

    assert exchange(app, code).status == 200


def test_the_answer_is_the_same_for_wrong_and_unknown(app: App, impostor: App) -> None:
    """RFC 6749 section 5.2: `invalid_client`, whatever was counted."""
    bodies = [
        (answer.status, answer.json["error"], answer.json["error_description"], answer.headers["WWW-Authenticate"])
        for answer in (fail(impostor), fail(impostor), fail(App("y" * 26, "gps_guess", "")))
    ]

    assert len(set(bodies)) == 1


def test_unknown_clients_are_counted_as_one(app: App, world: World) -> None:
    """Who makes ids up buys no more rows than who guesses one secret."""
    for letter in "ybndr":
        assert fail(App(letter * 26, "gps_guess", "")).status == 401

    assert [row.tries for row in Limit.scan()] == [1]
    assert ([event.object for event in told()], len(problems_of("unknown"))) == (["unknown"], 1)


def test_known_and_unknown_clients_take_the_same_steps(app: App, impostor: App, world: World) -> None:
    """Attack 19: the time it takes tells nobody which ids there are."""
    suspended = world.app()
    write_together(*clients.changed(world.client(suspended.client_id), {"suspended": True}))
    ghost = App("y" * 26, "gps_guess", "")
    with counted() as known:
        fail(impostor)
        fail(impostor)
    with counted() as unknown:
        fail(ghost)
        fail(App(suspended.client_id, "gps_guess", ""))

    assert known == unknown


def test_what_cannot_be_noted_changes_no_answer(app: App, impostor: App) -> None:
    """The answer to a client does not depend on a counter."""
    with refused("UpdateItem"):
        assert fail(impostor).status == 401
    with refused("TransactWriteItems"):
        assert fail(impostor).status == 401
    with refused("Query", code="ThrottlingException"):
        assert fail(impostor).status == 401

    assert problems_of(app.client_id) == []


def test_a_client_that_succeeds_pays_nothing(app: App, world: World) -> None:
    """DESIGN section 9: exchange 2."""
    code = Browser().holding(world.session(world.leo)).allow(app)
    with counted() as calls:
        assert exchange(app, code).status == 200

    assert calls == ["BatchGetItem", "UpdateItem"]


def test_the_last_twenty_failures_are_kept(app: App, impostor: App, world: World) -> None:
    """DESIGN section 2: a ring."""
    times = []
    for _ in range(PROBLEMS + 3):
        fail(impostor)
        times.append(world.now)
        world.clock.shift(WINDOW)

    assert [note.at for note in problems_of(app.client_id)] == sorted(times, reverse=True)[:PROBLEMS]
    assert {note.note for note in ClientNote.scan()} == {f"problem#{number}" for number in range(PROBLEMS)}
