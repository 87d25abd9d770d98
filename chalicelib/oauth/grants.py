"""What a person allowed, and taking it back (the seed: Account Settings > Security > OAuth 2.0 Applications)."""

from collections.abc import Mapping
from typing import NamedTuple

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


class LastUse(NamedTuple):
    """When and from which network an application last fetched a token for a person."""

    at: int
    network: str


class Allowed(NamedTuple):
    """An application a person allowed: when it was last used, and its installs, the one used last first."""

    grant: Grant
    client: Client
    last_use: LastUse | None
    installs: list[Authorization]


class Access(NamedTuple):
    """What a person allowed, by name of the application, and the identifiers of the APIs it is for, by their ids."""

    apps: list[Allowed]
    resources: Mapping[str, str]


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


def access_of(user: User, settings: Settings, now: int) -> Access:
    """What a person allowed, with every install of it: two queries and one read, whatever their number."""
    held = allowed(user, settings, now)
    rows = authorizations_of(user.user_id) if held else []
    apps = [Allowed(grant, client, _last_use(grant, rows), _installs(grant, rows, now)) for grant, client in held]
    resources = {row_id: identifier for row in rows for identifier, row_id in row.audience.items() if row_id}
    return Access(apps, resources)


def install_stands(authorization: Authorization, grant: Grant, now: int) -> bool:
    """Whether an install has tokens that hang on this grant and are in time.

    They may not work at this moment, as while the provider is off; they would again. A grant's id is of one person
    and one application only, so an install of another never hangs on it.
    """
    if authorization.state != ACTIVE or authorization.grant_id != grant.grant_id:
        return False
    return now < ends_at(authorization)


def ends_at(authorization: Authorization) -> int:
    """When an install ends if it is not used before, in Unix milliseconds."""
    return min(authorization.idle_until or 0, authorization.until)


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
    return sorted(working, key=lambda pair: _used_at(pair[0]), reverse=True)


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


def _last_use(grant: Grant, rows: list[Authorization]) -> LastUse | None:
    """The last use of a grant, by an install that may have ended since."""
    used = [row for row in rows if row.grant_id == grant.grant_id and row.used_at is not None]
    newest = max(used, key=_used_at, default=None)
    return LastUse(_used_at(newest), newest.used_from or "") if newest else None


def _installs(grant: Grant, rows: list[Authorization], now: int) -> list[Authorization]:
    return sorted((row for row in rows if install_stands(row, grant, now)), key=_used_at, reverse=True)


def _used_at(authorization: Authorization) -> int:
    return authorization.used_at or 0
