"""Taking scopes apart, what a client may ask for, and what a refresh may ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidScope
from chalicelib.oauth import scopes

TOKENS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"\\/'), min_size=1)


@pytest.mark.parametrize(
    ("text", "found"),
    [(None, set()), ("user", {"user"}), ("a b", {"a", "b"}), ("a a", {"a"}), ("User user", {"User", "user"})],
)
def test_scopes_are_separated_by_one_space_and_case_tells_them_apart(text: str | None, found: set[str]) -> None:
    """6749-13."""
    assert scopes.parse(text) == found


@pytest.mark.parametrize(
    "text",
    ["", " ", " a", "a ", "a  b", "a\tb", "a\nb", 'a"b', "a\\b", "ä", "a\x00", "a\x7f", "x" * 1025],
    ids=repr,
)
def test_what_no_scope_may_contain_is_refused(text: str) -> None:
    """6749-13; "scope name injection" of the checklists section 4."""
    with pytest.raises(InvalidScope):
        scopes.parse(text)


def test_a_scope_of_exactly_the_limit_is_taken() -> None:
    """DESIGN section 6: scope 1,024."""
    assert scopes.parse("x" * 1024) == {"x" * 1024}


@pytest.mark.parametrize("asked", [None, "user", "unknown", "calendar:read x", "user unknown"])
def test_an_everything_app_gets_everything_and_unknown_scopes_are_ignored(asked: str | None) -> None:
    """DESIGN section 4: no scope asked means `user`; unknown scopes are ignored for "Everything" apps."""
    assert scopes.requested(asked, "user") == "user"


@pytest.mark.parametrize("asked", ["user", "posts:write", "posts:read posts:write", "unknown"])
def test_an_app_with_a_list_gets_nothing_outside_it(asked: str | None) -> None:
    """DESIGN section 4: `invalid_scope` for apps with a list."""
    with pytest.raises(InvalidScope):
        scopes.requested(asked, "posts:read")


def test_an_app_with_a_list_gets_what_it_asked_for() -> None:
    """DESIGN section 4."""
    assert scopes.requested("posts:read openid", "openid posts:read teams:read") == "openid posts:read"


def test_an_app_with_a_list_that_names_nothing_asks_for_the_list() -> None:
    """RFC 6749 section 3.3: a default is used or the request fails; people are shown which."""
    assert scopes.requested(None, "teams:read posts:read") == "posts:read teams:read"


@pytest.mark.parametrize(
    ("asked", "given"), [(None, "a b"), ("a", "a"), ("b a", "a b"), ("a a", "a")], ids=["none", "one", "all", "twice"]
)
def test_a_refresh_may_ask_for_less(asked: str | None, given: str) -> None:
    """6749-13: refresh may narrow."""
    assert scopes.narrowed(asked, "a b") == given


@pytest.mark.parametrize("asked", ["c", "a c", "A", 'a"'])
def test_a_refresh_may_not_ask_for_more(asked: str) -> None:
    """6749-13: never widen."""
    with pytest.raises(InvalidScope):
        scopes.narrowed(asked, "a b")


@given(asked=st.sets(TOKENS, max_size=6), held=st.sets(TOKENS, max_size=6))
def test_no_refresh_ends_with_more_than_it_began_with(asked: set[str], held: set[str]) -> None:
    """6749-13."""
    text = " ".join(asked) or None
    try:
        given_scope = scopes.narrowed(text, scopes.written(held))
    except InvalidScope:
        assert asked - held or len(text or "") > scopes.MAX_LENGTH
        return
    assert set(given_scope.split()) <= held


@given(st.text())
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    """6749-16."""
    try:
        found = scopes.parse(text)
    except InvalidScope:
        return
    assert " ".join(sorted(found)) == scopes.written(found)
    assert all(token and token.isascii() and token.isprintable() for token in found)


@pytest.mark.parametrize(
    ("left", "right", "both"),
    [
        ("posts:read", "posts:write", {"posts:read", "posts:write"}),
        ("user", "posts:read", {"user"}),
        ("user", "q3w6s9m1ff/mail:read posts:read", {"user", "q3w6s9m1ff/mail:read"}),
    ],
)
def test_everything_takes_in_what_is_ours_and_no_other_apis(left: str, right: str, both: set[str]) -> None:
    """8707-2: a consent is for one API."""
    merged = scopes.merged(frozenset(left.split()), frozenset(right.split()))

    assert set(merged.split()) == both
