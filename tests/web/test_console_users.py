"""System Console > Users: the list (ux 6.15)."""

import re

import pytest

from chalicelib.accounts import people
from chalicelib.web.console import users
from tests.browser import Answer, Browser
from tests.make import World

PATH = "/admin/users"


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


def names(answer: Answer) -> list[str]:
    """The usernames a list shows, in order."""
    return re.findall(r'data-label="Username"><bdi>(.*?)</bdi>', answer.text)


def test_everybody_is_listed_by_username_with_what_matters(maya: Browser) -> None:
    """Ux 6.15: name, username, email, role, state."""
    answer = maya.get(PATH)
    assert names(answer) == ["ana", "leo", "maya"]
    text = answer.page.text
    assert "Leo Wong leo leo@example.com Member Active" in text
    assert "Maya Okafor maya maya@example.com System Admin Active" in text
    assert "3 people" in text


def test_a_line_leads_to_the_person(maya: Browser, world: World) -> None:
    """Ux 6.15."""
    assert f"{PATH}/{world.leo.user_id}" in maya.get(PATH).page.links


@pytest.mark.parametrize("path", [PATH, f"{PATH}/invite", f"{PATH}/{'y' * 26}"])
def test_a_member_sees_nobody(path: str, world: World, browser: Browser) -> None:
    """Contract section 4: System Admins only."""
    assert browser.holding(world.session(world.leo)).get(path).status == 403


@pytest.mark.parametrize("query", ["WONG", "leo@example", " leo "])
def test_the_search_finds_name_username_and_email(query: str, maya: Browser) -> None:
    """Ux 6.15."""
    assert names(maya.get(PATH, q=query)) == ["leo"]


def test_a_search_without_a_match_says_so_and_can_be_cleared(maya: Browser) -> None:
    """Ux 4: empty state."""
    page = maya.get(PATH, q="zoe", role="member").page
    assert "Nobody matches “ zoe ”. Clear search" in page.text
    assert f"{PATH}?role=member" in page.links


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"role": "system_admin"}, ["maya"]),
        ({"role": "member"}, ["ana", "leo"]),
        ({"state": "active"}, ["ana", "maya"]),
        ({"state": "deactivated"}, ["leo"]),
        ({"role": "member", "state": "active"}, ["ana"]),
        ({"role": "king", "state": "?"}, ["ana", "leo", "maya"]),
    ],
)
def test_role_and_state_narrow_the_list(filters: dict[str, str], found: list[str], maya: Browser, world: World) -> None:
    """Ux 6.15; what is no filter counts as none."""
    people.deactivate(world.leo, world.origin())
    assert names(maya.get(PATH, **filters)) == found


def test_a_filter_keeps_the_search_and_the_search_the_filter(maya: Browser) -> None:
    """Ux 6.15: real links, a GET form."""
    page = maya.get(PATH, q="a", role="member").page
    assert f"{PATH}?q=a&role=member&state=active" in page.links
    assert page.form(PATH).fields == {"role": "member", "q": "a"}


@pytest.fixture
def many(world: World, maya: Browser) -> Browser:
    """Thirty people are there."""
    for number in range(27):
        world.person(f"person{number:02}", f"Person {number}")
    return maya


def test_a_page_has_25_people_and_real_links_to_the_others(many: Browser) -> None:
    """Ux 6.5, paging."""
    first = many.get(PATH)
    assert (len(names(first)), first.page.links.count(f"{PATH}?start=25")) == (25, 1)
    assert "30 people, 1 to 25 shown" in first.page.text
    second = many.get(f"{PATH}?start=25")
    assert names(second) == ["person22", "person23", "person24", "person25", "person26"]
    assert PATH in second.page.links


@pytest.mark.parametrize("start", ["-1", "99", "x", "1" * 50, "٣"])
def test_a_page_that_is_not_there_is_the_first(start: str, many: Browser) -> None:
    """Issue 2: whatever is sent."""
    assert names(many.get(PATH, start=start))[0] == "ana"


def test_more_people_than_can_be_listed_are_found_by_the_start_of_their_username(
    many: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ux 6.15: "more than can be listed: narrow your search", and narrowing helps."""
    monkeypatch.setattr(users, "MOST_PEOPLE", 5)
    assert "There are more people than can be listed. The first 5 by username are searched." in many.get(PATH).page.text
    assert names(many.get(PATH, q="Person26")) == ["person26"]
    assert names(many.get(PATH, q="ana")) == ["ana"]
    assert many.get(PATH, q="ß" * 2000).status == 200


def test_as_many_as_can_be_listed_are_all_there(maya: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit itself is not too many."""
    monkeypatch.setattr(users, "MOST_PEOPLE", 3)
    assert "more people than can be listed" not in maya.get(PATH).page.text


def test_the_console_lists_its_rooms(maya: Browser) -> None:
    """Ux 6.15: the list at the side."""
    links = maya.get("/admin/integrations/custom").page.links
    assert [link for link in links if link.startswith("/admin/")] == [
        "/admin/integrations/custom",
        "/admin/resource-servers",
        PATH,
    ]
