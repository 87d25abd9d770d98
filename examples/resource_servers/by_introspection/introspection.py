"""Check Gatepost's access tokens by asking Gatepost what they are worth now (RFC 7662).

This is the part to copy. It needs requests alone: `pip install requests`.
"""

import hashlib
import threading
import time
from typing import Any

import requests

ROOM = 10_000  # answers kept at the same time


class Introspection:
    """The tokens of one Gatepost for one API.

    `audience` is the identifier the API is registered under there; `credentials` are the Client ID and the secret
    that registering it gave. A good answer is kept for `keep` seconds: so long a token that was revoked may still work
    here, and so often at most is Gatepost asked about each. 0 asks about every call.
    """

    def __init__(self, issuer: str, audience: str, credentials: tuple[str, str], *, keep: float = 3) -> None:
        self.issuer = issuer
        self.audience = audience
        self.credentials = credentials
        self.keep = keep
        self.clock = time.monotonic
        self.kept: dict[str, tuple[float, dict[str, Any]]] = {}  # by hash: tokens have no business in memory
        self.lock = threading.Lock()

    def verify(self, token: str) -> dict[str, Any] | None:
        """Return what Gatepost says of a good token, None for any other.

        Raises:
            OSError: Gatepost does not answer, or not us, so nothing is known about the token.

        """
        name = hashlib.sha256(token.encode()).hexdigest()
        with self.lock:
            until, claims = self.kept.get(name, (0.0, {}))
        if self.clock() < until and time.time() < claims["exp"]:
            return claims
        found = self.ask(token)
        if found is not None:
            self.remember(name, found)
        return found

    def ask(self, token: str) -> dict[str, Any] | None:
        """Ask Gatepost (RFC 7662 section 2)."""
        answer = requests.post(
            f"{self.issuer}/oauth/introspect",
            data={"token": token, "token_type_hint": "access_token"},
            auth=self.credentials,
            timeout=5,
            allow_redirects=False,
        )
        if answer.status_code != requests.codes.ok:
            raise requests.HTTPError(f"Gatepost answered {answer.status_code}.", response=answer)
        found: dict[str, Any] = answer.json()
        audience = found.get("aud", [])
        ours = self.audience in ([audience] if isinstance(audience, str) else audience)
        return found if found.get("active") is True and ours else None

    def remember(self, name: str, claims: dict[str, Any]) -> None:
        """Keep an answer; the oldest make room."""
        with self.lock:
            self.kept.pop(name, None)
            while len(self.kept) >= ROOM:
                del self.kept[next(iter(self.kept))]
            self.kept[name] = (self.clock() + self.keep, claims)
