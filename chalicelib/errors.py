"""Every way Gatepost refuses: what went wrong, in the words of each surface that may have to say it.

A refusal carries an HTTP status, the RFC's `error` code, Mattermost's error `id`, a heading and a sentence for people.
Which of them is shown is decided by the surface that answers (page, OAuth JSON, API JSON), never by who raises.
"""

from collections.abc import Mapping


class Refusal(Exception):
    """Something was asked that is not done.

    `description` is sent out: printable ASCII without quotes or backslashes (RFC 6749 section 5.2), and it tells
    the caller nothing but what the caller already knows.
    """

    status = 400
    error = "invalid_request"
    id = "api.context.invalid_body_param.app_error"
    heading = "This request cannot be answered"
    description = "The request is not complete or not well formed."

    def __init__(
        self,
        description: str | None = None,
        *,
        id: str | None = None,
        heading: str | None = None,
        headers: Mapping[str, str] | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(description or self.description)
        self.description = description or self.description
        self.id = id or self.id
        self.heading = heading or self.heading
        self.headers = dict(headers or {})
        self.details = dict(details or {})


class InvalidParameter(Refusal):
    """A field of the address, the query or the body is missing or malformed (contract 1.1)."""

    def __init__(self, name: str, *, place: str = "body", description: str | None = None) -> None:
        super().__init__(
            description or f"Invalid or missing {name} in the request {place}.",
            id=f"api.context.invalid_{place}_param.app_error",
        )


class NotSignedIn(Refusal):
    """Nobody is signed in, or the session is over."""

    status = 401
    error = "invalid_token"
    id = "api.context.session_expired.app_error"
    heading = "Sign in first"
    description = "Your session is over or was never there. Sign in and try again."


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    status = 403
    error = "access_denied"
    id = "api.context.permissions.app_error"
    heading = "You cannot see this page"
    description = "You do not have the appropriate permissions."


class FormExpired(Refusal):
    """The form's token does not belong to this session, or is too old."""

    status = 403
    error = "access_denied"
    id = "api.context.session_expired.app_error"
    heading = "This page was open too long"
    description = "Nothing was changed. Go back, reload the page and try again."


class NotFound(Refusal):
    """There is nothing under this name, or nothing the caller may know of."""

    status = 404
    id = "api.context.404.app_error"
    heading = "Page not found"
    description = "There is nothing at this address. Check it, or start from the home page."


class MethodNotAllowed(Refusal):
    """The address exists, the method does not (RFC 9110 section 15.5.6)."""

    status = 405
    id = "api.context.405.app_error"
    heading = "This address does not take that kind of request"
    description = "This address does not support the method used."


class Changed(Refusal):
    """Somebody else changed the same thing in between."""

    status = 409
    id = "api.context.conflict.app_error"
    heading = "Somebody changed this at the same time"
    description = "Nothing was saved. Reload to see the newest version and try again."


class AddressTooLong(Refusal):
    """The address is longer than anything Gatepost makes or takes (contract 1.1)."""

    status = 414
    id = "basic_security_check.url.too_long_error"
    heading = "This address is too long"
    description = "The address of the request is longer than this server accepts."


class TooLarge(Refusal):
    """The body is larger than anything Gatepost takes (contract 1.1)."""

    status = 413
    id = "api.context.request_body_too_large.app_error"
    heading = "Too much at once"
    description = "The request is larger than this server accepts."


class TooManyTries(Refusal):
    """A limit of tries is used up.  `seconds` is when to come back."""

    status = 429
    error = "temporarily_unavailable"
    id = "api.user.check_user_login_attempts.too_many.app_error"
    heading = "Slow down"

    def __init__(self, seconds: int) -> None:
        wait = "1 minute" if seconds <= 60 else f"{-(-seconds // 60)} minutes"
        super().__init__(f"Too many tries. Wait {wait}.", headers={"Retry-After": str(seconds)})


class Unavailable(Refusal):
    """The store is too busy to decide; nothing was changed."""

    status = 503
    error = "temporarily_unavailable"
    id = "api.context.unavailable.app_error"
    heading = "Busy, nothing was changed"
    description = "The server is busy. Nothing was changed. Try again in a moment."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "2"})


class ProviderOff(Refusal):
    """The OAuth 2.0 service provider is switched off (DESIGN section 4)."""

    status = 501
    error = "temporarily_unavailable"
    id = "api.oauth.allow_oauth.turn_off.app_error"
    heading = "OAuth 2.0 is off on this server"
    description = "A System Admin can turn the OAuth 2.0 service provider on."


class WrongCredentials(Refusal):
    """Unknown person, wrong password or deactivated account: one and the same answer."""

    status = 401
    error = "access_denied"
    id = "api.user.login.invalid_credentials_email_username"
    description = "Email, username or password is not right."


class Deactivated(Refusal):
    """Said only to who knows the right password."""

    status = 401
    error = "access_denied"
    id = "api.user.login.inactive.app_error"
    description = "This account is deactivated. Ask a System Admin."


class SetUpClosed(Refusal):
    """Set-up is over, or the link is missing, old or wrong."""

    status = 403
    id = "api.setup.closed.app_error"
    heading = "Set-up needs its one-time link"
    description = (
        "Set-up needs the link printed when the server started. Restart the server to print a new one. "
        "If somebody set this server up already, sign in instead."
    )


# --- RFC 6749 and 6750 ------------------------------------------------------------------------------------------


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
    """RFC 6750 section 3.1: the token is good, but not for this."""

    status = 403
    error = "insufficient_scope"
    id = "api.context.permissions.app_error"
    description = "The access token does not cover this request."
