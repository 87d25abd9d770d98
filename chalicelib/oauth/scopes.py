"""Scopes: parsing and narrowing (RFC 6749 section 3.3)."""

import re
from typing import Final

from chalicelib.errors import InvalidScope
from chalicelib.policy import EVERYTHING, SCOPES

MAX_LENGTH: Final = 1024
_FORM: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")


def parse(text: str | None) -> frozenset[str]:
    """Take a scope parameter apart; an absent one is empty.

    Raises:
        InvalidScope: characters outside the RFC's, or too many.

    """
    if text is None:
        return frozenset()
    if len(text) > MAX_LENGTH or _FORM.fullmatch(text) is None:
        raise InvalidScope("The scope contains characters it may not contain, or is too long.")
    return frozenset(text.split(" "))


def requested(text: str | None, allowed: str) -> str:
    """What an authorization request asks for, within the client's own list.

    Applications that may do everything are asked to name nothing: scopes they name and we do not know are ignored,
    as Mattermost ignores them; with none left they ask for everything, and the consent page says exactly that.

    Raises:
        InvalidScope: malformed, or none of what a client with a list of its own may ask for.

    """
    asked, listed = parse(text), frozenset(allowed.split())
    known = asked & SCOPES.keys()
    if EVERYTHING in listed:
        return written(known or {EVERYTHING})
    if asked - listed or not asked:
        raise InvalidScope("This application may not ask for this scope.")
    return written(asked)


def narrowed(text: str | None, granted: str) -> str:
    """What a refresh asks for: never more than was granted (RFC 6749 section 6).

    Raises:
        InvalidScope: malformed, or wider than the grant.

    """
    asked, held = parse(text), frozenset(granted.split())
    if not asked:
        return granted
    if asked - held:
        raise InvalidScope
    return written(asked)


def written(scope: frozenset[str] | set[str]) -> str:
    """Write scopes in a stable order."""
    return " ".join(sorted(scope))
