"""The Zapier integration of examples/, run by Zapier's own library against this server (contract 3.14, ux 6.7)."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib import config
from tests.browser import Answer, Browser, api, me
from tests.clients.conftest import Town
from tests.clients.scripts import run
from tests.make import CHALLENGE, VERIFIER, App, World
from tools.node import PACKAGES, Node

CALLBACK = "https://zapier.com/dashboard/auth/oauth/return/App214CLIAPI/"
ENOUGH = "users:read teams:read channels:read posts:write posts:write.customize"  # docs/zapier.md names the same
Bundle = dict[str, Any]


@pytest.fixture
def app(world: World) -> App:
    """What an administrator registers for Zapier: on a server, with PKCE, with Zapier's callback URL."""
    return world.app(name="Zapier", redirect_uris=[CALLBACK])


@pytest.fixture
def leo(world: World, browser: Browser) -> Browser:
    """Leo's browser, signed in."""
    return browser.holding(world.session(world.leo))


def typed(app: App, **changes: str) -> Bundle:
    """What somebody fills in to connect."""
    return {"server": config.current().issuer, "client_id": app.client_id, "client_secret": app.secret} | changes


def zapier(node: Node, step: str, challenge: str = "", **bundle: Bundle) -> Any:
    """Let Zapier take a step of the integration."""
    return run(node, "zapier.js", {"step": step, "bundle": bundle, "challenge": challenge})


def arrived(node: Node, app: App, person: Browser, **changes: str) -> Answer:
    """Where the person's browser arrives when Zapier sends it off."""
    given = typed(app, **changes) | {"redirect_uri": CALLBACK, "state": "a state&more"}
    return person.get(zapier(node, "authorize", CHALLENGE, inputData=given)["value"])


def connect(node: Node, app: App, code: str, **changes: str) -> Any:
    """Let Zapier swap a code, as it does when the person is back."""
    given = typed(app, **changes) | {"redirect_uri": CALLBACK, "code": code, "code_verifier": VERIFIER}
    return zapier(node, "connect", inputData=given)


@pytest.fixture
def connected(node: Node, app: App, leo: Browser) -> Bundle:
    """What Zapier keeps after Leo connected his account."""
    code = leo.decide(arrived(node, app, leo), "allow").answer["code"]
    tokens: Bundle = connect(node, app, code)["value"]
    return typed(app) | tokens


def said(outcome: Any) -> str:
    """The message people see in Zapier."""
    return str(json.loads(outcome["message"])["message"])


# --- the integration itself -------------------------------------------------------------------------------------


def test_zapier_accepts_the_definition(node: Node) -> None:
    """What `zapier validate` checks; the channels are for the drop-down alone."""
    assert zapier(node, "describe")["value"] == {
        "errors": [],
        "connectionLabel": "{{username}}",
        "channelsAreHidden": True,
    }


def test_the_tests_run_the_version_the_example_names(repository: Path) -> None:
    """One version of Zapier's library, in two package files."""
    example = json.loads((repository / "examples" / "zapier" / "package.json").read_text())
    tested = json.loads((PACKAGES / "package.json").read_text())

    assert example["dependencies"].items() <= tested["dependencies"].items()


# --- connecting an account --------------------------------------------------------------------------------------


def test_connecting_asks_the_person_and_comes_back_to_zapier(node: Node, app: App, leo: Browser) -> None:
    """Contract 3.14: consent, then Zapier's callback with its state."""
    page = arrived(node, app, leo)

    assert page.page.h1 == "Allow Zapier to use your Gatepost account?"
    back = leo.decide(page, "allow")
    assert back.goes_to.startswith(CALLBACK)
    assert back.answer["state"] == "a state&more"


def test_connecting_gives_tokens_and_zapier_can_tell_whose_account_it_is(node: Node, connected: Bundle) -> None:
    """Contract 3.14: the connection's label is made from `GET /users/me`."""
    me = zapier(node, "test", authData=connected)["value"]

    assert (me["username"], me["email"]) == ("leo", "leo@example.com")


@pytest.mark.parametrize("pasted", ["{}/", " {} ", "{}/team-name", "{}/team-name/channels/town-square"])
def test_the_servers_address_may_be_pasted_with_more_behind_it(node: Node, app: App, leo: Browser, pasted: str) -> None:
    """Contract section 7: a trailing slash, or the team in the address."""
    server = pasted.format(config.current().issuer)

    code = leo.decide(arrived(node, app, leo, server=server), "allow").answer["code"]

    assert connect(node, app, code, server=server)["value"]["access_token"]


@pytest.mark.parametrize("server", ["chat.example.com", "", "https://", "ftp://chat.example.com"])
def test_an_address_that_is_none_is_named(node: Node, app: App, server: str) -> None:
    """Ux 7: what to do, and the current value."""
    outcome = zapier(node, "authorize", inputData=typed(app, server=server) | {"redirect_uri": "", "state": ""})

    assert said(outcome).startswith("Start the server address with https://")
    assert f'It is now "{server}".' in said(outcome)


def test_spaces_pasted_with_the_id_and_the_secret_do_no_harm(node: Node, app: App, leo: Browser) -> None:
    """Contract section 7."""
    spaced = {"client_id": f" {app.client_id}\n", "client_secret": f" {app.secret} "}

    code = leo.decide(arrived(node, app, leo, **spaced), "allow").answer["code"]

    assert connect(node, app, code, **spaced)["value"]["access_token"]


def test_a_wrong_client_id_is_told_to_the_person_before_anything_else(node: Node, app: App, leo: Browser) -> None:
    """Contract section 7: a page, and nobody is sent anywhere."""
    page = arrived(node, app, leo, client_id="y" * 26)

    assert (page.status, page.goes_to) == (404, "")


def test_a_wrong_secret_is_told_in_words(node: Node, app: App, leo: Browser) -> None:
    """Contract section 7: Zapier must not take the 401 for a stale token."""
    code = leo.decide(arrived(node, app, leo), "allow").answer["code"]

    outcome = connect(node, app, code, client_secret="gps_another")

    assert outcome["error"] == "AppError"
    assert said(outcome).startswith("The server does not accept this client ID and client secret.")


def test_a_code_that_is_spent_is_told_in_the_servers_words(node: Node, app: App, leo: Browser) -> None:
    """RFC 6749 section 5.2."""
    code = leo.decide(arrived(node, app, leo), "allow").answer["code"]
    connect(node, app, code)

    outcome = json.loads(connect(node, app, code)["message"])

    assert (outcome["code"], outcome["status"]) == ("invalid_grant", 400)


# --- staying connected ------------------------------------------------------------------------------------------


def test_refreshing_gives_new_tokens(node: Node, connected: Bundle) -> None:
    """RFC 6749 section 6: Zapier keeps the new refresh token in place of the old one."""
    fresh = zapier(node, "refresh", authData=connected)["value"]

    assert fresh["refresh_token"] != connected["refresh_token"]
    assert me(fresh["access_token"]).json["username"] == "leo"


def test_a_token_that_ran_out_is_refreshed_by_itself(node: Node, connected: Bundle, world: World) -> None:
    """Zapier refreshes when the server answers 401, and takes the step again."""
    world.clock.shift(world.settings().access_token_lifetime + 1)

    outcome = zapier(node, "test", authData=connected)

    assert outcome["value"]["username"] == "leo"
    assert outcome["authData"]["refresh_token"] != connected["refresh_token"]


def test_what_was_taken_back_stays_back_and_zapier_says_so(
    node: Node, app: App, connected: Bundle, leo: Browser
) -> None:
    """The seed: revoked is revoked; Zapier pauses what runs and asks to connect again."""
    path = f"/account/security/oauth2-apps/{app.client_id}/revoke"
    leo.submit(leo.get(path), path)

    outcome = zapier(node, "test", authData=connected)

    assert outcome["error"] == "ExpiredAuthError"
    assert outcome["message"].startswith(
        "Access was taken back, or lay unused for too long. Connect the account again."
    )


# --- posting ----------------------------------------------------------------------------------------------------


def test_the_drop_down_lists_the_channels_a_person_is_in(node: Node, connected: Bundle, town: Town) -> None:
    """Contract 3.14: teams, then the channels of each."""
    channels = zapier(node, "channels", authData=connected)["value"]

    assert channels == [{"id": town.square_id, "name": "Gatepost / Town Square"}]


def test_a_post_carries_the_name_and_picture_it_was_given(
    node: Node, connected: Bundle, town: Town, world: World
) -> None:
    """Contract 2.14 and 3.14."""
    given = {"channel": town.square_id, "message": "Version 2.4 is out"}
    shown = {"username": "Release Robot", "icon_url": "https://zapier.example/robot.png"}

    post = zapier(node, "post", authData=connected, inputData=given | shown)["value"]

    assert (post["message"], post["user_id"]) == ("Version 2.4 is out", world.leo.user_id)
    assert post["props"] == {
        "from_webhook": "true",
        "override_username": "Release Robot",
        "override_icon_url": "https://zapier.example/robot.png",
        "from_oauth_app": "true",
    }


@pytest.mark.parametrize("permitted", [True, False])
def test_people_see_the_given_name_where_the_server_permits_it(
    node: Node, connected: Bundle, leo: Browser, town: Town, world: World, permitted: bool
) -> None:
    """Contract case 160; the APP mark and the person stay."""
    world.set(name_override=permitted)
    given = {"channel": town.square_id, "message": "Version 2.4 is out", "username": "Release Robot"}

    zapier(node, "post", authData=connected, inputData=given)

    text = leo.get("/channels/town-square").page.text
    assert "Version 2.4 is out" in text
    assert ("Release Robot APP" in text) is permitted
    assert "Zapier , for Leo Wong" in text


def test_five_permissions_are_enough(node: Node, leo: Browser, town: Town, world: World, repository: Path) -> None:
    """Docs/zapier.md: whoever does not want to give Zapier everything gives it these."""
    app = world.app(name="Zapier", redirect_uris=[CALLBACK], scope=ENOUGH)
    code = leo.decide(arrived(node, app, leo), "allow").answer["code"]
    authorized = typed(app) | connect(node, app, code)["value"]
    channel = zapier(node, "channels", authData=authorized)["value"][0]
    given = {"channel": channel["id"], "message": "Version 2.4 is out", "username": "Release Robot"}

    post = zapier(node, "post", authData=authorized, inputData=given)["value"]

    assert post["props"]["override_username"] == "Release Robot"
    assert zapier(node, "test", authData=authorized)["value"]["username"] == "leo"
    assert f"`{ENOUGH}`" in (repository / "docs" / "zapier.md").read_text()


def test_a_post_without_them_is_a_post_of_the_person(node: Node, connected: Bundle, town: Town) -> None:
    """Contract 2.14."""
    given = {"channel": town.square_id, "message": "Version 2.4 is out"}

    post = zapier(node, "post", authData=connected, inputData=given)["value"]

    assert api("GET", f"/posts/{post['id']}", connected["access_token"]).json["props"] == {"from_oauth_app": "true"}


def test_a_channel_the_person_is_not_in_is_refused_in_words(node: Node, connected: Bundle, town: Town) -> None:
    """Contract 2.13: Zapier shows what the server says."""
    given = {"channel": town.back_room_id, "message": "Version 2.4 is out"}

    outcome = json.loads(zapier(node, "post", authData=connected, inputData=given)["message"])

    assert (outcome["code"], outcome["status"]) == ("api.context.permissions.app_error", 403)
    assert outcome["message"]


def test_the_secret_is_never_in_an_address(node: Node, app: App) -> None:
    """DESIGN section 4: nothing secret in a query."""
    given = typed(app) | {"redirect_uri": CALLBACK, "state": "x"}

    assert app.secret not in zapier(node, "authorize", inputData=given)["value"]


def test_an_id_and_a_secret_are_typed_with_the_servers_address(repository: Path) -> None:
    """Else whoever connects could have the integration's own secret sent to a server of theirs."""
    sources = [path.read_text() for path in (repository / "examples" / "zapier").glob("*.js")]

    assert sources
    assert not any("process.env" in source for source in sources)
