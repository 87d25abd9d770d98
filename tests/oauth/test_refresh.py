"""Refreshing: rotation, grace, replay, narrowing."""

from datetime import timedelta

import pytest

from chalicelib.credentials import parse_refresh, refresh_token
from chalicelib.errors import InvalidGrant, InvalidScope
from chalicelib.oauth.tokens import Issued
from chalicelib.store.authorizations import ACTIVE, ENDED, Authorization
from chalicelib.store.grants import Grant, grant_key
from chalicelib.store.writing import update, write
from tests.make import App, World
from tests.oauth.flow import allow, authorization_of, exchange, refresh, renewal


def tokens_of(world: World, app: App) -> Issued:
    """The tokens of a first exchange."""
    return exchange(world, app, allow(world, app, world.leo))


def test_a_refresh_gives_the_next_token_and_a_new_access_token(world: World) -> None:
    """Contract cases 101 and 102; note A."""
    app = world.app()
    first = tokens_of(world, app)

    second = refresh(world, app, first.refresh_token)
    third = refresh(world, app, second.refresh_token)

    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert len({first.access_token, second.access_token, third.access_token}) == 3


@pytest.mark.parametrize(("public", "seconds"), [(False, 30), (True, 10)])
def test_a_retry_within_the_grace_is_answered_with_the_same_successor(world: World, public: bool, seconds: int) -> None:
    """Note A; DESIGN section 3: 30 s confidential, 10 s public."""
    app = world.app(public=public)
    first = tokens_of(world, app)
    second = refresh(world, app, first.refresh_token)
    world.clock.shift(seconds)

    again = refresh(world, app, first.refresh_token)

    assert again.refresh_token == second.refresh_token
    assert refresh(world, app, second.refresh_token)


@pytest.mark.parametrize(("public", "seconds"), [(False, 30.001), (True, 10.001)])
def test_a_retry_after_the_grace_is_a_replay_and_ends_the_authorization(
    world: World, public: bool, seconds: float
) -> None:
    """RFC 9700 section 4.14.2; 21-2."""
    app = world.app(public=public)
    first = tokens_of(world, app)
    second = refresh(world, app, first.refresh_token)
    world.clock.shift(seconds)

    with pytest.raises(InvalidGrant):
        refresh(world, app, first.refresh_token)
    with pytest.raises(InvalidGrant):
        refresh(world, app, second.refresh_token)

    assert authorization_of(world, first.refresh_token).ended_why == "refresh_replay"


def test_a_token_two_generations_old_is_a_replay_at_once(world: World) -> None:
    """Attack 12: replay of n-2."""
    app = world.app()
    first = tokens_of(world, app)
    third = refresh(world, app, refresh(world, app, first.refresh_token).refresh_token)

    with pytest.raises(InvalidGrant):
        refresh(world, app, first.refresh_token)

    assert authorization_of(world, third.refresh_token).state == ENDED


def test_a_token_of_another_client_is_refused_and_stays_good(world: World) -> None:
    """6749-7 for refresh tokens."""
    app, other = world.app(), world.app(name="Other")
    issued = tokens_of(world, app)

    with pytest.raises(InvalidGrant):
        refresh(world, other, issued.refresh_token)

    assert refresh(world, app, issued.refresh_token)


def test_a_token_is_of_its_client_even_if_another_grant_looked_like_its_own(world: World) -> None:
    """DESIGN section 2, alive: the authorization's `client_id` is the one presented."""
    app, other = world.app(), world.app(name="Other")
    issued = tokens_of(world, app)
    tokens_of(world, other)
    grant_id = world.row(grant_key(world.leo.user_id, app.client_id)).grant_id
    theirs = world.row(grant_key(world.leo.user_id, other.client_id))
    write(update(theirs, Grant.grant_id.set(grant_id), condition=Grant.user_id.exists()))

    with pytest.raises(InvalidGrant):
        refresh(world, other, issued.refresh_token)

    assert refresh(world, app, issued.refresh_token)


@pytest.mark.parametrize("generation", [0, 2, 3, 2**32 - 1])
def test_a_forged_generation_is_refused_and_ends_nothing(world: World, generation: int) -> None:
    """Note A: forging needs the key and the row; a guess must not end anybody's access."""
    app = world.app()
    issued = tokens_of(world, app)
    held = parse_refresh(renewal(issued))
    assert held is not None
    forged = refresh_token(held.key_id, held.user_id, held.authorization_id, generation, b"\x00" * 32)

    with pytest.raises(InvalidGrant):
        refresh(world, app, forged)

    assert refresh(world, app, issued.refresh_token)


def test_a_refresh_token_dies_of_not_being_used(world: World) -> None:
    """21-4; attack 17: the row is still there."""
    app = world.app()
    issued = tokens_of(world, app)
    world.clock.shift(world.settings().refresh_idle)

    with pytest.raises(InvalidGrant):
        refresh(world, app, issued.refresh_token)


def test_using_it_keeps_a_refresh_token_alive_until_a_year_is_over(world: World) -> None:
    """DESIGN section 3: refresh idle 30 days, absolute 1 year."""
    app = world.app()
    issued = tokens_of(world, app)
    for _ in range(12):
        world.clock.shift(timedelta(days=29))
        issued = refresh(world, app, issued.refresh_token)
    world.clock.shift(timedelta(days=17))

    with pytest.raises(InvalidGrant):
        refresh(world, app, issued.refresh_token)


def test_a_refresh_may_not_widen_and_the_attempt_uses_nothing_up(world: World) -> None:
    """6749-13."""
    app = world.app()
    issued = tokens_of(world, app)

    with pytest.raises(InvalidScope):
        refresh(world, app, issued.refresh_token, "user admin")

    assert refresh(world, app, issued.refresh_token, "user").scope == "user"


def test_a_token_under_a_retired_key_is_refused(world: World) -> None:
    """Note A: key id in the token; a key that is gone gives no successor."""
    app = world.app()
    issued = tokens_of(world, app)
    row = authorization_of(world, issued.refresh_token)
    write(update(row, Authorization.mac_kid.set("gone"), condition=Authorization.state == ACTIVE))

    with pytest.raises(InvalidGrant):
        refresh(world, app, issued.refresh_token)
