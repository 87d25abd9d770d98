"""Rules of a person's own fields, and activating or deactivating an account."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from chalicelib.credentials import hash_password, new_id
from chalicelib.store import admins, users
from chalicelib.store.audit import Origin, event
from chalicelib.store.users import User
from chalicelib.store.writing import write_together

MIN_PASSWORD: Final = 12
MAX_PASSWORD: Final = 72  # characters; enough for a sentence, too little to keep a hasher busy
MAX_NAME: Final = 64
_USERNAME: Final = re.compile(r"[a-z][a-z0-9._-]{2,21}")
_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f<>\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# The ones of the public lists that are long enough to pass; shorter ones are refused by length.
_COMMON: Final = frozenset({"password1234", "123456789012", "qwertyuiopas", "passwordpassword", "1234567890123"})


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What somebody fills in to get an account."""

    full_name: str
    username: str
    email: str
    password: str = field(repr=False)

    @property
    def first_name(self) -> str:
        """Everything before the last word."""
        return self.full_name.rpartition(" ")[0] or self.full_name

    @property
    def last_name(self) -> str:
        """The last word, if there are two."""
        return self.full_name.rpartition(" ")[2] if " " in self.full_name else ""


def new_user(person: NewPerson, *, roles: str, now: int) -> User:
    """An account whose fields were checked, not stored yet."""
    return User(
        user_id=new_id(),
        username=person.username,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        roles=roles,
        active=True,
        password_hash=hash_password(person.password),
        session_no=1,
        access_no=1,
        created_at=now,
        updated_at=now,
        version=1,
    )


def problems(person: NewPerson) -> Mapping[str, str]:
    """What is wrong, by field, in words that say what to do."""
    return dict(_problems(person))


def deactivate(user: User, origin: Origin) -> None:
    """Deactivate an account: its sessions and the access it gave to applications end with this transaction.

    Raises:
        ConditionFailed: somebody changed the account since it was read, or it is the last System Admin's.
        Contention: DynamoDB could not decide.

    """
    removed = [admins.admin_removed(user.user_id)] if user.is_admin else []
    recorded = event(origin, "user.deactivate", user.username, user_id=user.user_id)
    write_together(users.deactivated(user, origin.now), *removed, recorded)


def reactivate(user: User, origin: Origin) -> None:
    """Let a person sign in again; nothing that ended with the deactivation comes back.

    Raises:
        ConditionFailed: somebody changed the account since it was read.
        Contention: DynamoDB could not decide.

    """
    added = [admins.admin_added(user.user_id)] if user.is_admin else []
    recorded = event(origin, "user.reactivate", user.username, user_id=user.user_id)
    write_together(users.reactivated(user, origin.now), *added, recorded)


def _problems(person: NewPerson) -> Iterator[tuple[str, str]]:
    if not person.full_name:
        yield "full_name", "Enter your full name"
    elif len(person.full_name) > MAX_NAME or not person.full_name.isprintable():
        yield "full_name", f"Use at most {MAX_NAME} ordinary characters"
    if not _USERNAME.fullmatch(person.username):
        yield (
            "username",
            "Username can use a-z, 0-9, dot, dash and underscore, starts with a letter and has 3 to 22 characters",
        )
    if not _EMAIL.fullmatch(person.email) or len(person.email) > 128:
        yield "email", "Enter an email address like name@example.com"
    found = password_problem(person.password)
    if found:
        yield "password", found


def password_problem(password: str) -> str | None:
    """What is wrong with a new password; None if nothing is."""
    if len(password) < MIN_PASSWORD:
        return f"Use at least {MIN_PASSWORD} characters, this has {len(password)}"
    if len(password) > MAX_PASSWORD:
        return f"Use at most {MAX_PASSWORD} characters, this has {len(password)}"
    if password.casefold() in _COMMON or len(set(password)) < 4:
        return "This password is on a list of common passwords"
    return None
