"""What the pages of the System Console share: the surface, who may see it, and how a role is said."""

from typing import Final

from chalicelib import policy
from chalicelib.store.settings import Settings
from chalicelib.store.users import User
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import PageShape

surface = Surface("console", PageShape())
SETTINGS: Final = "/admin/integrations/custom"
RESOURCES: Final = "/admin/resource-servers"
USERS: Final = "/admin/users"
INVITE: Final = f"{USERS}/invite"
INVITATIONS: Final = f"{USERS}/invitations"
CONSOLE_CRUMB: Final = ("System Console", None)
ROLES: Final = {"member": "Member", "system_admin": "System Admin"}


def admin(user: User, _settings: Settings) -> bool:
    """Whether the console is open to this person at all."""
    return policy.may_use_console(user)
