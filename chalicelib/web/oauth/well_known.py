"""Metadata and keys: what clients find out by themselves (RFC 8414, RFC 9728, RFC 7517, OpenID Connect Discovery)."""

from collections.abc import Mapping
from typing import Any, Final

from chalice.app import Response

from chalicelib.errors import ProviderOff
from chalicelib.oauth import metadata, signing
from chalicelib.web import answers
from chalicelib.web.callers import CLIENT, Call
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import OAuthShape

# CLIENT: no session is looked at, so these cost one read of the settings and no more.
surface = Surface("well_known", OAuthShape(cors=True))
OFF: Final = ProviderOff(id="api.oauth.authorization_server_metadata.disabled.app_error")
PROTECTED: Final = "/.well-known/oauth-protected-resource"


@surface.route("GET", "/.well-known/oauth-authorization-server", CLIENT, off=OFF)
def authorization_server(call: Call) -> Response:
    """Authorization server metadata (RFC 8414 section 3)."""
    return _kept_briefly(metadata.document(call.settings))


@surface.route("GET", "/.well-known/openid-configuration", CLIENT, off=OFF)
def openid_configuration(call: Call) -> Response:
    """The same for OpenID Connect clients (OpenID Connect Discovery section 4)."""
    return _kept_briefly(metadata.document(call.settings))


@surface.route("GET", PROTECTED + "/api/v4", CLIENT, off=OFF)
def protected_resource(call: Call) -> Response:
    """The metadata of our own API (RFC 9728 section 3)."""
    return _kept_briefly(metadata.own_api(call.settings))


@surface.route("GET", PROTECTED, CLIENT, off=OFF)
def protected_resource_at_the_root(call: Call) -> Response:
    """The same for clients that look at the root only (checklist mcp-1)."""
    return _kept_briefly(metadata.own_api(call.settings))


@surface.route("GET", "/oauth/jwks", CLIENT, off=OFF)
def key_set(call: Call) -> Response:
    """The public keys (RFC 7517 section 5)."""
    return _kept_briefly(signing.key_set(call.settings))


def _kept_briefly(body: Mapping[str, Any]) -> Response:
    return answers.as_json(body, headers={"Cache-Control": "public, max-age=300"})
