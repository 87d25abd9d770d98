"""Attacks 7 and 23: programs that register themselves to skip consent, or to fill the tables.

An initial access token is not built; registration is off until a System Admin switches it on.
"""

from typing import Any

import pytest

from chalicelib.credentials import is_id
from chalicelib.policy import REGISTRATIONS_PER_NETWORK
from chalicelib.store.clients import COPIES, Client
from local.server import Server
from tests.browser import Browser
from tests.faults import counted
from tests.make import World
from tests.web.api.registering import app_of, manage, register, registered, replacement

CLAIMS: dict[str, Any] = {
    "skip_consent": True,
    "is_trusted": True,
    "trusted": True,
    "dynamic": False,
    "require_consent": False,
    "prompt": "none",
    "grant_types": ["authorization_code", "refresh_token"],
    "creator_id": "y" * 26,
    "kind": "resource",
}


@pytest.fixture(autouse=True)
def registration_open(world: World, server: Server) -> None:
    """The provider is on, and programs may register themselves."""
    world.set(dynamic_registration=True)


def test_whatever_a_program_claims_people_are_asked(leo: Browser, world: World) -> None:
    """Attack 7, 7591-5: trust never comes from what a client says."""
    app = app_of(registered(**CLAIMS))

    assert leo.authorize(app).page.h1.startswith("Allow ")
    assert leo.authorize(app, prompt="none").answer["error"] == "consent_required"
    assert (world.client(app.client_id).trusted, world.client(app.client_id).dynamic) == (False, True)


def test_a_replacement_claims_in_vain_too(leo: Browser) -> None:
    """Attack 7, 7592-1: also by who holds the registration access token."""
    body = registered()

    assert manage("PUT", body, json=replacement(body, skip_consent=True, is_trusted=True)).status == 200

    assert leo.authorize(app_of(body)).page.h1.startswith("Allow ")


@pytest.mark.parametrize("wanted", ["https://evil.example/client", "leo", "y" * 26, ""])
def test_no_program_chooses_its_own_id(world: World, wanted: str) -> None:
    """Attack 7, 9700-11: the server draws it, in the form of its own ids, so it is no address and nobody else's."""
    taken = world.maya.user_id

    made = {registered(client_id=each)["client_id"] for each in (wanted, taken)}

    assert len(made - {wanted, taken}) == 2
    assert all(is_id(client_id) for client_id in made)


@pytest.mark.parametrize("grant_type", ["client_credentials", "password", "implicit"])
def test_a_program_cannot_register_to_act_without_people(grant_type: str) -> None:
    """Attack 7, 7591-5: what would need no consent is not there to be registered for."""
    assert register(grant_types=[grant_type]).json["error"] == "invalid_client_metadata"


def test_a_flood_leaves_a_bounded_number_of_rows() -> None:
    """Attack 23, 7591-6: after the quota of a network every try is one read; that it is used up is recorded once."""
    accepted = [register().status for _ in range(REGISTRATIONS_PER_NETWORK)]

    with counted() as calls:
        refused = {register().status for _ in range(40)}

    assert accepted == [201] * REGISTRATIONS_PER_NETWORK
    assert refused == {429}
    assert sorted(calls) == ["BatchGetItem"] * 40 + ["TransactWriteItems"]
    assert len(list(Client.scan())) == REGISTRATIONS_PER_NETWORK * COPIES


def test_nobody_registers_where_that_is_off(world: World) -> None:
    """Attack 23, 7591-6: off is the default, and costs one read."""
    world.set(dynamic_registration=False)

    with counted() as calls:
        assert register().json["error"] == "unsupported_operation"

    assert calls == ["BatchGetItem"]
