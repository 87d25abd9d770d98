"""What leaves the building: one function per kind of answer, with the headers that keep it safe."""

import json
from collections.abc import Mapping
from typing import Any, Final

from chalice.app import Response

from chalicelib import config
from chalicelib.errors import Refusal
from chalicelib.oauth.redirect_uris import ClientAddress, opens_app

HTML: Final = "text/html; charset=utf-8"
NO_STORE: Final = {"Cache-Control": "no-store"}
CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "WWW-Authenticate, X-Request-Id, Retry-After",
}
_CSP: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src {images}; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_EVERY_ANSWER: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
_EVERY_PAGE: Final = {
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), clipboard-write=(self)",
}


def as_json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON, never kept by a cache unless the headers say so; the content type is exactly `application/json`."""
    return Response(
        json.dumps(body),
        {**NO_STORE, **(headers or {}), "Content-Type": "application/json"},
        status,
    )


def as_page(html: str, status: int = 200, *, images: str = "'self'", opener: bool = False) -> Response:
    """A page. `opener` keeps a pop-up's tie to the window that opened it (authorization and sign-in)."""
    headers: dict[str, Any] = {**NO_STORE, **_EVERY_PAGE, "Content-Type": HTML}
    headers["Content-Security-Policy"] = _CSP.format(images=images)
    if not opener:
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return Response(html, headers, status)


def as_picture(svg: str, headers: Mapping[str, str]) -> Response:
    """A drawing of ours; opened by itself it may load and run nothing."""
    safe = {"Content-Security-Policy": "default-src 'none'", "Content-Type": "image/svg+xml"}
    return Response(svg, {**headers, **safe}, 200)


def nothing(status: int = 204, headers: Mapping[str, str] | None = None) -> Response:
    """An answer without a body."""
    return Response("", {**NO_STORE, **(headers or {}), "Content-Type": "text/plain"}, status)


def go(path: str, status: int = 303) -> Response:
    """Send the browser to one of our own pages.

    Raises:
        ValueError: the path is not our own; nobody may reach this with something a caller sent.

    """
    if not is_own_path(path):
        raise ValueError("not a path of this server")
    return Response("", {**NO_STORE, "Location": path, "Content-Type": HTML}, status)


def go_to_client(address: ClientAddress) -> Response:
    """Send the browser to a client's registered address; 302, and only in answer to a GET (RFC 9700 section 4.12).

    Raises:
        ValueError: it opens an app, and a redirect would leave the page before it on the screen (ux 3.2).

    """
    if opens_app(address):
        raise ValueError("an app is opened by the hand-over page")
    return Response("", {**NO_STORE, "Location": str(address), "Content-Type": HTML}, 302)


def is_own_path(path: str) -> bool:
    """Whether a text is a path on this server and can be nothing else, in any browser's reading (contract case 147)."""
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        return False
    return path.isascii() and path.isprintable() and not set(path) & set(' \\"<>')


def own_path(path: str | None) -> str:
    """A path to come back to, as somebody sent it; the home page if it leads anywhere else."""
    return path if path is not None and is_own_path(path) else "/"


def refusal_body(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """Mattermost's error object (contract 1.1)."""
    return {
        "id": refusal.id,
        "message": refusal.description,
        "detailed_error": "",
        "request_id": request_id,
        "status_code": refusal.status,
    }


def oauth_refusal_body(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """The RFC's error and Mattermost's in one body (DESIGN section 4)."""
    standard = {"error": refusal.error, "error_description": refusal.description}
    return standard | refusal_body(refusal, request_id)


def with_cookie(response: Response, cookie: str) -> Response:
    """Add a Set-Cookie header; there may be several."""
    held = response.headers.get("Set-Cookie", [])
    response.headers["Set-Cookie"] = [*(held if isinstance(held, list) else [held]), cookie]
    return response


def finished(response: Response, request_id: str) -> Response:
    """Add what every answer carries, and make sure that no value can break out of its header.

    Raises:
        ValueError: a header value has a line break in it.

    """
    headers = {**_EVERY_ANSWER, **response.headers, "X-Request-Id": request_id}
    if config.current().secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    for value in headers.values():
        for line in value if isinstance(value, list) else [value]:
            if not line.isascii() or not line.isprintable():
                raise ValueError("a header value is not printable ASCII")
    response.headers = headers
    return response
