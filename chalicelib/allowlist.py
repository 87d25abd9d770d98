"""Patterns for the redirect URIs of programs that register themselves (contract 2.9): one a line, part by part.

A pattern is `scheme://host/path?query`. The scheme is equal; host (with its port), path and query are globs: `*` is
any run without `/`, `**` any run at all. Without a query in the pattern there is none in the address.
"""

import re
from collections.abc import Iterable
from typing import Final

_FORM: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?]+)([^?]*)(?:\?(.*))?")
_ADDRESS: Final = re.compile(r"([^:/?]*):(?://([^/?]*))?([^?]*)(?:\?(.*))?")
_PART: Final = re.compile(r"\*\*|\*|[^*]+")


def lines(text: str) -> list[str]:
    """The patterns of a setting: trimmed, blank lines left out."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def problem(pattern: str) -> str | None:
    """Why something is no pattern, in words that say what to do; None when it is one."""
    if not pattern.isprintable():
        return "remove hidden characters"
    if "***" in pattern:
        return "use * or **, not more"
    if _FORM.fullmatch(pattern) is None:
        return "enter a pattern like https://*.example.com/**"
    return None


def permits(patterns: Iterable[str], uri: str) -> bool:
    """Whether an address is in one of the patterns; without a pattern every address is permitted."""
    listed = list(patterns)
    return not listed or any(_matches(pattern, uri) for pattern in listed)


def _matches(pattern: str, uri: str) -> bool:
    wanted, given = _FORM.fullmatch(pattern), _ADDRESS.fullmatch(uri)
    if wanted is None or given is None or wanted[1] != given[1]:
        return False
    host, path, query = (_glob(wanted[part] or "", given[part] or "") for part in (2, 3, 4))
    return host and path and query and bool(wanted[4]) == bool(given[4])


def _glob(pattern: str, text: str) -> bool:
    """Match by the set of places reached so far: a regular expression would take exponential time for some patterns."""
    reached = {0}
    for part in _PART.findall(pattern):
        if part == "**":
            reached = set(range(min(reached), len(text) + 1)) if reached else reached
        elif part == "*":
            reached = _run(reached, text)
        else:
            reached = {at + len(part) for at in reached if text.startswith(part, at)}
    return len(text) in reached


def _run(starts: set[int], text: str) -> set[int]:
    """Every place a run without `/` leads to."""
    found: set[int] = set()
    running = False
    for at in range(len(text) + 1):
        running = at in starts or (running and text[at - 1] != "/")
        if running:
            found.add(at)
    return found
