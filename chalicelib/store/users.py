"""People with an account, and the names they are found by."""

from collections.abc import Mapping
from typing import Final, Literal

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.store.reading import Key, Listing, Span, query, rows_of
from chalicelib.store.record import IntAttribute, Record, table
from chalicelib.store.writing import Change, delete, put, update

MEMBER_ROLES = "system_user"
ADMIN_ROLES = "system_admin system_user"
_NAMED: Final[Mapping[str, Literal["u", "e"]]] = {"username": "u", "email": "e"}


class UsersByName(GlobalSecondaryIndex["User"]):
    """Everybody, by username: for lists only."""

    class Meta:
        index_name = "list"
        projection = IncludeProjection(["first_name", "last_name", "email", "roles", "active", "created_at"])

    listed = UnicodeAttribute(hash_key=True)
    username = UnicodeAttribute(range_key=True)


class User(Record):
    """A person.  `session_no` and `access_no` go up to end all sessions or all app access at once.

    `email_verified` says that a System Admin chose or invited the address; Gatepost itself sends no e-mail.
    """

    class Meta:
        table_name = table("users")

    user_id = UnicodeAttribute(hash_key=True)
    username = UnicodeAttribute()
    email = UnicodeAttribute()
    email_verified = BooleanAttribute(default=False)
    first_name = UnicodeAttribute()
    last_name = UnicodeAttribute()
    nickname = UnicodeAttribute(default="")
    position = UnicodeAttribute(default="")
    roles = UnicodeAttribute()
    active = BooleanAttribute()
    password_hash = UnicodeAttribute()
    password_at = IntAttribute(default=0)
    session_no = IntAttribute()
    access_no = IntAttribute()
    created_at = IntAttribute()
    updated_at = IntAttribute()
    version = IntAttribute()
    listed = UnicodeAttribute(default="u")
    by_name = UsersByName()

    @property
    def name(self) -> str:
        """The name pages show: the full name, else the username."""
        return f"{self.first_name} {self.last_name}".strip() or self.username

    @property
    def is_admin(self) -> bool:
        """Whether this is a System Admin."""
        return "system_admin" in self.roles.split()


class Name(Record):
    """A reserved name: `u#` username, `e#` e-mail, `t#` team, `c#<team>#` channel; two people cannot have one."""

    class Meta:
        table_name = table("names")

    name = UnicodeAttribute(hash_key=True)
    owner_id = UnicodeAttribute()


def user_key(user_id: str) -> Key[User]:
    """The key of a person."""
    return Key(User, user_id)


def name_key(kind: Literal["u", "e", "t", "c"], name: str) -> Key[Name]:
    """The key of a reserved name; case does not tell names apart."""
    return Key(Name, f"{kind}#{name.casefold()}")


def reserved(key: Key[Name], owner_id: str) -> Change:
    """Reserve a name: only if nobody has it."""
    return put(Name(name=key.hash_key, owner_id=owner_id), Name.name.does_not_exist())


def added(user: User) -> list[Change]:
    """Add a person and reserve the names they sign in with."""
    names = [
        reserved(name_key("u", user.username), user.user_id),
        reserved(name_key("e", user.email), user.user_id),
    ]
    return [put(user, User.user_id.does_not_exist()), *names]


def everybody() -> list[User]:
    """List people by username: one index page (1 MB, some 4,000 people); names, e-mail, roles and activity only."""
    return query(User, "u", index=("list", "listed"))


def listed(limit: int, prefix: str = "") -> list[User]:
    """The first people by username, of those whose username starts with the prefix: an index, for lists only."""
    span = Span("username", prefix=prefix) if prefix else None
    return rows_of(Listing(User, "u", index=("list", "listed"), span=span), limit)


def edited(user: User, values: Mapping[str, str | bool], now: int) -> list[Change]:
    """Change a person's own fields; a new username or e-mail is reserved, and the old one is free again."""
    actions = (User.get_attributes()[name].set(value) for name, value in values.items())
    changes = [_changed(user, *actions, now=now)]
    for field, kind in _NAMED.items():
        old, new = name_key(kind, getattr(user, field)), name_key(kind, str(values.get(field, getattr(user, field))))
        if old != new:
            free = delete(Name(name=old.hash_key), Name.owner_id == user.user_id)
            changes += [reserved(new, user.user_id), free]
    return changes


def as_edited(user: User, values: Mapping[str, str | bool], now: int) -> User:
    """The row as `edited` writes it, so that nobody has to read what they have just written."""
    held = {name: getattr(user, name) for name in User.get_attributes() if name != "mark"}
    return User(**held | dict(values) | {"version": user.version + 1, "updated_at": now})


def roles_set(user: User, roles: str, now: int) -> Change:
    """Give a person other roles."""
    return _changed(user, User.roles.set(roles), now=now)


def password_set(user: User, password_hash: str, now: int, *, apps_too: bool = False) -> Change:
    """Change the password; every session ends, and with `apps_too` the access of every application."""
    actions = [User.password_hash.set(password_hash), User.password_at.set(now), User.session_no.add(1)]
    return _changed(user, *actions, *([User.access_no.add(1)] if apps_too else []), now=now)


def signed_out(user: User, now: int, *, apps_too: bool = False) -> Change:
    """End every session of a person, and with `apps_too` the access of every application."""
    return _changed(user, User.session_no.add(1), *([User.access_no.add(1)] if apps_too else []), now=now)


def apps_revoked(user: User, now: int) -> Change:
    """End the access of every application of a person, and their consents with it."""
    return _changed(user, User.access_no.add(1), now=now)


def deactivated(user: User, now: int) -> Change:
    """Deactivate: the numbers go up, so that no session and no app access revives with the account."""
    return _changed(user, User.active.set(False), User.session_no.add(1), User.access_no.add(1), now=now)


def reactivated(user: User, now: int) -> Change:
    """Let a person in again; they sign in and allow their apps anew."""
    return _changed(user, User.active.set(True), now=now)


def _changed(user: User, *actions: Action, now: int) -> Change:
    counted = (User.version.add(1), User.updated_at.set(now))
    return update(user, *actions, *counted, condition=User.version == user.version)
