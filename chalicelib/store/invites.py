"""One-time links that people hand on: invitations, and links that set a new password.  Only a link's hash is here."""

from typing import Final

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.store.reading import Key, Listing, rows_of
from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.writing import Change, delete, put

INVITATION: Final = "invitation"
RESET: Final = "reset"


class OpenInvitations(GlobalSecondaryIndex["Invite"]):
    """Invitations, oldest first: for lists only."""

    class Meta:
        index_name = "list"
        projection = IncludeProjection(["by_id", "by_name", "email", "role", "epoch", "until"])

    listed = UnicodeAttribute(hash_key=True)
    created_at = IntAttribute(range_key=True)


class Invite(Record):
    """A link that works once.  An invitation has an e-mail address and a role, a reset a person."""

    class Meta:
        table_name = table("invites")

    token_hash = UnicodeAttribute(hash_key=True)
    kind = UnicodeAttribute()
    epoch = UnicodeAttribute()
    by_id = UnicodeAttribute()
    by_name = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
    role = UnicodeAttribute(null=True)
    user_id = UnicodeAttribute(null=True)
    session_no = IntAttribute(null=True)
    created_at = IntAttribute()
    until = IntAttribute()
    listed = UnicodeAttribute(null=True)
    ttl = ExpiryAttribute()
    open_invitations = OpenInvitations()


def invite_key(token_hash: str) -> Key[Invite]:
    """The key of a link."""
    return Key(Invite, token_hash)


def invitations(limit: int) -> list[Invite]:
    """The newest invitations, dead ones included: an index, for lists only."""
    return rows_of(Listing(Invite, "i", index=("list", "listed"), newest_first=True), limit)


def offered(invite: Invite) -> Change:
    """Write a new link."""
    invite.listed = "i" if invite.kind == INVITATION else None
    return put(invite, Invite.token_hash.does_not_exist())


def used(invite: Invite, now: int) -> Change:
    """Use a link up: only while it is there and in time, so that it works once."""
    return delete(invite, Invite.token_hash.exists() & (Invite.until > now))


def withdrawn(invite: Invite) -> Change:
    """Take a link back."""
    return delete(invite, Invite.token_hash.exists())
