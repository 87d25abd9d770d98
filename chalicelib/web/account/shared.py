"""What the pages of Account Settings share: the surface and the addresses."""

from typing import Final

from chalicelib.web.routes import Surface
from chalicelib.web.shapes import PageShape

surface = Surface("account", PageShape())
ACCOUNT: Final = "/account"
PROFILE: Final = f"{ACCOUNT}/profile"
APPS: Final = f"{ACCOUNT}/security/oauth2-apps"
PASSWORD: Final = f"{ACCOUNT}/security/password"
SESSIONS: Final = f"{ACCOUNT}/security/sessions"
ACCOUNT_CRUMB: Final = ("Account Settings", ACCOUNT)
APPS_CRUMB: Final = ("OAuth 2.0 Applications", APPS)
