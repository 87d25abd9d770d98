"""What Mattermost's clients send about applications, and the shortest way to send it."""

from typing import Any

from tests.browser import Answer, api
from tests.make import CALLBACK, SECOND_CALLBACK

APPS = "/oauth/apps"
UNKNOWN = "y" * 26  # well formed, nobody's
NEW_APP: dict[str, Any] = {
    "name": "Zapier",
    "description": "Zapier integrations",
    "homepage": "https://zapier.com/",
    "icon_url": "https://zapier.com/icon.png",
    "callback_urls": [CALLBACK, SECOND_CALLBACK],
}
OAUTH_APP_FIELDS = {
    "id",
    "creator_id",
    "create_at",
    "update_at",
    "client_secret",
    "name",
    "description",
    "icon_url",
    "callback_urls",
    "homepage",
    "is_trusted",
    "is_public",
    "mattermost_app_id",
}


def create(session: str | None, **changes: Any) -> Answer:
    """Register an application over the API."""
    return api("POST", APPS, session, NEW_APP | changes)


def created(session: str, **changes: Any) -> dict[str, Any]:
    """An application registered over the API, as its creator sees it."""
    answer = create(session, **changes)
    assert answer.status == 201, answer.text
    body: dict[str, Any] = answer.json
    return body


def update(session: str | None, app: dict[str, Any], **changes: Any) -> Answer:
    """Replace an application's fields."""
    return api("PUT", f"{APPS}/{app['id']}", session, app | changes)


def refused(answer: Answer) -> tuple[int, str]:
    """The status and Mattermost's error id of a refusal, whose body is complete (contract 1.1)."""
    body = answer.json
    assert {"id", "message", "detailed_error", "request_id", "status_code"} <= body.keys()
    assert body["status_code"] == answer.status
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Content-Type"] == "application/json"
    return answer.status, body["id"]
