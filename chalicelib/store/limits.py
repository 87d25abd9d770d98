"""Counters of tries in a window of time.

What is reserved before the work is done cannot be outrun by parallel tries.
"""

from dataclasses import dataclass

from pynamodb.attributes import UnicodeAttribute

from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.writing import Change, update


class Limit(Record):
    """How often something was tried in one window."""

    class Meta:
        table_name = table("limits")

    bucket = UnicodeAttribute(hash_key=True)
    tries = IntAttribute()
    ttl = ExpiryAttribute()


@dataclass(frozen=True, slots=True)
class Bucket:
    """One counter: what it counts, in which window, up to how many.  `until` is Unix seconds."""

    name: str
    limit: int
    until: int

    @property
    def row(self) -> Limit:
        """The row of this window: the next window has its own."""
        return Limit(bucket=f"{self.name}@{self.until}")


def tried(bucket: Bucket) -> Change:
    """Count one try, if there is one left."""
    room = Limit.tries.does_not_exist() | (Limit.tries < bucket.limit)
    return update(bucket.row, Limit.tries.add(1), Limit.ttl.set(bucket.until), condition=room)


def given_back(bucket: Bucket) -> Change:
    """Give a try back that turned out to be right."""
    return update(bucket.row, Limit.tries.add(-1), condition=Limit.tries > 0)
