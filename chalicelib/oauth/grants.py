"""What a person allowed, and taking it back (the seed: Account Settings > Security > OAuth 2.0 Applications)."""

from dataclasses import dataclass

from chalicelib import policy
from chalicelib.policy import Standing
from chalicelib.store import grants
from chalicelib.store.audit import Origin, event
from chalicelib.store.authorizations import ACTIVE, Authorization, authorizations_of
from chalicelib.store.clients import Client, client_key
from chalicelib.store.grants import Grant, grant_key, grants_of
from chalicelib.store.reading import read
from chalicelib.store.settings import Settings
from chalicelib.store.users import User
from chalicelib.store.writing import ConditionFailed, Contention, write_together


@dataclass(frozen=True, slots=True)
class LastUse:
    """When and from which network an application last fetched a token for a person."""

    at: int
    network: str


def allowed(user: User, settings: Settings, now: int) -> list[tuple[Grant, Client]]:
    """The applications a person allowed, by name: one query and one read, whatever their number."""
    held = grants_of(user.user_id)
    keys = {grant.client_id: client_key(grant.client_id) for grant in held}
    rows = read(*keys.values()) if keys else None
    found = [(grant, rows[keys[grant.client_id]]) for grant in held] if rows else []
    standing = [
        (grant, client)
        for grant, client in found
        if client and policy.grant_stands(grant, user=user, client=client, settings=settings, now=now)
    ]
    return sorted(standing, key=lambda pair: (pair[1].client_name.casefold(), pair[1].client_id))


def last_uses(user_id: str) -> dict[str, LastUse]:
    """The last use of each grant, by `grant_id`."""
    found: dict[str, LastUse] = {}
    for row in authorizations_of(user_id):
        if row.used_at is not None and (row.grant_id not in found or found[row.grant_id].at < row.used_at):
            found[row.grant_id] = LastUse(row.used_at, row.used_from or "")
    return found


def installs(user: User, settings: Settings, now: int) -> list[tuple[Authorization, Client]]:
    """The authorizations whose tokens work, the one used last first: one query and one read, whatever their number."""
    held = [row for row in authorizations_of(user.user_id) if row.state == ACTIVE]
    client_keys = {row.client_id: client_key(row.client_id) for row in held}
    grant_keys = {row.client_id: grant_key(user.user_id, row.client_id) for row in held}
    rows = read(*client_keys.values(), *grant_keys.values()) if held else None
    found = [(row, rows[client_keys[row.client_id]], rows[grant_keys[row.client_id]]) for row in held] if rows else []
    working = [
        (row, client)
        for row, client, grant in found
        if client and policy.alive(Standing(settings, user, client, grant, row), row.client_id, now)
    ]
    return sorted(working, key=lambda pair: pair[0].used_at or 0, reverse=True)


def revoke(grant: Grant | None, origin: Origin) -> None:
    """Take a grant back: one transaction, however many tokens hang on it.

    Raises:
        Contention: the grant was given again in between: read again.

    """
    if grant is None:
        return
    recorded = event(origin, "app.revoke", user_id=grant.user_id, client_id=grant.client_id)
    try:
        write_together(grants.revoked(grant), recorded)
    except ConditionFailed as failure:
        raise Contention from failure
