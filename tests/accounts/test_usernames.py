"""Usernames that are suggested (ux 6.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts import usernames
from chalicelib.accounts.people import field_problems
from tests.faults import counted
from tests.make import World


@pytest.mark.parametrize(
    ("email", "username"),
    [
        ("leo@example.com", "leo"),
        ("Leo.Wong@example.com", "leo.wong"),
        ("leo+gatepost@example.com", "leo"),
        ("42leo@example.com", "leo"),
        ("o'neil@example.com", "oneil"),
        ("a" * 40 + "@example.com", "a" * 22),
        ("jo@example.com", ""),
        ("李雷@example.com", ""),
        ("", ""),
    ],
)
def test_an_address_suggests_what_a_username_may_be(email: str, username: str) -> None:
    """Ux 6.3: suggested from the email."""
    assert usernames.suggested(email) == username


@given(st.text(max_size=60))
def test_whatever_is_suggested_is_a_username(email: str) -> None:
    """Nothing is suggested that the form then refuses."""
    made = usernames.suggested(email)
    assert not made or not field_problems({"username": made})


def test_free_ones_are_made_of_the_name(world: World) -> None:
    """Ux 6.3: "Free right now: leo.w, leo-wong"."""
    assert usernames.free("leo", "Leo Wong") == ["leo.w", "leo-wong"]


def test_what_is_taken_is_not_offered(world: World) -> None:
    """Ux 6.3: free right now."""
    world.person("leo.w", "Leo Wing")
    assert usernames.free("leo", "Leo Wong") == ["leo-wong", "leo.wong"]


def test_without_a_second_name_there_are_numbers(world: World) -> None:
    """There is always something to offer."""
    assert usernames.free("leo", "Leo") == ["leo2", "leo3"]


def test_a_long_name_is_cut_to_what_fits(world: World) -> None:
    """3 to 22 characters."""
    assert usernames.free("x" * 22, "X") == ["x" * 21 + "2", "x" * 21 + "3"]


def test_looking_for_free_ones_is_one_read(world: World) -> None:
    """Ux 6.3, DESIGN section 1."""
    with counted() as calls:
        usernames.free("leo", "Leo Wong")
    assert calls == ["BatchGetItem"]
