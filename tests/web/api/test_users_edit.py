"""Editing, promoting, deactivating over the API (Mattermost's users; contract 1.8, 3.12, 4)."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.accounts import people
from chalicelib.store.users import name_key
from tests.browser import Answer, api, me
from tests.faults import just_before
from tests.make import PASSWORD, World
from tests.web.api.bodies import refused
from tests.web.api.conftest import Callers
from tests.web.api.people import BAD_BODY, BAD_URL, FORBIDDEN, NO_USER, OK, UNKNOWN, install, user_path

LAST = (400, "api.user.update_active.last_admin.app_error")
TAKEN = {name: (400, f"app.user.save.{name}_exists.app_error") for name in ("username", "email")}


def patch(world: World, session: str, whom: str = "leo", **changes: Any) -> Answer:
    """Change some of a person's fields."""
    return api("PUT", user_path(world, whom, "/patch"), session, changes)


def roles(world: World, session: str, whom: str, roles: Any) -> Answer:
    """Give a person other roles."""
    return api("PUT", user_path(world, whom, "/roles"), session, {"roles": roles})


def active(world: World, session: str, whom: str, active: Any) -> Answer:
    """Deactivate a person or let them in again."""
    return api("PUT", user_path(world, whom, "/active"), session, {"active": active})


# --- fields -------------------------------------------------------------------------------------------------------


def test_a_person_changes_some_of_their_own_fields(callers: Callers, world: World) -> None:
    """Mattermost's patch: what is not named stays; the answer is the person as they are then."""
    world.clock.shift(60)
    answer = api("PUT", "/users/me/patch", callers.leo, {"nickname": "Lion", "position": None, "username": "Leon"})
    assert (answer.status, answer.json) == (200, me(callers.leo).json)
    shown = [answer.json[name] for name in ("username", "nickname", "first_name", "email", "update_at")]
    assert shown == ["leon", "Lion", "Leo", "leo@example.com", world.now]


def test_a_full_update_blanks_what_is_missing(callers: Callers, world: World) -> None:
    """Mattermost's PUT: a full replacement of a person's own fields."""
    body = {"id": world.leo.user_id, "username": "leo", "email": "leo@example.com", "first_name": "Leonard"}
    answer = api("PUT", user_path(world, "leo"), callers.leo, body)
    assert answer.status == 200
    assert [answer.json[name] for name in ("first_name", "last_name")] == ["Leonard", ""]


def test_a_full_update_of_what_was_read_changes_nothing(callers: Callers, world: World) -> None:
    """Contract 1.8: clients send back what they got."""
    read = me(callers.leo).json
    answer = api("PUT", user_path(world, "leo"), callers.leo, read | {"roles": "system_admin", "delete_at": 7})
    assert (answer.status, answer.json) == (200, read)
    assert world.user(world.leo.user_id).version == world.leo.version


@pytest.mark.parametrize("id", [None, UNKNOWN, 7, ""])
def test_a_full_update_names_its_person_twice(id: Any, callers: Callers, world: World) -> None:
    """Mattermost: the body's id is the address's."""
    body = me(callers.leo).json | {"id": id}
    assert refused(api("PUT", user_path(world, "leo"), callers.leo, body)) == BAD_BODY


@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [("leo", "leo", 200), ("leo", "ana", 403), ("leo", "maya", 403), ("maya", "leo", 200), ("maya", "maya", 200)],
)
def test_others_are_changed_by_system_admins_only(
    who: str, whom: str, status: int, callers: Callers, world: World
) -> None:
    """Contract section 4: `edit_other_users`."""
    session, held = getattr(callers, who), getattr(world, whom)
    body = {"id": held.user_id, "username": held.username, "email": held.email, "nickname": "N"}
    assert api("PUT", user_path(world, whom), session, body).status == status
    answer = patch(world, session, whom, nickname="Nick")
    assert answer.status == status
    assert world.user(held.user_id).nickname == ("Nick" if status == 200 else "")
    assert status == 200 or refused(answer) == FORBIDDEN


def test_a_system_admin_is_answered_what_they_see_of_somebody(callers: Callers, world: World) -> None:
    """Contract 1.8: `notify_props` is one's own."""
    assert "notify_props" not in patch(world, callers.maya, "leo", nickname="Lion").json


@pytest.mark.parametrize(
    ("field", "value", "id"),
    [
        ("username", "", "username"),
        ("username", "l", "username"),
        ("email", "leo", "email"),
        ("nickname", "n" * 65, "nickname"),
        ("position", "p" * 129, "position"),
        ("first_name", "a\u202eb", "first_name"),
    ],
)
def test_a_field_that_is_wrong_is_named_and_nothing_changes(
    field: str, value: str, id: str, callers: Callers, world: World
) -> None:
    """Mattermost's `model.user.is_valid`."""
    answer = patch(world, callers.leo, **({"last_name": "Other"} | {field: value}))
    assert refused(answer) == (400, f"model.user.is_valid.{id}.app_error")
    assert world.user(world.leo.user_id).version == world.leo.version


@pytest.mark.parametrize("value", [7, False, ["x"], {}])
def test_every_field_is_text(value: Any, callers: Callers, world: World) -> None:
    """Contract 1.1."""
    assert refused(patch(world, callers.leo, nickname=value)) == BAD_BODY


@pytest.mark.parametrize(("field", "value"), [("username", "Ana"), ("email", "ANA@example.com")])
def test_somebody_elses_name_is_refused(field: str, value: str, callers: Callers, world: World) -> None:
    """DESIGN section 2: `names` decides."""
    assert refused(patch(world, callers.leo, **{field: value})) == TAKEN[field]


def test_a_name_that_was_given_up_can_be_taken(callers: Callers, world: World) -> None:
    """DESIGN section 2: it is free from the moment of the rename, and leads to the new person."""
    assert patch(world, callers.leo, username="leon", email="leon@example.com").status == 200
    assert patch(world, callers.ana, "ana", username="leo", email="leo@example.com").status == 200
    assert api("GET", "/users/username/leo", callers.maya).json["id"] == world.ana.user_id
    assert world.row(name_key("e", "leo@example.com")).owner_id == world.ana.user_id
    login = api("POST", "/users/login", json={"login_id": "leo", "password": PASSWORD})
    assert login.json["id"] == world.ana.user_id


# --- roles --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["system_user system_admin", "system_admin system_user"])
def test_a_system_admin_makes_another_and_a_member_again(text: str, callers: Callers, world: World) -> None:
    """Mattermost's `PUT /users/{id}/roles`: with the next request of theirs."""
    assert roles(world, callers.maya, "leo", text).json == OK
    assert me(callers.leo).json["roles"] == "system_admin system_user"
    assert api("GET", "/config", callers.leo).status == 200
    assert roles(world, callers.maya, "leo", "system_user").json == OK
    assert api("GET", "/config", callers.leo).status == 403


@pytest.mark.parametrize("text", ["", "system_admin", "system_guest", "system_user x", None, 7, ["system_user"]])
def test_other_roles_are_refused(text: Any, callers: Callers, world: World) -> None:
    """Contract 1.8: there are two."""
    assert refused(roles(world, callers.maya, "leo", text)) == BAD_BODY


def test_the_last_system_admin_stays_one(callers: Callers, world: World) -> None:
    """DESIGN section 2, `admins`."""
    assert refused(roles(world, callers.maya, "maya", "system_user")) == LAST
    assert refused(active(world, callers.maya, "maya", False)) == LAST
    assert refused(api("DELETE", user_path(world, "maya"), callers.maya)) == LAST
    assert me(callers.maya).json["roles"] == "system_admin system_user"


def test_of_two_system_admins_one_can_leave(callers: Callers, world: World) -> None:
    """DESIGN section 2: size > 1."""
    roles(world, callers.maya, "leo", "system_admin system_user")
    assert roles(world, callers.leo, "maya", "system_user").json == OK
    assert refused(roles(world, callers.maya, "leo", "system_user")) == FORBIDDEN


# --- active -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["active", "delete"])
def test_a_deactivated_persons_sessions_and_tokens_end(way: str, callers: Callers, world: World) -> None:
    """Contract 3.12, DESIGN section 4: with the next request; nothing revives with the account."""
    token = install(world.app(), callers.leo)["access_token"]
    if way == "active":
        assert active(world, callers.maya, "leo", False).json == OK
    else:
        assert api("DELETE", user_path(world, "leo"), callers.maya).json == OK
    assert [me(callers.leo).status, me(token).status] == [401, 401]
    assert active(world, callers.maya, "leo", True).json == OK
    assert [me(callers.leo).status, me(token).status] == [401, 401]
    assert me(world.session(world.user(world.leo.user_id))).status == 200


def test_what_is_so_already_is_ok(callers: Callers, world: World) -> None:
    """Contract 2.6 in spirit: the end is what was asked for."""
    assert active(world, callers.maya, "leo", True).json == OK
    assert active(world, callers.maya, "leo", False).json == OK
    assert active(world, callers.maya, "leo", False).json == OK
    assert api("DELETE", user_path(world, "leo"), callers.maya).json == OK


@pytest.mark.parametrize("value", [None, "true", 1, 0, []])
def test_active_is_true_or_false(value: Any, callers: Callers, world: World) -> None:
    """Contract 1.1."""
    assert refused(active(world, callers.maya, "leo", value)) == BAD_BODY


def test_nobody_is_deleted_for_good(callers: Callers, world: World) -> None:
    """Mattermost's id where that is not enabled; and nobody is deactivated instead."""
    answer = api("DELETE", user_path(world, "leo"), callers.maya, params={"permanent": "true"})
    assert refused(answer) == (403, "api.user.delete_user.not_enabled.app_error")
    assert me(callers.leo).status == 200


# --- who may ------------------------------------------------------------------------------------------------------


ADMINS_ONLY: list[Callable[[World, str, str], Answer]] = [
    lambda world, session, whom: roles(world, session, whom, "system_admin system_user"),
    lambda world, session, whom: active(world, session, whom, False),
    lambda world, session, whom: api("DELETE", user_path(world, whom), session),
]


@pytest.mark.parametrize("whom", ["leo", "ana", "maya"])
@pytest.mark.parametrize("act", ADMINS_ONLY)
def test_managing_people_is_for_system_admins(
    act: Callable[[World, str, str], Answer], whom: str, callers: Callers, world: World
) -> None:
    """Contract section 4: nobody promotes or deactivates themselves either."""
    assert refused(act(world, callers.leo, whom)) == FORBIDDEN
    held = getattr(world, whom)
    assert world.user(held.user_id).attribute_values == held.attribute_values


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("PUT", "", {"id": UNKNOWN}),
        ("PUT", "/patch", {}),
        ("PUT", "/roles", {"roles": "system_user"}),
        ("PUT", "/active", {"active": False}),
        ("DELETE", "", None),
    ],
)
def test_who_is_not_there_is_not_found(method: str, rest: str, body: Any, callers: Callers) -> None:
    """Contract 1.1."""
    assert refused(api(method, f"/users/{UNKNOWN}{rest}", callers.maya, body)) == NO_USER
    assert refused(api(method, f"/users/{UNKNOWN}{rest}", callers.leo, body)) == FORBIDDEN
    assert refused(api(method, f"/users/junk{rest}", callers.maya, body)) == BAD_URL


def test_a_change_that_another_overtook_is_decided_again(callers: Callers, world: World) -> None:
    """DESIGN section 1: read again, decide again."""
    with just_before("TransactWriteItems", lambda: people.edit(world.leo, {"position": "Keeper"}, world.origin())):
        answer = patch(world, callers.leo, nickname="Lion")
    assert (answer.json["nickname"], answer.json["position"]) == ("Lion", "Keeper")
