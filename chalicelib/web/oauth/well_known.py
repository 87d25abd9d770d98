"""Metadata and keys: what clients find out by themselves (RFC 8414, RFC 7517)."""

from typing import Final

from chalice.app import Response

from chalicelib.errors import ProviderOff
from chalicelib.oauth import access_tokens, metadata
from chalicelib.web import answers
from chalicelib.web.callers import PUBLIC, Call
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import OAuthShape

surface = Surface("well_known", OAuthShape(cors=True))
OFF: Final = ProviderOff(id="api.oauth.authorization_server_metadata.disabled.app_error")


@surface.route("GET", "/.well-known/oauth-authorization-server", PUBLIC, off=OFF)
def authorization_server(_call: Call) -> Response:
    """Authorization server metadata (RFC 8414 section 3)."""
    return answers.as_json(metadata.document(), headers={"Cache-Control": "public, max-age=300"})


@surface.route("GET", "/oauth/jwks", PUBLIC, off=OFF)
def key_set(call: Call) -> Response:
    """The public keys (RFC 7517 section 5)."""
    return answers.as_json(access_tokens.key_set(call.settings), headers={"Cache-Control": "public, max-age=300"})
