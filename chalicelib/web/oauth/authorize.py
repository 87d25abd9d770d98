"""The authorization endpoint: page, decision and Mattermost's JSON (RFC 6749 section 4.1; contract 2.5)."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

from chalice.app import Response

from chalicelib.credentials import is_id
from chalicelib.errors import (
    AccessDenied,
    FormExpired,
    InvalidRequest,
    NotSignedIn,
    OAuthError,
    ProviderOff,
    Refusal,
)
from chalicelib.oauth import authorization, issuing
from chalicelib.oauth.authorization import PARAMETERS, Person, Question
from chalicelib.oauth.issuing import Seed
from chalicelib.oauth.redirect_uris import ClientAddress
from chalicelib.store.grants import grant_key
from chalicelib.store.reading import Key
from chalicelib.web import answers, browser, mattermost
from chalicelib.web.callers import PERSON, PUBLIC, Call, Presented, nobody
from chalicelib.web.http import Parameters, Request
from chalicelib.web.oauth import asking, consent, decision
from chalicelib.web.oauth.asking import AFTER, IDENTIFYING, Known, is_json
from chalicelib.web.routes import Route, Surface
from chalicelib.web.shapes import OAuthShape, PageShape

OFF: Final = ProviderOff(id="api.oauth.authorize_oauth.disabled.app_error")
_DECISION_FIELDS: Final = ("ticket", "decision")


class AuthorizeShape:
    """`/oauth/authorize` is a page for people and, with a JSON body, Mattermost's API."""

    def __init__(self) -> None:
        self._page, self._json = PageShape(), OAuthShape(cors=False)

    def presented(self, request: Request) -> Presented | None:
        """The page's cookie, or for JSON what Mattermost's clients send."""
        return self._json.presented(request) if is_json(request) else self._page.presented(request)

    def before(self, route: Route, call: Call) -> None:
        """The request itself changes nothing; what decides checks its own token."""

    def refuse(self, refusal: Refusal, route: Route, request: Request, call: Call | None) -> Response:
        """As a page, or as JSON to who sent JSON; a failure of ours is told to the client (RFC 6749 4.1.2.1)."""
        if is_json(request):
            return self._json.refuse(refusal, route, request, call)
        client_told = _told(refusal, call) if refusal.status in {500, 503} and request.method == "GET" else None
        return client_told or self._page.refuse(refusal, route, request, call)

    def finish(self, response: Response, route: Route) -> Response:
        """Nothing: no other origin has business here."""
        return response


pages = Surface("oauth_authorize", AuthorizeShape())
decisions = Surface("oauth_decision", PageShape())


def _from_query(request: Request) -> Sequence[Key[Any]]:
    client_id = authorization.client_id_of(request.query.only(["client_id"]))
    return asking.rows(client_id, request.query.all("resource"), request)


def _from_body(request: Request) -> Sequence[Key[Any]]:
    if not is_json(request):
        client_id = authorization.client_id_of(request.form.only(["client_id"]))
        return asking.rows(client_id, [], request)
    body = request.json("authorize_request")
    claimed, resource = body.get("client_id"), body.get("resource")
    client_id = claimed if isinstance(claimed, str) and is_id(claimed) else ""
    return asking.rows(client_id, resource.split() if isinstance(resource, str) else [], request)


def _from_ticket(request: Request) -> Sequence[Key[Any]]:
    claimed = decision.parameters_of(request.form.get("ticket") or "")
    return asking.rows(authorization.client_id_of(claimed), claimed.get("resource", "").split(), request)


@pages.route("GET", "/oauth/authorize", PUBLIC, reads=_from_query, off=OFF, query=(*PARAMETERS, AFTER))
def ask(call: Call) -> Response:
    """Answer an authorization request: a page that asks, or the way back to the client."""
    sent = call.request.query
    known = asking.identified(call, sent.only(IDENTIFYING))
    try:
        return _respond(call, known._replace(parameters=asking.parameters_of(sent)), sent)
    except OAuthError as error:
        address = authorization.answer(known.target, state=asking.state_of(sent), error=error)
        return browser.go_to_client(call, address, known.client.client_name)


@pages.route("POST", "/oauth/authorize", PUBLIC, reads=_from_body, off=ProviderOff(), fields=PARAMETERS)
def ask_or_decide(call: Call) -> Response:
    """A form is an authorization request like the GET (OpenID Connect Core section 3.1.2.1).

    JSON is Mattermost's decision.
    """
    if is_json(call.request):
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
    known = asking.identified(call, held.parameters)
    request = asking.validated(call, known)
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


def _respond(call: Call, known: Known, sent: Parameters) -> Response:
    request, now = asking.validated(call, known), call.request.now
    person = Person(call.person.user, call.person.session) if call.person else None
    since = asking.asked_at(sent, known.client.client_id, call.settings)
    if authorization.must_sign_in(request, person, asked_at=since, now=now):
        return _sign_in(call, known, request)
    question = _question(call, request)
    if authorization.must_ask(question, now):
        return _consent(call, known, question)
    address = _proceed(call, question, seed=issuing.random_seed(), allowed=False)
    return browser.go_to_client(call, address, known.client.client_name)


def _sign_in(call: Call, known: Known, request: authorization.Request) -> Response:
    """Send somebody to sign in, and back to this very request; the mark says that this is what they signed in for."""
    if not request.wants_fresh_sign_in:
        raise NotSignedIn
    mark = asking.marked(known.client.client_id, call.settings, call.request.now)
    back = asking.address(known.parameters, **{AFTER: mark})
    return answers.go(f"/login?redirect_to={quote(back, safe='')}", 302)


def _consent(call: Call, known: Known, question: Question) -> Response:
    session, request = call.session.session, question.request
    ticket = decision.write(known.parameters, request.fingerprint, session.session_id, call.settings, call.request.now)
    return browser.page(
        call,
        "oauth/consent.html",
        opener=True,
        ticket=ticket,
        continue_to=asking.address(known.parameters),
        **consent.shown(question, call.request.now),
    )


def _decide_by_json(call: Call) -> Response:
    """Mattermost's consent page in one call: the session says yes (contract 2.5)."""
    parameters = asking.from_json(call.request)
    if call.person is None:
        raise nobody(mattermost.presented(call.request))
    mattermost.check_csrf(call)
    known = asking.identified(call, parameters)
    request = asking.validated(call, known)
    address = _proceed(call, _question(call, request), seed=issuing.random_seed(), allowed=True)
    return answers.as_json({"redirect": address})


def _question(call: Call, request: authorization.Request) -> Question:
    person = Person(call.session.user, call.session.session)
    grant = call.rows[grant_key(person.user.user_id, request.client.client_id)]
    return Question(request, person, grant, call.settings)


def _proceed(call: Call, question: Question, *, seed: Seed, allowed: bool) -> ClientAddress:
    origin = call.request.origin(question.person.user.user_id)
    return issuing.proceed(question, seed=seed, allowed=allowed, origin=origin)


def _told(refusal: Refusal, call: Call | None) -> Response | None:
    """Tell the client of a failure of ours, if it is known where the answer may go."""
    if call is None:
        return None
    sent = call.request.query
    try:
        known = asking.identified(call, sent.only(IDENTIFYING))
    except Refusal:
        return None
    error = OAuthError(refusal.description)
    error.error = refusal.error
    address = authorization.answer(known.target, state=asking.state_of(sent), error=error)
    return browser.go_to_client(call, address, known.client.client_name)
