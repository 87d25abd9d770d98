"""One resource server in the address: its rows, its own addresses, and where its metadata belongs."""

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from chalicelib.credentials import is_id
from chalicelib.errors import NotFound
from chalicelib.store.clients import main_key
from chalicelib.store.reading import Key
from chalicelib.store.resources import Resource
from chalicelib.web.browser import Flash
from chalicelib.web.callers import Call
from chalicelib.web.console.shared import RESOURCES
from chalicelib.web.http import Request

OWN: Final = RESOURCES + "/{identifier_hash}"
CHANGED: Final = Flash(
    "Somebody changed this resource server at the same time.",
    "Nothing was done. Look at it again and repeat.",
    kind="warn",
)
_HASH: Final = re.compile(r"[0-9a-f]{64}")


def own_resource(request: Request) -> Sequence[Key[Any]]:
    """The row of the resource server in the address."""
    return [_key(request)]


def with_client(request: Request) -> Sequence[Key[Any]]:
    """That row, and the client it introspects with: the page that asked names it, so that one read gets both."""
    named = request.form.text("client_id")
    return [_key(request), main_key(named if is_id(named) else "")]


def found(call: Call) -> Resource:
    """The resource server in the address.

    Raises:
        NotFound: there is none.

    """
    resource = call.rows[_key(call.request)]
    if resource is None:
        raise NotFound("It may have been deleted.", heading="No such resource server")
    return resource


def path_of(resource: Resource) -> str:
    """The address of its page."""
    return f"{RESOURCES}/{resource.identifier_hash}"


def metadata_address(identifier: str) -> str | None:
    """Where the API serves its metadata (RFC 9728 section 3.1); None where the identifier is no web address."""
    parts = urlsplit(identifier)
    if parts.scheme not in {"https", "http"}:
        return None
    path = "" if parts.path == "/" else parts.path
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/.well-known/oauth-protected-resource{path}{query}"


def _key(request: Request) -> Key[Resource]:
    value = request.path_values.get("identifier_hash", "")
    return Key(Resource, value if _HASH.fullmatch(value) else "")
