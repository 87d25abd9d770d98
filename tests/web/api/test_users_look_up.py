"""Looking people up over the API: by id, username, e-mail address, one or many (contract 1.8, 2.12)."""

from typing import Any

import pytest

from chalicelib.accounts import passwords, people
from tests.browser import api
from tests.faults import sent
from tests.make import World
from tests.web.api.bodies import refused
from tests.web.api.conftest import Callers
from tests.web.api.people import (
    BAD_BODY,
    BAD_URL,
    NO_USER,
    OWN_FIELDS,
    SEEN_FIELDS,
    UNKNOWN,
    install,
    user_path,
    usernames,
)


@pytest.mark.parametrize(
    "path", ["/users/{id}", "/users/username/ana", "/users/username/ANA", "/users/email/ana@example.com"]
)
def test_a_person_is_found_by_id_username_and_email(path: str, callers: Callers, world: World) -> None:
    """Contract 2.12; case does not tell names apart."""
    answer = api("GET", path.format(id=world.ana.user_id), callers.leo)
    assert (answer.status, answer.json["id"], answer.json["username"]) == (200, world.ana.user_id, "ana")


@pytest.mark.parametrize("email", ["ana%40example.com", "ANA%40example.com"])
def test_an_email_is_found_however_it_is_written_in_the_address(email: str, callers: Callers, world: World) -> None:
    """RFC 3986 section 2.1: official clients escape the `@`."""
    assert api("GET", f"/users/email/{email}", callers.leo).json["id"] == world.ana.user_id


def test_an_email_with_a_plus_is_found(callers: Callers, world: World) -> None:
    """RFC 3986: `+` is no space in a path."""
    people.edit(world.ana, {"email": "ana+team@example.com"}, world.origin())
    assert api("GET", "/users/email/ana%2Bteam%40example.com", callers.leo).json["id"] == world.ana.user_id
    assert api("GET", "/users/email/ana+team@example.com", callers.leo).json["id"] == world.ana.user_id


def test_others_see_names_position_roles_and_email(callers: Callers, world: World) -> None:
    """Contract 1.8: Mattermost's default privacy settings."""
    people.edit(world.ana, {"nickname": "Annie", "position": "Keeper"}, world.origin())
    seen = api("GET", user_path(world, "ana"), callers.leo).json
    assert seen.keys() == SEEN_FIELDS
    shown = {name: seen[name] for name in ("first_name", "last_name", "nickname", "position", "roles", "email")}
    assert shown == {
        "first_name": "Ana",
        "last_name": "Duarte",
        "nickname": "Annie",
        "position": "Keeper",
        "roles": "system_user",
        "email": "ana@example.com",
    }


@pytest.mark.parametrize("who", ["leo", "maya"])
def test_nobody_sees_a_password_or_how_somebody_is_notified(who: str, callers: Callers, world: World) -> None:
    """Contract 1.8: neither does a System Admin."""
    answer = api("GET", user_path(world, "ana"), getattr(callers, who))
    assert not {"password", "notify_props", "last_password_update"} & answer.json.keys()
    assert world.ana.password_hash not in answer.text


def test_oneself_is_seen_in_full_by_id_as_by_me(callers: Callers, world: World) -> None:
    """Contract 1.1: `me` wherever a path has an id."""
    own = api("GET", "/users/me", callers.ana).json
    assert own.keys() == OWN_FIELDS
    assert api("GET", user_path(world, "ana"), callers.ana).json == own
    assert api("GET", "/users/username/ana", callers.ana).json == own


def test_when_the_password_was_set_is_told_to_its_person(callers: Callers, world: World) -> None:
    """Contract 1.8: `last_password_update`."""
    world.clock.shift(60)
    passwords.set_for(world.ana, "copper-kite-meadow-7", world.origin())
    token = world.session(world.user(world.ana.user_id))
    assert api("GET", "/users/me", token).json["last_password_update"] == world.now


def test_a_deactivated_person_is_shown_with_the_moment(callers: Callers, world: World) -> None:
    """Contract 1.8: `delete_at`."""
    assert api("GET", user_path(world, "ana"), callers.leo).json["delete_at"] == 0
    people.deactivate(world.ana, world.origin())
    assert api("GET", user_path(world, "ana"), callers.leo).json["delete_at"] == world.now


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        (f"/users/{UNKNOWN}", NO_USER),
        ("/users/junk", BAD_URL),
        ("/users/username/nobody", (404, "app.user.get_by_username.app_error")),
        ("/users/username/no%20body", BAD_BODY),
        ("/users/username/%00", BAD_BODY),
        ("/users/email/nobody@example.com", NO_USER),
        ("/users/email/nobody", BAD_URL),
        ("/users/email/%ff@example.com", NO_USER),
        (f"/users/{UNKNOWN}/image", NO_USER),
    ],
)
def test_who_is_not_there_is_refused(path: str, refusal: tuple[int, str], callers: Callers) -> None:
    """Contract 1.1; Mattermost's ids."""
    assert refused(api("GET", path, callers.leo)) == refusal


def test_somebody_elses_etag_is_good_for_what_one_sees_of_them(callers: Callers, world: World) -> None:
    """Contract 2.12: what differs has another ETag."""
    path = user_path(world, "ana")
    mine, theirs = (api("GET", path, token).headers["ETag"] for token in (callers.ana, callers.leo))
    assert mine != theirs
    assert api("GET", path, callers.leo, headers={"If-None-Match": theirs}).status == 304
    assert api("GET", path, callers.leo, headers={"If-None-Match": mine}).status == 200


# --- many at once -------------------------------------------------------------------------------------------------


def test_many_are_found_by_id_in_the_order_of_their_names(callers: Callers, world: World) -> None:
    """Mattermost's `POST /users/ids`: unknown and malformed ids are left out, each person comes once."""
    ids = [world.maya.user_id, UNKNOWN, world.ana.user_id, "junk", "", world.maya.user_id]
    assert usernames(api("POST", "/users/ids", callers.leo, ids)) == ["ana", "maya"]


def test_many_are_found_by_username(callers: Callers, world: World) -> None:
    """Mattermost's `POST /users/usernames`."""
    names = ["maya", "nobody", "LEO", "leo", "\x00", "x" * 5000]
    answer = api("POST", "/users/usernames", callers.leo, names)
    assert usernames(answer) == ["leo", "maya"]
    assert [set(user) for user in answer.json] == [OWN_FIELDS, SEEN_FIELDS]


def test_what_could_be_nobodys_name_is_not_asked_for(callers: Callers) -> None:
    """DynamoDB refuses keys over 2,048 bytes, and the whole batch with them."""
    session = callers.leo
    with sent("BatchGetItem") as bodies:
        api("POST", "/users/usernames", session, ["x" * 5000, "no body", "nobody"])
        api("POST", "/users/ids", session, ["x" * 5000, UNKNOWN])
    asked = str(bodies)
    assert "u#nobody" in asked
    assert UNKNOWN in asked
    assert "xxx" not in asked
    assert "no body" not in asked


def test_nobody_known_is_an_empty_list(callers: Callers) -> None:
    """Contract 2.2: empty is `[]`."""
    assert api("POST", "/users/usernames", callers.leo, ["nobody"]).json == []
    assert api("POST", "/users/ids", callers.leo, [UNKNOWN]).json == []


@pytest.mark.parametrize("path", ["/users/ids", "/users/usernames"])
@pytest.mark.parametrize("body", [[], {}, "x", [7], [None], [["x"]], [str(number) for number in range(201)]])
def test_what_is_no_list_of_texts_is_refused(path: str, body: Any, callers: Callers) -> None:
    """Contract 1.1: at most 200, the largest page."""
    assert refused(api("POST", path, callers.leo, body)) == BAD_BODY


# --- scopes -------------------------------------------------------------------------------------------------------


READS: list[tuple[str, str, Any]] = [
    ("GET", "/users/me", None),
    ("GET", "/users/username/ana", None),
    ("GET", "/users/email/ana@example.com", None),
    ("GET", "/users", None),
    ("POST", "/users/ids", [UNKNOWN]),
    ("POST", "/users/usernames", ["ana"]),
    ("POST", "/users/search", {"term": "ana"}),
    ("GET", "/users/autocomplete?name=a", None),
    ("GET", "/users/me/image", None),
    ("GET", "/users/me/image/default", None),
]


@pytest.mark.parametrize(("scope", "status"), [("users:read", 200), ("user", 200), ("posts:read", 403)])
@pytest.mark.parametrize(("method", "path", "body"), READS, ids=str)
def test_a_token_sees_people_if_it_has_the_scope(
    method: str, path: str, body: Any, scope: str, status: int, callers: Callers, world: World
) -> None:
    """DESIGN section 4: scopes are enforced at the API."""
    app = world.app()
    token = install(app, callers.leo, scope=scope)["access_token"]
    answer = api(method, path, token, body)
    assert answer.status == status, answer.text
    assert status == 200 or answer.json["error"] == "insufficient_scope"
