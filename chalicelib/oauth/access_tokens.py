"""Access tokens: JWTs that name the rows which decide about them (RFC 9068)."""

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from chalicelib import config, policy
from chalicelib.credentials import is_id, new_id
from chalicelib.errors import InsufficientScope, InvalidToken
from chalicelib.oauth import signing
from chalicelib.store.authorizations import Authorization
from chalicelib.store.settings import Settings

TYPE: Final = "at+jwt"
_REQUIRED: Final = ["iss", "sub", "client_id", "aud", "scope", "iat", "exp", "jti", "fam"]


class Claims(NamedTuple):
    """What a well-formed, well-signed token says; whether it is alive is for the rows to say. Moments in seconds."""

    user_id: str
    client_id: str
    authorization_id: str
    scope: str
    audience: tuple[str, ...]
    issued_at: int
    expires_at: int
    token_id: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """A token that names rows to read.

    `keys_version` is the version its signature was checked with, None if not yet.
    """

    text: str = field(repr=False)
    claims: Claims
    keys_version: int | None


class Purpose(NamedTuple):
    """What an access token is made for: its audience, the scopes it carries, how many seconds it lives."""

    audience: list[str]
    scope: str
    lifetime: int


def audience() -> str:
    """The identifier of our own API (RFC 8707 section 2)."""
    return config.current().url("/api/v4")


def mint(authorization: Authorization, purpose: Purpose, settings: Settings, now: int) -> str:
    """Sign an access token for an active authorization (RFC 9068 section 2)."""
    issued_at = now // 1000
    claims = {
        "iss": config.current().issuer,
        "sub": authorization.user_id,
        "client_id": authorization.client_id,
        "aud": purpose.audience[0] if len(purpose.audience) == 1 else purpose.audience,
        "scope": purpose.scope,
        "iat": issued_at,
        "exp": issued_at + purpose.lifetime,
        "jti": new_id(),
        "auth_time": authorization.auth_time // 1000,
        "fam": authorization.authorization_id,
    }
    return signing.sign(claims, settings, type=TYPE)


def recognise(text: str) -> Recognised | None:
    """Check all that needs no read, for a call of our own API; None for what is not ours or for another audience.

    The keys may be older than the settings; `verify` asks again after the read.
    """
    token = recognise_any(text)
    return token if token is not None and token.claims.audience == (audience(),) else None


def recognise_any(text: str) -> Recognised | None:
    """Check all that needs no read, whatever API the token is for: to revoke or to introspect it."""
    found = signing.recognised(text, type=TYPE, required=_REQUIRED)
    claims = _claims(found[0]) if found else None
    return Recognised(text, claims, found[1]) if found and claims else None


def verify(token: Recognised, settings: Settings) -> Claims:
    """Check algorithm, type, key, signature, issuer, expiry and form with today's keys (RFC 9068 section 4).

    Raises:
        InvalidToken: any of them is wrong.

    """
    if token.keys_version == settings.keys_version:
        return token.claims
    found = signing.verified(token.text, settings, type=TYPE, required=_REQUIRED)
    claims = _claims(found) if found else None
    if claims is None:
        raise InvalidToken
    return claims


def check(claims: Claims, standing: policy.Standing, *, needed: str | None, now: int) -> frozenset[str]:
    """Check the token against the rows (RFC 6750 section 3.1); give the scopes it really has.

    `needed` is the scope of the call, None where none is needed.

    Raises:
        InvalidToken: its authorization, grant, person or client is not there any more, or the provider is off.
        InsufficientScope: it is alive, but not for this.

    """
    if not policy.alive(standing, claims.client_id, now):
        raise InvalidToken
    held = policy.effective_scope(claims.scope, standing)
    if needed is not None and not policy.covers(held, needed):
        raise InsufficientScope(needed)
    return held


def _claims(claims: dict[str, Any]) -> Claims | None:
    ids = [claims.get(name) for name in ("sub", "client_id", "fam")]
    texts = [claims.get(name) for name in ("scope", "jti")]
    moments = [claims.get(name) for name in ("iat", "exp")]
    named = claims.get("aud")
    audiences = [named] if isinstance(named, str) else named
    if not isinstance(audiences, list) or not all(isinstance(text, str) for text in [*texts, *audiences]):
        return None
    if not all(type(moment) is int for moment in moments):
        return None
    if not all(isinstance(value, str) and is_id(value) for value in ids):
        return None
    user_id, client_id, authorization_id = map(str, ids)
    issued_at, expires_at = (int(moment or 0) for moment in moments)
    return Claims(
        user_id=user_id,
        client_id=client_id,
        authorization_id=authorization_id,
        scope=str(texts[0]),
        audience=tuple(audiences),
        issued_at=issued_at,
        expires_at=expires_at,
        token_id=str(texts[1]),
    )
