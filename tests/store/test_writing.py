"""Writing: a condition repeats the read, the SDK's repetition of an applied write is our own (DESIGN section 1)."""

from collections.abc import Callable

import pytest
from pynamodb.expressions.condition import Condition

from chalicelib.store.limits import Limit
from chalicelib.store.reading import Key
from chalicelib.store.users import User, user_key
from chalicelib.store.writing import (
    Change,
    ConditionFailed,
    Contention,
    delete,
    put,
    update,
    write,
    write_together,
)
from tests.faults import answers_lost, just_before, refused, sent
from tests.make import World

ROW = Key(Limit, "row")
OTHER = Key(Limit, "other")
ABSENT: Condition = Limit.bucket.does_not_exist()


def row(tries: int, name: str = "row") -> Limit:
    """A row of the smallest table."""
    return Limit(bucket=name, tries=tries, ttl=1)


def one_more(seen: int) -> Change:
    """Count on from what was read."""
    return update(row(0), Limit.tries.add(1), condition=Limit.tries == seen)


def tries(world: World, key: Key[Limit] = ROW) -> int | None:
    """What the row says."""
    found = world.find(key)
    return found.tries if found else None


def test_a_write_whose_condition_holds_is_applied(world: World) -> None:
    """DESIGN section 1."""
    write(put(row(1), ABSENT))
    write(one_more(seen=1))

    assert tries(world) == 2


def test_a_write_whose_condition_fails_changes_nothing_and_tells_the_row_as_it_is(world: World) -> None:
    """DESIGN section 1: ReturnValuesOnConditionCheckFailure=ALL_OLD; the loser of a race decides without a read."""
    write(put(row(7), ABSENT))

    with pytest.raises(ConditionFailed) as failure:
        write(one_more(seen=6))

    there = failure.value.now(Limit)
    assert there is not None
    assert (there.bucket, there.tries) == ("row", 7)
    assert tries(world) == 7


def test_a_write_to_a_row_that_is_gone_fails_and_makes_none(world: World) -> None:
    """An UpdateItem would create the row anew, so there is none without a condition."""
    with pytest.raises(ConditionFailed) as failure:
        write(one_more(seen=1))

    assert failure.value.now(Limit) is None
    assert tries(world) is None


@pytest.mark.parametrize("change", [put(row(1), ABSENT), update(row(0), Limit.tries.set(1), condition=ABSENT)])
def test_the_sdks_repetition_of_an_applied_write_is_our_own(world: World, change: Change) -> None:
    """DESIGN section 1: the old image carries the mark of this very attempt."""
    with answers_lost("PutItem", "UpdateItem") as lost:
        write(change)

    assert len(lost) == 1
    assert tries(world) == 1


def test_a_write_somebody_elses_write_made_fail_is_not_taken_for_our_own(world: World) -> None:
    """DESIGN section 1: only the own mark counts."""
    with just_before("PutItem", lambda: write_together(put(row(7), ABSENT))), pytest.raises(ConditionFailed):
        write(put(row(1), ABSENT))

    assert tries(world) == 7


@pytest.mark.parametrize("action", [Limit.tries.set(2), Limit.tries.add(1)])
def test_every_update_leaves_its_mark_whatever_its_expression_is(world: World, action: object) -> None:
    """DESIGN section 1: with and without a SET of its own."""
    write(put(row(1), ABSENT))

    write(update(row(0), action, condition=Limit.tries == 1), "ours")  # type: ignore[arg-type]

    found = world.row(ROW)
    assert (found.tries, found.mark) == (2, "ours")


def test_the_sdks_repetition_of_an_applied_transaction_is_harmless(world: World) -> None:
    """DESIGN section 1: transactions carry a ClientRequestToken, the same at every repetition."""
    with answers_lost("TransactWriteItems") as lost, sent("TransactWriteItems") as bodies:
        write_together(put(row(1), ABSENT), put(row(1, "other"), ABSENT))

    assert len(lost) == 1
    assert len(bodies) == 2
    assert len({body["ClientRequestToken"] for body in bodies}) == 1
    assert (tries(world), tries(world, OTHER)) == (1, 1)


def test_two_transactions_never_share_a_token(world: World) -> None:
    """DESIGN section 1: a second transaction with the first one's token would be swallowed."""
    with sent("TransactWriteItems") as bodies:
        write_together(put(row(1)))
        write_together(put(row(2)))

    assert len({body["ClientRequestToken"] for body in bodies}) == 2
    assert tries(world) == 2


def test_a_transaction_is_applied_whole_or_not_at_all(world: World) -> None:
    """DESIGN section 1."""
    write(put(row(7), ABSENT))

    with pytest.raises(ConditionFailed) as failure:
        write_together(put(row(1, "other"), ABSENT), one_more(seen=6))

    there = failure.value.now(Limit)
    assert there is not None
    assert there.tries == 7
    assert tries(world, OTHER) is None


def test_a_delete_is_conditioned_too(world: World) -> None:
    """DESIGN section 1."""
    write(put(row(7), ABSENT))

    with pytest.raises(ConditionFailed):
        write_together(delete(row(0), Limit.tries == 6))
    write_together(delete(row(0), Limit.tries == 7))

    assert tries(world) is None


@pytest.mark.parametrize(
    ("operation", "attempt"),
    [
        ("PutItem", lambda: write(put(row(1), ABSENT))),
        ("UpdateItem", lambda: write(one_more(seen=1))),
        ("TransactWriteItems", lambda: write_together(put(row(1), ABSENT))),
    ],
)
@pytest.mark.parametrize("code", [None, "ThrottlingException", "ProvisionedThroughputExceededException"])
def test_conflict_and_throttle_are_neither_yes_nor_no(
    world: World, operation: str, attempt: Callable[[], None], code: str | None
) -> None:
    """DESIGN section 1: who won a conflict is only known after the next read."""
    with refused(operation, code=code), pytest.raises(Contention):
        attempt()

    assert tries(world) is None


@pytest.mark.parametrize(
    ("operation", "attempt"),
    [
        ("PutItem", lambda: write(put(row(1), ABSENT))),
        ("TransactWriteItems", lambda: write_together(put(row(1), ABSENT))),
    ],
)
def test_an_answer_that_never_comes_is_neither_yes_nor_no(
    world: World, operation: str, attempt: Callable[[], None]
) -> None:
    """DESIGN section 1: ambiguous failure; the SDK sends three times, then we read again."""
    with answers_lost(operation, times=3) as lost, pytest.raises(Contention):
        attempt()

    assert len(lost) == 3
    assert tries(world) == 1


def test_a_whole_row_is_compared_with_the_version_that_was_read(world: World) -> None:
    """DESIGN section 2: version."""
    leo = world.leo
    write(update(leo, User.version.add(1), condition=User.version == leo.version))

    with pytest.raises(ConditionFailed) as failure:
        write(update(leo, User.first_name.set("Lea"), condition=User.version == leo.version))

    there = failure.value.now(User)
    assert there is not None
    assert there.version == leo.version + 1
    assert world.row(user_key(leo.user_id)).first_name == "Leo"
