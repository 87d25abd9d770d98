"""Who acts for a person, over the API: sign-ins, installs of applications, what they allowed (contract 1.6, 1.7)."""

from typing import Any

import pytest

from chalicelib.accounts import people
from chalicelib.credentials import parse_session
from chalicelib.oauth import access_tokens
from tests.browser import Answer, Browser, api, me, refresh
from tests.make import App, World
from tests.web.api.bodies import refused
from tests.web.api.conftest import Callers
from tests.web.api.people import BAD_BODY, BAD_URL, FORBIDDEN, NO_USER, OK, UNKNOWN, install, user_path

SESSION_FIELDS = {
    "id",
    "token",
    "create_at",
    "expires_at",
    "last_activity_at",
    "user_id",
    "device_id",
    "roles",
    "is_oauth",
    "expired_notify",
    "props",
    "team_members",
    "local",
}
NO_SESSION = (400, "app.session.get.app_error")
DAY = 24 * 3600


@pytest.fixture
def app(world: World) -> App:
    """An application of Maya's."""
    return world.app()


@pytest.fixture
def tokens(app: App, callers: Callers) -> dict[str, Any]:
    """The tokens of an application that Leo allowed."""
    return install(app, callers.leo)


def sessions(session: str, path: str = "/users/me") -> list[dict[str, Any]]:
    """The sessions of a person."""
    answer = api("GET", f"{path}/sessions", session)
    assert answer.status == 200, answer.text
    listed: list[dict[str, Any]] = answer.json
    return listed


def revoke(session: str, session_id: Any, path: str = "/users/me") -> Answer:
    """End one session."""
    return api("POST", f"{path}/sessions/revoke", session, {"session_id": session_id})


def id_of(token: str) -> str:
    """The id of the session or the authorization of a token."""
    located = parse_session(token)
    if located is not None:
        return located.row_id
    recognised = access_tokens.recognise(token)
    assert recognised is not None
    return recognised.claims.authorization_id


# --- the list -----------------------------------------------------------------------------------------------------


def test_a_sign_in_is_listed_without_its_token(callers: Callers, world: World) -> None:
    """Contract 1.7: tokens are blanked."""
    [session] = sessions(callers.leo)
    assert session == {
        "id": id_of(callers.leo),
        "token": "",
        "create_at": world.now,
        "expires_at": world.now + 30 * DAY * 1000,
        "last_activity_at": world.now,
        "user_id": world.leo.user_id,
        "device_id": "",
        "roles": "system_user",
        "is_oauth": False,
        "expired_notify": False,
        "props": {"platform": "", "os": "", "browser": "a test"},
        "team_members": [],
        "local": False,
    }
    assert session.keys() == SESSION_FIELDS


def test_an_install_of_an_application_is_a_session_to_mattermost(
    app: App, tokens: dict[str, Any], callers: Callers, world: World
) -> None:
    """Contract 1.7: `is_oauth`, and whose it is in the props."""
    listed = {session["is_oauth"]: session for session in sessions(callers.leo)}
    assert listed.keys() == {False, True}
    assert listed[True] == listed[False] | {
        "id": id_of(tokens["access_token"]),
        "is_oauth": True,
        "expires_at": world.now + 30 * DAY * 1000,
        "props": {
            "platform": "Standup Notes",
            "os": "OAuth2",
            "browser": "OAuth2",
            "oauth_app_id": app.client_id,
            "mattermost_app_id": "",
        },
    }


def test_nothing_in_a_list_lets_anybody_in(tokens: dict[str, Any], callers: Callers) -> None:
    """DESIGN section 3."""
    text = str(sessions(callers.leo))
    assert not [secret for secret in (callers.leo, *map(str, tokens.values())) if len(secret) > 20 and secret in text]
    assert "hash" not in text


def test_the_last_used_comes_first(callers: Callers, world: World) -> None:
    """Ux 6.14; sign-ins before installs."""
    first = callers.leo
    world.clock.shift(60)
    second = world.session(world.leo)
    world.clock.shift(60)
    older = install(world.app(), first)
    world.clock.shift(60)
    newer = install(world.app(), first)
    expected = [second, first, newer["access_token"], older["access_token"]]
    assert [session["id"] for session in sessions(second)] == [id_of(token) for token in expected]


def test_what_has_ended_is_not_listed(app: App, tokens: dict[str, Any], callers: Callers, world: World) -> None:
    """DESIGN section 2, alive: sign-outs, revocations, the provider switch."""
    other = world.session(world.leo)
    api("POST", "/users/logout", other)
    assert len(sessions(callers.leo)) == 2
    world.set(provider_on=False)
    assert [session["is_oauth"] for session in sessions(callers.leo)] == [False]
    world.set(provider_on=True)
    api("POST", "/users/logout", tokens["access_token"])
    assert [session["is_oauth"] for session in sessions(callers.leo)] == [False]


def test_a_code_that_waits_is_no_install_yet(app: App, callers: Callers, world: World) -> None:
    """DESIGN section 2: `pending` has no tokens."""
    Browser().holding(callers.leo).allow(app)
    assert [session["is_oauth"] for session in sessions(callers.leo)] == [False]


def test_a_system_admin_sees_the_sessions_of_anybody(tokens: dict[str, Any], callers: Callers, world: World) -> None:
    """Contract section 4: `edit_other_users`."""
    assert sessions(callers.maya, user_path(world, "leo")) == sessions(callers.leo)


# --- ending one ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["leo", "maya"])
def test_one_sign_in_is_ended_and_no_other(who: str, callers: Callers, world: World) -> None:
    """Contract 3.12; a System Admin ends anybody's."""
    other = world.session(world.leo)
    assert revoke(getattr(callers, who), id_of(other), user_path(world, "leo")).json == OK
    assert [me(other).status, me(callers.leo).status] == [401, 200]


@pytest.mark.parametrize("who", ["leo", "maya"])
def test_one_install_is_ended_with_all_its_tokens_and_no_other(
    who: str, app: App, tokens: dict[str, Any], callers: Callers, world: World
) -> None:
    """Contract 3.12: the grant includes the refresh token; the consent stays."""
    other = install(app, callers.leo)
    assert revoke(getattr(callers, who), id_of(tokens["access_token"]), user_path(world, "leo")).json == OK
    assert [me(tokens["access_token"]).status, me(other["access_token"]).status] == [401, 200]
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert [entry["name"] for entry in api("GET", "/users/me/preferences", callers.leo).json] == [app.client_id]


def test_ending_what_has_ended_is_ok_for_an_install_and_unknown_for_a_sign_in(
    tokens: dict[str, Any], callers: Callers, world: World
) -> None:
    """An ended authorization stays for its refresh tokens' sake; a session is gone."""
    other = world.session(world.leo)
    revoke(callers.leo, id_of(other))
    assert refused(revoke(callers.leo, id_of(other))) == NO_SESSION
    assert revoke(callers.leo, id_of(tokens["access_token"])).json == OK
    assert revoke(callers.leo, id_of(tokens["access_token"])).json == OK


def test_a_session_of_somebody_else_is_not_there(callers: Callers, world: World) -> None:
    """DESIGN section 1: the key has both ids."""
    anas = id_of(callers.ana)
    assert refused(revoke(callers.leo, anas)) == NO_SESSION
    assert refused(revoke(callers.maya, anas, user_path(world, "leo"))) == NO_SESSION
    assert refused(revoke(callers.leo, anas, user_path(world, "ana"))) == FORBIDDEN
    assert me(callers.ana).status == 200


@pytest.mark.parametrize("session_id", [None, "", "junk", 7, ["x"], {}])
def test_what_is_no_session_id_is_refused(session_id: Any, callers: Callers) -> None:
    """Contract 1.1."""
    assert refused(revoke(callers.leo, session_id)) == BAD_BODY


# --- ending all ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["leo", "maya"])
def test_all_are_ended_at_once_installs_too(
    who: str, app: App, tokens: dict[str, Any], callers: Callers, world: World
) -> None:
    """Contract 3.12: "revoke all" deletes the grants including refresh tokens; the caller's own session goes too."""
    answer = api("POST", user_path(world, "leo", "/sessions/revoke/all"), getattr(callers, who))
    assert (answer.status, answer.json) == (200, OK)
    assert [me(callers.leo).status, me(tokens["access_token"]).status] == [401, 401]
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"
    leo = world.session(world.user(world.leo.user_id))
    assert [session["id"] for session in sessions(leo)] == [id_of(leo)]
    assert api("GET", "/users/me/preferences", leo).json == []


# --- preferences --------------------------------------------------------------------------------------------------


def test_what_somebody_allowed_is_a_preference(app: App, callers: Callers, world: World) -> None:
    """Contract 1.6: category `oauth_app`, name the client id, value the scope."""
    assert api("GET", "/users/me/preferences", callers.leo).json == []
    install(app, callers.leo)
    answer = api("GET", "/users/me/preferences", callers.leo)
    entry = {"user_id": world.leo.user_id, "category": "oauth_app", "name": app.client_id, "value": "user"}
    assert (answer.status, answer.json) == (200, [entry])
    assert api("GET", user_path(world, "leo", "/preferences"), callers.maya).json == [entry]


def test_what_was_taken_back_is_none(app: App, callers: Callers, world: World) -> None:
    """Contract 3.11."""
    install(app, callers.leo)
    people.revoke_all_apps(world.leo, world.origin())
    assert api("GET", "/users/me/preferences", callers.leo).json == []


# --- who may ------------------------------------------------------------------------------------------------------


ROUTES = [
    ("GET", "/sessions", None),
    ("POST", "/sessions/revoke", {"session_id": UNKNOWN}),
    ("POST", "/sessions/revoke/all", None),
    ("GET", "/preferences", None),
]


@pytest.mark.parametrize(("method", "rest", "body"), ROUTES)
def test_nobody_looks_into_somebody_elses(method: str, rest: str, body: Any, callers: Callers, world: World) -> None:
    """Contract section 4; nor do they learn who is there."""
    assert refused(api(method, user_path(world, "ana", rest), callers.leo, body)) == FORBIDDEN
    assert refused(api(method, f"/users/{UNKNOWN}{rest}", callers.leo, body)) == FORBIDDEN
    assert refused(api(method, f"/users/{UNKNOWN}{rest}", callers.maya, body)) == NO_USER
    assert refused(api(method, f"/users/junk{rest}", callers.leo, body)) == BAD_URL
    assert me(callers.ana).status == 200


@pytest.mark.parametrize(("method", "rest", "body"), ROUTES)
def test_an_oauth_token_sees_and_ends_none(
    method: str, rest: str, body: Any, tokens: dict[str, Any], callers: Callers, world: World
) -> None:
    """DESIGN section 4: account security is never open to an OAuth token."""
    assert refused(api(method, f"/users/me{rest}", tokens["access_token"], body)) == FORBIDDEN
    assert me(callers.leo).status == 200
