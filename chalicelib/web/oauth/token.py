"""The token, revocation and deauthorization endpoints (RFC 6749 section 3.2, RFC 7009; contract 2.6 and 2.8)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.credentials import is_id, parse_code, parse_refresh
from chalicelib.errors import (
    InvalidGrant,
    InvalidParameter,
    InvalidRequest,
    ProviderOff,
    Refusal,
    UnsupportedGrantType,
)
from chalicelib.oauth import client_authentication, grants, revocation, tokens
from chalicelib.oauth.client_authentication import Presented
from chalicelib.oauth.tokens import CodeExchange, Issued
from chalicelib.policy import Standing
from chalicelib.store.authorizations import authorization_key
from chalicelib.store.clients import Client, client_key
from chalicelib.store.grants import grant_key
from chalicelib.store.reading import Key
from chalicelib.store.users import user_key
from chalicelib.web import answers
from chalicelib.web.callers import CLIENT, PERSON, Call
from chalicelib.web.http import FORM, Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import OAuthShape

surface = Surface("oauth_token", OAuthShape(cors=True))
OFF: Final = ProviderOff(id="api.oauth.get_access_token.disabled.app_error")
_PREFIX: Final = "api.oauth.get_access_token."
_CLIENT_FIELDS: Final = ("client_id", "client_secret")
_GRANT_FIELDS: Final = ("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope")


def _five(request: Request) -> Sequence[Key[Any]]:
    """Client, person, grant and authorization, all named by what is presented."""
    _check_form(request)
    located = parse_code(request.form.get("code") or "")
    refresh = parse_refresh(request.form.get("refresh_token") or "")
    user_id = located.user_id if located else refresh.user_id if refresh else ""
    row_id = located.row_id if located else refresh.authorization_id if refresh else ""
    client_id = _client_id(_presented(request))
    return [
        client_key(client_id),
        user_key(user_id),
        grant_key(user_id, client_id),
        authorization_key(user_id, row_id),
    ]


def _three(request: Request) -> Sequence[Key[Any]]:
    _check_form(request)
    located = revocation.locate(request.form.get("token") or "")
    user_id, row_id = (located.user_id, located.authorization_id) if located else ("", "")
    return [client_key(_client_id(_presented(request))), authorization_key(user_id, row_id)]


def _own_grant(request: Request) -> Sequence[Key[Any]]:
    client_id = request.json("client_id").get("client_id")
    wanted = client_id if isinstance(client_id, str) and is_id(client_id) else ""
    return [grant_key(request.claimed_user_id, wanted)]


@surface.route("POST", "/oauth/access_token", CLIENT, reads=_five, off=OFF, fields=(*_CLIENT_FIELDS, *_GRANT_FIELDS))
def access_token(call: Call) -> Response:
    """Exchange a code or refresh a token (RFC 6749 sections 4.1.3 and 6)."""
    form = call.request.form
    grant_type = form.get("grant_type")
    if grant_type is None:
        raise InvalidRequest("Send grant_type.", id=_PREFIX + "bad_grant.app_error")
    if grant_type not in {"authorization_code", "refresh_token"}:
        raise UnsupportedGrantType
    client = _client(call)
    return _answered(_exchange(call, client) if grant_type == "authorization_code" else _refresh(call, client))


@surface.route("POST", "/oauth/revoke", CLIENT, reads=_three, off=OFF, fields=(*_CLIENT_FIELDS, "token"))
def revoke(call: Call) -> Response:
    """End the authorization a token belongs to.

    An unknown token is answered like a revoked one (RFC 7009 section 2.2).
    """
    token = call.request.form.get("token")
    if token is None:
        raise InvalidRequest("Send token.")
    client = _client(call)
    located = revocation.locate(token)
    if located is not None:
        row = call.rows[authorization_key(located.user_id, located.authorization_id)]
        revocation.revoke(located, row, client, call.settings, call.request.origin(client.client_id))
    return answers.as_json({})  # simple-oauth2 fails on anything but a JSON object


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
    presented = CodeExchange(code, form.get("redirect_uri"), form.get("code_verifier"))
    standing = _standing(call, client, located.user_id, located.row_id)
    return tokens.exchange(presented, standing, client, origin=call.request.origin(client.client_id))


def _refresh(call: Call, client: Client) -> Issued:
    form = call.request.form
    text = form.get("refresh_token")
    if text is None:
        raise InvalidRequest("Send refresh_token.", id=_PREFIX + "missing_refresh_token.app_error")
    presented = parse_refresh(text)
    if presented is None:
        raise InvalidGrant(id=_PREFIX + "refresh_token.app_error")
    standing = _standing(call, client, presented.user_id, presented.authorization_id)
    return tokens.refresh(presented, form.get("scope"), standing, client, origin=call.request.origin(client.client_id))


def _answered(issued: Issued) -> Response:
    return answers.as_json(
        {
            "access_token": issued.access_token,
            "token_type": "bearer",
            "expires_in": issued.expires_in,
            "refresh_token": issued.refresh_token,
            "scope": issued.scope,
        },
        headers={"Pragma": "no-cache"},
    )


def _standing(call: Call, client: Client, user_id: str, authorization_id: str) -> Standing:
    return Standing(
        call.settings,
        call.rows[user_key(user_id)],
        client,
        call.rows[grant_key(user_id, client.client_id)],
        call.rows[authorization_key(user_id, authorization_id)],
    )


def _client(call: Call) -> Client:
    claimed = _presented(call.request)
    return client_authentication.authenticate(claimed, call.rows[client_key(_client_id(claimed))])


def _presented(request: Request) -> Presented:
    form = request.form
    return client_authentication.presented(
        request.headers.get("authorization"), form.get("client_id"), form.get("client_secret")
    )


def _client_id(claimed: Presented) -> str:
    """The key to read; what cannot be an id is read as nobody."""
    return claimed.client_id if is_id(claimed.client_id) else ""


def _check_form(request: Request) -> None:
    """RFC 6749 section 4.1.3: a form, whatever its charset parameter; anything else is 415."""
    if request.content_type != FORM:
        raise _NotAForm


class _NotAForm(Refusal):
    """The body is not a form."""

    status = 415
    error = "invalid_request"
    id = _PREFIX + "bad_request.app_error"
    description = "Send the parameters as application/x-www-form-urlencoded in the body."
