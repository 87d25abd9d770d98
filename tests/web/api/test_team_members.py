"""Who is in a team, over the API (contract 2.13)."""

from typing import Any

import pytest

from chalicelib.accounts import people
from chalicelib.store.audit import Event
from chalicelib.store.places import Member, in_team_key
from chalicelib.store.writing import update, write_together
from chalicelib.workspace.teams import MOST_CHANNELS
from tests.browser import Answer, api
from tests.crew import BAD_BODY, BAD_URL, FORBIDDEN, NO_TEAM, Crew, names, unknown
from tests.web.api.bodies import refused

NOT_IN_TEAM = (404, "app.team.get_member.missing.app_error")
NO_USER = (404, "app.user.missing_account.const")


def join(session: str, team_id: str, user_id: str, /, **changes: Any) -> Answer:
    """Put somebody into a team."""
    body = {"team_id": team_id, "user_id": user_id} | changes
    return api("POST", f"/teams/{team_id}/members", session, body)


def closed(crew: Crew) -> None:
    """The team is by invitation."""
    api("PUT", f"/teams/{crew.team}/patch", crew.leo, {"type": "I"})


def test_everybody_joins_an_open_team_and_with_it_town_square(crew: Crew) -> None:
    """Mattermost's default channel."""
    kim, session = crew.person()
    answer = join(session, crew.team, kim.user_id)
    assert answer.status == 201
    assert (answer.json["team_id"], answer.json["user_id"], answer.json["roles"]) == (
        crew.team,
        kim.user_id,
        "team_user",
    )
    assert (answer.json["scheme_user"], answer.json["scheme_admin"], answer.json["delete_at"]) == (True, False, 0)
    assert crew.in_channel(kim, crew.square)
    assert not crew.in_channel(kim, crew.public)


def test_joining_twice_changes_nothing(crew: Crew) -> None:
    """An existing row keeps its role."""
    before = crew.world.row(in_team_key(crew.world.leo.user_id, crew.team)).version
    answer = join(crew.leo, crew.team, crew.world.leo.user_id)
    assert (answer.status, answer.json["scheme_admin"]) == (201, True)
    assert crew.world.row(in_team_key(crew.world.leo.user_id, crew.team)).version == before


def test_nobody_joins_a_team_by_invitation_by_themselves(crew: Crew) -> None:
    """Contract 2.13: `allow_open_invite`."""
    closed(crew)
    kim, session = crew.person()
    assert refused(join(session, crew.team, kim.user_id)) == FORBIDDEN
    assert not crew.in_team(kim)


@pytest.mark.parametrize(("who", "status"), [("leo", 201), ("maya", 201), ("ana", 403)])
def test_who_looks_after_a_team_adds_people(who: str, status: int, crew: Crew) -> None:
    """Team admins and System Admins; members do not."""
    closed(crew)
    kim, _ = crew.person()
    answer = join(getattr(crew, who), crew.team, kim.user_id)
    assert answer.status == status
    assert crew.in_team(kim) == (status == 201)


def test_only_who_has_an_account_that_works_is_added(crew: Crew) -> None:
    """A deactivated account cannot be told of, an unknown one is not there."""
    kim, _ = crew.person()
    people.deactivate(kim, crew.world.origin())
    assert refused(join(crew.leo, crew.team, kim.user_id)) == BAD_BODY
    assert refused(join(crew.leo, crew.team, unknown())) == NO_USER


@pytest.mark.parametrize("changes", [{"user_id": ""}, {"user_id": "junk"}, {"user_id": 7}, {"team_id": "other"}])
def test_a_body_that_cannot_be_is_refused(changes: dict[str, Any], crew: Crew) -> None:
    """Contract 1.1; the team has to be the path's."""
    assert refused(join(crew.leo, crew.team, crew.world.maya.user_id, **changes)) == BAD_BODY


def test_nobody_joins_a_team_that_is_not_there_or_deleted(crew: Crew) -> None:
    """Mattermost's id."""
    assert refused(join(crew.maya, unknown(), crew.world.maya.user_id)) == NO_TEAM
    api("DELETE", f"/teams/{crew.team}", crew.leo)
    assert refused(join(crew.maya, crew.team, crew.world.maya.user_id)) == NO_TEAM


@pytest.mark.parametrize("path", ["", "/{leo}"])
@pytest.mark.parametrize(("who", "status"), [("ana", 200), ("maya", 200), ("kim", 403)])
def test_who_is_in_a_team_is_for_who_is_in_it(path: str, who: str, status: int, crew: Crew) -> None:
    """And for System Admins."""
    session = crew.person()[1] if who == "kim" else getattr(crew, who)
    answer = api("GET", f"/teams/{crew.team}/members{path.format(leo=crew.world.leo.user_id)}", session)
    assert answer.status == status
    if status == 403:
        assert refused(answer) == FORBIDDEN


def test_the_members_come_with_their_roles_in_pages(crew: Crew) -> None:
    """Contract 1.1."""
    listed = api("GET", f"/teams/{crew.team}/members", crew.ana).json
    assert {(row["user_id"], row["scheme_admin"]) for row in listed} == {
        (crew.world.leo.user_id, True),
        (crew.world.ana.user_id, False),
    }
    assert api("GET", f"/teams/{crew.team}/members?per_page=1&page=1", crew.ana).json == listed[1:]
    assert api("GET", f"/teams/{crew.team}/members?page=9", crew.ana).json == []


def test_who_is_not_in_a_team_has_no_place_there(crew: Crew) -> None:
    """Mattermost's id."""
    path = f"/teams/{crew.team}/members/{crew.world.maya.user_id}"
    assert refused(api("GET", path, crew.ana)) == NOT_IN_TEAM
    assert refused(api("DELETE", path, crew.leo)) == NOT_IN_TEAM


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_ids_are_checked(method: str, crew: Crew) -> None:
    """Contract 1.1."""
    assert refused(api(method, f"/teams/{crew.team}/members/junk", crew.leo)) == BAD_URL
    assert refused(api(method, f"/teams/{unknown()}/members/me", crew.leo)) == NO_TEAM


def test_leaving_a_team_leaves_its_channels_and_no_others(crew: Crew) -> None:
    """DESIGN section 1: the team's row and those of its channels in one transaction."""
    direct = crew.direct(crew.world.ana, crew.world.leo)
    answer = api("DELETE", f"/teams/{crew.team}/members/me", crew.ana)
    assert (answer.status, answer.json) == (200, {"status": "OK"})
    assert not crew.in_team(crew.world.ana)
    assert not crew.in_channel(crew.world.ana, crew.square)
    assert not crew.in_channel(crew.world.ana, crew.anas)
    assert crew.in_channel(crew.world.ana, direct)


def test_who_left_reads_nothing_of_the_team_any_more(crew: Crew) -> None:
    """Not the public channels, not the private one of their own."""
    api("DELETE", f"/teams/{crew.team}/members/me", crew.ana)
    assert refused(api("GET", f"/channels/{crew.anas}/posts", crew.ana)) == FORBIDDEN
    assert refused(api("GET", f"/channels/{crew.public}/posts", crew.ana)) == FORBIDDEN


@pytest.mark.parametrize(("who", "status"), [("leo", 200), ("maya", 200), ("kim", 403)])
def test_who_looks_after_a_team_removes_people(who: str, status: int, crew: Crew) -> None:
    """Team admins and System Admins."""
    session = crew.person()[1] if who == "kim" else getattr(crew, who)
    assert api("DELETE", f"/teams/{crew.team}/members/{crew.world.ana.user_id}", session).status == status
    assert crew.in_team(crew.world.ana) == (status != 200)


def test_a_member_removes_nobody_else(crew: Crew) -> None:
    """Members may leave, no more."""
    assert refused(api("DELETE", f"/teams/{crew.team}/members/{crew.world.leo.user_id}", crew.ana)) == FORBIDDEN


def test_as_many_channels_as_a_transaction_takes_are_left_with_the_team(crew: Crew) -> None:
    """DynamoDB takes 100 rows in one transaction; Ana is in two channels, and in 88 more."""
    crew.fill(crew.world.ana, MOST_CHANNELS - 2)
    assert api("DELETE", f"/teams/{crew.team}/members/me", crew.ana).status == 200
    assert api("GET", "/users/me/channels", crew.ana).json == []


def test_more_channels_are_left_first(crew: Crew) -> None:
    """A clear refusal, and nothing is left."""
    crew.fill(crew.world.ana, MOST_CHANNELS - 1)
    answer = api("DELETE", f"/teams/{crew.team}/members/me", crew.ana)
    assert refused(answer) == (400, "api.team.remove_user_from_team.too_many_channels.app_error")
    assert crew.in_team(crew.world.ana)


@pytest.mark.parametrize("who", ["ana", "maya"])
@pytest.mark.parametrize("path", ["", "/members"])
def test_the_teams_of_somebody_are_theirs_and_system_admins_to_see(who: str, path: str, crew: Crew) -> None:
    """Contract 2.13."""
    address = f"/users/{crew.world.ana.user_id}/teams{path}"
    listed = api("GET", address, getattr(crew, who)).json
    assert [row["team_id" if path else "id"] for row in listed] == [crew.team]
    assert refused(api("GET", address, crew.leo)) == FORBIDDEN


@pytest.mark.parametrize("path", ["", "/members"])
def test_me_is_whom_the_credential_names(path: str, crew: Crew) -> None:
    """Contract 1.1."""
    listed = api("GET", f"/users/me/teams{path}", crew.leo).json
    assert [row["team_id" if path else "id"] for row in listed] == [crew.team]
    assert api("GET", f"/users/me/teams{path}", crew.maya).json == []


@pytest.mark.parametrize("path", ["", "/members"])
def test_the_teams_of_nobody_are_not_found(path: str, crew: Crew) -> None:
    """Mattermost's id; only System Admins learn that much."""
    assert refused(api("GET", f"/users/{unknown()}/teams{path}", crew.maya)) == NO_USER
    assert refused(api("GET", f"/users/{unknown()}/teams{path}", crew.leo)) == FORBIDDEN
    assert refused(api("GET", f"/users/junk/teams{path}", crew.maya)) == BAD_URL


def test_coming_and_going_is_recorded(crew: Crew) -> None:
    """DESIGN section 2: with whom it concerns."""
    api("DELETE", f"/teams/{crew.team}/members/{crew.world.ana.user_id}", crew.leo)
    recorded = [(row.action, row.actor_id) for row in Event.scan() if row.user_id == crew.world.ana.user_id]
    assert ("team.join", crew.world.ana.user_id) in recorded
    assert ("team.leave", crew.world.leo.user_id) in recorded


def test_a_member_of_an_older_version_can_leave(crew: Crew) -> None:
    """The row has no version."""
    row = crew.world.row(in_team_key(crew.world.ana.user_id, crew.team))
    write_together(update(row, Member.version.remove(), condition=Member.user_id.exists()))
    assert api("DELETE", f"/teams/{crew.team}/members/me", crew.ana).status == 200
    assert names(api("GET", "/users/me/teams", crew.ana)) == []
