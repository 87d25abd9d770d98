"""The record of every change of state, written in the change's own transaction.  It never holds a secret."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.writing import Change, put

KEPT_DAYS = 400
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


@dataclass(frozen=True, slots=True)
class Origin:
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


def refused(origin: Origin, action: str, about: str) -> Change:
    """Record that something was refused."""
    row = _row(origin, action, about)
    row.result = "refused"
    return put(row)


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
