"""What somebody allowed, over the API, and taking it back (contract 2.6, 2.7; cases 63 to 67, 83 to 87, 121 to 124)."""

from typing import Any

import pytest

from chalicelib.accounts import people
from local.server import Server
from tests.browser import Browser, api, call, exchange, me, refresh
from tests.make import App, World
from tests.web.api.bodies import UNKNOWN, refused
from tests.web.api.conftest import Callers


@pytest.fixture
def app(world: World) -> App:
    """An application of Maya's that knows no PKCE."""
    return world.app(pkce_exempt=True)


@pytest.fixture
def leos_code(app: App, world: World, server: Server, callers: Callers) -> str:
    """Leo allowed it; the code is not exchanged yet."""
    return Browser().holding(callers.leo).allow(app, code_challenge=None, code_challenge_method=None)


def exchanged(app: App, code: str) -> dict[str, Any]:
    """The tokens of a code."""
    answer = exchange(app, code, code_verifier=None)
    assert answer.status == 200, answer.text
    tokens: dict[str, Any] = answer.json
    return tokens


def deauthorize(session: str | None, client_id: Any) -> Any:
    """Take back what the caller allowed."""
    headers = {"Authorization": f"Bearer {session}"} if session else {}
    return call("POST", "/oauth/deauthorize", json={"client_id": client_id}, headers=headers)


def authorized(session: str | None, user_id: str = "me", query: str = "") -> Any:
    """Somebody's list."""
    return api("GET", f"/users/{user_id}/oauth/apps/authorized{query}", session)


def test_what_i_allowed_is_listed_without_secrets(callers: Callers, app: App, leos_code: str) -> None:
    """Contract case 63."""
    answer = authorized(callers.leo)
    assert [(each["id"], each["client_secret"]) for each in answer.json] == [(app.client_id, "")]
    assert app.secret not in answer.text


def test_my_own_id_is_as_good_as_me(callers: Callers, app: App, leos_code: str, world: World) -> None:
    """Contract 1.1: `me` stands for the caller."""
    assert authorized(callers.leo, world.leo.user_id).json == authorized(callers.leo).json


def test_even_the_creator_sees_no_secret_there(callers: Callers, app: App) -> None:
    """Contract 2.7: regardless of who asks."""
    Browser().holding(callers.maya).allow(app, code_challenge=None, code_challenge_method=None)
    assert [each["client_secret"] for each in authorized(callers.maya).json] == [""]


def test_a_trusted_application_that_was_used_is_listed_too(callers: Callers, world: World) -> None:
    """Contract 2.7 and 3.2."""
    trusted = world.app(trusted=True)
    assert authorized(callers.leo).json == []
    Browser().holding(callers.leo).allow(trusted)
    assert [each["id"] for each in authorized(callers.leo).json] == [trusted.client_id]


def test_a_member_cannot_list_another_persons(callers: Callers, world: World) -> None:
    """Contract case 64."""
    assert refused(authorized(callers.leo, world.ana.user_id)) == (403, "api.context.permissions.app_error")


def test_a_malformed_user_id_is_refused(callers: Callers) -> None:
    """Contract case 65."""
    assert refused(authorized(callers.leo, "junk")) == (400, "api.context.invalid_url_param.app_error")


def test_nobody_has_no_list(callers: Callers) -> None:
    """Contract case 66."""
    assert refused(authorized(None)) == (401, "api.context.session_expired.app_error")


def test_an_admin_lists_anybodys(callers: Callers, app: App, leos_code: str, world: World) -> None:
    """Contract case 67."""
    assert [each["id"] for each in authorized(callers.maya, world.leo.user_id).json] == [app.client_id]
    assert authorized(callers.maya).json == []


def test_an_admin_asking_for_somebody_who_is_not_there(callers: Callers) -> None:
    """Contract 2.7."""
    assert authorized(callers.maya, UNKNOWN).status == 404


def test_the_list_comes_in_pages(callers: Callers, app: App, leos_code: str) -> None:
    """Contract 2.7: `page` and `per_page`."""
    assert len(authorized(callers.leo, query="?per_page=1").json) == 1
    assert authorized(callers.leo, query="?page=1&per_page=1").json == []


def test_deauthorizing_takes_everything_back_from_this_person(callers: Callers, app: App, leos_code: str) -> None:
    """Contract cases 83 and 3.11: tokens, refresh token and list."""
    tokens = exchanged(app, leos_code)
    answer = deauthorize(callers.leo, app.client_id)
    assert (answer.status, answer.json) == (200, {"status": "OK"})
    assert authorized(callers.leo).json == []
    assert refused(me(tokens["access_token"])) == (401, "api.context.session_expired.app_error")
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"


@pytest.mark.parametrize("client_id", ["junk", "", None, 7, [], "A" * 26])
def test_deauthorizing_with_a_malformed_client_id_is_refused(client_id: Any, callers: Callers) -> None:
    """Contract case 84."""
    answer = deauthorize(callers.leo, client_id)
    assert refused(answer) == (400, "api.context.invalid_body_param.app_error")


def test_deauthorizing_what_was_never_allowed_or_is_not_there_is_fine(callers: Callers, app: App) -> None:
    """Contract case 85."""
    for client_id in (UNKNOWN, app.client_id):
        assert deauthorize(callers.leo, client_id).json == {"status": "OK"}


def test_nobody_cannot_deauthorize(callers: Callers, app: App) -> None:
    """Contract case 86."""
    assert refused(deauthorize(None, app.client_id)) == (401, "api.context.session_expired.app_error")


def test_a_code_from_before_deauthorizing_is_worth_nothing(callers: Callers, app: App, leos_code: str) -> None:
    """Contract case 87."""
    deauthorize(callers.leo, app.client_id)
    answer = exchange(app, leos_code, code_verifier=None)
    assert (answer.json["error"], answer.json["id"]) == (
        "invalid_grant",
        "api.oauth.get_access_token.expired_code.app_error",
    )


def test_one_persons_deauthorizing_leaves_another_persons_token_alone(
    callers: Callers, app: App, leos_code: str
) -> None:
    """Contract 3.11: only that user and that app."""
    anas_code = Browser().holding(callers.ana).allow(app, code_challenge=None, code_challenge_method=None)
    anas = exchanged(app, anas_code)
    deauthorize(callers.leo, app.client_id)
    assert me(anas["access_token"]).json["username"] == "ana"


def test_deleting_an_application_ends_its_live_tokens(callers: Callers, app: App, leos_code: str) -> None:
    """Contract case 122."""
    tokens = exchanged(app, leos_code)
    api("DELETE", f"/oauth/apps/{app.client_id}", callers.maya)
    assert me(tokens["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_client"
    assert authorized(callers.leo).json == []


def test_a_person_deactivated_between_code_and_exchange_gets_nothing(app: App, leos_code: str, world: World) -> None:
    """Contract case 123."""
    people.deactivate(world.user(world.leo.user_id), world.origin())
    answer = exchange(app, leos_code, code_verifier=None)
    assert (answer.status, answer.json["id"]) == (400, "api.oauth.get_access_token.expired_code.app_error")
    assert "access_token" not in answer.json


def test_logging_out_with_an_oauth_token_ends_its_authorization_but_not_the_consent(
    callers: Callers, app: App, leos_code: str
) -> None:
    """Contract 2.12 and case 121: a second time there is nothing to end, and logout is OK all the same."""
    tokens = exchanged(app, leos_code)
    for _ in range(2):
        answer = api("POST", "/users/logout", tokens["access_token"])
        assert (answer.status, answer.json) == (200, {"status": "OK"})
    assert me(tokens["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert [each["id"] for each in authorized(callers.leo).json] == [app.client_id]


def test_after_a_refresh_both_tokens_end_together(callers: Callers, app: App, leos_code: str) -> None:
    """Contract case 124 as DESIGN section 6 changes it: the old token lives until it expires or the access ends."""
    first = exchanged(app, leos_code)
    second = refresh(app, first["refresh_token"]).json
    assert me(first["access_token"]).status == me(second["access_token"]).status == 200
    deauthorize(callers.leo, app.client_id)
    assert me(first["access_token"]).status == me(second["access_token"]).status == 401
