"""Declaring a route: who may call it and which rows it needs.

Reading those rows once, then deciding, then calling the view.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Protocol, TypeAlias

from chalice.app import Blueprint, Chalice, Response

from chalicelib import policy
from chalicelib.credentials import Locator, fingerprint, parse_session, same
from chalicelib.errors import (
    Forbidden,
    InvalidToken,
    MethodNotAllowed,
    NotFound,
    NotSignedIn,
    Refusal,
    Unavailable,
)
from chalicelib.oauth import access_tokens
from chalicelib.oauth.access_tokens import Recognised
from chalicelib.policy import Standing
from chalicelib.store import sessions
from chalicelib.store.authorizations import authorization_key
from chalicelib.store.clients import client_key
from chalicelib.store.grants import grant_key
from chalicelib.store.reading import Key, Rows, read
from chalicelib.store.sessions import Session, session_key
from chalicelib.store.settings import Settings, settings_key
from chalicelib.store.users import User, user_key
from chalicelib.store.writing import ConditionFailed, Contention
from chalicelib.web import answers, http
from chalicelib.web.http import Request

ATTEMPTS: Final = 3
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log = logging.getLogger("gatepost")


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a route: anybody, a client that proves itself, a signed-in person, or also a token with a scope."""

    kind: Literal["public", "client", "person", "scope"]
    scope: str = ""


PUBLIC: Final = Access("public")
CLIENT: Final = Access("client")
PERSON: Final = Access("person")
"""First-party session only: an OAuth token is refused, whatever its scope."""


def scope(name: str) -> Access:
    """A first-party session, or an OAuth token that has this scope."""
    return Access("scope", name)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is calling, by session: the rows, and the token only the caller has."""

    user: User
    session: Session
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Presented:
    """A credential as it came, and how: only a cookie can be sent by somebody else's page."""

    token: str = field(repr=False)
    by_cookie: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose rows are read and whose caller is known."""

    request: Request
    rows: Rows
    settings: Settings
    person: Person | None = None
    by_token: Standing | None = None

    @property
    def user(self) -> User:
        """Who the call is for: the person of the session, or the one who allowed the application."""
        if self.person is not None:
            return self.person.user
        if self.by_token is not None and self.by_token.user is not None:
            return self.by_token.user
        raise NotSignedIn

    @property
    def session(self) -> Person:
        """The signed-in person of a first-party call."""
        if self.person is None:
            raise NotSignedIn
        return self.person


View: TypeAlias = "Callable[[Call], Response]"
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


@dataclass(frozen=True, slots=True)
class Route:
    """One declared route; tests are made from the list of them."""

    method: str
    path: str
    access: Access
    view: View = field(repr=False)
    shape: Shape = field(repr=False)
    form: str | None = None
    reads: Reads = field(repr=False, default=lambda _request: ())
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
        """Declare a route: `declared` are the remaining fields of `Route`."""

        def declare(view: View) -> View:
            route = Route(method, path, access, view, self._shape, **declared)
            ROUTES.append(route)
            handler = _handler(route)
            handler.__name__ = view.__name__
            self.blueprint.route(path, methods=[method], content_types=["*/*"], name=f"{method} {path}")(handler)
            return view

        return declare


def answer(route: Route, request: Request) -> Response:
    """Answer a request in the form of its surface, whatever happens."""
    call: Call | None = None
    try:
        for attempt in range(ATTEMPTS):
            try:
                call = load(route, request)
                _check(route, call)
                return answers.finished(route.shape.finish(route.view(call), route), request.id)
            except Contention:
                # Somebody wrote the same row, or DynamoDB could not say: read again and decide again.
                time.sleep(random.uniform(0, 0.05 * (attempt + 1)))  # noqa: S311  # jitter, not a secret
        raise Unavailable
    except Refusal as refusal:
        return _refused(route, refusal, request, call)
    except Exception:  # noqa: BLE001  # the one place where a mistake of ours becomes an answer
        _log.exception("request %s failed", request.id)
        return _refused(route, _Broken(), request, call)


def load(route: Route, request: Request) -> Call:
    """Read every row the request needs in one round trip, and say who is calling.

    Raises:
        InvalidToken: an OAuth token was sent that is not good (any more), or not for this route.
        InsufficientScope: it does not cover this route.

    """
    presented = route.shape.presented(request) if route.access.kind != "client" else None
    located = parse_session(presented.token) if presented else None
    recognised = access_tokens.recognise(presented.token) if presented and not located else None
    live = settings_key()
    rows = read(live, *_credential_keys(located, recognised), *route.reads(request))
    settings = rows[live]
    if settings is None:
        raise Unavailable
    if recognised is not None and route.access.kind in {"scope", "public"}:
        return _by_token(route, Call(request, rows, settings), recognised)
    person = _person(rows, settings, presented, located, request.now)
    if presented and not presented.by_cookie and person is None and route.access.kind == "scope":
        raise InvalidToken
    return Call(request, rows, settings, person)


def _by_token(route: Route, call: Call, recognised: Recognised) -> Call:
    """The call of an OAuth token; at a public address one that is not good is as good as none."""
    standing = _standing(call.rows, call.settings, recognised)
    needed = route.access.scope or policy.EVERYTHING
    try:
        claims = access_tokens.verify(recognised, call.settings)
        access_tokens.check(claims, standing, needed=needed, now=call.request.now)
    except Refusal:
        if route.access.kind == "public":
            return call
        raise
    return replace(call, by_token=standing)


def _check(route: Route, call: Call) -> None:
    """Access, permission, provider, then the surface's own checks: in the contract's order (section 4)."""
    if route.access.kind in {"person", "scope"} and call.person is None and call.by_token is None:
        raise nobody(route.shape.presented(call.request))
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


def nobody(presented: Presented | None) -> Refusal:
    """The refusal for a caller who is not a signed-in person.

    An OAuth token is known and not allowed, anything else is nobody.
    """
    if presented is not None and access_tokens.recognise(presented.token) is not None:
        return Forbidden()
    return NotSignedIn()


def _refused(route: Route, refusal: Refusal, request: Request, call: Call | None) -> Response:
    response = route.shape.refuse(refusal, route, request, call)
    response.headers.update(refusal.headers)
    return answers.finished(route.shape.finish(response, route), request.id)


def _credential_keys(located: Locator | None, recognised: Recognised | None) -> list[Key[Any]]:
    if located is not None:
        return [user_key(located.user_id), session_key(located.user_id, located.row_id)]
    if recognised is None:
        return []
    claims = recognised.claims
    return [
        user_key(claims.user_id),
        client_key(claims.client_id),
        grant_key(claims.user_id, claims.client_id),
        authorization_key(claims.user_id, claims.authorization_id),
    ]


def _standing(rows: Rows, settings: Settings, recognised: Recognised) -> Standing:
    claims = recognised.claims
    return Standing(
        settings,
        rows[user_key(claims.user_id)],
        rows[client_key(claims.client_id)],
        rows[grant_key(claims.user_id, claims.client_id)],
        rows[authorization_key(claims.user_id, claims.authorization_id)],
    )


def _person(
    rows: Rows, settings: Settings, presented: Presented | None, located: Locator | None, now: int
) -> Person | None:
    if presented is None or located is None:
        return None
    user = rows[user_key(located.user_id)]
    session = rows[session_key(located.user_id, located.row_id)]
    if user is None or session is None or not policy.session_alive(session, user, settings, now):
        return None
    if not same(fingerprint(presented.token), session.token_hash):
        return None
    return Person(user, session, presented.token)


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
    for path in {route.path: route.shape for route in ROUTES}:
        declared = {route.method: route for route in ROUTES if route.path == path}
        for method in METHODS:
            if method not in declared:
                _add(app, path, method, _undeclared(path, method, declared))
    for method in METHODS:
        _add(app, "/{proxy+}", method, _refusing("/{proxy+}", method, elsewhere, NotFound()))


def _undeclared(path: str, method: str, declared: dict[str, Route]) -> Callable[..., Response]:
    shape = next(iter(declared.values())).shape
    if method == "HEAD" and "GET" in declared:
        return _without_body(declared["GET"])
    allowed = ", ".join(sorted({*declared, "OPTIONS", *(["HEAD"] if "GET" in declared else [])}))
    if method == "OPTIONS":
        return _handler(Route(method, path, CLIENT, lambda _call: _preflight(allowed), shape))
    return _refusing(path, method, shape, MethodNotAllowed(headers={"Allow": allowed}))


def _add(app: Chalice, path: str, method: str, handler: Callable[..., Response]) -> None:
    app.route(path, methods=[method], content_types=["*/*"], name=f"{method} {path}")(handler)


def _refusing(path: str, method: str, shape: Shape, refusal: Refusal) -> Callable[..., Response]:
    def refuse(_call: Call) -> Response:
        raise refusal

    return _handler(Route(method, path, PUBLIC, refuse, shape))


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
