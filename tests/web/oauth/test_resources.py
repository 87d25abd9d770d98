"""Resource indicators: tokens for other APIs, and ours that refuses them (RFC 8707, RFC 9068, RFC 9728)."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest

from chalicelib import config
from chalicelib.oauth import resource_servers
from chalicelib.store import clients
from chalicelib.store.grants import grant_key
from chalicelib.store.resources import resource_key
from chalicelib.store.writing import write_together
from tests.browser import Answer, Browser, call, exchange, me, refresh
from tests.conftest import NOON
from tests.faults import counted
from tests.make import CALENDAR, App, World

OWN = config.current().url("/api/v4")
FILES = "https://files.example.net/"


@pytest.fixture
def calendar(world: World) -> App:
    """Another API: its client for introspection."""
    return world.resource()


@pytest.fixture
def files(world: World) -> App:
    """One more, whose tokens live 10 minutes, with a scope of the same name."""
    return world.resource(FILES, name="Files", scopes=[("calendar:read", "Read files")], token_lifetime=600)


def said(token: str) -> dict[str, Any]:
    """The claims of a token."""
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def tokens_for(browser: Browser, app: App, **changes: str | None) -> dict[str, Any]:
    """What an application gets."""
    answer = exchange(app, browser.allow(app, **changes))
    assert answer.status == 200, answer.text
    tokens: dict[str, Any] = answer.json
    return tokens


def introspect(caller: App, token: str) -> Answer:
    """Ask what a token is worth."""
    return call("POST", "/oauth/introspect", data={"token": token}, auth=caller.basic)


def test_a_token_is_for_the_resource_that_was_asked_for(leo: Browser, app: App, calendar: App) -> None:
    """8707-2; 9068-1: aud, the resource's own scopes and lifetime."""
    tokens = tokens_for(leo, app, resource=CALENDAR, scope="calendar:read")

    token = said(tokens["access_token"])
    assert (token["aud"], token["scope"], token["exp"] - token["iat"]) == (CALENDAR, "calendar:read", 300)
    assert (tokens["scope"], tokens["expires_in"], tokens["audience"]) == ("calendar:read", 300, CALENDAR)


def test_without_a_resource_a_token_is_for_our_own_api(leo: Browser, app: App, calendar: App) -> None:
    """8707-5."""
    tokens = tokens_for(leo, app)

    assert said(tokens["access_token"])["aud"] == OWN
    assert "audience" not in tokens


def test_our_own_api_can_be_named_too(leo: Browser, app: App) -> None:
    """8707-5."""
    assert me(tokens_for(leo, app, resource=OWN)["access_token"]).status == 200


def test_our_own_api_refuses_a_token_for_another(leo: Browser, app: App, calendar: App) -> None:
    """8707-3, mcp-4; DESIGN section 3: it costs no read."""
    token = tokens_for(leo, app, resource=CALENDAR)["access_token"]

    with counted() as calls:
        answer = me(token)

    assert (answer.status, calls) == (401, [])


def test_without_a_scope_all_of_the_resources_are_asked_for(leo: Browser, app: App, calendar: App) -> None:
    """RFC 6749 section 3.3: people are shown what it is."""
    consent = leo.authorize(app, resource=CALENDAR)

    assert "See your calendar" in consent.page.text
    assert "Change your calendar" in consent.page.text
    assert "At Calendar" in consent.page.text
    assert "Everything you can do on this server" not in consent.page.text


def test_what_our_own_api_has_is_not_asked_for_where_another_is_meant(
    leo: Browser, app: App, calendar: App, world: World
) -> None:
    """8707-2: nobody allows more than the tokens will carry."""
    leo.allow(app, resource=CALENDAR, scope="openid calendar:read posts:write")

    held = world.row(grant_key(world.leo.user_id, app.client_id)).scope
    assert sorted(scope.rpartition("/")[2] for scope in held.split()) == ["calendar:read", "openid"]


def test_a_scope_the_resource_does_not_have_cannot_be_asked_for(leo: Browser, world: World, calendar: App) -> None:
    """DESIGN section 4: invalid_scope for an application with a list; at an API of its own too."""
    listed = world.app(scope="users:read")

    answer = leo.authorize(listed, resource=CALENDAR, scope="calendar:read calendar:delete").answer

    assert answer["error"] == "invalid_scope"


@pytest.mark.parametrize(
    "resource",
    ["https://unknown.example", "calendar", "https://calendar.example.net/api/", CALENDAR + "#x", "https://[", "/api"],
)
def test_an_unknown_or_malformed_resource_is_an_invalid_target(
    leo: Browser, app: App, calendar: App, resource: str
) -> None:
    """8707-1, 8707-4: identifiers are compared byte for byte; contract cases 111, 112."""
    assert leo.authorize(app, resource=resource).answer["error"] == "invalid_target"


def test_a_resource_may_be_repeated(leo: Browser, app: App, calendar: App, files: App) -> None:
    """8707-1, 8707-2: aud is what was granted; the shortest lifetime counts."""
    consent = leo.get("/oauth/authorize", **request(app), resource=[CALENDAR, FILES])  # type: ignore[arg-type]
    code = leo.decide(consent, "allow").answer["code"]

    tokens = exchange(app, code).json

    token = said(tokens["access_token"])
    assert (token["aud"], token["exp"] - token["iat"]) == ([CALENDAR, FILES], 300)


def request(app: App) -> dict[str, str]:
    """A complete authorization request."""
    from tests.browser import authorization_request

    return authorization_request(app)


def test_a_token_request_may_pick_one_of_the_authorized(leo: Browser, app: App, calendar: App, files: App) -> None:
    """8707-2: a subset, with that resource's scopes and lifetime only; at exchange and at refresh."""
    consent = leo.get("/oauth/authorize", **request(app), resource=[CALENDAR, FILES])  # type: ignore[arg-type]
    code = leo.decide(consent, "allow").answer["code"]

    first = exchange(app, code, resource=FILES).json
    second = refresh(app, first["refresh_token"], resource=CALENDAR).json

    assert (first["scope"], first["expires_in"]) == ("calendar:read", 600)
    assert said(first["access_token"])["aud"] == FILES
    assert (second["scope"], said(second["access_token"])["aud"]) == ("calendar:read calendar:write", CALENDAR)


def test_a_token_request_gets_nothing_that_was_not_authorized(
    leo: Browser, app: App, calendar: App, files: App
) -> None:
    """8707-2; contract case 114; and the code stays good."""
    code = leo.allow(app, resource=CALENDAR)

    refused = exchange(app, code, resource=FILES)
    tokens = exchange(app, code).json
    again = refresh(app, tokens["refresh_token"], resource=OWN)

    assert (refused.status, refused.json["error"]) == (400, "invalid_target")
    assert (again.status, again.json["error"]) == (400, "invalid_target")
    assert "resource_mismatch" in again.json["id"]


def test_what_was_allowed_for_one_resource_says_nothing_about_another(
    leo: Browser, app: App, calendar: App, files: App
) -> None:
    """Confused deputy: both have a scope of this name."""
    leo.allow(app, resource=CALENDAR, scope="calendar:read")

    assert leo.authorize(app, resource=FILES, scope="calendar:read").page.h1.startswith("Allow")


def test_a_resource_that_was_deleted_gets_no_tokens_any_more(
    leo: Browser, app: App, calendar: App, world: World
) -> None:
    """8707-2: at the next refresh."""
    tokens = tokens_for(leo, app, resource=CALENDAR)
    row = world.row(resource_key(CALENDAR))
    resource_servers.delete(row, world.client(calendar.client_id), world.origin())

    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_target"


def test_a_scope_an_api_no_longer_has_is_in_no_new_token(leo: Browser, app: App, calendar: App, world: World) -> None:
    """8707-2: narrowing acts at the next refresh."""
    tokens = tokens_for(leo, app, resource=CALENDAR)
    draft = resource_servers.Draft(CALENDAR, "Calendar", [("calendar:read", "See your calendar")], 300)
    resource_servers.edit(world.row(resource_key(CALENDAR)), draft, world.origin())

    assert refresh(app, tokens["refresh_token"]).json["scope"] == "calendar:read"


def test_a_resource_of_the_same_identifier_inherits_nothing(
    leo: Browser, app: App, calendar: App, world: World
) -> None:
    """DESIGN section 2: nothing older revives."""
    tokens = tokens_for(leo, app, resource=CALENDAR)
    resource_servers.delete(world.row(resource_key(CALENDAR)), world.client(calendar.client_id), world.origin())
    world.resource()

    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_target"
    assert leo.authorize(app, resource=CALENDAR).page.h1.startswith("Allow")


def test_a_token_for_another_api_is_refused_at_userinfo(leo: Browser, app: App, calendar: App) -> None:
    """Design-notes (b) 5: the claims are in the ID token."""
    tokens = tokens_for(leo, app, resource=CALENDAR, scope="openid profile calendar:read")

    answer = call("GET", "/oauth/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})

    assert answer.status == 401
    assert said(tokens["id_token"])["preferred_username"] == "leo"


def test_a_resource_server_cannot_sign_anybody_in(leo: Browser, calendar: App) -> None:
    """DESIGN section 2, kind: it only introspects."""
    assert leo.authorize(calendar).status == 404
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    answer = call("POST", "/oauth/access_token", data=form, auth=calendar.basic)
    assert (answer.status, answer.json["error"]) == (400, "unauthorized_client")


# --- introspection ----------------------------------------------------------------------------------------------


def test_the_api_a_token_is_for_learns_what_it_is_worth(leo: Browser, app: App, calendar: App, world: World) -> None:
    """7662-3."""
    token = tokens_for(leo, app, resource=CALENDAR, scope="calendar:read")["access_token"]

    answer = introspect(calendar, token)

    claims = said(token)
    assert answer.json == {
        "active": True,
        "scope": "calendar:read",
        "client_id": app.client_id,
        "username": "leo",
        "token_type": "Bearer",
        "sub": world.leo.user_id,
        **{name: claims[name] for name in ("exp", "iat", "aud", "iss", "jti")},
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_its_own_client_may_ask_as_well(leo: Browser, app: App) -> None:
    """7662-1; of access and refresh tokens."""
    tokens = tokens_for(leo, app)

    assert introspect(app, tokens["access_token"]).json["active"] is True
    told = introspect(app, tokens["refresh_token"]).json
    assert (told["active"], told["iat"], told["exp"]) == (True, NOON, NOON + 30 * 24 * 3600)


def test_a_token_says_what_it_carries_now(leo: Browser, app: App, world: World) -> None:
    """7662-2; DESIGN section 4: a narrower list of the application acts at the next call."""
    token = tokens_for(leo, app)["access_token"]

    write_together(*clients.changed(world.client(app.client_id), {"scope": "users:read"}))

    assert introspect(app, token).json["scope"] == "users:read"


def test_to_everybody_else_a_token_is_inactive(leo: Browser, app: App, calendar: App, files: App, world: World) -> None:
    """7662-1, 7662-2: exactly `{"active": false}`."""
    other = world.app()
    tokens = tokens_for(leo, app, resource=CALENDAR)

    answers = [introspect(caller, tokens["access_token"]) for caller in (other, files)]
    answers += [introspect(caller, tokens["refresh_token"]) for caller in (other, calendar)]

    assert [(answer.status, answer.json) for answer in answers] == [(200, {"active": False})] * 4


@pytest.mark.parametrize("text", ["x", "a.b.c", "gpr_x", "\u00e4"])
def test_what_is_no_token_is_inactive(app: App, text: str) -> None:
    """7662-2."""
    answer = introspect(app, text)

    assert (answer.status, answer.json) == (200, {"active": False})


@pytest.mark.parametrize("ending", ["revoked", "expired", "app deleted", "person deactivated", "grant revoked"])
def test_a_token_that_ended_is_inactive(leo: Browser, app: App, calendar: App, world: World, ending: str) -> None:
    """7662-2: introspection lags by nothing."""
    tokens = tokens_for(leo, app, resource=CALENDAR)
    end(ending, world, app, tokens)

    assert introspect(calendar, tokens["access_token"]).json == {"active": False}


def end(ending: str, world: World, app: App, tokens: dict[str, Any]) -> None:
    """End an access in one of the ways there are."""
    from chalicelib.accounts import people
    from chalicelib.oauth import grants, registration
    from chalicelib.store.grants import grant_key

    endings: dict[str, Callable[[], object]] = {
        "revoked": lambda: call("POST", "/oauth/revoke", data={"token": tokens["access_token"]}, auth=app.basic),
        "expired": lambda: world.clock.shift(301),
        "app deleted": lambda: registration.delete(world.client(app.client_id), world.origin()),
        "person deactivated": lambda: people.deactivate(world.leo, world.origin()),
        "grant revoked": lambda: grants.revoke(world.row(grant_key(world.leo.user_id, app.client_id)), world.origin()),
    }
    endings[ending]()


def test_a_refresh_token_that_was_used_is_inactive(leo: Browser, app: App) -> None:
    """7662-2: only the newest is good for anything new."""
    first = tokens_for(leo, app)
    refresh(app, first["refresh_token"])

    assert introspect(app, first["refresh_token"]).json == {"active": False}


@pytest.mark.parametrize("credentials", [("", ""), ("x", "y")])
def test_who_asks_has_to_prove_who_it_is(browser: Browser, credentials: tuple[str, str]) -> None:
    """7662-1."""
    answer = call("POST", "/oauth/introspect", data={"token": "x"}, auth=credentials)

    assert (answer.status, answer.json["error"]) == (401, "invalid_client")


def test_a_public_client_proves_nothing_and_learns_nothing(leo: Browser, world: World) -> None:
    """7662-1, 7662-4: anybody can name its id."""
    public = world.app(public=True)
    answer = call("POST", "/oauth/introspect", data={"token": "x", "client_id": public.client_id})

    assert (answer.status, answer.json["error"]) == (401, "invalid_client")


def test_introspection_is_one_read(leo: Browser, app: App, calendar: App) -> None:
    """DESIGN section 9."""
    token = tokens_for(leo, app, resource=CALENDAR)["access_token"]

    with counted() as calls:
        assert introspect(calendar, token).json["active"] is True

    assert calls == ["BatchGetItem"]


@pytest.mark.parametrize("path", ["", "/api/v4"])
def test_our_own_api_says_which_server_to_ask(browser: Browser, path: str) -> None:
    """9728-1, mcp-2; no `offline_access` (9728-3)."""
    answer = call("GET", "/.well-known/oauth-protected-resource" + path)

    assert (answer.json["resource"], answer.json["authorization_servers"]) == (OWN, [config.current().issuer])
    assert answer.json["bearer_methods_supported"] == ["header"]
    assert "offline_access" not in answer.json["scopes_supported"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_refused_call_says_where_that_is(browser: Browser) -> None:
    """9728-2, mcp-2."""
    challenge = me("x").headers["WWW-Authenticate"]

    assert f'resource_metadata="{config.current().url("/.well-known/oauth-protected-resource/api/v4")}"' in challenge


@pytest.mark.parametrize(
    ("path", "scope"), [("/api/v4/users/me", 'scope="users:read"'), ("/api/v4/oauth/apps", "Bearer")]
)
@pytest.mark.parametrize("token", ["", "x"])
def test_a_refused_call_says_what_it_needs(browser: Browser, path: str, scope: str, token: str) -> None:
    """mcp-2: who is told no scope asks people for all there are; what no token may do names none."""
    challenge = call("GET", path, headers={"Authorization": f"Bearer {token}"}).headers["WWW-Authenticate"]

    assert scope in challenge
    assert (" scope=" in challenge) == ("scope" in scope)
