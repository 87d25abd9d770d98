"""Finding people among many: what is typed into a search box."""

from collections.abc import Iterable

from chalicelib.store.users import User


def matching(people: Iterable[User], term: str) -> list[User]:
    """The people of whom every word of `term` begins a name, the username or the e-mail address, in their order.

    Case does not matter, nor an `@` before a username. No word at all matches everybody.
    """
    words = [word.removeprefix("@") for word in term.casefold().split()]
    return [user for user in people if all(_begins(user, word) for word in words)]


def _begins(user: User, word: str) -> bool:
    parts = (user.username, user.email, *user.first_name.split(), *user.last_name.split())
    return any(part.casefold().startswith(word) for part in parts)
