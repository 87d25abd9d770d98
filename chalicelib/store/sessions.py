"""A browser or API sign-in.  The token is in the browser; here is its hash."""

from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute

from chalicelib.store.reading import Key, query
from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.writing import Change, delete, put, update, write


class Session(Record):
    """One sign-in of one person.  `sealed` holds a client secret to be shown once.

    Encrypted with the session token itself.
    """

    class Meta:
        table_name = table("sessions")

    user_id = UnicodeAttribute(hash_key=True)
    session_id = UnicodeAttribute(range_key=True)
    token_hash = UnicodeAttribute()
    session_no = IntAttribute()
    epoch = UnicodeAttribute()
    auth_time = IntAttribute()
    seen_at = IntAttribute()
    until = IntAttribute()
    device = UnicodeAttribute()
    network = UnicodeAttribute()
    sealed = UnicodeAttribute(null=True)
    sealed_for = UnicodeAttribute(null=True)
    sealed_until = IntAttribute(null=True)
    sealed_extended = IntAttribute(null=True)
    ttl = ExpiryAttribute()


class SealedSecret(NamedTuple):
    """A client secret, encrypted for one session; `until` is when it is gone."""

    client_id: str
    ciphertext: str
    until: int


def session_key(user_id: str, session_id: str) -> Key[Session]:
    """The key of a session."""
    return Key(Session, user_id, session_id)


def sessions_of(user_id: str) -> list[Session]:
    """Every session of a person that has not been swept yet, dead ones included."""
    return query(Session, user_id)


def opened(session: Session) -> Change:
    """Open a session."""
    return put(session, Session.session_id.does_not_exist())


def closed(session: Session) -> Change:
    """Close a session, if it is still there."""
    return delete(session, Session.session_id.exists())


def seen(session: Session, now: int) -> None:
    """Note that the session is in use.

    Raises:
        ConditionFailed: the session is gone.
        Contention: DynamoDB could not decide.

    """
    write(update(session, Session.seen_at.set(now), condition=Session.session_id.exists()))


def secret_kept(session: Session, secret: SealedSecret) -> Change:
    """Keep a new client secret for this session to show; it replaces an older one."""
    actions = (
        Session.sealed.set(secret.ciphertext),
        Session.sealed_for.set(secret.client_id),
        Session.sealed_until.set(secret.until),
        Session.sealed_extended.remove(),
    )
    return update(session, *actions, condition=Session.session_id.exists())


def extend_secret(session: Session, client_id: str, *, now: int, until: int) -> None:
    """Keep the secret of this application longer, once, while it is still shown.

    Raises:
        ConditionFailed: it was extended before, or is gone.
        Contention: DynamoDB could not decide.

    """
    shown = (Session.sealed_for == client_id) & (Session.sealed_until > now)
    actions = (Session.sealed_until.set(until), Session.sealed_extended.set(1))
    write(update(session, *actions, condition=shown & Session.sealed_extended.does_not_exist()))


def forget_secret(session: Session) -> None:
    """Forget the secret.

    Raises:
        ConditionFailed: the session is gone.
        Contention: DynamoDB could not decide.

    """
    fields = (Session.sealed, Session.sealed_for, Session.sealed_until, Session.sealed_extended)
    write(update(session, *(field.remove() for field in fields), condition=Session.session_id.exists()))
