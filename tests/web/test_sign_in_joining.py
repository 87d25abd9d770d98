"""Invitations and open sign-up as pages (ux 6.3)."""

import re

import pytest

from chalicelib.accounts import joining, people
from chalicelib.store.users import User, name_key, user_key
from chalicelib.web.browser import cookie_name
from tests.browser import Answer, Browser
from tests.faults import just_before
from tests.make import PASSWORD, World
from tests.web.app_forms import fields

TAKEN = "This username is taken. Free right now: leo.w, leo-wong"
GOOD = {"full_name": "Priya Raman", "username": "priya", "password": PASSWORD}
NEW = GOOD | {"email": "priya@example.com"}
DEAD = "It was used, was taken back, or is too old. Ask whoever gave it to you for a new one."


def invited(world: World, email: str = "priya@example.com", role: joining.Role = "member") -> str:
    """Maya invites somebody; the path of the link."""
    [made] = joining.invite([email], role, world.maya, world.settings(), world.origin(world.maya.user_id))
    return "/" + made.link.partition("//")[2].partition("/")[2]


@pytest.fixture
def link(world: World) -> str:
    """An invitation for Priya."""
    return invited(world)


@pytest.fixture
def opened(world: World, browser: Browser) -> Browser:
    """A visitor where sign-up is open."""
    world.set(open_sign_up=True)
    return browser


def join(browser: Browser, path: str, **filled: str) -> Answer:
    """Fill the form in and send it."""
    return browser.submit(browser.get(path), path.partition("?")[0], **filled)


def found(world: World, username: str) -> User:
    """Somebody by their username."""
    return world.row(user_key(world.row(name_key("u", username)).owner_id))


# --- invitations ------------------------------------------------------------------------------------------------


def test_an_invitation_says_who_role_and_until_when(link: str, browser: Browser) -> None:
    """Ux 6.3, top of the page."""
    text = browser.get(link).page.text
    assert "Maya Okafor invited you to Gatepost as a member . Expires 30 Nov 2026 ." in text


def test_an_invitation_of_a_system_admin_says_that(world: World, browser: Browser) -> None:
    """Ux 6.3."""
    path = invited(world, role="system_admin")
    assert "as a System Admin ." in browser.get(path).page.text
    join(browser, path, **GOOD)
    assert browser.get("/admin/users").status == 200


def test_the_email_is_read_only_and_the_username_suggested(link: str, browser: Browser) -> None:
    """Ux 6.3: nothing has to be typed twice."""
    answer = browser.get(link)
    assert re.search(r'<input[^>]* id="email"[^>]* value="priya@example.com"[^>]* readonly', answer.text)
    assert fields(answer, link) == {"csrf": fields(answer, link)["csrf"], "full_name": "", "password": ""} | {
        "username": "priya"
    }


def test_accepting_signs_in_and_says_welcome(link: str, world: World, browser: Browser) -> None:
    """Ux 6.3, success: Integrations, "Welcome, Leo."."""
    answer = join(browser, link, **GOOD)
    assert (answer.status, answer.goes_to) == (303, "/integrations")
    assert "Welcome, Priya." in browser.get("/integrations").page.text
    priya = found(world, "priya")
    assert (priya.name, priya.email, priya.is_admin) == ("Priya Raman", "priya@example.com", False)
    Browser().sign_in("priya@example.com")


def test_the_email_is_the_invitations_whatever_is_sent(link: str, world: World, browser: Browser) -> None:
    """The link was handed to one address."""
    form = fields(browser.get(link), link) | GOOD
    browser.post(link, form | {"email": "eve@example.com"})
    assert found(world, "priya").email == "priya@example.com"


def test_looking_uses_nothing_up_and_a_refused_form_neither(link: str, browser: Browser) -> None:
    """Ux 6.3."""
    assert [browser.get(link).status, browser.get(link).status] == [200, 200]
    assert join(browser, link, password="short").status == 422
    assert join(browser, link, **GOOD).status == 303


def test_all_problems_come_at_once_and_typing_is_kept(link: str, browser: Browser) -> None:
    """Ux 6.3, 2: passwords excepted."""
    answer = join(browser, link, full_name="", username="Priya!", password="short")
    text = answer.page.text
    messages = [
        "Fix 3 things",
        "Enter your full name",
        "Username can use a-z",
        "Use at least 12 characters, this has 5",
    ]
    assert [message for message in messages if message not in text] == []
    assert (fields(answer, link)["username"], fields(answer, link)["password"]) == ("Priya!", "")
    assert answer.page.title.startswith("Error: ")


def test_a_taken_username_is_said_with_free_ones(link: str, browser: Browser) -> None:
    """Ux 6.3."""
    answer = join(browser, link, full_name="Leo Wong", username="leo", password="short")
    assert TAKEN in answer.page.text
    assert "Use at least 12 characters" in answer.page.text


def test_a_username_somebody_takes_at_the_same_moment_is_said_too(link: str, browser: Browser, world: World) -> None:
    """The database decides who was first."""
    form = browser.get(link)
    with just_before("TransactWriteItems", lambda: world.person("priya", "Priya Other")):
        answer = browser.submit(form, link, **GOOD)
    assert answer.status == 422
    assert "This username is taken. Free right now: priya.r, priya-raman" in answer.page.text
    assert cookie_name() not in browser.http.cookies


def test_an_address_that_has_an_account_meanwhile_is_said(link: str, world: World, browser: Browser) -> None:
    """Nobody has two accounts with one address."""
    form = browser.get(link)
    people.edit(world.leo, {"email": "priya@example.com"}, world.origin())
    answer = browser.submit(form, link, **GOOD)
    assert answer.status == 422
    assert "There is an account with this email already." in answer.page.text


def used(link: str, _: World) -> None:
    """Somebody used the link."""
    join(Browser(), link, **GOOD)


def expired(_: str, world: World) -> None:
    """Seven days are over."""
    world.clock.shift(7 * 24 * 3600)


def withdrawn(link: str, world: World) -> None:
    """Maya took it back."""
    joining.withdraw(world.row(joining.invitation_of(link.removeprefix("/invite/"))), world.origin())


def by_nobody(_: str, world: World) -> None:
    """Who invited is no System Admin any more."""
    people.set_admin(world.leo, world.origin(), admin=True)
    people.set_admin(world.maya, world.origin(), admin=False)


@pytest.mark.parametrize("ending", [used, expired, withdrawn, by_nobody])
def test_every_dead_link_is_answered_alike(ending: object, link: str, world: World, browser: Browser) -> None:
    """Ux 6.3: one page, and the open form is not heard either."""
    form = browser.get(link)
    ending(link, world)  # type: ignore[operator]
    unknown = Browser().get("/invite/gpi_unknown")
    dead = Browser().get(link)
    assert (dead.status, dead.page.h1) == (403, "This link does not work any more")
    assert DEAD in dead.page.text
    assert _without_ids(dead) == _without_ids(unknown)
    answer = browser.submit(form, link, **GOOD | {"username": "second"})
    assert answer.status == 403
    assert cookie_name() not in browser.http.cookies
    assert world.find(name_key("u", "second")) is None


@pytest.mark.parametrize("token", ["x", "%00", "gpw_1", "g" * 3000, "%F0%9F%A6%A6"])
def test_whatever_stands_in_the_address_is_no_link(token: str, browser: Browser) -> None:
    """Issue 2: never a 500."""
    assert browser.get(f"/invite/{token}").status == 403


def test_an_invitation_is_no_reset_link(link: str, browser: Browser) -> None:
    """Both are in one table."""
    assert browser.get(link.replace("/invite/", "/reset/")).status == 403


# --- open sign-up -----------------------------------------------------------------------------------------------


def test_closed_sign_up_says_so(browser: Browser) -> None:
    """Ux 6.3; it is closed by default, and the login page does not lead there."""
    answer = browser.get("/signup")
    assert (answer.status, answer.page.h1) == (403, "Sign-up is by invitation")
    assert [link for link in browser.get("/login").page.links if link.startswith("/signup")] == []


def test_a_form_that_was_open_is_not_heard_after_closing(opened: Browser, world: World) -> None:
    """The switch acts with the next request."""
    form = opened.get("/signup")
    world.set(open_sign_up=False)
    assert opened.submit(form, "/signup", **NEW).status == 403
    assert world.find(name_key("u", "priya")) is None


def test_signing_up_makes_a_member_signed_in(opened: Browser, world: World) -> None:
    """Ux 6.3."""
    assert "/signup" in opened.get("/login").page.links
    answer = join(opened, "/signup", **NEW)
    assert (answer.status, answer.goes_to) == (303, "/integrations")
    assert "Welcome, Priya." in opened.get("/integrations").page.text
    assert not found(world, "priya").is_admin


def test_taken_names_are_said_both_at_once(opened: Browser) -> None:
    """Ux 2: all errors at once; in the order of the form."""
    answer = join(opened, "/signup", **NEW | {"username": "leo", "full_name": "Leo Wong", "email": "ANA@example.com"})
    text = answer.page.text
    assert TAKEN in text
    assert "There is an account with this email already." in text
    held = fields(answer, "/signup")
    assert (held["email"], held["username"]) == ("ANA@example.com", "leo")


def test_signing_up_keeps_the_way_to_an_application(opened: Browser, world: World) -> None:
    """DESIGN section 4: login, Create account, sign-up, and the hand-over page to the same authorization."""
    app = world.app()
    login = opened.get(opened.authorize(app).goes_to)
    [to_sign_up] = [link for link in login.page.links if link.startswith("/signup")]
    page = opened.get(to_sign_up)
    assert "Then continue to Standup Notes (standup.example.net)" in page.page.text
    wrong = opened.submit(page, "/signup", **NEW | {"password": "short"})
    answer = opened.submit(wrong, "/signup", **NEW)
    assert (answer.status, answer.goes_to) == (200, login.page.form("/login").fields["redirect_to"])
    assert opened.get(answer.goes_to).page.h1 == "Allow Standup Notes to use your Gatepost account?"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_signing_up_leads_nowhere_else(target: str, opened: Browser) -> None:
    """Contract case 147."""
    answer = join(opened, "/signup", **NEW | {"redirect_to": target})
    assert answer.goes_to == "/integrations"


def test_nothing_from_before_counts_after_signing_up(opened: Browser) -> None:
    """Session fixation: the signed-out form cookie goes."""
    join(opened, "/signup", **NEW)
    assert cookie_name("form") not in opened.http.cookies
    assert cookie_name() in opened.http.cookies


@pytest.mark.parametrize("name", ["username", "email"])
def test_a_name_longer_than_a_key_is_refused_in_words(name: str, opened: Browser) -> None:
    """DynamoDB takes keys of 2,048 bytes: nothing typed may become a 503."""
    answer = join(opened, "/signup", **NEW | {name: "ß" * 5000})
    assert answer.status == 422


def _without_ids(answer: Answer) -> str:
    return re.sub(r"[a-z0-9]{26}|[0-9a-f]{64}|/invite/\w+|<dd>\d[^<]*UTC", "", answer.text)
