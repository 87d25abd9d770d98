"""Authorization server metadata: what this server really does, and nothing else (RFC 8414)."""

from typing import Any

from chalicelib import config
from chalicelib.policy import SCOPES

CLIENT_METHODS = ["client_secret_basic", "client_secret_post", "none"]


def document() -> dict[str, Any]:
    """The metadata document; every address comes from the configured issuer, never from a Host header."""
    url = config.current().url
    return {
        "issuer": config.current().issuer,
        "authorization_endpoint": url("/oauth/authorize"),
        "token_endpoint": url("/oauth/access_token"),
        "revocation_endpoint": url("/oauth/revoke"),
        "jwks_uri": url("/oauth/jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": CLIENT_METHODS,
        "revocation_endpoint_auth_methods_supported": CLIENT_METHODS,
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": sorted(SCOPES),
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": url("/help"),
    }
