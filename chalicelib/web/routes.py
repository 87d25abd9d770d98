"""Declaring a route with who may call it and which rows it needs; answering it, whatever happens."""

import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from chalice.app import Blueprint, Chalice, Response

from chalicelib import policy
from chalicelib.errors import (
    AddressTooLong,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    NotSignedIn,
    Refusal,
    Unavailable,
)
from chalicelib.store import sessions
from chalicelib.store.reading import Key
from chalicelib.store.settings import Settings
from chalicelib.store.users import User
from chalicelib.store.writing import ConditionFailed, Contention
from chalicelib.web import answers, callers, http
from chalicelib.web.callers import CLIENT, FIXED, PUBLIC, Access, Call, Claim, Presented
from chalicelib.web.http import Request, Takes

ATTEMPTS: Final = 3
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log = logging.getLogger("gatepost")


View: TypeAlias = "Callable[[Call], Response]"
FixedView: TypeAlias = "Callable[[Request], Response]"
Reads: TypeAlias = "Callable[[Request], Sequence[Key[Any]]]"


class Shape(Protocol):
    """What differs between surfaces: where the credential is, and how a refusal looks."""

    def presented(self, request: Request) -> Presented | None:
        """The credential of the request, None if there is none."""

    def before(self, route: "Route", call: Call) -> None:
        """Check what this surface checks of every request, e.g. a form's token; raises a Refusal."""

    def refuse(self, refusal: Refusal, route: "Route", request: Request, call: Call | None) -> Response:
        """Say no in this surface's form."""

    def finish(self, response: Response, route: "Route") -> Response:
        """Add this surface's own headers."""


class Route(NamedTuple):
    """One declared route; tests are made from the list of them."""

    method: str
    path: str
    access: Access
    view: Callable[[Any], Response]  # of the call; of the bare request where nothing is read
    shape: Shape
    form: str | None = None
    takes: Takes = Takes()
    reads: Reads = lambda _request: ()
    may: Callable[[User, Settings], bool] | None = None
    forbidden: Refusal | None = None
    off: Refusal | None = None


ROUTES: Final[list[Route]] = []
"""Every declared route."""


class Surface:
    """A blueprint whose routes are declared with their access."""

    def __init__(self, name: str, shape: Shape) -> None:
        self.blueprint = Blueprint(name)
        self._shape = shape

    def route(self, method: str, path: str, access: Access, **declared: Any) -> Callable[[View], View]:
        """Declare a route: `declared` are the remaining fields of `Route`.

        `query`, `fields` and `items` name what it reads (see `http.Takes`).
        """
        names = {part: frozenset(declared.pop(part, ())) for part in ("query", "fields")}
        takes = Takes(**names, items=declared.pop("items", None))

        def declare(view: View) -> View:
            self._declare(Route(method, path, access, view, self._shape, takes=takes, **declared), view.__name__)
            return view

        return declare

    def fixed(self, path: str) -> Callable[[FixedView], FixedView]:
        """Declare a GET whose answer hangs on nothing: no row is read, so that it is there while DynamoDB is not."""

        def declare(view: FixedView) -> FixedView:
            self._declare(Route("GET", path, FIXED, view, self._shape), view.__name__)
            return view

        return declare

    def _declare(self, route: Route, name: str) -> None:
        ROUTES.append(route)
        handler = _handler(route)
        handler.__name__ = name
        named = f"{route.method} {route.path}"
        self.blueprint.route(route.path, methods=[route.method], content_types=["*/*"], name=named)(handler)


def answer(route: Route, request: Request) -> Response:
    """Answer a request in the form of its surface, whatever happens."""
    call: Call | None = None
    try:
        if request.length > http.MAX_URL:
            raise AddressTooLong
        if route.access == FIXED:
            return answers.finished(route.shape.finish(route.view(request), route), request.id)
        for attempt in range(ATTEMPTS):
            try:
                call = _loaded(route, request)
                _check(route, call)
                return answers.finished(route.shape.finish(route.view(call), route), request.id)
            except (ConditionFailed, Contention):
                # Somebody changed what was read, or DynamoDB could not say: read again and decide again.
                time.sleep(random.uniform(0, 0.05 * (attempt + 1)))  # noqa: S311  # jitter, not a secret
        raise Unavailable
    except Refusal as refusal:
        # One refusal may serve every request: with its traceback it would keep each of them, and what was in it.
        return _refused(route, refusal.with_traceback(None), request, call)
    except Exception:  # noqa: BLE001  # the one place where a mistake of ours becomes an answer
        _log.exception("request %s failed", request.id)
        return _refused(route, _Broken(), request, call)


def _loaded(route: Route, request: Request) -> Call:
    # Where clients prove themselves no session is looked at, so that no browser can be made to act there.
    presented = route.shape.presented(request) if route.access.kind != "client" else None
    claim = callers.claim(route.access, presented)
    request = replace(request, takes=route.takes, claimed_user_id=claim.user_id)
    return callers.load(route.access, claim, _keys(route, claim, request), request)


def _keys(route: Route, claim: Claim, request: Request) -> Sequence[Key[Any]]:
    """The rows a request names; who names none hears first what there is to hear before that."""
    try:
        return route.reads(request)
    except Refusal as refusal:
        if route.access.kind in {"person", "scope"} and claim.presented is None:
            raise NotSignedIn from refusal
        if route.off is not None and route.access == CLIENT:
            _check(route, callers.load(PUBLIC, callers.NOBODY, (), request))
        raise


def _check(route: Route, call: Call) -> None:
    """Somebody, the surface's own checks, permission, provider: in the contract's order (section 4)."""
    callers.require(route.access, route.shape.presented(call.request), call)
    route.shape.before(route, call)
    if route.may is not None and not route.may(call.user, call.settings):
        raise route.forbidden or Forbidden()
    if route.off is not None and not call.settings.provider_on:
        raise route.off
    _note_seen(call)


def _note_seen(call: Call) -> None:
    """Move a session's idle limit on, at most every 15 minutes: pages do not buy a write each."""
    if call.person is None:
        return
    session, now = call.person.session, call.request.now
    if now - session.seen_at < policy.milliseconds(policy.SESSION_SEEN_EVERY):
        return
    try:
        sessions.seen(session, now)
    except ConditionFailed:
        return  # signed out in another window


def _refused(route: Route, refusal: Refusal, request: Request, call: Call | None) -> Response:
    response = route.shape.refuse(refusal, route, request, call)
    response.headers.update(refusal.headers)
    return answers.finished(route.shape.finish(response, route), request.id)


class _Broken(Refusal):
    """Something failed that should not have: the cause is in the log, under the request's id."""

    status = 500
    error = "server_error"
    id = "api.context.internal.app_error"
    heading = "Something broke on our side"
    description = "The request could not be answered. Try again; if it happens again, report the request ID."


def _handler(route: Route) -> Callable[..., Response]:
    def handle(**_values: str) -> Response:
        return answer(route, http.current())

    return handle


def complete(app: Chalice, elsewhere: Shape) -> None:
    """Give every address every method, and one address for everything else.

    API Gateway would answer what is not declared by itself, with 403 and in its own words.
    """
    addresses: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        addresses.setdefault(route.path, {})[route.method] = route
    for path, declared in addresses.items():
        _fill(app, path, declared)
    _add(app, METHODS, "/{proxy+}", _refusing("/{proxy+}", elsewhere, NotFound()))


def _fill(app: Chalice, path: str, declared: Mapping[str, Route]) -> None:
    """Answer the methods an address does not declare."""
    shape = next(iter(declared.values())).shape
    taken = {*declared, "OPTIONS", *(["HEAD"] if "GET" in declared else [])}
    allowed = ", ".join(sorted(taken))
    if "HEAD" in taken - declared.keys():
        _add(app, ["HEAD"], path, _without_body(declared["GET"]))
    if "OPTIONS" not in declared:
        asked = Route("OPTIONS", path, FIXED, lambda _request: _preflight(allowed), shape)
        _add(app, ["OPTIONS"], path, _handler(asked))
    others = [method for method in METHODS if method not in taken]
    _add(app, others, path, _refusing(path, shape, MethodNotAllowed(headers={"Allow": allowed})))


def _add(app: Chalice, methods: Sequence[str], path: str, handler: Callable[..., Response]) -> None:
    app.route(path, methods=methods, content_types=["*/*"], name=f"{' '.join(methods)} {path}")(handler)


def _refusing(path: str, shape: Shape, refusal: Refusal) -> Callable[..., Response]:
    def refuse(_call: Call) -> Response:
        raise refusal

    return _handler(Route("any", path, PUBLIC, refuse, shape))


def _without_body(route: Route) -> Callable[..., Response]:
    def head(**_values: str) -> Response:
        response = answer(route, http.current())
        response.body = ""
        return response

    return head


def _preflight(allowed: str) -> Response:
    """Say what the address takes; whether other origins may read it is said by the surface's own headers."""
    headers = {
        "Allow": allowed,
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Requested-With",
        "Access-Control-Max-Age": "86400",
    }
    return answers.nothing(headers=headers)
