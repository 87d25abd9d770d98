"""What API Gateway does between wire and function: choose the route, make the event."""

import base64
import json
import logging
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalice.app import Chalice
from chalice.local import LocalChalice

Event = dict[str, Any]
log = logging.getLogger(__name__)
_STATIC, _VARIABLE, _GREEDY = range(3)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came over the wire.  `target` is path and query, neither of them decoded."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    network: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as it goes over the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Routes:
    """Routes in API Gateway's order: at each segment text, then `{name}`, then `{proxy+}`."""

    def __init__(self, paths: list[str]) -> None:
        self._root = _Node()
        for path in paths:
            node = self._root
            for part in _parts(path):
                kind, name = _segment(part)
                node = node.below.setdefault(kind, {}).setdefault(name, _Node())
            node.route = path

    def match(self, path: str) -> tuple[str, dict[str, str]] | None:
        """Find the route of a path, and its variables as they were sent (not decoded)."""
        return _match(self._root, _parts(path))


class _Node:
    """A segment of routes: what may come below it, by kind and text or name, and the route that ends here."""

    def __init__(self) -> None:
        self.below: dict[int, dict[str, _Node]] = {}
        self.route: str | None = None


class Gateway:
    """One app behind the emulated API Gateway."""

    def __init__(self, app: Chalice) -> None:
        if not isinstance(app, LocalChalice):
            app.__class__ = LocalChalice  # its request is its thread's own; on Lambda a process serves one at a time
        self._app = app
        self._routes = Routes(list(app.routes))

    def handle(self, request: Request) -> Answer:
        """Answer a request."""
        event = self.event(request)
        if event is None:
            return refusal(403, "Missing Authentication Token")
        try:
            return _answer(self._app(event, None))  # the app asks nothing about the function it runs in
        except Exception:  # a function that fails must not end the server
            log.exception("%s %s failed", request.method, event["resource"])
            return refusal(502, "Internal server error")

    def event(self, request: Request) -> Event | None:
        """Make what the function is called with; None for an address that has no route."""
        url = urlsplit(request.target)
        matched = self._routes.match(url.path)
        if matched is None:
            return None
        route, captured = matched
        names: dict[str, list[str]] = {}
        for name, value in request.headers:
            names.setdefault(name.lower(), []).append(value)
        return {
            "resource": route,
            "path": url.path,
            "httpMethod": request.method,
            "headers": {name: values[-1] for name, values in names.items()},
            "multiValueHeaders": names,
            "multiValueQueryStringParameters": parse_qs(url.query, keep_blank_values=True) or None,
            "pathParameters": captured or None,
            "stageVariables": None,
            "requestContext": {
                "resourcePath": route,
                "httpMethod": request.method,
                "path": url.path,
                "stage": "api",
                "requestId": secrets.token_hex(16),
                "requestTimeEpoch": int(time.time() * 1000),
                "identity": {
                    "sourceIp": request.network,
                    "userAgent": names.get("user-agent", [None])[-1],
                },
            },
            **self._body(request, names.get("content-type", [""])[-1]),
        }

    def _body(self, request: Request, content_type: str) -> Event:
        if content_type in self._app.api.binary_types:
            return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}
        # API Gateway hands on text, so what is not UTF-8 is lost there too.
        return {"body": request.body.decode(errors="replace") or None, "isBase64Encoded": False}


def refusal(status: int, message: str) -> Answer:
    """Answer as API Gateway itself does when it does not call the function."""
    body = json.dumps({"message": message}).encode()
    return Answer(status, [("Content-Type", "application/json")], body)


def _answer(result: dict[str, Any]) -> Answer:
    headers = list(result["headers"].items())
    for name, values in result["multiValueHeaders"].items():
        headers += [(name, value) for value in values]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))  # as API Gateway does
    body = result["body"] or ""
    encoded = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    return Answer(result["statusCode"], headers, encoded)


def _parts(path: str) -> list[str]:
    # API Gateway takes one slash at the end for none.
    return [] if path == "/" else path.removesuffix("/").removeprefix("/").split("/")


def _segment(part: str) -> tuple[int, str]:
    if not part.startswith("{"):
        return _STATIC, part
    return (_GREEDY, part[1:-2]) if part.endswith("+}") else (_VARIABLE, part[1:-1])


def _match(node: _Node, parts: list[str]) -> tuple[str, dict[str, str]] | None:
    if not parts:
        return None if node.route is None else (node.route, {})
    first, *rest = parts
    if (exact := node.below.get(_STATIC, {}).get(first)) and (found := _match(exact, rest)):
        return found
    for name, below in node.below.get(_VARIABLE, {}).items():
        if found := _match(below, rest):
            return found[0], {name: first} | found[1]
    for name, below in node.below.get(_GREEDY, {}).items():
        if below.route:
            return below.route, {name: "/".join(parts)}
    return None
