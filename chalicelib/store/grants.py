"""What a person allowed an application, once; `grant_id` is new at each new grant, so that nothing older revives."""

from typing import Literal

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.store.reading import Key, query
from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.writing import Change, delete, put

How = Literal["consent", "trusted"]


class GrantsByClient(GlobalSecondaryIndex["Grant"]):
    """The people of one application: for lists only."""

    class Meta:
        index_name = "by_client"
        projection = KeysOnlyProjection()

    client_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)


class Grant(Record):
    """A remembered authorization of one person for one application."""

    class Meta:
        table_name = table("grants")

    user_id = UnicodeAttribute(hash_key=True)
    client_id = UnicodeAttribute(range_key=True)
    grant_id = UnicodeAttribute()
    scope = UnicodeAttribute()
    how = UnicodeAttribute()
    client_born = UnicodeAttribute()
    access_no = IntAttribute()
    epoch = UnicodeAttribute()
    since = IntAttribute()
    until = IntAttribute(null=True)
    version = IntAttribute()
    ttl = ExpiryAttribute(null=True)
    by_client = GrantsByClient()


def grant_key(user_id: str, client_id: str) -> Key[Grant]:
    """The key of a grant."""
    return Key(Grant, user_id, client_id)


def grants_of(user_id: str) -> list[Grant]:
    """Everything a person allowed, stale grants included."""
    return query(Grant, user_id)


def given(grant: Grant, seen: Grant | None) -> Change:
    """Write a grant over the one that was seen, if that is still the one there."""
    grant.version = (seen.version if seen else 0) + 1
    return put(grant, _as_seen(seen))


def revoked(grant: Grant) -> Change:
    """Take a grant back: every authorization that hangs on it is dead by that, however many there are."""
    return delete(grant, Grant.grant_id == grant.grant_id)


def _as_seen(seen: Grant | None) -> Condition:
    if seen is None:
        return Grant.user_id.does_not_exist()
    unchanged: Condition = (Grant.version == seen.version) & (Grant.grant_id == seen.grant_id)
    return unchanged
