"""Exchanging a code: what is decided, and what is written."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from chalicelib.accounts import people
from chalicelib.errors import InvalidGrant, InvalidRequest
from chalicelib.oauth import grants, registration
from chalicelib.store.authorizations import ACTIVE, ENDED, PENDING
from chalicelib.store.grants import grant_key
from chalicelib.store.users import User
from chalicelib.store.writing import update, write
from tests.faults import counted
from tests.make import CALLBACK, SECOND_CALLBACK, VERIFIER, App, World
from tests.oauth.flow import allow, authorization_of, exchange, refresh

OTHER_VERIFIER = "x" * 43
Ending: TypeAlias = "Callable[[World, App], None]"


def test_a_code_is_swapped_for_tokens_of_the_same_authorization(world: World) -> None:
    """RFC 6749 section 4.1.4."""
    app = world.app()
    code = allow(world, app, world.leo)

    issued = exchange(world, app, code)

    assert (issued.scope, issued.expires_in) == ("user", 3600)
    assert (
        authorization_of(world, issued.refresh_token).authorization_id == authorization_of(world, code).authorization_id
    )
    assert authorization_of(world, code).state == ACTIVE


def test_every_exchange_gives_tokens_of_its_own(world: World) -> None:
    """DESIGN section 6: each exchange gives its own tokens."""
    app = world.app()

    first, second = (exchange(world, app, allow(world, app, world.leo)) for _ in range(2))

    assert first.refresh_token != second.refresh_token
    assert refresh(world, app, first.refresh_token)
    assert refresh(world, app, second.refresh_token)


def test_no_token_is_in_the_text_of_an_answer(world: World) -> None:
    """Attack 18."""
    app = world.app()
    issued = exchange(world, app, allow(world, app, world.leo))

    assert issued.access_token not in repr(issued)
    assert str(issued.refresh_token) not in repr(issued)


@pytest.mark.parametrize(
    ("redirect_uri", "verifier"),
    [
        (CALLBACK, OTHER_VERIFIER),
        (CALLBACK, None),
        (SECOND_CALLBACK, VERIFIER),
        (CALLBACK + "/", VERIFIER),
        ("junk", VERIFIER),
        (None, OTHER_VERIFIER),
    ],
)
def test_a_wrong_proof_is_refused_and_the_code_stays_usable(
    world: World, redirect_uri: str | None, verifier: str | None
) -> None:
    """6749-7; contract case 96."""
    app = world.app()
    code = allow(world, app, world.leo)

    with pytest.raises(InvalidGrant):
        exchange(world, app, code, redirect_uri, verifier)

    assert authorization_of(world, code).state == PENDING
    assert exchange(world, app, code)


def test_a_malformed_verifier_is_an_invalid_request(world: World) -> None:
    """7636-2."""
    app = world.app()

    with pytest.raises(InvalidRequest):
        exchange(world, app, allow(world, app, world.leo), CALLBACK, "short")


def test_the_redirect_uri_may_be_left_out_with_pkce(world: World) -> None:
    """6749-9: OAuth 2.1 clients do not send it."""
    app = world.app()

    assert exchange(world, app, allow(world, app, world.leo), None)


def test_the_redirect_uri_may_not_be_left_out_without_pkce(world: World) -> None:
    """6749-9."""
    app = world.app(pkce_exempt=True)
    code = allow(world, app, world.leo, code_challenge=None, code_challenge_method=None)

    with pytest.raises(InvalidGrant):
        exchange(world, app, code, None, None)

    assert exchange(world, app, code, CALLBACK, None)


def test_a_verifier_for_a_code_without_a_challenge_is_refused(world: World) -> None:
    """7636-3: a downgrade."""
    app = world.app(pkce_exempt=True)
    code = allow(world, app, world.leo, code_challenge=None, code_challenge_method=None)

    with pytest.raises(InvalidGrant):
        exchange(world, app, code, CALLBACK, VERIFIER)


def test_a_code_of_one_client_is_nothing_to_another(world: World) -> None:
    """6749-7."""
    app, other = world.app(), world.app(name="Other")
    code = allow(world, app, world.leo)

    with pytest.raises(InvalidGrant):
        exchange(world, other, code)

    assert exchange(world, app, code)


@pytest.mark.parametrize(("seconds", "works"), [(59.999, True), (60, False), (61, False)])
def test_a_code_lives_its_lifetime_and_no_longer(world: World, seconds: float, works: bool) -> None:
    """6749-7: 60 seconds; the row is still there, its time is up (attack 17)."""
    app = world.app()
    code = allow(world, app, world.leo)
    world.clock.shift(seconds)

    if works:
        assert exchange(world, app, code)
    else:
        with pytest.raises(InvalidGrant):
            exchange(world, app, code)
        assert authorization_of(world, code).state == PENDING


def test_a_code_that_is_too_old_is_refused_without_a_write(world: World) -> None:
    """DESIGN section 1: decide, then write; the write's own condition is the second lock."""
    app = world.app()
    code = allow(world, app, world.leo)
    world.clock.shift(60)

    with counted() as calls, pytest.raises(InvalidGrant):
        exchange(world, app, code)

    assert set(calls) == {"BatchGetItem"}


def test_a_replay_with_the_right_proof_ends_what_the_code_bought(world: World) -> None:
    """6749-8."""
    app = world.app()
    code = allow(world, app, world.leo)
    issued = exchange(world, app, code)

    with pytest.raises(InvalidGrant):
        exchange(world, app, code)

    row = authorization_of(world, code)
    assert (row.state, row.ended_why) == (ENDED, "code_replay")
    with pytest.raises(InvalidGrant):
        refresh(world, app, issued.refresh_token)


@pytest.mark.parametrize(
    ("redirect_uri", "verifier"), [(CALLBACK, OTHER_VERIFIER), (CALLBACK, None), (SECOND_CALLBACK, VERIFIER)]
)
def test_a_replay_with_the_wrong_proof_changes_nothing(world: World, redirect_uri: str, verifier: str | None) -> None:
    """6749-8, OAuth 2.1 draft: ending it would let anybody who saw a code end it."""
    app = world.app()
    code = allow(world, app, world.leo)
    issued = exchange(world, app, code)

    with pytest.raises(InvalidGrant):
        exchange(world, app, code, redirect_uri, verifier)

    assert refresh(world, app, issued.refresh_token)


def test_a_replay_by_another_client_changes_nothing(world: World) -> None:
    """6749-8."""
    app, other = world.app(), world.app(name="Other")
    code = allow(world, app, world.leo)
    issued = exchange(world, app, code)

    with pytest.raises(InvalidGrant):
        exchange(world, other, code)

    assert refresh(world, app, issued.refresh_token)


# --- what may happen between the code and its exchange ----------------------------------------------------------


def _revoke(world: World, app: App) -> None:
    grants.revoke(world.find(grant_key(world.leo.user_id, app.client_id)), world.origin())


def _allow_again(world: World, app: App) -> None:
    _revoke(world, app)
    allow(world, app, world.leo)


def _deactivate(world: World, app: App) -> None:
    people.deactivate(world.user(world.leo.user_id), world.origin())


def _mark_inactive(world: World, app: App) -> None:
    user = world.user(world.leo.user_id)
    write(update(user, User.active.set(False), condition=User.user_id.exists()))  # and nothing else, as no page does


def _reactivate(world: World, app: App) -> None:
    _deactivate(world, app)
    people.reactivate(world.user(world.leo.user_id), world.origin())


def _switch_off(world: World, app: App) -> None:
    world.set(provider_on=False)


def _new_epoch(world: World, app: App) -> None:
    world.set(epoch="another-epoch")


def _make_again(world: World, app: App) -> None:
    registration.delete(world.client(app.client_id), world.origin())
    draft = registration.Draft("Again", "", "https://standup.example.net", "", [app.redirect_uri])
    registration.register(draft, world.maya, world.origin(), client_id=app.client_id)


ENDINGS: list[Ending] = [
    _revoke,
    _allow_again,
    _deactivate,
    _mark_inactive,
    _reactivate,
    _switch_off,
    _new_epoch,
    _make_again,
]


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_code_outlives_what_it_hangs_on(world: World, ending: Ending) -> None:
    """DESIGN section 2, alive; contract cases 87 and 123."""
    app = world.app()
    code = allow(world, app, world.leo)
    ending(world, app)

    with pytest.raises(InvalidGrant):
        exchange(world, app, code)


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_refresh_token_outlives_what_it_hangs_on(world: World, ending: Ending) -> None:
    """DESIGN section 2, alive; DESIGN section 4: none of it revives but by resume, switching on, or a new consent."""
    app = world.app()
    issued = exchange(world, app, allow(world, app, world.leo))
    ending(world, app)

    with pytest.raises(InvalidGrant):
        refresh(world, app, issued.refresh_token)


def test_tokens_come_back_with_the_provider(world: World) -> None:
    """DESIGN section 4: switching on revives."""
    app = world.app()
    issued = exchange(world, app, allow(world, app, world.leo))
    world.set(provider_on=False)
    world.set(provider_on=True)

    assert refresh(world, app, issued.refresh_token)
