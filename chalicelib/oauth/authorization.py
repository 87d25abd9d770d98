"""The authorization endpoint: identify the client, validate, remember or ask, answer.

RFC 6749 section 4.1, OAuth 2.1 section 4.1.
"""

import hashlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from chalicelib import config, policy
from chalicelib.credentials import is_id
from chalicelib.errors import (
    ConsentRequired,
    InvalidRequest,
    LoginRequired,
    OAuthError,
    RequestNotSupported,
    UnknownClient,
    UnknownRedirect,
    UnsupportedResponseType,
)
from chalicelib.oauth import id_tokens, pkce, redirect_uris, scopes, targets
from chalicelib.oauth.redirect_uris import ClientAddress, RedirectTarget
from chalicelib.oauth.scopes import OWN_API, Targets
from chalicelib.oauth.targets import Found
from chalicelib.store.clients import APP, Client
from chalicelib.store.grants import Grant
from chalicelib.store.sessions import Session
from chalicelib.store.settings import Settings
from chalicelib.store.users import User

MAX_STATE: Final = 4096
MAX_NONCE: Final = 512
PARAMETERS: Final = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "resource",
    "prompt",
    "nonce",
    "max_age",
    "login_hint",
    "id_token_hint",
    "response_mode",
    "request",
    "request_uri",
)
_NOT_TAKEN: Final = ("request", "request_uri")


class Request(NamedTuple):
    """An authorization request that may be answered by redirect: client and address are known to belong together.

    `scope` is as it is kept (see `scopes`); `max_age` is in seconds; `subject` is the person of an `id_token_hint`.
    """

    client: Client
    target: RedirectTarget
    state: str | None
    scope: str
    code_challenge: str | None
    prompt: frozenset[str]
    targets: Targets = OWN_API
    nonce: str | None = None
    max_age: int | None = None
    subject: str | None = None

    @property
    def wants_fresh_sign_in(self) -> bool:
        """Whether it says something about when or as whom the person signed in."""
        again = bool(self.prompt & {"login", "select_account"})
        return again or self.max_age is not None or self.subject is not None

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
            self.nonce or "",
            *sorted(resource.resource_id for resource in self.targets.others),
        )
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class Person(NamedTuple):
    """Who is signed in, with the rows that say so."""

    user: User
    session: Session


class Question(NamedTuple):
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


def identify(
    parameters: Mapping[str, str], client: Client | None, now: int, *, app_schemes: bool = False
) -> tuple[Client, RedirectTarget]:
    """Say who asks and where the answer may go, before anybody is asked to sign in (RFC 6749 section 4.1.2.1).

    Raises:
        UnknownClient: no such application.
        UnknownRedirect: the address is missing or not one the application registered.

    """
    if client is None or client.kind != APP or not policy.client_usable(client, now):
        raise UnknownClient(details={"client_id": parameters.get("client_id", "")})
    presented = parameters.get("redirect_uri", "")
    target = redirect_uris.match(presented, client.addresses, public=client.public, app_schemes=app_schemes)
    if target is None:
        raise UnknownRedirect(details={"client_id": client.client_id, "redirect_uri": presented})
    return client, target


def validate(
    parameters: Mapping[str, str], client: Client, target: RedirectTarget, *, found: Found, settings: Settings
) -> Request:
    """Check the rest of the request; what is wrong here is told to the client (RFC 6749 section 4.1.2.1).

    Raises:
        OAuthError: one of its subclasses, to be sent to the target.

    """
    for name in _NOT_TAKEN:
        if name in parameters:
            raise RequestNotSupported(name)
    _check_lengths(parameters)
    _check_response(parameters)
    challenge = pkce.checked_challenge(
        parameters.get("code_challenge"),
        parameters.get("code_challenge_method"),
        required=policy.pkce_required(client, settings),
    )
    aimed_at = targets.asked((parameters.get("resource") or "").split(), found)
    return Request(
        client,
        target,
        parameters.get("state"),
        scopes.requested(parameters.get("scope"), client.scope, aimed_at),
        challenge,
        _prompt(parameters.get("prompt")),
        targets=aimed_at,
        nonce=parameters.get("nonce"),
        max_age=_max_age(parameters.get("max_age")),
        subject=_subject(parameters.get("id_token_hint"), settings),
    )


def must_sign_in(request: Request, person: Person | None, *, asked_at: int | None, now: int) -> bool:
    """Whether somebody has to sign in before anything else (OpenID Connect Core section 3.1.2.3).

    `asked_at` is when this very request sent the person to sign in: who did so since then is not sent again.

    Raises:
        LoginRequired: it would be needed and `prompt=none` forbids it, or another person than the one who is meant
            signed in.

    """
    needed = person is None or _must_sign_in_again(request, person, now)
    if person is not None and asked_at is not None and person.session.auth_time >= asked_at:
        if request.subject not in {None, person.user.user_id}:
            raise LoginRequired
        return False
    if needed and "none" in request.prompt:
        raise LoginRequired
    return needed


def must_ask(question: Question, now: int) -> bool:
    """Whether the person sees the consent page: not for trusted apps, nor for what they allowed before (the seed).

    Raises:
        ConsentRequired: they would have to, and `prompt=none` forbids it.

    """
    needed = _must_ask(question, now)
    if needed and "none" in question.request.prompt:
        raise ConsentRequired
    return needed


def unasked(question: Question, now: int) -> frozenset[str]:
    """The scopes, as they are kept, that the person has not allowed yet."""
    asked = frozenset(question.request.scope.split())
    grant = question.standing_grant(now)
    if grant is None or grant.how != "consent":
        return asked
    return policy.uncovered(frozenset(grant.scope.split()), asked)


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


def client_id_of(parameters: Mapping[str, str]) -> str:
    """The client a request names, "" if it cannot be one: what to read before anything is decided."""
    claimed = parameters.get("client_id", "")
    return claimed if is_id(claimed) else ""


def _must_ask(question: Question, now: int) -> bool:
    if "consent" in question.request.prompt:
        return True
    if question.request.client.trusted:
        return False
    grant = question.standing_grant(now)
    if grant is None or grant.how != "consent":
        return True  # a grant made by trust is no consent: when trust goes, people are asked
    return bool(unasked(question, now))


def _must_sign_in_again(request: Request, person: Person, now: int) -> bool:
    if request.prompt & {"login", "select_account"}:
        return True
    if request.subject not in {None, person.user.user_id}:
        return True
    return request.max_age is not None and now - person.session.auth_time > request.max_age * 1000


def _check_lengths(parameters: Mapping[str, str]) -> None:
    for name, limit in (("state", MAX_STATE), ("nonce", MAX_NONCE)):
        if len(parameters.get(name, "")) > limit:
            raise InvalidRequest(
                f"The {name} is longer than {limit} characters.", id=f"model.authorize.is_valid.{name}.app_error"
            )


def _check_response(parameters: Mapping[str, str]) -> None:
    if "response_type" not in parameters:
        raise InvalidRequest("Send response_type=code.", id="model.authorize.is_valid.response_type.app_error")
    if parameters["response_type"] != "code":
        raise UnsupportedResponseType
    if parameters.get("response_mode", "query") != "query":
        raise InvalidRequest("Only response_mode=query is supported.")


def _prompt(text: str | None) -> frozenset[str]:
    asked = frozenset((text or "").split())
    if "none" in asked and len(asked) > 1:
        raise InvalidRequest("prompt=none cannot be combined with another prompt.")
    return asked


def _max_age(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # digits: 30 years
        raise InvalidRequest("The max_age must be a whole number of seconds.")
    return int(text)


def _subject(id_token_hint: str | None, settings: Settings) -> str | None:
    if id_token_hint is None:
        return None
    hinted = id_tokens.hinted(id_token_hint, settings)
    if hinted is None:
        raise InvalidRequest("The id_token_hint is not an ID token of this server.")
    return hinted[0]
