"""Clients: four copies written and deleted together, listed once, never twice the same (DESIGN section 2)."""

import pytest

from chalicelib.store import clients
from chalicelib.store.clients import COPIES, Client, all_clients, as_changed, client_ids_of, client_key
from chalicelib.store.reading import Key, read
from chalicelib.store.writing import ConditionFailed, write_together
from tests.make import App, World


@pytest.fixture
def app(world: World) -> App:
    """An application of Maya's."""
    return world.app()


def copy(app: App, number: int) -> Client | None:
    """One copy as it is."""
    key = Key(Client, app.client_id, copy=number)
    return read(key)[key]


@pytest.mark.parametrize("number", range(COPIES))
def test_every_copy_says_the_same(world: World, app: App, number: int) -> None:
    """DESIGN section 2."""
    own = {"client_key", "listed", "listed_creator"}
    first, other = copy(app, 0), copy(app, number)
    assert first is not None
    assert other is not None

    names = set(Client.get_attributes()) - own
    assert {name: getattr(other, name) for name in names} == {name: getattr(first, name) for name in names}


def test_there_are_four_copies(app: App) -> None:
    """DESIGN section 2."""
    assert COPIES == 4
    assert copy(app, 4) is None


def test_readers_spread_over_all_copies(app: App) -> None:
    """DESIGN section 2."""
    assert {client_key(app.client_id).copy for _ in range(200)} == set(range(COPIES))


def test_an_application_is_listed_once(world: World, app: App) -> None:
    """DESIGN section 2: only copy 0 is in the indexes."""
    assert [line.client_id for line in all_clients()] == [app.client_id]
    assert client_ids_of(world.maya.user_id) == [app.client_id]


def test_the_list_of_all_holds_no_secret_hash(world: World, app: App) -> None:
    """DESIGN section 2: `all` includes list fields, never hashes."""
    projected = Client.all.Meta.projection.non_key_attributes

    assert "secrets" not in projected
    assert not hasattr(all_clients()[0], "secrets")


def test_lists_are_oldest_first_and_by_creator(world: World, app: App) -> None:
    """Contract 2.2."""
    world.clock.shift(1)
    second = world.app(world.leo, name="Second")
    world.clock.shift(1)
    third = world.app(name="Third")

    assert [line.client_id for line in all_clients()] == [app.client_id, second.client_id, third.client_id]
    assert client_ids_of(world.maya.user_id) == [app.client_id, third.client_id]
    assert client_ids_of(world.leo.user_id) == [second.client_id]


@pytest.mark.parametrize("number", range(COPIES))
def test_a_change_is_in_every_copy(world: World, app: App, number: int) -> None:
    """DESIGN section 2: whichever copy the next request reads."""
    write_together(*clients.changed(world.client(app.client_id), {"trusted": True}))

    there = copy(app, number)
    assert there is not None
    assert (there.trusted, there.version) == (True, 2)


def test_a_changed_application_is_still_listed_once(world: World, app: App) -> None:
    """DESIGN section 2."""
    write_together(*clients.changed(world.client(app.client_id), {"client_name": "Renamed"}))

    assert [line.client_name for line in all_clients()] == ["Renamed"]
    assert client_ids_of(world.maya.user_id) == [app.client_id]


def test_what_a_change_says_it_leaves_is_what_is_there(world: World, app: App) -> None:
    """The answer of an edit is not read again."""
    held = world.client(app.client_id)
    write_together(*clients.changed(held, {"client_name": "Renamed"}))

    said, there = as_changed(held, {"client_name": "Renamed"}), world.client(app.client_id)

    names = set(Client.get_attributes()) - {"listed", "listed_creator"}
    assert {name: getattr(said, name) for name in names} == {name: getattr(there, name) for name in names}


@pytest.mark.parametrize("changes", [clients.deleted, lambda held: clients.changed(held, {"client_name": "Mine"})])
def test_of_two_changes_of_what_was_read_the_second_fails(world: World, app: App, changes: object) -> None:
    """DESIGN section 2: conditioned on copy 0's version."""
    assert callable(changes)
    held = world.client(app.client_id)
    write_together(*clients.changed(held, {"client_name": "Theirs"}))

    with pytest.raises(ConditionFailed):
        write_together(*changes(held))

    assert {there.client_name for number in range(COPIES) if (there := copy(app, number))} == {"Theirs"}


def test_an_id_is_not_written_over(world: World, app: App) -> None:
    """DESIGN section 2, register: not exists."""
    values = {name: getattr(world.client(app.client_id), name) for name in Client.get_attributes()}
    taken = {name: value for name, value in values.items() if name not in {"client_key", "mark", "version"}}
    taken = {name: value for name, value in taken.items() if not name.startswith("listed")}

    with pytest.raises(ConditionFailed):
        write_together(*clients.added(app.client_id, taken | {"client_name": "Squatter"}))

    assert world.client(app.client_id).client_name == "Standup Notes"


@pytest.mark.parametrize("number", range(COPIES))
def test_deleting_takes_every_copy(world: World, app: App, number: int) -> None:
    """DESIGN section 2: no copy keeps tokens alive."""
    write_together(*clients.deleted(world.client(app.client_id)))

    assert copy(app, number) is None
    assert all_clients() == []


def test_an_old_row_cannot_change_a_new_application_with_its_id(world: World, app: App) -> None:
    """DESIGN section 2: `born` is random, and version 1 comes again."""
    held = world.client(app.client_id)
    write_together(*clients.deleted(held))
    left_out = {"client_key", "mark", "version", "listed", "listed_creator"}
    values = {name: getattr(held, name) for name in Client.get_attributes() if name not in left_out}
    write_together(*clients.added(app.client_id, values | {"born": "another", "client_name": "Another"}))

    with pytest.raises(ConditionFailed):
        write_together(*clients.changed(held, {"client_name": "Revived"}))

    assert world.client(app.client_id).client_name == "Another"
