"""Programs that register themselves, and look after their registration (RFC 7591, RFC 7592; contract 2.9).

Whatever registers itself is never trusted, and is gone after a week in which nobody allowed it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from chalicelib import policy
from chalicelib.credentials import fingerprint, new_client_secret, new_id, new_link_token, same
from chalicelib.errors import (
    InvalidClientMetadata,
    InvalidRegistrationToken,
    RegistrationError,
    TooManyTries,
    UnsupportedOperation,
)
from chalicelib.oauth import client_metadata, registration
from chalicelib.oauth.client_metadata import DEFAULT_METHOD, PUBLIC, Metadata
from chalicelib.store import clients
from chalicelib.store.audit import Origin, event, refused
from chalicelib.store.clients import Client
from chalicelib.store.limits import Bucket, Limit, tried, window_end
from chalicelib.store.settings import Settings
from chalicelib.store.writing import ConditionFailed, write_together

_METHOD: Final = "token_endpoint_auth_method"
_ACTION: Final = "app.register_dynamic"
_NOBODY: Final = fingerprint("nobody's registration access token")
# What the answers carry and a replacement may not (RFC 7592 section 2.2).
ISSUED: Final = ("registration_access_token", "registration_client_uri", "client_secret_expires_at")
ISSUED_AT: Final = "client_id_issued_at"


class Counter(NamedTuple):
    """A limit, and its row as the request's one read found it."""

    bucket: Bucket
    row: Limit | None

    @property
    def spent(self) -> bool:
        """Whether nothing is left of it."""
        return self.bucket.spent(self.row)


@dataclass(frozen=True, slots=True)
class Registered:
    """A registration with what only its owner has; `secret` is "" for a public client."""

    client: Client
    secret: str = field(repr=False)
    access_token: str = field(repr=False)


def limits(network: str, now: int) -> tuple[Bucket, ...]:
    """The windows a registration counts in: its network's, everybody's, and the one its failures are recorded in."""
    hour = window_end(int(policy.REGISTRATION_WINDOW.total_seconds()), now)
    day = window_end(int(policy.REGISTRATION_DAY.total_seconds()), now)
    return (
        Bucket(f"registration#{network}", policy.REGISTRATIONS_PER_NETWORK, hour),
        Bucket("registration", policy.REGISTRATIONS_A_DAY, day),
        Bucket(f"registration#{network}#recorded", 1, hour),
    )


def register(members: Mapping[str, Any], settings: Settings, counters: list[Counter], origin: Origin) -> Registered:
    """Register whoever asks; what is refused costs no row but one record an hour for each network.

    `counters` are those of `limits`, in that order.

    Raises:
        UnsupportedOperation: the provider or dynamic registration is off.
        RegistrationError: one of its subclasses, the metadata is not good.
        TooManyTries: this network's hour or everybody's day is used up.
        ConditionFailed: somebody else took the last try.
        Contention: DynamoDB could not decide.

    """
    _check_on(settings)
    if not settings.dynamic_registration:
        raise UnsupportedOperation
    *quotas, recorded = counters
    try:
        metadata = client_metadata.read(members, settings)
        _check_room(quotas, origin.now)
    except (RegistrationError, TooManyTries) as refusal:
        _record_once(recorded, refusal.error, origin)
        raise
    return _write(metadata, quotas, origin)


def authenticated(token: str, client: Client | None, settings: Settings, now: int) -> Client:
    """The client whose registration access token this is; also while no new one may register (RFC 7592 section 2).

    Raises:
        UnsupportedOperation: the provider is off.
        InvalidRegistrationToken: not this client's, or the client is gone, stopped or was never used in time.

    """
    _check_on(settings)
    held = client.registration_hash if client else None
    good = same(fingerprint(token), held or _NOBODY)
    if client is None or held is None or not good or not policy.client_usable(client, now):
        raise InvalidRegistrationToken
    return client


def replaced(client: Client, members: Mapping[str, Any], settings: Settings, origin: Origin) -> Client:
    """Replace all metadata with what is sent: what is missing is the default again (RFC 7592 section 2.2).

    Raises:
        RegistrationError: one of its subclasses; nothing is changed.
        ConditionFailed: somebody changed the client since it was read.
        Contention: DynamoDB could not decide.

    """
    given = {name: value for name, value in members.items() if value is not None}
    _check_identity(client, given)
    metadata = client_metadata.read(_with_method(given, client), settings)
    if metadata.public != client.public:
        raise InvalidClientMetadata("A client with a secret stays one, and a public client stays public.")
    values = metadata.kept | {"updated_at": origin.now}
    recorded = event(origin, "app.edit", metadata.name, client_id=client.client_id)
    write_together(*clients.changed(client, values), recorded)
    return clients.as_changed(client, values)


def _write(metadata: Metadata, quotas: list[Counter], origin: Origin) -> Registered:
    """Count and register in one transaction: of two who would take the last try, one does."""
    client_id, token = new_id(), new_link_token("gpt_")
    secret = "" if metadata.public else new_client_secret()
    values = metadata.kept | {
        "client_id": client_id,
        "born": new_id(),
        "description": "",
        "secrets": [registration.kept(secret, origin.now)] if secret else [],
        "public": metadata.public,
        "trusted": False,
        # Many that hold a secret know no PKCE; on the pages they carry the warning (DESIGN section 4).
        "pkce_exempt": not metadata.public,
        "suspended": False,
        "creator_id": "",
        "creator_name": "",
        "mattermost_app_id": "",
        "kind": clients.APP,
        "registration_hash": fingerprint(token),
        "until": origin.now + policy.milliseconds(policy.UNUSED_REGISTRATION),
        "created_at": origin.now,
        "updated_at": origin.now,
    }
    recorded = event(origin._replace(actor_id=client_id), _ACTION, metadata.name, client_id=client_id)
    write_together(*(tried(quota.bucket) for quota in quotas), *clients.added(client_id, values), recorded)
    return Registered(Client(client_key=f"{client_id}#0", **values, version=1), secret, token)


def _check_on(settings: Settings) -> None:
    if not settings.provider_on:
        raise UnsupportedOperation("The OAuth 2.0 service provider is disabled.")


def _check_room(quotas: list[Counter], now: int) -> None:
    spent = [quota.bucket.left(now) for quota in quotas if quota.spent]
    if spent:
        raise TooManyTries(max(spent))


def _with_method(given: dict[str, Any], client: Client) -> dict[str, Any]:
    """What is said of the client's authentication, where nothing is said or only the default is sent back.

    Who did not choose a method was told one all the same, and does not choose it by sending it back.
    """
    if client.public:
        return {_METHOD: PUBLIC} | given
    told_only = not client.token_endpoint_auth_method and given.get(_METHOD) == DEFAULT_METHOD
    return {name: value for name, value in given.items() if not (told_only and name == _METHOD)}


def _check_identity(client: Client, members: Mapping[str, Any]) -> None:
    """A replacement names its client, and brings nothing that is only ever issued (RFC 7592 section 2.2)."""
    if members.get("client_id") != client.client_id:
        raise InvalidClientMetadata("client_id: send the client_id of this registration.")
    for name in (*ISSUED, ISSUED_AT):
        if name in members:
            raise InvalidClientMetadata(f"{name}: leave it out, it cannot be changed.")
    secret, held = members.get("client_secret"), client.secret
    if secret is None:
        return
    if not isinstance(secret, str) or held is None or not same(fingerprint(secret), held["hash"]):
        raise InvalidClientMetadata("client_secret: leave it out, or send the one that was issued.")


def _record_once(recorded: Counter, why: str, origin: Origin) -> None:
    """Audit a refusal once an hour for each network, so that nonsense buys no rows (attack 23)."""
    if recorded.spent:
        return
    try:
        write_together(tried(recorded.bucket), refused(origin, _ACTION, why))
    except ConditionFailed:
        return
