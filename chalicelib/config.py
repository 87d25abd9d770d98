"""What the deployment decides, read from the environment once and checked before the first request."""

import os
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Config(NamedTuple):
    """The deployment's own facts.  `issuer` is an origin: scheme, host and port, nothing after them."""

    issuer: str
    table_prefix: str
    keys_secret: str

    @property
    def host(self) -> str:
        """Host and port as people know the server, e.g. `chat.example.com`."""
        return urlsplit(self.issuer).netloc

    @property
    def secure(self) -> bool:
        """Whether the server is reached by https (plain http is for loopback only)."""
        return self.issuer.startswith("https://")

    @property
    def port(self) -> int:
        """The port of the issuer, for cookie names on loopback: cookies do not tell ports apart."""
        return urlsplit(self.issuer).port or (443 if self.secure else 80)

    def url(self, path: str) -> str:
        """The absolute address of one of our own paths; never made from a Host header."""
        return self.issuer + path


def from_environment(environment: Mapping[str, str]) -> Config:
    """Read and check the configuration.

    Raises:
        ValueError: the issuer is missing or is not an origin Gatepost may be reached at.

    """
    return Config(
        issuer=_checked_issuer(environment.get("GATEPOST_ISSUER", "")),
        table_prefix=environment.get("GATEPOST_TABLE_PREFIX", "gatepost-"),
        keys_secret=environment.get("GATEPOST_KEYS_SECRET", "gatepost/keys"),
    )


@cache
def current() -> Config:
    """The configuration of this process."""
    return from_environment(os.environ)


def _checked_issuer(issuer: str) -> str:
    parts = urlsplit(issuer)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("GATEPOST_ISSUER must be an address like https://chat.example.com")
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("GATEPOST_ISSUER must be scheme, host and port only, without a slash at the end")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise ValueError("GATEPOST_ISSUER must start with https:// unless the server is on this machine")
    return issuer
