"""System Console > Users > Invite people (ux 6.15)."""

import re

import pytest

from chalicelib.accounts import people
from chalicelib.store.invites import Invite
from local.emulator import copied_rows
from tests.browser import Answer, Browser
from tests.make import World
from tests.web.app_forms import fields

USERS = "/admin/users"
PATH = f"{USERS}/invite"


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


def invite(browser: Browser, *emails: str, role: str = "member") -> Answer:
    """Invite people, one line each."""
    return browser.submit(browser.get(PATH), PATH, emails="\r\n".join(emails), role=role)


def links(answer: Answer) -> list[str]:
    """The invitation links a page shows, as paths."""
    return re.findall(r"/invite/gpi_\w+", answer.text)


def withdraw_links(answer: Answer) -> list[str]:
    """Where the open invitations are withdrawn."""
    return [link for link in answer.page.links if link.endswith("/withdraw")]


def test_every_line_says_what_became_of_it(maya: Browser) -> None:
    """Ux 6.15: invited / already a member / not an email address."""
    answer = invite(maya, "priya@example.com", "", "leo@example.com", "not an address")
    assert (answer.status, len(links(answer))) == (200, 1)
    text = answer.page.text
    assert "leo@example.com Already a member" in text
    assert "not an address Not an email address" in text
    assert "They are shown once, on this page. Hand each one on yourself." in text


def test_a_line_that_is_no_address_stays_to_be_mended(maya: Browser) -> None:
    """Ux 2: never lose typing."""
    answer = invite(maya, "priya@example.com", "tom@example", role="system_admin")
    assert fields(answer, PATH)["emails"] == "tom@example"
    assert fields(answer, PATH)["role"] == "system_admin"


def test_a_link_is_shown_once_and_kept_nowhere(maya: Browser) -> None:
    """DESIGN section 3: only its hash is stored, and none of it in the audit."""
    [link] = links(invite(maya, "priya@example.com"))
    token = link.removeprefix("/invite/")
    assert token not in maya.get(USERS).text
    stored = repr(copied_rows())
    assert "user.invite" in stored
    assert token not in stored


def test_the_same_address_twice_is_one_invitation(maya: Browser) -> None:
    """Case does not tell addresses apart."""
    assert len(links(invite(maya, "priya@example.com", "PRIYA@example.com"))) == 1


@pytest.mark.parametrize(
    ("emails", "says"),
    [
        ([], "Enter at least one email address"),
        ([" ", ""], "Enter at least one email address"),
        (["tom", "priya"], "Enter email addresses like name@example.com, one per line"),
        ([f"p{n}@example.com" for n in range(21)], "Invite at most 20 people at once, these are 21"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(emails: list[str], says: str, maya: Browser) -> None:
    """Ux 7."""
    answer = invite(maya, *emails, role="system_admin")
    assert answer.status == 422
    assert says in answer.page.text
    assert fields(answer, PATH)["emails"].split("\n") == ([line for line in emails if line.strip()] or [""])
    assert fields(answer, PATH)["role"] == "system_admin"
    assert withdraw_links(maya.get(USERS)) == []


def test_twenty_are_not_too_many(maya: Browser) -> None:
    """Ux 6.15: at most 20."""
    assert len(links(invite(maya, *(f"p{n}@example.com" for n in range(20))))) == 20


@pytest.mark.parametrize("role", ["", "king"])
def test_a_role_that_is_none_is_refused(role: str, maya: Browser) -> None:
    """A mistyped form makes nobody anything."""
    answer = invite(maya, "priya@example.com", role=role)
    assert (answer.status, links(answer)) == (422, [])
    assert "Choose a role" in answer.page.text


def test_open_invitations_are_listed_with_by_whom_and_until(maya: Browser) -> None:
    """Ux 6.15."""
    invite(maya, "priya@example.com", role="system_admin")
    text = maya.get(USERS).page.text
    assert "priya@example.com System Admin Maya Okafor 30 Nov 2026 Withdraw" in text


def test_an_invitation_that_is_over_is_not_listed(maya: Browser, world: World) -> None:
    """Seven days."""
    invite(maya, "priya@example.com")
    world.clock.shift(7 * 24 * 3600 - 1)
    later = Browser().holding(world.session(world.maya))
    assert len(withdraw_links(later.get(USERS))) == 1
    world.clock.shift(1)
    assert withdraw_links(later.get(USERS)) == []


def test_an_invitation_of_a_former_system_admin_is_not_listed(maya: Browser, world: World) -> None:
    """It lets nobody in any more."""
    people.set_admin(world.leo, world.origin(), admin=True)
    invite(Browser().holding(world.session(world.leo)), "priya@example.com")
    assert len(withdraw_links(maya.get(USERS))) == 1
    people.set_admin(world.user(world.leo.user_id), world.origin(), admin=False)
    assert withdraw_links(maya.get(USERS)) == []


def test_a_search_shows_people_alone(maya: Browser) -> None:
    """The invitations stand below the whole list."""
    invite(maya, "priya@example.com")
    assert withdraw_links(maya.get(USERS, q="leo")) == []


def test_withdrawing_asks_first_and_the_link_stops(maya: Browser) -> None:
    """Ux 4."""
    [link] = links(invite(maya, "priya@example.com"))
    [path] = withdraw_links(maya.get(USERS))
    asked = maya.get(path)
    assert asked.page.h1 == "Withdraw the invitation of priya@example.com?"
    assert Browser().get(link).status == 200
    assert maya.submit(asked, path).goes_to == USERS
    text = maya.get(USERS).page.text
    assert "The invitation of priya@example.com was withdrawn. Its link does not work any more." in text
    assert Browser().get(link).status == 403


@pytest.mark.parametrize("token_hash", ["0" * 64, "junk", "%00", "0" * 3000])
def test_what_is_not_there_cannot_be_withdrawn(token_hash: str, maya: Browser) -> None:
    """Ux 6.11; whatever is sent."""
    answer = maya.get(f"{USERS}/invitations/{token_hash}/withdraw")
    assert (answer.status, answer.page.h1) == (404, "No such invitation")


def test_a_reset_link_is_no_invitation(maya: Browser, world: World) -> None:
    """Both are in one table."""
    path = f"{USERS}/{world.leo.user_id}/reset-link"
    maya.submit(maya.get(path), path)
    [row] = copied_rows()[str(Invite.Meta.table_name)].values()
    assert maya.get(f"{USERS}/invitations/{row.attrs['token_hash'].value}/withdraw").status == 404
    assert withdraw_links(maya.get(USERS)) == []
