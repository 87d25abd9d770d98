"""The Python driver for Mattermost's API, unmodified: by password, by session, and with a token that Authlib obtained.

Contract 2.1 to 2.7, 2.12 and 2.13.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from authlib.integrations.requests_client import OAuth2Session
from mattermostautodriver import TypedDriver
from mattermostautodriver.exceptions import NoAccessTokenProvided, NotEnoughPermissions, ResourceNotFound

from chalicelib import config
from tests.browser import Browser, exchange, me
from tests.clients.conftest import Town
from tests.make import CALLBACK, PASSWORD, SECOND_CALLBACK, VERIFIER, App, World

NEW_APP: dict[str, Any] = {
    "name": "Zapier",
    "description": "Zapier integrations",
    "homepage": "https://zapier.com/",
    "icon_url": "",
    "callback_urls": [CALLBACK, SECOND_CALLBACK],
    "is_trusted": False,
}
Drivers = Iterator[TypedDriver]


def driver(**credentials: str) -> TypedDriver:
    """The driver for this server, as its own documentation makes it."""
    here = {"scheme": "http", "url": "localhost", "port": config.current().port}
    return TypedDriver(here | credentials)


@pytest.fixture
def maya(browser: Browser, world: World) -> Drivers:
    """The System Admin's driver, holding a session."""
    with driver(token=world.session(world.maya)) as made:
        made.login()
        yield made


@pytest.fixture
def leo(browser: Browser, world: World) -> Drivers:
    """A member's driver, holding a session."""
    with driver(token=world.session(world.leo)) as made:
        made.login()
        yield made


@pytest.fixture
def app(maya: TypedDriver) -> dict[str, Any]:
    """An application that the driver registered."""
    made: dict[str, Any] = maya.o_auth.create_o_auth_app(**NEW_APP)
    return made


def allowed(leo: TypedDriver, app: dict[str, Any]) -> str:
    """Let the driver answer Allow, as Mattermost's consent page does; give the access token of the application."""
    request = {"client_id": app["id"], "response_type": "code", "redirect_uri": CALLBACK, "state": "a state"}
    answer = leo.client.post("/oauth/authorize", options=request)
    code = answer["redirect"].partition("code=")[2].partition("&")[0]
    tokens = exchange(App(app["id"], app["client_secret"], CALLBACK), code, code_verifier=None).json
    return str(tokens["access_token"])


# --- signing in and out -----------------------------------------------------------------------------------------


def test_it_signs_in_with_a_password_and_out_again(browser: Browser, world: World) -> None:
    """Contract 2.12: the `Token` header; afterwards the session is gone."""
    with driver(login_id="leo", password=PASSWORD) as leo:
        assert leo.login()["id"] == leo.client.userid == world.leo.user_id
        session = leo.client.token

        assert leo.logout() == {"status": "OK"}

    assert me(session).status == 401


def test_it_hears_that_a_password_is_wrong(browser: Browser) -> None:
    """Contract 2.12."""
    with driver(login_id="leo", password="not the password") as leo, pytest.raises(NoAccessTokenProvided) as refusal:
        leo.login()

    assert refusal.value.error_id == "api.user.login.invalid_credentials_email_username"


# --- applications -----------------------------------------------------------------------------------------------


def test_it_registers_an_application(app: dict[str, Any], world: World) -> None:
    """Contract 2.1: the answer holds the secret."""
    assert {name: app[name] for name in NEW_APP} == NEW_APP
    assert app["creator_id"] == world.maya.user_id
    assert app["client_secret"].startswith("gps_")


def test_it_registers_a_public_client(maya: TypedDriver) -> None:
    """Contract case 9."""
    made = maya.o_auth.create_o_auth_app(**NEW_APP, is_public=True)

    assert (made["client_secret"], made["is_public"]) == ("", True)


def test_it_lists_and_reads_applications_without_their_secrets(maya: TypedDriver, app: dict[str, Any]) -> None:
    """Contract 2.2."""
    shown = app | {"client_secret": ""}

    assert maya.o_auth.get_o_auth_apps(page=0, per_page=10) == [shown]
    assert maya.o_auth.get_o_auth_app(app["id"]) == shown


def test_a_members_driver_reads_what_an_application_is(leo: TypedDriver, app: dict[str, Any]) -> None:
    """Contract 2.2: anybody with an account may see it, nobody the secret."""
    assert leo.o_auth.get_o_auth_app_info(app["id"]) == app | {"client_secret": ""}


def test_it_edits_an_application(maya: TypedDriver, app: dict[str, Any]) -> None:
    """Contract 2.3."""
    edited = maya.o_auth.update_o_auth_app(app["id"], id=app["id"], **NEW_APP | {"name": "Zaps", "is_trusted": True})

    assert (edited["name"], edited["is_trusted"]) == ("Zaps", True)
    assert maya.o_auth.get_o_auth_app(app["id"]) == edited


def test_it_regenerates_a_secret_and_the_new_one_works(maya: TypedDriver, app: dict[str, Any]) -> None:
    """Contract 2.4 and 3.9."""
    fresh = maya.o_auth.regenerate_o_auth_app_secret(app["id"])

    assert fresh["client_secret"] != app["client_secret"]
    assert me(allowed(maya, fresh)).json["username"] == "maya"


def test_it_deletes_an_application(maya: TypedDriver, app: dict[str, Any]) -> None:
    """Contract 2.3."""
    assert maya.o_auth.delete_o_auth_app(app["id"]) == {"status": "OK"}

    with pytest.raises(ResourceNotFound) as refusal:
        maya.o_auth.get_o_auth_app(app["id"])
    assert refusal.value.error_id == "app.oauth.get_app.find.app_error"


def test_a_members_driver_is_refused_in_words_it_understands(leo: TypedDriver, app: dict[str, Any]) -> None:
    """Contract section 4."""
    with pytest.raises(NotEnoughPermissions) as refusal:
        leo.o_auth.delete_o_auth_app(app["id"])

    assert refusal.value.error_id == "api.context.permissions.app_error"


# --- allowing and taking back -----------------------------------------------------------------------------------


def test_it_allows_an_application_and_lists_it(leo: TypedDriver, app: dict[str, Any]) -> None:
    """Contract 2.5 and 2.7: the JSON form of the authorization endpoint."""
    token = allowed(leo, app)

    assert me(token).json["username"] == "leo"
    held = leo.o_auth.get_authorized_o_auth_apps_for_user("me")
    assert held == [app | {"client_secret": ""}]


def test_it_takes_the_permission_back_and_the_tokens_stop(leo: TypedDriver, app: dict[str, Any]) -> None:
    """Contract 2.6 and 3.11."""
    token = allowed(leo, app)

    assert leo.client.post("/oauth/deauthorize", options={"client_id": app["id"]}) == {"status": "OK"}

    assert leo.o_auth.get_authorized_o_auth_apps_for_user(leo.client.userid) == []
    assert me(token).status == 401


# --- with a token that Authlib obtained -------------------------------------------------------------------------


@pytest.fixture
def by_token(browser: Browser, world: World) -> Drivers:
    """Leo's driver, holding an access token that Authlib obtained in the browser's flow."""
    app, url = world.app(), config.current().url
    with OAuth2Session(app.client_id, app.secret, redirect_uri=CALLBACK, code_challenge_method="S256") as session:
        address, state = session.create_authorization_url(url("/oauth/authorize"), code_verifier=VERIFIER)
        person = browser.holding(world.session(world.leo))
        arrived = person.decide(person.get(address), "allow").goes_to
        token = session.fetch_token(
            url("/oauth/access_token"), authorization_response=arrived, state=state, code_verifier=VERIFIER
        )
    with driver(token=token["access_token"]) as made:
        made.login()
        yield made


def test_it_is_the_person_whose_token_it_holds(by_token: TypedDriver) -> None:
    """The driver's own sign-in with a token: it asks who it is."""
    assert by_token.users.get_user("me")["username"] == by_token.client.username == "leo"


def test_a_token_manages_no_applications(by_token: TypedDriver) -> None:
    """DESIGN section 6: closed to OAuth tokens, on purpose."""
    with pytest.raises(NotEnoughPermissions):
        by_token.o_auth.create_o_auth_app(**NEW_APP)


def test_signing_out_with_a_token_ends_the_authorization(by_token: TypedDriver) -> None:
    """Contract 2.12."""
    token = by_token.client.token

    by_token.logout()

    assert me(token).status == 401


# --- teams, channels and posts ----------------------------------------------------------------------------------


@pytest.fixture(params=["leo", "by_token"], ids=["session", "OAuth token"])
def either(request: pytest.FixtureRequest) -> TypedDriver:
    """Leo's driver, with his session or with the token."""
    made: TypedDriver = request.getfixturevalue(request.param)
    return made


def test_it_finds_teams_and_channels(either: TypedDriver, town: Town) -> None:
    """Contract 2.13: by list, by id and by name."""
    team = either.teams.get_teams_for_user("me")[0]
    channel = either.channels.get_channels_for_team_for_user("me", town.team_id)[0]

    assert (team["id"], team["name"], team["type"]) == (town.team_id, "gatepost", "O")
    assert (channel["id"], channel["name"], channel["type"]) == (town.square_id, "town-square", "O")
    assert either.teams.get_team(town.team_id) == either.teams.get_team_by_name("gatepost") == team
    by_name = either.channels.get_channel_by_name(town.team_id, "town-square")
    assert either.channels.get_channel(town.square_id) == by_name == channel


def test_it_posts_and_reads_what_it_posted(either: TypedDriver, town: Town, world: World) -> None:
    """Contract 2.13."""
    post = either.posts.create_post(channel_id=town.square_id, message="Hello")

    assert (post["user_id"], post["channel_id"], post["message"]) == (world.leo.user_id, town.square_id, "Hello")
    assert either.posts.get_post(post["id"]) == post
    assert either.posts.get_posts_for_channel(town.square_id)["posts"] == {post["id"]: post}


def test_it_changes_and_deletes_its_post(either: TypedDriver, town: Town) -> None:
    """Contract 2.13."""
    post = either.posts.create_post(channel_id=town.square_id, message="Hello")

    assert either.posts.patch_post(post["id"], message="Good bye")["message"] == "Good bye"

    assert either.posts.delete_post(post["id"]) == {"status": "OK"}
    assert either.posts.get_posts_for_channel(town.square_id)["order"] == []


def test_it_posts_nowhere_the_person_is_not(either: TypedDriver, town: Town) -> None:
    """Contract 3.13: Leo is not in the back room."""
    with pytest.raises(NotEnoughPermissions) as refusal:
        either.posts.create_post(channel_id=town.back_room_id, message="Hello")

    assert refusal.value.error_id == "api.context.permissions.app_error"


def test_a_post_by_token_says_so(by_token: TypedDriver, town: Town) -> None:
    """Contract 2.14: `from_oauth_app`, and the props as they were sent."""
    props = {"from_webhook": "true", "override_username": "Release Robot"}

    post = by_token.posts.create_post(channel_id=town.square_id, message="Hello", props=props)

    assert by_token.posts.get_post(post["id"])["props"] == props | {"from_oauth_app": "true"}
