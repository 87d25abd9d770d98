"""People as they are stored: names, numbers and the list (DESIGN section 2, `users` and `names`)."""

from collections.abc import Callable

import pytest

from chalicelib.store import users
from chalicelib.store.reading import Key
from chalicelib.store.users import Name, User, everybody, name_key
from chalicelib.store.writing import Change, ConditionFailed, write_together
from tests.make import World

CHANGES: list[Callable[[User], Change]] = [
    lambda user: users.roles_set(user, "system_user", 1),
    lambda user: users.password_set(user, "hash", 1),
    lambda user: users.signed_out(user, 1),
    lambda user: users.apps_revoked(user, 1),
    lambda user: users.deactivated(user, 1),
    lambda user: users.reactivated(user, 1),
    lambda user: users.edited(user, {"nickname": "Lion"}, 1)[0],
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_repeats_the_version_that_was_read(change: Callable[[User], Change], world: World) -> None:
    """DESIGN section 1: and moves it on, so that of two changes of one reading one wins."""
    write_together(change(world.leo))
    after = world.user(world.leo.user_id)
    assert (after.version, after.updated_at) == (world.leo.version + 1, 1)
    with pytest.raises(ConditionFailed):
        write_together(change(world.leo))


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_makes_a_person_who_is_gone(change: Callable[[User], Change], world: World) -> None:
    """An UpdateItem would create the row anew."""
    world.leo.delete()
    with pytest.raises(ConditionFailed):
        write_together(change(world.leo))
    assert world.find(Key(User, world.leo.user_id)) is None


@pytest.mark.parametrize("name", ["Leo", "LEO", "leo"])
def test_case_does_not_tell_names_apart(name: str, world: World) -> None:
    """DESIGN section 2: folded."""
    assert world.row(name_key("u", name)).owner_id == world.leo.user_id


def test_usernames_and_emails_do_not_meet(world: World) -> None:
    """DESIGN section 2: each kind has a prefix."""
    assert world.find(name_key("e", "leo")) is None
    assert world.find(name_key("u", "leo@example.com")) is None


def test_a_rename_does_not_free_a_name_that_is_somebody_elses(world: World) -> None:
    """DESIGN section 1: the condition names the owner."""
    Name(name="u#leo", owner_id=world.ana.user_id).save()
    with pytest.raises(ConditionFailed):
        write_together(*users.edited(world.leo, {"username": "leon"}, world.now))
    assert world.row(name_key("u", "leo")).owner_id == world.ana.user_id


def test_everybody_is_listed_by_username(world: World) -> None:
    """DESIGN section 2, index `list`: names, e-mail, roles and activity."""
    listed = [(user.username, user.name, user.email, user.is_admin, user.active) for user in everybody()]
    assert listed == [
        ("ana", "Ana Duarte", "ana@example.com", False, True),
        ("leo", "Leo Wong", "leo@example.com", False, True),
        ("maya", "Maya Okafor", "maya@example.com", True, True),
    ]


def test_the_list_holds_nothing_that_lets_anybody_in(world: World) -> None:
    """DESIGN section 2: an index has what a list shows."""
    assert not any("password_hash" in user.attribute_values for user in everybody())


@pytest.mark.parametrize(("first", "last", "name"), [("Leo", "", "Leo"), ("", "Wong", "Wong"), ("", "", "leo")])
def test_who_has_no_full_name_is_called_by_the_username(first: str, last: str, name: str) -> None:
    """Ux 6.13."""
    assert User(username="leo", first_name=first, last_name=last).name == name
