"""Mattermost's own JavaScript client, unmodified: every method that an OAuth application platform answers.

Contract 2.1 to 2.8, 2.12 and 2.13; the client sends `Authorization: BEARER` and `X-Requested-With`.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib import config
from tests.browser import Browser, exchange, me
from tests.clients.conftest import Town
from tests.clients.scripts import run
from tests.make import CALLBACK, CHALLENGE, PASSWORD, SECOND_CALLBACK, App, World
from tools.node import Node

NEW_APP: dict[str, Any] = {
    "name": "Zapier",
    "description": "Zapier integrations",
    "homepage": "https://zapier.com/",
    "icon_url": "",
    "callback_urls": [CALLBACK, SECOND_CALLBACK],
    "is_trusted": False,
}
FORBIDDEN = [403, "api.context.permissions.app_error"]


class Refused(Exception):
    """What `ClientError` says: the status and Mattermost's error id."""

    def __init__(self, why: list[int | str]) -> None:
        super().__init__(*why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Client4:
    """Mattermost's client, holding somebody's token."""

    node: Node
    token: str = ""

    def __call__(self, method: str, *values: Any) -> Any:
        """Call one method, and give what it gave."""
        given = {"url": config.current().issuer, "token": self.token, "calls": [[method, *values]]}
        outcome = run(self.node, "mattermost_client.js", given)["outcomes"][0]
        if "refused" in outcome:
            raise Refused(outcome["refused"])
        return outcome["value"]


@pytest.fixture
def maya(node: Node, browser: Browser, world: World) -> Client4:
    """The System Admin's client."""
    return Client4(node, world.session(world.maya))


@pytest.fixture
def leo(node: Node, browser: Browser, world: World) -> Client4:
    """A member's client."""
    return Client4(node, world.session(world.leo))


@pytest.fixture
def app(maya: Client4) -> dict[str, Any]:
    """An application that the client registered."""
    made: dict[str, Any] = maya("createOAuthApp", NEW_APP)
    return made


def authorized(client: Client4, app: dict[str, Any], *proof: str) -> dict[str, str]:
    """Let the client answer Allow, as Mattermost's consent page does, and swap the code."""
    answer = client("authorizeOAuthApp", "code", app["id"], CALLBACK, "a state", "user", *proof)
    code = answer["redirect"].partition("code=")[2].partition("&")[0]
    verifier: dict[str, str | None] = {} if proof else {"code_verifier": None}
    tokens: dict[str, str] = exchange(App(app["id"], app["client_secret"], CALLBACK), code, **verifier).json
    return tokens


# --- signing in and out -----------------------------------------------------------------------------------------


def test_it_signs_in_and_takes_its_token_from_the_header(node: Node, browser: Browser) -> None:
    """Contract 2.12: the `Token` header."""
    calls = [["login", "leo", PASSWORD], ["getMe"]]

    said = run(node, "mattermost_client.js", {"url": config.current().issuer, "token": "", "calls": calls})

    assert [outcome["value"]["username"] for outcome in said["outcomes"]] == ["leo", "leo"]
    assert said["token"].startswith("gpn_")


def test_it_hears_that_a_password_is_wrong(node: Node, browser: Browser) -> None:
    """Contract 2.12."""
    with pytest.raises(Refused) as refusal:
        Client4(node)("login", "leo", "not the password")

    assert refusal.value.why == [401, "api.user.login.invalid_credentials_email_username"]


def test_it_signs_out(leo: Client4) -> None:
    """Contract 2.12: the session is gone."""
    leo("logout")

    with pytest.raises(Refused) as refusal:
        leo("getMe")
    assert refusal.value.why == [401, "api.context.session_expired.app_error"]


def test_it_reads_the_configuration_and_the_licence(leo: Client4) -> None:
    """Contract 2.12: both are asked for with `format=old`."""
    assert leo("getClientConfig")["EnableOAuthServiceProvider"] == "true"
    assert leo("getClientLicenseOld") == {"IsLicensed": "false"}


def test_it_changes_a_setting_and_the_change_counts_at_once(maya: Client4, world: World) -> None:
    """Contract 2.12 and case 150."""
    changed = maya("patchConfig", {"ServiceSettings": {"EnableOAuthServiceProvider": False}})

    assert changed["ServiceSettings"]["EnableOAuthServiceProvider"] is False
    with pytest.raises(Refused) as refusal:
        maya("createOAuthApp", NEW_APP)
    assert refusal.value.why == [501, "api.oauth.register_oauth_app.turn_off.app_error"]


def test_it_sends_a_whole_configuration_back(maya: Client4, world: World) -> None:
    """Contract 2.12: what was read is accepted as it is."""
    held = maya("getConfig")

    assert maya("updateConfig", held) == held


# --- applications -----------------------------------------------------------------------------------------------


def test_it_registers_an_application(app: dict[str, Any], world: World) -> None:
    """Contract 2.1: the answer holds the secret."""
    assert {name: app[name] for name in NEW_APP} == NEW_APP
    assert app["creator_id"] == world.maya.user_id
    assert app["client_secret"].startswith("gps_")


def test_it_lists_and_reads_applications_without_their_secrets(maya: Client4, app: dict[str, Any]) -> None:
    """Contract 2.2."""
    shown = app | {"client_secret": ""}

    assert maya("getOAuthApps") == [shown]
    assert maya("getOAuthApp", app["id"]) == shown


def test_a_members_client_reads_what_an_application_is(leo: Client4, app: dict[str, Any]) -> None:
    """Contract 2.2: anybody with an account may see it, nobody the secret."""
    assert leo("getOAuthAppInfo", app["id"]) == app | {"client_secret": ""}


def test_it_edits_an_application_by_sending_back_what_it_read(maya: Client4, app: dict[str, Any], world: World) -> None:
    """Contract 2.3: a full replacement, with members that are not the caller's to set."""
    read = maya("getOAuthApp", app["id"])
    world.clock.shift(1)

    edited = maya("editOAuthApp", read | {"name": "Zaps", "is_trusted": True, "callback_urls": [SECOND_CALLBACK]})

    changed = {"name": "Zaps", "is_trusted": True, "callback_urls": [SECOND_CALLBACK]}
    assert edited == read | changed | {"update_at": read["update_at"] + 1000}


def test_it_regenerates_a_secret_and_the_new_one_works(maya: Client4, app: dict[str, Any]) -> None:
    """Contract 2.4 and 3.9."""
    fresh = maya("regenOAuthAppSecret", app["id"])

    assert fresh["client_secret"] != app["client_secret"]
    assert authorized(maya, fresh)["access_token"]


def test_it_deletes_an_application(maya: Client4, app: dict[str, Any]) -> None:
    """Contract 2.3."""
    assert maya("deleteOAuthApp", app["id"]) == {"status": "OK"}

    with pytest.raises(Refused) as refusal:
        maya("getOAuthApp", app["id"])
    assert refusal.value.why == [404, "app.oauth.get_app.find.app_error"]


@pytest.mark.parametrize("method", ["getOAuthApp", "deleteOAuthApp", "regenOAuthAppSecret"])
def test_a_members_client_is_refused_in_words_it_understands(method: str, leo: Client4, app: dict[str, Any]) -> None:
    """Contract section 4."""
    with pytest.raises(Refused) as refusal:
        leo(method, app["id"])

    assert refusal.value.why == FORBIDDEN


def test_a_members_client_is_refused_the_list(leo: Client4) -> None:
    """Contract 2.2: not the usual permission id."""
    with pytest.raises(Refused) as refusal:
        leo("getOAuthApps")

    assert refusal.value.why == [403, "api.command.admin_only.app_error"]


# --- allowing and taking back -----------------------------------------------------------------------------------


@pytest.mark.parametrize("proof", [(), ("", CHALLENGE, "S256")], ids=["without PKCE", "with PKCE"])
def test_it_allows_an_application_as_mattermosts_page_does(
    leo: Client4, app: dict[str, Any], proof: tuple[str, ...]
) -> None:
    """Contract 2.5: the JSON form of the authorization endpoint."""
    assert me(authorized(leo, app, *proof)["access_token"]).json["username"] == "leo"


def test_it_lists_what_somebody_allowed(leo: Client4, app: dict[str, Any], world: World) -> None:
    """Contract 2.7."""
    authorized(leo, app)

    assert leo("getAuthorizedOAuthApps", world.leo.user_id) == [app | {"client_secret": ""}]


def test_it_takes_the_permission_back_and_the_tokens_stop(leo: Client4, app: dict[str, Any], world: World) -> None:
    """Contract 2.6 and 3.11."""
    token = authorized(leo, app)["access_token"]

    assert leo("deauthorizeOAuthApp", app["id"]) == {"status": "OK"}

    assert leo("getAuthorizedOAuthApps", world.leo.user_id) == []
    assert me(token).status == 401


# --- teams, channels and posts ----------------------------------------------------------------------------------


@pytest.fixture(params=["session", "OAuth token"])
def either(request: pytest.FixtureRequest, leo: Client4, maya: Client4) -> Client4:
    """Leo's client, with his session, or with a token he allowed an application to have."""
    if request.param == "session":
        return leo
    return Client4(leo.node, authorized(leo, maya("createOAuthApp", NEW_APP))["access_token"])


def test_it_finds_teams_and_channels(either: Client4, town: Town) -> None:
    """Contract 2.13: by list, by id and by name."""
    team, channel = either("getMyTeams")[0], either("getMyChannels", town.team_id)[0]

    assert (team["id"], team["name"], team["display_name"]) == (town.team_id, "gatepost", "Gatepost")
    assert (channel["id"], channel["name"], channel["type"]) == (town.square_id, "town-square", "O")
    assert either("getTeam", town.team_id) == either("getTeamByName", "gatepost") == team
    assert either("getChannel", town.square_id) == either("getChannelByName", town.team_id, "town-square") == channel


def test_it_posts_and_reads_what_it_posted(either: Client4, town: Town, world: World) -> None:
    """Contract 2.13."""
    post = either("createPost", {"channel_id": town.square_id, "message": "Hello"})

    assert (post["user_id"], post["channel_id"], post["message"]) == (world.leo.user_id, town.square_id, "Hello")
    assert either("getPost", post["id"]) == post
    assert either("getPosts", town.square_id)["order"] == [post["id"]]
    assert either("getPosts", town.square_id)["posts"] == {post["id"]: post}


def test_it_changes_and_deletes_its_post(either: Client4, town: Town) -> None:
    """Contract 2.13."""
    post = either("createPost", {"channel_id": town.square_id, "message": "Hello"})

    assert either("patchPost", {"id": post["id"], "message": "Good bye"})["message"] == "Good bye"

    assert either("deletePost", post["id"]) == {"status": "OK"}
    assert either("getPosts", town.square_id)["order"] == []


def test_a_token_acts_as_the_person_and_no_more(either: Client4, town: Town) -> None:
    """Contract 3.13: Leo is not in the back room."""
    with pytest.raises(Refused) as refusal:
        either("createPost", {"channel_id": town.back_room_id, "message": "Hello"})

    assert refusal.value.why == FORBIDDEN


def test_a_post_by_token_says_so(leo: Client4, maya: Client4, town: Town) -> None:
    """Contract 2.14: `from_oauth_app`, and the props as they were sent."""
    client = Client4(leo.node, authorized(leo, maya("createOAuthApp", NEW_APP))["access_token"])
    props = {"from_webhook": "true", "override_username": "Release Robot"}

    post = client("createPost", {"channel_id": town.square_id, "message": "Hello", "props": props})

    assert post["props"].items() >= (props | {"from_oauth_app": "true"}).items()
