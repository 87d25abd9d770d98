"""Registering other APIs that accept Gatepost's tokens (RFC 8707, RFC 9728; DESIGN section 2, resources)."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from chalicelib.credentials import new_client_secret, new_id
from chalicelib.oauth import registration, targets
from chalicelib.oauth.access_tokens import audience
from chalicelib.oauth.registration import Problem, Shown
from chalicelib.policy import IDENTITY
from chalicelib.store import clients, resources
from chalicelib.store.audit import Origin, event
from chalicelib.store.clients import RESOURCE_SERVER, Client
from chalicelib.store.resources import Resource
from chalicelib.store.users import User
from chalicelib.store.writing import write_together

MAX_NAME: Final = 64
MAX_SCOPES: Final = 20
MAX_TITLE: Final = 120
LIFETIMES: Final = (60, 15 * 60)  # seconds: an API that checks tokens offline learns of a revocation when they end
_SCOPE: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class Draft(NamedTuple):
    """What a System Admin fills in: `scopes` are names with what people are told; the lifetime is in seconds."""

    identifier: str
    name: str
    scopes: list[tuple[str, str]]
    token_lifetime: int


def problems(draft: Draft) -> list[Problem]:
    """Everything that is wrong with a draft, one sentence each."""
    return [*_identifier_problems(draft), *_name_problems(draft), *_scope_problems(draft), *_lifetime_problems(draft)]


def register(draft: Draft, creator: User, origin: Origin, shown: Shown | None = None) -> tuple[Resource, str]:
    """Register an API and the client it introspects tokens with; give the row and that client's secret.

    Raises:
        ConditionFailed: an API with this identifier is there already.
        Contention: DynamoDB could not decide.

    """
    client_id, secret = new_id(), new_client_secret()
    resource = Resource(
        identifier_hash=resources.hash_of(draft.identifier),
        identifier=draft.identifier,
        resource_id=new_id(),
        name=draft.name,
        scopes=dict(draft.scopes),
        token_lifetime=draft.token_lifetime,
        client_id=client_id,
        created_at=origin.now,
        updated_at=origin.now,
        version=1,
    )
    client = _client_values(draft, creator, origin.now) | {"client_id": client_id}
    client |= {"secrets": [registration.kept(secret, origin.now)]}
    recorded = event(origin, "resource.register", draft.identifier, client_id=client_id)
    sealed = registration.sealed(shown, client_id, secret, origin.now)
    write_together(resources.added(resource), *clients.added(client_id, client), *sealed, recorded)
    return resource, secret


def edit(resource: Resource, draft: Draft, origin: Origin) -> None:
    """Change name, scopes and lifetime; the identifier is what tokens say and stays.

    Raises:
        ConditionFailed: somebody changed it since it was read.
        Contention: DynamoDB could not decide.

    """
    values = {"name": draft.name, "scopes": dict(draft.scopes), "token_lifetime": draft.token_lifetime}
    changed = resources.changed(resource, values | {"updated_at": origin.now})
    write_together(changed, event(origin, "resource.edit", resource.identifier, client_id=resource.client_id))


def delete(resource: Resource, client: Client | None, origin: Origin) -> None:
    """Delete an API: no token is made for it any more, and it can introspect none.

    Raises:
        ConditionFailed: somebody changed it since it was read.
        Contention: DynamoDB could not decide.

    """
    recorded = event(origin, "resource.delete", resource.identifier, client_id=resource.client_id)
    gone = clients.deleted(client) if client is not None else []
    write_together(resources.deleted(resource), *gone, recorded)


def _client_values(draft: Draft, creator: User, now: int) -> dict[str, object]:
    return {
        "born": new_id(),
        "client_name": draft.name,
        "description": "",
        "client_uri": "",
        "logo_uri": "",
        "redirect_uris": [],
        "scope": "",
        "public": False,
        "trusted": False,
        "pkce_exempt": False,
        "suspended": False,
        "kind": RESOURCE_SERVER,
        "resource": draft.identifier,
        "creator_id": creator.user_id,
        "creator_name": creator.name,
        "mattermost_app_id": "",
        "created_at": now,
        "updated_at": now,
    }


# --- one function a field ---------------------------------------------------------------------------------------


def _identifier_problems(draft: Draft) -> Iterator[Problem]:
    if not draft.identifier:
        yield Problem("identifier", "Enter the identifier, the address clients use")
    elif found := targets.problem(draft.identifier):
        yield Problem("identifier", f"Identifier: {found}")
    elif draft.identifier == audience() or not draft.identifier.startswith(("https://", "http://", "urn:")):
        yield Problem(
            "identifier", "Identifier: use the address of another API, for example https://calendar.example.net/api"
        )


def _name_problems(draft: Draft) -> Iterator[Problem]:
    if not draft.name:
        yield Problem("name", "Enter a name")
    elif len(draft.name) > MAX_NAME or not draft.name.isprintable():
        yield Problem("name", f"Use at most {MAX_NAME} ordinary characters as the name")


def _scope_problems(draft: Draft) -> Iterator[Problem]:
    if not draft.scopes:
        yield Problem("scopes", "Enter at least one scope")
    if len(draft.scopes) > MAX_SCOPES:
        yield Problem("scopes", f"Use at most {MAX_SCOPES} scopes")
    names = [name for name, _ in draft.scopes]
    for line, (name, title) in enumerate(draft.scopes, start=1):
        if not _SCOPE.fullmatch(name) or name in IDENTITY:
            yield Problem("scopes", f"Scopes, line {line}: begin with a name of letters, digits, . _ : and -")
        elif not title or len(title) > MAX_TITLE or not title.isprintable():
            yield Problem("scopes", f"Scopes, line {line}: say after the name what people are told, in one sentence")
        elif names.count(name) > 1:
            yield Problem("scopes", f"Scopes, line {line}: this name is there twice")


def _lifetime_problems(draft: Draft) -> Iterator[Problem]:
    low, high = LIFETIMES
    if not low <= draft.token_lifetime <= high:
        yield Problem("token_lifetime", f"Enter a token lifetime of {low // 60} to {high // 60} minutes")
