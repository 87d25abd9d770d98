"""How clients prove themselves at the endpoints they call directly (RFC 6749 section 2.3)."""

from typing import Final

from chalicelib.credentials import is_id
from chalicelib.errors import InvalidClient, Refusal
from chalicelib.oauth import client_authentication, client_failures
from chalicelib.oauth.client_authentication import Presented
from chalicelib.store.clients import Client, client_key
from chalicelib.web.callers import Call
from chalicelib.web.http import FORM, Request

FIELDS: Final = ("client_id", "client_secret")


def claimed_id(request: Request) -> str:
    """The client a form claims to be of, as a key; what cannot be an id is read as nobody.

    Raises:
        InvalidRequest: two methods at once.
        InvalidClient: none at all, or a header that cannot be read.

    """
    client_id = _presented(request).client_id
    return client_id if is_id(client_id) else ""


def authenticated(call: Call) -> Client:
    """The client that proved itself; its row is in what was read.

    Raises:
        InvalidRequest: two methods at once.
        InvalidClient: unknown, suspended, or not proven.

    """
    client = call.rows[client_key(claimed_id(call.request))]
    try:
        return client_authentication.authenticate(_presented(call.request), client, call.request.now)
    except InvalidClient:
        client_failures.record(client, call.request.origin("client-authentication"))
        raise


def check_form(request: Request) -> None:
    """RFC 6749 section 4.1.3: a form, whatever its charset parameter; anything else is 415."""
    if request.content_type != FORM:
        raise NotAForm


class NotAForm(Refusal):
    """The body is not a form."""

    status = 415
    error = "invalid_request"
    id = "api.oauth.get_access_token.bad_request.app_error"
    description = "Send the parameters as application/x-www-form-urlencoded in the body."


def _presented(request: Request) -> Presented:
    form = request.form
    return client_authentication.presented(
        request.headers.get("authorization"), form.get("client_id"), form.get("client_secret")
    )
