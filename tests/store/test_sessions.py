"""Sessions: what is shown once is kept longer once, and only while it is there (DESIGN section 2)."""

from collections.abc import Callable

import pytest

from chalicelib.credentials import parse_session
from chalicelib.store.sessions import (
    SealedSecret,
    Session,
    closed,
    extend_secret,
    forget_secret,
    secret_kept,
    seen,
    session_key,
)
from chalicelib.store.writing import ConditionFailed, write_together
from tests.make import World

MINUTE = 60_000


@pytest.fixture
def session(world: World) -> Session:
    """A session of Leo's that shows an application's secret for one minute."""
    located = parse_session(world.session(world.leo))
    assert located is not None
    key = session_key(located.user_id, located.row_id)
    write_together(secret_kept(world.row(key), SealedSecret("app", "00ff", world.now + MINUTE)))
    return world.row(key)


def again(world: World, session: Session) -> Session:
    """The session as it is now."""
    return world.row(session_key(session.user_id, session.session_id))


def extend(world: World, session: Session, client_id: str = "app") -> None:
    """Ask for another minute."""
    extend_secret(session, client_id, now=world.now, until=world.now + 2 * MINUTE)


def test_a_secret_is_kept_longer_once(world: World, session: Session) -> None:
    """UX 6.7."""
    extend(world, session)

    with pytest.raises(ConditionFailed):
        extend(world, session)

    assert again(world, session).sealed_until == world.now + 2 * MINUTE


def test_another_applications_secret_is_not_kept_longer(world: World, session: Session) -> None:
    """UX 6.7."""
    with pytest.raises(ConditionFailed):
        extend(world, session, "other")

    assert again(world, session).sealed_until == world.now + MINUTE


def test_a_secret_whose_time_is_over_stays_over(world: World, session: Session) -> None:
    """UX 6.7."""
    world.clock.shift(60)

    with pytest.raises(ConditionFailed):
        extend(world, session)


def test_a_new_secret_may_be_kept_longer_again(world: World, session: Session) -> None:
    """UX 6.12: a regenerated secret is shown like a first one."""
    extend(world, session)
    write_together(secret_kept(session, SealedSecret("app", "00ee", world.now + MINUTE)))

    extend(world, session)

    there = again(world, session)
    assert (there.sealed, there.sealed_until) == ("00ee", world.now + 2 * MINUTE)


def test_a_forgotten_secret_is_gone_from_the_row(world: World, session: Session) -> None:
    """DESIGN section 3: shown once."""
    forget_secret(session)

    there = again(world, session)
    assert [there.sealed, there.sealed_for, there.sealed_until, there.sealed_extended] == [None] * 4


@pytest.mark.parametrize("write", [forget_secret, lambda session: seen(session, 1)])
def test_a_closed_session_is_not_made_anew(world: World, session: Session, write: Callable[[Session], None]) -> None:
    """An UpdateItem would create the row, and a session with no limits at all."""
    write_together(closed(session))

    with pytest.raises(ConditionFailed):
        write(session)

    assert world.find(session_key(session.user_id, session.session_id)) is None
