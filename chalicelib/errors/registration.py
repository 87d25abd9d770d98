"""Refusals of dynamic client registration: what is wrong with the metadata, what is off (RFC 7591 section 3.2.2)."""

from chalicelib.errors.refusals import Refusal


class RegistrationError(Refusal):
    """A program that registers itself is told what to change."""

    id = "api.oauth.register_oauth_app.bad_request.app_error"


class InvalidRedirectUri(RegistrationError):
    """A redirect URI that cannot be registered, or is outside the server's list."""

    error = "invalid_redirect_uri"
    description = "A redirect URI cannot be registered on this server."


class InvalidClientMetadata(RegistrationError):
    """A member is missing, malformed, or asks for what there is not."""

    error = "invalid_client_metadata"
    description = "The body is not a JSON object of client metadata."


class InvalidSoftwareStatement(RegistrationError):
    """Nobody's software statements are trusted here."""

    error = "invalid_software_statement"
    description = "Software statements are not accepted. Send the metadata as plain members."


class UnsupportedOperation(RegistrationError):
    """The provider or dynamic registration is off (contract 2.9)."""

    error = "unsupported_operation"
    description = "Dynamic client registration is disabled."


class InvalidRegistrationToken(Refusal):
    """RFC 7592 section 3: not the registration access token of this client, which may not exist any more."""

    status = 401
    error = "invalid_token"
    id = "api.context.session_expired.app_error"
    description = "Send the registration access token of this client as a Bearer token."
