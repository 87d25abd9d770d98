"""Redirect URIs: which may be registered, which match, and how a client is answered there.

RFC 6749 section 3.1.2, RFC 8252 sections 7.1 and 7.3.
"""

import re
from dataclasses import InitVar, dataclass
from typing import Final, NewType
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from chalicelib.config import LOOPBACK_HOSTS

MAX_LENGTH: Final = 1024
# RFC 3986 has no other characters; a browser would rewrite them.
_PRINTABLE: Final = re.compile(r"[A-Za-z0-9!#$%&'()*+,./:;=?@\[\]_~-]+")
# RFC 8252 section 7.1: a domain in reverse. Without its period it could be any program's, and `javascript:` has none.
_APP: Final = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/.*")
_CHECKED: Final = object()

ClientAddress = NewType("ClientAddress", str)
"""Where a client is answered: made by `RedirectTarget.answer` only.

The only thing `web.answers` sends a browser away to.
"""


@dataclass(frozen=True, slots=True)
class RedirectTarget:
    """A redirect URI seen on the client's own list.  Only `match` makes one, so an open redirect cannot be written."""

    uri: str
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _CHECKED:
            raise TypeError("a RedirectTarget is made by redirect_uris.match only")

    def answer(self, parameters: dict[str, str | None]) -> ClientAddress:
        """The address with the answer's parameters in its query; the registered query is kept byte for byte."""
        given = {name: value for name, value in parameters.items() if value is not None}
        base, _, query = self.uri.partition("?")
        kept = [part for part in query.split("&") if part and not _names(part) & given.keys()]
        parts = [*kept, urlencode(given)] if given else kept
        return ClientAddress(f"{base}?{'&'.join(parts)}" if parts else base)


def match(presented: str, registered: list[str], *, public: bool, app_schemes: bool = False) -> RedirectTarget | None:
    """Compare as raw strings; only the port of a loopback address may differ, for public clients (DESIGN section 4).

    An app's own scheme matches only while the server permits them, and only for public clients.
    """
    if opens_app(presented) and not (public and app_schemes):
        return None
    if presented in registered:
        return RedirectTarget(presented, _CHECKED)
    if public and any(_same_but_port(presented, uri) for uri in registered):
        return RedirectTarget(presented, _CHECKED)
    return None


def problem(uri: str, *, http_allowed: bool, app_schemes: bool = False) -> str | None:
    """Why an address cannot be registered as a redirect URI, in words that say what to do; None when it can.

    `app_schemes` says that the client is public and the server permits schemes of an app's own.
    """
    return _text_problem(uri, app_schemes=app_schemes) or _address_problem(uri, http_allowed=http_allowed)


def opens_app(uri: str) -> bool:
    """Whether an address opens a program instead of a page: `com.example.app:/done` (RFC 8252 section 7.1)."""
    return _APP.fullmatch(uri) is not None


def _text_problem(uri: str, *, app_schemes: bool) -> str | None:
    """What is wrong with the characters, before the address is taken apart."""
    others = ", or with the scheme of an app like com.example.app:/" if app_schemes else ""
    known = uri.startswith(("https://", "http://")) or (app_schemes and opens_app(uri))
    rules = (
        (
            _PRINTABLE.fullmatch(uri) is None,
            "remove spaces and characters that do not belong in an address",
        ),
        (not known, f"start with https:// or http://{others}"),
        ("*" in uri, "* is not allowed, list each address"),
        ("#" in uri, "remove everything from # on"),
        (len(uri) > MAX_LENGTH, f"shorten to {MAX_LENGTH:,} characters, it has {len(uri):,}"),
    )
    return next((message for broken, message in rules if broken), None)


def _address_problem(uri: str, *, http_allowed: bool) -> str | None:
    parts = _split(uri)
    if parts is None or (not parts.hostname and not opens_app(uri)):
        return "enter a full address like https://standup.example.net/callback"
    if "@" in parts.netloc:
        return "remove the user name and password"
    if parts.scheme == "http" and not http_allowed and not is_loopback(uri):
        return "start with https://"
    return None


def is_loopback(uri: str) -> bool:
    """Whether an address is on the person's own computer (RFC 8252 section 7.3)."""
    parts = _split(uri)
    return parts is not None and parts.hostname in LOOPBACK_HOSTS


def _same_but_port(presented: str, registered: str) -> bool:
    left, right = _split(presented), _split(registered)
    if left is None or right is None or problem(presented, http_allowed=True) is not None:
        return False
    if left.scheme != "http" or not is_loopback(registered):
        return False
    return _without_port(left, presented) == _without_port(right, registered)


def _without_port(parts: SplitResult, uri: str) -> str:
    """The raw text with the port cut out: everything else is still compared byte for byte."""
    host = parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc
    return uri.replace(parts.netloc, host, 1)


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018  # raises for a port that is no number
    except ValueError:
        return None
    return parts


def _names(part: str) -> set[str]:
    return {name for name, _ in parse_qsl(part, keep_blank_values=True)}
