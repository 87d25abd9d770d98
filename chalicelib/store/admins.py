"""Who the System Admins are, and the one-time link that lets the first one in; both rows live in the settings table."""

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import size

from chalicelib.store.reading import Key
from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.writing import Change, delete, put, update, write

SET_UP_TRIES = 10


class Admins(Record):
    """The ids of all active System Admins: a set, so that "the last one cannot go" is a condition and not a count."""

    class Meta:
        table_name = table("settings")

    name = UnicodeAttribute(hash_key=True)
    user_ids = UnicodeSetAttribute()


class SetUp(Record):
    """The set-up link that is good now."""

    class Meta:
        table_name = table("settings")

    name = UnicodeAttribute(hash_key=True)
    token_hash = UnicodeAttribute()
    until = IntAttribute()
    failures = IntAttribute()
    ttl = ExpiryAttribute()


ADMINS = Key(Admins, "admins")
SET_UP = Key(SetUp, "setup")


def first_admin(user_id: str) -> Change:
    """Name the first System Admin: only while there is none, which makes set-up happen once."""
    return put(Admins(name="admins", user_ids={user_id}), Admins.name.does_not_exist())


def admin_added(user_id: str) -> Change:
    """Add a System Admin."""
    return update(Admins(name="admins"), Admins.user_ids.add({user_id}), condition=Admins.name.exists())


def admin_removed(user_id: str) -> Change:
    """Remove a System Admin, unless it is the last: two who remove each other cannot both win."""
    others = (Admins.user_ids.contains(user_id)) & (size(Admins.user_ids) > 1)
    return update(Admins(name="admins"), Admins.user_ids.delete({user_id}), condition=others)


def offer_set_up(token_hash: str, until: int) -> None:
    """Put a new set-up link in place of the old one.

    Raises:
        Contention: DynamoDB could not decide.

    """
    write(put(SetUp(name="setup", token_hash=token_hash, until=until, failures=0, ttl=until // 1000)))


def set_up_used(set_up: SetUp, now: int) -> Change:
    """Use the link up: only while it is the one that was read, and in time."""
    good = (SetUp.token_hash == set_up.token_hash) & (SetUp.until > now) & (SetUp.failures < SET_UP_TRIES)
    return delete(set_up, good)


def set_up_missed(set_up: SetUp) -> None:
    """Count a wrong guess; after ten the link is dead.

    Raises:
        ConditionFailed: the link is gone, or another guess was counted since it was read.
        Contention: DynamoDB could not decide.

    """
    as_read = (SetUp.token_hash == set_up.token_hash) & (SetUp.failures == set_up.failures)
    write(update(set_up, SetUp.failures.add(1), condition=as_read))
