"""Set-up as a page (ux 6.1; issue 2 item 1)."""

from urllib.parse import urlsplit

import pytest
import time_machine

from chalicelib.accounts import setup
from chalicelib.store.users import User
from local.server import Server
from tests.browser import Answer, Browser

FILLED = {
    "full_name": "Maya Okafor",
    "username": "maya",
    "email": "maya@example.com",
    "password": "otter-lamp-river-42",
    "site_name": "Harbour",
}


def path_of(url: str) -> str:
    """The path of an address of ours, with its query."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@pytest.fixture
def link(store: None, clock: time_machine.Traveller, server: Server) -> str:
    """The path of the set-up link of a server nobody set up yet."""
    printed = setup.new_link()
    assert printed is not None
    return path_of(printed)


def set_up(link: str, **filled: str) -> tuple[Browser, Answer]:
    """Fill the set-up form in."""
    browser = Browser()
    return browser, browser.submit(browser.get(link), "/setup", **(FILLED | filled))


def test_the_link_shows_the_form_with_its_fields_in_order(link: str) -> None:
    """Ux 6.1; looking at it uses nothing up."""
    for _ in range(2):
        page = Browser().get(link).page
    assert page.h1 == "Set up Gatepost"
    assert [*page.form("/setup").fields] == [
        "csrf",
        "token",
        "full_name",
        "username",
        "email",
        "password",
        "site_name",
    ]
    assert "Enable OAuth 2.0 Service Provider now" in page.text


def test_set_up_signs_the_first_admin_in_and_says_so_once(link: str) -> None:
    """Ux 6.1, success."""
    browser, answer = set_up(link)
    assert (answer.status, answer.goes_to) == (303, "/integrations")
    landed = browser.get("/integrations").page
    assert "Server ready. You are its System Admin." in landed.text
    assert "Server ready." not in browser.get("/integrations").page.text
    assert "System Console" in landed.text
    assert landed.title.endswith("· Harbour")


@pytest.mark.parametrize(("filled", "warned"), [({}, True), ({"enable_provider": "true"}, False)])
def test_the_provider_is_off_unless_the_box_is_ticked(filled: dict[str, str], warned: bool, link: str) -> None:
    """Ux 6.1, field 7."""
    browser, _ = set_up(link, **filled)
    assert ("OAuth 2.0 is off." in browser.get("/integrations").page.text) is warned


def test_all_problems_come_at_once_and_typing_is_kept_but_the_password(link: str) -> None:
    """Ux 2 and 6.1: a filled form comes back, the password cleared; the link is not used up."""
    typed = {"full_name": "", "username": "Maya!", "email": "maya", "password": "short", "site_name": ""}
    browser, answer = set_up(link, **typed, enable_provider="true")
    page = answer.page
    assert answer.status == 422
    assert page.title.startswith("Error: ")
    assert "Nothing was saved yet. Fix 5 things:" in page.text
    kept = {**page.form("/setup").fields}
    assert (kept["username"], kept["email"], kept["enable_provider"]) == ("Maya!", "maya", "true")
    assert kept["password"] == ""
    assert "short" not in answer.text
    assert browser.submit(answer, "/setup", **FILLED).goes_to == "/integrations"


@pytest.mark.parametrize("path", ["/setup", "/setup?token=", "/setup?token=gpu_wrong", "/setup?token=%FF"])
def test_without_the_link_it_refuses_and_says_how_to_proceed(path: str, link: str) -> None:
    """Ux 6.1, guard."""
    answer = Browser().get(path)
    assert answer.status in {400, 403}
    assert not [form for form in answer.page.forms if form.action == "/setup"]
    if answer.status == 403:
        assert "Set-up needs the link printed when the server started" in answer.page.text


def test_a_second_time_it_refuses(link: str) -> None:
    """Issue 2 item 1: once."""
    first, second = Browser(), Browser()
    forms = [browser.get(link) for browser in (first, second)]
    assert first.submit(forms[0], "/setup", **FILLED).status == 303
    answer = second.submit(forms[1], "/setup", **(FILLED | {"username": "eve", "email": "eve@example.com"}))
    assert (answer.status, answer.page.h1) == (403, "Set-up needs its one-time link")
    assert "sign in instead" in answer.page.text
    assert second.get(link).status == 403
    assert [user.username for user in User.scan()] == ["maya"]


def test_the_form_cannot_be_posted_from_elsewhere(link: str) -> None:
    """DESIGN section 4: even set-up has its form token."""
    token = link.partition("token=")[2]
    answer = Browser().post("/setup", FILLED | {"token": token})
    assert answer.status == 403
    assert list(User.scan()) == []
