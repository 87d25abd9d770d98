"""How a person looks over the API, and how an address names one (contract 1.1, 1.8)."""

from collections.abc import Sequence
from typing import Any, Final

from chalicelib import policy
from chalicelib.credentials import is_id
from chalicelib.errors import Forbidden, InvalidParameter, NotFound
from chalicelib.store.reading import Key
from chalicelib.store.settings import Settings
from chalicelib.store.users import User, user_key
from chalicelib.web.callers import Call
from chalicelib.web.http import Request

USERS: Final = "/api/v4/users"
_NOTIFY: Final = {
    "email": "true",
    "desktop": "mention",
    "push": "none",
    "channel": "true",
    "first_name": "false",
}


class NoSuchUser(NotFound):
    """There is no such person."""

    id = "app.user.missing_account.const"
    description = "There is no such user."


def as_seen_by(viewer: User, user: User) -> dict[str, Any]:
    """Mattermost's User as somebody with an account sees it: more of oneself, of nobody anything secret."""
    return own(user) if viewer.user_id == user.user_id else _public(user)


def own(user: User) -> dict[str, Any]:
    """Mattermost's User as its own person sees it (contract 1.8)."""
    return _public(user) | {
        "email_verified": user.email_verified,
        "notify_props": _NOTIFY,
        "last_password_update": user.password_at or user.created_at,
        "disable_welcome_email": True,
    }


def etag(viewer: User, user: User) -> str:
    """What changes with everything `as_seen_by` shows."""
    view = "own" if viewer.user_id == user.user_id else "seen"
    return f'"{user.user_id}.{user.version}.{user.updated_at}.{view}"'


def id_in_path(request: Request) -> str:
    """The id in the address; `me` is whom the credential names.

    Raises:
        InvalidParameter: it could be nobody's.

    """
    user_id = request.path_values["user_id"]
    if user_id == "me":
        return request.claimed_user_id
    if not is_id(user_id):
        raise InvalidParameter("user_id", place="url")
    return user_id


def in_path(request: Request) -> Sequence[Key[Any]]:
    """The person of the address, to be read."""
    return [user_key(id_in_path(request))]


def found(call: Call) -> User:
    """The person of the address.

    Raises:
        NoSuchUser: there is none.

    """
    user = call.rows[user_key(id_in_path(call.request))]
    if user is None:
        raise NoSuchUser
    return user


def own_or_admins(call: Call) -> User:
    """The person of the address, for themselves and for System Admins (Mattermost's `edit_other_users`).

    Raises:
        Forbidden: the caller is neither; asked before it is said whether there is such a person.
        NoSuchUser: there is none.

    """
    if not is_own(call) and not call.user.is_admin:
        raise Forbidden
    return found(call)


def is_own(call: Call) -> bool:
    """Whether the address names the caller."""
    return id_in_path(call.request) == call.user.user_id


def admin(user: User, _settings: Settings) -> bool:
    """Mattermost's `manage_system`, of which managing people is a part."""
    return policy.may_use_console(user)


def _public(user: User) -> dict[str, Any]:
    """What everybody with an account sees: Mattermost's default privacy settings show full name and e-mail."""
    return {
        "id": user.user_id,
        "create_at": user.created_at,
        "update_at": user.updated_at,
        "delete_at": 0 if user.active else user.updated_at,
        "username": user.username,
        "auth_data": "",
        "auth_service": "",
        "email": user.email,
        "nickname": user.nickname,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "position": user.position,
        "roles": user.roles,
        "props": {},
        "last_picture_update": 0,
        "locale": "en",
        "timezone": {"automaticTimezone": "", "manualTimezone": "", "useAutomaticTimezone": "true"},
    }
