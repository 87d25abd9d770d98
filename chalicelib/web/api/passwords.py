"""Passwords over the API: changing one's own, setting somebody else's, using a reset link."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.accounts import links, passwords
from chalicelib.accounts.joining import invitation_of
from chalicelib.accounts.sessions import Opened
from chalicelib.errors import Forbidden, InvalidParameter, LinkDead, Refusal, WrongCredentials
from chalicelib.store.reading import Key
from chalicelib.store.users import User
from chalicelib.web import answers, mattermost
from chalicelib.web.api import persons
from chalicelib.web.api.persons import USERS
from chalicelib.web.callers import PERSON, PUBLIC, Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape

surface = Surface("api_passwords", ApiShape())
NOT_THEIRS: Final = "api.user.update_password.context.app_error"
DEAD: Final = "api.user.reset_password.invalid_link.app_error"


def _link(request: Request) -> Sequence[Key[Any]]:
    return [invitation_of(_text(request.json("user"), "token"))]


@surface.route(
    "PUT", USERS + "/{user_id}/password", PERSON, reads=persons.in_path, fields=("current_password", "new_password")
)
def change(call: Call) -> Response:
    """Change one's own password with the present one; System Admins set anybody else's.

    All sessions end with it: whoever changes their own goes on with the token of the `Token` header.
    """
    body = call.request.json("user")
    new = _text(body, "new_password")
    if persons.is_own(call):
        return _changed_own(call, _text(body, "current_password"), new)
    if not call.user.is_admin:
        raise Forbidden(id=NOT_THEIRS)
    user = persons.found(call)
    check_new(new)
    passwords.set_for(user, new, call.request.origin(call.user.user_id))
    return answers.as_json({"status": "OK"})


@surface.route("POST", USERS + "/password/reset", PUBLIC, reads=_link, fields=("token", "new_password"))
def reset(call: Call) -> Response:
    """Set a new password by a reset link, once; the `Token` header signs in who did."""
    body = call.request.json("user")
    [key] = _link(call.request)
    try:
        row = links.found(call.rows[key], call.request.origin("reset"))
        invite, user = passwords.check_reset(row, call.settings, call.request.now)
        new = _text(body, "new_password")
        check_new(new)
        opened = passwords.use_reset(invite, user, new, call.settings, call.request.origin(user.user_id))
    except LinkDead as dead:
        raise Refusal(dead.description, id=DEAD) from dead
    return answers.as_json({"status": "OK"}, headers={"Token": opened.token})


def check_new(password: str) -> None:
    """Check a new password.

    Raises:
        Refusal: it is too short, too long or too common, with Mattermost's id for it.

    """
    problem = passwords.password_problem(password)
    if problem is None:
        return
    kind = "pwd"
    if len(password) < passwords.MIN_PASSWORD:
        kind = "pwd_min_length"
    elif len(password) > passwords.MAX_PASSWORD:
        kind = "pwd_max_length"
    raise Refusal(f"{problem}.", id=f"model.user.is_valid.{kind}.app_error")


def _changed_own(call: Call, current: str, new: str) -> Response:
    check_new(new)
    origin = call.request.origin(call.user.user_id)
    try:
        opened = passwords.change_own(call.user, (current, new), call.settings, origin)
    except WrongCredentials as wrong:
        raise Refusal(wrong.description, id=wrong.id) from wrong  # 401 would tell clients that the session is over
    return _going_on(call, call.user, opened)


def _going_on(call: Call, user: User, opened: Opened) -> Response:
    """Give the new session the way the old one came."""
    response = answers.as_json({"status": "OK"}, headers={"Token": opened.token})
    held = mattermost.presented(call.request)
    if held is None or not held.by_cookie:
        return response
    return mattermost.with_session_cookies(
        response, call, user_id=user.user_id, session_id=opened.session.session_id, token=opened.token
    )


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidParameter(name)
    return value
