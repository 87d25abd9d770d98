"""The one door to JSON Web Tokens: signing, verifying, and the public key set (RFC 7515, RFC 7517, RFC 7519)."""

import json
from typing import TYPE_CHECKING, Any, Final

from chalicelib import config
from chalicelib.store import keys
from chalicelib.store.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALGORITHM: Final = "RS256"
MAX_LENGTH: Final = 4096
Claims = dict[str, Any]


def sign(claims: Claims, settings: Settings, *, type: str) -> str:  # noqa: A002  # the header's own name
    """Sign claims with the key the settings name."""
    import jwt

    kid = settings.signing_kid
    return jwt.encode(claims, settings.keys.private(kid), algorithm=ALGORITHM, headers={"typ": type, "kid": kid})


def recognised(text: str, *, type: str, required: list[str]) -> tuple[Claims, int | None] | None:  # noqa: A002
    """Check all that needs no read: a forged or foreign token is told from one of ours by a warm worker's own keys.

    Gives the claims and the version of the keys they were checked with, None as the version if those do not have the
    token's key: then they are not believed yet. Gives None for what is not ours.
    """
    if len(text) > MAX_LENGTH or text.count(".") != 2:
        return None
    held = keys.newest()
    kid = kid_of(text)
    if kid is None:
        return None
    if held is None or kid not in held[1].public:
        claims = unverified(text)
        return None if claims is None else (claims, None)
    claims = _verified(text, held[1].public[kid], type=type, required=required)
    return None if claims is None else (claims, held[0])


def verified(
    text: str,
    settings: Settings,
    *,
    type: str,  # noqa: A002
    required: list[str],
    expired_too: bool = False,
) -> Claims | None:
    """Check algorithm, type, key, signature, issuer and expiry with today's keys; None when any of them is wrong."""
    key = settings.keys.public.get(kid_of(text) or "")
    if key is None or len(text) > MAX_LENGTH:
        return None
    return _verified(text, key, type=type, required=required, expired_too=expired_too)


def unverified(text: str) -> Claims | None:
    """What a token says, not believed; None if it does not even say that it is ours."""
    import jwt

    try:
        claims: Claims = jwt.decode(text, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    return claims if claims.get("iss") == config.current().issuer else None


def key_set(settings: Settings) -> dict[str, Any]:
    """The public keys (RFC 7517 section 5)."""
    return {"keys": [_jwk(kid, key) for kid, key in settings.keys.public.items()]}


def kid_of(text: str) -> str | None:
    """The key a token says it was signed with, None if it names none; PyJWT would take all of it apart to tell."""
    from jwt.utils import base64url_decode

    try:
        header = json.loads(base64url_decode(text.partition(".")[0]))
    except (ValueError, RecursionError):
        return None
    named = header.get("kid") if isinstance(header, dict) else None
    return named if isinstance(named, str) else None


def _verified(
    text: str,
    key: "RSAPublicKey",
    *,
    type: str,  # noqa: A002
    required: list[str],
    expired_too: bool = False,
) -> Claims | None:
    import jwt

    # The audience is checked by who knows it: a token for another API is ours too when somebody revokes it.
    options = {"require": required, "verify_aud": False, "verify_exp": not expired_too}
    issuer = config.current().issuer
    try:
        token = jwt.decode_complete(text, key, [ALGORITHM], options, issuer=issuer)  # type: ignore[arg-type]  # PyJWT's Options is private
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    if token["header"].get("typ") != type:
        return None  # another JWT of ours
    claims: Claims = token["payload"]
    return claims


def _jwk(kid: str, key: Any) -> dict[str, Any]:
    from jwt.algorithms import RSAAlgorithm

    return {**json.loads(RSAAlgorithm.to_jwk(key)), "kid": kid, "use": "sig", "alg": ALGORITHM}
