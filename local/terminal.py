"""Colour and links for a terminal that shows them; plain text for everything else (https://no-color.org)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

_COLOURS = {"red": 31, "green": 32, "yellow": 33, "cyan": 36, "bold": 1}


@dataclass(frozen=True, slots=True)
class Style:
    """Whether this output shows colours and links."""

    rich: bool

    def colour(self, name: str, text: str) -> str:
        """Colour the text."""
        return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m" if self.rich else text

    def link(self, url: str) -> str:
        """Make the address one that can be clicked (OSC 8)."""
        return f"\x1b]8;;{url}\x1b\\{url}\x1b]8;;\x1b\\" if self.rich else url


def style_of(stream: TextIO, environment: Mapping[str, str]) -> Style:
    """Choose: `NO_COLOR` wins, then `FORCE_COLOR`, then whether the output is a terminal."""
    if environment.get("NO_COLOR"):
        return Style(rich=False)
    if environment.get("FORCE_COLOR"):
        return Style(rich=True)
    return Style(rich=stream.isatty() and environment.get("TERM") != "dumb")
