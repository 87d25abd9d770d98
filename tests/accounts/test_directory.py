"""What is typed into a search box, and whom it finds (ux 6.15: search)."""

import pytest

from chalicelib.accounts.directory import matching
from chalicelib.store.users import User

PEOPLE = [
    User(user_id=name, username=name, email=f"{name}@example.com", first_name=first, last_name=last)
    for name, first, last in [("ana", "Ana Maria", "Duarte"), ("leo", "Leo", "Wong"), ("mx-7", "Émile", "Ana")]
]


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("leo", ["leo"]),
        ("LEO", ["leo"]),
        ("@leo", ["leo"]),
        ("wo", ["leo"]),
        ("leo@exa", ["leo"]),
        ("ana", ["ana", "mx-7"]),
        ("mar dua", ["ana"]),
        ("duarte ana", ["ana"]),
        ("éM", ["mx-7"]),
        ("eo", []),
        ("leo duarte", []),
        ("*", []),
        ("", ["ana", "leo", "mx-7"]),
        ("  ", ["ana", "leo", "mx-7"]),
    ],
)
def test_every_word_begins_a_name_the_username_or_the_email(term: str, found: list[str]) -> None:
    """The list's order stays."""
    assert [user.username for user in matching(PEOPLE, term)] == found
