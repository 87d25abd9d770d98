"""Programs that register themselves: Mattermost's address, RFC 7591's and 7592's whole answers (contract 2.9).

No session is looked at. Registering is open while its switch is on; looking after a registration needs the
registration access token and works as long as the provider is on.
"""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib import config
from chalicelib.accounts.sign_in import network_of
from chalicelib.errors import InvalidClientMetadata, InvalidParameter, InvalidRegistrationToken, Refusal
from chalicelib.oauth import client_metadata, dynamic_registration, registration
from chalicelib.oauth.client_metadata import MEMBERS
from chalicelib.oauth.dynamic_registration import ISSUED, ISSUED_AT, Counter
from chalicelib.store.clients import Client, main_key
from chalicelib.store.limits import Bucket
from chalicelib.store.reading import Key
from chalicelib.web import answers
from chalicelib.web.callers import CLIENT, Call, Presented
from chalicelib.web.http import Request
from chalicelib.web.routes import Route, Surface

REGISTER: Final = "/api/v4/oauth/apps/register"
ONE: Final = REGISTER + "/{client_id}"
_REPLACED: Final = ("client_id", "client_secret", *ISSUED, ISSUED_AT, *MEMBERS)


class RegistrationShape:
    """RFC 7591's own error object, alone: Mattermost's clients get no `id` here either (contract case 139)."""

    def presented(self, request: Request) -> Presented | None:
        """Nothing: neither a session nor an OAuth token counts here."""
        return None

    def before(self, route: Route, call: Call) -> None:
        """Nothing a browser would send by itself is believed, so there is nothing to check."""

    def refuse(self, refusal: Refusal, route: Route, request: Request, call: Call | None) -> Response:
        """Say no as RFC 7591 section 3.2.2 does, with a challenge where a token is asked for."""
        response = answers.as_json({"error": refusal.error, "error_description": refusal.description}, refusal.status)
        if isinstance(refusal, InvalidRegistrationToken):
            response.headers["WWW-Authenticate"] = _challenge(refusal, request)
        return response

    def finish(self, response: Response, route: Route) -> Response:
        """Let programs in a browser register, whatever their origin (7591-7)."""
        response.headers.update(answers.CORS)
        return response


surface = Surface("api_registration", RegistrationShape())


def _limits(request: Request) -> Sequence[Key[Any]]:
    return [bucket.key for bucket in _buckets(request)]


def _named(request: Request) -> Sequence[Key[Any]]:
    return [main_key(request.path_id("client_id"))]


@surface.route("POST", REGISTER, CLIENT, reads=_limits, fields=MEMBERS)
def register(call: Call) -> Response:
    """Register whoever asks, if that is switched on (RFC 7591 section 3)."""
    members = _members(call)
    counters = [Counter(bucket, call.rows[bucket.key]) for bucket in _buckets(call.request)]
    made = dynamic_registration.register(members, call.settings, counters, call.request.origin(""))
    secret = {"client_secret": made.secret, "client_secret_expires_at": 0} if made.secret else {}
    return answers.as_json(_json(made.client, made.access_token) | secret, 201)


@surface.route("GET", ONE, CLIENT, reads=_named)
def show(call: Call) -> Response:
    """The metadata as it is; of the secret only a hash is kept, so it is not here (RFC 7592 section 2.1)."""
    return answers.as_json(_json(_own(call), _bearer(call.request)))


@surface.route("PUT", ONE, CLIENT, reads=_named, fields=_REPLACED)
def replace(call: Call) -> Response:
    """Replace the metadata (RFC 7592 section 2.2)."""
    client = _own(call)
    replaced = dynamic_registration.replaced(
        client, _members(call), call.settings, call.request.origin(client.client_id)
    )
    return answers.as_json(_json(replaced, _bearer(call.request)))


@surface.route("DELETE", ONE, CLIENT, reads=_named)
def delete(call: Call) -> Response:
    """End the registration and everything that hangs on it (RFC 7592 section 2.3)."""
    client = _own(call)
    registration.delete(client, call.request.origin(client.client_id))
    return answers.nothing()


def _json(client: Client, access_token: str) -> dict[str, Any]:
    """What a client is told of its registration (RFC 7591 section 3.2.1, RFC 7592 section 3); times are seconds."""
    return {
        "client_id": client.client_id,
        "client_id_issued_at": client.created_at // 1000,
        **client_metadata.effective(client),
        "registration_access_token": access_token,
        "registration_client_uri": config.current().url(f"{REGISTER}/{client.client_id}"),
    }


def _members(call: Call) -> dict[str, Any]:
    try:
        return call.request.json("client_metadata")
    except InvalidParameter as error:
        raise InvalidClientMetadata from error


def _own(call: Call) -> Client:
    client = call.rows[main_key(call.request.path_id("client_id"))]
    return dynamic_registration.authenticated(_bearer(call.request), client, call.settings, call.request.now)


def _buckets(request: Request) -> tuple[Bucket, ...]:
    return dynamic_registration.limits(network_of(request.network), request.now)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _challenge(refusal: Refusal, request: Request) -> str:
    """Bare when no token came, with the reason when one did (RFC 6750 section 3)."""
    if not _bearer(request):
        return "Bearer"
    return f'Bearer error="{refusal.error}", error_description="{refusal.description}"'
