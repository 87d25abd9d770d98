"""What every refusal is, and the ones any surface may have to answer with."""

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


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    status = 403
    error = "access_denied"
    id = "api.context.permissions.app_error"
    heading = "You cannot see this page"
    description = "You do not have the appropriate permissions."


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


class Unavailable(Refusal):
    """The store is too busy to decide; nothing was changed."""

    status = 503
    error = "temporarily_unavailable"
    id = "api.context.unavailable.app_error"
    heading = "Busy, nothing was changed"
    description = "The server is busy. Nothing was changed. Try again in a moment."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "2"})
