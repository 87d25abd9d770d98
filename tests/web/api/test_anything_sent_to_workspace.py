"""Whatever a caller sends about teams, channels and posts: never a 500 (contract 1.1)."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.browser import Answer, api
from tests.crew import Crew
from tests.hostile import harmless, hostile, many
from tests.web.api.bodies import refused

FIELDS = ["name", "display_name", "description", "type", "team_id", "user_id", "channel_id", "header", "purpose"]
FIELDS += ["message", "props", "root_id", "file_ids", "pending_post_id", "allow_open_invite", "term", "page", "id"]
QUERY = ["page", "per_page", "before", "after", "since", "include_deleted", "include_total_count"]
scalar = st.one_of(hostile, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
value = st.recursive(
    scalar,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(hostile, inner, max_size=3)),
    max_leaves=6,
)
bodies = st.one_of(st.dictionaries(st.sampled_from(FIELDS), value, max_size=5), st.lists(value, max_size=3), scalar)
TAKING = [
    ("POST", "/teams"),
    ("POST", "/teams/search"),
    ("PUT", "/teams/{team}/patch"),
    ("PUT", "/teams/{team}"),
    ("POST", "/teams/{team}/members"),
    ("POST", "/teams/{team}/channels/search"),
    ("POST", "/channels"),
    ("POST", "/channels/direct"),
    ("PUT", "/channels/{leos}/patch"),
    ("PUT", "/channels/{leos}"),
    ("POST", "/channels/{leos}/members"),
    ("POST", "/posts"),
]


def answered(answer: Answer) -> None:
    """An answer that is no failure of ours, and no wrong shape."""
    harmless(answer)
    if answer.status >= 400:
        refused(answer)


@many
@given(body=bodies, known=st.booleans(), target=st.sampled_from(TAKING))
def test_any_body_is_answered(crew: Crew, body: Any, *, known: bool, target: tuple[str, str]) -> None:
    """Contract 1.1; with `known`, the ids are right and only the rest is anything."""
    method, path = target
    ids = {"team_id": crew.team, "channel_id": crew.leos, "user_id": crew.world.ana.user_id}
    sent = body | ids if known and isinstance(body, dict) else body

    answered(api(method, path.format(team=crew.team, leos=crew.leos), crew.leo, sent))


@many
@given(query=st.dictionaries(st.sampled_from(QUERY), hostile, max_size=4))
def test_any_query_is_answered(crew: Crew, query: dict[str, str]) -> None:
    """Contract 1.1."""
    answered(api("GET", f"/channels/{crew.leos}/posts", crew.leo, params=query))
    answered(api("GET", f"/teams/{crew.team}/channels", crew.leo, params=query))


@many
@given(octets=st.binary(min_size=1, max_size=30).map(lambda b: "".join(f"%{x:02x}" for x in b)))
def test_any_octets_in_an_address_are_answered(crew: Crew, octets: str) -> None:
    """Contract 1.1: names and ids."""
    answered(api("GET", f"/teams/name/{octets}", crew.leo))
    answered(api("GET", f"/teams/{crew.team}/channels/name/{octets}", crew.leo))
    answered(api("GET", f"/posts/{octets}", crew.leo))
    answered(api("GET", f"/users/{octets}/teams", crew.leo))
