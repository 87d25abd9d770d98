"""The record of every change of state, written in the change's own transaction.  It never holds a secret."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.store.reading import Listing, Span, rows_of
from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.writing import Change, put

KEPT_DAYS = 400
DAYS_AT_ONCE = 31
SHARD = 0  # one partition takes some 500 audited changes a second; more shards go here


class AuditByUser(GlobalSecondaryIndex["Event"]):
    """One person's events."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)


class AuditByClient(GlobalSecondaryIndex["Event"]):
    """One application's events."""

    class Meta:
        index_name = "by_client"
        projection = AllProjection()

    client_id = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)


class Event(Record):
    """Somebody changed something.  `user_id` is whom it concerns, `actor_id` who did it."""

    class Meta:
        table_name = table("audit")

    day = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)
    at = IntAttribute()
    actor_id = UnicodeAttribute()
    action = UnicodeAttribute()
    object = UnicodeAttribute()
    result = UnicodeAttribute()
    network = UnicodeAttribute()
    request_id = UnicodeAttribute()
    user_id = UnicodeAttribute(null=True)
    client_id = UnicodeAttribute(null=True)
    ttl = ExpiryAttribute()
    by_user = AuditByUser()
    by_client = AuditByClient()


class Origin(NamedTuple):
    """Where a change comes from: who, from which network address and device, in which request, when."""

    actor_id: str
    network: str
    device: str
    request_id: str
    now: int


def event(
    origin: Origin, action: str, about: str = "", *, user_id: str | None = None, client_id: str | None = None
) -> Change:
    """Record a change of state: `about` is what it was done to, the ids are whom it concerns."""
    return put(_row(origin, action, about, user_id=user_id, client_id=client_id))


def refused(origin: Origin, action: str, about: str, *, client_id: str | None = None) -> Change:
    """Record that something was refused."""
    row = _row(origin, action, about, client_id=client_id)
    row.result = "refused"
    return put(row)


def newest(limit: int, *, before: int, now: int) -> list[Event]:
    """The newest events of before a moment, newest first; moments are Unix milliseconds.

    A query for each day, until there are as many as asked for or 31 days are looked at: whoever wants what is older
    asks with an earlier moment.
    """
    found: list[Event] = []
    for day in _days(before, now):
        if len(found) < limit:
            found += rows_of(_listing(f"{day:%Y-%m-%d}#{SHARD}", before), limit - len(found))
    return found


def newest_of(user_id: str, limit: int, *, before: int) -> list[Event]:
    """The newest events of before a moment that concern a person, newest first: one query of an index."""
    return rows_of(_listing(user_id, before, index=("by_user", "user_id")), limit)


def _listing(hash_key: str, before: int, index: tuple[str, str] | None = None) -> Listing[Event]:
    span = Span("event_id", before=f"{before:013d}")
    return Listing(Event, hash_key, index=index, span=span, newest_first=True)


def _days(before: int, now: int) -> list[datetime]:
    last = datetime.fromtimestamp(min(before, now) // 1000, UTC)
    kept_since = datetime.fromtimestamp(now // 1000, UTC) - timedelta(days=KEPT_DAYS)
    days = (last - timedelta(days=back) for back in range(DAYS_AT_ONCE))
    return [day for day in days if day >= kept_since]


def _row(origin: Origin, action: str, about: str, *, user_id: str | None = None, client_id: str | None = None) -> Event:
    seconds = origin.now // 1000
    return Event(
        day=f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}#{SHARD}",
        event_id=f"{origin.now:013d}-{secrets.token_hex(8)}",
        at=origin.now,
        actor_id=origin.actor_id,
        action=action,
        object=about,
        result="done",
        network=origin.network,
        request_id=origin.request_id,
        user_id=user_id,
        client_id=client_id,
        ttl=seconds + KEPT_DAYS * 24 * 3600,
    )
