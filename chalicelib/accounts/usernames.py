"""Usernames to choose from: one made of an e-mail address, and free ones in place of one that is taken (ux 6.3)."""

import re
from collections.abc import Iterator
from typing import Final

from chalicelib.accounts.people import field_problems
from chalicelib.errors import NameTaken
from chalicelib.store.reading import read
from chalicelib.store.users import name_key

LONGEST: Final = 22
SHORTEST: Final = 3
OFFERED: Final = 2


def suggested(email: str) -> str:
    """A username made of an e-mail address, nobody's promise that it is free; "" if the address makes none."""
    local = email.partition("@")[0].partition("+")[0].casefold()
    made = re.sub(r"[^a-z0-9._-]", "", local).lstrip("0123456789._-")[:LONGEST]
    return made if len(made) >= SHORTEST else ""


def free(username: str, full_name: str) -> list[str]:
    """Usernames like this one that nobody has right now: one read, at most two of them."""
    wanted = [made for made in dict.fromkeys(_candidates(username, full_name)) if not _problem(made)]
    keys = {made: name_key("u", made) for made in wanted}
    rows = read(*keys.values())
    return [made for made, key in keys.items() if rows[key] is None][:OFFERED]


def taken(refusal: NameTaken, username: str, full_name: str) -> str:
    """Say that a name is somebody else's; of a username also which ones like it are free."""
    offered = free(username, full_name) if refusal.field == "username" else []
    return f"{refusal.description} Free right now: {', '.join(offered)}" if offered else refusal.description


def _candidates(username: str, full_name: str) -> Iterator[str]:
    words = re.findall(r"[a-z0-9]+", full_name.casefold())
    if len(words) > 1:
        first, last = words[0], words[-1]
        yield _joined(username, f".{last[0]}")
        yield _joined(username, f"-{last}")
        yield _joined(first, f".{last}")
    yield from (_joined(username, str(number)) for number in range(2, 10))


def _joined(start: str, end: str) -> str:
    return start[: LONGEST - len(end)] + end


def _problem(username: str) -> bool:
    return bool(field_problems({"username": username}))
