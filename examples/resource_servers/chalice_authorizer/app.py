"""An API on API Gateway whose Lambda authorizer accepts Gatepost's tokens (RFC 9068, RFC 6750, RFC 9728).

The authorizer checks a token offline and lets the caller reach the routes its scopes are for, no others. What API
Gateway says to everybody else is in `gateway.json`.
"""

import os
from typing import Any

from by_jwks.access_tokens import AccessTokens
from chalice.app import AuthRequest, AuthResponse, AuthRoute, Chalice

app = Chalice(app_name="calendar")
tokens = AccessTokens(os.environ["GATEPOST_ISSUER"], os.environ["RESOURCE"])
ROUTES = {  # by the scope that permits them
    "calendar:read": AuthRoute("/events", ["GET"]),
    "calendar:write": AuthRoute("/events", ["POST"]),
}


class UnauthorizedError(Exception):
    """API Gateway answers 401 to an authorizer that fails with exactly the word "Unauthorized"."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


# 0 seconds: a remembered decision would outlive the token.
@app.authorizer(ttl_seconds=0)
def bearer(request: AuthRequest) -> AuthResponse:
    """Check the token; without the scope of a route API Gateway answers 403."""
    scheme, _, token = request.token.partition(" ")
    claims = tokens.verify(token.strip()) if scheme.lower() == "bearer" else None
    if claims is None:
        raise UnauthorizedError
    held = claims["scope"].split()
    routes: list[str | AuthRoute] = [route for scope, route in ROUTES.items() if scope in held]
    return AuthResponse(routes=routes, principal_id=claims["sub"], context={"client_id": claims["client_id"]})


@app.route("/events", methods=["GET"], authorizer=bearer)
def events() -> dict[str, Any]:
    """Show the calendar of the person the token speaks for."""
    return {"calendar_of": caller(), "events": [{"day": "2026-11-23", "title": "Standup"}]}


@app.route("/events", methods=["POST"], authorizer=bearer)
def add_event() -> dict[str, Any]:
    """Add an event to it, or would."""
    return {"calendar_of": caller(), "added": True}


# At the root: the API has a domain of its own, and its identifier has no path.
@app.route("/.well-known/oauth-protected-resource", methods=["GET"])
def metadata() -> dict[str, Any]:
    """Say where tokens for this API come from (RFC 9728 section 2)."""
    return {
        "resource": tokens.audience,
        "authorization_servers": [tokens.issuer],
        "scopes_supported": list(ROUTES),
        "bearer_methods_supported": ["header"],
    }


def caller() -> str:
    """The person whom the authorizer found."""
    assert app.current_request
    return str(app.current_request.context["authorizer"]["principalId"])
