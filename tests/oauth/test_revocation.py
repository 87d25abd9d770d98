"""Revoking by token."""

import pytest

from chalicelib.credentials import new_link_token, parse_refresh, refresh_token
from chalicelib.errors import InvalidGrant
from chalicelib.oauth import revocation
from chalicelib.oauth.tokens import Issued
from chalicelib.store.authorizations import ACTIVE, ENDED, authorization_key
from tests.make import App, World
from tests.oauth.flow import allow, authorization_of, exchange, refresh, renewal


def issued(world: World, app: App) -> Issued:
    """Tokens of a first exchange."""
    return exchange(world, app, allow(world, app, world.leo))


def revoke(world: World, app: App, text: str) -> None:
    """Revoke a token as an app that has authenticated."""
    located = revocation.locate(text)
    if located is None:
        return
    row = world.find(authorization_key(located.user_id, located.authorization_id))
    client = world.client(app.client_id)
    revocation.revoke(located, row, client, world.settings(), world.origin(app.client_id))


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_either_token_ends_the_authorization(world: World, kind: str) -> None:
    """7009-2."""
    app = world.app()
    tokens = issued(world, app)

    revoke(world, app, getattr(tokens, kind))

    row = authorization_of(world, tokens.refresh_token)
    assert (row.state, row.ended_why) == (ENDED, "revoked_by_client")
    with pytest.raises(InvalidGrant):
        refresh(world, app, tokens.refresh_token)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_only_the_install_the_token_is_of_ends(world: World, kind: str) -> None:
    """DESIGN section 2: end one install."""
    app = world.app()
    here, there = issued(world, app), issued(world, app)

    revoke(world, app, getattr(here, kind))

    assert refresh(world, app, there.refresh_token)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_another_clients_token_is_refused_and_not_revoked(world: World, kind: str) -> None:
    """7009-1."""
    app, other = world.app(), world.app(name="Other")
    tokens = issued(world, app)

    with pytest.raises(InvalidGrant):
        revoke(world, other, getattr(tokens, kind))

    assert authorization_of(world, tokens.refresh_token).state == ACTIVE


def test_revoking_twice_is_fine(world: World) -> None:
    """RFC 7009 section 2.2."""
    app = world.app()
    tokens = issued(world, app)

    revoke(world, app, renewal(tokens))
    revoke(world, app, renewal(tokens))

    assert authorization_of(world, tokens.refresh_token).state == ENDED


def test_an_older_refresh_token_of_the_same_install_ends_it_too(world: World) -> None:
    """7009-2: a client that lost an answer can still sign out."""
    app = world.app()
    first = issued(world, app)
    refresh(world, app, first.refresh_token)

    revoke(world, app, renewal(first))

    assert authorization_of(world, first.refresh_token).state == ENDED


def test_a_forged_refresh_token_ends_nothing(world: World) -> None:
    """Note A: who knows ids only can end nobody's access."""
    app = world.app()
    tokens = issued(world, app)
    held = parse_refresh(renewal(tokens))
    assert held is not None

    revoke(world, app, refresh_token(held.key_id, held.user_id, held.authorization_id, 1, b"\x00" * 32))

    assert authorization_of(world, tokens.refresh_token).state == ACTIVE


@pytest.mark.parametrize(
    "text",
    ["", "junk", "gpr_", "a.b.c", new_link_token("gpu_"), new_link_token("gpr_"), "\x00", "x" * 5000],
    ids=["none", "junk", "prefix", "dots", "link", "forged", "nul", "long"],
)
def test_what_is_no_token_of_ours_points_nowhere(world: World, text: str) -> None:
    """7009-1: answered like success."""
    assert revocation.locate(text) is None


def test_a_code_is_no_token(world: World) -> None:
    """RFC 7009 section 2.1: access and refresh tokens only."""
    app = world.app()
    code = allow(world, app, world.leo)

    assert revocation.locate(code) is None
    assert exchange(world, app, code)


def test_an_expired_access_token_ends_nothing(world: World) -> None:
    """7009-1: expired is answered like success."""
    app = world.app()
    tokens = issued(world, app)
    world.clock.shift(3600)

    revoke(world, app, tokens.access_token)

    assert authorization_of(world, tokens.refresh_token).state == ACTIVE
