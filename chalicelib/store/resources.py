"""Resource servers: other APIs that accept Gatepost's tokens, registered by System Admins (RFC 8707, RFC 9728)."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.store.reading import Key, query
from chalicelib.store.record import IntAttribute, Record, table
from chalicelib.store.writing import Change, delete, put, update

_EDITABLE: Final = ("name", "scopes", "token_lifetime", "updated_at")


class AllResources(GlobalSecondaryIndex["Resource"]):
    """All resource servers, oldest first: for lists only."""

    class Meta:
        index_name = "all"
        projection = KeysOnlyProjection()

    listed = UnicodeAttribute(hash_key=True)
    created_at = IntAttribute(range_key=True)


class Resource(Record):
    """An API with an identifier, scopes of its own (name -> what people are told) and a token lifetime in seconds.

    `client_id` is the client it introspects with. `resource_id` is random: what was allowed for a resource that was
    deleted is not allowed for another one of the same identifier.
    """

    class Meta:
        table_name = table("resources")

    identifier_hash = UnicodeAttribute(hash_key=True)
    identifier = UnicodeAttribute()
    resource_id = UnicodeAttribute()
    name = UnicodeAttribute()
    scopes = JSONAttribute()
    token_lifetime = IntAttribute()
    client_id = UnicodeAttribute()
    created_at = IntAttribute()
    updated_at = IntAttribute()
    version = IntAttribute()
    listed = UnicodeAttribute(default="r")
    all = AllResources()

    @property
    def scope_titles(self) -> dict[str, str]:
        """What people are told of each scope."""
        return dict(self.scopes)


def hash_of(identifier: str) -> str:
    """The key of a resource server: identifiers are compared byte for byte."""
    return hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()


def resource_key(identifier: str) -> Key[Resource]:
    """The key of the resource server with this identifier."""
    return Key(Resource, hash_of(identifier))


def resource_keys() -> list[Key[Resource]]:
    """The keys of all resource servers, oldest first: one index page."""
    return [Key(Resource, row.identifier_hash) for row in query(Resource, "r", index=("all", "listed"))]


def added(resource: Resource) -> Change:
    """Write a new resource server, if its identifier is free."""
    return put(resource, Resource.identifier_hash.does_not_exist())


def changed(resource: Resource, values: Mapping[str, Any]) -> Change:
    """Change name, scopes or lifetime, if nobody changed the resource server since it was read."""
    actions = [Resource.get_attributes()[name].set(values[name]) for name in _EDITABLE if name in values]
    return update(resource, *actions, Resource.version.add(1), condition=Resource.version == resource.version)


def deleted(resource: Resource) -> Change:
    """Delete a resource server, if nobody changed it since it was read: no token is made for it any more."""
    return delete(resource, Resource.version == resource.version)
