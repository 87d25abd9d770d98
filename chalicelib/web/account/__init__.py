"""Account Settings: profile, password, sessions, and the applications I allowed (ux 6.13, 6.14)."""

from chalicelib.web.account import apps, installs, password, profile, sessions
from chalicelib.web.account.shared import surface

SURFACES = (surface,)
PAGES = (profile, password, sessions, apps, installs)
