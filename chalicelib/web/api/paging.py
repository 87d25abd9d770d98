"""Mattermost's paging: `page` from 0, `per_page` 60 unless asked, 200 at most (contract 1.1)."""

from collections.abc import Sequence
from typing import Final, TypeVar

from chalicelib.web.http import Request

T = TypeVar("T")
PAGING: Final = ("page", "per_page")
DEFAULT: Final = 60
LIMIT: Final = 200
_DIGITS: Final = 6


def paged(request: Request, items: Sequence[T]) -> Sequence[T]:
    """The page that was asked for; what is no number counts as not asked."""
    start, size = window(request)
    return items[start : start + size]


def window(request: Request) -> tuple[int, int]:
    """How many items the page that was asked for skips, and how many it has."""
    size = min(_number(request, "per_page", DEFAULT) or DEFAULT, LIMIT)
    return _number(request, "page", 0) * size, size


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else default
