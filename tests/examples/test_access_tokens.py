"""The offline check: which keys it knows, and how often it asks for them (checklists 1.9, 1.17 oidc-5)."""

from collections.abc import Iterator

import pytest

from chalicelib import config
from chalicelib.store import key_rotation
from tests.examples.resource_servers import AccessTokens
from tests.examples.tokens import Issuing
from tests.faults import counted
from tests.make import App, World
from tests.vault import kept_as_found


@pytest.fixture
def tokens(registered: App) -> AccessTokens:
    """A check that has no keys yet."""
    return AccessTokens(config.current().issuer, registered.redirect_uri)


@pytest.fixture
def vault(world: World) -> Iterator[None]:
    """Keys that may be changed."""
    with kept_as_found():
        yield


def changed_key(world: World) -> None:
    """Let another key sign from now on."""
    kid = key_rotation.publish(key_rotation.operator(world.now))
    key_rotation.sign_with(kid, key_rotation.operator(world.now), at_once=True)


def test_keys_are_asked_for_once(tokens: AccessTokens, issuing: Issuing) -> None:
    """8414-4: not for every call."""
    token = issuing.good()
    tokens.verify(token)

    with counted() as calls:
        assert tokens.verify(token) is not None

    assert calls == []


def test_a_key_nobody_has_seen_yet_is_asked_for(
    vault: None, tokens: AccessTokens, issuing: Issuing, world: World
) -> None:
    """oidc-5: keys change while the API runs."""
    tokens.verify(issuing.good())
    tokens.keys.cooldown_duration = 0
    changed_key(world)

    assert tokens.verify(issuing.good()) is not None


def test_invented_key_ids_do_not_make_it_ask_again_and_again(tokens: AccessTokens, issuing: Issuing) -> None:
    """Attack 24: nobody may have an API hammer Gatepost."""
    tokens.verify(issuing.good())
    forged = issuing.bad("of an unknown key")

    with counted() as calls:
        assert tokens.verify(forged) is None

    assert calls == []
