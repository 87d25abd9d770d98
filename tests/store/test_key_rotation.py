"""Rotating keys: publish, sign with, drop; refusals, interruptions, and what the list says (DESIGN section 3)."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.store import key_rotation, keys
from chalicelib.store.audit import Event, Origin
from chalicelib.store.key_rotation import KeyRefused, Line, drop, listed, publish, publish_root, sign_with
from tests.faults import just_before, refused
from tests.make import World
from tests.vault import kept_as_found, kids, root_ids

INTERRUPTED: dict[str, Callable[[str, Origin], Any]] = {
    "publish": lambda _, origin: publish(origin),
    "publish root": lambda _, origin: publish_root(origin),
    "drop": drop,
}


@pytest.fixture(autouse=True)
def vault(world: World) -> Iterator[Any]:
    """The secret, left as it was found."""
    with kept_as_found() as client:
        yield client


@pytest.fixture
def operator(world: World) -> Callable[[], Origin]:
    """Somebody with the deployment's own credentials."""
    return lambda: key_rotation.operator(world.now)


@pytest.fixture
def waiting(operator: Callable[[], Origin]) -> str:
    """A signing key that is published and does not sign yet."""
    return publish(operator())


def line(world: World, key_id: str) -> Line:
    """What the list says of a key."""
    [found] = [line for line in listed(world.now) if line.key_id == key_id]
    return found


def audited() -> list[tuple[str, str, str]]:
    """What the audit says about keys."""
    events = sorted(Event.scan(), key=lambda event: str(event.event_id))
    return [(event.actor_id, event.action, event.object) for event in events if event.action.startswith("keys.")]


# --- publishing -------------------------------------------------------------------------------------------------


def test_every_key_says_when_it_was_made(world: World, operator: Callable[[], Origin]) -> None:
    """Unix seconds, per key and per root."""
    kid, root = publish(operator()), publish_root(operator())

    assert (line(world, kid).made_at, line(world, root).made_at) == (world.now // 1000, world.now // 1000)
    assert all(key["made_at"] <= time.time() + 10**6 for key in [*keys.content()["signing"], *keys.content()["roots"]])


def test_a_new_signing_key_is_published_and_does_not_sign(world: World, operator: Callable[[], Origin]) -> None:
    """OIDC-5: publish before signing."""
    before = world.settings()

    kid = publish(operator())

    after = world.settings()
    assert (after.signing_kid, after.keys_version) == (before.signing_kid, before.keys_version + 1)
    assert list(after.keys.public) == [before.signing_kid, kid]
    assert line(world, kid).state == "published"


def test_publishing_again_gives_the_key_that_waits(world: World, waiting: str, operator: Callable[[], Origin]) -> None:
    """A repeated command is harmless."""
    version = world.settings().keys_version

    assert publish(operator()) == waiting
    assert world.settings().keys_version == version


def test_a_new_root_is_used_for_everything_new(world: World, operator: Callable[[], Origin]) -> None:
    """Note A of the checklists: the old one stays for checking."""
    old = world.settings().keys.root_id

    new = publish_root(operator())

    held = world.settings().keys
    assert (held.root_id, root_ids()) == (new, [new, old])
    assert held.derive("refresh token", old) is not None
    assert (line(world, new).state, line(world, old).state) == ("in use", "needed")


def test_no_two_keys_have_one_id(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """`drop` names a key by its id alone."""
    drawn = iter("aaaabbbb")
    monkeypatch.setattr("chalicelib.store.keys.secrets.choice", lambda _: next(drawn))

    assert keys.new_root(0, {"aaaa"})["id"] == "bbbb"


# --- signing ----------------------------------------------------------------------------------------------------


def test_a_key_signs_a_day_after_it_was_published(world: World, waiting: str, operator: Callable[[], Origin]) -> None:
    """OIDC-5: not before others have had time to fetch it; a second earlier it is refused with the reason."""
    world.clock.shift(timedelta(hours=24) - timedelta(seconds=1))
    with pytest.raises(KeyRefused, match=r"less than 24 hours ago: servers that keep our key set .* Wait 1 h"):
        sign_with(waiting, operator())
    world.clock.shift(1)

    sign_with(waiting, operator())

    assert world.settings().signing_kid == waiting
    assert line(world, waiting).state == "in use"


def test_a_leak_does_not_wait(world: World, waiting: str, operator: Callable[[], Origin]) -> None:
    """`--now`: what others cannot check for an hour is better than what somebody else can sign."""
    sign_with(waiting, operator(), at_once=True)

    assert world.settings().signing_kid == waiting


def test_a_key_that_is_not_there_cannot_sign(world: World, operator: Callable[[], Origin]) -> None:
    """A root's id is not a signing key's either."""
    before = world.settings().signing_kid
    for name in ("gone", world.settings().keys.root_id):
        with pytest.raises(KeyRefused, match=f"There is no signing key {name}"):
            sign_with(name, operator())

    assert world.settings().signing_kid == before


def test_signing_with_the_key_that_signs_changes_nothing(world: World, operator: Callable[[], Origin]) -> None:
    """A repeated command is harmless."""
    before = world.settings()

    sign_with(before.signing_kid, operator())

    assert (world.settings().version, audited()) == (before.version, [])


def test_a_replaced_key_is_needed_until_its_last_token_ended(
    world: World, waiting: str, operator: Callable[[], Origin]
) -> None:
    """DESIGN section 3: served until its last token ended: an hour, and a minute for what was being signed."""
    old = world.settings().signing_kid
    sign_with(waiting, operator(), at_once=True)

    assert (line(world, old).state, line(world, old).until) == ("needed", world.now // 1000 + 3600 + 60)
    world.clock.shift(3660)
    assert line(world, old).state == "idle"


def test_a_short_lifetime_of_ours_does_not_shorten_that_of_other_servers(
    world: World, waiting: str, operator: Callable[[], Origin]
) -> None:
    """DESIGN section 3: access tokens for another resource server live up to 15 minutes."""
    world.set(access_token_lifetime=300)
    old = world.settings().signing_kid
    sign_with(waiting, operator(), at_once=True)

    assert line(world, old).until == world.now // 1000 + 15 * 60 + 60


def test_a_key_can_be_taken_back_into_use(world: World, waiting: str, operator: Callable[[], Origin]) -> None:
    """Going back is the same command, without waiting a day again."""
    old = world.settings().signing_kid
    sign_with(waiting, operator(), at_once=True)

    sign_with(old, operator())

    assert (line(world, old).state, line(world, waiting).state) == ("in use", "needed")


# --- dropping ---------------------------------------------------------------------------------------------------


def test_the_key_that_signs_cannot_be_dropped(world: World, operator: Callable[[], Origin]) -> None:
    """Nobody could be given a token any more."""
    kid = world.settings().signing_kid

    with pytest.raises(KeyRefused, match=f"{kid} signs. Publish another key and sign with that first"):
        drop(kid, operator())

    assert kids() == [kid]


def test_the_root_in_use_cannot_be_dropped(world: World, operator: Callable[[], Origin]) -> None:
    """Nobody could be given a refresh token any more."""
    root = world.settings().keys.root_id

    with pytest.raises(KeyRefused, match=f"{root} is in use. Publish another root first"):
        drop(root, operator())

    assert root_ids() == [root]


def test_a_key_that_is_not_there_cannot_be_dropped(operator: Callable[[], Origin]) -> None:
    """A mistyped id is said, not taken for done."""
    with pytest.raises(KeyRefused, match="There is no key gone"):
        drop("gone", operator())


def test_dropping_takes_the_key_out_and_tells_warm_workers(
    world: World, waiting: str, operator: Callable[[], Origin]
) -> None:
    """DESIGN section 3: a warm worker re-reads the secret exactly when `keys_version` differs."""
    old = world.settings().signing_kid
    sign_with(waiting, operator(), at_once=True)
    warm = world.settings().keys

    gone = drop(old, operator())

    assert (gone.key_id, gone.state) == (old, "needed")
    assert (kids(), list(world.settings().keys.public)) == ([waiting], [waiting])
    assert old in warm.public


def test_what_nobody_needs_is_dropped_without_a_warning(
    world: World, waiting: str, operator: Callable[[], Origin]
) -> None:
    """A published key that never signed, and a root whose refresh tokens have all been idle too long."""
    old = world.settings().keys.root_id
    publish_root(operator())
    assert drop(waiting, operator()).state == "published"
    world.clock.shift(world.settings().refresh_idle)

    assert drop(old, operator()).state == "idle"


def test_commands_are_audited_as_the_operators(world: World, waiting: str, operator: Callable[[], Origin]) -> None:
    """DESIGN section 2: rotating keys is audited."""
    old = world.settings().signing_kid
    sign_with(waiting, operator(), at_once=True)
    world.clock.shift(1)
    drop(old, operator())

    assert sorted(audited()) == sorted(
        [
            ("operator", "keys.publish", waiting),
            ("operator", "keys.sign_with", waiting),
            ("operator", "keys.drop", old),
        ]
    )


# --- interruptions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", INTERRUPTED)
def test_a_command_that_was_interrupted_is_finished_by_the_same_command(
    world: World, operator: Callable[[], Origin], action: str
) -> None:
    """Secret first, settings second: in between every worker goes on; the command again makes nothing twice."""
    waiting = publish(operator()) if action == "drop" else ""
    command = partial(INTERRUPTED[action], waiting)
    before, recorded = world.settings().keys_version, len(audited())
    with refused("TransactWriteItems"), pytest.raises(Unavailable):
        command(operator())
    changed = (kids(), root_ids())
    assert world.settings().keys_version == before
    world.clock.shift(timedelta(minutes=2))

    command(operator())

    assert (kids(), root_ids()) == changed
    assert world.settings().keys_version == before + 1 == keys.content()["version"]
    assert [entry[1] for entry in audited()[recorded:]] == [f"keys.{action.partition(' ')[0]}"]


def test_a_root_that_was_not_announced_is_known_and_not_used(world: World, operator: Callable[[], Origin]) -> None:
    """A worker that starts after the interruption must make nothing that warm ones cannot check."""
    old = world.settings().keys.root_id
    with refused("TransactWriteItems"), pytest.raises(Unavailable):
        publish_root(operator())
    keys.forget()
    world.clock.shift(timedelta(minutes=2))

    cold = world.settings().keys
    assert cold.root_id == old
    assert cold.derive("refresh token", root_ids()[0]) is not None
    assert [line.state for line in listed(world.now) if line.kind == "root"] == ["published", "in use"]


def test_another_command_finishes_what_was_interrupted_first(
    world: World, waiting: str, operator: Callable[[], Origin]
) -> None:
    """A key that was to be dropped does not come back, whatever is done next."""
    with refused("TransactWriteItems"), pytest.raises(Unavailable):
        drop(waiting, operator())
    world.clock.shift(timedelta(minutes=2))

    other = publish(operator())

    assert waiting not in world.settings().keys.public
    assert set(audited()) == {
        ("operator", "keys.publish", waiting),
        ("operator", "keys.drop", waiting),
        ("operator", "keys.publish", other),
    }


def test_who_changes_the_keys_is_alone(world: World, waiting: str, operator: Callable[[], Origin]) -> None:
    """Secrets Manager takes no condition: without this, one of two commands at once would undo the other."""
    met: list[str] = []

    def meet() -> None:
        with pytest.raises(KeyRefused) as refusal:
            drop(waiting, operator())
        met.append(str(refusal.value))

    with just_before("TransactWriteItems", meet):
        publish_root(operator())

    assert met == ["Another command is changing the keys. Try again in two minutes."]
    assert drop(waiting, operator()).key_id == waiting


def test_an_administrator_may_change_settings_meanwhile(
    world: World, waiting: str, operator: Callable[[], Origin]
) -> None:
    """The settings' own condition: neither change is lost."""
    with just_before("TransactWriteItems", lambda: world.set(site_name="Renamed")):
        sign_with(waiting, operator(), at_once=True)

    assert (world.settings().site_name, world.settings().signing_kid) == ("Renamed", waiting)
