"""System Console: the server's settings, resource servers, people, and invitations (ux 6.15)."""

from chalicelib.web.console import invitations, resource_form, resources, settings, user, users
from chalicelib.web.console.shared import surface

SURFACES = (surface,)
PAGES = (settings, resource_form, resources, users, user, invitations)
