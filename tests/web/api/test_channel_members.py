"""Who is in a channel, over the API (contract 2.13)."""

from typing import Any

import pytest

from chalicelib.accounts import people
from chalicelib.store.audit import Event
from chalicelib.store.places import in_channel_key
from tests.browser import Answer, api
from tests.crew import BAD_BODY, BAD_URL, FORBIDDEN, NO_CHANNEL, Crew, unknown
from tests.web.api.bodies import refused

NOT_IN_CHANNEL = (404, "app.channel.get_member.missing.app_error")
NOT_IN_TEAM = (404, "app.team.get_member.missing.app_error")


def join(session: str, channel_id: str, user_id: Any) -> Answer:
    """Put somebody into a channel."""
    return api("POST", f"/channels/{channel_id}/members", session, {"user_id": user_id})


def leave(session: str, channel_id: str, user_id: str = "me") -> Answer:
    """Take somebody out of a channel."""
    return api("DELETE", f"/channels/{channel_id}/members/{user_id}", session)


def test_who_is_in_the_team_joins_a_public_channel(crew: Crew) -> None:
    """Contract 2.13."""
    answer = join(crew.ana, crew.public, crew.world.ana.user_id)
    assert answer.status == 201
    assert (answer.json["channel_id"], answer.json["user_id"]) == (crew.public, crew.world.ana.user_id)
    assert (answer.json["roles"], answer.json["scheme_admin"]) == ("channel_user", False)
    assert answer.json == api("GET", f"/channels/{crew.public}/members/me", crew.ana).json


@pytest.mark.parametrize("who", ["kim", "maya"])
def test_who_is_not_in_the_team_does_not(who: str, crew: Crew) -> None:
    """The write itself finds out; a System Admin joins the team first."""
    user, session = crew.person() if who == "kim" else (crew.world.maya, crew.maya)
    assert refused(join(session, crew.public, user.user_id)) == FORBIDDEN
    assert not crew.in_channel(user, crew.public)


@pytest.mark.parametrize("who", ["ana", "maya"])
def test_nobody_joins_a_private_channel_by_themselves(who: str, crew: Crew) -> None:
    """By being added by a member."""
    user = getattr(crew.world, who)
    assert refused(join(getattr(crew, who), crew.leos, user.user_id)) == FORBIDDEN
    assert not crew.in_channel(user, crew.leos)


def test_a_member_adds_somebody_of_the_team(crew: Crew) -> None:
    """To a private channel; who was added reads it, and may add others."""
    assert join(crew.leo, crew.leos, crew.world.ana.user_id).status == 201
    assert api("GET", f"/channels/{crew.leos}/posts", crew.ana).status == 200


@pytest.mark.parametrize("place", ["public", "leos"])
def test_nobody_is_added_who_is_not_in_the_team(place: str, crew: Crew) -> None:
    """Membership of the team at the moment of the write."""
    kim, _ = crew.person()
    assert refused(join(crew.leo, getattr(crew, place), kim.user_id)) == NOT_IN_TEAM
    assert not crew.in_channel(kim, getattr(crew, place))


def test_who_is_not_in_a_public_channel_adds_nobody_else(crew: Crew) -> None:
    """Ana may join it, and then add."""
    assert refused(join(crew.ana, crew.public, crew.world.maya.user_id)) == FORBIDDEN


def test_joining_twice_keeps_the_role(crew: Crew) -> None:
    """An existing row keeps its role."""
    answer = join(crew.leo, crew.public, crew.world.leo.user_id)
    assert (answer.status, answer.json["scheme_admin"]) == (201, True)
    assert crew.world.row(in_channel_key(crew.world.leo.user_id, crew.public)).is_admin


def test_only_who_has_an_account_that_works_is_added(crew: Crew) -> None:
    """A deactivated account reads nothing."""
    people.deactivate(crew.world.ana, crew.world.origin())
    assert refused(join(crew.leo, crew.leos, crew.world.ana.user_id)) == BAD_BODY
    assert refused(join(crew.leo, crew.leos, unknown())) == (404, "app.user.missing_account.const")


@pytest.mark.parametrize("user_id", [None, "", "junk", 7])
def test_a_body_that_cannot_be_is_refused(user_id: Any, crew: Crew) -> None:
    """Contract 1.1."""
    assert refused(join(crew.leo, crew.public, user_id)) == BAD_BODY


def test_an_archived_channel_is_not_joined(crew: Crew) -> None:
    """Mattermost's id."""
    crew.archive(crew.public)
    answer = join(crew.ana, crew.public, crew.world.ana.user_id)
    assert refused(answer) == (400, "api.channel.add_user_to_channel.deleted.app_error")


def test_a_direct_channel_has_its_two_people(crew: Crew) -> None:
    """Nobody is added, nobody leaves, whoever asks."""
    direct = crew.direct(crew.world.leo, crew.world.ana)
    answer = join(crew.leo, direct, crew.world.maya.user_id)
    assert refused(answer) == (400, "api.channel.add_user_to_channel.type.app_error")
    assert refused(join(crew.maya, direct, crew.world.maya.user_id)) == FORBIDDEN
    gone = (400, "api.channel.remove_channel_member.type.app_error")
    assert refused(leave(crew.leo, direct)) == gone
    assert refused(leave(crew.leo, direct, crew.world.ana.user_id)) == gone


def test_the_members_come_with_their_roles_in_pages(crew: Crew) -> None:
    """Contract 1.1."""
    crew.join(crew.leos, crew.world.ana)
    listed = api("GET", f"/channels/{crew.leos}/members", crew.ana).json
    assert {(row["user_id"], row["scheme_admin"]) for row in listed} == {
        (crew.world.leo.user_id, True),
        (crew.world.ana.user_id, False),
    }
    assert api("GET", f"/channels/{crew.leos}/members?per_page=1&page=1", crew.ana).json == listed[1:]


def test_the_members_of_a_public_channel_are_for_the_team(crew: Crew) -> None:
    """Contract 2.13."""
    path = f"/channels/{crew.public}/members"
    assert len(api("GET", path, crew.ana).json) == 1
    assert refused(api("GET", path, crew.person()[1])) == FORBIDDEN
    assert refused(api("GET", f"{path}/me", crew.ana)) == NOT_IN_CHANNEL


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_ids_are_checked(method: str, crew: Crew) -> None:
    """Contract 1.1."""
    assert refused(api(method, f"/channels/{crew.public}/members/junk", crew.leo)) == BAD_URL
    assert refused(api(method, f"/channels/{unknown()}/members/me", crew.leo)) == NO_CHANNEL
    assert refused(api("POST", f"/channels/{unknown()}/members", crew.leo, {"user_id": unknown()})) == NO_CHANNEL


def test_who_is_in_a_channel_leaves_it(crew: Crew) -> None:
    """And reads a private one no more."""
    crew.join(crew.leos, crew.world.ana)
    assert leave(crew.ana, crew.leos).json == {"status": "OK"}
    assert refused(api("GET", f"/channels/{crew.leos}", crew.ana)) == FORBIDDEN


def test_who_is_not_in_a_channel_cannot_leave_it(crew: Crew) -> None:
    """Of a private one they do not even learn that."""
    assert refused(leave(crew.ana, crew.public)) == NOT_IN_CHANNEL
    assert refused(leave(crew.ana, crew.leos)) == FORBIDDEN


@pytest.mark.parametrize("who", ["ana", "leo", "maya"])
def test_nobody_leaves_town_square(who: str, crew: Crew) -> None:
    """Mattermost's id; nobody is removed from it either."""
    answer = leave(getattr(crew, who), crew.square, crew.world.ana.user_id)
    assert refused(answer) == (400, "api.channel.remove.default.app_error")
    assert crew.in_channel(crew.world.ana, crew.square)


@pytest.mark.parametrize(("who", "status"), [("leo", 200), ("maya", 200), ("kim", 403)])
def test_who_looks_after_a_public_channel_removes_people(who: str, status: int, crew: Crew) -> None:
    """Its creator, team admins, System Admins."""
    crew.join(crew.public, crew.world.ana)
    session = crew.person()[1] if who == "kim" else getattr(crew, who)
    assert leave(session, crew.public, crew.world.ana.user_id).status == status
    assert crew.in_channel(crew.world.ana, crew.public) == (status != 200)


def test_a_member_removes_nobody_else(crew: Crew) -> None:
    """They may leave, no more."""
    crew.join(crew.leos, crew.world.ana)
    assert refused(leave(crew.ana, crew.leos, crew.world.leo.user_id)) == FORBIDDEN


def test_coming_and_going_is_recorded(crew: Crew) -> None:
    """DESIGN section 2: with whom it concerns."""
    join(crew.leo, crew.leos, crew.world.ana.user_id)
    leave(crew.leo, crew.leos, crew.world.ana.user_id)
    recorded = [row.action for row in Event.scan() if (row.object, row.user_id) == (crew.leos, crew.world.ana.user_id)]
    assert sorted(recorded) == ["channel.join", "channel.leave"]


def test_looking_at_a_channel_is_told_and_not_kept(crew: Crew) -> None:
    """Mattermost's clients do it all the time; nobody does it for others."""
    answer = api("POST", "/channels/members/me/view", crew.ana, {"channel_id": crew.public})
    assert (answer.status, answer.json) == (200, {"status": "OK", "last_viewed_at_times": {}})
    assert refused(api("POST", f"/channels/members/{crew.world.leo.user_id}/view", crew.ana, {})) == FORBIDDEN
