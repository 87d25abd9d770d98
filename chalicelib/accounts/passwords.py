"""Passwords: their rules, changing one's own, and links that set a new one (ux 6.14, 6.15)."""

from typing import Final

from chalicelib import config, policy
from chalicelib.accounts.sessions import Opened, prepare_next
from chalicelib.accounts.sign_in import MAX_PASSWORD as LONGEST_TYPED
from chalicelib.accounts.sign_in import reserve_own_try
from chalicelib.credentials import fingerprint, hash_password, new_link_token, password_matches
from chalicelib.errors import LinkDead, WrongCredentials
from chalicelib.store import invites, users
from chalicelib.store import sessions as stored_sessions
from chalicelib.store.audit import Origin, event
from chalicelib.store.invites import RESET, Invite
from chalicelib.store.reading import read
from chalicelib.store.settings import Settings
from chalicelib.store.users import User, user_key
from chalicelib.store.writing import Change, ConditionFailed, write_together

MIN_PASSWORD: Final = 12
MAX_PASSWORD: Final = 72  # characters; enough for a sentence, too little to keep a hasher busy
# The ones of the public lists that are long enough to pass; shorter ones are refused by length.
_COMMON: Final = frozenset({"password1234", "123456789012", "qwertyuiopas", "passwordpassword", "1234567890123"})


def password_problem(password: str) -> str | None:
    """What is wrong with a new password; None if nothing is."""
    if len(password) < MIN_PASSWORD:
        return f"Use at least {MIN_PASSWORD} characters, this has {len(password)}"
    if len(password) > MAX_PASSWORD:
        return f"Use at most {MAX_PASSWORD} characters, this has {len(password)}"
    if password.casefold() in _COMMON or len(set(password)) < 4:
        return "This password is on a list of common passwords"
    return None


def check_current(user: User, password: str) -> None:
    """Make sure that whoever changes a password knows the present one.

    Raises:
        WrongCredentials: it is another.

    """
    if len(password) > LONGEST_TYPED or not password_matches(password, user.password_hash):
        raise WrongCredentials("The current password is not right.", id="api.user.update_password.incorrect.app_error")


def change_own(
    user: User, passwords: tuple[str, str], settings: Settings, origin: Origin, *, apps_too: bool = False
) -> Opened:
    """Change one's own password, given the present one and the new one; guesses are counted, a few a minute.

    Raises:
        TooManyTries: too many guesses.
        WrongCredentials: the present password is another.
        ConditionFailed: somebody changed the account since it was read.
        Contention: DynamoDB could not decide.

    """
    current, new = passwords
    returned = reserve_own_try(user, origin)
    check_current(user, current)
    opened, changes = _changing(user, new, settings, origin, apps_too=apps_too)
    write_together(*changes, *returned)
    return opened


def change(user: User, password: str, settings: Settings, origin: Origin, *, apps_too: bool = False) -> Opened:
    """Set a new password: every session ends, and with `apps_too` the access of applications.

    Gives a new session for whoever does it themselves.

    Raises:
        ConditionFailed: somebody changed the account since it was read.
        Contention: DynamoDB could not decide.

    """
    opened, changes = _changing(user, password, settings, origin, apps_too=apps_too)
    write_together(*changes)
    return opened


def set_for(user: User, password: str, origin: Origin) -> None:
    """Set somebody else's password, as a System Admin; all their sessions end.

    Raises:
        ConditionFailed: somebody changed the account since it was read.
        Contention: DynamoDB could not decide.

    """
    recorded = event(origin, "user.password_set", user.username, user_id=user.user_id)
    write_together(_new_hash(user, password, origin.now), recorded)


def offer_reset(user: User, by: User, settings: Settings, origin: Origin) -> str:
    """Make a link with which this person sets a new password, good for an hour; it is shown once.

    Raises:
        Contention: DynamoDB could not decide.

    """
    token = new_link_token("gpw_")
    until = origin.now + policy.milliseconds(policy.RESET_LINK)
    invite = Invite(
        token_hash=fingerprint(token),
        kind=RESET,
        epoch=settings.epoch,
        by_id=by.user_id,
        by_name=by.name,
        user_id=user.user_id,
        session_no=user.session_no,
        created_at=origin.now,
        until=until,
        ttl=until // 1000,
    )
    write_together(invites.offered(invite), event(origin, "user.reset_link", user.username, user_id=user.user_id))
    return config.current().url(f"/reset/{token}")


def check_reset(invite: Invite | None, settings: Settings, now: int) -> tuple[Invite, User]:
    """Check a reset link, and give whom it is for: one read of that person and of the System Admin who made it.

    It is dead as soon as the password was changed or all sessions were ended, and when who made it is no System
    Admin any more.

    Raises:
        LinkDead: it is not good (any more).

    """
    if invite is None or invite.kind != RESET or now >= invite.until or invite.epoch != settings.epoch:
        raise LinkDead
    keys = user_key(invite.user_id or ""), user_key(invite.by_id)
    rows = read(*keys)
    user, by = (rows[key] for key in keys)
    if user is None or not user.active or user.session_no != invite.session_no:
        raise LinkDead
    if by is None or not by.active or not by.is_admin:
        raise LinkDead
    return invite, user


def use_reset(invite: Invite, user: User, password: str, settings: Settings, origin: Origin) -> Opened:
    """Set a new password by a link, once; whoever holds it is signed in.

    Raises:
        LinkDead: somebody used it first.
        Contention: DynamoDB could not decide.

    """
    opened = prepare_next(user, settings, origin)
    recorded = event(origin, "user.password_reset", user.username, user_id=user.user_id)
    changed = _new_hash(user, password, origin.now)
    try:
        write_together(invites.used(invite, origin.now), changed, stored_sessions.opened(opened.session), recorded)
    except ConditionFailed as failure:
        raise LinkDead from failure
    return opened


def _changing(
    user: User, password: str, settings: Settings, origin: Origin, *, apps_too: bool
) -> tuple[Opened, list[Change]]:
    opened = prepare_next(user, settings, origin)
    recorded = event(origin, "user.password", user.username, user_id=user.user_id)
    hashed = _new_hash(user, password, origin.now, apps_too=apps_too)
    return opened, [hashed, stored_sessions.opened(opened.session), recorded]


def _new_hash(user: User, password: str, now: int, *, apps_too: bool = False) -> Change:
    return users.password_set(user, hash_password(password), now, apps_too=apps_too)
