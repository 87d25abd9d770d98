"""Patterns for the redirect URIs of programs that register themselves (contract 2.9, "Allowlist matching")."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import allowlist


@pytest.mark.parametrize(
    ("pattern", "uri"),
    [
        ("https://example.com/*", "https://example.com/callback"),
        ("https://example.com/*", "https://example.com/"),
        ("https://*.test.com/**", "https://app.test.com/deep/path/cb"),
        ("https://*.test.com/**", "https://a.b.test.com/"),
        ("https://**/**", "https://anywhere.example/x/y"),
        ("https://example.com/a/*/c", "https://example.com/a/b/c"),
        ("https://example.com/**/c", "https://example.com/a/b/c"),
        ("https://example.com", "https://example.com"),
        ("https://localhost:*/cb", "https://localhost:8443/cb"),
        ("http://127.0.0.1:*/**", "http://127.0.0.1:50123/callback/x"),
        ("https://example.com/cb?a=*", "https://example.com/cb?a=1"),
        ("https://example.com/cb?**", "https://example.com/cb?a=/b&c=d"),
        ("https://example.com/*cb*x", "https://example.com/aacbbcbx"),
        ("com.example.app://**/**", "com.example.app://done/x"),
    ],
)
def test_an_address_in_a_pattern_is_permitted(pattern: str, uri: str) -> None:
    """Contract 2.9; case 133."""
    assert allowlist.permits([pattern], uri)


@pytest.mark.parametrize(
    ("pattern", "uri"),
    [
        ("https://example.com/*", "http://example.com/callback"),
        ("https://example.com/*", "https://example.com/a/b"),
        ("https://example.com/*", "https://example.com"),
        ("https://example.com/*", "https://example.com.evil.com/x"),
        ("https://example.com/*", "https://evil.com/example.com/x"),
        ("https://*.test.com/**", "https://test.com/x"),
        ("https://*.test.com/**", "https://evil.com/.test.com/x"),
        ("https://*.test.com/**", "https://evil.com?.test.com/x"),
        ("https://**.test.com/**", "https://evil.com/a.test.com/x"),
        ("https://example.com/**", "https://example.com/cb?a=1"),
        ("https://example.com/cb?a=*", "https://example.com/cb"),
        ("https://example.com/cb?**", "https://example.com/cb"),
        ("https://example.com/cb?a=*", "https://example.com/cb?b=1"),
        ("https://example.com/cb?a=*", "https://example.com/cb?a=1/2"),
        ("https://example.com/**cb", "https://example.com/?cb"),
        ("https://example.com", "https://example.com:8443"),
        ("https://example.com/**", "https://example.com:8443/x"),
        ("https://example.com/a.c", "https://example.com/abc"),
        ("https://example.com/**", "com.example.app:/done"),
        ("com.example.app://**", "com.example.app:/done"),
        ("https://example.com/**", "example.com/cb"),
        ("example.com/**", "https://example.com/cb"),
    ],
)
def test_an_address_outside_is_not(pattern: str, uri: str) -> None:
    """Contract 2.9: each part for itself, so that no part can pretend to be another; case 134."""
    assert not allowlist.permits([pattern], uri)


def test_any_of_the_patterns_will_do() -> None:
    """Contract case 133."""
    assert allowlist.permits(["https://example.com/*", "https://*.test.com/**"], "https://app.test.com/cb")


def test_without_a_pattern_there_is_no_restriction() -> None:
    """Contract case 132."""
    assert allowlist.permits([], "https://anywhere.example/cb")


def test_lines_are_trimmed_and_blank_ones_ignored() -> None:
    """Contract 2.9."""
    assert allowlist.lines("  https://a.example/*  \r\n\n \t \nhttps://b.example") == [
        "https://a.example/*",
        "https://b.example",
    ]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("https://example.com/***", "use * or **"),
        ("https://****.example.com", "use * or **"),
        ("https://example.com/a\tb", "hidden characters"),
        ("https://example.com/\x00", "hidden characters"),
        ("https://example.com/\u202e", "hidden characters"),
        ("example.com/*", "a pattern like"),
        ("*", "a pattern like"),
        ("https://", "a pattern like"),
        ("https:///path", "a pattern like"),
        ("https:example.com", "a pattern like"),
        ("*://example.com", "a pattern like"),
        ("://example.com", "a pattern like"),
    ],
)
def test_what_is_no_pattern_is_said_with_what_to_do(pattern: str, said: str) -> None:
    """Contract 2.9: three stars, control characters, not scheme://host."""
    assert said in (allowlist.problem(pattern) or "")


@pytest.mark.parametrize("pattern", ["https://localhost:*/cb", "https://**", "https://*.a.b/**/c?d=*", "x-y.z+1://h"])
def test_a_pattern_is_one(pattern: str) -> None:
    """Contract 2.9."""
    assert allowlist.problem(pattern) is None


def test_no_address_makes_a_pattern_take_for_ever() -> None:
    """Whoever registers chooses the address: a regular expression would not come back from this one in years."""
    pattern, uri = "https://" + "*-" * 40 + "x", "https://" + "-" * 1000

    assert not allowlist.permits([pattern], uri)


@given(st.text(max_size=60))
def test_an_address_without_stars_is_its_own_pattern_and_no_other(text: str) -> None:
    """Globs are of plain characters: nothing else in a pattern has a meaning."""
    path = "".join(character for character in text if character.isprintable() and character not in "*?")
    uri = f"https://example.com/{path}"

    assert allowlist.permits([uri], uri)
    assert not allowlist.permits([uri], f"{uri}x")
