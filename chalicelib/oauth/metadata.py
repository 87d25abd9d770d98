"""Metadata: what this server really does, and nothing else (RFC 8414, RFC 9728, OpenID Connect Discovery)."""

from typing import Any, Final

from chalicelib import config
from chalicelib.oauth.access_tokens import audience
from chalicelib.oauth.signing import ALGORITHM
from chalicelib.policy import EVERYTHING, IDENTITY, SCOPES
from chalicelib.store.settings import Settings

CLIENT_METHODS: Final = ["client_secret_basic", "client_secret_post", "none"]
CLAIMS: Final = [
    *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "azp", "at_hash"),
    *("name", "given_name", "family_name", "nickname", "preferred_username", "updated_at", "email", "email_verified"),
]


def document(settings: Settings) -> dict[str, Any]:
    """The metadata of the authorization server, for OAuth and for OpenID Connect alike.

    Every address comes from the configured issuer, never from a Host header.
    """
    url = config.current().url
    offered = {
        "issuer": config.current().issuer,
        "authorization_endpoint": url("/oauth/authorize"),
        "token_endpoint": url("/oauth/access_token"),
        "revocation_endpoint": url("/oauth/revoke"),
        "introspection_endpoint": url("/oauth/introspect"),
        "userinfo_endpoint": url("/oauth/userinfo"),
        "end_session_endpoint": url("/oauth/logout"),
        "jwks_uri": url("/oauth/jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": CLIENT_METHODS,
        "revocation_endpoint_auth_methods_supported": CLIENT_METHODS,
        "introspection_endpoint_auth_methods_supported": CLIENT_METHODS[:2],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": sorted(SCOPES),
        "claims_supported": CLAIMS,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "authorization_response_iss_parameter_supported": True,
        "protected_resources": [audience()],
        "service_documentation": url("/help"),
    }
    if settings.dynamic_registration:
        offered["registration_endpoint"] = url("/api/v4/oauth/apps/register")
    return offered


def own_api(settings: Settings) -> dict[str, Any]:
    """The metadata of our own API as a protected resource (RFC 9728 section 2)."""
    return {
        "resource": audience(),
        "resource_name": settings.site_name,
        "authorization_servers": [config.current().issuer],
        # Not "everything": clients that ask for all there is would ask for it.
        "scopes_supported": sorted(SCOPES.keys() - IDENTITY - {EVERYTHING}),
        "bearer_methods_supported": ["header"],
        "resource_documentation": config.current().url("/help"),
    }
