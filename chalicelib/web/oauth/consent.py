"""What the consent page says: who asks, for what, where it leads, and what to be careful about (ux 6.9)."""

from typing import Any, Final
from urllib.parse import urlsplit

from chalicelib.oauth import authorization, redirect_uris
from chalicelib.oauth.authorization import Question
from chalicelib.oauth.scopes import FOREIGN
from chalicelib.policy import EVERYTHING, SCOPES, Scope
from chalicelib.store.clients import Client
from chalicelib.web import pages

_SELF_REGISTERED: Final = "New here: nobody checked this application. Make sure you started this."
_EVERYTHING: Final = "This includes reading your private channels, and posting under your name."


def shown(question: Question, now: int) -> dict[str, Any]:
    """The client, the permissions that are asked for, and those that were allowed before, as the page shows them."""
    request, grant = question.request, question.standing_grant(now)
    asked, new = sorted(request.scope.split(), key=_place), authorization.unasked(question, now)
    again = grant is not None and grant.how == "consent" and bool(new)
    held = grant.scope.split() if grant is not None and again else []
    return {
        "client": _client(request.client, request.target.uri),
        "scopes": _told(request, [kept for kept in asked if kept in new or not new]),
        "allowed_before": _told(request, held),
        "again": again,
        "warnings": warnings(request.client, request.target.uri, request.scope),
    }


def warnings(client: Client, redirect_uri: str, scope: str) -> list[str]:
    """What to be careful about before one allows an application."""
    off_machine = redirect_uri.startswith(("https://", "http://")) and not redirect_uris.is_loopback(redirect_uri)
    plain = off_machine and redirect_uri.startswith("http://")
    elsewhere = off_machine and not _belongs(_hostname(redirect_uri), _hostname(client.client_uri))
    found = (
        (client.dynamic, _SELF_REGISTERED),
        (plain, f"The way back to {pages.host(redirect_uri)} is not encrypted. Others on the network could read it."),
        (elsewhere, f"It sends you back to {pages.host(redirect_uri)}, which is not where its homepage is."),
        (EVERYTHING in scope.split(), _EVERYTHING),
    )
    return [sentence for there, sentence in found if there]


def _belongs(host: str, home: str) -> bool:
    """Whether a host is that of the homepage, or below it; an application without a homepage promises nothing."""
    domain = home.removeprefix("www.")
    return not domain or host.removeprefix("www.") == domain or host.endswith(f".{domain}")


def _hostname(uri: str) -> str:
    return urlsplit(uri).hostname or ""


def _place(kept: str) -> int:
    """Who one is comes first, what an application does comes last; other APIs' scopes after our own."""
    return list(SCOPES).index(kept) if kept in SCOPES else len(SCOPES)


def _told(request: authorization.Request, kept: list[str]) -> list[Scope]:
    return [told for scope in kept if (told := _scope(request, scope))]


def _scope(request: authorization.Request, kept: str) -> Scope | None:
    """What people are told of a scope; another API's is told in its own words, with its name.

    None for a scope of an API that this request does not name.
    """
    resource_id, foreign, name = kept.partition(FOREIGN)
    if not foreign:
        return SCOPES.get(kept)
    for resource in request.targets.others:
        if resource.resource_id == resource_id:
            return Scope(kept, resource.scope_titles.get(name, name), f"At {resource.name}", icon="grid", acts=True)
    return None


def _client(client: Client, redirect_uri: str) -> dict[str, Any]:
    return {
        "name": client.client_name,
        "client_id": client.client_id,
        "description": client.description,
        "homepage": client.client_uri,
        "redirect_uri": redirect_uri,
        "created_by": client.creator_name,
        "created_at": client.created_at,
        "dynamic": client.dynamic,
    }
