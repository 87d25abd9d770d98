"""Looking after a registration with its own token (RFC 7592; checklists 7592-1)."""

import threading
from typing import Any

import pytest

from chalicelib.credentials import fingerprint, new_id
from chalicelib.store.audit import Event
from chalicelib.store.clients import Client, main_key
from local.server import Server
from tests.browser import Browser, api, call, exchange, me, token
from tests.faults import counted, just_before
from tests.make import World
from tests.web.api.registering import (
    CALLBACK,
    PUBLIC,
    REGISTER,
    app_of,
    manage,
    refused,
    register,
    registered,
    replacement,
)

METADATA = (400, "invalid_client_metadata")
OTHER = "https://tool.example.net/other"


@pytest.fixture(autouse=True)
def registration_open(world: World, server: Server) -> None:
    """The provider is on, and programs may register themselves."""
    world.set(dynamic_registration=True)


@pytest.fixture
def body() -> dict[str, Any]:
    """A confidential client's registration."""
    return registered(client_name="Tool", client_uri="https://tool.example.net")


@pytest.fixture
def leo(world: World, browser: Browser) -> Browser:
    """Leo's browser, signed in."""
    return browser.holding(world.session(world.leo))


# --- the token --------------------------------------------------------------------------------------------------


def test_only_a_hash_of_the_registration_token_is_kept(body: dict[str, Any], world: World) -> None:
    """7592-1: 256 random bits, SHA-256."""
    token_ = body["registration_access_token"]

    assert len(token_) == len("gpt_") + 43 + 6
    assert world.client(body["client_id"]).registration_hash == fingerprint(token_)
    assert not [row for row in Client.scan() if token_ in str(row.attribute_values)]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("token_", ["", "junk", "other", "session", "secret", "access token"])
def test_any_other_credential_is_refused(
    method: str, token_: str, body: dict[str, Any], world: World, leo: Browser
) -> None:
    """7592-1; attack 29: 401 with a challenge that says why, nothing is changed."""
    app = app_of(body)
    presented = {
        "session": world.session(world.maya),
        "secret": app.secret,
        "access token": exchange(app, leo.allow(app)).json["access_token"],
        "other": registered()["registration_access_token"],
    }
    before = world.client(app.client_id).version

    answer = manage(method, body, presented.get(token_, token_), json=replacement(body))

    assert refused(answer) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert ('error="invalid_token"' in answer.headers["WWW-Authenticate"]) == (token_ != "")
    assert world.client(app.client_id).version == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_without_a_token_the_challenge_is_bare(method: str, body: dict[str, Any]) -> None:
    """RFC 6750 section 3."""
    answer = manage(method, body, None, json=replacement(body))

    assert refused(answer) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("client_id", ["y" * 26, "junk", "%00", "x" * 200])
def test_a_client_there_is_not_is_refused_alike(client_id: str, body: dict[str, Any]) -> None:
    """RFC 7592 section 3: nobody learns which clients there are."""
    assert refused(manage("GET", body | {"client_id": client_id})) == (401, "invalid_token")


def test_an_application_of_a_person_has_no_such_token(world: World) -> None:
    """Only what registered itself is managed here."""
    app = world.app()

    for_nobody = {"client_id": app.client_id, "registration_access_token": "nobody's registration access token"}

    assert refused(manage("GET", for_nobody)) == (401, "invalid_token")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_is_read_whatever_its_case(scheme: str, body: dict[str, Any]) -> None:
    """6750-1."""
    headers = {"Authorization": f"{scheme} {body['registration_access_token']}"}

    assert call("GET", f"{REGISTER}/{body['client_id']}", headers=headers).status == 200


def test_a_token_in_the_query_or_a_cookie_is_not_looked_at(body: dict[str, Any]) -> None:
    """6750-3."""
    path, token_ = f"{REGISTER}/{body['client_id']}", body["registration_access_token"]

    assert call("GET", path, params={"access_token": token_}).status == 401
    assert call("GET", path, headers={"Cookie": f"MMAUTHTOKEN={token_}"}).status == 401


@pytest.mark.parametrize("path", ["/users/me", "/oauth/apps", "/oauth_test"])
def test_the_registration_token_opens_nothing_else(path: str, body: dict[str, Any]) -> None:
    """Attack 29."""
    assert api("GET", path, body["registration_access_token"]).status == 401


def test_a_suspended_client_cannot_be_looked_after(body: dict[str, Any], world: World) -> None:
    """DESIGN section 4: what an administrator stopped stays as it is."""
    from chalicelib.store import clients
    from chalicelib.store.writing import write_together

    write_together(*clients.changed(world.client(body["client_id"]), {"suspended": True}))

    assert refused(manage("DELETE", body)) == (401, "invalid_token")
    assert world.client(body["client_id"]).suspended


# --- off --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_with_the_provider_off_nothing_is_managed(method: str, body: dict[str, Any], world: World) -> None:
    """DESIGN section 4: 400 `unsupported_operation`, as at registration."""
    world.set(provider_on=False)

    assert refused(manage(method, body, json=replacement(body))) == (400, "unsupported_operation")
    assert world.client(body["client_id"]).client_name == "Tool"


def test_with_registration_off_what_is_there_is_still_managed(body: dict[str, Any], world: World) -> None:
    """RFC 7592 section 1: looking after a registration is another thing than opening the door."""
    world.set(dynamic_registration=False)

    assert manage("GET", body).status == 200
    assert manage("PUT", body, json=replacement(body, client_name="Renamed")).status == 200
    assert manage("DELETE", body).status == 204


# --- looking at it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [{}, PUBLIC])
def test_the_registration_can_be_read_back(kind: dict[str, Any]) -> None:
    """RFC 7592 section 2.1; the secret is kept as a hash and is not there again."""
    body = registered(**kind, client_name="Tool", scope="openid", post_logout_redirect_uris=[CALLBACK])

    answer = manage("GET", body)

    told = {name: value for name, value in body.items() if not name.startswith("client_secret")}
    assert (answer.status, answer.json) == (200, told)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


# --- replacing --------------------------------------------------------------------------------------------------


def test_a_replacement_replaces_everything(body: dict[str, Any], world: World) -> None:
    """7592-1: what is missing is the default again."""
    answer = manage("PUT", body, json={"client_id": body["client_id"], "redirect_uris": [OTHER]})

    assert answer.status == 200
    assert answer.json["redirect_uris"] == [OTHER]
    assert answer.json["client_name"] == "Dynamically Registered Client"
    assert "client_uri" not in answer.json
    assert answer.json == manage("GET", body).json
    assert world.client(body["client_id"]).updated_at == world.now


def test_a_replacement_acts_with_the_next_request(body: dict[str, Any], leo: Browser) -> None:
    """DESIGN section 2: all copies at once."""
    manage("PUT", body, json=replacement(body, redirect_uris=[OTHER]))

    assert leo.authorize(app_of(body)).status == 400
    assert leo.authorize(app_of(body), redirect_uri=OTHER).status == 200


def test_the_secret_and_the_token_stay_the_same(body: dict[str, Any], leo: Browser) -> None:
    """RFC 7592 section 2.2: nothing is rotated."""
    answer = manage("PUT", body, json=replacement(body, client_secret=body["client_secret"]))

    app = app_of(body)
    assert answer.json["registration_access_token"] == body["registration_access_token"]
    assert exchange(app, leo.allow(app)).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": new_id()},
        {"client_id": 7},
        {"client_secret": "gps_another"},
        {"client_secret": 7},
        {"token_endpoint_auth_method": "none"},
        {"registration_access_token": "gpt_x"},
        {"registration_client_uri": "https://tool.example.net"},
        {"client_id_issued_at": 1},
        {"client_secret_expires_at": 0},
        {"redirect_uris": None},
        {"client_name": "n" * 65},
        {"grant_types": ["client_credentials"]},
    ],
)
def test_a_replacement_that_is_not_good_changes_nothing(
    changes: dict[str, Any], body: dict[str, Any], world: World
) -> None:
    """7592-1; RFC 7592 section 2.2: it must carry its client_id, and nothing that is only ever issued."""
    before = world.client(body["client_id"]).version

    assert refused(manage("PUT", body, json=replacement(body, client_name="New") | changes)) == METADATA
    assert world.client(body["client_id"]).version == before


@pytest.mark.parametrize("uri", ["javascript:alert(1)", f"{CALLBACK}#x", "com.example.tool:/done"])
def test_the_rules_for_addresses_are_those_of_registering(uri: str, body: dict[str, Any], world: World) -> None:
    """7591-2."""
    assert refused(manage("PUT", body, json=replacement(body, redirect_uris=[uri]))) == (400, "invalid_redirect_uri")


def test_the_allowlist_counts_for_a_replacement_too(body: dict[str, Any], world: World) -> None:
    """Contract 2.9: or it would be a way around."""
    world.set(registration_allowlist="https://allowed.com/**")

    assert refused(manage("PUT", body, json=replacement(body)))[1] == "invalid_redirect_uri"


@pytest.mark.parametrize("text", ["", "garbage", "[]", "null"])
def test_a_replacement_is_a_json_object(text: str, body: dict[str, Any]) -> None:
    """RFC 7592 section 2.2."""
    assert refused(manage("PUT", body, data=text)) == METADATA


@pytest.mark.parametrize("method", [{}, {"token_endpoint_auth_method": None}, PUBLIC])
def test_a_public_client_stays_public(method: dict[str, Any], world: World) -> None:
    """Contract 1.2: it cannot be changed afterwards; not saying so is no change either."""
    body = registered(**PUBLIC)
    members = {"client_id": body["client_id"], "redirect_uris": [OTHER]}

    assert manage("PUT", body, json=members | method).json["token_endpoint_auth_method"] == "none"
    changed = manage("PUT", body, json=members | {"token_endpoint_auth_method": "client_secret_post"})
    assert refused(changed) == METADATA
    assert manage("PUT", body, json=members | {"client_secret": "x"}).status == 400


def test_a_replacement_cannot_make_it_trusted_or_somebodys(body: dict[str, Any], world: World) -> None:
    """7591-5; mass assignment."""
    manage("PUT", body, json=replacement(body, is_trusted=True, trusted=True, creator_id=world.maya.user_id))

    client = world.client(body["client_id"])
    assert (client.trusted, client.creator_id) == (False, "")


def test_a_replacement_that_meets_another_is_decided_again(body: dict[str, Any], world: World) -> None:
    """DESIGN section 1: the condition repeats the read, and the whole is the second's."""
    first = replacement(body, client_name="First", redirect_uris=[OTHER])

    with just_before("TransactWriteItems", lambda: manage("PUT", body, json=first)):
        assert manage("PUT", body, json=replacement(body, client_name="Second")).status == 200

    client = world.client(body["client_id"])
    assert (client.client_name, client.addresses) == ("Second", [CALLBACK])


# --- deleting ---------------------------------------------------------------------------------------------------


def test_deleting_ends_everything_at_once(body: dict[str, Any], leo: Browser, world: World) -> None:
    """7592-1: 204; secret, tokens, consent and the registration token are dead."""
    app = app_of(body)
    tokens = exchange(app, leo.allow(app)).json

    answer = manage("DELETE", body)

    assert (answer.status, answer.text) == (204, "")
    assert me(tokens["access_token"]).status == 401
    assert token(app, grant_type="authorization_code", code="x").status == 401
    assert refused(manage("GET", body)) == (401, "invalid_token")
    assert leo.authorize(app).status == 404
    assert world.find(main_key(app.client_id)) is None
    assert body["client_id"] not in leo.get("/account/security/oauth2-apps").text


def test_of_two_deletes_at_once_one_succeeds(body: dict[str, Any]) -> None:
    """DESIGN section 1: the other finds it gone."""
    start, statuses = threading.Barrier(2), []

    def delete() -> None:
        start.wait()
        statuses.append(manage("DELETE", body).status)

    threads = [threading.Thread(target=delete) for _ in range(2)]
    [thread.start() for thread in threads]  # type: ignore[func-returns-value]  # both before either is awaited
    [thread.join() for thread in threads]  # type: ignore[func-returns-value]

    assert sorted(statuses) == [204, 401]


def test_a_delete_that_another_overtakes_finds_it_gone(body: dict[str, Any]) -> None:
    """The same, in an order that is certain."""
    with just_before("TransactWriteItems", lambda: manage("DELETE", body)):
        assert manage("DELETE", body).status == 401


# --- what it costs, and what is recorded ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "operations"),
    [
        ("GET", ["BatchGetItem"]),
        ("PUT", ["BatchGetItem", "TransactWriteItems"]),
        ("DELETE", ["BatchGetItem", "TransactWriteItems"]),
    ],
)
def test_managing_is_a_read_and_at_most_a_write(method: str, operations: list[str], body: dict[str, Any]) -> None:
    """DESIGN section 1."""
    with counted() as calls:
        manage(method, body, json=replacement(body))

    assert calls == operations


def test_changes_are_recorded_as_the_clients_own(body: dict[str, Any]) -> None:
    """Issue: every change of state; contract case 137."""
    client_id = body["client_id"]
    manage("PUT", body, json=replacement(body, client_name="Renamed"))
    manage("DELETE", body)

    found = [(e.action, e.actor_id, e.object) for e in Event.scan() if e.client_id == client_id]
    assert sorted(found) == [
        ("app.delete", client_id, "Renamed"),
        ("app.edit", client_id, "Renamed"),
        ("app.register_dynamic", client_id, "Tool"),
    ]


def test_a_deleted_client_may_register_again(body: dict[str, Any]) -> None:
    """It is another client then."""
    manage("DELETE", body)

    assert register().json["client_id"] != body["client_id"]
