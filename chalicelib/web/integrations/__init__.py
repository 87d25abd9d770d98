"""The Integrations pages: list, register, edit, credentials, regenerate and delete OAuth 2.0 applications."""

from chalicelib.web.integrations import credentials, form, listing
from chalicelib.web.integrations.shared import surface

SURFACES = (surface,)
PAGES = (listing, form, credentials)
