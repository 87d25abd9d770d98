"""Account Settings > Profile (ux 6.19)."""

import pytest

from chalicelib.accounts import people
from chalicelib.store.users import name_key
from tests.browser import Answer, Browser
from tests.make import PASSWORD, World
from tests.web.app_forms import fields

PATH = "/account/profile"


@pytest.fixture
def leo(browser: Browser, world: World) -> Browser:
    """A member's browser."""
    return browser.holding(world.session(world.leo))


def save(browser: Browser, **filled: str) -> Answer:
    """Change the form and save it."""
    return browser.submit(browser.get(PATH), PATH, **filled)


def test_the_form_holds_what_is_there(leo: Browser) -> None:
    """The brief's five fields."""
    held = fields(leo.get(PATH), PATH)
    del held["csrf"]
    assert held == {
        "version": "1",
        "full_name": "Leo Wong",
        "username": "leo",
        "email": "leo@example.com",
        "nickname": "",
        "position": "",
    }


def test_saving_says_what_changed(leo: Browser, world: World) -> None:
    """Ux 6.6: "Saved. 2 things changed"."""
    answer = save(leo, nickname="Lion", position="Release manager")
    assert (answer.status, answer.goes_to) == (303, PATH)
    assert "Saved. 2 things changed: Nickname, Position." in leo.get(PATH).page.text
    user = world.user(world.leo.user_id)
    assert (user.nickname, user.position, user.name) == ("Lion", "Release manager", "Leo Wong")


def test_a_full_name_is_kept_as_first_and_last(leo: Browser, world: World) -> None:
    """Mattermost has two fields, people have one name."""
    save(leo, full_name="Leo van der Wong")
    user = world.user(world.leo.user_id)
    assert (user.first_name, user.last_name) == ("Leo van der", "Wong")


def test_a_name_that_was_not_changed_keeps_its_parts(leo: Browser, world: World) -> None:
    """The API may have set them otherwise."""
    people.edit(world.leo, {"first_name": "Leo", "last_name": "van Wong"}, world.origin())
    save(leo, nickname="Lion")
    assert world.user(world.leo.user_id).last_name == "van Wong"


def test_a_new_username_and_email_are_what_one_signs_in_with(leo: Browser, world: World) -> None:
    """The brief: needs nothing else, but says what changes; the session stays."""
    save(leo, username="leow", email="leow@example.com")
    text = leo.get(PATH).page.text
    assert "2 things changed: Username, Email. Sign in with leow or leow@example.com from now on." in text
    Browser().sign_in("leow")
    Browser().sign_in("LEOW@example.com")
    visitor = Browser()
    assert visitor.submit(visitor.get("/login"), "/login", login_id="leo", password=PASSWORD).status == 401
    assert world.find(name_key("u", "leo")) is None


def test_saving_without_a_change_says_so(leo: Browser, world: World) -> None:
    """Ux 6.15, here too."""
    save(leo)
    assert "Nothing changed." in leo.get(PATH).page.text
    assert world.user(world.leo.user_id).version == 1


def test_all_problems_come_at_once_in_order_and_typing_is_kept(leo: Browser, world: World) -> None:
    """Ux 2, 7: each sentence says which field it is about."""
    typed = {
        "full_name": "",
        "username": "ana",
        "email": "leo",
        "nickname": "x" * 65,
        "position": "y" * 129,
    }
    answer = save(leo, **typed)
    text = answer.page.text
    assert answer.status == 422
    messages = [
        "Enter your full name",
        "This username is taken. Free right now: ana.w, ana-wong",
        "Enter an email address like name@example.com",
        "Nickname: use at most 64 ordinary characters",
        "Position: use at most 128 ordinary characters",
    ]
    assert [message for message in messages if message not in text] == []
    places = [text.index(message) for message in messages]
    assert places == sorted(places)
    assert "Fix 5 things" in text
    assert fields(answer, PATH).items() >= typed.items()
    assert world.user(world.leo.user_id).version == 1


@pytest.mark.parametrize("full_name", ["x" * 65, f"{'x' * 40} {'y' * 40}", "Leo\u202eWong"])
def test_a_full_name_has_64_ordinary_characters(full_name: str, leo: Browser) -> None:
    """As at sign-up."""
    assert "Full name: use at most 64 ordinary characters" in save(leo, full_name=full_name).page.text


def test_an_email_of_somebody_else_is_said(leo: Browser) -> None:
    """Whatever its case."""
    answer = save(leo, email="ANA@example.com")
    assert answer.status == 422
    assert "There is an account with this email already." in answer.page.text


def test_ones_own_email_in_another_case_is_no_problem(leo: Browser, world: World) -> None:
    """The name is reserved already, by oneself."""
    save(leo, email="Leo@example.com")
    assert world.user(world.leo.user_id).email == "Leo@example.com"


def test_two_windows_do_not_overwrite_each_other_unseen(leo: Browser, world: World) -> None:
    """The form carries the version it was made from."""
    form = leo.get(PATH)
    people.edit(world.leo, {"nickname": "Lion"}, world.origin())
    answer = leo.submit(form, PATH, position="Release manager")
    assert answer.status == 409
    assert "Your account was changed in the meantime." in answer.page.text
    assert fields(answer, PATH)["position"] == "Release manager"
    assert world.user(world.leo.user_id).nickname == "Lion"
    assert leo.submit(answer, PATH, nickname="Lion").status == 303


@pytest.mark.parametrize("name", ["username", "email", "full_name", "nickname", "position", "version"])
@pytest.mark.parametrize("typed", ["ß" * 5000, "\u202e", '"><script>'])
def test_whatever_is_typed_is_refused_in_words(name: str, typed: str, leo: Browser) -> None:
    """DynamoDB takes keys of 2,048 bytes; never a 500."""
    answer = save(leo, **{name: typed})
    assert answer.status in {303, 409, 422}
    assert "<script>alert" not in answer.text


def test_the_settings_lead_to_all_of_them(leo: Browser) -> None:
    """Ux 6.19: the index, and the list at the side."""
    paths = [PATH, "/account/security/password", "/account/security/sessions", "/account/security/oauth2-apps"]
    assert [leo.get("/account").page.links.count(path) for path in paths] == [2, 2, 2, 2]
