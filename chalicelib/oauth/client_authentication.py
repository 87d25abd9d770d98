"""Who is asking at the token and revocation endpoints: Basic or body, never both (RFC 6749 section 2.3)."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus

from chalicelib.credentials import fingerprint, is_id, same
from chalicelib.errors import InvalidClient, InvalidRequest
from chalicelib.policy import client_usable
from chalicelib.store.clients import Client

_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="Gatepost", charset="UTF-8"'}
_NOBODY: Final = fingerprint("nobody's secret")


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request says about its client, not believed yet."""

    client_id: str
    secret: str | None = field(repr=False)
    basic: bool

    @property
    def method(self) -> str:
        """The registered name of the way its secret was sent (RFC 7591 section 2)."""
        return "client_secret_basic" if self.basic else "client_secret_post"

    def refusal(self, error_id: str | None = None) -> InvalidClient:
        """The refusal in the form the client used: with a challenge if it sent a header (RFC 6749 section 5.2)."""
        return InvalidClient(id=error_id, headers=_CHALLENGE if self.basic else None)


def presented(authorization: str | None, client_id: str | None, client_secret: str | None) -> Presented:
    """Read the client's credentials from the header and the body.

    Raises:
        InvalidRequest: two methods at once.
        InvalidClient: none at all, or a header that cannot be read.

    """
    if authorization is None:
        if client_id is None:
            raise InvalidClient(
                "Send client_id, and client_secret if the client has one.",
                id="api.oauth.get_access_token.bad_client_id.app_error",
            )
        return Presented(client_id, client_secret, basic=False)
    found = _basic(authorization)
    if client_secret is not None or client_id not in {None, found.client_id}:
        raise InvalidRequest("Authenticate the client in the header or in the body, not in both.")
    return found


def authenticate(claimed: Presented, client: Client | None, now: int) -> Client:
    """Check the secret against the client that was read; unknown and wrong take the same steps and get the same answer.

    Raises:
        InvalidClient: unknown, suspended, wrong secret, or a secret where there is none to know.

    """
    held = client.secret if client else None
    good = same(fingerprint(claimed.secret or ""), held["hash"] if held else _NOBODY)
    if client is None or not client_usable(client, now):
        raise claimed.refusal()
    if client.public:
        if claimed.secret is not None:
            raise claimed.refusal("model.oauth.validate_grant.public_client_secret.app_error")
        return client
    if not good or claimed.secret is None:
        raise claimed.refusal()
    if client.token_endpoint_auth_method not in {None, claimed.method}:
        raise claimed.refusal()  # what it chose at its registration is the only way (RFC 7591 section 2)
    return client


def _basic(header: str) -> Presented:
    """Read `Basic`: both parts are form-urlencoded before base64 (RFC 6749 section 2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    unreadable = Presented("", None, basic=True).refusal()
    if scheme.lower() != "basic":
        raise unreadable
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise unreadable from error
    name, colon, secret = pair.partition(":")
    client_id = unquote_plus(name)
    if not colon or not is_id(client_id):
        raise unreadable
    return Presented(client_id, unquote_plus(secret) or None, basic=True)
