"""Keys that change in the middle of traffic: what stays good, what stops, and commands at the same time (DESIGN 3)."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jwt
import pytest

from chalicelib.credentials import parse_refresh
from chalicelib.errors import Unavailable
from chalicelib.store import key_rotation, keys
from chalicelib.store.audit import Origin
from chalicelib.store.authorizations import ACTIVE, authorization_key
from chalicelib.store.key_rotation import KeyRefused, drop, publish, publish_root, sign_with
from tests.faults import just_before, refused
from tests.make import App, World
from tests.races.racing import allow, exchange, in_turns, me, refresh, send
from tests.vault import kept_as_found, kids


@pytest.fixture(autouse=True)
def vault(world: World) -> Iterator[Any]:
    """The secret, left as it was found."""
    with kept_as_found() as client:
        yield client


@pytest.fixture
def app(world: World) -> App:
    """An application."""
    return world.app()


@pytest.fixture
def operator(world: World) -> Callable[[], Origin]:
    """Somebody with the deployment's own credentials."""
    return lambda: key_rotation.operator(world.now)


@pytest.fixture
def tokens(world: World, app: App) -> dict[str, Any]:
    """Tokens of Leo's, which this worker has seen: it is warm."""
    issued: dict[str, Any] = exchange(app, allow(app, world.session(world.leo))).json
    assert me(issued["access_token"]).status == 200
    return issued


def kid_of(token: str) -> str:
    """The key a token was signed with."""
    return str(jwt.get_unverified_header(token)["kid"])


def published() -> list[str]:
    """The keys others can fetch."""
    return [key["kid"] for key in send("GET", "/oauth/jwks").json["keys"]]


# --- signing keys -----------------------------------------------------------------------------------------------


def test_a_token_outlives_the_rotation_of_its_key_and_not_its_end(
    world: World, app: App, tokens: dict[str, Any], operator: Callable[[], Origin]
) -> None:
    """OIDC-5: published before it signs, the old one kept; attack 16: dropped, it is refused at the next request."""
    old = kid_of(tokens["access_token"])
    new = publish(operator())
    assert published() == [old, new]
    assert kid_of(refresh(app, tokens["refresh_token"]).json["access_token"]) == old

    sign_with(new, operator(), at_once=True)
    later = exchange(app, allow(app, world.session(world.leo))).json["access_token"]
    assert kid_of(later) == new
    assert (me(tokens["access_token"]).status, me(later).status) == (200, 200)

    drop(old, operator())
    answer = me(tokens["access_token"])
    assert (answer.status, answer.json["error"]) == (401, "invalid_token")
    assert (me(later).status, published()) == (200, [new])


def test_a_worker_that_read_the_old_keys_refuses_a_dropped_one_at_its_next_request(
    world: World, app: App, tokens: dict[str, Any], operator: Callable[[], Origin]
) -> None:
    """Attack 16, two workers: this one holds the dropped key, and the settings it reads say that it is no more."""
    old = kid_of(tokens["access_token"])
    sign_with(publish(operator()), operator(), at_once=True)
    assert me(tokens["access_token"]).status == 200
    drop(old, operator())

    held = keys.newest()
    assert held is not None
    assert old in held[1].public
    assert held[0] != world.settings().keys_version
    assert me(tokens["access_token"]).status == 401


def test_a_key_dropped_while_a_request_is_on_its_way_counts_from_its_read(
    app: App, tokens: dict[str, Any], operator: Callable[[], Origin]
) -> None:
    """DESIGN section 1: what the read shows decides, not what was checked before it."""
    old = kid_of(tokens["access_token"])
    sign_with(publish(operator()), operator(), at_once=True)

    with just_before("BatchGetItem", lambda: drop(old, operator())):
        assert me(tokens["access_token"]).status == 401


# --- roots ------------------------------------------------------------------------------------------------------


def test_a_retry_across_a_rotation_of_roots_gives_the_same_successor(
    app: App, tokens: dict[str, Any], operator: Callable[[], Origin]
) -> None:
    """Note A, design-notes (b) 6 (2): the row says which key a generation was made with."""
    successor = refresh(app, tokens["refresh_token"]).json["refresh_token"]
    root = publish_root(operator())

    again = refresh(app, tokens["refresh_token"]).json["refresh_token"]

    assert again == successor
    next_one = parse_refresh(refresh(app, successor).json["refresh_token"])
    assert next_one is not None
    assert next_one.key_id == root


def test_a_rotation_between_read_and_write_of_a_refresh_gives_the_same_successor(
    app: App, tokens: dict[str, Any], operator: Callable[[], Origin]
) -> None:
    """The answer is lost and the root changes: the retry gives what the first would have given."""
    given: list[str] = []
    with just_before("UpdateItem", lambda: publish_root(operator())):
        given.append(refresh(app, tokens["refresh_token"]).json["refresh_token"])

    assert refresh(app, tokens["refresh_token"]).json["refresh_token"] == given[0]


def test_a_dropped_root_takes_its_refresh_tokens_along(
    world: World, app: App, tokens: dict[str, Any], operator: Callable[[], Origin]
) -> None:
    """Note A: a key that is gone gives no successor; what was issued since then is not touched."""
    [old] = [root["id"] for root in keys.content()["roots"]]
    publish_root(operator())
    later = exchange(app, allow(app, world.session(world.leo))).json["refresh_token"]

    drop(old, operator())

    answer = refresh(app, tokens["refresh_token"])
    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")
    located = parse_refresh(tokens["refresh_token"])
    assert located is not None
    assert world.row(authorization_key(located.user_id, located.authorization_id)).state == ACTIVE
    assert refresh(app, later).status == 200


def test_nothing_stops_when_a_command_is_interrupted(
    world: World, app: App, tokens: dict[str, Any], operator: Callable[[], Origin]
) -> None:
    """A worker that starts then makes tokens that a warm one takes: the secret is written, the settings are not."""
    warm = world.settings().keys
    with refused("TransactWriteItems"), pytest.raises(Unavailable):
        publish_root(operator())
    keys.forget()
    by_cold = refresh(app, tokens["refresh_token"]).json["refresh_token"]

    keys._held.clear()
    keys._held[world.settings().keys_version] = warm
    assert refresh(app, by_cold).status == 200


# --- commands at the same time ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_whoever_drops_and_whoever_signs_leave_a_key_that_signs(
    world: World, operator: Callable[[], Origin], seed: int
) -> None:
    """One of the two is refused, or comes later: the key that signs is always in the secret."""
    waiting = publish(operator())

    in_turns(
        [
            partial(tried, lambda: sign_with(waiting, operator(), at_once=True)),
            partial(tried, lambda: drop(waiting, operator())),
        ],
        seed,
    )

    assert world.settings().signing_kid in kids()
    assert world.settings().keys.private(world.settings().signing_kid)


@pytest.mark.parametrize("seed", range(6))
def test_a_dropped_key_does_not_come_back_with_a_published_one(
    world: World, operator: Callable[[], Origin], seed: int
) -> None:
    """Each of two commands at once writes the whole secret: none may undo the other."""
    old = world.settings().signing_kid
    sign_with(publish(operator()), operator(), at_once=True)

    done = in_turns(
        [partial(tried, lambda: drop(old, operator())), partial(tried, lambda: publish(operator()))],
        seed,
    )

    assert any(done)
    assert (old in kids()) == (not done[0])
    assert len(kids()) == 2 - done[0] + done[1]
    assert set(world.settings().keys.public) == set(kids())


def tried(command: Callable[[], Any]) -> bool:
    """Give a command; whether it was carried out."""
    try:
        command()
    except KeyRefused:
        return False
    return True
