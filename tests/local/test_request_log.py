"""What `dev.py run` prints of a request."""

import io

import pytest

from local.request_log import line
from local.server import Exchange
from local.terminal import Style, style_of

PLAIN = Style(rich=False)


def test_a_line_tells_status_method_path_and_time() -> None:
    text = line(Exchange("GET", "/oauth/authorize", 302, 13.6), PLAIN)

    assert text.split()[1:] == ["302", "GET", "/oauth/authorize", "14", "ms"]


def test_a_credential_in_the_path_is_cut() -> None:
    text = line(Exchange("GET", "/setup/gpu_AbC123", 200, 1), PLAIN)

    assert "/setup/gpu_.." in text
    assert "AbC123" not in text


def test_a_path_cannot_write_to_the_terminal() -> None:
    assert "\x1b" not in line(Exchange("GET", "/\x1b[2J", 404, 1), PLAIN)


@pytest.mark.parametrize(
    ("environment", "rich"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_those_who_want_it(environment: dict[str, str], rich: bool) -> None:
    assert style_of(io.StringIO(), environment).rich is rich
