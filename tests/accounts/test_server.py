"""Reading what an administrator typed, and saying what changed (ux 6.15, DESIGN section 5)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts import server
from chalicelib.store.audit import Event
from chalicelib.store.settings import COPIES, SETTINGS, Settings, Value
from chalicelib.store.writing import ConditionFailed
from tests.make import World

TYPED = {
    "provider_on": "true",
    "admins_only": "false",
    "http_allowed": "true",
    "access_token_lifetime": "60",
    "code_lifetime": "60",
    "site_name": "Gatepost",
}
LIFETIME = "Access token lifetime: enter a whole number of minutes from 5 to 43,200"
CODE = "Authorization code lifetime: enter a whole number of seconds from 30 to 600"
NAME = "Site name: enter 1 to 30 ordinary characters"


def test_the_form_has_a_value_for_every_setting() -> None:
    """The tests below cover the whole table of settings."""
    assert set(TYPED) == {setting.name for setting in SETTINGS}


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("provider_on", False),
        ("admins_only", True),
        ("http_allowed", True),
        ("access_token_lifetime", 3600),
        ("code_lifetime", 60),
        ("site_name", "Gatepost"),
    ],
)
def test_the_defaults_are_the_designs(name: str, default: Value) -> None:
    """DESIGN section 5."""
    assert {setting.name: setting.default for setting in SETTINGS}[name] == default


def test_minutes_are_kept_as_seconds() -> None:
    """Lifetimes are seconds in the row."""
    values, problems = server.read_settings(TYPED | {"access_token_lifetime": "90"})
    assert problems == {}
    assert values == {
        "provider_on": True,
        "admins_only": False,
        "http_allowed": True,
        "access_token_lifetime": 5400,
        "code_lifetime": 60,
        "site_name": "Gatepost",
    }


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("access_token_lifetime", "5", 300),
        ("access_token_lifetime", "43200", 2_592_000),
        ("code_lifetime", "30", 30),
        ("code_lifetime", "600", 600),
        ("code_lifetime", "0060", 60),
        ("site_name", "n" * 30, "n" * 30),
        ("site_name", "Größe & <b>", "Größe & <b>"),
    ],
)
def test_values_at_their_limits_are_taken(name: str, typed: str, value: Value) -> None:
    """DESIGN section 3, bounds."""
    values, problems = server.read_settings(TYPED | {name: typed})
    assert (values[name], problems) == (value, {})


@pytest.mark.parametrize(
    ("name", "typed", "problem"),
    [
        ("access_token_lifetime", "4", LIFETIME),
        ("access_token_lifetime", "43201", LIFETIME),
        ("access_token_lifetime", "1" * 300, LIFETIME),
        ("access_token_lifetime", "", LIFETIME),
        ("access_token_lifetime", "1.5", LIFETIME),
        ("access_token_lifetime", "-60", LIFETIME),
        ("access_token_lifetime", "6٠", LIFETIME),
        ("access_token_lifetime", "1e3", LIFETIME),
        ("code_lifetime", "29", CODE),
        ("code_lifetime", "601", CODE),
        ("code_lifetime", "²", CODE),
        ("site_name", "", NAME),
        ("site_name", "n" * 31, NAME),
        ("site_name", "a\u202eb", NAME),
        ("site_name", "a\nb", NAME),
        ("provider_on", "", "Enable OAuth 2.0 Service Provider: choose True or False"),
        ("admins_only", "yes", "Restrict managing integrations to Admins: choose True or False"),
        ("http_allowed", "True", "Allow http addresses: choose True or False"),
    ],
)
def test_what_is_wrong_is_said_with_the_bounds(name: str, typed: str, problem: str) -> None:
    """Ux 7: give the limit."""
    values, problems = server.read_settings(TYPED | {name: typed})
    assert problems == {name: problem}
    assert name not in values


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Ux 2; a form without any field has as many problems as there are settings."""
    assert set(server.read_settings({})[1]) == set(TYPED)


@given(st.dictionaries(st.sampled_from(sorted(TYPED)), st.text()))
def test_no_text_is_too_strange_to_be_read(typed: dict[str, str]) -> None:
    """Issue 2: nothing a caller sends gives a 500; what is read is acceptable."""
    values, problems = server.read_settings(typed)
    assert values.keys() | problems.keys() == set(TYPED)
    assert all(server.acceptable(setting, values[setting.name]) for setting in SETTINGS if setting.name in values)


@pytest.mark.parametrize("value", [None, "60", 60.0, True, [], {}])
def test_a_lifetime_is_a_whole_number_and_nothing_like_it(value: Any) -> None:
    """JSON has booleans and floats that Python takes for numbers."""
    setting = next(each for each in SETTINGS if each.name == "code_lifetime")
    assert not server.acceptable(setting, value)


def test_a_change_is_told_in_words_and_recorded(world: World) -> None:
    """Ux 6.15: "Enable OAuth 2.0 Service Provider: False to True."."""
    told = server.change_settings(
        world.settings(), {"provider_on": False, "code_lifetime": 90, "admins_only": True}, world.origin("maya")
    )
    assert told == [
        "Enable OAuth 2.0 Service Provider: True to False.",
        "Authorization code lifetime: 60 seconds to 90 seconds.",
    ]
    assert [(e.action, e.actor_id, e.object) for e in Event.scan()] == [("settings.change", "maya", " ".join(told))]


def test_nothing_that_differs_is_nothing_written(world: World) -> None:
    """Ux 6.15: "Nothing changed."."""
    before = world.settings().version
    assert server.change_settings(world.settings(), {"provider_on": True}, world.origin()) == []
    assert world.settings().version == before
    assert list(Event.scan()) == []


def test_a_change_reaches_every_copy(world: World) -> None:
    """DESIGN section 2: 16 copies, written together; the next request reads any of them."""
    server.change_settings(world.settings(), {"site_name": "Harbour"}, world.origin())
    rows = [row for row in Settings.scan() if row.name.startswith("live#")]
    assert len(rows) == COPIES == 16
    assert {(row.site_name, row.version, row.provider_on) for row in rows} == {("Harbour", rows[0].version, True)}


def test_of_two_changes_from_one_version_one_is_refused(world: World) -> None:
    """DESIGN section 1: the condition repeats the read."""
    seen = world.settings()
    server.change_settings(seen, {"code_lifetime": 90}, world.origin())
    with pytest.raises(ConditionFailed):
        server.change_settings(seen, {"code_lifetime": 120}, world.origin())
    assert world.settings().code_lifetime == 90


def test_keys_and_epoch_stay_as_they_are(world: World) -> None:
    """A change of settings is not a new epoch: nobody is signed out."""
    before = world.settings()
    server.change_settings(before, {"code_lifetime": 90}, world.origin())
    after = world.settings()
    assert (after.epoch, after.keys_version, after.signing_kid) == (
        before.epoch,
        before.keys_version,
        before.signing_kid,
    )
