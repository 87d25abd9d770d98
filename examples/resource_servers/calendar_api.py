"""A small API that accepts Gatepost's tokens (RFC 6750, RFC 9728), from Python's standard library (WSGI).

The same for both ways to check a token: `by_jwks` and `by_introspection`.
"""

import argparse
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from wsgiref.simple_server import make_server

from by_introspection.introspection import Introspection
from by_jwks.access_tokens import AccessTokens

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Headers = list[tuple[str, str]]
WELL_KNOWN = "/.well-known/oauth-protected-resource"
EVENTS = [{"day": "2026-11-23", "title": "Standup"}]
SCOPES = {"/events": "calendar:read"}  # what each address of this API needs


class RefusedError(Exception):
    """A call that is not answered; `challenge` says why, and where tokens come from (RFC 6750 section 3)."""

    def __init__(self, status: HTTPStatus, **challenge: str) -> None:
        super().__init__(status)
        self.status = status
        self.challenge = challenge


@dataclass
class CalendarApi:
    """The WSGI application.

    `resource` is the address it is registered under at Gatepost; `verify` gives the claims of a good token, None for
    any other, and raises OSError when it cannot tell.
    """

    issuer: str
    resource: str
    verify: Callable[[str], dict[str, Any] | None]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a call."""
        try:
            status, headers, body = HTTPStatus.OK, [], self.answer(environ)
        except RefusedError as refused:
            status, body = refused.status, {"error": refused.challenge.get("error", refused.status.name.lower())}
            headers = [("WWW-Authenticate", challenge(refused, self.resource))] if status in {401, 403} else []
        except OSError:
            status, headers, body = HTTPStatus.SERVICE_UNAVAILABLE, [("Retry-After", "5")], {"error": "unavailable"}
        content = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        start_response(f"{status.value} {status.phrase}", [*content, *headers])
        return [json.dumps(body).encode()]

    def answer(self, environ: "WSGIEnvironment") -> Any:
        """The metadata for everybody, the calendar for who may see it."""
        path, root = environ.get("PATH_INFO", ""), urlsplit(self.resource).path.rstrip("/")
        if path == WELL_KNOWN + root:
            return metadata(self.resource, self.issuer)
        needed = SCOPES.get(path.removeprefix(root)) if path.startswith(root) else None
        if needed is None:
            raise RefusedError(HTTPStatus.NOT_FOUND)
        claims = self.permitted(environ.get("HTTP_AUTHORIZATION", ""), needed)
        return {"calendar_of": claims["sub"], "events": EVENTS}

    def permitted(self, authorization: str, needed: str) -> dict[str, Any]:
        """Check the token and its scope (RFC 6750 section 3.1).

        Raises:
            RefusedError: no token, no good one, or one that is good for other things.
            OSError: it cannot be checked just now.

        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise RefusedError(HTTPStatus.UNAUTHORIZED, scope=needed)
        claims = self.verify(token.strip())
        if claims is None:
            raise RefusedError(HTTPStatus.UNAUTHORIZED, error="invalid_token", scope=needed)
        if needed not in claims["scope"].split():
            raise RefusedError(HTTPStatus.FORBIDDEN, error="insufficient_scope", scope=needed)
        return claims


def metadata(resource: str, issuer: str) -> dict[str, Any]:
    """Say where tokens for this API come from (RFC 9728 section 2)."""
    return {
        "resource": resource,
        "authorization_servers": [issuer],
        "scopes_supported": sorted(set(SCOPES.values())),
        "bearer_methods_supported": ["header"],
    }


def challenge(refused: RefusedError, resource: str) -> str:
    """Write the challenge of a refused call (RFC 6750 section 3, RFC 9728 section 5.1)."""
    parts = urlsplit(resource)
    where = f"{parts.scheme}://{parts.netloc}{WELL_KNOWN}{parts.path.rstrip('/')}"
    fields = refused.challenge | {"resource_metadata": where}
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in fields.items())


def main() -> None:
    """Serve the calendar on this machine, with either way to check a token."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=["jwks", "introspection"])
    parser.add_argument("--gatepost", default="http://localhost:8065", help="address of Gatepost")
    parser.add_argument("--port", type=int, default=8300)
    given = parser.parse_args()
    resource = f"http://127.0.0.1:{given.port}"
    if given.way == "jwks":
        verify = AccessTokens(given.gatepost, resource).verify
    else:
        # From the environment, not from the command line, where other programs could read them.
        credentials = (os.environ["GATEPOST_CLIENT_ID"], os.environ["GATEPOST_CLIENT_SECRET"])
        verify = Introspection(given.gatepost, resource, credentials).verify
    with make_server("127.0.0.1", given.port, CalendarApi(given.gatepost, resource, verify)) as server:
        print(f"The calendar is at {resource}/events")  # noqa: T201
        server.serve_forever()


if __name__ == "__main__":
    main()
