"""What a program sends to register itself, the shortest way to send it, and the application it then is."""

from typing import Any

from tests.browser import Answer, call
from tests.make import App

REGISTER = "/api/v4/oauth/apps/register"
CALLBACK = "https://tool.example.net/callback"
APP_CALLBACK = "com.example.tool:/done"
PUBLIC = {"token_endpoint_auth_method": "none"}


def register(**members: Any) -> Answer:
    """Register; without members a confidential client with one callback."""
    return call("POST", REGISTER, json={"redirect_uris": [CALLBACK]} | members)


def registered(**members: Any) -> dict[str, Any]:
    """A registration, as its client is told of it."""
    answer = register(**members)
    assert answer.status == 201, answer.text
    body: dict[str, Any] = answer.json
    return body


def app_of(body: dict[str, Any]) -> App:
    """The application a registration made."""
    return App(body["client_id"], body.get("client_secret", ""), body["redirect_uris"][0])


def manage(method: str, body: dict[str, Any], token: str | None = "own", **keywords: Any) -> Answer:
    """Call a registration's own address with its registration access token, another, or (None) none."""
    bearer = body["registration_access_token"] if token == "own" else token
    headers = {"Authorization": f"Bearer {bearer}"} if bearer is not None else {}
    return call(method, f"{REGISTER}/{body['client_id']}", headers=headers, **keywords)


def replacement(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """All metadata a registration has, as a replacement sends it; None leaves a member out."""
    issued = {"registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"}
    members = {name: value for name, value in body.items() if name not in issued} | changes
    return {name: value for name, value in members.items() if value is not None}


def refused(answer: Answer) -> tuple[int, str]:
    """The status and the error of a refusal in RFC 7591's shape, which has nothing else in it."""
    assert answer.json.keys() == {"error", "error_description"}
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json["error_description"]
    return answer.status, answer.json["error"]
