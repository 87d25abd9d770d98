"""Scopes: parsing, what a client may ask for, narrowing (RFC 6749 section 3.3, RFC 8707 section 2).

A scope of our own is kept as its name, a scope of another resource server as `<resource id>/<name>`: what was allowed
for one API says nothing about another.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from chalicelib.errors import InvalidScope
from chalicelib.policy import EVERYTHING, IDENTITY, SCOPES
from chalicelib.store.resources import Resource

MAX_LENGTH: Final = 1024
_FORM: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")
FOREIGN: Final = "/"


class Targets(NamedTuple):
    """Where a token is to be good: at our own API, and at other resource servers."""

    own: bool
    others: Sequence[Resource] = ()

    @property
    def identifiers(self) -> list[str]:
        """The identifiers of the others."""
        return [resource.identifier for resource in self.others]


OWN_API: Final = Targets(own=True)


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


def requested(text: str | None, allowed: str, targets: Targets = OWN_API) -> str:
    """What an authorization request asks for, within the client's own list, as it is kept.

    Applications that may do everything are asked to name nothing: scopes they name and we do not know are ignored,
    as Mattermost ignores them; with none left they ask for everything, and the consent page says exactly that. An
    application with a list of its own asks for the whole list when it names nothing.

    Raises:
        InvalidScope: malformed, or none of what a client with a list of its own may ask for.

    """
    asked, listed = parse(text), frozenset(allowed.split())
    known = {name: _kept(name, listed, targets) for name in asked}
    if EVERYTHING not in listed and not all(known.values()):
        raise InvalidScope("This application may not ask for this scope.")
    found = frozenset(kept for keeps in known.values() for kept in keeps)
    return written(found or _default(listed, targets))


def narrowed(text: str | None, granted: str) -> str:
    """What a refresh asks for: never more than was granted (RFC 6749 section 6).

    Raises:
        InvalidScope: malformed, or wider than the grant.

    """
    asked, held = parse(text), frozenset(granted.split())
    if not asked:
        return granted
    by_name = _by_name(held)
    if asked - by_name.keys():
        raise InvalidScope
    return written({kept for name in asked for kept in by_name[name]})


def for_audience(kept: str, targets: Targets) -> str:
    """The names a token for these targets carries, of all that was granted; what an API no longer has is left out."""
    offered = {f"{resource.resource_id}{FOREIGN}{name}" for resource in targets.others for name in resource.scopes}
    return written({_name(scope) for scope in kept.split() if _belongs(scope, offered, own=targets.own)})


def merged(left: frozenset[str], right: frozenset[str]) -> str:
    """Both together, as they are kept; "everything" takes in all scopes of our own."""
    both = left | right
    return written({scope for scope in both if EVERYTHING not in both or scope == EVERYTHING or FOREIGN in scope})


def names(kept: str) -> str:
    """The names of kept scopes as the client knows them."""
    return written(set(_by_name(frozenset(kept.split()))))


def written(scope: frozenset[str] | set[str]) -> str:
    """Write scopes in a stable order."""
    return " ".join(sorted(scope))


def _kept(name: str, listed: frozenset[str], targets: Targets) -> frozenset[str]:
    """How a scope that is asked for by name is kept; empty when it may not be asked for."""
    foreign = {f"{resource.resource_id}{FOREIGN}{name}" for resource in targets.others if name in resource.scopes}
    ours = name in SCOPES and (targets.own or name in IDENTITY)
    if ours and (name in listed or EVERYTHING in listed):
        return frozenset({name, *foreign})
    return frozenset(foreign)


def _default(listed: frozenset[str], targets: Targets) -> frozenset[str]:
    foreign = {f"{resource.resource_id}{FOREIGN}{name}" for resource in targets.others for name in resource.scopes}
    if not targets.own:
        return frozenset(foreign)
    return frozenset(foreign | ({EVERYTHING} if EVERYTHING in listed else listed))


def _by_name(kept: frozenset[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for scope in kept:
        found.setdefault(_name(scope), []).append(scope)
    return found


def _name(kept: str) -> str:
    return kept.partition(FOREIGN)[2] if FOREIGN in kept else kept


def _belongs(kept: str, offered: set[str], *, own: bool) -> bool:
    if FOREIGN in kept:
        return kept in offered
    return own or kept in IDENTITY
