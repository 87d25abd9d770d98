"""Making, editing, promoting, deactivating accounts over the API (Mattermost's users; contract 1.8, 3.12)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from chalice.app import Response

from chalicelib.accounts import joining, links, people
from chalicelib.accounts.people import NewPerson
from chalicelib.accounts.sessions import Opened
from chalicelib.errors import Forbidden, InvalidParameter, LinkDead, NotFound, Refusal
from chalicelib.store.reading import Key, read
from chalicelib.store.users import user_key
from chalicelib.web import answers, mattermost
from chalicelib.web.api import persons
from chalicelib.web.api.passwords import check_new
from chalicelib.web.api.persons import USERS, NoSuchUser
from chalicelib.web.callers import PERSON, PUBLIC, Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape

surface = Surface("api_accounts", ApiShape())
_OWN: Final = ("username", "email", "first_name", "last_name", "nickname", "position")  # checked in this order
_ROLES: Final = {frozenset({"system_user"}): False, frozenset({"system_user", "system_admin"}): True}


def _invitation(request: Request) -> Sequence[Key[Any]]:
    token = request.query.get("t")
    return [joining.invitation_of(token)] if token else []


@surface.route("POST", USERS, PUBLIC, reads=_invitation, query=("t",), fields=(*_OWN, "password"))
def create(call: Call) -> Response:
    """Make an account: with an invitation, as a System Admin, or for oneself where sign-up is open."""
    _check_caller(call)
    body = call.request.json("user")
    typed = _texts(body)
    if call.request.query.get("t"):
        return _joined(_accepted(call, typed, body.get("password")))
    if call.person is not None and call.user.is_admin:
        person = _checked(typed, body.get("password"))
        return answers.as_json(persons.own(joining.add(person, call.request.origin(call.user.user_id))), 201)
    joining.check_open(call.settings)
    person = _checked(typed, body.get("password"))
    return _joined(joining.sign_up(person, call.settings, call.request.origin("sign-up")))


@surface.route("PUT", USERS + "/{user_id}", PERSON, reads=persons.in_path, fields=("id", *_OWN))
def update(call: Call) -> Response:
    """Replace a person's own fields: one's own, for System Admins anybody's; what is missing is blank."""
    body = call.request.json("user")
    if body.get("id") != persons.id_in_path(call.request):
        raise InvalidParameter("user_id")
    return _edited(call, dict.fromkeys(_OWN, "") | _texts(body))


@surface.route("PUT", USERS + "/{user_id}/patch", PERSON, reads=persons.in_path, fields=_OWN)
def patch(call: Call) -> Response:
    """Change some of a person's own fields; what is not named stays."""
    return _edited(call, _texts(call.request.json("user")))


@surface.route("PUT", USERS + "/{user_id}/roles", PERSON, reads=persons.in_path, may=persons.admin, fields=("roles",))
def set_roles(call: Call) -> Response:
    """Make somebody a System Admin, or a member again."""
    roles = call.request.json("user").get("roles")
    admin = _ROLES.get(frozenset(roles.split())) if isinstance(roles, str) else None
    if admin is None:
        raise InvalidParameter("roles")
    people.set_admin(persons.found(call), call.request.origin(call.user.user_id), admin=admin)
    return answers.as_json({"status": "OK"})


@surface.route("PUT", USERS + "/{user_id}/active", PERSON, reads=persons.in_path, may=persons.admin, fields=("active",))
def set_active(call: Call) -> Response:
    """Deactivate an account, or let a person in again (contract 3.12)."""
    active = call.request.json("user").get("active")
    if not isinstance(active, bool):
        raise InvalidParameter("active")
    change = people.reactivate if active else people.deactivate
    change(persons.found(call), call.request.origin(call.user.user_id))
    return answers.as_json({"status": "OK"})


@surface.route("DELETE", USERS + "/{user_id}", PERSON, reads=persons.in_path, may=persons.admin, query=("permanent",))
def deactivate(call: Call) -> Response:
    """Deactivate an account (contract 3.12); nothing of a person is ever deleted for good."""
    if call.request.query.get("permanent") == "true":
        raise Forbidden("Accounts are deactivated, never deleted.", id="api.user.delete_user.not_enabled.app_error")
    people.deactivate(persons.found(call), call.request.origin(call.user.user_id))
    return answers.as_json({"status": "OK"})


def _check_caller(call: Call) -> None:
    """Who is signed in says so on purpose; account security is never open to an OAuth token (DESIGN section 4)."""
    if call.by_token is not None:
        raise Forbidden
    mattermost.check_csrf(call)


def _accepted(call: Call, typed: Mapping[str, str], password: object) -> Opened:
    """Accept an invitation; whose e-mail address it is says the invitation."""
    [key] = _invitation(call.request)
    try:
        row = links.found(call.rows[key], call.request.origin("invitation"))
        invite = joining.check(row, call.settings, call.request.now)
        person = _checked({**typed, "email": invite.email or ""}, password)
        return joining.accept(invite, person, call.settings, call.request.origin("invitation"))
    except LinkDead as dead:
        raise NotFound(dead.description, id=dead.id) from dead


def _joined(opened: Opened) -> Response:
    """The new account; whoever made it is signed in by the token of the header, as after a login."""
    key = user_key(opened.session.user_id)
    user = read(key)[key]
    if user is None:
        raise NoSuchUser
    return answers.as_json(persons.own(user), 201, {"Token": opened.token})


def _edited(call: Call, typed: Mapping[str, str]) -> Response:
    user = persons.own_or_admins(call)
    values = {name: value for name, value in typed.items() if value != getattr(user, name)}
    _check(values)
    if values:
        user = people.edit(user, values, call.request.origin(call.user.user_id))
    return answers.as_json(persons.as_seen_by(call.user, user))


def _texts(body: Mapping[str, Any]) -> dict[str, str]:
    """The fields that were sent, without spaces around them; username and e-mail in lower case, as Mattermost has them.

    Raises:
        InvalidParameter: one of them is no text.

    """
    sent = {name: body[name] for name in _OWN if body.get(name) is not None}
    if not all(isinstance(value, str) for value in sent.values()):
        raise InvalidParameter("user")
    lowered = {name: value.lower() for name, value in sent.items() if name in {"username", "email"}}
    return {name: value.strip() for name, value in (sent | lowered).items()}


def _checked(typed: Mapping[str, str], password: object) -> NewPerson:
    values = dict.fromkeys(_OWN, "") | dict(typed)
    _check(values)
    if not isinstance(password, str):
        raise InvalidParameter("password")
    check_new(password)
    person = NewPerson("", values["username"], values["email"], password)
    return replace(person, others={name: values[name] for name in _OWN[2:]})


def _check(values: Mapping[str, str]) -> None:
    problems = people.field_problems(values)
    for name in _OWN:
        if name in problems:
            raise Refusal(f"{problems[name]}.", id=f"model.user.is_valid.{name}.app_error")
