"""Proof Key for Code Exchange, S256 only (RFC 7636)."""

import base64
import hashlib
import re
from typing import Final

from chalicelib.credentials import same
from chalicelib.errors import InvalidGrant, InvalidRequest

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def checked_challenge(challenge: str | None, method: str | None, *, required: bool) -> str | None:
    """Check what the authorization request carries (RFC 7636 section 4.3).

    Raises:
        InvalidRequest: missing though required, malformed, or a method other than S256; absent means plain, which is
            refused.

    """
    if challenge is None and method is None:
        if required:
            raise InvalidRequest(
                "PKCE is required: send code_challenge and code_challenge_method=S256.",
                id="api.oauth.allow_oauth.pkce_required_public.app_error",
            )
        return None
    if method != "S256":
        raise InvalidRequest(
            "Use code_challenge_method=S256.",
            id="model.authorize.is_valid.code_challenge_method.unsupported.app_error",
        )
    if challenge is None or _CHALLENGE.fullmatch(challenge) is None:
        raise InvalidRequest(
            "The code_challenge must be 43 characters of base64url without padding.",
            id="model.authorize.is_valid.code_challenge.format.app_error",
        )
    return challenge


def verify(verifier: str | None, challenge: str | None) -> None:
    """Check the verifier against the challenge of the authorization request (RFC 7636 section 4.6).

    Raises:
        InvalidRequest: the verifier is malformed.
        InvalidGrant: it is missing, wrong, or came though there was no challenge (a downgrade, RFC 9700 section 4.8.2).

    """
    if verifier is not None and _VERIFIER.fullmatch(verifier) is None:
        raise InvalidRequest("The code_verifier must be 43 to 128 unreserved characters.")
    if verifier is None and challenge is None:
        return
    digest = hashlib.sha256((verifier or "").encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not same(made, challenge or ""):
        raise InvalidGrant(id="model.authorize.validate_pkce.verification_failed.app_error")
