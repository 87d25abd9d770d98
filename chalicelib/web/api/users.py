"""Signing in and out over the API, and who one is (contract 2.12)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.accounts import sessions
from chalicelib.accounts.sign_in import login_key, sign_in
from chalicelib.errors import InvalidParameter, Refusal
from chalicelib.oauth import tokens
from chalicelib.policy import EVERYTHING
from chalicelib.store.reading import Key
from chalicelib.store.users import User
from chalicelib.web import answers, mattermost
from chalicelib.web.callers import PUBLIC, Call, scope
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape

surface = Surface("api_users", ApiShape())
_NOTIFY: Final = {
    "email": "true",
    "desktop": "mention",
    "push": "none",
    "channel": "true",
    "first_name": "false",
}


def _name(request: Request) -> Sequence[Key[Any]]:
    login_id = request.json("user").get("login_id")
    return [login_key(login_id if isinstance(login_id, str) else "")]


@surface.route("POST", "/api/v4/users/login", PUBLIC, reads=_name, fields=("login_id", "password"))
def login(call: Call) -> Response:
    """Open a session: the token is in the `Token` header, and in cookies for who sends X-Requested-With."""
    body = call.request.json("user")
    login_id, password = body.get("login_id"), body.get("password")
    if not isinstance(login_id, str) or not isinstance(password, str):
        raise InvalidParameter("user")
    if not password:
        raise Refusal("Enter a password.", id="api.user.login.blank_pwd.app_error")
    origin = call.request.origin("sign-in")
    user, opened = sign_in(login_id, password, call.rows[login_key(login_id)], call.settings, origin)
    response = answers.as_json(_json(user), headers={"Token": opened.token})
    if call.request.headers.get("x-requested-with") != "XMLHttpRequest":
        return response
    return mattermost.with_session_cookies(
        response,
        call,
        user_id=user.user_id,
        session_id=opened.session.session_id,
        token=opened.token,
    )


@surface.route("POST", "/api/v4/users/logout", PUBLIC)
def logout(call: Call) -> Response:
    """End the presented session, or the authorization of the presented token; always OK (contract 2.12)."""
    if call.person is not None:
        mattermost.check_csrf(call)
        sessions.close(call.person.session, call.request.origin(call.user.user_id))
    if call.by_token is not None and call.by_token.authorization is not None:
        tokens.end(call.by_token.authorization, "logout", call.request.origin(call.user.user_id))
    return mattermost.without_session_cookies(answers.as_json({"status": "OK"}))


@surface.route("GET", "/api/v4/users/me", scope(EVERYTHING))
def me(call: Call) -> Response:
    """The person of the session, or the one the token acts for."""
    user = call.user
    etag = f'"{user.user_id}.{user.version}.{user.updated_at}"'
    if call.request.headers.get("if-none-match") == etag:
        return answers.nothing(304, {"ETag": etag})
    return answers.as_json(_json(user), headers={"ETag": etag})


def _json(user: User) -> dict[str, Any]:
    """Mattermost's User as its own person sees it (contract 1.8)."""
    return {
        "id": user.user_id,
        "create_at": user.created_at,
        "update_at": user.updated_at,
        "delete_at": 0 if user.active else user.updated_at,
        "username": user.username,
        "auth_data": "",
        "auth_service": "",
        "email": user.email,
        "email_verified": True,
        "nickname": "",
        "first_name": user.first_name,
        "last_name": user.last_name,
        "position": "",
        "roles": user.roles,
        "props": {},
        "notify_props": _NOTIFY,
        "last_password_update": user.created_at,
        "last_picture_update": 0,
        "locale": "en",
        "timezone": {"automaticTimezone": "", "manualTimezone": "", "useAutomaticTimezone": "true"},
        "disable_welcome_email": True,
    }
