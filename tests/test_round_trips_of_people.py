"""How often people over the API ask DynamoDB: counted at the SDK (DESIGN sections 1 and 9)."""

from typing import Any

import pytest

from chalicelib.accounts import joining, passwords
from chalicelib.credentials import parse_session
from tests.browser import Browser, api, exchange
from tests.crew import Crew
from tests.faults import counted
from tests.make import PASSWORD, World

READ, TOGETHER, LIST = "BatchGetItem", "TransactWriteItems", "Query"
NEW = "copper-kite-meadow-7"
ROBIN = {"username": "robin", "email": "robin@example.com", "password": PASSWORD}


@pytest.fixture
def maya(world: World, browser: Browser) -> str:
    """A System Admin's session."""
    return world.session(world.maya)


@pytest.mark.parametrize("path", ["/users/me", "/users/{leo}", "/users/{leo}/image", "/users/{leo}/image/default"])
def test_one_person_is_one_read(world: World, maya: str, path: str) -> None:
    """DESIGN section 9: a single object at most 2."""
    with counted() as calls:
        assert api("GET", path.format(leo=world.leo.user_id), maya).status == 200

    assert calls == [READ]


@pytest.mark.parametrize("path", ["/users/username/leo", "/users/email/leo@example.com"])
def test_a_person_by_name_is_two_reads(maya: str, path: str) -> None:
    """DESIGN section 9: who calls and where the name leads, then the person."""
    with counted() as calls:
        assert api("GET", path, maya).status == 200

    assert calls == [READ, READ]


def test_nobody_by_name_is_one_read(maya: str) -> None:
    """DESIGN section 1: nothing is read that is not there."""
    with counted() as calls:
        assert api("GET", "/users/username/nobody", maya).status == 404

    assert calls == [READ]


def test_many_by_id_are_one_read(world: World, maya: str) -> None:
    """DESIGN section 1: their keys are in the request."""
    with counted() as calls:
        assert len(api("POST", "/users/ids", maya, [world.leo.user_id, world.ana.user_id]).json) == 2

    assert calls == [READ]


def test_many_by_username_are_two_reads(maya: str) -> None:
    """DESIGN section 9: look-ups by name."""
    with counted() as calls:
        assert len(api("POST", "/users/usernames", maya, ["leo", "ana"]).json) == 2

    assert calls == [READ, READ]


LISTS: list[tuple[str, str, Any]] = [
    ("GET", "/users", None),
    ("GET", "/users?active=true&per_page=1", None),
    ("POST", "/users/search", {"term": "leo"}),
    ("GET", "/users/autocomplete?name=leo", None),
]


@pytest.mark.parametrize(("method", "path", "body"), LISTS)
def test_a_list_is_three(maya: str, method: str, path: str, body: Any) -> None:
    """DESIGN section 9: one index query, and one read of the page."""
    with counted() as calls:
        assert api(method, path, maya, body).json

    assert calls == [READ, LIST, READ]


def test_a_list_of_nobody_reads_no_page(maya: str) -> None:
    """DESIGN section 1."""
    with counted() as calls:
        assert api("POST", "/users/search", maya, {"term": "nobody"}).json == []

    assert calls == [READ, LIST]


def test_a_list_of_a_place_is_four(world: World, browser: Browser) -> None:
    """DESIGN section 9 says 3: who is there is one more query, because a page is in the order of names."""
    crew = Crew.of(world)

    with counted() as calls:
        assert len(api("GET", f"/users?in_team={crew.team}", crew.leo).json) == 2
    with counted() as more:
        assert len(api("GET", f"/users?in_channel={crew.leos}", crew.leo).json) == 1

    assert calls == more == [READ, LIST, LIST, READ]


CHANGES: list[tuple[str, str, Any]] = [
    ("PUT", "/users/{leo}/patch", {"nickname": "Lion"}),
    ("PUT", "/users/{leo}/patch", {"username": "leon", "email": "leon@example.com"}),
    ("PUT", "/users/{leo}", {"id": "{leo}", "username": "leo", "email": "leo@example.com"}),
    ("PUT", "/users/{leo}/roles", {"roles": "system_user system_admin"}),
    ("PUT", "/users/{leo}/active", {"active": False}),
    ("DELETE", "/users/{leo}", None),
    ("PUT", "/users/{leo}/password", {"new_password": NEW}),
    ("POST", "/users/{leo}/sessions/revoke", {"session_id": "{session}"}),
    ("POST", "/users/{leo}/sessions/revoke/all", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_a_change_is_a_read_and_a_write(world: World, maya: str, method: str, path: str, body: Any) -> None:
    """DESIGN section 9: a single object at most 2, however many sessions or tokens end."""
    located = parse_session(world.session(world.leo))
    assert located is not None
    named = {"{leo}": world.leo.user_id, "{session}": located.row_id}
    filled = body and {name: named.get(str(value), value) for name, value in body.items()}

    with counted() as calls:
        assert api(method, path.format(leo=world.leo.user_id), maya, filled).status == 200

    assert calls == [READ, TOGETHER]


def test_a_change_of_nothing_writes_nothing(world: World, maya: str) -> None:
    """DESIGN section 1."""
    with counted() as calls:
        assert api("PUT", f"/users/{world.leo.user_id}/patch", maya, {"username": "leo"}).status == 200

    assert calls == [READ]


def test_changing_ones_own_password_counts_the_try_first(maya: str) -> None:
    """DESIGN section 2: before any password is looked at, as at sign-in."""
    body = {"current_password": PASSWORD, "new_password": NEW}

    with counted() as calls:
        assert api("PUT", "/users/me/password", maya, body).status == 200

    assert calls == [READ, TOGETHER, TOGETHER]


def test_a_reset_link_is_two_reads_and_a_write(world: World, maya: str) -> None:
    """The link names its person and who made it: a look-up by name."""
    link = passwords.offer_reset(world.leo, world.maya, world.settings(), world.origin())
    body = {"token": link.rpartition("/")[2], "new_password": NEW}

    with counted() as calls:
        assert api("POST", "/users/password/reset", json=body).status == 200

    assert calls == [READ, READ, TOGETHER]


def test_an_account_made_by_a_system_admin_is_a_read_a_look_up_and_a_write(maya: str) -> None:
    """DESIGN section 1: the look-up is of the first team; its Town Square would be one more."""
    with counted() as calls:
        assert api("POST", "/users", maya, ROBIN).status == 201

    assert calls == [READ, READ, TOGETHER]


def test_an_invitation_is_two_reads_a_look_up_a_write_and_the_account(world: World, maya: str) -> None:
    """DESIGN section 1: the invitation names who invited; the answer is the account as stored."""
    [line] = joining.invite(["robin@example.com"], "member", world.maya, world.settings(), world.origin())

    with counted() as calls:
        assert api("POST", "/users", json=ROBIN, params={"t": line.link.rpartition("/")[2]}).status == 201

    assert calls == [READ, READ, READ, TOGETHER, READ]


def test_the_sessions_of_a_person_are_four(world: World, maya: str) -> None:
    """DESIGN section 9 says 3: sign-ins and installs are in two tables."""
    app = world.app()
    exchange(app, Browser().holding(maya).allow(app))

    with counted() as calls:
        assert len(api("GET", "/users/me/sessions", maya).json) == 2

    assert calls == [READ, LIST, LIST, READ]


def test_the_preferences_of_a_person_are_three(world: World, maya: str) -> None:
    """DESIGN section 9: lists 3."""
    app = world.app()
    exchange(app, Browser().holding(maya).allow(app))

    with counted() as calls:
        assert len(api("GET", "/users/me/preferences", maya).json) == 1

    assert calls == [READ, LIST, READ]
