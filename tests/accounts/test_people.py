"""The rules of a person's own fields, and switching an account off and on (ux 6.1)."""

from collections.abc import Callable
from functools import partial
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts import people
from chalicelib.accounts.people import NewPerson
from chalicelib.errors import LastAdmin, NameTaken
from chalicelib.store.admins import ADMINS
from chalicelib.store.audit import Event, Origin
from chalicelib.store.users import User, name_key
from chalicelib.store.writing import ConditionFailed, Contention
from tests.make import World

GOOD = {
    "full_name": "Maya Okafor",
    "username": "maya",
    "email": "maya@example.com",
    "password": "otter-lamp-river-42",
}


def problems(**changes: str) -> dict[str, str]:
    """What is wrong with a person who is right but for these fields."""
    return dict(people.problems(new_person(GOOD | changes)))


def new_person(typed: dict[str, str]) -> NewPerson:
    """What somebody typed."""
    return NewPerson(typed["full_name"], typed["username"], typed["email"], typed["password"])


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
    assert "otter-lamp" not in repr(new_person(GOOD))


def test_the_last_system_admin_cannot_be_deactivated(world: World) -> None:
    """DESIGN section 2, `admins`: "size > 1"."""
    with pytest.raises(LastAdmin):
        people.deactivate(world.maya, world.origin())
    assert world.user(world.maya.user_id).active


def test_the_last_system_admin_cannot_be_demoted(world: World) -> None:
    """DESIGN section 2, promote, demote: `admins` with the same condition."""
    with pytest.raises(LastAdmin):
        people.set_admin(world.maya, world.origin(), admin=False)
    assert world.user(world.maya.user_id).is_admin


def test_a_deactivated_system_admin_does_not_count_as_one(world: World) -> None:
    """DESIGN section 2: the set is of active System Admins."""
    people.set_admin(world.ana, world.origin(), admin=True)
    people.deactivate(world.user(world.ana.user_id), world.origin())
    with pytest.raises(LastAdmin):
        people.deactivate(world.maya, world.origin())


def test_a_demotion_that_another_overtook_is_asked_again(world: World) -> None:
    """DESIGN section 1: the set changed in between, and nobody can say yet whether this one is the last."""
    seen = promoted(world, world.ana)
    people.set_admin(seen, world.origin(), admin=False)
    promoted(world, world.leo)
    stale = world.user(world.ana.user_id)
    stale.roles = world.maya.roles
    with pytest.raises(Contention):
        people.set_admin(stale, world.origin(), admin=False)


@pytest.mark.parametrize("active", [True, False])
def test_roles_change_and_the_set_of_admins_with_them(active: bool, world: World) -> None:
    """DESIGN section 2: whoever is deactivated is put into the set when they come back."""
    if not active:
        people.deactivate(world.leo, world.origin())
    people.set_admin(world.user(world.leo.user_id), world.origin(), admin=True)
    assert world.user(world.leo.user_id).roles == "system_admin system_user"
    assert (world.leo.user_id in world.row(ADMINS).user_ids) is active
    people.set_admin(world.user(world.leo.user_id), world.origin(), admin=False)
    assert world.user(world.leo.user_id).roles == "system_user"
    assert world.row(ADMINS).user_ids == {world.maya.user_id}


def promoted(world: World, user: User) -> User:
    """Somebody as a System Admin."""
    people.set_admin(world.user(user.user_id), world.origin(), admin=True)
    return world.user(user.user_id)


@pytest.mark.parametrize(
    "change",
    [
        lambda world: people.set_admin(world.leo, world.origin(), admin=False),
        lambda world: people.reactivate(world.leo, world.origin()),
    ],
)
def test_what_is_so_already_is_not_written_again(change: Callable[[World], None], world: World) -> None:
    """Nothing changed, nothing is recorded."""
    change(world)
    assert world.user(world.leo.user_id).version == world.leo.version
    assert list(Event.scan()) == []


def test_who_is_deactivated_already_stays_as_they_are(world: World) -> None:
    """A second press changes no number."""
    people.deactivate(world.leo, world.origin())
    gone = world.user(world.leo.user_id)
    people.deactivate(gone, world.origin())
    assert world.user(world.leo.user_id).version == gone.version


# --- editing ------------------------------------------------------------------------------------------------------


def test_an_edition_gives_the_person_as_stored(world: World) -> None:
    """DESIGN section 1: nobody reads what they have just written."""
    world.clock.shift(60)
    values = {"first_name": "Leonardo", "nickname": "Lion", "position": "Keeper"}
    edited = people.edit(world.leo, values, world.origin())
    assert edited.attribute_values == world.user(world.leo.user_id).attribute_values
    assert (edited.name, edited.nickname, edited.position) == ("Leonardo Wong", "Lion", "Keeper")
    assert (edited.version, edited.updated_at) == (world.leo.version + 1, world.now)


@pytest.mark.parametrize(("field", "value", "kind"), [("username", "leon", "u"), ("email", "leon@example.com", "e")])
def test_a_new_name_is_reserved_and_the_old_one_is_free(
    field: str, value: str, kind: Literal["u", "e"], world: World
) -> None:
    """DESIGN section 2, rename: names are changed with the person."""
    people.edit(world.leo, {field: value}, world.origin())
    assert world.row(name_key(kind, value)).owner_id == world.leo.user_id
    assert world.find(name_key(kind, getattr(world.leo, field))) is None


def test_an_old_name_can_be_taken_by_somebody_else(world: World) -> None:
    """DESIGN section 2: it is free from the moment of the rename."""
    people.edit(world.leo, {"username": "leon"}, world.origin())
    people.edit(world.ana, {"username": "leo"}, world.origin())
    assert world.row(name_key("u", "leo")).owner_id == world.ana.user_id
    with pytest.raises(NameTaken):
        people.edit(world.user(world.leo.user_id), {"username": "leo"}, world.origin())


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "ana"), ("email", "ana@example.com"), ("email", "ANA@example.COM")],
)
def test_somebody_elses_name_is_not_taken_and_nothing_changes(field: str, value: str, world: World) -> None:
    """DESIGN section 2: `names` decides, whatever the case."""
    with pytest.raises(NameTaken) as refusal:
        people.edit(world.leo, {field: value, "nickname": "Lion"}, world.origin())
    assert (refusal.value.field, refusal.value.id) == (field, f"app.user.save.{field}_exists.app_error")
    assert world.user(world.leo.user_id).attribute_values == world.leo.attribute_values
    assert world.row(name_key("e", "leo@example.com")).owner_id == world.leo.user_id


def test_ones_own_name_in_another_case_is_no_other_name(world: World) -> None:
    """DESIGN section 2: case does not tell names apart."""
    people.edit(world.leo, {"email": "Leo@Example.com"}, world.origin())
    assert world.user(world.leo.user_id).email == "Leo@Example.com"
    assert world.row(name_key("e", "leo@example.com")).owner_id == world.leo.user_id


def test_an_edition_of_what_was_read_before_another_is_refused(world: World) -> None:
    """DESIGN section 1: the condition repeats the read."""
    people.edit(world.leo, {"nickname": "Lion"}, world.origin())
    with pytest.raises(ConditionFailed):
        people.edit(world.leo, {"username": "leon"}, world.origin())
    assert world.find(name_key("u", "leon")) is None


def test_an_edition_is_recorded_by_the_names_of_its_fields(world: World) -> None:
    """DESIGN section 4: the audit says what was changed, not what to."""
    people.edit(world.leo, {"position": "Keeper", "nickname": "Lion"}, world.origin(world.leo.user_id))
    [event] = Event.scan()
    assert (event.action, event.object, event.actor_id) == ("user.edit", "nickname, position", world.leo.user_id)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"nickname": "n" * 64, "position": "p" * 128, "first_name": "", "last_name": ""}, set()),
        ({"nickname": "n" * 65}, {"nickname"}),
        ({"position": "p" * 129}, {"position"}),
        ({"first_name": "n" * 65, "last_name": "a\nb"}, {"first_name", "last_name"}),
        ({"username": "Leo", "email": "leo"}, {"username", "email"}),
        ({"email": "l\u202eeo@example.com"}, {"email"}),
    ],
)
def test_own_fields_have_limits(values: dict[str, str], wrong: set[str]) -> None:
    """Ux 6.13: only what is sent is checked."""
    assert set(people.field_problems(values)) == wrong


# --- ending everything at once ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "numbers", "action"),
    [
        (people.sign_out_everywhere, (2, 1), "user.sign_out_everywhere"),
        (partial(people.sign_out_everywhere, apps_too=True), (2, 2), "user.sign_out_everywhere"),
        (people.revoke_all_apps, (1, 2), "user.revoke_all_apps"),
    ],
)
def test_all_sessions_or_all_access_end_with_one_number(
    end: Callable[[User, Origin], None], numbers: tuple[int, int], action: str, world: World
) -> None:
    """DESIGN section 1: one write, however many there are."""
    end(world.leo, world.origin())
    leo = world.user(world.leo.user_id)
    assert (leo.session_no, leo.access_no) == numbers
    assert [event.action for event in Event.scan()] == [action]
    with pytest.raises(ConditionFailed):
        end(world.leo, world.origin())


def test_an_admin_leaves_and_comes_back_as_admin(world: World) -> None:
    """DESIGN section 2: `admins` minus the id in the same transaction."""
    people.deactivate(promoted(world, world.ana), world.origin())
    assert world.row(ADMINS).user_ids == {world.maya.user_id}
    people.reactivate(world.user(world.ana.user_id), world.origin())
    assert world.row(ADMINS).user_ids == {world.maya.user_id, world.ana.user_id}
    people.deactivate(world.maya, world.origin())
    assert world.row(ADMINS).user_ids == {world.ana.user_id}


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
