"""GET of applications: list, one, info (contract 2.2; cases 21 to 42)."""

import pytest

from tests.browser import api
from tests.make import App, World
from tests.web.api.bodies import APPS, OAUTH_APP_FIELDS, UNKNOWN, refused
from tests.web.api.conftest import Callers


@pytest.fixture
def mayas(world: World) -> App:
    """An application of the System Admin's."""
    return world.app(world.maya, name="Maya's")


@pytest.fixture
def leos(world: World, mayas: App) -> App:
    """An application of a member's, registered after Maya's; the members' permission is on."""
    world.set(admins_only=False)
    return world.app(world.leo, name="Leo's")


def ids(session: str, query: str = "") -> list[str]:
    """The ids of the applications somebody's list shows."""
    answer = api("GET", f"{APPS}{query}", session)
    assert answer.status == 200, answer.text
    return [app["id"] for app in answer.json]


def test_an_admin_lists_everybodys_oldest_first(callers: Callers, mayas: App, world: World) -> None:
    """Contract case 21; ours: in the order they were made."""
    world.clock.shift(1)
    world.set(admins_only=False)
    leos = world.app(world.leo)
    assert ids(callers.maya, "?page=0&per_page=1000") == [mayas.client_id, leos.client_id]


def test_an_admin_pages_through_the_list(callers: Callers, leos: App) -> None:
    """Contract case 22."""
    assert len(ids(callers.maya, "?page=1&per_page=1")) == 1


@pytest.mark.parametrize("query", ["?per_page=0", "?per_page=-1", "?per_page=x", "?page=-1", "?page=x", "?page=²"])
def test_a_page_that_is_no_number_counts_as_not_asked(query: str, callers: Callers, leos: App) -> None:
    """Contract 1.1."""
    assert len(ids(callers.maya, query)) == 2


def test_a_page_after_the_last_is_an_empty_list(callers: Callers, leos: App) -> None:
    """Contract 2.2: empty is `[]`."""
    assert ids(callers.maya, "?page=7") == []


def test_a_member_lists_only_their_own(callers: Callers, leos: App) -> None:
    """Contract case 23."""
    assert ids(callers.leo) == [leos.client_id]
    assert ids(callers.ana) == []


def test_a_member_without_the_permission_cannot_list(callers: Callers) -> None:
    """Contract case 24: not the usual permission id."""
    assert refused(api("GET", APPS, callers.leo)) == (403, "api.command.admin_only.app_error")


def test_nobody_cannot_list(callers: Callers) -> None:
    """Contract case 25."""
    assert refused(api("GET", APPS)) == (401, "api.context.session_expired.app_error")


def test_with_the_provider_off_there_is_no_list(callers: Callers, world: World) -> None:
    """Contract case 26."""
    world.set(provider_on=False)
    assert refused(api("GET", APPS, callers.maya)) == (501, "api.oauth.allow_oauth.turn_off.app_error")


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/info"])
def test_a_secret_is_never_shown_again(path: str, callers: Callers, mayas: App) -> None:
    """Contract cases 27, 28 and 36 as DESIGN section 6 changes them: `client_secret` is blank on every later read."""
    answer = api("GET", APPS + path.format(id=mayas.client_id), callers.maya)
    app = answer.json[0] if path == "" else answer.json
    assert app.keys() == OAUTH_APP_FIELDS
    assert (app["id"], app["client_secret"], app["is_public"]) == (mayas.client_id, "", False)
    assert mayas.secret not in answer.text


def test_an_admin_gets_a_members_application(callers: Callers, leos: App) -> None:
    """Contract case 28."""
    assert api("GET", f"{APPS}/{leos.client_id}", callers.maya).json["name"] == "Leo's"


def test_a_member_gets_their_own(callers: Callers, leos: App) -> None:
    """Contract case 29."""
    assert api("GET", f"{APPS}/{leos.client_id}", callers.leo).status == 200


def test_a_member_does_not_get_somebody_elses(callers: Callers, mayas: App, leos: App) -> None:
    """Contract case 30."""
    answer = api("GET", f"{APPS}/{mayas.client_id}", callers.leo)
    assert refused(answer) == (403, "api.context.permissions.app_error")


def test_a_member_without_the_permission_does_not_even_get_their_own(callers: Callers, leos: App, world: World) -> None:
    """Contract case 31."""
    world.set(admins_only=True)
    answer = api("GET", f"{APPS}/{leos.client_id}", callers.leo)
    assert refused(answer) == (403, "api.context.permissions.app_error")


@pytest.mark.parametrize("path", ["", "/info"])
@pytest.mark.parametrize(
    ("app_id", "expected"),
    [
        ("junk", (400, "api.context.invalid_url_param.app_error")),
        ("A" * 26, (400, "api.context.invalid_url_param.app_error")),
        (UNKNOWN, (404, "app.oauth.get_app.find.app_error")),
    ],
)
def test_an_id_that_is_malformed_or_unknown(
    path: str, app_id: str, expected: tuple[int, str], callers: Callers
) -> None:
    """Contract cases 33, 34, 40, 41."""
    assert refused(api("GET", f"{APPS}/{app_id}{path}", callers.maya)) == expected


def test_an_unknown_application_is_404_even_for_who_would_be_refused(callers: Callers, members_may: None) -> None:
    """Contract 2.2: ownership is checked after the look-up."""
    assert api("GET", f"{APPS}/{UNKNOWN}", callers.leo).status == 404


@pytest.mark.parametrize("path", ["", "/info"])
def test_nobody_gets_nothing(path: str, callers: Callers, mayas: App) -> None:
    """Contract cases 32 and 39."""
    answer = api("GET", f"{APPS}/{mayas.client_id}{path}")
    assert refused(answer) == (401, "api.context.session_expired.app_error")


@pytest.mark.parametrize("path", ["", "/info"])
def test_with_the_provider_off_there_is_nothing_to_get(path: str, callers: Callers, mayas: App, world: World) -> None:
    """Contract cases 35 and 42."""
    world.set(provider_on=False)
    answer = api("GET", f"{APPS}/{mayas.client_id}{path}", callers.maya)
    assert refused(answer) == (501, "api.oauth.allow_oauth.turn_off.app_error")


@pytest.mark.parametrize("admins_only", [True, False])
def test_everybody_with_an_account_sees_the_info_of_any(
    admins_only: bool, callers: Callers, mayas: App, leos: App, world: World
) -> None:
    """Contract cases 36, 37 and 38: no permission is asked for."""
    world.set(admins_only=admins_only)
    seen = [api("GET", f"{APPS}/{app.client_id}/info", callers.leo).json["name"] for app in (mayas, leos)]
    assert seen == ["Maya's", "Leo's"]


def test_reading_is_never_cached_and_carries_the_contracts_headers(callers: Callers, mayas: App) -> None:
    """Contract 1.1; DESIGN section 6: stricter cache headers."""
    headers = api("GET", f"{APPS}/{mayas.client_id}", callers.maya).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert len(headers["X-Request-Id"]) == 26
