"""What a program may say about itself, and whose registration it is (RFC 7591 section 2, RFC 7592)."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib import policy
from chalicelib.credentials import fingerprint
from chalicelib.errors import (
    InvalidClientMetadata,
    InvalidRedirectUri,
    InvalidRegistrationToken,
    InvalidSoftwareStatement,
    RegistrationError,
    TooManyTries,
    UnsupportedOperation,
)
from chalicelib.oauth import client_metadata, dynamic_registration
from chalicelib.oauth.client_metadata import MEMBERS, Metadata
from chalicelib.oauth.dynamic_registration import Counter, Registered
from chalicelib.store.audit import Event
from chalicelib.store.clients import COPIES, Client
from chalicelib.store.limits import Limit
from chalicelib.store.settings import Settings
from tests.make import CALLBACK, World

GOOD = {"redirect_uris": [CALLBACK]}
SPEAKABLE = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 section 5.2
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def settings(**changes: Any) -> Settings:
    """A server where programs may register themselves."""
    values: dict[str, Any] = {"provider_on": True, "dynamic_registration": True, "http_allowed": True}
    return Settings(**(values | changes))


def counters(world: World, *, tries: int = 0) -> list[Counter]:
    """The limits as a read finds them: used so often, nothing recorded."""
    *quotas, recorded = dynamic_registration.limits("127.0.0", world.now)
    return [*(Counter(bucket, Limit(tries=tries)) for bucket in quotas), Counter(recorded, None)]


def register(world: World, **members: Any) -> Registered:
    """Register as a program does."""
    return dynamic_registration.register(GOOD | members, settings(), counters(world), world.origin(""))


def told(members: dict[str, Any]) -> Metadata | RegistrationError:
    """What is read, or why nothing is."""
    try:
        return client_metadata.read(members, settings())
    except RegistrationError as refusal:
        return refusal


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (InvalidRedirectUri, "invalid_redirect_uri"),
        (InvalidClientMetadata, "invalid_client_metadata"),
        (InvalidSoftwareStatement, "invalid_software_statement"),
        (UnsupportedOperation, "unsupported_operation"),
    ],
)
def test_a_refusal_has_the_rfcs_word(kind: type[RegistrationError], error: str) -> None:
    """7591-2; contract 2.9."""
    assert (kind().status, kind().error) == (400, error)


@given(st.dictionaries(st.sampled_from([*MEMBERS, "nonsense"]), JSON))
@examples(max_examples=300)
def test_whatever_a_program_says_is_read_or_refused_in_words(members: dict[str, Any]) -> None:
    """6749-16: never a 500; RFC 7591 section 3.2.2: a description that can be sent."""
    found = told(GOOD | members)

    if isinstance(found, RegistrationError):
        assert SPEAKABLE.fullmatch(found.description)
    else:
        assert 0 < len(found.name) <= 64
        assert set(found.scope.split()) <= policy.SCOPES.keys()


def test_the_rows_are_those_of_an_application_of_nobodys(world: World) -> None:
    """Contract case 138; 7591-5; DESIGN sections 2 and 3."""
    made = register(world, client_name="Tool", client_uri="https://tool.example.net", scope="openid")

    copies = list(Client.scan())
    assert len(copies) == COPIES
    client = world.client(made.client.client_id)
    assert (client.client_name, client.client_uri, client.scope) == ("Tool", "https://tool.example.net", "openid")
    assert (client.creator_id, client.trusted, client.public, client.dynamic) == ("", False, False, True)
    assert client.until == world.now + policy.milliseconds(policy.UNUSED_REGISTRATION)
    assert client.registration_hash == fingerprint(made.access_token)
    assert client.secret is not None
    assert client.secret["hash"] == fingerprint(made.secret)


def test_what_only_its_owner_has_is_in_no_row_and_no_representation(world: World) -> None:
    """DESIGN section 4: nothing secret in a log or an audit row."""
    made = register(world)
    rows = [str(row.attribute_values) for model in (Client, Event, Limit) for row in model.scan()]

    assert not [row for row in [*rows, repr(made)] if made.secret in row or made.access_token in row]


def test_each_registration_is_another(world: World) -> None:
    """Nothing about a client can be guessed from another."""
    first, second = register(world), register(world)

    assert first.client.client_id != second.client.client_id
    assert first.client.born != second.client.born
    assert first.secret != second.secret
    assert first.access_token != second.access_token


def test_the_client_that_is_given_is_the_one_that_is_kept(world: World) -> None:
    """Nobody reads what they have just written; so it must be the same."""
    made = register(world, post_logout_redirect_uris=["https://tool.example.net/bye"], application_type="web")

    assert client_metadata.effective(made.client) == client_metadata.effective(world.client(made.client.client_id))


@pytest.mark.parametrize("tries", [20, 21, 999])
def test_a_spent_network_is_refused_before_anything_is_registered(tries: int, world: World) -> None:
    """Attack 23."""
    with pytest.raises(TooManyTries):
        dynamic_registration.register(GOOD, settings(), counters(world, tries=tries), world.origin(""))

    assert list(Client.scan()) == []


def test_the_longer_wait_is_the_one_to_wait_for(world: World) -> None:
    """RFC 6585 section 4: who comes back earlier is refused again."""
    with pytest.raises(TooManyTries) as refused:
        dynamic_registration.register(GOOD, settings(), counters(world, tries=1000), world.origin(""))

    assert refused.value.headers == {"Retry-After": str(12 * 3600)}


@pytest.mark.parametrize("off", ["provider_on", "dynamic_registration"])
def test_what_is_off_is_said_before_the_metadata_is_looked_at(off: str, world: World) -> None:
    """Contract 2.9, order of cases."""
    with pytest.raises(UnsupportedOperation):
        dynamic_registration.register({}, settings(**{off: False}), counters(world), world.origin(""))


def test_a_registration_is_looked_after_with_its_token_only(world: World) -> None:
    """7592-1."""
    made, other = register(world), register(world)
    client = world.client(made.client.client_id)

    assert dynamic_registration.authenticated(made.access_token, client, settings(), world.now) is client
    with pytest.raises(InvalidRegistrationToken):
        dynamic_registration.authenticated(other.access_token, client, settings(), world.now)


@pytest.mark.parametrize("changes", [{"suspended": True}, {"until": 0}, {"registration_hash": None}])
def test_a_client_that_is_stopped_over_or_a_persons_is_not(changes: dict[str, Any], world: World) -> None:
    """DESIGN section 2: not suspended, not past its until."""
    made = register(world)
    client = world.client(made.client.client_id)
    stopped = Client(**(client.attribute_values | changes))

    with pytest.raises(InvalidRegistrationToken):
        dynamic_registration.authenticated(made.access_token, stopped, settings(), world.now)


def test_sending_the_default_method_back_is_no_choice(world: World) -> None:
    """7591-3: or reading a registration and sending it back would shut one of the two ways."""
    client = world.client(register(world).client.client_id)
    told = client_metadata.effective(client)
    assert told["token_endpoint_auth_method"] == "client_secret_post"

    replaced = dynamic_registration.replaced(
        client, told | {"client_id": client.client_id}, settings(), world.origin(client.client_id)
    )

    assert replaced.token_endpoint_auth_method is None


def test_a_method_can_be_chosen_later(world: World) -> None:
    """RFC 7592 section 2.2."""
    client = world.client(register(world).client.client_id)
    members = GOOD | {"client_id": client.client_id, "token_endpoint_auth_method": "client_secret_basic"}

    replaced = dynamic_registration.replaced(client, members, settings(), world.origin(client.client_id))

    assert replaced.token_endpoint_auth_method == "client_secret_basic"


def test_a_chosen_method_is_changed_to_the_default_by_naming_it(world: World) -> None:
    """RFC 7592 section 2.2: who chose once is believed to mean what it sends."""
    client = world.client(register(world, token_endpoint_auth_method="client_secret_basic").client.client_id)
    members = GOOD | {"client_id": client.client_id, "token_endpoint_auth_method": "client_secret_post"}

    replaced = dynamic_registration.replaced(client, members, settings(), world.origin(client.client_id))

    assert replaced.token_endpoint_auth_method == "client_secret_post"


def test_limits_are_of_windows_on_the_clock(world: World) -> None:
    """The next hour and the next day have rows of their own."""
    early = dynamic_registration.limits("127.0.0", world.now)
    later = dynamic_registration.limits("127.0.0", world.now + 3600 * 1000 - 1)
    next_hour = dynamic_registration.limits("127.0.0", world.now + 3600 * 1000)

    assert early == later
    assert [a == b for a, b in zip(early, next_hour, strict=True)] == [False, True, False]


def test_a_replacement_keeps_what_is_not_metadata(world: World) -> None:
    """RFC 7592 section 2.2: id, secret, age, end and token stay."""
    client = world.client(register(world).client.client_id)
    world.clock.shift(60)

    dynamic_registration.replaced(
        client, GOOD | {"client_id": client.client_id}, settings(), world.origin()._replace(actor_id=client.client_id)
    )

    after = world.client(client.client_id)
    kept = ("born", "secrets", "until", "ttl", "registration_hash", "created_at", "public", "pkce_exempt")
    assert [getattr(after, name) for name in kept] == [getattr(client, name) for name in kept]
    assert (after.updated_at, after.version) == (world.now, client.version + 1)
