"""The metadata document says what this server does, and nothing else."""

import pytest

from chalicelib import config
from chalicelib.oauth import metadata
from chalicelib.policy import SCOPES
from chalicelib.store.settings import Settings
from chalicelib.web import routes


def test_the_issuer_is_the_configured_one_byte_for_byte() -> None:
    """8414-1."""
    assert metadata.document(Settings())["issuer"] == config.current().issuer
    assert not metadata.document(Settings())["issuer"].endswith("/")


@pytest.mark.parametrize(
    ("member", "method"),
    [
        ("authorization_endpoint", "GET"),
        ("token_endpoint", "POST"),
        ("revocation_endpoint", "POST"),
        ("introspection_endpoint", "POST"),
        ("userinfo_endpoint", "GET"),
        ("end_session_endpoint", "GET"),
        ("registration_endpoint", "POST"),
        ("jwks_uri", "GET"),
        ("service_documentation", "GET"),
    ],
)
def test_every_address_is_one_of_ours_and_has_a_route(member: str, method: str) -> None:
    """8414-3: only real capabilities are advertised."""
    import app  # noqa: F401  # declares the routes

    address = metadata.document(Settings(dynamic_registration=True))[member]

    assert address.startswith(config.current().issuer + "/")
    assert (method, address.removeprefix(config.current().issuer)) in {(r.method, r.path) for r in routes.ROUTES}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("response_types_supported", ["code"]),
        ("grant_types_supported", ["authorization_code", "refresh_token"]),
        ("code_challenge_methods_supported", ["S256"]),
        ("scopes_supported", sorted(SCOPES)),
        ("authorization_response_iss_parameter_supported", True),
        ("token_endpoint_auth_methods_supported", ["client_secret_basic", "client_secret_post", "none"]),
    ],
)
def test_capabilities_are_said_as_they_are(member: str, value: object) -> None:
    """7636-5, 9207-1, 6749-17, mcp-10 (`offline_access` is among the scopes); contract 2.10."""
    assert metadata.document(Settings())[member] == value


def test_every_address_of_the_document_is_named_above() -> None:
    """8414-3: a new one needs a test that it is real."""
    offered = metadata.document(Settings(dynamic_registration=True))
    addresses = {name for name in offered if name.endswith(("_endpoint", "_uri", "_documentation"))}

    assert addresses == {
        "authorization_endpoint",
        "token_endpoint",
        "revocation_endpoint",
        "introspection_endpoint",
        "userinfo_endpoint",
        "end_session_endpoint",
        "registration_endpoint",
        "jwks_uri",
        "service_documentation",
    }


def test_registration_is_offered_only_while_it_is_on() -> None:
    """Contract cases 140, 141."""
    assert "registration_endpoint" not in metadata.document(Settings(dynamic_registration=False))
