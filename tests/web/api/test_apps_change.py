"""PUT, DELETE and regen_secret of an application (contract 2.3, 2.4; cases 10 to 20 and 43 to 62)."""

from typing import Any

import pytest

from chalicelib.credentials import fingerprint
from tests.browser import api, call
from tests.make import CALLBACK, SECOND_CALLBACK, World
from tests.web.api.bodies import APPS, UNKNOWN, created, refused, update
from tests.web.api.conftest import Callers

CHANGES: dict[str, Any] = {
    "name": "Standup 2",
    "is_trusted": True,
    "icon_url": "https://two.example.net/icon.png",
    "homepage": "https://two.example.net/",
    "description": "Another one",
    "callback_urls": [SECOND_CALLBACK, "https://two.example.net/callback", CALLBACK],
    "mattermost_app_id": "abc",
}
Json = dict[str, Any]


@pytest.fixture
def mayas(callers: Callers) -> Json:
    """An application of the System Admin's."""
    return created(callers.maya)


@pytest.fixture
def leos(callers: Callers, members_may: None) -> Json:
    """An application of a member's, while members may."""
    return created(callers.leo)


def changed(method: str, path: str, session: str | None, app: Json) -> Any:
    """Update, delete or regenerate."""
    return api(method, f"{APPS}/{app['id']}{path}", session, app if method == "PUT" else None)


every_change = pytest.mark.parametrize(("method", "path"), [("PUT", ""), ("DELETE", ""), ("POST", "/regen_secret")])


def test_an_admin_changes_everything_but_what_is_fixed(callers: Callers, mayas: Json, world: World) -> None:
    """Contract case 10."""
    kept = world.client(mayas["id"]).secret
    world.clock.shift(5)
    answer = update(callers.maya, mayas, **CHANGES)
    assert answer.status == 200
    assert answer.json == mayas | CHANGES | {"update_at": world.now, "client_secret": ""}
    assert world.client(mayas["id"]).secret == kept
    assert api("GET", f"{APPS}/{mayas['id']}", callers.maya).json == answer.json


@every_change
def test_a_member_cannot_change_somebody_elses(
    method: str, path: str, callers: Callers, leos: Json, mayas: Json
) -> None:
    """Contract cases 11, 45 and 55."""
    for app, session in ((leos, callers.ana), (mayas, callers.leo)):
        assert refused(changed(method, path, session, app)) == (403, "api.context.permissions.app_error")


@every_change
def test_a_member_without_the_permission_cannot_change_their_own(
    method: str, path: str, callers: Callers, leos: Json, world: World
) -> None:
    """Contract cases 12, 47, 57 and 151."""
    world.set(admins_only=True)
    assert refused(changed(method, path, callers.leo, leos)) == (403, "api.context.permissions.app_error")


@every_change
def test_an_unknown_application_cannot_be_changed(method: str, path: str, callers: Callers, mayas: Json) -> None:
    """Contract cases 13, 50 and 60."""
    answer = changed(method, path, callers.maya, mayas | {"id": UNKNOWN})
    assert refused(answer) == (404, "app.oauth.get_app.find.app_error")


@every_change
def test_with_the_provider_off_nothing_can_be_changed(
    method: str, path: str, callers: Callers, mayas: Json, world: World
) -> None:
    """Contract cases 14, 51 and 61."""
    world.set(provider_on=False)
    assert refused(changed(method, path, callers.maya, mayas)) == (501, "api.oauth.allow_oauth.turn_off.app_error")


@every_change
def test_nobody_can_change_nothing(method: str, path: str, callers: Callers, mayas: Json) -> None:
    """Contract cases 15, 48 and 58."""
    assert refused(changed(method, path, None, mayas)) == (401, "api.context.session_expired.app_error")


@every_change
def test_a_malformed_id_is_refused(method: str, path: str, callers: Callers, mayas: Json) -> None:
    """Contract cases 16, 49 and 59."""
    answer = changed(method, path, callers.maya, mayas | {"id": "junk"})
    assert refused(answer) == (400, "api.context.invalid_url_param.app_error")


def test_an_owner_cannot_make_their_application_trusted(callers: Callers, leos: Json) -> None:
    """Contract case 17."""
    answer = update(callers.leo, leos, is_trusted=True)
    assert (answer.status, answer.json["is_trusted"]) == (200, False)


def test_an_admin_can_and_then_the_owner_cannot_take_it_back(callers: Callers, leos: Json) -> None:
    """Contract cases 18 and 19."""
    by_admin = update(callers.maya, leos, is_trusted=True)
    assert (by_admin.status, by_admin.json["is_trusted"]) == (200, True)
    by_owner = update(callers.leo, leos, is_trusted=False, name="Mine")
    assert (by_owner.status, by_owner.json["is_trusted"], by_owner.json["name"]) == (200, True, "Mine")


@pytest.mark.parametrize("body_id", [UNKNOWN, "", None, 7, "junk"])
def test_the_id_of_the_body_has_to_be_the_paths(body_id: Any, callers: Callers, mayas: Json) -> None:
    """Contract case 20."""
    answer = api("PUT", f"{APPS}/{mayas['id']}", callers.maya, mayas | {"id": body_id})
    assert refused(answer) == (400, "api.context.invalid_body_param.app_error")


def test_secret_and_creator_of_the_body_are_ignored(callers: Callers, mayas: Json, world: World) -> None:
    """Contract case 20."""
    kept = world.client(mayas["id"]).secret
    answer = update(callers.maya, mayas, client_secret="known", creator_id=world.leo.user_id, is_public=True)
    assert (answer.json["creator_id"], answer.json["is_public"]) == (world.maya.user_id, False)
    assert world.client(mayas["id"]).secret == kept


def test_what_an_update_leaves_out_is_blank(callers: Callers, mayas: Json) -> None:
    """Contract 2.3: full replacement, so that a missing name is an error and a missing icon is none."""
    without = {name: value for name, value in mayas.items() if name not in {"icon_url", "description"}}
    answer = api("PUT", f"{APPS}/{mayas['id']}", callers.maya, without)
    assert (answer.json["icon_url"], answer.json["description"]) == ("", "")
    nameless = {name: value for name, value in mayas.items() if name != "name"}
    answer = api("PUT", f"{APPS}/{mayas['id']}", callers.maya, nameless)
    assert refused(answer) == (400, "model.oauth.is_valid.name.app_error")


def test_garbage_is_no_update(callers: Callers, mayas: Json) -> None:
    """Contract 2.3."""
    headers = {"Authorization": f"Bearer {callers.maya}"}
    answer = call("PUT", f"/api/v4/oauth/apps/{mayas['id']}", data="garbage", headers=headers)
    assert refused(answer) == (400, "api.context.invalid_body_param.app_error")


@pytest.mark.parametrize("owner", ["maya", "leo"])
def test_an_admin_deletes_anybodys_and_it_is_gone(owner: str, callers: Callers, members_may: None) -> None:
    """Contract cases 43, 44 and 52."""
    app = created(getattr(callers, owner))
    answer = api("DELETE", f"{APPS}/{app['id']}", callers.maya)
    assert (answer.status, answer.json) == (200, {"status": "OK"})
    assert api("GET", f"{APPS}/{app['id']}", callers.maya).status == 404
    assert api("GET", f"{APPS}/{app['id']}/info", callers.leo).status == 404
    assert api("GET", APPS, callers.maya).json == []


def test_a_member_deletes_their_own(callers: Callers, leos: Json) -> None:
    """Contract case 46."""
    assert api("DELETE", f"{APPS}/{leos['id']}", callers.leo).json == {"status": "OK"}


def test_deleting_twice_finds_nothing_the_second_time(callers: Callers, mayas: Json) -> None:
    """Contract 2.3."""
    api("DELETE", f"{APPS}/{mayas['id']}", callers.maya)
    assert api("DELETE", f"{APPS}/{mayas['id']}", callers.maya).status == 404


@pytest.mark.parametrize("owner", ["maya", "leo"])
@pytest.mark.parametrize("caller", ["maya", "owner"])
def test_regenerating_gives_another_secret_and_changes_nothing_else(
    owner: str, caller: str, callers: Callers, members_may: None, world: World
) -> None:
    """Contract cases 53, 54, 56 and 62."""
    app = created(getattr(callers, owner))
    world.clock.shift(5)
    session = getattr(callers, owner if caller == "owner" else caller)
    answer = api("POST", f"{APPS}/{app['id']}/regen_secret", session)
    fresh = answer.json["client_secret"]
    assert answer.status == 200
    assert len(fresh) == 42
    assert fresh != app["client_secret"]
    assert answer.json == app | {"client_secret": fresh, "update_at": world.now}
    held = world.client(app["id"]).secret
    assert held is not None
    assert held["hash"] == fingerprint(fresh)


def test_a_public_client_has_no_secret_to_regenerate(callers: Callers) -> None:
    """Contract case 62."""
    app = created(callers.maya, is_public=True)
    answer = api("POST", f"{APPS}/{app['id']}/regen_secret", callers.maya)
    assert refused(answer) == (400, "api.oauth.regenerate_secret.public_client.app_error")
