"""Making accounts over the API: as a System Admin, by invitation, by open sign-up (Mattermost's `POST /users`)."""

from typing import Any

import pytest

from chalicelib.accounts import joining, people
from chalicelib.accounts.joining import Role
from chalicelib.credentials import password_matches
from chalicelib.store.admins import ADMINS
from chalicelib.store.users import User, name_key
from tests.browser import Browser, api, me
from tests.make import PASSWORD, World
from tests.web.api.bodies import refused
from tests.web.api.conftest import Callers
from tests.web.api.people import BAD_BODY, FORBIDDEN, OWN_FIELDS, by, create, install

CLOSED = (403, "api.user.create_user.no_open_server")
DEAD = (404, "api.user.create_user.signup_link_invalid.app_error")
TAKEN = {name: (400, f"app.user.save.{name}_exists.app_error") for name in ("username", "email")}
XHR = {"X-Requested-With": "XMLHttpRequest"}


def invitation(world: World, email: str = "robin@example.com", role: Role = "member") -> str:
    """The token of an invitation of Maya's."""
    [line] = joining.invite([email], role, world.maya, world.settings(), world.origin(world.maya.user_id))
    return line.link.rpartition("/")[2]


def robin(world: World) -> User:
    """Robin, who is there."""
    return world.user(world.row(name_key("u", "robin")).owner_id)


def nobody_new(world: World) -> bool:
    """Whether there are Maya, Leo and Ana and no other."""
    return sorted(user.username for user in User.scan()) == ["ana", "leo", "maya"]


def test_a_system_admin_makes_an_account(callers: Callers, world: World) -> None:
    """Contract 1.8: 201 and the person, who signs in with the password."""
    answer = create(callers.maya)
    assert (answer.status, answer.json.keys()) == (201, OWN_FIELDS)
    there = robin(world)
    assert answer.json["id"] == there.user_id
    shown = [answer.json[name] for name in ("username", "first_name", "last_name", "nickname", "position", "roles")]
    assert shown == ["robin", "Robin", "van der Doe", "Bird", "Singer", "system_user"]
    assert password_matches(PASSWORD, there.password_hash)
    assert "Token" not in answer.headers


def test_a_name_is_not_needed(callers: Callers, world: World) -> None:
    """Mattermost: username, e-mail and password are."""
    answer = create(callers.maya, first_name=None, last_name=None, nickname=None, position=None)
    assert (answer.status, answer.json["first_name"], robin(world).name) == (201, "", "robin")


def test_username_and_email_are_written_in_lower_case_without_spaces(callers: Callers, world: World) -> None:
    """Mattermost's normalisation."""
    answer = create(callers.maya, username=" Robin ", email="Robin@Example.COM ", first_name=" Robin ")
    shown = [answer.json[name] for name in ("username", "email", "first_name")]
    assert shown == ["robin", "robin@example.com", "Robin"]


def test_what_is_not_a_callers_to_say_is_not_taken(callers: Callers, world: World) -> None:
    """Contract 1.2, as for applications: ids, roles and moments are the server's."""
    answer = create(callers.maya, id="y" * 26, roles="system_admin system_user", create_at=1, delete_at=1)
    assert answer.status == 201
    assert (answer.json["roles"], answer.json["delete_at"], answer.json["create_at"]) == ("system_user", 0, world.now)
    assert answer.json["id"] != "y" * 26
    assert world.row(ADMINS).user_ids == {world.maya.user_id}


@pytest.mark.parametrize("who", ["leo", None])
def test_nobody_else_makes_one_where_sign_up_is_closed(who: str | None, callers: Callers, world: World) -> None:
    """DESIGN section 5: open sign-up is off by default; Mattermost's id. Said before any field is looked at."""
    assert refused(create(by(callers, who), username="?")) == CLOSED
    assert nobody_new(world)


@pytest.mark.parametrize("who", ["leo", None])
def test_where_sign_up_is_open_everybody_makes_one_and_is_signed_in(
    who: str | None, callers: Callers, world: World
) -> None:
    """DESIGN section 5; the `Token` header is as after a login."""
    world.set(open_sign_up=True)
    answer = create(by(callers, who))
    assert (answer.status, answer.json["username"]) == (201, "robin")
    assert me(answer.headers["Token"]).json == answer.json


@pytest.mark.parametrize("open_sign_up", [True, False])
def test_an_oauth_token_makes_no_account(open_sign_up: bool, callers: Callers, world: World) -> None:
    """DESIGN section 4: users are never open to an OAuth token."""
    world.set(open_sign_up=open_sign_up)
    token = install(world.app(), callers.maya)["access_token"]
    assert refused(create(token)) == FORBIDDEN
    assert refused(create(token, token=invitation(world))) == FORBIDDEN
    assert nobody_new(world)


def test_a_cookie_alone_makes_no_account(callers: Callers, world: World) -> None:
    """Contract 2.0: a page of somebody else's cannot have a System Admin's browser do it."""
    browser = Browser()
    browser.post("/api/v4/users/login", json={"login_id": "maya", "password": PASSWORD}, headers=XHR)
    body = {"username": "robin", "email": "robin@example.com", "password": PASSWORD}
    assert browser.post("/api/v4/users", json=body).status == 401
    assert nobody_new(world)
    assert browser.post("/api/v4/users", json=body, headers=XHR).status == 201


# --- invitations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "admin"), [("member", False), ("system_admin", True)])
def test_an_invitation_makes_the_account_it_is_for(role: Role, admin: bool, callers: Callers, world: World) -> None:
    """Ux 6.15: its e-mail address and its role, whatever the body says."""
    answer = create(token=invitation(world, role=role), email="other@example.com")
    assert (answer.status, answer.json["email"]) == (201, "robin@example.com")
    assert robin(world).is_admin is admin
    assert me(answer.headers["Token"]).json == answer.json
    assert world.find(name_key("e", "other@example.com")) is None


def test_an_invitation_needs_no_email_in_the_body(callers: Callers, world: World) -> None:
    """Mattermost: the invitation says it."""
    assert create(token=invitation(world), email=None).json["email"] == "robin@example.com"


def test_an_invitation_works_once(callers: Callers, world: World) -> None:
    """DESIGN section 2."""
    token = invitation(world)
    assert create(token=token).status == 201
    assert refused(create(token=token, username="second")) == DEAD


@pytest.mark.parametrize("token", ["junk", "gpi_" + "0" * 49, "x" * 3000])
def test_what_is_no_invitation_is_refused_even_where_sign_up_is_open(
    token: str, callers: Callers, world: World
) -> None:
    """Nobody learns whether it was used, withdrawn or never there."""
    world.set(open_sign_up=True)
    assert refused(create(token=token)) == DEAD
    assert refused(create(callers.maya, token=token)) == DEAD
    assert nobody_new(world)


def test_an_old_invitation_is_refused(callers: Callers, world: World) -> None:
    """DESIGN section 3: seven days."""
    token = invitation(world)
    world.clock.shift(7 * 24 * 3600)
    assert refused(create(token=token)) == DEAD


@pytest.mark.parametrize("leave", ["demoted", "deactivated"])
def test_an_invitation_of_an_admin_who_was_sent_away_is_refused(leave: str, callers: Callers, world: World) -> None:
    """An administrator who leaves leaves no doors open."""
    people.set_admin(world.ana, world.origin(), admin=True)
    token = invitation(world)
    if leave == "demoted":
        people.set_admin(world.maya, world.origin(), admin=False)
    else:
        people.deactivate(world.maya, world.origin())
    assert refused(create(token=token)) == DEAD


def test_a_taken_name_leaves_the_invitation_open(callers: Callers, world: World) -> None:
    """Ux 6.3: the person chooses another."""
    token = invitation(world)
    assert refused(create(token=token, username="leo")) == TAKEN["username"]
    assert create(token=token).status == 201


# --- what is wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "leo"), ("username", "LEO"), ("email", "leo@example.com"), ("email", "LEO@example.com")],
)
def test_a_name_that_is_somebody_elses_is_refused(field: str, value: str, callers: Callers, world: World) -> None:
    """Mattermost's ids; DESIGN section 2, `names`."""
    assert refused(create(callers.maya, **{field: value})) == TAKEN[field]
    assert nobody_new(world)


@pytest.mark.parametrize(
    ("field", "value", "id"),
    [
        ("username", "", "username"),
        ("username", None, "username"),
        ("username", "ro bin", "username"),
        ("username", "r" * 23, "username"),
        ("email", None, "email"),
        ("email", "robin", "email"),
        ("first_name", "n" * 65, "first_name"),
        ("last_name", "a\nb", "last_name"),
        ("nickname", "n" * 65, "nickname"),
        ("position", "p" * 129, "position"),
        ("password", "", "pwd_min_length"),
        ("password", "short", "pwd_min_length"),
        ("password", "otter-lamp-" * 7, "pwd_max_length"),
        ("password", "passwordpassword", "pwd"),
    ],
)
def test_a_field_that_is_wrong_is_named(field: str, value: Any, id: str, callers: Callers, world: World) -> None:
    """Mattermost's `model.user.is_valid`, in words that say what to do."""
    assert refused(create(callers.maya, **{field: value})) == (400, f"model.user.is_valid.{id}.app_error")
    assert nobody_new(world)


@pytest.mark.parametrize("field", ["username", "email", "first_name", "password"])
@pytest.mark.parametrize("value", [7, True, ["robin"], {"x": "y"}, "\ud800"])
def test_every_field_is_text(field: str, value: Any, callers: Callers) -> None:
    """Contract 1.1."""
    assert refused(create(callers.maya, **{field: value})) == BAD_BODY


@pytest.mark.parametrize("body", [None, [], "x", 7])
def test_what_is_no_object_is_refused(body: Any, callers: Callers) -> None:
    """Contract 1.1."""
    assert refused(api("POST", "/users", callers.maya, body)) == BAD_BODY


def test_a_password_is_never_given_back(callers: Callers) -> None:
    """Contract 1.8."""
    answer = create(callers.maya)
    assert PASSWORD not in answer.text
    assert "hash" not in answer.text
