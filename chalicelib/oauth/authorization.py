"""The authorization endpoint: identify the client, validate, remember or ask, answer.

RFC 6749 section 4.1, OAuth 2.1 section 4.1.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from chalicelib import config, policy
from chalicelib.credentials import (
    code_token,
    fingerprint,
    id_from,
    is_id,
    mac,
    new_id,
    new_secret,
)
from chalicelib.errors import (
    AlreadyAnswered,
    InvalidRequest,
    OAuthError,
    UnknownClient,
    UnknownRedirect,
    UnsupportedResponseType,
)
from chalicelib.oauth import pkce, redirect_uris, scopes
from chalicelib.oauth.redirect_uris import ClientAddress, RedirectTarget
from chalicelib.store import authorizations, grants
from chalicelib.store.audit import Origin, event
from chalicelib.store.authorizations import DAY_MS, PENDING, Authorization
from chalicelib.store.clients import Client
from chalicelib.store.grants import Grant
from chalicelib.store.sessions import Session
from chalicelib.store.settings import Settings
from chalicelib.store.users import User
from chalicelib.store.writing import ConditionFailed, Contention, write, write_together

MAX_STATE: Final = 4096
_CODE_LABEL: Final = "authorization code"
PARAMETERS: Final = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "prompt",
)


@dataclass(frozen=True, slots=True)
class Request:
    """An authorization request that may be answered by redirect: client and address are known to belong together."""

    client: Client
    target: RedirectTarget
    state: str | None
    scope: str
    code_challenge: str | None
    prompt: frozenset[str]

    @property
    def fingerprint(self) -> str:
        """What a decision is bound to: another request cannot be allowed with this one's ticket."""
        parts = (
            self.client.client_id,
            self.client.born,
            self.target.uri,
            self.scope,
            self.state or "",
            self.code_challenge or "",
        )
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, with the rows that say so."""

    user: User
    session: Session


@dataclass(frozen=True, slots=True)
class Question:
    """May this application do this for this person?  With everything that decides about it."""

    request: Request
    person: Person
    grant: Grant | None
    settings: Settings

    def standing_grant(self, now: int) -> Grant | None:
        """The grant, if it is one of this person, application and epoch, and in time."""
        user, client = self.person.user, self.request.client
        if policy.grant_stands(self.grant, user=user, client=client, settings=self.settings, now=now):
            return self.grant
        return None


@dataclass(frozen=True, slots=True)
class Seed:
    """Where an authorization's id and code come from.

    Drawn at random, or derived from a ticket so that two clicks give one.
    """

    authorization_id: str
    secret: bytes


def identify(parameters: Mapping[str, str], client: Client | None) -> tuple[Client, RedirectTarget]:
    """Say who asks and where the answer may go, before anybody is asked to sign in (RFC 6749 section 4.1.2.1).

    Raises:
        UnknownClient: no such application.
        UnknownRedirect: the address is missing or not one the application registered.

    """
    if client is None or not policy.client_usable(client):
        raise UnknownClient(details={"client_id": parameters.get("client_id", "")})
    presented = parameters.get("redirect_uri", "")
    target = redirect_uris.match(presented, client.addresses, public=client.public)
    if target is None:
        raise UnknownRedirect(details={"client_id": client.client_id, "redirect_uri": presented})
    return client, target


def validate(parameters: Mapping[str, str], client: Client, target: RedirectTarget) -> Request:
    """Check the rest of the request; what is wrong here is told to the client (RFC 6749 section 4.1.2.1).

    Raises:
        OAuthError: one of its subclasses, to be sent to the target.

    """
    state = parameters.get("state")
    if state is not None and len(state) > MAX_STATE:
        raise InvalidRequest(
            f"The state is longer than {MAX_STATE} characters.",
            id="model.authorize.is_valid.state.app_error",
        )
    if "response_type" not in parameters:
        raise InvalidRequest("Send response_type=code.", id="model.authorize.is_valid.response_type.app_error")
    if parameters["response_type"] != "code":
        raise UnsupportedResponseType
    challenge = pkce.checked_challenge(
        parameters.get("code_challenge"),
        parameters.get("code_challenge_method"),
        required=policy.pkce_required(client),
    )
    scope = scopes.requested(parameters.get("scope"), client.scope)
    prompt = frozenset((parameters.get("prompt") or "").split())
    return Request(client, target, state, scope, challenge, prompt)


def must_ask(question: Question, now: int) -> bool:
    """Whether the person sees the consent page: not for trusted apps, nor for what they allowed before (the seed)."""
    if "consent" in question.request.prompt:
        return True
    if question.request.client.trusted:
        return False
    grant = question.standing_grant(now)
    if grant is None or grant.how != "consent":
        return True  # a grant made by trust is no consent: when trust goes, people are asked
    return not set(question.request.scope.split()) <= set(grant.scope.split())


def random_seed() -> Seed:
    """A seed for an authorization nobody had to be asked about."""
    secret = new_secret()
    return Seed(id_from(new_secret()), secret)


def ticket_seed(ticket: str, settings: Settings) -> Seed:
    """The seed of a decision: the same ticket gives the same authorization and code.

    So a double click is one answer.
    """
    key = settings.keys.current(_CODE_LABEL)
    return Seed(id_from(mac(key, "id", ticket)), mac(key, "secret", ticket))


def proceed(question: Question, *, seed: Seed, allowed: bool, origin: Origin) -> ClientAddress:
    """Issue a code, with a new grant where none stands, and give the address to go to.

    `allowed` says that the person has just pressed Allow; without it only a standing grant or a trusted client gets
    here.

    Raises:
        AlreadyAnswered: this decision was made before, and what it gave is used or revoked.
        Contention: the grant changed under our hands: read again and decide again.

    """
    given = _grant(question, "consent" if allowed else "trusted", origin.now)
    code = code_token(question.person.user.user_id, seed.authorization_id, seed.secret)
    authorization = _authorization(question, given, seed.authorization_id, code, origin.now)
    if given is question.grant:
        _issue_alone(authorization)
    else:
        _issue_with_grant(authorization, given, question.grant, origin)
    return answer(question.request.target, code=code, state=question.request.state)


def answer(
    target: RedirectTarget,
    *,
    code: str | None = None,
    state: str | None = None,
    error: OAuthError | None = None,
) -> ClientAddress:
    """Write the answer to the client: `iss` always (RFC 9207), `state` byte for byte."""
    failure = {"error": error.error, "error_description": error.description} if error else {}
    return target.answer({"code": code, **failure, "state": state, "iss": config.current().issuer})


def _grant(question: Question, how: grants.How, now: int) -> Grant:
    """The grant the authorization will hang on: the one there is, or one that widens or replaces it."""
    standing = question.standing_grant(now)
    if standing is None:
        return _fresh_grant(question, new_id(), how, now)
    asked, held = set(question.request.scope.split()), set(standing.scope.split())
    if asked <= held and not (how == "consent" and standing.how == "trusted"):
        return standing
    # The same grant with more in it: what hangs on it lives on, and "since" tells when it was first given.
    widened = _fresh_grant(question, standing.grant_id, "consent" if standing.how == "consent" else how, now)
    widened.scope, widened.since = scopes.written(asked | held), standing.since
    return widened


def _fresh_grant(question: Question, grant_id: str, how: grants.How, now: int) -> Grant:
    return Grant(
        user_id=question.person.user.user_id,
        client_id=question.request.client.client_id,
        grant_id=grant_id,
        scope=question.request.scope,
        how=how,
        client_born=question.request.client.born,
        access_no=question.person.user.access_no,
        epoch=question.settings.epoch,
        since=now,
        version=0,
    )


def _authorization(question: Question, grant: Grant, authorization_id: str, code: str, now: int) -> Authorization:
    code_until = now + policy.milliseconds(timedelta(seconds=question.settings.code_lifetime))
    return Authorization(
        user_id=question.person.user.user_id,
        authorization_id=authorization_id,
        state=PENDING,
        client_id=question.request.client.client_id,
        grant_id=grant.grant_id,
        scope=question.request.scope,
        auth_time=question.person.session.auth_time,
        created_at=now,
        code_hash=fingerprint(code),
        code_until=code_until,
        code_challenge=question.request.code_challenge,
        redirect_hash=fingerprint(question.request.target.uri),
        until=code_until,
        ttl=(code_until + DAY_MS) // 1000,
    )


def _issue_alone(authorization: Authorization) -> None:
    try:
        write(authorizations.issued(authorization))
    except ConditionFailed as failure:
        _same_decision(authorization, failure)


def _issue_with_grant(authorization: Authorization, given: Grant, seen: Grant | None, origin: Origin) -> None:
    recorded = event(
        origin,
        "app.allow" if given.how == "consent" else "app.trusted_use",
        given.scope,
        user_id=given.user_id,
        client_id=given.client_id,
    )
    try:
        write_together(grants.given(given, seen), authorizations.issued(authorization), recorded)
    except ConditionFailed as failure:
        if authorizations.current_row(failure) is not None:
            raise AlreadyAnswered from failure  # this ticket had its answer, and the access was revoked since
        raise Contention from failure  # another window was faster: the next read finds its grant


def _same_decision(authorization: Authorization, failure: ConditionFailed) -> None:
    """The same ticket was answered before: a double click gets the same code, who comes back later is told so."""
    there = authorizations.current_row(failure)
    if there is None or there.code_hash != authorization.code_hash:
        raise Contention from failure
    if there.state != PENDING:
        raise AlreadyAnswered from failure


def client_id_of(parameters: Mapping[str, str]) -> str:
    """The client a request names, "" if it cannot be one: what to read before anything is decided."""
    claimed = parameters.get("client_id", "")
    return claimed if is_id(claimed) else ""
