"""The words filters make of moments, addresses and names, and the static files."""

from __future__ import annotations

import gzip
import re

import pytest

from chalicelib.web import pages
from tests.web.page_samples import PAGES
from tests.web.page_values import DAY, MINUTE, NOW, SINCE


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (-5 * MINUTE, "just now"),
        (59_999, "just now"),
        (MINUTE, "1 minute ago"),
        (5 * MINUTE, "5 minutes ago"),
        (45 * MINUTE, "about an hour ago"),
        (89 * MINUTE, "about an hour ago"),
        (90 * MINUTE, "about 2 hours ago"),
        (DAY - 1, "about 24 hours ago"),
        (DAY, "22 Nov 2026"),
    ],
)
def test_time_gone_by_is_told_as_roughly_as_it_is_known(gone: int, words: str) -> None:
    assert pages.ago(NOW - gone, NOW) == words


def test_dates_are_in_utc_and_without_leading_zero() -> None:
    assert pages.date(SINCE) == "3 Nov 2026"
    assert pages.full_moment(SINCE) == "3 Nov 2026, 12:44 UTC"
    assert pages.iso(SINCE) == "2026-11-03T12:44:00Z"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://standup.example.net/oauth/callback?x=1", "standup.example.net"),
        ("https://Standup.Example.net:8443/", "standup.example.net:8443"),
        ("https://good.example@evil.example/", "evil.example"),
        ("standup.example.net", "standup.example.net"),
        ("localhost:9090", "a program on this computer (localhost)"),
        ("http://127.0.0.1:9090/cb", "a program on this computer (127.0.0.1)"),
        ("http://127.8.8.8/cb", "a program on this computer (127.8.8.8)"),
        ("http://[::1]/cb", "a program on this computer (::1)"),
        ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"),
        ("https://127.0.0.1.evil.example/", "127.0.0.1.evil.example"),
        ("https://xn--bcher-kva.example/", "bücher.example (xn--bcher-kva.example)"),
        ("https://bücher.example/", "bücher.example (xn--bcher-kva.example)"),
        ("https://xn--a/", "xn--a"),
        ("com.example.app:/done", "an app on this device (com.example.app)"),
        ("https://[broken/", "https://[broken/"),
        ("https://a.example:99999999/", "https://a.example:99999999/"),
        ("", ""),
    ],
)
def test_a_host_is_told_in_words_a_person_can_check(url: str, words: str) -> None:
    assert pages.host(url) == words


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://standup.example.net/standup.example.org", "standup.example.net"),
        ("http://127.0.0.1:9090", "127.0.0.1:9090"),
        ("https://xn--bcher-kva.example/", "bücher.example (xn--bcher-kva.example)"),
        ("https://[broken/", "https://[broken/"),
    ],
)
def test_a_homepage_is_named_by_its_host(url: str, words: str) -> None:
    assert pages.site(url) == words


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Standup Notes", "SN"),
        ("Zapier", "Z"),
        ("maya de la Cruz", "MD"),
        ("_x_ (beta)", "XB"),
        ("中文", "中"),
        ("🙂", "?"),
        ("", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert pages.initials(name) == letters


def test_a_colour_is_one_of_six_and_stays() -> None:
    colours = {pages.palette(f"id{number}") for number in range(200)}
    assert colours == {1, 2, 3, 4, 5, 6}
    assert pages.palette("wj3") == pages.palette("wj3")


def test_a_static_file_is_found_by_the_name_that_carries_its_content() -> None:
    address = pages.static("app.css")
    assert re.fullmatch(r"/static/app\.[0-9a-f]{12}\.css", address)
    found = pages.static_file(address.removeprefix("/static/"))
    assert found is not None
    assert found[1] == "text/css; charset=utf-8"
    assert b":root" in found[0]


@pytest.mark.parametrize("name", ["app.css", "app.000000000000.css", "../pages.py", "", "/etc/passwd", "app.js\x00"])
def test_any_other_name_finds_nothing(name: str) -> None:
    assert pages.static_file(name) is None


def test_pages_stay_light() -> None:
    files = [pages.static_file(pages.static(name)[8:]) for name in ("app.css", "app.js")]
    shared = sum(len(gzip.compress(each[0])) for each in files if each)
    for template, values in PAGES.values():
        assert shared + len(gzip.compress(pages.render(template, **values).encode())) < 40_000
