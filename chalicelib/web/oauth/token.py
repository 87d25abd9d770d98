"""Token, revocation, introspection, deauthorization (RFC 6749 section 3.2, RFC 7009, RFC 7662; contract 2.6, 2.8)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.credentials import is_id, parse_code, parse_refresh
from chalicelib.errors import (
    InvalidClient,
    InvalidGrant,
    InvalidParameter,
    InvalidRequest,
    ProviderOff,
    UnauthorizedClient,
    UnsupportedGrantType,
)
from chalicelib.oauth import grants, introspection, revocation, tokens
from chalicelib.oauth.access_tokens import Recognised, audience
from chalicelib.oauth.revocation import Located
from chalicelib.oauth.targets import Aim
from chalicelib.oauth.tokens import CodeExchange, Issued, Refresh
from chalicelib.policy import Standing
from chalicelib.store.authorizations import authorization_key
from chalicelib.store.clients import APP, Client, client_key
from chalicelib.store.grants import grant_key
from chalicelib.store.reading import Key, read
from chalicelib.store.resources import resource_key
from chalicelib.store.users import user_key
from chalicelib.web import answers
from chalicelib.web.callers import CLIENT, PERSON, Call
from chalicelib.web.http import Request
from chalicelib.web.oauth import clients
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import OAuthShape

surface = Surface("oauth_token", OAuthShape(cors=True))
OFF: Final = ProviderOff(id="api.oauth.get_access_token.disabled.app_error")
_PREFIX: Final = "api.oauth.get_access_token."
_GRANT_FIELDS: Final = ("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "resource")


def _five(request: Request) -> Sequence[Key[Any]]:
    """Client, person, grant and authorization, all named by what is presented."""
    clients.check_form(request)
    # A code beside a refresh token is of no interest, and must not say which rows are read.
    by_refresh = request.form.get("grant_type") == "refresh_token"
    located = None if by_refresh else parse_code(request.form.get("code") or "")
    refresh = parse_refresh(request.form.get("refresh_token") or "")
    user_id = located.user_id if located else refresh.user_id if refresh else ""
    row_id = located.row_id if located else refresh.authorization_id if refresh else ""
    client_id = clients.claimed_id(request)
    return [
        client_key(client_id),
        user_key(user_id),
        grant_key(user_id, client_id),
        authorization_key(user_id, row_id),
    ]


def _three(request: Request) -> Sequence[Key[Any]]:
    clients.check_form(request)
    located = revocation.locate(request.form.get("token") or "")
    user_id, row_id = (located.user_id, located.authorization_id) if located else ("", "")
    return [client_key(clients.claimed_id(request)), authorization_key(user_id, row_id)]


def _six(request: Request) -> Sequence[Key[Any]]:
    """The caller, and the five rows that decide about the token."""
    clients.check_form(request)
    caller_id = clients.claimed_id(request)
    located = revocation.locate(request.form.get("token") or "")
    if located is None:
        return [client_key(caller_id)]
    owner_id = _owner_id(located, caller_id)
    return [
        client_key(caller_id),
        client_key(owner_id),
        user_key(located.user_id),
        grant_key(located.user_id, owner_id),
        authorization_key(located.user_id, located.authorization_id),
    ]


def _owner_id(located: Located, caller_id: str) -> str:
    """Whose token it is: an access token says so, a refresh token is of interest to its own client only."""
    return located.token.claims.client_id if isinstance(located.token, Recognised) else caller_id


def _own_grant(request: Request) -> Sequence[Key[Any]]:
    client_id = request.json("client_id").get("client_id")
    wanted = client_id if isinstance(client_id, str) and is_id(client_id) else ""
    return [grant_key(request.claimed_user_id, wanted)]


@surface.route("POST", "/oauth/access_token", CLIENT, reads=_five, off=OFF, fields=(*clients.FIELDS, *_GRANT_FIELDS))
def access_token(call: Call) -> Response:
    """Exchange a code or refresh a token (RFC 6749 sections 4.1.3 and 6)."""
    form = call.request.form
    grant_type = form.get("grant_type")
    if grant_type is None:
        raise InvalidRequest("Send grant_type.", id=_PREFIX + "bad_grant.app_error")
    if grant_type not in {"authorization_code", "refresh_token"}:
        raise UnsupportedGrantType
    client = clients.authenticated(call)
    if client.kind != APP:
        raise UnauthorizedClient
    return _answered(_exchange(call, client) if grant_type == "authorization_code" else _refresh(call, client))


@surface.route("POST", "/oauth/revoke", CLIENT, reads=_three, off=OFF, fields=(*clients.FIELDS, "token"))
def revoke(call: Call) -> Response:
    """End the authorization a token belongs to.

    An unknown token is answered like a revoked one (RFC 7009 section 2.2).
    """
    token = call.request.form.get("token")
    if token is None:
        raise InvalidRequest("Send token.")
    client = clients.authenticated(call)
    located = revocation.locate(token)
    if located is not None:
        row = call.rows[authorization_key(located.user_id, located.authorization_id)]
        revocation.revoke(located, row, client, call.settings, call.request.origin(client.client_id))
    return answers.as_json({})  # simple-oauth2 fails on anything but a JSON object


@surface.route("POST", "/oauth/introspect", CLIENT, reads=_six, off=OFF, fields=(*clients.FIELDS, "token"))
def introspect(call: Call) -> Response:
    """Say what a token is worth now; anything that is no business of the caller is inactive (RFC 7662 section 2.2)."""
    token = call.request.form.get("token")
    if token is None:
        raise InvalidRequest("Send token.")
    caller = clients.authenticated(call)
    if caller.public:
        raise InvalidClient("A client without a secret cannot introspect tokens.")
    located = revocation.locate(token)
    if located is None:
        return answers.as_json(introspection.INACTIVE)
    owner_id = _owner_id(located, caller.client_id)
    standing = Standing(
        call.settings,
        call.rows[user_key(located.user_id)],
        call.rows[client_key(owner_id)],
        call.rows[grant_key(located.user_id, owner_id)],
        call.rows[authorization_key(located.user_id, located.authorization_id)],
    )
    return answers.as_json(introspection.introspect(located, standing, caller, call.request.now))


@surface.route("POST", "/oauth/deauthorize", PERSON, reads=_own_grant, off=ProviderOff(), fields=("client_id",))
def deauthorize(call: Call) -> Response:
    """Take back what the caller allowed an application; never allowed is fine too (contract 2.6)."""
    client_id = call.request.json("client_id").get("client_id")
    if not isinstance(client_id, str) or not is_id(client_id):
        raise InvalidParameter("client_id")
    user_id = call.session.user.user_id
    grants.revoke(call.rows[grant_key(user_id, client_id)], call.request.origin(user_id))
    return answers.as_json({"status": "OK"})


def _exchange(call: Call, client: Client) -> Issued:
    form = call.request.form
    code = form.get("code")
    if code is None:
        raise InvalidRequest("Send code.", id=_PREFIX + "missing_code.app_error")
    located = parse_code(code)
    if located is None:
        raise InvalidGrant
    standing = _standing(call, client, located.user_id, located.row_id)
    presented = CodeExchange(code, form.get("redirect_uri"), form.get("code_verifier"), _aim(call, standing))
    return tokens.exchange(presented, standing, client, origin=call.request.origin(client.client_id))


def _refresh(call: Call, client: Client) -> Issued:
    form = call.request.form
    text = form.get("refresh_token")
    if text is None:
        raise InvalidRequest("Send refresh_token.", id=_PREFIX + "missing_refresh_token.app_error")
    token = parse_refresh(text)
    if token is None:
        raise InvalidGrant(id=_PREFIX + "refresh_token.app_error")
    standing = _standing(call, client, token.user_id, token.authorization_id)
    presented = Refresh(token, form.get("scope"), _aim(call, standing))
    return tokens.refresh(presented, standing, client, origin=call.request.origin(client.client_id))


def _aim(call: Call, standing: Standing) -> Aim:
    """The resources a request names, and the servers its authorization is for: one read more where there are any."""
    authorized = standing.authorization.audience if standing.authorization else {}
    keys = {identifier: resource_key(identifier) for identifier in authorized if identifier != audience()}
    rows = read(*keys.values()) if keys else None
    found = {identifier: rows[key] for identifier, key in keys.items()} if rows else {}
    return Aim(call.request.form.all("resource"), found)


def _answered(issued: Issued) -> Response:
    body: dict[str, Any] = {
        "access_token": issued.access_token,
        "token_type": "bearer",
        "expires_in": issued.expires_in,
        "scope": issued.scope,
    }
    if issued.refresh_token is not None:
        body["refresh_token"] = issued.refresh_token
    if issued.id_token is not None:
        body["id_token"] = issued.id_token
    if issued.resources:
        body["audience"] = " ".join(issued.resources)  # Mattermost's word for it (contract 3.8)
    return answers.as_json(body, headers={"Pragma": "no-cache"})


def _standing(call: Call, client: Client, user_id: str, authorization_id: str) -> Standing:
    return Standing(
        call.settings,
        call.rows[user_key(user_id)],
        client,
        call.rows[grant_key(user_id, client.client_id)],
        call.rows[authorization_key(user_id, authorization_id)],
    )
