"""Refusals of the OAuth endpoints and of bearer tokens, a class for each code of the RFCs."""

from chalicelib.errors.refusals import Refusal


class ProviderOff(Refusal):
    """The OAuth 2.0 service provider is switched off (DESIGN section 4)."""

    status = 501
    error = "temporarily_unavailable"
    id = "api.oauth.allow_oauth.turn_off.app_error"
    heading = "OAuth 2.0 is off on this server"
    description = "A System Admin can turn the OAuth 2.0 service provider on."


class UnknownClient(Refusal):
    """No such client: a page, never a redirect (RFC 6749 section 4.1.2.1)."""

    status = 404
    id = "app.oauth.get_app.find.app_error"
    heading = "This app is not registered here"
    description = "The link names an application that is not registered on this server. It may have been deleted."


class UnknownRedirect(Refusal):
    """The redirect URI is not registered: a page, never a redirect (RFC 6749 section 4.1.2.1)."""

    id = "api.oauth.allow_oauth.redirect_callback.app_error"
    heading = "The return address does not match"
    description = (
        "The application asked to send you to an address its owner has not registered. We stopped for your safety."
    )


class AlreadyAnswered(Refusal):
    """The person came back to a question they have answered (ux 6.9)."""

    status = 409
    error = "access_denied"
    heading = "You already answered"
    description = (
        "This question was answered before. Return to the application; if it asks you to sign in, start there."
    )


class OAuthError(Refusal):
    """An error a client is told: in JSON at the token endpoint, by redirect at the authorization endpoint."""

    id = "api.oauth.get_access_token.bad_request.app_error"


class InvalidRequest(OAuthError):
    """RFC 6749 section 5.2: a parameter is missing, repeated or malformed."""

    error = "invalid_request"


class InvalidClient(OAuthError):
    """RFC 6749 section 5.2: client authentication failed."""

    status = 401
    error = "invalid_client"
    id = "model.oauth.validate_grant.credentials.app_error"
    description = "The client is unknown or did not prove who it is."


class InvalidGrant(OAuthError):
    """RFC 6749 section 5.2: the code or refresh token is not good, and the answer never says which part."""

    error = "invalid_grant"
    id = "api.oauth.get_access_token.expired_code.app_error"
    description = "The authorization code or refresh token is not valid, or was issued for another request."


class UnsupportedGrantType(OAuthError):
    """RFC 6749 section 5.2."""

    error = "unsupported_grant_type"
    id = "api.oauth.get_access_token.bad_grant.app_error"
    description = "Use grant_type authorization_code or refresh_token."


class InvalidScope(OAuthError):
    """RFC 6749 section 5.2."""

    error = "invalid_scope"
    description = "The scope is malformed or more than was granted."


class InvalidTarget(OAuthError):
    """RFC 8707 section 2: a resource nobody registered, malformed, or not among the authorized ones."""

    error = "invalid_target"
    id = "api.oauth.get_access_token.resource_mismatch.app_error"
    description = "The resource is unknown, malformed, or not one this authorization is for."


class UnauthorizedClient(OAuthError):
    """RFC 6749 section 5.2: the client is known and may not do this."""

    error = "unauthorized_client"
    description = "This client may not use this endpoint in this way."


class LoginRequired(OAuthError):
    """OpenID Connect Core section 3.1.2.6: somebody has to sign in, and prompt=none forbids to ask."""

    error = "login_required"
    description = "Nobody is signed in, or must sign in again."


class ConsentRequired(OAuthError):
    """OpenID Connect Core section 3.1.2.6: somebody has to be asked, and prompt=none forbids to ask."""

    error = "consent_required"
    description = "The person has not allowed this yet."


class RequestNotSupported(OAuthError):
    """OpenID Connect Core section 3.1.2.6: request objects are not taken; `parameter` is the one that was sent."""

    def __init__(self, parameter: str) -> None:
        super().__init__(f"Send plain parameters instead of {parameter}.")
        self.error = f"{parameter}_not_supported"


class UnsupportedResponseType(OAuthError):
    """RFC 6749 section 4.1.2.1: only the code flow exists."""

    error = "unsupported_response_type"
    id = "model.authorize.is_valid.response_type.app_error"
    description = "Use response_type code."


class AccessDenied(OAuthError):
    """RFC 6749 section 4.1.2.1: the person said no."""

    error = "access_denied"
    description = "The person denied the request."


class InvalidToken(Refusal):
    """RFC 6750 section 3.1: the access token is malformed, expired, revoked or foreign."""

    status = 401
    error = "invalid_token"
    id = "api.context.session_expired.app_error"
    description = "The access token is expired, revoked or malformed."


class InsufficientScope(Refusal):
    """RFC 6750 section 3.1: the token is good, but not for this; `scope` is what is missing."""

    status = 403
    error = "insufficient_scope"
    id = "api.context.permissions.app_error"

    def __init__(self, scope: str) -> None:
        super().__init__(f"The access token does not cover this request. It needs the scope {scope}.")
        self.scope = scope
