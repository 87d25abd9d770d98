"""Token introspection: what a token is worth now, for its own client and for the API it is for (RFC 7662)."""

from typing import Any, Final

from chalicelib import config, policy
from chalicelib.errors import InvalidToken
from chalicelib.oauth import access_tokens, scopes, tokens
from chalicelib.oauth.access_tokens import Claims, Recognised
from chalicelib.oauth.revocation import Located
from chalicelib.policy import Standing
from chalicelib.store.authorizations import Authorization
from chalicelib.store.clients import RESOURCE_SERVER, Client

INACTIVE: Final[dict[str, Any]] = {"active": False}


def introspect(located: Located, standing: Standing, caller: Client, now: int) -> dict[str, Any]:
    """Say what a token is worth; to whom it is no business of, and of what is no good, exactly `active: false`.

    Only the client a token was issued to and the resource servers of its audience may ask (section 4).
    """
    authorization = standing.authorization
    client_id = caller.client_id if authorization is None else authorization.client_id
    if authorization is None or not policy.alive(standing, client_id, now):
        return INACTIVE
    if isinstance(located.token, Recognised):
        return _access(located.token, standing, authorization, caller)
    owned = caller.client_id == client_id and tokens.newest(located.token, authorization, standing.settings)
    return _refresh(authorization) if owned else INACTIVE


def _access(token: Recognised, standing: Standing, authorization: Authorization, caller: Client) -> dict[str, Any]:
    try:
        claims = access_tokens.verify(token, standing.settings)
    except InvalidToken:
        return INACTIVE
    if claims.client_id != authorization.client_id or not _concerned(caller, claims):
        return INACTIVE
    return {
        **_common(authorization, _scope(claims, standing)),
        "token_type": "Bearer",
        "exp": claims.expires_at,
        "iat": claims.issued_at,
        "aud": claims.audience[0] if len(claims.audience) == 1 else list(claims.audience),
        "jti": claims.token_id,
        "username": standing.user.username if standing.user else "",
    }


def _refresh(authorization: Authorization) -> dict[str, Any]:
    moments = {"exp": (authorization.idle_until or 0) // 1000, "iat": (authorization.rotated_at or 0) // 1000}
    return {**_common(authorization, scopes.names(authorization.scope)), **moments}


def _concerned(caller: Client, claims: Claims) -> bool:
    if caller.kind == RESOURCE_SERVER:
        return caller.resource in claims.audience
    return caller.client_id == claims.client_id


def _scope(claims: Claims, standing: Standing) -> str:
    """What the token really carries now: for our own API as every call decides it."""
    if claims.audience == (access_tokens.audience(),):
        return scopes.written(policy.effective_scope(claims.scope, standing))
    granted = scopes.names(standing.authorization.scope) if standing.authorization else ""
    return scopes.written(set(claims.scope.split()) & set(granted.split()))


def _common(authorization: Authorization, scope: str) -> dict[str, Any]:
    return {
        "active": True,
        "scope": scope,
        "client_id": authorization.client_id,
        "sub": authorization.user_id,
        "iss": config.current().issuer,
    }
