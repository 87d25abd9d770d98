"""POST /api/v4/oauth/apps (contract 2.1; cases 1 to 9, 152, 153)."""

import re
from typing import Any

import pytest

from tests.browser import api, call
from tests.make import CALLBACK, World
from tests.web.api.bodies import APPS, NEW_APP, OAUTH_APP_FIELDS, create, created, refused
from tests.web.api.conftest import Callers


def test_an_admin_creates_a_trusted_application(callers: Callers) -> None:
    """Contract case 1."""
    answer = create(callers.maya, is_trusted=True)
    assert answer.status == 201
    assert (answer.json["name"], answer.json["is_trusted"]) == ("Zapier", True)


def test_a_new_application_has_exactly_mattermosts_fields_and_says_whether_it_is_public(callers: Callers) -> None:
    """Contract 1.2, DESIGN section 6: `is_public`, because a later secret is blank."""
    assert created(callers.maya).keys() == OAUTH_APP_FIELDS


def test_a_member_without_the_permission_cannot_create(callers: Callers) -> None:
    """Contract case 2."""
    assert refused(create(callers.leo)) == (403, "api.context.permissions.app_error")


def test_a_member_who_asks_for_trusted_gets_an_application_that_is_not(callers: Callers, members_may: None) -> None:
    """Contract case 3."""
    answer = create(callers.leo, is_trusted=True)
    assert (answer.status, answer.json["is_trusted"]) == (201, False)


def test_an_empty_name_is_refused(callers: Callers) -> None:
    """Contract case 4."""
    assert refused(create(callers.maya, name="")) == (400, "model.oauth.is_valid.name.app_error")


@pytest.mark.parametrize("body", ["garbage", "", "null", "[]", '"text"', "{", "[" * 2000, '{"name":1}'])
def test_a_body_that_is_no_application_is_refused(body: str, callers: Callers, members_may: None) -> None:
    """Contract case 5."""
    answer = call("POST", "/api/v4/oauth/apps", data=body, headers={"Authorization": f"Bearer {callers.leo}"})
    assert refused(answer) == (400, "api.context.invalid_body_param.app_error")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": 7},
        {"description": []},
        {"callback_urls": "https://standup.example.net"},
        {"callback_urls": [1]},
        {"is_trusted": "true"},
        {"is_public": 1},
        {"icon_url": {"a": 1}},
        {"name": "\ud800"},
        {"callback_urls": ["https://standup.example.net/\ud800"]},
        {"mattermost_app_id": "\ud800"},
        {"nested": {"deep": ["\udfff"]}},
    ],
)
def test_a_field_of_the_wrong_type_or_that_is_no_text_is_refused(changes: dict[str, Any], callers: Callers) -> None:
    """Contract 2.1: wrong types are `invalid_body_param`; half a surrogate pair is no text, and never a 500."""
    assert refused(create(callers.maya, **changes)) == (400, "api.context.invalid_body_param.app_error")


def test_nobody_cannot_create(callers: Callers) -> None:
    """Contract case 6."""
    assert refused(create(None)) == (401, "api.context.session_expired.app_error")


def test_with_the_provider_off_creating_has_an_error_of_its_own(callers: Callers, world: World) -> None:
    """Contract case 7."""
    world.set(provider_on=False)
    assert refused(create(callers.maya)) == (501, "api.oauth.register_oauth_app.turn_off.app_error")


def test_what_is_the_servers_to_say_is_not_taken_from_the_body(callers: Callers, world: World) -> None:
    """Contract case 8; DESIGN section 6: the secret has 42 characters and is in this answer."""
    planted = {"id": "y" * 26, "creator_id": world.leo.user_id, "create_at": 1, "client_secret": "known", "other": 1}
    app = created(callers.maya, **planted)
    assert app["id"] != planted["id"]
    assert app["creator_id"] == world.maya.user_id
    assert app["create_at"] == app["update_at"] == world.now
    assert re.fullmatch("gps_[0-9A-Za-z]{38}", app["client_secret"])


def test_a_public_application_has_no_secret(callers: Callers) -> None:
    """Contract case 9."""
    app = created(callers.maya, is_public=True)
    assert (app["client_secret"], app["is_public"]) == ("", True)


def test_an_application_made_by_the_api_may_sign_in_without_pkce(callers: Callers, world: World) -> None:
    """DESIGN section 4: exempt, because Mattermost's clients know no PKCE; a public one is not."""
    assert world.client(created(callers.maya)["id"]).pkce_exempt
    assert not world.client(created(callers.maya, is_public=True)["id"]).pkce_exempt


def test_names_need_not_be_unique_and_callbacks_keep_their_order(callers: Callers) -> None:
    """Contract 1.2."""
    first, second = created(callers.maya), created(callers.maya)
    assert first["id"] != second["id"]
    assert first["callback_urls"] == second["callback_urls"] == NEW_APP["callback_urls"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "n" * 64},
        {"name": "ü" * 64},
        {"description": ""},
        {"description": "d" * 512},
        {"homepage": "https://" + "h" * 248},
        {"icon_url": ""},
        {"icon_url": "http://standup.example.net/" + "i" * 485},
        {"callback_urls": ["http://standup.example.net/callback"]},
        {"callback_urls": ["http://localhost:8000/callback?x=1"]},
    ],
)
def test_values_at_their_limits_are_taken(changes: dict[str, Any], callers: Callers) -> None:
    """Contract case 152 and 1.2; DESIGN section 6: the name's limit counts characters."""
    app = created(callers.maya, **changes)
    assert app | changes == app


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "n" * 65}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"callback_urls": []}, "callback"),
        ({"callback_urls": None}, "callback"),
        ({"callback_urls": ["standup.example.net"]}, "callback"),
        ({"callback_urls": [CALLBACK, "ftp://standup.example.net"]}, "callback"),
        ({"callback_urls": ["javascript:alert(1)"]}, "callback"),
        ({"callback_urls": [CALLBACK + "#part"]}, "callback"),
        ({"callback_urls": ["https://me:secret@standup.example.net/"]}, "callback"),
        ({"callback_urls": ["https://*.example.net/"]}, "callback"),
        ({"callback_urls": ["https:///callback"]}, "callback"),
        ({"callback_urls": [" " + CALLBACK]}, "callback"),
        ({"callback_urls": [""]}, "callback"),
        ({"homepage": ""}, "homepage"),
        ({"homepage": "standup.example.net"}, "homepage"),
        ({"homepage": "https://" + "h" * 249}, "homepage"),
        ({"description": "d" * 513}, "description"),
        ({"icon_url": "standup.example.net/icon.png"}, "icon_url"),
        ({"icon_url": "javascript:alert(1)"}, "icon_url"),
        ({"icon_url": "https://standup.example.net/" + "i" * 485}, "icon_url"),
        ({"mattermost_app_id": "m" * 33}, "mattermost_app_id"),
        ({"name": "", "homepage": "", "callback_urls": []}, "name"),
        ({"homepage": "", "icon_url": "x", "callback_urls": []}, "callback"),
        ({"homepage": "", "icon_url": "x", "description": "d" * 513}, "homepage"),
        ({"icon_url": "x", "description": "d" * 513}, "description"),
    ],
)
def test_values_over_their_limits_are_refused_the_first_by_name(
    changes: dict[str, Any], field: str, callers: Callers
) -> None:
    """Contract cases 152 and 153, and the order of contract 1.2."""
    assert refused(create(callers.maya, **changes)) == (400, f"model.oauth.is_valid.{field}.app_error")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"callback_urls": ["http://standup.example.net/callback"]}, "callback"),
        ({"homepage": "http://standup.example.net"}, "homepage"),
        ({"icon_url": "http://standup.example.net/icon.png"}, "icon_url"),
    ],
)
def test_http_addresses_off_this_machine_can_be_switched_off(
    changes: dict[str, Any], field: str, callers: Callers, world: World
) -> None:
    """DESIGN section 5, "Allow http addresses"."""
    world.set(http_allowed=False)
    assert refused(create(callers.maya, **changes)) == (400, f"model.oauth.is_valid.{field}.app_error")
    assert create(callers.maya, callback_urls=["http://127.0.0.1:1/callback"]).status == 201


def test_a_body_of_more_than_the_limit_is_refused(callers: Callers) -> None:
    """Contract 1.1: 413."""
    assert refused(create(callers.maya, other="x" * 300_000)) == (413, "api.context.request_body_too_large.app_error")


def test_an_unknown_address_of_the_api_is_answered_in_its_words(callers: Callers) -> None:
    """Contract 1.1: 404."""
    assert refused(api("GET", "/nothing/here", callers.maya)) == (404, "api.context.404.app_error")


def test_another_method_is_refused_with_what_is_allowed(callers: Callers) -> None:
    """RFC 9110 section 15.5.6."""
    answer = api("PATCH", APPS, callers.maya)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
