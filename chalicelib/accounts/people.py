"""Rules of a person's own fields; making, editing, promoting, activating and deactivating accounts."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from chalicelib.accounts.passwords import password_problem
from chalicelib.credentials import hash_password, new_id
from chalicelib.errors import LastAdmin, NameTaken
from chalicelib.store import admins, users
from chalicelib.store.admins import Admins
from chalicelib.store.audit import Origin, event
from chalicelib.store.users import ADMIN_ROLES, MEMBER_ROLES, Name, User
from chalicelib.store.writing import Change, ConditionFailed, Contention, write_together

MAX_NAME: Final = 64
MAX_POSITION: Final = 128
_USERNAME: Final = re.compile(r"[a-z][a-z0-9._-]{2,21}")
_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f<>\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What somebody fills in to get an account; `others` are fields that came by themselves, as a first name can."""

    full_name: str
    username: str
    email: str
    password: str = field(repr=False)
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def first_name(self) -> str:
        """Everything before the last word."""
        return self.full_name.rpartition(" ")[0] or self.full_name

    @property
    def last_name(self) -> str:
        """The last word, if there are two."""
        return self.full_name.rpartition(" ")[2] if " " in self.full_name else ""


def new_user(person: NewPerson, *, roles: str, now: int, vouched: bool) -> User:
    """An account whose fields were checked, not stored yet; `vouched` says that a System Admin knows the address."""
    own = {"first_name": person.first_name, "last_name": person.last_name} | dict(person.others)
    return User(
        user_id=new_id(),
        username=person.username,
        email=person.email,
        email_verified=vouched,
        first_name=own["first_name"],
        last_name=own["last_name"],
        nickname=own.get("nickname", ""),
        position=own.get("position", ""),
        roles=roles,
        active=True,
        password_hash=hash_password(person.password),
        password_at=now,
        session_no=1,
        access_no=1,
        created_at=now,
        updated_at=now,
        version=1,
    )


def problems(person: NewPerson) -> Mapping[str, str]:
    """What is wrong, by field, in words that say what to do."""
    return dict(_problems(person))


def add(user: User, *others: Change) -> None:
    """Store a new account, together with what belongs to it.

    Raises:
        NameTaken: somebody else has the username or the e-mail address; the database decides who was first.
        ConditionFailed: one of the others did not hold.
        Contention: DynamoDB could not decide.

    """
    write_named(*users.added(user), *others)


def write_named(*changes: Change) -> None:
    """Write changes of which some reserve a name.

    Raises:
        NameTaken: a name is somebody else's.
        ConditionFailed: one of the others did not hold.
        Contention: DynamoDB could not decide.

    """
    try:
        write_together(*changes)
    except ConditionFailed as failure:
        name = failure.now(Name)
        if name is None:
            raise
        raise NameTaken("email" if name.name.startswith("e#") else "username") from failure


def edit(user: User, values: Mapping[str, str], origin: Origin) -> User:
    """Change a person's own fields; `values` are those that differ.  Gives the person as they are then.

    Raises:
        NameTaken: the new username or e-mail address is somebody else's.
        ConditionFailed: somebody changed the account since it was read.
        Contention: DynamoDB could not decide.

    """
    recorded = event(origin, "user.edit", ", ".join(sorted(values)), user_id=user.user_id)
    # An address that somebody gives themselves proves nothing: other software signs people in by it.
    vouched = {"email_verified": origin.actor_id != user.user_id} if "email" in values else {}
    changed = dict(values) | vouched
    write_named(*users.edited(user, changed, origin.now), recorded)
    return users.as_edited(user, changed, origin.now)


def set_admin(user: User, origin: Origin, *, admin: bool) -> None:
    """Make somebody a System Admin, or a member again.

    Raises:
        LastAdmin: nobody else is a System Admin; two who demote each other cannot both win.
        ConditionFailed: somebody changed the account since it was read.
        Contention: DynamoDB could not decide.

    """
    if user.is_admin == admin:
        return
    recorded = event(origin, "user.promote" if admin else "user.demote", user.username, user_id=user.user_id)
    roles = users.roles_set(user, ADMIN_ROLES if admin else MEMBER_ROLES, origin.now)
    _write_admins(roles, *_admin_row(user, counts=admin), recorded)


def deactivate(user: User, origin: Origin) -> None:
    """Deactivate an account: its sessions and the access it gave to applications end with this transaction.

    Raises:
        LastAdmin: it is the last System Admin's.
        ConditionFailed: somebody changed the account since it was read.
        Contention: DynamoDB could not decide.

    """
    if not user.active:
        return
    removed = _admin_row(user, counts=False) if user.is_admin else []
    recorded = event(origin, "user.deactivate", user.username, user_id=user.user_id)
    _write_admins(users.deactivated(user, origin.now), *removed, recorded)


def reactivate(user: User, origin: Origin) -> None:
    """Let a person sign in again; nothing that ended with the deactivation comes back.

    Raises:
        ConditionFailed: somebody changed the account since it was read.
        Contention: DynamoDB could not decide.

    """
    if user.active:
        return
    added = [admins.admin_added(user.user_id)] if user.is_admin else []
    recorded = event(origin, "user.reactivate", user.username, user_id=user.user_id)
    write_together(users.reactivated(user, origin.now), *added, recorded)


def sign_out_everywhere(user: User, origin: Origin, *, apps_too: bool = False) -> None:
    """End every session of a person, and with `apps_too` the access of every application and the consents.

    Raises:
        ConditionFailed: somebody changed the account since it was read.
        Contention: DynamoDB could not decide.

    """
    recorded = event(origin, "user.sign_out_everywhere", user.username, user_id=user.user_id)
    write_together(users.signed_out(user, origin.now, apps_too=apps_too), recorded)


def revoke_all_apps(user: User, origin: Origin) -> None:
    """Take back what a person allowed, from every application at once; consents go too.

    Raises:
        ConditionFailed: somebody changed the account since it was read.
        Contention: DynamoDB could not decide.

    """
    recorded = event(origin, "user.revoke_all_apps", user.username, user_id=user.user_id)
    write_together(users.apps_revoked(user, origin.now), recorded)


def _admin_row(user: User, *, counts: bool) -> list[Change]:
    """The change of the set of active System Admins; a deactivated person is not in it, whatever their role."""
    if not user.active:
        return []
    return [admins.admin_added(user.user_id) if counts else admins.admin_removed(user.user_id)]


def _write_admins(*changes: Change) -> None:
    try:
        write_together(*changes)
    except ConditionFailed as failure:
        row = failure.now(Admins)
        if row is None or row.name != "admins":
            raise
        if len(row.user_ids) > 1:
            raise Contention from failure  # somebody else changed the set: read again
        raise LastAdmin from failure


def field_problems(values: Mapping[str, str]) -> Mapping[str, str]:
    """What is wrong with some of a person's own fields, by field."""
    found = {name: _CHECKS[name](value) for name, value in values.items()}
    return {name: problem for name, problem in found.items() if problem}


def email_problem(email: str) -> str | None:
    """What is wrong with an e-mail address; None if nothing is."""
    good = _EMAIL.fullmatch(email) and len(email) <= 128 and email.isprintable()
    return None if good else "Enter an email address like name@example.com"


def _username_problem(username: str) -> str | None:
    good = _USERNAME.fullmatch(username)
    return (
        None
        if good
        else "Username can use a-z, 0-9, dot, dash and underscore, starts with a letter and has 3 to 22 characters"
    )


def _ordinary(limit: int) -> Callable[[str], str | None]:
    def problem(text: str) -> str | None:
        good = len(text) <= limit and text.isprintable()
        return None if good else f"Use at most {limit} ordinary characters"

    return problem


_CHECKS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "username": _username_problem,
    "email": email_problem,
    "first_name": _ordinary(MAX_NAME),
    "last_name": _ordinary(MAX_NAME),
    "nickname": _ordinary(MAX_NAME),
    "position": _ordinary(MAX_POSITION),
}


def _problems(person: NewPerson) -> Iterator[tuple[str, str]]:
    if not person.full_name:
        yield "full_name", "Enter your full name"
    elif found := _ordinary(MAX_NAME)(person.full_name):
        yield "full_name", found
    yield from field_problems({"username": person.username, "email": person.email}).items()
    found = password_problem(person.password)
    if found:
        yield "password", found
