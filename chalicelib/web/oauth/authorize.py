"""The authorization endpoint: page, decision and Mattermost's JSON (RFC 6749 section 4.1; contract 2.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib import policy
from chalicelib.credentials import is_id
from chalicelib.errors import (
    AccessDenied,
    FormExpired,
    InvalidParameter,
    InvalidRequest,
    NotSignedIn,
    OAuthError,
    ProviderOff,
    Refusal,
)
from chalicelib.oauth import authorization, issuing
from chalicelib.oauth.authorization import PARAMETERS, Person, Question
from chalicelib.oauth.issuing import Seed
from chalicelib.oauth.redirect_uris import ClientAddress, RedirectTarget
from chalicelib.store.clients import Client, client_key
from chalicelib.store.grants import grant_key
from chalicelib.store.reading import Key
from chalicelib.web import answers, browser, mattermost
from chalicelib.web.callers import PERSON, PUBLIC, Call, Presented, nobody
from chalicelib.web.http import JSON, Parameters, Request, is_text
from chalicelib.web.oauth import decision
from chalicelib.web.routes import Route, Surface
from chalicelib.web.shapes import OAuthShape, PageShape

OFF: Final = ProviderOff(id="api.oauth.authorize_oauth.disabled.app_error")
_IDENTIFYING: Final = ("client_id", "redirect_uri")
_MM_FIELDS: Final = frozenset(PARAMETERS) | {"resource"}
_DECISION_FIELDS: Final = ("ticket", "decision")


@dataclass(frozen=True, slots=True)
class Known:
    """An authorization request of a known client, not validated yet."""

    parameters: dict[str, str]
    client: Client
    target: RedirectTarget


class AuthorizeShape:
    """`/oauth/authorize` is a page for people and, with a JSON body, Mattermost's API."""

    def __init__(self) -> None:
        self._page, self._json = PageShape(), OAuthShape(cors=False)

    def presented(self, request: Request) -> Presented | None:
        """The page's cookie, or for JSON what Mattermost's clients send."""
        return self._json.presented(request) if _is_json(request) else self._page.presented(request)

    def before(self, route: Route, call: Call) -> None:
        """The request itself changes nothing; what decides checks its own token."""

    def refuse(self, refusal: Refusal, route: Route, request: Request, call: Call | None) -> Response:
        """As a page, or as JSON to who sent JSON."""
        shape = self._json if _is_json(request) else self._page
        return shape.refuse(refusal, route, request, call)

    def finish(self, response: Response, route: Route) -> Response:
        """Nothing: no other origin has business here."""
        return response


pages = Surface("oauth_authorize", AuthorizeShape())
decisions = Surface("oauth_decision", PageShape())


def _from_query(request: Request) -> Sequence[Key[Any]]:
    return _rows(authorization.client_id_of(request.query.only(["client_id"])), request)


def _from_body(request: Request) -> Sequence[Key[Any]]:
    if _is_json(request):
        claimed = request.json("authorize_request").get("client_id")
        client_id = claimed if isinstance(claimed, str) and is_id(claimed) else ""
        return _rows(client_id, request)
    return _rows(authorization.client_id_of(request.form.only(["client_id"])), request)


def _from_ticket(request: Request) -> Sequence[Key[Any]]:
    claimed = decision.client_id_of(request.form.get("ticket") or "")
    return _rows(claimed if is_id(claimed) else "", request)


@pages.route("GET", "/oauth/authorize", PUBLIC, reads=_from_query, off=OFF, query=PARAMETERS)
def ask(call: Call) -> Response:
    """Answer an authorization request: a page that asks, or the way back to the client."""
    return _respond(call, call.request.query)


@pages.route("POST", "/oauth/authorize", PUBLIC, reads=_from_body, off=ProviderOff(), fields=_MM_FIELDS)
def ask_or_decide(call: Call) -> Response:
    """A form is an authorization request like the GET (OpenID Connect Core section 3.1.2.1).

    JSON is Mattermost's decision.
    """
    if _is_json(call.request):
        return _decide_by_json(call)
    # A form of another origin carries no session cookie (SameSite), so the request starts again as a GET.
    sent = [(name, value) for name, value in call.request.form.pairs() if name in PARAMETERS]
    return answers.go(f"/oauth/authorize?{urlencode(sent)}")


@decisions.route(
    "POST",
    "/oauth/authorize/decision",
    PERSON,
    reads=_from_ticket,
    form="decision",
    off=OFF,
    fields=_DECISION_FIELDS,
)
def decide(call: Call) -> Response:
    """Allow or Deny; either way back to the callback of this very authorization."""
    session = call.session.session
    held = decision.read(call.request.form.get("ticket") or "", session.session_id, call.settings, call.request.now)
    known = _identified(call, held.parameters)
    request = authorization.validate(known.parameters, known.client, known.target)
    if request.fingerprint != held.request_hash:
        raise FormExpired("The application changed while you were reading. Start again from the application.")
    choice = call.request.form.get("decision")
    if choice == "allow":
        seed = issuing.ticket_seed(held.ticket, call.settings)
        address = _proceed(call, _question(call, request), seed=seed, allowed=True)
    elif choice == "deny":
        address = authorization.answer(request.target, state=request.state, error=AccessDenied())
    else:
        raise InvalidRequest("Choose Allow or Deny.")
    return browser.hand_over(call, address, known.client.client_name)


def _respond(call: Call, sent: Parameters) -> Response:
    known = _identified(call, sent.only(_IDENTIFYING))
    try:
        known = replace(known, parameters=sent.only(PARAMETERS))
        request = authorization.validate(known.parameters, known.client, known.target)
    except OAuthError as error:
        return answers.go_to_client(authorization.answer(known.target, state=_state(sent), error=error))
    if call.person is None:
        raise NotSignedIn
    question = _question(call, request)
    if authorization.must_ask(question, call.request.now):
        return _consent(call, known, request)
    return answers.go_to_client(_proceed(call, question, seed=issuing.random_seed(), allowed=False))


def _state(sent: Parameters) -> str | None:
    """The state to send back with an error, unless it is the state that is wrong."""
    try:
        state = sent.get("state")
    except InvalidRequest:
        return None
    return state if state and len(state) <= authorization.MAX_STATE else None


def _consent(call: Call, known: Known, request: authorization.Request) -> Response:
    session = call.session.session
    ticket = decision.write(known.parameters, request.fingerprint, session.session_id, call.settings, call.request.now)
    return browser.page(
        call,
        "oauth/consent.html",
        opener=True,
        client=_shown(known),
        scopes=[policy.SCOPES[name] for name in request.scope.split()],
        ticket=ticket,
        continue_to=f"/oauth/authorize?{urlencode(known.parameters)}",
    )


def _shown(known: Known) -> dict[str, Any]:
    client = known.client
    return {
        "name": client.client_name,
        "client_id": client.client_id,
        "description": client.description,
        "homepage": client.client_uri,
        "redirect_uri": known.target.uri,
        "created_by": client.creator_name,
        "created_at": client.created_at,
    }


def _decide_by_json(call: Call) -> Response:
    """Mattermost's consent page in one call: the session says yes (contract 2.5)."""
    parameters = _json_parameters(call.request)
    if call.person is None:
        raise nobody(mattermost.presented(call.request))
    mattermost.check_csrf(call)
    known = _identified(call, parameters)
    request = authorization.validate(parameters, known.client, known.target)
    address = _proceed(call, _question(call, request), seed=issuing.random_seed(), allowed=True)
    return answers.as_json({"redirect": address})


def _json_parameters(request: Request) -> dict[str, str]:
    body = request.json("authorize_request")
    given = {name: body[name] for name in _MM_FIELDS if body.get(name) not in (None, "")}
    if not all(isinstance(value, str) and is_text(value) for value in given.values()):
        raise InvalidParameter("authorize_request")
    if "client_id" not in given or not is_id(given["client_id"]):
        raise InvalidParameter("client_id")
    for name in ("response_type", "redirect_uri"):
        if name not in given:
            raise InvalidRequest(f"Send {name}.", id=f"model.authorize.is_valid.{name}.app_error")
    return given


def _identified(call: Call, parameters: Mapping[str, str]) -> Known:
    client_id = authorization.client_id_of(parameters)
    client, target = authorization.identify(parameters, call.rows[client_key(client_id)])
    return Known(dict(parameters), client, target)


def _question(call: Call, request: authorization.Request) -> Question:
    person = Person(call.session.user, call.session.session)
    grant = call.rows[grant_key(person.user.user_id, request.client.client_id)]
    return Question(request, person, grant, call.settings)


def _proceed(call: Call, question: Question, *, seed: Seed, allowed: bool) -> ClientAddress:
    origin = call.request.origin(question.person.user.user_id)
    return issuing.proceed(question, seed=seed, allowed=allowed, origin=origin)


def _rows(client_id: str, request: Request) -> Sequence[Key[Any]]:
    return [client_key(client_id), grant_key(request.claimed_user_id, client_id)]


def _is_json(request: Request) -> bool:
    return request.method == "POST" and request.content_type == JSON
