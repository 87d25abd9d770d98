"""Tokens for another API, good, and bad in each of the ways there are: issued by Gatepost or forged by somebody."""

import base64
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib import config
from tests.browser import Browser, call, exchange
from tests.make import App, World

OTHER = "https://files.example.net"


@dataclass
class Issuing:
    """Leo, an application of his, and the tokens he lets it have."""

    world: World
    leo: Browser
    resource: str
    app: App = field(init=False)

    def __post_init__(self) -> None:
        self.app = self.world.app()

    def tokens(self, scope: str = "calendar:read", resource: str | None = None) -> dict[str, Any]:
        """Everything a sign-in gives."""
        code = self.leo.allow(self.app, resource=resource or self.resource, scope=scope)
        found: dict[str, Any] = exchange(self.app, code).json
        return found

    def good(self) -> str:
        """A token that is good for reading the calendar."""
        return str(self.tokens()["access_token"])

    def bad(self, fault: str) -> str:
        """A token with a fault."""
        return str(getattr(self, f"_{fault.replace(' ', '_')}")())

    def revoke(self, token: str) -> None:
        """Give a token back."""
        assert call("POST", "/oauth/revoke", data={"token": token}, auth=self.app.basic).status == 200

    def _for_another_api(self) -> str:
        self.world.resource(OTHER)
        return str(self.tokens(resource=OTHER)["access_token"])

    def _for_gatepost_itself(self) -> str:
        return str(exchange(self.app, self.leo.allow(self.app)).json["access_token"])

    def _an_id_token(self) -> str:
        return str(self.tokens("openid calendar:read")["id_token"])

    def _an_id_token_with_our_audience(self) -> str:
        """Signed by Gatepost, for us, in time: only its type says what it is."""
        return self._signed_by_gatepost(type="JWT")

    def _a_refresh_token(self) -> str:
        return str(self.tokens("calendar:read offline_access")["refresh_token"])

    def _expired(self) -> str:
        token = self.good()
        self.world.clock.shift(301)
        return token

    def _of_another_issuer(self) -> str:
        return self._signed_by_gatepost(iss="https://elsewhere.example")

    def _without_an_end(self) -> str:
        return self._signed_by_gatepost(exp=None)

    def _of_an_unknown_key(self) -> str:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return jwt.encode(self._claims(), key, "RS256", headers={"typ": "at+jwt", "kid": "made-up"})

    def _of_another_key_under_a_known_name(self) -> str:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return jwt.encode(self._claims(), key, "RS256", headers={"typ": "at+jwt", "kid": self._kid()})

    def _signed_with_the_public_key_as_a_password(self) -> str:
        """Attack: HS256 with what everybody knows (RFC 8725 section 2.1)."""
        public = self.world.settings().keys.public[self._kid()]
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        # By hand: PyJWT refuses to make such a thing.
        said = f"{_part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': self._kid()})}.{_part(self._claims())}"
        return f"{said}.{_text(hmac.digest(pem, said.encode(), 'sha256'))}"

    def _not_signed_at_all(self) -> str:
        return f"{_part({'alg': 'none', 'typ': 'at+jwt', 'kid': self._kid()})}.{_part(self._claims())}."

    def _no_token_at_all(self) -> str:
        return "gibberish"

    def _kid(self) -> str:
        return str(self.world.settings().signing_kid)

    def _claims(self) -> dict[str, Any]:
        now = int(time.time())
        who = {"iss": config.current().issuer, "sub": self.world.leo.user_id, "client_id": self.app.client_id}
        return who | {"aud": self.resource, "iat": now, "exp": now + 300, "jti": "x", "scope": "calendar:read"}

    def _signed_by_gatepost(self, type: str = "at+jwt", **changes: Any) -> str:  # noqa: A002  # the header's own name
        claims = {name: value for name, value in (self._claims() | changes).items() if value is not None}
        keys = self.world.settings().keys
        return jwt.encode(claims, keys.private(self._kid()), "RS256", headers={"typ": type, "kid": self._kid()})


FORGED = [
    "of an unknown key",
    "of another key under a known name",
    "signed with the public key as a password",
    "not signed at all",
    "no token at all",
    "of another issuer",
    "without an end",
    "an id token with our audience",
]
FOREIGN = ["for another api", "for gatepost itself", "an id token", "a refresh token", "expired"]


def _part(value: dict[str, Any]) -> str:
    return _text(json.dumps(value).encode())


def _text(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
