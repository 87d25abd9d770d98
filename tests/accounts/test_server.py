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
    "name_override": "false",
    "icon_override": "false",
    "admins_only": "false",
    "dynamic_registration": "false",
    "registration_allowlist": "",
    "http_allowed": "true",
    "app_schemes": "false",
    "pkce_for_all": "false",
    "open_sign_up": "false",
    "access_token_lifetime": "60",
    "code_lifetime": "60",
    "refresh_idle": "720",
    "refresh_absolute": "8760",
    "refresh_grace": "30",
    "refresh_grace_public": "10",
    "site_name": "Gatepost",
}
LIFETIME = "Access token lifetime: enter a whole number of minutes from 5 to 43,200"
CODE = "Authorization code lifetime: enter a whole number of seconds from 30 to 600"
PATTERNS = "Callback URLs of programs that register themselves"
NAME = "Site name: enter 1 to 30 ordinary characters"


def test_the_form_has_a_value_for_every_setting() -> None:
    """The tests below cover the whole table of settings."""
    assert set(TYPED) == {setting.name for setting in SETTINGS}


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("provider_on", False),
        ("name_override", False),
        ("icon_override", False),
        ("admins_only", True),
        ("dynamic_registration", False),
        ("registration_allowlist", ""),
        ("http_allowed", True),
        ("app_schemes", False),
        ("pkce_for_all", False),
        ("open_sign_up", False),
        ("access_token_lifetime", 3600),
        ("code_lifetime", 60),
        ("refresh_idle", 30 * 24 * 3600),
        ("refresh_absolute", 365 * 24 * 3600),
        ("refresh_grace", 30),
        ("refresh_grace_public", 10),
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
        "name_override": False,
        "icon_override": False,
        "admins_only": False,
        "dynamic_registration": False,
        "registration_allowlist": "",
        "http_allowed": True,
        "app_schemes": False,
        "pkce_for_all": False,
        "open_sign_up": False,
        "access_token_lifetime": 5400,
        "code_lifetime": 60,
        "refresh_idle": 30 * 24 * 3600,
        "refresh_absolute": 365 * 24 * 3600,
        "refresh_grace": 30,
        "refresh_grace_public": 10,
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
        ("refresh_idle", "1", 3600),
        ("refresh_absolute", "8760", 365 * 24 * 3600),
        ("refresh_grace", "0", 0),
        ("refresh_grace_public", "60", 60),
        ("registration_allowlist", "a://" + "b" * 3996, "a://" + "b" * 3996),
        ("registration_allowlist", " https://a.b/* \r\n\r\nhttps://*.c/**", "https://a.b/*\nhttps://*.c/**"),
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
        ("refresh_idle", "0", "Refresh token idle time: enter a whole number of hours from 1 to 8,760"),
        ("refresh_absolute", "8761", "Refresh token lifetime: enter a whole number of hours from 1 to 8,760"),
        ("refresh_grace", "61", "Refresh retry grace: enter a whole number of seconds from 0 to 60"),
        ("registration_allowlist", "x", f"{PATTERNS}, line 1: enter a pattern like https://*.example.com/**"),
        ("registration_allowlist", "https://a.b\r\n\r\nhttps://***", f"{PATTERNS}, line 3: use * or **, not more"),
        ("registration_allowlist", "https://a.b/\x00", f"{PATTERNS}, line 1: remove hidden characters"),
        (
            "registration_allowlist",
            "a://" + "b" * 3997,
            f"{PATTERNS}, shorten to 4,000 characters, it has 4,001",
        ),
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
    """Ux 2; a form without any field has as many problems as there are settings, but that a list may be empty."""
    assert set(server.read_settings({})[1]) == set(TYPED) - {"registration_allowlist"}


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


def test_a_list_is_told_as_one(world: World) -> None:
    """Ux 6.15."""
    patterns = "https://a.example/*\nhttps://b.example/*"

    [told] = server.change_settings(world.settings(), {"registration_allowlist": patterns}, world.origin())

    assert told == f"{PATTERNS}: nothing to https://a.example/*, https://b.example/*."


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
