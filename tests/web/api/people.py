"""What API v4 says about people, and the shortest way to ask (contract 1.7, 1.8)."""

from typing import Any

from tests.browser import Answer, Browser, api, exchange
from tests.make import PASSWORD, App, World
from tests.web.api.conftest import Callers

OK = {"status": "OK"}
FORBIDDEN = (403, "api.context.permissions.app_error")
NO_USER = (404, "app.user.missing_account.const")
BAD_BODY = (400, "api.context.invalid_body_param.app_error")
BAD_URL = (400, "api.context.invalid_url_param.app_error")
UNKNOWN = "y" * 26  # well formed, nobody's
SEEN_FIELDS = {
    "id",
    "create_at",
    "update_at",
    "delete_at",
    "username",
    "auth_data",
    "auth_service",
    "email",
    "nickname",
    "first_name",
    "last_name",
    "position",
    "roles",
    "props",
    "last_picture_update",
    "locale",
    "timezone",
}
OWN_FIELDS = SEEN_FIELDS | {"email_verified", "notify_props", "last_password_update", "disable_welcome_email"}
ROBIN: dict[str, Any] = {
    "username": "robin",
    "email": "robin@example.com",
    "password": PASSWORD,
    "first_name": "Robin",
    "last_name": "van der Doe",
    "nickname": "Bird",
    "position": "Singer",
}


def install(app: App, session: str, **changes: str | None) -> dict[str, Any]:
    """The tokens of an application that somebody has just allowed."""
    tokens: dict[str, Any] = exchange(app, Browser().holding(session).allow(app, **changes)).json
    return tokens


def usernames(answer: Answer) -> list[str]:
    """Who is in a list, in its order."""
    assert answer.status == 200, answer.text
    return [user["username"] for user in answer.json]


def user_path(world: World, username: str, rest: str = "") -> str:
    """The address of a person of the world."""
    return f"/users/{getattr(world, username).user_id}{rest}"


def by(callers: Callers, who: str | None) -> str | None:
    """The session of a caller; None for nobody."""
    return None if who is None else str(getattr(callers, who))


def create(session: str | None = None, *, token: str | None = None, **changes: Any) -> Answer:
    """Make an account over the API; None leaves a field out."""
    body = {name: value for name, value in (ROBIN | changes).items() if value is not None}
    return api("POST", "/users", session, body, params={"t": token} if token else None)
