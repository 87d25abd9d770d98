"""Registered applications.  Four copies of each are written together.

So that a popular one can be read 12,000 times a second.
"""

import random
from typing import Any, Final, NamedTuple, TypedDict

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from chalicelib.store.reading import Key, query
from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.writing import Change, delete, put

COPIES = 4
DAY: Final = 24 * 3600
APP: Final = "app"
RESOURCE_SERVER: Final = "resource_server"


class ClientSecret(TypedDict):
    """What is kept of a client secret: SHA-256, last four characters, when it was made."""

    hash: str
    last_four: str
    made_at: int


class ClientsByCreator(GlobalSecondaryIndex["Client"]):
    """One person's applications, oldest first: for lists only."""

    class Meta:
        index_name = "by_creator"
        projection = KeysOnlyProjection()

    listed_creator = UnicodeAttribute(hash_key=True)
    created_at = IntAttribute(range_key=True)


class AllClients(GlobalSecondaryIndex["Client"]):
    """All applications, oldest first: for lists and search only."""

    class Meta:
        index_name = "all"
        projection = IncludeProjection(
            ["client_id", "client_name", "description", "redirect_uris", "trusted", "creator_id"]
        )

    listed = UnicodeAttribute(hash_key=True)
    created_at = IntAttribute(range_key=True)


class Client(Record):
    """An application (RFC 7591's names).  `born` is random: an id used again is another application.

    `kind` tells applications from resource servers, which only introspect and have the identifier `resource`.
    One that registered itself has a `registration_hash`, and while nobody has used it an end, `until`.
    """

    class Meta:
        table_name = table("clients")

    client_key = UnicodeAttribute(hash_key=True)
    client_id = UnicodeAttribute()
    born = UnicodeAttribute()
    client_name = UnicodeAttribute()
    description = UnicodeAttribute()
    client_uri = UnicodeAttribute()
    logo_uri = UnicodeAttribute()
    redirect_uris = JSONAttribute()
    scope = UnicodeAttribute()
    secrets = JSONAttribute()
    public = BooleanAttribute()
    trusted = BooleanAttribute()
    pkce_exempt = BooleanAttribute()
    suspended = BooleanAttribute()
    creator_id = UnicodeAttribute()
    creator_name = UnicodeAttribute()
    mattermost_app_id = UnicodeAttribute()
    kind = UnicodeAttribute(default=APP)
    resource = UnicodeAttribute(null=True)
    post_logout_redirect_uris = JSONAttribute(null=True)
    registration_hash = UnicodeAttribute(null=True)
    token_endpoint_auth_method = UnicodeAttribute(null=True)  # only if it chose one: then no other is accepted
    application_type = UnicodeAttribute(null=True)
    until = IntAttribute(null=True)
    ttl = ExpiryAttribute(null=True)  # a day after `until`, while there is one
    created_at = IntAttribute()
    updated_at = IntAttribute()
    version = IntAttribute()
    # On copy 0 only, so that each application is listed once.
    listed = UnicodeAttribute(null=True)
    listed_creator = UnicodeAttribute(null=True)
    by_creator = ClientsByCreator()
    all = AllClients()

    @property
    def addresses(self) -> list[str]:
        """The redirect URIs in the order they were given."""
        return list(self.redirect_uris)

    @property
    def sign_out_addresses(self) -> list[str]:
        """Where the browser may be sent after a sign-out (OpenID Connect RP-Initiated Logout)."""
        return list(self.post_logout_redirect_uris or [])

    @property
    def dynamic(self) -> bool:
        """Whether it registered itself (RFC 7591)."""
        return self.registration_hash is not None

    @property
    def secret(self) -> ClientSecret | None:
        """The secret that is good now; a public client has none."""
        held: list[ClientSecret] = self.secrets
        return held[0] if held else None


class Registered(NamedTuple):
    """A line of a list of applications, as an index gives it: enough to filter and sort, nothing to decide by."""

    client_id: str
    client_name: str
    redirect_uris: list[str]
    trusted: bool
    creator_id: str
    created_at: int


def client_key(client_id: str) -> Key[Client]:
    """One copy, chosen at random."""
    return Key(Client, client_id, copy=random.randrange(COPIES))  # noqa: S311  # spreads load, hides nothing


def main_key(client_id: str) -> Key[Client]:
    """Copy 0, for whoever is about to change the application."""
    return Key(Client, client_id, copy=0)


def added(client_id: str, values: dict[str, Any]) -> list[Change]:
    """Write a new application, if its id is free."""
    return _copies(client_id, values | {"version": 1}, Client.client_key.does_not_exist())


def changed(client: Client, values: dict[str, Any]) -> list[Change]:
    """Write all copies with new values, if nobody changed the application since it was read."""
    return _copies(client.client_id, _after(client, values), _as_read(client))


def as_changed(client: Client, values: dict[str, Any]) -> Client:
    """The application as `changed` writes it, so that nobody has to read what they have just written."""
    return Client(client_key=client.client_key, **_after(client, values))


def deleted(client: Client) -> list[Change]:
    """Delete the application, if nobody changed it since it was read: every grant and token of it is dead by that."""
    rows = [Client(client_key=f"{client.client_id}#{number}") for number in range(COPIES)]
    there = Client.client_key.exists()
    return [delete(rows[0], _as_read(client)), *(delete(row, there) for row in rows[1:])]


def all_clients() -> list[Registered]:
    """List applications, oldest first: one index page (1 MB, some 1,500 applications)."""
    return [line(client) for client in query(Client, "c", index=("all", "listed"))]


def client_ids_of(creator_id: str) -> list[str]:
    """The ids of one person's applications, oldest first."""
    found = query(Client, creator_id, index=("by_creator", "listed_creator"))
    return [client.client_key.partition("#")[0] for client in found]


def line(client: Client) -> Registered:
    """An application as a line of a list."""
    return Registered(
        client.client_id,
        client.client_name,
        client.addresses,
        trusted=client.trusted,
        creator_id=client.creator_id,
        created_at=client.created_at,
    )


def _after(client: Client, values: dict[str, Any]) -> dict[str, Any]:
    left_out = {"client_key", "mark", "listed", "listed_creator"}
    held = {name: getattr(client, name) for name in Client.get_attributes() if name not in left_out}
    return held | values | {"version": client.version + 1}


def _as_read(client: Client) -> Condition:
    unchanged: Condition = (Client.version == client.version) & (Client.born == client.born)
    return unchanged


def _copies(client_id: str, values: dict[str, Any], condition: Condition) -> list[Change]:
    until = values.get("until")
    values = values | {"ttl": until // 1000 + DAY if until is not None else None}
    rows = [Client(client_key=f"{client_id}#{number}", **values) for number in range(COPIES)]
    if values["kind"] == APP:
        rows[0].listed, rows[0].listed_creator = "c", values["creator_id"] or None
    return [put(rows[0], condition), *(put(row) for row in rows[1:])]
