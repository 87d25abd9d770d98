"""The OAuth surface: authorize and consent, token, revoke, deauthorize, metadata and keys."""

from chalicelib.web.oauth import authorize, token, well_known

SURFACES = (authorize.pages, authorize.decisions, token.surface, well_known.surface)
