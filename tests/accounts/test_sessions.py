"""Sessions: how they end, and what of them is stored (DESIGN section 2, "alive(session)")."""

from collections.abc import Callable

import pytest

from chalicelib.accounts import people, sessions
from chalicelib.credentials import fingerprint, parse_session
from chalicelib.store.audit import Event
from chalicelib.store.sessions import Session, session_key
from chalicelib.store.settings import changed
from chalicelib.store.writing import write_together
from local.server import Server
from tests.browser import Browser, me
from tests.make import World

HOUR, DAY = 3600, 24 * 3600
MINUTE = 60


@pytest.fixture
def token(world: World, server: Server) -> str:
    """Leo is signed in."""
    return world.session(world.leo)


def row(world: World, token: str) -> Session:
    """The stored session of a token."""
    located = parse_session(token)
    assert located is not None
    return world.row(session_key(located.user_id, located.row_id))


def works(token: str) -> bool:
    """Whether a session counts, at the API and on pages alike."""
    by_page = Browser().holding(token).get("/account").status
    by_api = me(token).status
    assert (by_page, by_api) in {(200, 200), (302, 401)}
    return by_api == 200


def test_only_the_hash_of_the_token_is_stored(world: World, token: str) -> None:
    """DESIGN section 3: a stolen copy of every table lets nobody in."""
    stored = row(world, token)
    assert stored.token_hash == fingerprint(token)
    assert not [row for row in Session.scan() if token in str(row.to_dynamodb_dict())]
    assert not [row for row in Event.scan() if token in str(row.to_dynamodb_dict())]


def test_the_token_names_its_own_row_and_says_nothing_else(world: World, token: str) -> None:
    """DESIGN section 1: every credential carries the ids of the rows that decide about it."""
    located = parse_session(token)
    assert located is not None
    assert located.user_id == world.leo.user_id
    assert token.startswith("gpn_")


def test_a_token_with_another_secret_opens_nothing(world: World, token: str) -> None:
    """The row is right, the secret is not."""
    other = world.session(world.leo)
    stored = row(world, other)
    stored.token_hash = fingerprint("gpn_" + "0" * 40)
    stored.save()
    assert not works(other)
    assert works(token)


@pytest.mark.parametrize(("idle", "alive"), [(12 * HOUR - 1, True), (12 * HOUR, False)])
def test_twelve_idle_hours_end_a_session(idle: int, alive: bool, world: World, token: str) -> None:
    """DESIGN section 3: browser session, idle."""
    world.clock.shift(idle)
    assert works(token) is alive


def test_use_moves_the_idle_end_but_not_the_absolute_one(world: World, token: str) -> None:
    """DESIGN section 3: 30 days, whatever happens."""
    for _ in range(30 * 24 // 10 - 1):
        world.clock.shift(10 * HOUR)
        assert me(token).status == 200
    world.clock.shift(10 * HOUR - 1)
    assert works(token)
    world.clock.shift(1)
    assert not works(token)


@pytest.mark.parametrize(("seconds", "noted"), [(15 * MINUTE - 1, False), (15 * MINUTE, True)])
def test_being_seen_is_noted_every_15_minutes(seconds: int, noted: bool, world: World, token: str) -> None:
    """Pages do not buy a write each."""
    before = row(world, token).seen_at
    world.clock.shift(seconds)
    me(token)
    assert row(world, token).seen_at == (world.now if noted else before)


def end_by_deactivation(world: World) -> None:
    """Deactivate Leo."""
    people.deactivate(world.user(world.leo.user_id), world.origin())


def end_by_activity_alone(world: World) -> None:
    """Have Leo inactive without any number going up."""
    user = world.user(world.leo.user_id)
    user.active = False
    user.save()


def end_by_session_number(world: World) -> None:
    """End all sessions of Leo's, as a new password does."""
    user = world.user(world.leo.user_id)
    user.session_no += 1
    user.save()


def end_by_epoch(world: World) -> None:
    """Begin a new epoch, as restoring a backup does."""
    write_together(*changed(world.settings(), {"epoch": "another"}))


def end_by_sweeping_the_person(world: World) -> None:
    """Have no such person any more."""
    world.user(world.leo.user_id).delete()


ENDINGS = [
    end_by_deactivation,
    end_by_activity_alone,
    end_by_session_number,
    end_by_epoch,
    end_by_sweeping_the_person,
]


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_what_ends_every_session_of_a_person(end: Callable[[World], None], world: World, token: str) -> None:
    """DESIGN section 2: `session_no`, `epoch` and activity decide with the next request."""
    assert works(token)
    end(world)
    assert not works(token)


def test_nothing_revives_with_the_account(world: World, token: str) -> None:
    """DESIGN section 4: the numbers went up."""
    end_by_deactivation(world)
    people.reactivate(world.user(world.leo.user_id), world.origin())
    assert not works(token)
    assert works(world.session(world.user(world.leo.user_id)))


def test_a_session_does_not_depend_on_the_provider(world: World, token: str) -> None:
    """DESIGN section 2."""
    world.set(provider_on=False)
    assert works(token)


def test_signing_out_ends_this_session_and_no_other(world: World, token: str) -> None:
    """Issue 2 item 2."""
    other = world.session(world.leo)
    sessions.close(row(world, token), world.origin(world.leo.user_id))
    assert not works(token)
    assert works(other)


def test_signing_out_twice_is_no_mistake(world: World, token: str) -> None:
    """Two windows of one browser."""
    stored = row(world, token)
    for _ in range(2):
        sessions.close(stored, world.origin(world.leo.user_id))
    assert [event.action for event in Event.scan()].count("user.sign_out") == 1


def test_device_and_network_are_kept_for_the_person_to_see(world: World) -> None:
    """DESIGN section 2: a long device name is cut."""
    origin = world.origin()._replace(device="d" * 500)
    opened = sessions.prepare(world.leo, world.settings(), origin)
    assert (opened.session.device, opened.session.network) == ("d" * 200, origin.network)


def test_a_session_row_is_swept_after_its_absolute_end(world: World, token: str) -> None:
    """DESIGN section 2: TTL, in seconds."""
    assert row(world, token).ttl == world.now // 1000 + 30 * DAY


@pytest.mark.parametrize("form", ["{!r}", "{!s}"])
def test_a_token_does_not_slip_into_a_log(form: str, world: World) -> None:
    """DESIGN section 4: nothing secret in a log."""
    opened = sessions.prepare(world.leo, world.settings(), world.origin())
    assert opened.token not in form.format(opened)


def test_the_open_sessions_of_a_person_are_those_that_count_the_last_used_first(world: World, token: str) -> None:
    """Ux 6.14: ended, idle and old ones are not shown."""
    world.clock.shift(11 * HOUR)
    world.session(world.ana)
    recent = world.session(world.leo)
    shown = sessions.open_sessions(world.leo, world.settings(), world.now)
    assert [each.session_id for each in shown] == [row(world, recent).session_id, row(world, token).session_id]
    world.clock.shift(HOUR)
    shown = sessions.open_sessions(world.leo, world.settings(), world.now)
    assert [each.session_id for each in shown] == [row(world, recent).session_id]
    end_by_session_number(world)
    assert sessions.open_sessions(world.user(world.leo.user_id), world.settings(), world.now) == []


def test_who_signs_out_everywhere_else_goes_on_with_a_new_session(world: World, token: str) -> None:
    """Ux 6.14: one write ends all others."""
    opened = sessions.sign_out_others(world.leo, world.settings(), world.origin(world.leo.user_id))
    assert (works(token), works(opened.token)) == (False, True)
