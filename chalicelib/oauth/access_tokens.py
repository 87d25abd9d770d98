"""Access tokens: JWTs that name the rows which decide about them (RFC 9068), and the key set that verifies them.

RFC 7517.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.utils import base64url_decode

from chalicelib import config, policy
from chalicelib.credentials import is_id, new_id
from chalicelib.errors import InsufficientScope, InvalidToken
from chalicelib.store import keys
from chalicelib.store.authorizations import Authorization
from chalicelib.store.settings import Settings

ALGORITHM: Final = "RS256"
TYPE: Final = "at+jwt"
MAX_LENGTH: Final = 4096
_REQUIRED: Final = ["iss", "sub", "client_id", "aud", "scope", "iat", "exp", "jti", "fam"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a well-formed, well-signed token says; whether it is alive is for the rows to say."""

    user_id: str
    client_id: str
    authorization_id: str
    scope: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """A token that names rows to read.

    `keys_version` is the version its signature was checked with, None if not yet.
    """

    text: str = field(repr=False)
    claims: Claims
    keys_version: int | None


def audience() -> str:
    """The identifier of our own API (RFC 8707 section 2)."""
    return config.current().url("/api/v4")


def mint(authorization: Authorization, *, scope: str, settings: Settings, now: int) -> str:
    """Sign an access token for an active authorization (RFC 9068 section 2)."""
    issued_at = now // 1000
    claims = {
        "iss": config.current().issuer,
        "sub": authorization.user_id,
        "client_id": authorization.client_id,
        "aud": audience(),
        "scope": scope,
        "iat": issued_at,
        "exp": issued_at + settings.access_token_lifetime,
        "jti": new_id(),
        "auth_time": authorization.auth_time // 1000,
        "fam": authorization.authorization_id,
    }
    kid = settings.signing_kid
    return jwt.encode(claims, settings.keys.private(kid), algorithm=ALGORITHM, headers={"typ": TYPE, "kid": kid})


def recognise(text: str) -> Recognised | None:
    """Check all that needs no read: a forged or foreign token is told from one of ours by a warm worker's own keys.

    Gives None for what is not ours. The keys may be older than the settings; `verify` asks again after the read.
    """
    if len(text) > MAX_LENGTH or text.count(".") != 2:
        return None
    held = keys.newest()
    try:
        kid = _kid(text)
        if held is None or kid not in held[1].public:
            claims, version = _unverified(text), None
        else:
            claims, version = _verified(text, held[1].public[kid]), held[0]
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    return None if claims is None else Recognised(text, claims, version)


def verify(token: Recognised, settings: Settings) -> Claims:
    """Check algorithm, type, key, signature, issuer, audience, expiry and form with today's keys (RFC 9068 section 4).

    Raises:
        InvalidToken: any of them is wrong.

    """
    if token.keys_version == settings.keys_version:
        return token.claims
    try:
        claims = _verified(token.text, settings.keys.public[_kid(token.text)])
    except (jwt.PyJWTError, KeyError, ValueError) as error:
        raise InvalidToken from error
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
        raise InsufficientScope(headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'})
    return held


def key_set(settings: Settings) -> dict[str, Any]:
    """The public keys (RFC 7517 section 5)."""
    return {"keys": [_jwk(kid, key) for kid, key in settings.keys.public.items()]}


def _jwk(kid: str, key: Any) -> dict[str, Any]:
    return {**json.loads(RSAAlgorithm.to_jwk(key)), "kid": kid, "use": "sig", "alg": ALGORITHM}


def _kid(text: str) -> str:
    """The key a token says it was signed with; PyJWT would take the whole token apart to tell."""
    header = json.loads(base64url_decode(text.partition(".")[0]))
    return str(header.get("kid")) if isinstance(header, dict) else ""


def _verified(text: str, key: RSAPublicKey) -> Claims | None:
    issuer, options = config.current().issuer, {"require": _REQUIRED}
    token = jwt.decode_complete(text, key, [ALGORITHM], options, audience=audience(), issuer=issuer)  # type: ignore[arg-type]  # PyJWT's Options is private
    if token["header"].get("typ") != TYPE:
        return None  # another JWT of ours is not an access token
    return _claims(token["payload"])


def _unverified(text: str) -> Claims | None:
    claims = jwt.decode(text, options={"verify_signature": False})
    if claims.get("iss") != config.current().issuer or claims.get("aud") != audience():
        return None
    return _claims(claims)


def _claims(claims: dict[str, Any]) -> Claims | None:
    ids = [claims.get(name) for name in ("sub", "client_id", "fam")]
    scope = claims.get("scope")
    if not isinstance(scope, str) or not all(isinstance(value, str) and is_id(value) for value in ids):
        return None
    user_id, client_id, authorization_id = map(str, ids)
    return Claims(user_id, client_id, authorization_id, scope)
