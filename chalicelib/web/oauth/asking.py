"""Reading an authorization request, wherever it comes from, and the rows it names (RFC 6749 section 4.1.1)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from chalicelib.credentials import is_id, mac, same
from chalicelib.errors import InvalidParameter, InvalidRequest
from chalicelib.oauth import access_tokens, authorization, targets
from chalicelib.oauth.authorization import PARAMETERS
from chalicelib.oauth.redirect_uris import RedirectTarget
from chalicelib.oauth.targets import MAX_RESOURCES, Found
from chalicelib.store.clients import Client, client_key
from chalicelib.store.grants import grant_key
from chalicelib.store.reading import Key
from chalicelib.store.resources import resource_key
from chalicelib.store.settings import Settings
from chalicelib.web.callers import Call
from chalicelib.web.http import JSON, Parameters, Request, is_text

IDENTIFYING: Final = ("client_id", "redirect_uri")
AFTER: Final = "signed_in_after"  # our own: when this request sent somebody to sign in
_LABEL: Final = "sign in again"


class Known(NamedTuple):
    """An authorization request of a known client, not validated yet."""

    parameters: dict[str, str]
    client: Client
    target: RedirectTarget


def is_json(request: Request) -> bool:
    """Whether this is Mattermost's decision in JSON (contract 2.5)."""
    return request.method == "POST" and request.content_type == JSON


def parameters_of(sent: Parameters) -> dict[str, str]:
    """The parameters of a request; `resource` may be repeated (RFC 8707 section 2), and is then all of them, spaced.

    Raises:
        InvalidRequest: another one is repeated, or is no text.

    """
    found = sent.only([name for name in PARAMETERS if name != "resource"])
    resources = " ".join(sent.all("resource"))
    return found | ({"resource": resources} if resources else {})


def address(parameters: Mapping[str, str], **more: str) -> str:
    """The address of a request, to come back to it."""
    pairs = [(name, value) for name, value in parameters.items() if name != "resource"]
    pairs += [("resource", identifier) for identifier in parameters.get("resource", "").split()]
    return f"/oauth/authorize?{urlencode([*pairs, *more.items()])}"


def rows(client_id: str, resources: Sequence[str], request: Request) -> list[Key[Any]]:
    """The rows that decide about a request: the client, what the person allowed it, the APIs it is for."""
    others = [identifier for identifier in resources if identifier != access_tokens.audience()]
    keys = [resource_key(identifier) for identifier in others[:MAX_RESOURCES]]
    return [client_key(client_id), grant_key(request.claimed_user_id, client_id), *keys]


def found(call: Call, parameters: Mapping[str, str]) -> Found:
    """The resource servers a request names, as the read found them.

    Raises:
        InvalidTarget: more are named than were read.

    """
    named = parameters.get("resource", "").split()[: MAX_RESOURCES + 1]
    others = [identifier for identifier in named if identifier != access_tokens.audience()]
    return {identifier: call.rows[resource_key(identifier)] for identifier in others[:MAX_RESOURCES]}


def identified(call: Call, parameters: Mapping[str, str]) -> Known:
    """Say who asks and where the answer may go.

    Raises:
        UnknownClient: no such application.
        UnknownRedirect: the address is missing or not one the application registered.

    """
    client_id = authorization.client_id_of(parameters)
    row, app_schemes = call.rows[client_key(client_id)], call.settings.app_schemes
    client, target = authorization.identify(parameters, row, call.request.now, app_schemes=app_schemes)
    return Known(dict(parameters), client, target)


def validated(call: Call, known: Known) -> authorization.Request:
    """Check the rest of a request.

    Raises:
        OAuthError: one of its subclasses, to be told to the client.

    """
    aimed_at = found(call, known.parameters)
    return authorization.validate(known.parameters, known.client, known.target, found=aimed_at, settings=call.settings)


def from_json(request: Request) -> dict[str, str]:
    """The parameters of Mattermost's JSON, in its order of checks (contract 1.3).

    Raises:
        InvalidParameter: not texts, or no client id.
        InvalidRequest: something that must be there is not.

    """
    body = request.json("authorize_request")
    given = {name: value for name, value in body.items() if value not in (None, "")}
    if not all(isinstance(value, str) and is_text(value) for value in given.values()):
        raise InvalidParameter("authorize_request")
    if "client_id" not in given or not is_id(given["client_id"]):
        raise InvalidParameter("client_id")
    for name in ("response_type", "redirect_uri"):
        if name not in given:
            raise InvalidRequest(f"Send {name}.", id=f"model.authorize.is_valid.{name}.app_error")
    if "resource" in given and targets.problem(given["resource"]):
        raise InvalidRequest(
            "The resource is no address.", id="model.authorize.is_valid.resource.invalid_uri.app_error"
        )
    return given


def state_of(sent: Parameters) -> str | None:
    """The state to send back with an error, unless it is the state that is wrong."""
    try:
        state = sent.get("state")
    except InvalidRequest:
        return None
    return state if state and len(state) <= authorization.MAX_STATE else None


def marked(client_id: str, settings: Settings, now: int) -> str:
    """A mark for the address people come back to from signing in: since when a sign-in is one for this request."""
    return f"{now}.{_tag(client_id, str(now), settings)}"


def asked_at(sent: Parameters, client_id: str, settings: Settings) -> int | None:
    """When this request sent somebody to sign in; None if it did not, or somebody else wrote the mark.

    Raises:
        InvalidRequest: it is repeated.

    """
    moment, _, tag = (sent.get(AFTER) or "").partition(".")
    return int(moment) if moment and same(tag, _tag(client_id, moment, settings)) else None


def _tag(client_id: str, moment: str, settings: Settings) -> str:
    return mac(settings.keys.current(_LABEL), client_id, moment).hex()
