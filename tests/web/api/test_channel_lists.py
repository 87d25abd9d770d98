"""Finding channels over the API: lists, names, search (contract 2.13)."""

import pytest

from tests.browser import api
from tests.crew import BAD_URL, FORBIDDEN, NO_TEAM, Crew, names, unknown
from tests.web.api.bodies import refused

NO_NAME = (404, "app.channel.get_by_name.missing.app_error")
LISTS = [("GET", "/teams/{team}/channels"), ("POST", "/teams/{team}/channels/search")]


def test_the_list_is_of_a_teams_public_channels(crew: Crew) -> None:
    """By display name; private ones are not in it, one's own neither."""
    assert names(api("GET", f"/teams/{crew.team}/channels", crew.ana)) == ["plans", "town-square"]
    assert names(api("GET", f"/teams/{crew.team}/channels?per_page=1&page=1", crew.ana)) == ["town-square"]


@pytest.mark.parametrize(("term", "found"), [("PLAN", ["plans"]), ("leos", []), ("square", ["town-square"])])
def test_a_search_looks_at_both_names_of_public_channels(term: str, found: list[str], crew: Crew) -> None:
    """Mattermost's `channels/search`."""
    assert names(api("POST", f"/teams/{crew.team}/channels/search", crew.leo, {"term": term})) == found


@pytest.mark.parametrize(("method", "path"), LISTS)
def test_lists_are_for_who_is_in_the_team(method: str, path: str, crew: Crew) -> None:
    """And for System Admins."""
    address = path.format(team=crew.team)
    assert refused(api(method, address, crew.person()[1], {"term": ""})) == FORBIDDEN
    assert names(api(method, address, crew.maya, {"term": ""})) == ["plans", "town-square"]
    assert refused(api(method, path.format(team=unknown()), crew.maya, {"term": ""})) == NO_TEAM
    assert refused(api(method, path.format(team="junk"), crew.maya, {"term": ""})) == BAD_URL


BY_NAME = ["/teams/{team}/channels/name/{name}", "/teams/name/crew/channels/name/{name}"]


@pytest.mark.parametrize("path", BY_NAME)
def test_a_channel_is_found_by_its_name(path: str, crew: Crew) -> None:
    """Contract 2.13."""
    assert api("GET", path.format(team=crew.team, name="plans"), crew.ana).json["id"] == crew.public
    assert api("GET", path.format(team=crew.team, name="leos"), crew.leo).json["id"] == crew.leos


@pytest.mark.parametrize("path", BY_NAME)
@pytest.mark.parametrize("who", ["ana", "maya"])
@pytest.mark.parametrize("name", ["leos", "nobodys", "x" * 3_000])
def test_a_private_channel_of_others_is_answered_like_none(path: str, who: str, name: str, crew: Crew) -> None:
    """As in Mattermost; for System Admins too, which is not as in Mattermost."""
    assert refused(api("GET", path.format(team=crew.team, name=name), getattr(crew, who))) == NO_NAME


@pytest.mark.parametrize("path", BY_NAME)
@pytest.mark.parametrize("name", ["plans", "leos", "nobodys"])
def test_who_is_not_in_the_team_learns_nothing_of_its_names(path: str, name: str, crew: Crew) -> None:
    """One answer for all."""
    assert refused(api("GET", path.format(team=crew.team, name=name), crew.person()[1])) == FORBIDDEN


def test_an_unknown_team_has_no_channels(crew: Crew) -> None:
    """Mattermost's ids."""
    assert refused(api("GET", f"/teams/{unknown()}/channels/name/plans", crew.leo)) == NO_TEAM
    answer = api("GET", "/teams/name/nobodys/channels/name/plans", crew.leo)
    assert refused(answer) == (404, "app.team.get_by_name.missing.app_error")


@pytest.mark.parametrize("path", BY_NAME)
def test_an_archived_channel_is_found_when_asked_for(path: str, crew: Crew) -> None:
    """Mattermost's `include_deleted`."""
    crew.archive(crew.public)
    address = path.format(team=crew.team, name="plans")
    assert refused(api("GET", address, crew.ana)) == NO_NAME
    assert api("GET", address + "?include_deleted=true", crew.ana).json["id"] == crew.public


@pytest.mark.parametrize(
    ("who", "found"),
    [("leo", ["leos", "plans", "town-square"]), ("ana", ["anas", "town-square"])],
)
@pytest.mark.parametrize("path", ["/users/me/teams/{team}/channels", "/users/me/channels"])
def test_ones_channels_are_those_one_is_in(who: str, found: list[str], path: str, crew: Crew) -> None:
    """Contract 2.13."""
    assert names(api("GET", path.format(team=crew.team), getattr(crew, who))) == found


@pytest.mark.parametrize("path", ["/users/me/teams/{team}/channels", "/users/me/channels"])
def test_direct_channels_are_among_them(path: str, crew: Crew) -> None:
    """As in Mattermost: whatever the team."""
    direct = crew.direct(crew.world.leo, crew.world.ana)
    listed = api("GET", path.format(team=crew.team), crew.ana).json
    assert direct in {channel["id"] for channel in listed}


def test_channels_of_another_team_are_not_in_a_teams_list(crew: Crew) -> None:
    """Contract 2.13."""
    other = api("POST", "/teams", crew.ana, {"name": "other", "display_name": "Other", "type": "O"}).json["id"]
    assert names(api("GET", f"/users/me/teams/{other}/channels", crew.ana)) == ["town-square"]
    assert names(api("GET", "/users/me/channels", crew.ana)) == ["anas", "town-square", "town-square"]
    members = api("GET", f"/users/me/teams/{other}/channels/members", crew.ana).json
    assert len(members) == 1


def test_archived_channels_are_listed_when_asked_for(crew: Crew) -> None:
    """Mattermost's `include_deleted`."""
    crew.archive(crew.leos)
    path = f"/users/me/teams/{crew.team}/channels"
    assert names(api("GET", path, crew.leo)) == ["plans", "town-square"]
    assert names(api("GET", path + "?include_deleted=true", crew.leo)) == ["leos", "plans", "town-square"]


OF_PERSON = ["/teams/{team}/channels", "/channels", "/teams/{team}/channels/members"]


@pytest.mark.parametrize("path", OF_PERSON)
@pytest.mark.parametrize("who", ["ana", "maya"])
def test_anothers_channels_are_nobody_elses_to_see(path: str, who: str, crew: Crew) -> None:
    """System Admins neither: private and direct channels would be among them."""
    address = f"/users/{crew.world.leo.user_id}{path.format(team=crew.team)}"
    assert refused(api("GET", address, getattr(crew, who))) == FORBIDDEN
    assert api("GET", address, crew.leo).status == 200


@pytest.mark.parametrize("path", ["/teams/{team}/channels", "/teams/{team}/channels/members"])
def test_who_is_not_in_the_team_has_no_channels_there(path: str, crew: Crew) -> None:
    """Mattermost's `view_team`."""
    assert refused(api("GET", f"/users/me{path.format(team=crew.team)}", crew.maya)) == FORBIDDEN


def test_ones_places_in_channels_come_with_roles(crew: Crew) -> None:
    """Mattermost's ChannelMember."""
    direct = crew.direct(crew.world.leo, crew.world.ana)
    listed = api("GET", f"/users/me/teams/{crew.team}/channels/members", crew.ana).json
    assert {(row["channel_id"], row["scheme_admin"]) for row in listed} == {
        (crew.square, False),
        (crew.anas, True),
        (direct, False),
    }
    assert {row["user_id"] for row in listed} == {crew.world.ana.user_id}
