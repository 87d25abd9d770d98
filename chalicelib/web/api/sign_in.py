"""Signing in and out over the API (contract 2.12)."""

from collections.abc import Sequence
from typing import Any

from chalice.app import Response

from chalicelib.accounts import sessions
from chalicelib.accounts.sign_in import Attempt, login_key, sign_in
from chalicelib.credentials import is_id
from chalicelib.errors import InvalidParameter, Refusal
from chalicelib.oauth import tokens
from chalicelib.store.reading import Key
from chalicelib.store.users import Name
from chalicelib.web import answers, known_device, mattermost
from chalicelib.web.api import persons
from chalicelib.web.api.persons import USERS
from chalicelib.web.callers import PUBLIC, Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape

surface = Surface("api_sign_in", ApiShape())


def _name(request: Request) -> Sequence[Key[Any]]:
    login_id = request.json("user").get("login_id")
    return [login_key(login_id if isinstance(login_id, str) else "")]


@surface.route("POST", USERS + "/login", PUBLIC, reads=_name, fields=("login_id", "id", "password"))
def login(call: Call) -> Response:
    """Open a session: the token is in the `Token` header, and in cookies for who sends X-Requested-With."""
    body = call.request.json("user")
    login_id, password = body.get("login_id", body.get("id")), body.get("password")
    if not isinstance(login_id, str) or not isinstance(password, str):
        raise InvalidParameter("user")
    if not password:
        raise Refusal("Enter a password.", id="api.user.login.blank_pwd.app_error")
    attempt, origin = Attempt(login_id, password, known_device.presented(call)), call.request.origin("sign-in")
    # Who signs in by the id of the account needs no look-up by name (contract 2.12).
    by_id = Name(name="", owner_id=login_id) if "login_id" not in body and is_id(login_id) else None
    name = by_id or call.rows[_name(call.request)[0]]
    user, opened = sign_in(attempt, name, call.settings, origin)
    response = answers.as_json(persons.own(user), headers={"Token": opened.token})
    if call.request.headers.get("x-requested-with") != "XMLHttpRequest":
        return response
    return mattermost.with_session_cookies(
        known_device.remembered(response, call, user.user_id),
        call,
        user_id=user.user_id,
        session_id=opened.session.session_id,
        token=opened.token,
    )


@surface.route("POST", USERS + "/logout", PUBLIC)
def logout(call: Call) -> Response:
    """End the presented session, or the authorization of the presented token; always OK (contract 2.12)."""
    if call.person is not None:
        mattermost.check_csrf(call)
        sessions.close(call.person.session, call.request.origin(call.user.user_id))
    if call.by_token is not None and call.by_token.authorization is not None:
        tokens.end(call.by_token.authorization, "logout", call.request.origin(call.user.user_id))
    return mattermost.without_session_cookies(answers.as_json({"status": "OK"}))
