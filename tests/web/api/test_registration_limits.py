"""How many may register themselves, and what is recorded of those who may not (attack 23; contract case 137)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import policy
from chalicelib.store.audit import Event
from chalicelib.store.clients import COPIES, Client
from chalicelib.store.limits import Limit
from local.server import Server
from tests.faults import counted, just_before
from tests.make import World
from tests.web.api.registering import refused, register, registered

HOUR = int(policy.REGISTRATION_WINDOW.total_seconds())
DAY = int(policy.REGISTRATION_DAY.total_seconds())
FULL = (429, "temporarily_unavailable")


@pytest.fixture(autouse=True)
def registration_open(world: World, server: Server) -> None:
    """The provider is on, and programs may register themselves."""
    world.set(dynamic_registration=True)


@contextmanager
def nothing_written() -> Iterator[None]:
    """Whatever happens in here is read and not written."""
    with counted() as calls:
        yield
    assert set(calls) == {"BatchGetItem"}


def used_up(world: World, name: str, window: int, count: int) -> None:
    """A counter as so many registrations leave it."""
    until = (world.now // 1000 // window + 1) * window
    Limit(bucket=f"{name}@{until}", tries=count, ttl=until).save()


def events() -> list[Any]:
    """What was recorded."""
    return list(Event.scan())


def test_the_limits_are_twenty_an_hour_and_a_thousand_a_day() -> None:
    """Attack 23: a cost with a bound."""
    assert (policy.REGISTRATIONS_PER_NETWORK, HOUR) == (20, 3600)
    assert (policy.REGISTRATIONS_A_DAY, DAY) == (1000, 86_400)


def test_each_registration_counts_for_its_network_and_for_all(world: World) -> None:
    """Attack 23."""
    registered()
    registered()

    assert {row.bucket.partition("@")[0]: row.tries for row in Limit.scan()} == {
        "registration#127.0.0": 2,
        "registration": 2,
    }


def test_a_network_that_used_up_its_hour_has_to_wait(world: World) -> None:
    """Attack 23; RFC 6585 section 4."""
    used_up(world, "registration#127.0.0", HOUR, policy.REGISTRATIONS_PER_NETWORK - 1)
    assert register().status == 201

    answer = register()

    assert refused(answer) == FULL
    assert answer.headers["Retry-After"] == "3600"
    world.clock.shift(timedelta(hours=1))
    assert register().status == 201


def test_everybodys_day_can_be_used_up_too(world: World) -> None:
    """Attack 23: many networks are one attack."""
    used_up(world, "registration", DAY, policy.REGISTRATIONS_A_DAY - 1)
    assert register().status == 201

    answer = register()

    assert refused(answer) == FULL
    assert answer.headers["Retry-After"] == str(12 * 3600)
    world.clock.shift(timedelta(hours=12))
    assert register().status == 201


def test_another_network_is_not_held_up(world: World) -> None:
    """Attack 23."""
    used_up(world, "registration#203.0.113", HOUR, policy.REGISTRATIONS_PER_NETWORK)

    assert register().status == 201


def test_what_is_over_the_limit_costs_one_read_and_no_row(world: World) -> None:
    """Attack 23: 100,000 posts leave nothing behind."""
    used_up(world, "registration#127.0.0", HOUR, policy.REGISTRATIONS_PER_NETWORK)
    register()

    with nothing_written():
        assert [register().status for _ in range(5)] == [429] * 5

    assert list(Client.scan()) == []


def test_nonsense_is_recorded_once_an_hour_and_then_costs_one_read(world: World) -> None:
    """Attack 23; DESIGN section 2: guessing buys no writes."""
    assert refused(register(redirect_uris=["javascript:x"]))[1] == "invalid_redirect_uri"

    with nothing_written():
        assert [register(redirect_uris=[]).status for _ in range(5)] == [400] * 5

    world.clock.shift(timedelta(hours=1))
    register(redirect_uris=[])
    found = [(e.action, e.result, e.object) for e in sorted(events(), key=lambda e: e.at)]
    assert found == [
        ("app.register_dynamic", "refused", "invalid_redirect_uri"),
        ("app.register_dynamic", "refused", "invalid_client_metadata"),
    ]


def test_nonsense_does_not_use_the_limit_up(world: World) -> None:
    """A typing mistake costs a developer nothing."""
    register(redirect_uris=[])

    assert [row.bucket.partition("@")[0] for row in Limit.scan()] == ["registration#127.0.0#recorded"]


def test_a_used_up_limit_is_recorded_once(world: World) -> None:
    """Contract case 137: failure is audited."""
    used_up(world, "registration#127.0.0", HOUR, policy.REGISTRATIONS_PER_NETWORK)

    assert [register().status for _ in range(3)] == [429, 429, 429]

    assert [(e.result, e.object, e.network) for e in events()] == [("refused", "temporarily_unavailable", "127.0.0.1")]


def test_while_it_is_off_nothing_is_written_at_all(world: World) -> None:
    """Attack 23: the default costs nothing."""
    world.set(dynamic_registration=False)

    with nothing_written():
        assert register().status == 400


def test_success_is_recorded_with_the_clients_name_and_id(world: World) -> None:
    """Contract case 137: `registerOAuthClient`."""
    body = registered(client_name="Tool")

    [event] = events()
    assert (event.action, event.result, event.object) == ("app.register_dynamic", "done", "Tool")
    assert (event.client_id, event.actor_id) == (body["client_id"], body["client_id"])
    assert body["registration_access_token"] not in str(event.attribute_values)
    assert body["client_secret"] not in str(event.attribute_values)


def test_the_last_try_is_given_once(world: World) -> None:
    """DESIGN section 1: who is overtaken reads again, finds nothing left and leaves no row."""
    used_up(world, "registration#127.0.0", HOUR, policy.REGISTRATIONS_PER_NETWORK - 1)

    with just_before("TransactWriteItems", registered):
        assert refused(register()) == FULL

    assert len(list(Client.scan())) == COPIES


def test_two_who_are_refused_at_once_are_recorded_once(world: World) -> None:
    """The record is conditional too."""
    with just_before("TransactWriteItems", lambda: register(redirect_uris=[])):
        assert register(redirect_uris=[]).status == 400

    assert len(events()) == 1
