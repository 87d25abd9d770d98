"""Counters of tries in a window of time.

What is reserved before the work is done cannot be outrun by parallel tries.
"""

from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute

from chalicelib.store.audit import Origin, refused
from chalicelib.store.reading import Key
from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.writing import Change, ConditionFailed, put, update, write_together

SECOND = 1000  # milliseconds


class Limit(Record):
    """How often something was tried in one window; `at` is when it was noted last."""

    class Meta:
        table_name = table("limits")

    bucket = UnicodeAttribute(hash_key=True)
    tries = IntAttribute()
    at = IntAttribute(null=True)
    ttl = ExpiryAttribute()


class Bucket(NamedTuple):
    """One counter: what it counts, in which window, up to how many.  `until` is Unix seconds."""

    name: str
    limit: int
    until: int

    @property
    def row(self) -> Limit:
        """The row of this window: the next window has its own."""
        return Limit(bucket=f"{self.name}@{self.until}")

    @property
    def key(self) -> Key[Limit]:
        """The key of this window's row, for who reads the count before anything is written."""
        return Key(Limit, self.row.bucket)

    def spent(self, row: Limit | None) -> bool:
        """Whether no try is left, as the row was read."""
        return row is not None and row.tries >= self.limit

    def left(self, now: int) -> int:
        """Seconds until the window ends; `now` is Unix milliseconds."""
        return max(1, self.until - now // 1000)


def window_end(window: int, now: int) -> int:
    """When the window ends that it is now: windows of so many seconds, on the clock; `now` is Unix milliseconds."""
    return (now // 1000 // window + 1) * window


def tried(bucket: Bucket) -> Change:
    """Count one try, if there is one left."""
    room = Limit.tries.does_not_exist() | (Limit.tries < bucket.limit)
    return update(bucket.row, Limit.tries.add(1), Limit.ttl.set(bucket.until), condition=room)


def given_back(bucket: Bucket) -> Change:
    """Give a try back that turned out to be right."""
    return update(bucket.row, Limit.tries.add(-1), condition=Limit.tries > 0)


def first_noted(bucket: Bucket, now: int) -> Change:
    """Note that something happened, for the first time in its window."""
    row = bucket.row
    row.tries, row.at, row.ttl = 1, now, bucket.until
    return put(row, Limit.bucket.does_not_exist())


def noted_again(bucket: Bucket, now: int) -> Change:
    """Note that something happened again: at most once a second, whatever happens."""
    due = Limit.at <= now - SECOND
    return update(bucket.row, Limit.tries.add(1), Limit.at.set(now), condition=due)


def record_once(bucket: Bucket, origin: Origin, action: str) -> None:
    """Audit a used-up limit once per window, so that guessing buys no writes.

    Raises:
        Contention: DynamoDB could not decide.

    """
    spent = Bucket(f"{bucket.name}#recorded", 1, bucket.until)
    try:
        write_together(tried(spent), refused(origin, action, bucket.name))
    except ConditionFailed:
        return
