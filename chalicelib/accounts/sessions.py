"""Browser and API sessions: opening and closing them, and the secret one of them may show once."""

from dataclasses import dataclass, field

from chalicelib import policy
from chalicelib.credentials import fingerprint, new_id, new_secret, session_token, unseal
from chalicelib.store import sessions, users
from chalicelib.store.audit import Origin, event
from chalicelib.store.sessions import Session
from chalicelib.store.settings import Settings
from chalicelib.store.users import User
from chalicelib.store.writing import Change, ConditionFailed, write_together

MAX_DEVICE = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session and its token, which only the browser keeps."""

    session: Session
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secret:
    """A client secret that may still be shown; `until` is when it is gone."""

    text: str = field(repr=False)
    until: int
    extended: bool


def prepare(user: User, settings: Settings, origin: Origin) -> Opened:
    """Make a session that is not stored yet, tied to this person and this epoch."""
    session_id = new_id()
    token = session_token(user.user_id, session_id, new_secret())
    until = origin.now + policy.milliseconds(policy.SESSION_ABSOLUTE)
    session = Session(
        user_id=user.user_id,
        session_id=session_id,
        token_hash=fingerprint(token),
        session_no=user.session_no,
        epoch=settings.epoch,
        auth_time=origin.now,
        seen_at=origin.now,
        until=until,
        device=origin.device[:MAX_DEVICE],
        network=origin.network,
        ttl=until // 1000,
    )
    return Opened(session, token)


def opening(opened: Opened, user: User, origin: Origin) -> list[Change]:
    """Store a session and record the sign-in."""
    return [
        sessions.opened(opened.session),
        event(origin, "user.sign_in", user.username, user_id=user.user_id),
    ]


def open_sessions(user: User, settings: Settings, now: int) -> list[Session]:
    """The sign-ins of a person that count now, the one used last first."""
    alive = [row for row in sessions.sessions_of(user.user_id) if policy.session_alive(row, user, settings, now)]
    return sorted(alive, key=lambda row: row.seen_at, reverse=True)


def prepare_next(user: User, settings: Settings, origin: Origin) -> Opened:
    """Make a session that is good after all others ended: after the number of sessions went up."""
    opened = prepare(user, settings, origin)
    opened.session.session_no = user.session_no + 1
    return opened


def sign_out_others(user: User, settings: Settings, origin: Origin, *, apps_too: bool = False) -> Opened:
    """End every session of a person with one write; who asked for it gets a new one.

    With `apps_too` the access of every application ends as well, and the consents with it.

    Raises:
        ConditionFailed: somebody changed the account since it was read.
        Contention: DynamoDB could not decide.

    """
    opened = prepare_next(user, settings, origin)
    actions = ["user.sign_out_others", *(["user.revoke_all_apps"] if apps_too else [])]
    recorded = [event(origin, action, user.username, user_id=user.user_id) for action in actions]
    write_together(users.signed_out(user, origin.now, apps_too=apps_too), sessions.opened(opened.session), *recorded)
    return opened


def close(session: Session, origin: Origin) -> None:
    """Sign out.

    Raises:
        Contention: DynamoDB could not decide.

    """
    recorded = event(origin, "user.sign_out", user_id=session.user_id)
    try:
        write_together(sessions.closed(session), recorded)
    except ConditionFailed:
        return  # signed out in another window


def secret_of(session: Session, token: str, client_id: str, now: int) -> Secret | None:
    """The client secret this session may still show for an application."""
    if session.sealed is None or session.sealed_for != client_id or now >= (session.sealed_until or 0):
        return None
    text = unseal(token, session.sealed, client_id)
    return (
        None if text is None else Secret(text, session.sealed_until or 0, extended=session.sealed_extended is not None)
    )
