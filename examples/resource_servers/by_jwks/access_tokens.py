"""Check Gatepost's access tokens without asking Gatepost: by its published keys (RFC 9068 section 4).

This is the part to copy. It needs PyJWT alone: `pip install "PyJWT[crypto]"`.
"""

from typing import Any

import jwt

ALGORITHMS = ["RS256"]  # never what the token says of itself (RFC 8725 section 3.1)
CLAIMS = ["iss", "aud", "sub", "client_id", "exp", "iat", "jti", "scope"]


class AccessTokens:
    """The tokens of one Gatepost for one API; `audience` is the identifier the API is registered under there."""

    def __init__(self, issuer: str, audience: str) -> None:
        self.issuer = issuer
        self.audience = audience
        # Keys are fetched every 5 minutes, and for a key nobody has seen yet, but then at most every 30 seconds:
        # else whoever invents key ids would have every one of them looked up at Gatepost.
        self.keys = jwt.PyJWKClient(f"{issuer}/oauth/jwks", lifespan=300, cooldown_duration=30, timeout=5)

    def verify(self, token: str) -> dict[str, Any] | None:
        """Return the claims of a good token, None for any other: forged, expired, of another kind, for another API.

        Raises:
            OSError: Gatepost's keys cannot be had just now, so nothing is known about the token.

        """
        try:
            checked = jwt.decode_complete(
                token,
                self.keys.get_signing_key_from_jwt(token),
                algorithms=ALGORITHMS,
                audience=self.audience,
                issuer=self.issuer,
                options={"require": CLAIMS},
            )
        except jwt.PyJWKClientConnectionError as error:
            raise OSError("Gatepost's keys cannot be read.") from error
        except (jwt.PyJWTError, RecursionError):
            return None
        # An ID token has the same issuer and the same keys; it says who somebody is, and permits nothing.
        if checked["header"].get("typ") != "at+jwt":
            return None
        claims: dict[str, Any] = checked["payload"]
        return claims
