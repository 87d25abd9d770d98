"""The token endpoint: exchange a code, refresh a token (RFC 6749 sections 4.1.3 and 6; note A of the checklists)."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, NamedTuple

from chalicelib import policy
from chalicelib.credentials import (
    SECRET_LENGTH,
    RefreshToken,
    base62,
    fingerprint,
    mac,
    new_secret,
    refresh_token,
    same,
)
from chalicelib.errors import InvalidGrant
from chalicelib.oauth import access_tokens, id_tokens, pkce, scopes, targets
from chalicelib.oauth.access_tokens import Purpose
from chalicelib.oauth.targets import UNNAMED, Aim
from chalicelib.policy import Standing
from chalicelib.store import authorizations
from chalicelib.store.audit import Origin, event
from chalicelib.store.authorizations import ACTIVE, PENDING, Authorization, Tokens, Use
from chalicelib.store.clients import Client
from chalicelib.store.settings import Settings
from chalicelib.store.writing import ConditionFailed, write_together

_MAC_LABEL: Final = "refresh token"


@dataclass(frozen=True, slots=True)
class CodeExchange:
    """What an exchange presents."""

    code: str = field(repr=False)
    redirect_uri: str | None
    code_verifier: str | None = field(repr=False)
    aim: Aim = UNNAMED


class Refresh(NamedTuple):
    """What a refresh presents."""

    token: RefreshToken
    scope: str | None = None
    aim: Aim = UNNAMED


@dataclass(frozen=True, slots=True)
class Issued:
    """A successful answer (RFC 6749 section 5.1); `expires_in` in seconds, `resources` as they were authorized."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in: int
    scope: str
    id_token: str | None = field(default=None, repr=False)
    resources: Sequence[str] = ()


def exchange(presented: CodeExchange, standing: Standing, client: Client, *, origin: Origin) -> Issued:
    """Swap a code for tokens, once (RFC 6749 section 4.1.3).

    Raises:
        InvalidGrant: the code is not good, or not with this client, address and verifier. A spent code with the right
            proof ends what it bought (section 4.1.2); a guess changes nothing.
        InvalidRequest: the verifier is malformed.
        InvalidTarget: a resource is named that was not authorized; the code stays good.
        Contention: DynamoDB could not decide.

    """
    authorization = _proven(presented, standing, client)
    tokens = _spent(authorization, presented, standing, origin)
    purpose = targets.purpose(authorization, authorization.scope, presented.aim, standing.settings)
    issued = _issued(authorization, tokens, purpose, standing.settings, origin.now)
    if "openid" not in authorization.scope.split() or standing.user is None:
        return issued
    made = id_tokens.mint(authorization, standing.user, issued.access_token, standing.settings, origin.now)
    return replace(issued, id_token=made)


def _spent(authorization: Authorization, presented: CodeExchange, standing: Standing, origin: Origin) -> Tokens:
    """Spend the code, and give what its refresh tokens are made from."""
    if authorization.mark == origin.request_id and authorization.state == ACTIVE:
        # An earlier attempt of this very request spent the code and never heard that it did.
        return _held(authorization)
    if authorization.state != PENDING:
        end(authorization, "code_replay", origin)
        raise InvalidGrant
    in_time = origin.now < authorization.code_until
    if not in_time or not policy.permits(standing, authorization.client_id, origin.now):
        raise InvalidGrant
    purpose = targets.purpose(authorization, authorization.scope, presented.aim, standing.settings)
    tokens = _first(authorization, standing.settings, purpose.lifetime, origin.now)
    try:
        earlier = authorizations.activate(authorization, tokens, _use(origin))
    except ConditionFailed as failure:
        raise InvalidGrant from failure  # a lost race is no replay: the read showed the code unspent
    return _held(earlier) if earlier else tokens


def refresh(presented: Refresh, standing: Standing, client: Client, *, origin: Origin) -> Issued:
    """Give a new access token and the next refresh token (RFC 6749 section 6).

    The token of one generation back is answered with the same successor while the grace lasts, so that a lost answer
    or a concurrent refresh costs nobody their access; anything older is a replay and ends the authorization (RFC 9700
    section 4.14.2).

    Raises:
        InvalidGrant: the token is not good, or not this client's.
        InvalidScope: more is asked than was granted.
        InvalidTarget: a resource is named that was not authorized.
        Contention: DynamoDB could not decide.

    """
    authorization, settings = standing.authorization, standing.settings
    if authorization is None or not policy.alive(standing, client.client_id, origin.now):
        raise InvalidGrant
    _check_mac(presented.token, authorization, settings)
    kept = scopes.narrowed(presented.scope, authorization.scope)
    purpose = targets.purpose(authorization, kept, presented.aim, settings)
    grace = policy.refresh_grace(client, settings)
    tokens = _rotated(presented.token, authorization, settings, grace, origin)
    return _issued(authorization, tokens, purpose, settings, origin.now)


def genuine(presented: RefreshToken, authorization: Authorization, settings: Settings) -> bool:
    """Whether we made a refresh token for this authorization, of whatever generation."""
    try:
        _check_mac(presented, authorization, settings)
    except InvalidGrant:
        return False
    return True


def newest(presented: RefreshToken, authorization: Authorization, settings: Settings) -> bool:
    """Whether this is the refresh token that is to be used next."""
    return presented.generation == authorization.generation and genuine(presented, authorization, settings)


def end(authorization: Authorization, why: str, origin: Origin) -> None:
    """End an authorization, and with it its code and every token of it; and record why.

    Raises:
        Contention: DynamoDB could not decide.

    """
    recorded = event(
        origin,
        f"authorization.{why}",
        authorization.authorization_id,
        user_id=authorization.user_id,
        client_id=authorization.client_id,
    )
    try:
        write_together(authorizations.ended(authorization, why), recorded)
    except ConditionFailed:
        return  # somebody ended it first


def _proven(presented: CodeExchange, standing: Standing, client: Client) -> Authorization:
    """Check code, client, address and verifier; whoever has them all right is the client that asked."""
    authorization = standing.authorization
    if authorization is None or not same(fingerprint(presented.code), authorization.code_hash):
        raise InvalidGrant
    if authorization.client_id != client.client_id:
        raise InvalidGrant
    challenge = authorization.code_challenge
    if presented.redirect_uri is None:
        if challenge is None:  # OAuth 2.1 clients may leave it out, because PKCE binds the code
            raise InvalidGrant(id="api.oauth.get_access_token.redirect_uri.app_error")
    elif not same(fingerprint(presented.redirect_uri), authorization.redirect_hash):
        raise InvalidGrant(id="api.oauth.get_access_token.redirect_uri.app_error")
    pkce.verify(presented.code_verifier, challenge)
    return authorization


def _check_mac(presented: RefreshToken, authorization: Authorization, settings: Settings) -> None:
    """A token must be ours, and of the key its generation was made with: a retired key gives no second successor."""
    generation = authorization.generation or 0
    kid = authorization.mac_kid if presented.generation >= generation else authorization.previous_mac_kid
    if presented.generation < generation - 1:
        kid = presented.key_id  # too old to know its key; a genuine one is a replay all the same
    made = _mac(presented.key_id, authorization, presented.generation, settings)
    if kid != presented.key_id or made is None or not same(base62(made, SECRET_LENGTH), presented.mac):
        raise InvalidGrant
    if presented.generation > generation:
        raise InvalidGrant


def _rotated(
    presented: RefreshToken, authorization: Authorization, settings: Settings, grace: timedelta, origin: Origin
) -> Tokens:
    """Move on to the next generation; the loser of a race is answered like a retry, from what the failed write read."""
    if presented.generation != authorization.generation:
        return _again(presented, authorization, grace, origin)
    tokens = _next(authorization, settings, origin.now)
    try:
        authorizations.rotate(authorization, tokens, _use(origin))
    except ConditionFailed as failure:
        current = authorizations.current_row(failure)
        if current is None or current.state != ACTIVE or current.generation != tokens.generation:
            raise InvalidGrant from failure  # the read showed the token unused: a lost race, however far, is no replay
        return _again(presented, current, grace, origin)
    return tokens


def _again(presented: RefreshToken, authorization: Authorization, grace: timedelta, origin: Origin) -> Tokens:
    """Answer a token that is not the newest: its own successor once more, or the end."""
    current = authorization.generation or 0
    # An earlier attempt of this very request is always in time: `now` is the request's, and does not move.
    in_time = origin.now <= (authorization.rotated_at or 0) + policy.milliseconds(grace)
    if presented.generation != current - 1 or not in_time:
        end(authorization, "refresh_replay", origin)
        raise InvalidGrant
    return _held(authorization)


def _first(authorization: Authorization, settings: Settings, lifetime: int, now: int) -> Tokens:
    salt = base64.b64encode(new_secret()).decode()
    until = now + settings.refresh_absolute * 1000
    idle = now + settings.refresh_idle * 1000
    if not policy.gives_refresh_token(authorization.scope):
        until = idle = now + lifetime * 1000  # without a refresh token it ends with its access token
    return Tokens(1, salt, settings.keys.root_id, min(idle, until), until)


def _next(authorization: Authorization, settings: Settings, now: int) -> Tokens:
    idle = min(now + settings.refresh_idle * 1000, authorization.until)
    generation = (authorization.generation or 0) + 1
    return Tokens(generation, authorization.salt or "", settings.keys.root_id, idle, authorization.until)


def _held(authorization: Authorization) -> Tokens:
    """What the row's newest refresh token is made from."""
    return Tokens(
        authorization.generation or 0,
        authorization.salt or "",
        authorization.mac_kid or "",
        authorization.idle_until or 0,
        authorization.until,
    )


def _use(origin: Origin) -> Use:
    return Use(origin.now, origin.network, origin.request_id)


def _issued(authorization: Authorization, tokens: Tokens, purpose: Purpose, settings: Settings, now: int) -> Issued:
    authorization.salt = tokens.salt
    made = _mac(tokens.mac_kid, authorization, tokens.generation, settings)
    if made is None:
        raise InvalidGrant  # the key was dropped between the read and now
    user_id, authorization_id = authorization.user_id, authorization.authorization_id
    renewed = refresh_token(tokens.mac_kid, user_id, authorization_id, tokens.generation, made)
    return Issued(
        access_token=access_tokens.mint(authorization, purpose, settings, now),
        refresh_token=renewed if policy.gives_refresh_token(authorization.scope) else None,
        expires_in=purpose.lifetime,
        scope=purpose.scope,
        resources=purpose.audience if authorization.audience else [],
    )


def _mac(key_id: str, authorization: Authorization, generation: int, settings: Settings) -> bytes | None:
    key = settings.keys.derive(_MAC_LABEL, key_id)
    if key is None:
        return None
    parts = (
        key_id,
        authorization.user_id,
        authorization.authorization_id,
        str(generation),
        authorization.salt or "",
    )
    return mac(key, *parts)
