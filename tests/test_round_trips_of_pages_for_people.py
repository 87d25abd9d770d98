"""How often the pages for people ask DynamoDB: counted at the SDK (DESIGN sections 1 and 9)."""

import pytest

from chalicelib.accounts import joining, passwords
from tests.browser import Browser
from tests.faults import counted
from tests.make import PASSWORD, World

READ, TOGETHER, LIST = "BatchGetItem", "TransactWriteItems", "Query"
USERS = "/admin/users"
PROFILE = "/account/profile"
CHANGE = "/account/security/password"
SESSIONS = "/account/security/sessions"
NEW = "a-new-and-longer-password"
PRIYA = {"full_name": "Priya Raman", "username": "priya", "password": PASSWORD}


@pytest.fixture
def maya(world: World, browser: Browser) -> Browser:
    """Maya's browser, signed in."""
    return browser.holding(world.session(world.maya))


@pytest.fixture
def invitation(world: World) -> str:
    """An invitation for Priya, as a path."""
    [made] = joining.invite(["priya@example.com"], "member", world.maya, world.settings(), world.origin())
    return "/invite/" + made.link.rpartition("/")[2]


@pytest.fixture
def reset(world: World) -> str:
    """A reset link for Leo, as a path."""
    made = passwords.offer_reset(world.leo, world.maya, world.settings(), world.origin())
    return "/reset/" + made.rpartition("/")[2]


def test_the_list_of_people_with_its_invitations_is_three(maya: Browser, invitation: str) -> None:
    """DESIGN section 9: lists 3; two lists on one page."""
    with counted() as calls:
        assert "priya@example.com" in maya.get(USERS).page.text
    assert calls == [READ, LIST, LIST]


def test_a_search_for_people_is_two(maya: Browser) -> None:
    """DESIGN section 9: lists 3."""
    with counted() as calls:
        assert maya.get(USERS, q="leo").status == 200
    assert calls == [READ, LIST]


@pytest.mark.parametrize("page", ["", "/role", "/reset-link", "/deactivate", "/reactivate"])
def test_a_person_is_one_read(page: str, maya: Browser, world: World) -> None:
    """Design notes: 2 for any single object, 1 here."""
    with counted() as calls:
        assert maya.get(f"{USERS}/{world.leo.user_id}{page}").status == 200
    assert calls == [READ]


@pytest.mark.parametrize("page", ["role", "reset-link", "sign-out", "revoke-apps", "deactivate"])
def test_what_is_done_to_a_person_is_a_read_and_a_write(page: str, maya: Browser, world: World) -> None:
    """Design notes: 2 for any single object."""
    path = f"{USERS}/{world.leo.user_id}/{page}"
    form = maya.get(path)
    with counted() as calls:
        assert maya.submit(form, path).status in {200, 303}
    assert calls == [READ, TOGETHER]


def test_inviting_is_two_reads_and_a_write_for_each(maya: Browser) -> None:
    """Who is a member is asked once for all lines."""
    form = maya.get(f"{USERS}/invite")
    with counted() as calls:
        maya.submit(form, f"{USERS}/invite", emails="a@example.com\nb@example.com\nleo@example.com", role="member")
    assert calls == [READ, READ, TOGETHER, TOGETHER]


def test_an_invitation_is_two_reads(browser: Browser, invitation: str) -> None:
    """The second is of who invited."""
    with counted() as calls:
        assert browser.get(invitation).status == 200
    assert calls == [READ, READ]


def test_a_reset_link_is_two_reads_and_a_write(browser: Browser, reset: str) -> None:
    """The second is of whom the link names."""
    with counted() as calls:
        form = browser.get(reset)
    assert calls == [READ, READ]
    with counted() as calls:
        assert browser.submit(form, reset, password=NEW).status == 303
    assert calls == [READ, READ, TOGETHER]


def test_a_taken_username_costs_two_reads_more_than_a_dead_link_and_no_write(browser: Browser, invitation: str) -> None:
    """Ux 6.3: the free ones are checked by one batch read."""
    form = browser.get(invitation)
    with counted() as calls:
        assert browser.submit(form, invitation, **PRIYA | {"username": "leo"}).status == 422
    assert calls == [READ, READ, READ]


@pytest.mark.parametrize("page", [PROFILE, CHANGE, "/account"])
def test_ones_own_pages_are_one_read(page: str, maya: Browser) -> None:
    """Design notes: 2 for any single object, 1 here."""
    with counted() as calls:
        assert maya.get(page).status == 200
    assert calls == [READ]


def test_saving_a_profile_is_a_read_and_a_write(maya: Browser) -> None:
    """Whether the new names are free is in the first read."""
    form = maya.get(PROFILE)
    with counted() as calls:
        assert maya.submit(form, PROFILE, username="mayao", email="mayao@example.com").status == 303
    assert calls == [READ, TOGETHER]


def test_a_change_of_the_password_reserves_its_try_first(maya: Browser) -> None:
    """The sign-in throttle: one write more than anything else of one's own."""
    form = maya.get(CHANGE)
    with counted() as calls:
        assert maya.submit(form, CHANGE, current_password=PASSWORD, password=NEW).status == 303
    assert calls == [READ, TOGETHER, TOGETHER]


def test_the_list_of_sessions_is_two(maya: Browser) -> None:
    """DESIGN section 9: lists 3."""
    with counted() as calls:
        assert maya.get(SESSIONS).status == 200
    assert calls == [READ, LIST]


def test_signing_one_session_out_is_a_read_and_a_write(maya: Browser, world: World) -> None:
    """Design notes: 2 for any single object."""
    other = Browser().holding(world.session(world.maya))
    page = maya.get(SESSIONS)
    action = [form.action for form in page.page.forms if form.action.endswith("/sign-out")][1]
    with counted() as calls:
        maya.submit(page, action)
    assert calls == [READ, TOGETHER]
    assert other.get("/account").status == 302


def test_signing_out_everywhere_else_is_three(maya: Browser, world: World) -> None:
    """DESIGN section 9, lists 3: the sessions are counted, and one write ends all of them."""
    world.session(world.maya)
    form = maya.get(f"{SESSIONS}/sign-out-others")
    with counted() as calls:
        assert maya.submit(form, f"{SESSIONS}/sign-out-others").status == 303
    assert calls == [READ, LIST, TOGETHER]
