"""What the deployment decides: an issuer that is an origin, https unless it is on this machine (DESIGN section 4)."""

import pytest

from chalicelib import config
from chalicelib.config import from_environment


def issued_by(issuer: str) -> config.Config:
    """The configuration of a server that is reached here."""
    return from_environment({"GATEPOST_ISSUER": issuer})


@pytest.mark.parametrize(
    "issuer",
    [
        "https://chat.example.com",
        "https://chat.example.com:8443",
        "http://localhost:8065",
        "http://127.0.0.1:8065",
        "http://[::1]:8065",
    ],
)
def test_an_issuer_is_an_origin(issuer: str) -> None:
    """RFC 8414 section 2; DESIGN section 4: no path."""
    assert issued_by(issuer).issuer == issuer


@pytest.mark.parametrize(
    "issuer",
    [
        "",
        "chat.example.com",
        "https://",
        "https://chat.example.com/",
        "https://chat.example.com/gatepost",
        "https://chat.example.com?x=1",
        "https://chat.example.com#top",
        "https://admin@chat.example.com",
        "http://chat.example.com",
        "http://localhost.example.com",
        "ftp://localhost",
        "javascript:alert(1)",
    ],
)
def test_anything_else_stops_the_server_before_its_first_request(issuer: str) -> None:
    """DESIGN section 4, 8414-2, 21-6: https unless loopback; no path."""
    with pytest.raises(ValueError, match="GATEPOST_ISSUER"):
        issued_by(issuer)


def test_a_missing_issuer_stops_the_server() -> None:
    """DESIGN section 4: it is never made from a Host header."""
    with pytest.raises(ValueError, match="GATEPOST_ISSUER"):
        from_environment({})


@pytest.mark.parametrize(
    ("issuer", "secure", "port", "host"),
    [
        ("https://chat.example.com", True, 443, "chat.example.com"),
        ("https://chat.example.com:8443", True, 8443, "chat.example.com:8443"),
        ("http://localhost:8065", False, 8065, "localhost:8065"),
        ("http://localhost", False, 80, "localhost"),
    ],
)
def test_what_follows_from_the_issuer(issuer: str, secure: bool, port: int, host: str) -> None:
    """DESIGN section 4, cookies: the port is in their names on loopback."""
    here = issued_by(issuer)

    assert (here.secure, here.port, here.host) == (secure, port, host)


def test_an_address_of_our_own_starts_with_the_issuer() -> None:
    """DESIGN section 4."""
    assert issued_by("https://chat.example.com").url("/oauth/authorize") == "https://chat.example.com/oauth/authorize"


def test_tables_and_secret_are_named_by_the_deployment() -> None:
    """Two deployments in one account do not meet."""
    given = {"GATEPOST_ISSUER": "https://a.example", "GATEPOST_TABLE_PREFIX": "b-", "GATEPOST_KEYS_SECRET": "b/keys"}

    assert from_environment(given) == config.Config("https://a.example", "b-", "b/keys")


def test_the_configuration_is_read_once() -> None:
    """Later changes of the environment do not move the issuer of a running server."""
    assert config.current() is config.current()
