"""The OAuth surface: authorize and consent, token, revoke, deauthorize, metadata and keys."""

from chalicelib.web.oauth import authorize, openid, token, well_known

SURFACES = (
    authorize.pages,
    authorize.decisions,
    token.surface,
    openid.bearer,
    openid.pages,
    openid.requests,
    well_known.surface,
)
