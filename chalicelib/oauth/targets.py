"""Resource indicators: which APIs a token is for (RFC 8707)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from chalicelib.errors import InvalidTarget
from chalicelib.oauth.access_tokens import Purpose, audience
from chalicelib.oauth.scopes import OWN_API, Targets, for_audience
from chalicelib.store.authorizations import Authorization
from chalicelib.store.resources import Resource
from chalicelib.store.settings import Settings

MAX_RESOURCES: Final = 5
MAX_LENGTH: Final = 512
Found = Mapping[str, Resource | None]
"""Resource servers by identifier, as the read found them."""


class Aim(NamedTuple):
    """What a token request names as its resources, and the resource servers that were read for it."""

    identifiers: Sequence[str] = ()
    found: Found = MappingProxyType({})


UNNAMED: Final = Aim()
"""A request that names none: it is for what was authorized."""


def asked(identifiers: Sequence[str], found: Found) -> Targets:
    """What an authorization request is for; without a resource it is our own API (checklist 8707-5).

    Raises:
        InvalidTarget: one is malformed, or nobody registered it.

    """
    if not identifiers:
        return OWN_API
    return _targets(identifiers, found)


def purpose(authorization: Authorization, kept: str, aim: Aim, settings: Settings) -> Purpose:
    """What an access token of this authorization is for: what the token request names, else all that was authorized.

    Raises:
        InvalidTarget: something is named that was not authorized, or a resource server that is there no more.

    """
    held = authorization.audience
    authorized = list(held) or [audience()]
    if set(aim.identifiers) - set(authorized):
        raise InvalidTarget
    chosen = [identifier for identifier in authorized if identifier in aim.identifiers or not aim.identifiers]
    targets = _targets(chosen, aim.found)
    if any(held.get(resource.identifier) != resource.resource_id for resource in targets.others):
        raise InvalidTarget  # another one was registered under the same identifier
    lifetimes = [resource.token_lifetime for resource in targets.others]
    lifetimes += [settings.access_token_lifetime] if targets.own else []
    return Purpose(chosen, for_audience(kept, targets), min(lifetimes))


def problem(identifier: str) -> str | None:
    """Why a text cannot identify a resource server (RFC 8707 section 2); None when it can."""
    try:
        parts = urlsplit(identifier)
    except ValueError:
        return "enter a full address"
    if not identifier.isascii() or not identifier.isprintable() or " " in identifier:
        return "remove spaces and characters that do not belong in an address"
    if len(identifier) > MAX_LENGTH:
        return f"shorten it to {MAX_LENGTH} characters"
    if not parts.scheme or not (parts.netloc or parts.path):
        return "enter a full address like https://calendar.example.net/api"
    return "remove everything from # on" if "#" in identifier else None


def _targets(identifiers: Sequence[str], found: Found) -> Targets:
    if len(identifiers) > MAX_RESOURCES or any(problem(identifier) for identifier in identifiers):
        raise InvalidTarget(id="model.authorize.is_valid.resource.invalid_uri.app_error")
    others = [found.get(identifier) for identifier in identifiers if identifier != audience()]
    known = [resource for resource in others if resource is not None]
    if len(known) != len(others):
        raise InvalidTarget
    return Targets(own=audience() in identifiers, others=known)
