"""Reading: one strongly consistent batch across tables; a throttled row never looks missing (DESIGN section 1)."""

from typing import Any

import pytest

from chalicelib.credentials import new_id
from chalicelib.errors import Unavailable
from chalicelib.store.admins import ADMINS
from chalicelib.store.authorizations import authorization_key
from chalicelib.store.clients import Client, client_key, main_key
from chalicelib.store.grants import grant_key
from chalicelib.store.reading import BATCH_LIMIT, Key, query, read
from chalicelib.store.settings import settings_key
from chalicelib.store.users import name_key, user_key
from tests.faults import counted, left_unread, refused, sent
from tests.make import World


def test_rows_of_several_tables_come_with_one_call(world: World) -> None:
    """DESIGN section 1: one BatchGetItem across tables."""
    app, name = world.app(), name_key("u", "leo")
    keys: list[Key[Any]] = [settings_key(), user_key(world.leo.user_id), client_key(app.client_id), name]

    with counted() as calls:
        rows = read(*keys)

    assert calls == ["BatchGetItem"]
    assert [rows[key] is not None for key in keys] == [True] * 4


def test_each_key_gives_its_own_row(world: World) -> None:
    """DESIGN section 1."""
    leo, ana = user_key(world.leo.user_id), user_key(world.ana.user_id)

    rows = read(ana, leo)

    assert [row.username for row in (rows[leo], rows[ana]) if row] == ["leo", "ana"]


def test_a_key_named_twice_is_asked_for_once(world: World) -> None:
    """DESIGN section 1: DynamoDB refuses a batch that names a row twice."""
    with sent("BatchGetItem") as bodies:
        rows = read(user_key(world.leo.user_id), user_key(world.leo.user_id))

    [asked] = [batch["Keys"] for batch in bodies[0]["RequestItems"].values()]
    assert asked == [{"user_id": {"S": world.leo.user_id}}]
    assert rows[user_key(world.leo.user_id)] is not None


@pytest.mark.parametrize("asked", [0, 1, 3])
def test_any_copy_answers_for_the_row_whichever_copy_was_asked_for(world: World, asked: int) -> None:
    """DESIGN section 2, copies: two readers of one client may have drawn different copies; it is read once."""
    app = world.app()
    with sent("BatchGetItem") as bodies:
        rows = read(Key(Client, app.client_id, copy=asked), Key(Client, app.client_id, copy=2))

    [keys] = [batch["Keys"] for batch in bodies[0]["RequestItems"].values()]
    assert keys == [{"client_key": {"S": f"{app.client_id}#{asked}"}}]
    row = rows[main_key(app.client_id)]
    assert row is not None
    assert row.client_id == app.client_id


def test_every_read_of_a_batch_is_strongly_consistent(world: World) -> None:
    """DESIGN section 1: what was revoked must be seen as revoked by the next request."""
    with sent("BatchGetItem") as bodies:
        read(settings_key(), user_key(world.leo.user_id))

    assert [batch["ConsistentRead"] for batch in bodies[0]["RequestItems"].values()] == [True, True]


def test_a_query_of_a_table_is_strongly_consistent(world: World) -> None:
    """DESIGN section 1."""
    with sent("Query") as bodies:
        query(Client, "nobody")

    assert bodies[0]["ConsistentRead"] is True


def test_a_missing_row_is_none(world: World) -> None:
    """DESIGN section 1."""
    key = user_key(new_id())

    assert read(key)[key] is None


@pytest.mark.parametrize("key", [user_key(""), grant_key("", "a"), grant_key("a", ""), authorization_key("a", "")])
def test_a_key_that_cannot_exist_is_missing_and_not_asked_for(world: World, key: Key[Client]) -> None:
    """DynamoDB refuses empty key values; nothing can be stored under one."""
    with counted() as calls:
        assert read(key)[key] is None

    assert calls == []


def test_a_row_that_was_not_asked_for_is_an_error_not_a_missing_row(world: World) -> None:
    """DESIGN section 1: forgetting to read a row must never look as if the row were gone."""
    rows = read(settings_key())

    with pytest.raises(KeyError):
        rows[ADMINS]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_rows_left_unread_are_asked_for_again(world: World, times: int) -> None:
    """DESIGN section 1: UnprocessedKeys."""
    leo, live = user_key(world.leo.user_id), settings_key()

    with left_unread(times) as throttled, counted() as calls:
        rows = read(live, leo)

    assert len(throttled) == times
    assert len(calls) == times + 1
    assert rows[live] is not None
    assert rows[leo] is not None


def test_rows_that_stay_unread_never_look_missing(world: World) -> None:
    """DESIGN section 1: a throttled row never looks like a missing row; after four tries it is 503."""
    with left_unread(1000) as throttled, pytest.raises(Unavailable) as refusal:
        read(user_key(world.leo.user_id))

    assert len(throttled) == 4
    assert (refusal.value.status, refusal.value.headers) == (503, {"Retry-After": "2"})


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "InternalServerError", "ThrottlingException"]
)
def test_a_refused_read_never_looks_like_missing_rows(world: World, code: str) -> None:
    """DESIGN section 1."""
    with refused("BatchGetItem", code=code), pytest.raises(Unavailable):
        read(user_key(world.leo.user_id))


def test_a_refused_query_never_looks_like_an_empty_list(world: World) -> None:
    """DESIGN section 1."""
    with refused("Query", code="ThrottlingException"), pytest.raises(Unavailable):
        query(Client, "nobody")


def test_more_rows_than_a_batch_takes_are_read_in_several(world: World) -> None:
    """DynamoDB takes 100 keys."""
    leo = user_key(world.leo.user_id)
    strangers = [user_key(new_id()) for _ in range(BATCH_LIMIT)]

    with counted() as calls:
        rows = read(*strangers, leo)

    assert calls == ["BatchGetItem"] * 2
    assert rows[leo] is not None
