"""The templates of the pages for people: what somebody typed is text, and what is said of whom."""

from types import SimpleNamespace

import pytest

from chalicelib.web import pages
from tests.web.page_samples import PAGES
from tests.web.page_values import NASTY, common
from tests.web.people_values import HERE, OPEN_INVITATION, invite, join, people, person

EVIL = person(**dict.fromkeys(("name", "username", "email", "nickname", "position"), NASTY))
EVIL.full_name = NASTY
SESSION = SimpleNamespace(**vars(HERE) | {"device": NASTY, "network": NASTY})
INVITATION = SimpleNamespace(**vars(OPEN_INVITATION) | {"email": NASTY, "by": NASTY})


def html(name: str) -> str:
    """A sample page."""
    template, values = PAGES[name]
    return pages.render(template, **values)


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("console/users.html", people(people=[EVIL], query=NASTY, invitations=[INVITATION])),
        ("console/user.html", common(person=EVIL, is_own=True, href="/", problem=None)),
        ("console/invite.html", invite(invited=[SimpleNamespace(email=NASTY, verdict="member", link="")])),
        ("console/reset_link.html", common(name=NASTY, user_href="/", link=NASTY, until="")),
        ("join.html", join(form=EVIL, problems={"username": NASTY})),
        ("reset.html", common(action="/reset/x", username=NASTY, problems={})),
        ("account/profile.html", common(form=EVIL, problems={}, row_version=NASTY)),
        ("account/sessions.html", common(here=SESSION, others=[SESSION])),
    ],
)
def test_what_people_typed_is_text(template: str, values: dict[str, object]) -> None:
    """Checklists, markup: nothing a caller sends is executed."""
    text = pages.render(template, **values)
    assert "<script>alert" not in text
    assert "&lt;/title&gt;&lt;script&gt;" in text


def test_a_table_has_a_caption_scoped_headers_and_a_label_in_every_cell() -> None:
    """Ux 6.15: on a narrow screen it is cards, and every value still says what it is."""
    text = html("users")
    assert "<caption" in text
    assert text.count('scope="col"') == 10
    assert text.count('scope="row"') == 4
    assert text.count('<td role="cell" data-label=') + text.count('class="table__do"') == text.count("<td ")


def test_no_page_for_people_gives_a_password_back() -> None:
    """Ux 2: secrets excepted."""
    texts = [html(name) for name in ("sign-up-wrong", "reset-wrong", "password-wrong")]
    assert [text.count('type="password" value=""') for text in texts] == [1, 1, 2]


def test_only_a_full_list_says_that_there_are_more() -> None:
    """Ux 6.15: narrow your search."""
    assert "There are more people than can be listed." in html("users-more")
    assert "There are more people" not in html("users")


def test_sign_up_is_linked_only_where_it_is_open() -> None:
    """Ux 6.2; the address to come back to goes along."""
    assert "/signup?redirect_to=/oauth/authorize%3Fclient_id%3D1" in html("login-open")
    assert "/signup" not in html("login")
