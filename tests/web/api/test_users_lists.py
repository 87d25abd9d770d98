"""Lists of people over the API: pages, who is in a team or channel, search, autocomplete (contract 1.1, 2.12)."""

from typing import Any

import pytest

from chalicelib.accounts import people
from tests.browser import Answer, api
from tests.crew import Crew
from tests.make import World
from tests.web.api.bodies import refused
from tests.web.api.conftest import Callers
from tests.web.api.people import BAD_BODY, BAD_URL, FORBIDDEN, OWN_FIELDS, SEEN_FIELDS, UNKNOWN, install, usernames


def listed(session: str, **query: str) -> Answer:
    """A page of people."""
    return api("GET", "/users", session, params=query)


def search(session: str, **body: Any) -> Answer:
    """Search for people."""
    return api("POST", "/users/search", session, body)


def completed(session: str, **query: str) -> list[str]:
    """Who is offered while somebody types."""
    answer = api("GET", "/users/autocomplete", session, params=query)
    assert answer.status == 200, answer.text
    assert answer.json.keys() == {"users"}
    return [user["username"] for user in answer.json["users"]]


def test_everybody_is_listed_by_username(callers: Callers) -> None:
    """Contract 2.12: to everybody with an account."""
    answer = listed(callers.leo)
    assert usernames(answer) == ["ana", "leo", "maya"]
    assert [set(user) for user in answer.json] == [SEEN_FIELDS, OWN_FIELDS, SEEN_FIELDS]


def test_a_list_shows_people_as_they_are_now(callers: Callers, world: World) -> None:
    """DESIGN section 2: an index chooses, the rows are read."""
    people.edit(world.ana, {"nickname": "Annie"}, world.origin())
    assert listed(callers.leo).json[0]["nickname"] == "Annie"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"per_page": "2"}, ["ana", "leo"]),
        ({"per_page": "2", "page": "1"}, ["maya"]),
        ({"per_page": "2", "page": "2"}, []),
        ({"per_page": "x", "page": "-1"}, ["ana", "leo", "maya"]),
    ],
)
def test_a_list_is_given_in_pages(query: dict[str, str], found: list[str], callers: Callers) -> None:
    """Contract 1.1, paging."""
    assert usernames(listed(callers.leo, **query)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["ana", "leo", "maya"]),
        ({"active": "true"}, ["leo", "maya"]),
        ({"inactive": "true"}, ["ana"]),
        ({"active": "false", "inactive": "false"}, ["ana", "leo", "maya"]),
        ({"active": "true", "per_page": "1", "page": "1"}, ["maya"]),
    ],
)
def test_a_list_can_be_of_the_active_or_the_inactive(
    query: dict[str, str], found: list[str], callers: Callers, world: World
) -> None:
    """Mattermost's `active` and `inactive`: filtered before paged."""
    people.deactivate(world.ana, world.origin())
    assert usernames(listed(callers.leo, **query)) == found


def test_nobody_is_both(callers: Callers) -> None:
    """Mattermost's answer to both."""
    assert refused(listed(callers.leo, active="true", inactive="true")) == BAD_URL


# --- in a team, in a channel --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["leo", "ana", "maya"])
def test_who_is_in_a_team_is_told_to_its_members_and_system_admins(who: str, crew: Crew) -> None:
    """Contract section 4."""
    assert usernames(listed(getattr(crew, who), in_team=crew.team)) == ["ana", "leo"]


@pytest.mark.parametrize(("channel", "found"), [("square", ["ana", "leo"]), ("public", ["leo"]), ("leos", ["leo"])])
def test_who_is_in_a_channel_is_told_to_who_can_read_it(channel: str, found: list[str], crew: Crew) -> None:
    """Contract section 4: public ones are read by the whole team."""
    assert usernames(listed(crew.leo, in_channel=getattr(crew, channel))) == found


def test_both_mean_who_is_in_both(crew: Crew) -> None:
    """A list is narrowed by everything that is asked."""
    assert usernames(listed(crew.leo, in_team=crew.team, in_channel=crew.public)) == ["leo"]


@pytest.mark.parametrize("who", ["ana", "maya"])
def test_a_private_channel_keeps_its_members_to_itself(who: str, crew: Crew) -> None:
    """A System Admin who is not in it is nobody there."""
    session = getattr(crew, who)
    assert refused(listed(session, in_channel=crew.leos)) == FORBIDDEN
    assert refused(search(session, term="leo", in_channel_id=crew.leos)) == FORBIDDEN
    assert refused(api("GET", "/users/autocomplete", session, params={"in_channel": crew.leos})) == FORBIDDEN


def test_a_team_keeps_its_members_to_itself(crew: Crew) -> None:
    """Contract section 4: nor is anything told of its public channels."""
    kim = crew.world.session(crew.world.person("kim", "Kim Doe"))
    assert refused(listed(kim, in_team=crew.team)) == FORBIDDEN
    assert refused(listed(kim, in_channel=crew.public)) == FORBIDDEN
    assert refused(search(kim, term="leo", team_id=crew.team)) == FORBIDDEN


def test_a_channel_that_is_not_there_is_not_found(crew: Crew) -> None:
    """Contract 1.1."""
    assert refused(listed(crew.leo, in_channel=UNKNOWN)) == (404, "app.channel.get.existing.app_error")


@pytest.mark.parametrize("name", ["in_team", "in_channel"])
def test_what_is_no_id_is_refused(name: str, crew: Crew) -> None:
    """Contract 1.1."""
    assert refused(listed(crew.leo, **{name: "junk"})) == BAD_URL


@pytest.mark.parametrize(("place", "scope"), [("in_team", "teams:read"), ("in_channel", "channels:read")])
def test_a_token_needs_the_scope_of_the_place_too(place: str, scope: str, crew: Crew) -> None:
    """DESIGN section 4: who sees people does not see who is where."""
    where = {place: crew.team if place == "in_team" else crew.leos}
    app = crew.world.app()
    narrow = install(app, crew.leo, scope="users:read")["access_token"]
    assert (listed(narrow, **where).status, listed(narrow, **where).json["error"]) == (403, "insufficient_scope")
    assert listed(install(app, crew.leo, scope=f"users:read {scope}")["access_token"], **where).status == 200


# --- search -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("term", "found"), [("le", ["leo"]), ("DUARTE", ["ana"]), ("a", ["ana"]), ("nobody", [])])
def test_people_are_found_by_the_beginning_of_a_name(term: str, found: list[str], callers: Callers) -> None:
    """Mattermost's `POST /users/search`."""
    assert usernames(search(callers.leo, term=term)) == found
    assert completed(callers.leo, name=term) == found


def test_inactive_people_are_found_only_if_that_is_asked_for(callers: Callers, world: World) -> None:
    """Mattermost's `allow_inactive`."""
    people.deactivate(world.ana, world.origin())
    assert usernames(search(callers.leo, term="ana")) == []
    assert usernames(search(callers.leo, term="ana", allow_inactive=True)) == ["ana"]
    assert completed(callers.leo, name="ana") == []


@pytest.mark.parametrize(("limit", "found"), [(1, ["ana"]), (2, ["ana", "anton"]), (1000, ["ana", "anton"])])
def test_a_search_gives_at_most_what_is_asked_for(limit: int, found: list[str], callers: Callers, world: World) -> None:
    """Mattermost's `limit`."""
    world.person("anton", "Anton Ek")
    assert usernames(search(callers.leo, term="an", limit=limit)) == found
    assert completed(callers.leo, name="an", limit=str(limit)) == found


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"term": ""},
        {"term": "  "},
        {"term": 7},
        {"term": "a", "limit": -1},
        {"term": "a", "limit": 1001},
        {"term": "a", "limit": "7"},
        {"term": "a", "limit": True},
        {"term": "a", "team_id": "junk"},
        {"term": "a", "in_channel_id": ["x"]},
    ],
)
def test_a_search_for_nothing_is_refused(body: dict[str, Any], callers: Callers) -> None:
    """Mattermost's invalid parameters."""
    assert refused(search(callers.leo, **body)) == BAD_BODY


def test_a_search_can_be_among_who_is_in_a_place(crew: Crew) -> None:
    """Mattermost's `team_id` and `in_channel_id`."""
    crew.world.person("leonie", "Leonie Doe")
    assert usernames(search(crew.leo, term="leo")) == ["leo", "leonie"]
    assert usernames(search(crew.leo, term="leo", team_id=crew.team)) == ["leo"]
    assert usernames(search(crew.leo, term="a", in_channel_id=crew.leos)) == []
    assert completed(crew.leo, name="leo", in_team=crew.team) == ["leo"]


def test_without_a_name_everybody_active_is_offered(callers: Callers) -> None:
    """Somebody has typed no letter yet; what is no number counts as not asked."""
    assert completed(callers.leo) == completed(callers.leo, limit="x") == ["ana", "leo", "maya"]
