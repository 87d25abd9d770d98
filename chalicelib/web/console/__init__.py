"""System Console: the server's settings, people, and invitations (ux 6.15)."""

from chalicelib.web.console import invitations, settings, user, users
from chalicelib.web.console.shared import surface

SURFACES = (surface,)
PAGES = (settings, users, user, invitations)
