"""People with an account, and the names they are found by."""

from typing import Literal

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.store.reading import Key
from chalicelib.store.record import IntAttribute, Record, table
from chalicelib.store.writing import Change, put, update

MEMBER_ROLES = "system_user"
ADMIN_ROLES = "system_admin system_user"


class UsersByName(GlobalSecondaryIndex["User"]):
    """Everybody, by username: for lists only."""

    class Meta:
        index_name = "list"
        projection = IncludeProjection(["first_name", "last_name", "roles", "active"])

    listed = UnicodeAttribute(hash_key=True)
    username = UnicodeAttribute(range_key=True)


class User(Record):
    """A person.  `session_no` and `access_no` go up to end all sessions or all app access at once."""

    class Meta:
        table_name = table("users")

    user_id = UnicodeAttribute(hash_key=True)
    username = UnicodeAttribute()
    email = UnicodeAttribute()
    first_name = UnicodeAttribute()
    last_name = UnicodeAttribute()
    roles = UnicodeAttribute()
    active = BooleanAttribute()
    password_hash = UnicodeAttribute()
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


def deactivated(user: User, now: int) -> Change:
    """Deactivate: the numbers go up, so that no session and no app access revives with the account."""
    actions = (
        User.active.set(False),
        User.session_no.add(1),
        User.access_no.add(1),
        User.version.add(1),
        User.updated_at.set(now),
    )
    return update(user, *actions, condition=User.version == user.version)


def reactivated(user: User, now: int) -> Change:
    """Let a person in again; they sign in and allow their apps anew."""
    actions = (User.active.set(True), User.version.add(1), User.updated_at.set(now))
    return update(user, *actions, condition=User.version == user.version)
