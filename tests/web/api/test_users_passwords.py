"""Passwords over the API: one's own, somebody else's, by a reset link (Mattermost's users; contract 3.12)."""

from typing import Any

import pytest

from chalicelib.accounts import passwords, people
from chalicelib.credentials import password_matches
from tests.browser import Answer, Browser, api, me
from tests.make import PASSWORD, World
from tests.web.api.bodies import refused
from tests.web.api.conftest import Callers
from tests.web.api.people import BAD_BODY, FORBIDDEN, NO_USER, OK, UNKNOWN, install, user_path

NEW = "copper-kite-meadow-7"
WRONG = (400, "api.user.update_password.incorrect.app_error")
NOT_THEIRS = (403, "api.user.update_password.context.app_error")
DEAD = (400, "api.user.reset_password.invalid_link.app_error")
XHR = {"X-Requested-With": "XMLHttpRequest"}


def change(session: str, path: str = "/users/me", current: Any = PASSWORD, new: Any = NEW) -> Answer:
    """Change a password."""
    return api("PUT", f"{path}/password", session, {"current_password": current, "new_password": new})


def link(world: World) -> str:
    """The token of a reset link for Leo."""
    offered = passwords.offer_reset(world.leo, world.maya, world.settings(), world.origin(world.maya.user_id))
    return offered.rpartition("/")[2]


def reset(token: Any, new: Any = NEW) -> Answer:
    """Use a reset link."""
    return api("POST", "/users/password/reset", json={"token": token, "new_password": new})


def knows(world: World, password: str) -> bool:
    """Whether this is Leo's password."""
    return password_matches(password, world.user(world.leo.user_id).password_hash)


# --- one's own ----------------------------------------------------------------------------------------------------


def test_who_changes_their_password_goes_on_with_a_new_token(callers: Callers, world: World) -> None:
    """DESIGN section 2, password change: all sessions end, the caller gets a new one."""
    elsewhere, token = world.session(world.leo), install(world.app(), callers.leo)["access_token"]
    answer = change(callers.leo)
    assert (answer.status, answer.json) == (200, OK)
    assert me(answer.headers["Token"]).json["username"] == "leo"
    assert [me(each).status for each in (callers.leo, elsewhere, token)] == [401, 401, 200]
    assert knows(world, NEW)


def test_who_came_by_cookie_goes_on_by_cookie(callers: Callers, world: World) -> None:
    """Contract 2.12: Mattermost's cookies for an XMLHttpRequest; without them Mattermost's page would be lost."""
    browser = Browser()
    browser.post("/api/v4/users/login", json={"login_id": "leo", "password": PASSWORD}, headers=XHR)
    before = browser.http.cookies["MMAUTHTOKEN"]
    body = {"current_password": PASSWORD, "new_password": NEW}
    url = browser.get("/api/v4/users/me").response.url.replace("/users/me", "/users/me/password")
    assert browser.http.put(url, json=body, headers=XHR, timeout=30).status_code == 200
    assert browser.http.cookies["MMAUTHTOKEN"] != before
    assert browser.get("/api/v4/users/me").json["username"] == "leo"


@pytest.mark.parametrize("who", ["leo", "maya"])
@pytest.mark.parametrize("current", ["wrong", "x" * 5000])
def test_one_needs_the_present_password(who: str, current: str, callers: Callers, world: World) -> None:
    """Mattermost's id, and 400: 401 would tell clients that the session is over. A System Admin needs it too."""
    session = getattr(callers, who)
    assert refused(change(session, current=current)) == WRONG
    assert refused(change(session, user_path(world, who), current=current)) == WRONG
    assert me(session).status == 200


@pytest.mark.parametrize(("current", "new"), [(None, NEW), ("", NEW), (7, NEW), (PASSWORD, None), (PASSWORD, ["x"])])
def test_both_passwords_are_texts(current: Any, new: Any, callers: Callers, world: World) -> None:
    """Contract 1.1."""
    assert refused(change(callers.leo, current=current, new=new)) == BAD_BODY
    assert knows(world, PASSWORD)


def test_guessing_is_slowed_down(callers: Callers, world: World) -> None:
    """DESIGN section 2: counted like tries to sign in."""
    for _ in range(5):
        assert change(callers.leo, current="wrong").status == 400
    answer = change(callers.leo)
    assert refused(answer) == (429, "api.user.check_user_login_attempts.too_many.app_error")
    assert answer.headers["Retry-After"] == "60"
    assert knows(world, PASSWORD)


PROBLEMS = [("short", "pwd_min_length"), ("otter-lamp-" * 7, "pwd_max_length"), ("aaaaaaaaaaaaa", "pwd")]


@pytest.mark.parametrize(("new", "id"), PROBLEMS)
def test_a_new_password_has_rules_whoever_sets_it(new: str, id: str, callers: Callers, world: World) -> None:
    """Ux 6.1; Mattermost's ids."""
    refusal = (400, f"model.user.is_valid.{id}.app_error")
    assert refused(change(callers.leo, new=new)) == refusal
    assert refused(change(callers.maya, user_path(world, "leo"), new=new)) == refusal
    token = link(world)
    assert refused(reset(token, new)) == refusal
    assert knows(world, PASSWORD)
    assert reset(token).status == 200


# --- somebody else's ----------------------------------------------------------------------------------------------


def test_a_system_admin_sets_somebodys_password(callers: Callers, world: World) -> None:
    """Mattermost: without the present one; their sessions end (contract 3.12)."""
    answer = api("PUT", user_path(world, "leo", "/password"), callers.maya, {"new_password": NEW})
    assert (answer.status, answer.json) == (200, OK)
    assert "Token" not in answer.headers
    assert knows(world, NEW)
    assert [me(callers.leo).status, me(callers.maya).status] == [401, 200]


def test_nobody_else_does_even_with_the_present_one(callers: Callers, world: World) -> None:
    """Mattermost's id."""
    assert refused(change(callers.ana, user_path(world, "leo"))) == NOT_THEIRS
    assert refused(change(callers.ana, f"/users/{UNKNOWN}")) == NOT_THEIRS
    assert refused(change(callers.maya, f"/users/{UNKNOWN}")) == NO_USER
    assert knows(world, PASSWORD)


def test_an_oauth_token_changes_no_password(callers: Callers, world: World) -> None:
    """DESIGN section 4: account security is never open to an OAuth token."""
    token = install(world.app(), callers.leo)["access_token"]
    assert refused(change(token)) == FORBIDDEN
    assert knows(world, PASSWORD)


# --- reset links --------------------------------------------------------------------------------------------------


def test_a_reset_link_sets_a_password_once(callers: Callers, world: World) -> None:
    """Mattermost's `POST /users/password/reset`; the `Token` header signs in."""
    token = link(world)
    answer = reset(token)
    assert (answer.status, answer.json) == (200, OK)
    assert me(answer.headers["Token"]).json["username"] == "leo"
    assert me(callers.leo).status == 401
    assert refused(reset(token, "another-password-8")) == DEAD
    assert knows(world, NEW)


@pytest.mark.parametrize("token", ["junk", "gpw_" + "0" * 49, "x" * 5000])
def test_what_is_no_link_is_refused(token: str, callers: Callers, world: World) -> None:
    """Nobody learns whether it was used or never there."""
    link(world)
    assert refused(reset(token)) == DEAD


def test_a_dead_link_is_refused(callers: Callers, world: World) -> None:
    """DESIGN section 3: an hour; and it dies with all sessions."""
    token = link(world)
    people.sign_out_everywhere(world.leo, world.origin())
    assert refused(reset(token)) == DEAD
    world.leo = world.user(world.leo.user_id)
    late = link(world)
    world.clock.shift(3600)
    assert refused(reset(late)) == DEAD


@pytest.mark.parametrize("token", [None, "", 7, ["x"]])
def test_a_link_is_a_text(token: Any, callers: Callers) -> None:
    """Contract 1.1."""
    assert refused(reset(token)) == BAD_BODY


def test_a_reset_needs_a_new_password(callers: Callers, world: World) -> None:
    """Contract 1.1."""
    assert refused(reset(link(world), None)) == BAD_BODY
