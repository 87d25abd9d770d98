"""What the Integrations pages share: the surface, its rules of access, and an application as its templates show it."""

from collections.abc import Sequence
from typing import Any, Final

from chalicelib import policy
from chalicelib.errors import Forbidden, NotFound, ProviderOff
from chalicelib.store.clients import Client, main_key
from chalicelib.store.reading import Key
from chalicelib.store.settings import Settings
from chalicelib.store.users import User
from chalicelib.web.callers import Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import PageShape

surface = Surface("integrations", PageShape())
BASE: Final = "/integrations/oauth2-apps"
OFF: Final = ProviderOff()
RESTRICTED: Final = Forbidden("Only System Admins can register and manage applications here.")
NOT_YOURS: Final = "Only the person who created this app or a System Admin can {verb} it."


def may_register(user: User, settings: Settings) -> bool:
    """Whether the pages are open to this person at all."""
    return policy.may_register(user, settings)


def own_client(request: Request) -> Sequence[Key[Any]]:
    """The row of the application in the address."""
    return [main_key(request.path_id("client_id"))]


def managed(call: Call, verb: str) -> Client:
    """The application in the address, if the person may manage it.

    Raises:
        NotFound: there is none.
        Forbidden: it is somebody else's.

    """
    client = call.rows[main_key(call.request.path_id("client_id"))]
    if client is None:
        raise NotFound(
            "This application does not exist. It may have been deleted.",
            heading="No such application",
        )
    if not policy.may_manage(call.user, client, call.settings):
        raise Forbidden(NOT_YOURS.format(verb=verb))
    return client


def shown(client: Client, viewer: User) -> dict[str, Any]:
    """An application as the templates show it; of the secret only what may be seen again."""
    secret = client.secret
    return {
        "client_id": client.client_id,
        "name": client.client_name,
        "description": client.description,
        "homepage": client.client_uri,
        "icon_url": client.logo_uri,
        "trusted": client.trusted,
        "public": client.public,
        "pkce_exempt": client.pkce_exempt and not client.public,
        "secret_last_four": secret["last_four"] if secret else None,
        "secret_set_at": secret["made_at"] if secret else None,
        "created_at": client.created_at,
        "created_by": "itself" if client.dynamic else _creator(client, viewer),
        "redirect_uris": client.addresses,
    }


def _creator(client: Client, viewer: User) -> str:
    return "you" if client.creator_id == viewer.user_id else client.creator_name


def path_of(client_id: str, page: str) -> str:
    """The address of one of an application's pages."""
    return f"{BASE}/{client_id}/{page}"
