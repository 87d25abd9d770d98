"""The rules of a person's own fields, and switching an account off and on (ux 6.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts import people
from chalicelib.accounts.people import NewPerson
from chalicelib.store.admins import ADMINS
from chalicelib.store.audit import Event
from chalicelib.store.writing import ConditionFailed
from tests.make import World

GOOD = {
    "full_name": "Maya Okafor",
    "username": "maya",
    "email": "maya@example.com",
    "password": "otter-lamp-river-42",
}


def problems(**changes: str) -> dict[str, str]:
    """What is wrong with a person who is right but for these fields."""
    return dict(people.problems(NewPerson(**(GOOD | changes))))


def test_a_person_who_is_right_has_no_problem() -> None:
    """Ux 6.1."""
    assert problems() == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", "M"),
        ("full_name", "n" * 64),
        ("full_name", "José Ángel Ñandú"),
        ("full_name", "山田 太郎"),
        ("username", "abc"),
        ("username", "a" + "b" * 21),
        ("username", "a.b-c_9"),
        ("email", "m@a.b"),
        ("email", "m+tag@sub.example-host.org"),
        ("email", "o'neill@example.com"),
        ("password", "a b c d e f "),
        ("password", "p4ssw0rd" * 9),
        ("password", "пароль из слов"),
    ],
)
def test_values_at_their_limits_are_taken(field: str, value: str) -> None:
    """Ux 6.1: lengths, and alphabets of all the world but in the username."""
    assert problems(**{field: value}) == {}


USERNAME = "Username can use a-z, 0-9, dot, dash and underscore, starts with a letter and has 3 to 22 characters"
EMAIL = "Enter an email address like name@example.com"
COMMON = "This password is on a list of common passwords"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("full_name", "", "Enter your full name"),
        ("full_name", "n" * 65, "Use at most 64 ordinary characters"),
        ("full_name", "a\u202eb", "Use at most 64 ordinary characters"),
        ("full_name", "a\nb", "Use at most 64 ordinary characters"),
        ("username", "", USERNAME),
        ("username", "ab", USERNAME),
        ("username", "a" + "b" * 22, USERNAME),
        ("username", "Maya", USERNAME),
        ("username", "9maya", USERNAME),
        ("username", "maya okafor", USERNAME),
        ("username", "mаya", USERNAME),  # a Cyrillic letter
        ("username", "maya\n", USERNAME),
        ("username", "maya@example.com", USERNAME),
        ("email", "", EMAIL),
        ("email", "maya", EMAIL),
        ("email", "maya@localhost", EMAIL),
        ("email", "ma ya@example.com", EMAIL),
        ("email", "maya@example.com\n", EMAIL),
        ("email", "<maya@example.com>", EMAIL),
        ("email", "maya@@example.com", EMAIL),
        ("email", "maya@" + "a." * 62 + "com", EMAIL),
        ("password", "", "Use at least 12 characters, this has 0"),
        ("password", "otter-lam", "Use at least 12 characters, this has 9"),
        ("password", "otter-lamp-" * 7, "Use at most 72 characters, this has 77"),
        ("password", "aaaaaaaaaaaa", COMMON),
        ("password", "passwordpassword", COMMON),
        ("password", "PASSWORDpassword", COMMON),
        ("password", "123456789012", COMMON),
    ],
)
def test_what_is_wrong_is_said_in_words_that_say_what_to_do(field: str, value: str, message: str) -> None:
    """Ux 6.1, messages."""
    assert problems(**{field: value}) == {field: message}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Ux 2, 6.1."""
    assert list(problems(full_name="", username="", email="", password="")) == list(GOOD)


@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_is_too_strange_to_be_checked(full_name: str, username: str, email: str, password: str) -> None:
    """Issue 2: nothing a caller sends gives a 500."""
    found = people.problems(NewPerson(full_name, username, email, password))
    assert set(found) <= set(GOOD)
    assert all(message and message[0].isupper() for message in found.values())


@pytest.mark.parametrize(
    ("full_name", "first", "last"),
    [("Maya Okafor", "Maya", "Okafor"), ("Ana Maria Duarte", "Ana Maria", "Duarte"), ("Cher", "Cher", "")],
)
def test_a_full_name_is_divided_before_its_last_word(full_name: str, first: str, last: str) -> None:
    """Contract 1.8: Mattermost's clients read two names."""
    person = NewPerson(full_name, "cher", "cher@example.com", "x")
    assert (person.first_name, person.last_name) == (first, last)


def test_a_password_does_not_slip_into_a_log() -> None:
    """DESIGN section 4."""
    assert "otter-lamp" not in repr(NewPerson(**GOOD))


def test_the_last_system_admin_cannot_be_deactivated(world: World) -> None:
    """DESIGN section 2, `admins`: "size > 1"."""
    with pytest.raises(ConditionFailed):
        people.deactivate(world.maya, world.origin())
    assert world.user(world.maya.user_id).active


def test_an_admin_leaves_and_comes_back_as_admin(world: World) -> None:
    """DESIGN section 2: `admins` minus the id in the same transaction."""
    people.deactivate(world.leo, world.origin())
    assert world.row(ADMINS).user_ids == {world.maya.user_id}
    ana = world.user(world.ana.user_id)
    ana.roles = world.maya.roles
    people.reactivate(ana, world.origin())
    assert world.row(ADMINS).user_ids == {world.maya.user_id, ana.user_id}
    people.deactivate(world.maya, world.origin())
    assert world.row(ADMINS).user_ids == {ana.user_id}


def test_deactivating_moves_both_numbers_and_reactivating_neither(world: World) -> None:
    """DESIGN section 2: no session and no app access revives."""
    people.deactivate(world.leo, world.origin())
    gone = world.user(world.leo.user_id)
    people.reactivate(gone, world.origin())
    back = world.user(world.leo.user_id)
    assert [(user.active, user.session_no, user.access_no) for user in (gone, back)] == [(False, 2, 2), (True, 2, 2)]


def test_a_change_of_somebody_who_was_changed_in_between_is_refused(world: World) -> None:
    """DESIGN section 1: the condition repeats the read."""
    people.deactivate(world.leo, world.origin())
    with pytest.raises(ConditionFailed):
        people.deactivate(world.leo, world.origin())


def test_both_are_recorded_with_who_did_it(world: World) -> None:
    """DESIGN section 2: changes of state are audited in their own transaction."""
    people.deactivate(world.leo, world.origin(world.maya.user_id))
    people.reactivate(world.user(world.leo.user_id), world.origin(world.maya.user_id))
    events = [(event.action, event.actor_id, event.user_id, event.object) for event in Event.scan()]
    about = (world.maya.user_id, world.leo.user_id, "leo")
    assert sorted(events) == [("user.deactivate", *about), ("user.reactivate", *about)]
