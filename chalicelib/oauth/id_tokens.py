"""ID tokens and the claims about a person (OpenID Connect Core sections 2, 5.1, 5.4)."""

import base64
import hashlib
from typing import Any, Final

from chalicelib import config, policy
from chalicelib.credentials import is_id
from chalicelib.oauth import signing
from chalicelib.store.authorizations import Authorization
from chalicelib.store.settings import Settings
from chalicelib.store.users import User

TYPE: Final = "JWT"
_REQUIRED: Final = ["iss", "sub", "aud", "exp", "iat"]


def mint(authorization: Authorization, user: User, access_token: str, settings: Settings, now: int) -> str:
    """Sign an ID token for whoever signed in; `nonce` as it was sent, `at_hash` of the access token beside it.

    Claims about the person are in it as well, because an access token for another API is not good at userinfo.
    """
    issued_at = now // 1000
    claims = {
        "iss": config.current().issuer,
        "aud": authorization.client_id,
        "azp": authorization.client_id,
        "iat": issued_at,
        "exp": issued_at + settings.access_token_lifetime,
        "auth_time": authorization.auth_time // 1000,
        "at_hash": _half_hash(access_token),
        **about(user, frozenset(authorization.scope.split())),
    }
    if authorization.nonce is not None:
        claims["nonce"] = authorization.nonce
    return signing.sign(claims, settings, type=TYPE)


def about(user: User, scope: frozenset[str]) -> dict[str, Any]:
    """The claims about a person that these scopes cover (OpenID Connect Core section 5.4)."""
    claims: dict[str, Any] = {"sub": user.user_id}
    if policy.covers(scope, "profile"):
        claims |= {
            "name": user.name,
            "given_name": user.first_name,
            "family_name": user.last_name,
            "nickname": user.nickname or user.username,
            "preferred_username": user.username,
            "updated_at": user.updated_at // 1000,
        }
    if policy.covers(scope, "email"):
        claims |= {"email": user.email, "email_verified": user.email_verified}
    return claims


def hinted(text: str, settings: Settings) -> tuple[str, str] | None:
    """The person and the client an `id_token_hint` names, even when it expired; None if it is not one of ours."""
    claims = signing.verified(text, settings, type=TYPE, required=_REQUIRED, expired_too=True)
    if claims is None:
        return None
    named = claims.get("sub"), claims.get("aud")
    if not all(isinstance(name, str) and is_id(name) for name in named):
        return None
    return str(named[0]), str(named[1])


def claimed_client(text: str) -> str:
    """The client an ID token says it is for, not believed: which row to read; "" when it says none."""
    claims = signing.unverified(text)
    named = claims.get("aud") if claims else None
    return named if isinstance(named, str) else ""


def _half_hash(text: str) -> str:
    """The left half of a SHA-256, base64url without padding (OpenID Connect Core section 3.1.3.6)."""
    digest = hashlib.sha256(text.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
