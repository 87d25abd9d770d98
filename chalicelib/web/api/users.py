"""Looking people up over the API: by id, username or e-mail address, one or many (contract 1.8, 2.12).

Everybody with an account sees everybody else, deactivated people included (Mattermost's default).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import unquote

from chalice.app import Response

from chalicelib.accounts import people
from chalicelib.credentials import is_id
from chalicelib.errors import InvalidParameter, NotFound
from chalicelib.store.reading import Key, read
from chalicelib.store.users import Name, User, name_key, user_key
from chalicelib.web import answers
from chalicelib.web.api import persons
from chalicelib.web.api.paging import LIMIT
from chalicelib.web.api.persons import USERS, NoSuchUser
from chalicelib.web.callers import Call, scope
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape

surface = Surface("api_users", ApiShape())
MAY_READ: Final = scope("users:read")


class _NoSuchUsername(NoSuchUser):
    """Nobody has this username."""

    id = "app.user.get_by_username.app_error"


def _by_username(request: Request) -> Sequence[Key[Any]]:
    username = unquote(request.path_values["username"])
    if not _possible(username):
        raise InvalidParameter("username")
    return [name_key("u", username)]


def _by_email(request: Request) -> Sequence[Key[Any]]:
    email = unquote(request.path_values["email"])
    if people.email_problem(email):
        raise InvalidParameter("email", place="url")
    return [name_key("e", email)]


def _by_ids(request: Request) -> Sequence[Key[Any]]:
    return [user_key(user_id) for user_id in _listed(request, "user_ids") if is_id(user_id)]


def _by_usernames(request: Request) -> Sequence[Key[Any]]:
    return [name_key("u", username) for username in _listed(request, "usernames") if _possible(username)]


@surface.route("GET", USERS + "/{user_id}", MAY_READ, reads=persons.in_path)
def show(call: Call) -> Response:
    """One person; `me` is the person of the session, or the one the token acts for."""
    user = persons.found(call)
    etag = persons.etag(call.user, user)
    if call.request.headers.get("if-none-match") == etag:
        return answers.nothing(304, {"ETag": etag})
    return answers.as_json(persons.as_seen_by(call.user, user), headers={"ETag": etag})


@surface.route("GET", USERS + "/username/{username}", MAY_READ, reads=_by_username)
def show_by_username(call: Call) -> Response:
    """The person with a username, whatever its case."""
    [key] = _by_username(call.request)
    return _owner(call, key, _NoSuchUsername())


@surface.route("GET", USERS + "/email/{email}", MAY_READ, reads=_by_email)
def show_by_email(call: Call) -> Response:
    """The person with an e-mail address, whatever its case."""
    [key] = _by_email(call.request)
    return _owner(call, key, NoSuchUser())


@surface.route("POST", USERS + "/ids", MAY_READ, reads=_by_ids, items="user_ids")
def show_by_ids(call: Call) -> Response:
    """The people with these ids, by username; ids that nobody has are left out."""
    return _all(call, (call.rows[key] for key in _by_ids(call.request)))


@surface.route("POST", USERS + "/usernames", MAY_READ, reads=_by_usernames, items="usernames")
def show_by_usernames(call: Call) -> Response:
    """The people with these usernames, by username; names that nobody has are left out."""
    names = [call.rows[key] for key in _by_usernames(call.request)]
    keys = [user_key(name.owner_id) for name in names if name is not None]
    rows = read(*keys) if keys else None
    return _all(call, (rows[key] for key in keys) if rows else ())


def _possible(username: str) -> bool:
    return not people.field_problems({"username": username.lower()})


def _owner(call: Call, key: Key[Name], missing: NotFound) -> Response:
    name = call.rows[key]
    owner = user_key(name.owner_id if name else "")
    user = read(owner)[owner] if name else None
    if user is None:
        raise missing
    return answers.as_json(persons.as_seen_by(call.user, user))


def _all(call: Call, users: Iterable[User | None]) -> Response:
    there = {user.user_id: user for user in users if user is not None}
    by_name = sorted(there.values(), key=lambda user: user.username)
    return answers.as_json([persons.as_seen_by(call.user, user) for user in by_name])


def _listed(request: Request, name: str) -> list[str]:
    """The texts of a body that is an array of at most as many as a page has, each once.

    Raises:
        InvalidParameter: it is none, is empty, or holds more.

    """
    texts = list(dict.fromkeys(request.json_texts(name)))
    if not 1 <= len(texts) <= LIMIT:
        raise InvalidParameter(name, description=f"Send 1 to {LIMIT} {name}.")
    return texts
