"""What API Gateway does between wire and function: choose the route, make the event."""

import base64
import json
import logging
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalice.app import Chalice
from chalice.local import LambdaContext, LocalChalice

Event = dict[str, Any]
TIME_LIMIT = 29_000  # milliseconds API Gateway waits for a function
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


class ThreadedApp(LocalChalice):
    """A Chalice app whose request is its thread's own; on Lambda a process serves one at a time."""

    _of_this_thread = threading.local()

    @property
    def lambda_context(self) -> LambdaContext:
        """The context of the request this thread serves."""
        context: LambdaContext = self._of_this_thread.lambda_context
        return context

    @lambda_context.setter
    def lambda_context(self, context: LambdaContext) -> None:
        self._of_this_thread.lambda_context = context


class Routes:
    """Routes in API Gateway's order: at each segment text, then `{name}`, then `{proxy+}`."""

    def __init__(self, paths: list[str]) -> None:
        self._routes = sorted(([*map(_segment, _parts(path))], path) for path in paths)
        self._static = {path for path in paths if "{" not in path}

    def match(self, path: str) -> tuple[str, dict[str, str]] | None:
        """Find the route of a path, and its variables as they were sent (not decoded)."""
        if path in self._static:
            return path, {}
        parts = _parts(path)
        for segments, route in self._routes:
            captured = _captured(segments, parts)
            if captured is not None:
                return route, captured
        return None


class Gateway:
    """One app behind the emulated API Gateway."""

    def __init__(self, app: Chalice) -> None:
        if not isinstance(app, ThreadedApp):
            app.__class__ = ThreadedApp
        self._app = app
        self._routes = Routes(list(app.routes))

    def handle(self, request: Request) -> Answer:
        """Answer a request."""
        matched = self._routes.match(urlsplit(request.target).path)
        if matched is None:
            return refusal(403, "Missing Authentication Token")
        context = LambdaContext("gatepost-local", memory_size=1024, max_runtime_ms=TIME_LIMIT)
        event = self._event(request, matched, context.aws_request_id)
        try:
            return _answer(self._app(event, context))
        except Exception:  # a function that fails must not end the server
            log.exception("%s %s failed", request.method, matched[0])
            return refusal(502, "Internal server error")

    def _event(self, request: Request, matched: tuple[str, dict[str, str]], request_id: str) -> Event:
        route, captured = matched
        url = urlsplit(request.target)
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
                "requestId": request_id,
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


def _captured(segments: list[tuple[int, str]], parts: list[str]) -> dict[str, str] | None:
    captured: dict[str, str] = {}
    for at, (kind, name) in enumerate(segments):
        if at >= len(parts) or (kind == _STATIC and parts[at] != name):
            return None
        if kind == _GREEDY:
            return captured | {name: "/".join(parts[at:])}
        if kind == _VARIABLE:
            captured[name] = parts[at]
    return captured if len(segments) == len(parts) else None
