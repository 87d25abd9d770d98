"""Whatever is typed into the forms for people: never a 500, never markup, and it comes back as it was (issue 2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts import joining
from tests.browser import Browser
from tests.make import World
from tests.web.test_forms_hold import NASTY, TEXT, TYPED, check, moderately

PROFILE = "/account/profile"
INVITE = "/admin/users/invite"
USERS = "/admin/users"
EMAILS = st.lists(st.one_of(TEXT.filter(lambda text: len(text.splitlines()) < 2), NASTY), max_size=5)


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


@moderately
@given(typed=st.fixed_dictionaries(dict.fromkeys(("full_name", "username", "nickname", "position"), TYPED)))
def test_the_profile_keeps_what_was_typed(maya: Browser, typed: dict[str, str]) -> None:
    """Ux 2; with an address that is none, so that nothing is ever saved."""
    check(maya.submit(maya.get(PROFILE), PROFILE, email="none", **typed), PROFILE, typed)


@moderately
@given(typed=st.fixed_dictionaries(dict.fromkeys(("full_name", "username", "email"), TYPED)))
def test_signing_up_keeps_what_was_typed(browser: Browser, world: World, typed: dict[str, str]) -> None:
    """Ux 2; with a password that is too short, so that nobody ever joins."""
    world.set(open_sign_up=True)
    check(browser.submit(browser.get("/signup"), "/signup", password="short", **typed), "/signup", typed)


@moderately
@given(typed=st.fixed_dictionaries(dict.fromkeys(("full_name", "username"), TYPED)))
def test_an_invitation_keeps_what_was_typed(browser: Browser, world: World, typed: dict[str, str]) -> None:
    """Ux 2; with a password that is too short, so that nobody ever joins."""
    [made] = joining.invite(["priya@example.com"], "member", world.maya, world.settings(), world.origin())
    path = "/invite/" + made.link.rpartition("/")[2]
    check(browser.submit(browser.get(path), path, password="short", **typed), path, typed)


@moderately
@given(emails=EMAILS, role=TYPED)
def test_inviting_is_answered_whatever_is_typed(maya: Browser, emails: list[str], role: str) -> None:
    """Ux 6.15; a role that is none makes no link."""
    answer = maya.submit(maya.get(INVITE), INVITE, emails="\r\n".join(emails), role=role)
    assert answer.status in {400, 422}
    assert "<script>alert" not in answer.text


@moderately
@given(query=st.dictionaries(st.sampled_from(["q", "role", "state", "start"]), TYPED))
def test_no_query_breaks_the_list_of_people(maya: Browser, query: dict[str, str]) -> None:
    """Issue 2: nothing a caller sends gives a 500."""
    answer = maya.get(USERS, **query)
    assert answer.status in {200, 400}
    assert "<script>alert" not in answer.text
