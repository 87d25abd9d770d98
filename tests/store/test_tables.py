"""The list of tables: complete, one prefix, and what each row is tidied up by (DESIGN section 2)."""

import importlib
import pkgutil

import pytest

from chalicelib import config, store
from chalicelib.store.record import ExpiryAttribute, Record
from chalicelib.store.tables import MODELS

every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
SWEPT = {"settings", "sessions", "clients", "client_notes", "grants", "authorizations", "invites", "limits", "audit"}


def records() -> set[type[Record]]:
    """Every record the store declares."""
    for module in pkgutil.iter_modules(store.__path__):
        importlib.import_module(f"chalicelib.store.{module.name}")
    return set(Record.__subclasses__())


def short(model: type[Record]) -> str:
    """The table's name without the deployment's prefix."""
    return str(model.Meta.table_name).removeprefix(config.current().table_prefix)


def test_every_record_is_in_one_of_the_tables() -> None:
    """A forgotten model would have no table in a deployment."""
    assert {short(model) for model in records()} == {short(model) for model in MODELS}


def test_no_table_is_made_twice() -> None:
    """The set-up link and the administrators live in the settings' table."""
    assert len({short(model) for model in MODELS}) == len(MODELS)


@every_model
def test_a_table_is_named_after_its_deployment(model: type[Record]) -> None:
    """Two deployments in one account do not meet."""
    assert str(model.Meta.table_name).startswith(config.current().table_prefix)


@every_model
def test_the_rows_that_end_are_swept(model: type[Record]) -> None:
    """DESIGN section 2, the column TTL."""
    swept = any(isinstance(attribute, ExpiryAttribute) for attribute in model.get_attributes().values())

    assert swept == (short(model) in SWEPT)


@every_model
def test_every_row_can_carry_the_mark_of_a_write(model: type[Record]) -> None:
    """DESIGN section 1: a single write is recognised by it."""
    assert "mark" in model.get_attributes()
