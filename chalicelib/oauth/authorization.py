"""The authorization endpoint: identify the client, validate, remember or ask, answer.

RFC 6749 section 4.1, OAuth 2.1 section 4.1.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib import config, policy
from chalicelib.credentials import (
    is_id,
)
from chalicelib.errors import (
    InvalidRequest,
    OAuthError,
    UnknownClient,
    UnknownRedirect,
    UnsupportedResponseType,
)
from chalicelib.oauth import pkce, redirect_uris, scopes
from chalicelib.oauth.redirect_uris import ClientAddress, RedirectTarget
from chalicelib.store.clients import Client
from chalicelib.store.grants import Grant
from chalicelib.store.sessions import Session
from chalicelib.store.settings import Settings
from chalicelib.store.users import User

MAX_STATE: Final = 4096
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
