"""Token revocation: ending the authorization a token belongs to (RFC 7009)."""

from typing import NamedTuple

from chalicelib.credentials import RefreshToken, parse_refresh
from chalicelib.errors import InvalidGrant, InvalidToken
from chalicelib.oauth import access_tokens, tokens
from chalicelib.oauth.access_tokens import Recognised
from chalicelib.store.audit import Origin
from chalicelib.store.authorizations import ENDED, Authorization
from chalicelib.store.clients import Client
from chalicelib.store.settings import Settings


class Located(NamedTuple):
    """A token of either type and the authorization it points at; the hint is not needed, the forms differ."""

    token: RefreshToken | Recognised
    user_id: str
    authorization_id: str


def locate(text: str) -> Located | None:
    """Say which row a token points at.

    None when it is not one of ours, which is answered like success (section 2.2).
    """
    refresh = parse_refresh(text)
    if refresh is not None:
        return Located(refresh, refresh.user_id, refresh.authorization_id)
    access = access_tokens.recognise_any(text)
    if access is not None:
        return Located(access, access.claims.user_id, access.claims.authorization_id)
    return None


def revoke(
    located: Located,
    authorization: Authorization | None,
    client: Client,
    settings: Settings,
    origin: Origin,
) -> None:
    """End the authorization, and with it every access and refresh token of it (section 2.1).

    Raises:
        InvalidGrant: the token is another client's; it is not revoked.
        Contention: DynamoDB could not decide.

    """
    if authorization is None or not _genuine(located.token, authorization, settings):
        return
    if authorization.client_id != client.client_id:
        raise InvalidGrant("The token was issued to another client.")
    if authorization.state == ENDED:
        return
    tokens.end(authorization, "revoked_by_client", origin)


def _genuine(token: RefreshToken | Recognised, authorization: Authorization, settings: Settings) -> bool:
    if isinstance(token, RefreshToken):
        return tokens.genuine(token, authorization, settings)
    try:
        access_tokens.verify(token, settings)
    except InvalidToken:
        return False
    return True
