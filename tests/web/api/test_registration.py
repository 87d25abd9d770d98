"""Dynamic client registration over HTTP (RFC 7591; contract 2.9, cases 125 to 139; checklists 1.7)."""

from typing import Any

import pytest

from chalicelib import config
from chalicelib.store.clients import Client
from local.server import Server
from tests.browser import Answer, Browser, api, call
from tests.faults import counted
from tests.make import World
from tests.web.api.registering import APP_CALLBACK, CALLBACK, PUBLIC, REGISTER, refused, register, registered

METADATA = (400, "invalid_client_metadata")
REDIRECT = (400, "invalid_redirect_uri")
OFF = (400, "unsupported_operation")
NATIVE = {"application_type": "native"}


@pytest.fixture(autouse=True)
def registration_open(world: World, server: Server) -> None:
    """The provider is on, and programs may register themselves."""
    world.set(dynamic_registration=True)


def rows(world: World) -> int:
    """How many rows of clients there are."""
    return sum(1 for _ in Client.scan())


# --- what is answered -------------------------------------------------------------------------------------------


def test_a_program_registers_itself_without_any_session(world: World) -> None:
    """Contract cases 125 and 127; mcp-5."""
    answer = register(client_name="Tool")

    assert answer.status == 201
    assert answer.json["redirect_uris"] == [CALLBACK]
    assert answer.json["client_id"]
    assert answer.json["client_secret"].startswith("gps_")


def test_the_answer_is_all_effective_metadata_with_the_defaults(world: World) -> None:
    """7591-1; contract 2.9: `client_secret_post` is what Mattermost's clients expect."""
    body = registered()

    client_id = body.pop("client_id")
    assert body.pop("client_secret").startswith("gps_")
    assert body.pop("registration_access_token").startswith("gpt_")
    assert body == {
        "client_id_issued_at": world.now // 1000,
        "client_secret_expires_at": 0,
        "client_name": "Dynamically Registered Client",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "client_secret_post",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "openid profile users:read",
        "registration_client_uri": config.current().url(f"{REGISTER}/{client_id}"),
    }


def test_everything_that_is_sent_and_known_is_kept_and_told(world: World) -> None:
    """7591-1; contract case 128."""
    sent = {
        "client_name": "Tool",
        "client_uri": "https://tool.example.net",
        "logo_uri": "https://tool.example.net/logo.png",
        "redirect_uris": [CALLBACK, "http://127.0.0.1/callback"],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "openid posts:read",
        "application_type": "native",
        "post_logout_redirect_uris": ["https://tool.example.net/bye"],
    }

    assert registered(**sent).items() >= sent.items()


def test_a_public_client_gets_no_secret(world: World) -> None:
    """Contract case 136, with our narrow scope instead of `user` (DESIGN section 6)."""
    body = registered(**PUBLIC, client_name="Tool", client_uri="https://tool.example.net")

    assert not {"client_secret", "client_secret_expires_at"} & body.keys()
    assert body["token_endpoint_auth_method"] == "none"
    assert (body["client_name"], body["client_uri"]) == ("Tool", "https://tool.example.net")
    assert body["scope"] == "openid profile users:read"


def test_unknown_members_and_nulls_are_ignored(world: World) -> None:
    """7591-4; RFC 7591 section 2."""
    body = registered(jwks={"keys": []}, contacts=["x"], tos_uri=7, policy_uri="x", client_name=None, nonsense=True)

    assert body["client_name"] == "Dynamically Registered Client"
    assert not {"jwks", "contacts", "tos_uri", "policy_uri", "nonsense"} & body.keys()


def test_any_origin_may_call_it(world: World) -> None:
    """7591-7: browsers ask before they send JSON."""
    preflight = call("OPTIONS", REGISTER, headers={"Origin": "https://inspector.example"})

    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    assert register().headers["Access-Control-Allow-Origin"] == "*"
    assert register(redirect_uris=[]).headers["Access-Control-Allow-Origin"] == "*"


def test_what_holds_a_secret_is_not_kept_by_a_cache(world: World) -> None:
    """RFC 7591 section 3.2.1."""
    assert register().headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_the_address_takes_posts_only(method: str, world: World) -> None:
    """RFC 9110 section 15.5.6, in the shape of this address."""
    answer = call(method, REGISTER)

    assert (answer.status, answer.headers["Allow"]) == (405, "OPTIONS, POST")
    assert answer.json.keys() == {"error", "error_description"}


# --- what is off ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [{"provider_on": False}, {"dynamic_registration": False}, {"provider_on": False, "dynamic_registration": False}],
)
def test_what_is_off_is_said_in_the_rfcs_shape(settings: dict[str, Any], world: World) -> None:
    """Contract cases 129 to 131: 400, not 501."""
    world.set(**settings)

    assert refused(register()) == OFF
    assert rows(world) == 0


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("body", ["", "garbage", "[]", "null", '"x"', "{", "[" * 2000, '{"client_name":"\\ud800"}'])
def test_what_is_no_json_object_is_refused_before_anything_else(body: str, on: bool, world: World) -> None:
    """Contract case 139: `invalid_client_metadata` even while registration is off; no `id`, no `status_code`."""
    world.set(dynamic_registration=on)

    assert refused(call("POST", REGISTER, data=body)) == METADATA


def test_a_form_is_no_registration(world: World) -> None:
    """RFC 7591 section 3.1: JSON."""
    assert refused(call("POST", REGISTER, data={"redirect_uris": CALLBACK})) == METADATA


def test_a_body_beyond_measure_is_refused_in_the_same_shape(world: World) -> None:
    """Contract 1.1."""
    assert refused(call("POST", REGISTER, data="x" * 300_001))[0] == 413


# --- metadata ---------------------------------------------------------------------------------------------------


def test_there_must_be_a_redirect_uri(world: World) -> None:
    """Contract case 126."""
    assert refused(call("POST", REGISTER, json={"client_name": "Tool"})) == METADATA
    assert refused(register(redirect_uris=[])) == METADATA


@pytest.mark.parametrize(
    "members",
    [
        {"redirect_uris": CALLBACK},
        {"redirect_uris": [1]},
        {"redirect_uris": [[CALLBACK]]},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": ["none"]},
        {"client_name": 7},
        {"client_name": "n" * 65},
        {"client_name": "a\u202eb"},
        {"client_name": "a\x00b"},
        {"client_uri": "tool.example.net"},
        {"client_uri": "javascript:alert(1)"},
        {"client_uri": "https://tool.example.net/" + "x" * 256},
        {"client_uri": {}},
        {"logo_uri": "data:image/png;base64,AA"},
        {"logo_uri": "https://tool.example.net/" + "x" * 512},
        {"grant_types": ["client_credentials"]},
        {"grant_types": ["authorization_code", "client_credentials"]},
        {"grant_types": ["authorization_code", "implicit"]},
        {"grant_types": ["refresh_token"]},
        {"grant_types": []},
        {"grant_types": "authorization_code"},
        {"response_types": ["token"]},
        {"response_types": ["code", "token"]},
        {"response_types": ["code token"]},
        {"response_types": []},
        {"scope": 7},
        {"scope": 'openid "'},
        {"scope": "x" * 1025},
        {"application_type": "desktop"},
        {"post_logout_redirect_uris": ["javascript:alert(1)"]},
        {"post_logout_redirect_uris": [APP_CALLBACK]},
        {"post_logout_redirect_uris": [f"{CALLBACK}#x"]},
        {"post_logout_redirect_uris": "https://tool.example.net"},
        {"post_logout_redirect_uris": [f"https://tool.example.net/{n}/" + "x" * 900 for n in range(5)]},
    ],
)
def test_metadata_that_is_not_good_is_refused_and_nothing_is_kept(members: dict[str, Any], world: World) -> None:
    """7591-2, 7591-4, 7591-5; contract 2.9."""
    assert refused(register(**members)) == METADATA
    assert rows(world) == 0


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"client_name": "n" * 65}, "client_name: Shorten the display name to 64 characters, it has 65."),
        ({"client_uri": "x"}, "client_uri: Start the homepage with https:// or http://"),
        ({"redirect_uris": [CALLBACK, f"{CALLBACK}#x"]}, "redirect_uris[1]: remove everything from # on."),
        ({"grant_types": ["implicit"]}, "grant_types: send authorization_code"),
    ],
)
def test_what_is_wrong_is_said_with_the_member_and_what_to_do(members: dict[str, Any], said: str, world: World) -> None:
    """RFC 7591 section 3.2.2: for a developer to read."""
    assert said in register(**members).json["error_description"]


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "blob:https://tool.example.net/x",
        "about:blank",
        "myapp:/done",
        APP_CALLBACK,
        f"{CALLBACK}#x",
        "https://user@tool.example.net/",
        "https://*.example.net/",
        "https://",
        "https://tool.example.net/a b",
        "https://tool.example.net/\x00",
        "/callback",
        "",
        "https://tool.example.net/" + "x" * 1024,
    ],
)
def test_a_redirect_uri_that_cannot_be_registered_is_refused(uri: str, world: World) -> None:
    """7591-2; DESIGN section 4; attack 4."""
    assert refused(register(**PUBLIC, redirect_uris=[CALLBACK, uri])) == REDIRECT
    assert rows(world) == 0


def test_redirect_uris_have_a_limit_together(world: World) -> None:
    """Contract 1.2: a row has room for so many."""
    long = [f"https://tool.example.net/{number}/" + "x" * 900 for number in range(5)]

    assert refused(register(redirect_uris=long)) == REDIRECT
    assert register(redirect_uris=long[:4]).status == 201


def test_a_software_statement_is_not_believed(world: World) -> None:
    """7591-2."""
    assert refused(register(software_statement="e30.e30.x")) == (400, "invalid_software_statement")


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("openid", "openid"),
        ("posts:read nonsense mcp:tools", "posts:read"),
        ("nonsense", "openid profile users:read"),
        ("", "openid profile users:read"),
        ("user", "user"),
        ("openid user", "openid user"),
    ],
)
def test_what_a_program_asks_for_is_what_it_may_ask_people_for(asked: str, kept: str, world: World) -> None:
    """DESIGN section 4: known scopes, narrow when none is named, everything only by name."""
    assert registered(scope=asked)["scope"] == kept


def test_a_grant_type_there_is_not_is_left_out_of_the_answer(world: World) -> None:
    """RFC 7591 section 2: the server may replace what is asked for, and says what counts."""
    offered = ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]

    assert registered(grant_types=offered)["grant_types"] == ["authorization_code", "refresh_token"]


def test_http_off_this_machine_follows_the_console(world: World) -> None:
    """DESIGN section 5, "Allow http addresses"; mcp-9: a program on this machine is always reached."""
    assert register(redirect_uris=["http://tool.example.net/cb"]).status == 201
    world.set(http_allowed=False)

    assert refused(register(redirect_uris=["http://tool.example.net/cb"])) == REDIRECT
    assert refused(register(client_uri="http://tool.example.net")) == METADATA
    assert refused(register(post_logout_redirect_uris=["http://tool.example.net"])) == METADATA
    assert register(redirect_uris=["http://localhost:33418/", "http://127.0.0.1/cb"]).status == 201


def test_a_native_client_has_https_or_this_machine(world: World) -> None:
    """7591-4: the web's rules are relaxed for loopback and private schemes only."""
    assert refused(register(**PUBLIC, **NATIVE, redirect_uris=["http://tool.example.net/cb"])) == REDIRECT
    assert register(**PUBLIC, **NATIVE, redirect_uris=[CALLBACK, "http://127.0.0.1/cb"]).status == 201


# --- schemes of an app ------------------------------------------------------------------------------------------


def test_an_apps_own_scheme_is_for_public_clients_while_the_switch_is_on(world: World) -> None:
    """DESIGN section 5, "Allow app-scheme callbacks for public clients"; contract 1.2's note."""
    world.set(app_schemes=True)

    assert register(**PUBLIC, redirect_uris=[APP_CALLBACK]).status == 201
    assert refused(register(redirect_uris=[APP_CALLBACK])) == REDIRECT
    assert refused(register(**PUBLIC, application_type="web", redirect_uris=[APP_CALLBACK])) == REDIRECT


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "data:,x", "file:/x", "vbscript:x", "blob:x", "about:blank"])
def test_a_dangerous_scheme_stays_refused_with_the_switch_on(uri: str, world: World) -> None:
    """Contract 1.2's note: never."""
    world.set(app_schemes=True)

    assert refused(register(**PUBLIC, redirect_uris=[uri])) == REDIRECT


# --- the allowlist ----------------------------------------------------------------------------------------------


def test_without_an_allowlist_every_address_may_register(world: World) -> None:
    """Contract case 132."""
    assert register(redirect_uris=["https://anywhere.example/cb"]).status == 201


def test_addresses_in_the_allowlist_may_register(world: World) -> None:
    """Contract case 133."""
    world.set(registration_allowlist="https://example.com/*\nhttps://*.test.com/**")

    assert register(redirect_uris=["https://example.com/callback"]).status == 201
    assert register(redirect_uris=["https://app.test.com/deep/path/cb"]).status == 201


@pytest.mark.parametrize("uris", [["https://other.com/cb"], ["https://allowed.com/cb", "https://other.com/cb"]])
def test_one_address_outside_the_allowlist_is_too_many(uris: list[str], world: World) -> None:
    """Contract cases 134 and 135: with a description."""
    world.set(registration_allowlist="https://allowed.com/**")

    assert refused(register(redirect_uris=uris)) == REDIRECT
    assert rows(world) == 0


# --- what it costs ----------------------------------------------------------------------------------------------


def test_a_registration_is_a_read_and_a_write(world: World) -> None:
    """DESIGN section 1: the quotas are read with the settings, and counted in the transaction that registers."""
    with counted() as calls:
        registered()

    assert calls == ["BatchGetItem", "TransactWriteItems"]


@pytest.mark.parametrize("credential", ["session", "junk", "cookie"])
def test_no_credential_changes_anything(credential: str, world: World) -> None:
    """Contract case 127: neither a session nor a token is looked at, so nobody's browser can be used."""
    session = world.session(world.maya)
    headers = {
        "session": {"Authorization": f"Bearer {session}"},
        "junk": {"Authorization": "Bearer junk"},
        "cookie": {"Cookie": f"MMAUTHTOKEN={session}"},
    }[credential]

    body = call("POST", REGISTER, json={"redirect_uris": [CALLBACK]}, headers=headers).json

    assert world.client(body["client_id"]).creator_id == ""


# --- who sees it ------------------------------------------------------------------------------------------------


def test_it_is_an_application_that_says_that_it_registered_itself(world: World) -> None:
    """Contract case 138, 1.2: `is_dynamically_registered`, no creator, `client_uri` is the homepage."""
    body = registered(client_name="Tool", client_uri="https://tool.example.net")

    app = api("GET", f"/oauth/apps/{body['client_id']}", world.session(world.maya)).json

    assert app["is_dynamically_registered"] is True
    assert (app["creator_id"], app["is_trusted"], app["is_public"]) == ("", False, False)
    assert (app["name"], app["homepage"]) == ("Tool", "https://tool.example.net")


def test_one_without_a_homepage_is_accepted_and_can_be_edited(world: World) -> None:
    """Contract 1.2 and case 138: the homepage is required, except of what registered itself."""
    session = world.session(world.maya)
    path = f"/oauth/apps/{registered()['client_id']}"
    app = api("GET", path, session).json

    answer = api("PUT", path, session, app | {"name": "Renamed", "is_dynamically_registered": False})

    assert app["homepage"] == ""
    assert (answer.status, answer.json["name"], answer.json["is_dynamically_registered"]) == (200, "Renamed", True)


def test_other_applications_do_not_say_it(world: World) -> None:
    """Contract 1.2: omitted when false."""
    app = world.app()

    assert "is_dynamically_registered" not in api("GET", f"/oauth/apps/{app.client_id}", world.session(world.maya)).json


def test_the_pages_say_that_nobody_made_it(world: World) -> None:
    """Ux 6.5 and 6.7: who made an application is told where it is shown."""
    client_id = registered(client_name="Tool")["client_id"]
    maya = Browser().holding(world.session(world.maya))

    assert "by itself" in maya.get("/integrations/oauth2-apps").page.text
    assert "by itself" in maya.get(f"/integrations/oauth2-apps/{client_id}/credentials").page.text


def listed(world: World, session: str) -> list[str]:
    """The ids somebody is shown."""
    return [app["id"] for app in api("GET", "/oauth/apps", session).json]


def test_it_is_listed_for_system_admins_only(world: World) -> None:
    """Contract section 4: it is nobody's own."""
    world.set(admins_only=False)
    client_id = registered()["client_id"]

    assert client_id in listed(world, world.session(world.maya))
    assert client_id not in listed(world, world.session(world.leo))


def test_a_member_cannot_manage_it(world: World) -> None:
    """Contract section 4."""
    world.set(admins_only=False)
    path = f"/oauth/apps/{registered()['client_id']}"

    assert api("DELETE", path, world.session(world.leo)).status == 403
    assert api("POST", f"{path}/regen_secret", world.session(world.leo)).status == 403


@pytest.mark.parametrize("how", ["api", "form"])
def test_nobody_can_make_it_trusted(how: str, world: World) -> None:
    """7591-5, M: what registered itself is never trusted."""
    client_id = registered(client_name="Tool", client_uri="https://tool.example.net")["client_id"]
    session = world.session(world.maya)

    answer = _trust_by_api(client_id, session) if how == "api" else _trust_by_form(client_id, session)

    assert answer.status == (200 if how == "api" else 422)
    assert not world.client(client_id).trusted


def _trust_by_api(client_id: str, session: str) -> Answer:
    app = api("GET", f"/oauth/apps/{client_id}", session).json
    answer = api("PUT", f"/oauth/apps/{client_id}", session, app | {"is_trusted": True})
    assert answer.json["is_trusted"] is False
    return answer


def _trust_by_form(client_id: str, session: str) -> Answer:
    path = f"/integrations/oauth2-apps/{client_id}/edit"
    maya = Browser().holding(session)
    answer = maya.submit(maya.get(path), path, is_trusted="true", description="x", confirmed="true")
    assert "An application that registered itself cannot be trusted." in answer.page.text
    return answer
