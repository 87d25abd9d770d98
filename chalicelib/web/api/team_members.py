"""Who is in a team, over the API, and in which teams somebody is (contract 2.13)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.errors import Forbidden, InvalidParameter
from chalicelib.store import places
from chalicelib.store.places import Team, in_team_key, team_key
from chalicelib.store.reading import Key
from chalicelib.store.users import user_key
from chalicelib.web import answers
from chalicelib.web.api.paging import PAGING, paged, window
from chalicelib.web.api.places import (
    OK,
    NoUser,
    active,
    caller_in_team,
    id_in,
    id_of,
    person_in,
    seat_in_team,
    team_json,
    team_member_json,
)
from chalicelib.web.api.teams import CHANGE, ONE, READ
from chalicelib.web.callers import Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape
from chalicelib.workspace import permissions, teams
from chalicelib.workspace.teams import NoTeam, NotInTeam

surface = Surface("api_team_members", ApiShape())
MEMBERS: Final = ONE + "/members"
OF_PERSON: Final = "/api/v4/users/{user_id}/teams"


def _in_path(request: Request) -> Sequence[Key[Any]]:
    team_id = id_in(request, "team_id")
    return [team_key(team_id), caller_in_team(request, team_id)]


def _with_person(request: Request) -> Sequence[Key[Any]]:
    return [*_in_path(request), in_team_key(person_in(request), id_in(request, "team_id"))]


def _with_new(request: Request) -> Sequence[Key[Any]]:
    team_id, user_id = id_in(request, "team_id"), id_of(request.json("team_member"), "user_id")
    return [*_in_path(request), in_team_key(user_id, team_id), user_key(user_id), teams.square_key(team_id)]


def _somebody(request: Request) -> Sequence[Key[Any]]:
    return [user_key(person_in(request))]


@surface.route("GET", MEMBERS, READ, reads=_in_path, query=PAGING)
def listed(call: Call) -> Response:
    """Who is in a team."""
    team = _team(call)
    if not permissions.may_look_into_team(seat_in_team(call, team.team_id)):
        raise Forbidden
    place = f"t#{team.team_id}"
    user_ids = paged(call.request, places.people_of(place, sum(window(call.request))))
    members = places.found([in_team_key(user_id, team.team_id) for user_id in user_ids])
    found = [team_member_json(team.team_id, member.user_id, admin=member.is_admin) for member in members]
    return answers.as_json(found)


@surface.route("POST", MEMBERS, CHANGE, reads=_with_new, fields=("team_id", "user_id"))
def add(call: Call) -> Response:
    """Join an open team, or add somebody as who looks after the team; it leads into Town Square too."""
    body = call.request.json("team_member")
    if body.get("team_id", call.request.path_values["team_id"]) != call.request.path_values["team_id"]:
        raise InvalidParameter("team_id")
    team, user_id = _team(call), id_of(body, "user_id")
    seat = seat_in_team(call, team.team_id)
    joins = user_id == call.user.user_id and permissions.may_join_team(team, seat)
    held = call.rows[in_team_key(user_id, team.team_id)]
    is_own = held is not None and user_id == call.user.user_id
    if not (joins or is_own or permissions.may_manage_team(seat)):
        raise Forbidden
    if team.deleted:
        raise NoTeam
    user = active(call.rows[user_key(user_id)])
    if held is None:
        square = call.rows[teams.square_key(team.team_id)]
        teams.join(team, user.user_id, square, call.request.origin(call.user.user_id))
    admin = held is not None and held.is_admin
    return answers.as_json(team_member_json(team.team_id, user_id, admin=admin), 201)


@surface.route("GET", MEMBERS + "/{user_id}", READ, reads=_with_person)
def get(call: Call) -> Response:
    """Somebody's place in a team."""
    team = _team(call)
    if not permissions.may_look_into_team(seat_in_team(call, team.team_id)):
        raise Forbidden
    member = call.rows[in_team_key(person_in(call.request), team.team_id)]
    if member is None:
        raise NotInTeam
    return answers.as_json(team_member_json(team.team_id, member.user_id, admin=member.is_admin))


@surface.route("DELETE", MEMBERS + "/{user_id}", CHANGE, reads=_with_person)
def remove(call: Call) -> Response:
    """Leave a team and all its channels, or remove somebody as who looks after the team."""
    team, user_id = _team(call), person_in(call.request)
    if user_id != call.user.user_id and not permissions.may_manage_team(seat_in_team(call, team.team_id)):
        raise Forbidden
    member = call.rows[in_team_key(user_id, team.team_id)]
    if member is None:
        raise NotInTeam
    teams.leave(team, member, call.request.origin(call.user.user_id))
    return answers.as_json(OK)


@surface.route("GET", OF_PERSON, READ, reads=_somebody)
def teams_of(call: Call) -> Response:
    """The teams somebody is in: one's own, for System Admins anybody's."""
    memberships = places.memberships(_person(call), "t")
    found = places.found([team_key(member.place_id) for member in memberships])
    ordered = sorted(found, key=lambda team: (team.display_name.casefold(), team.team_id))
    return answers.as_json([team_json(team) for team in ordered if not team.deleted])


@surface.route("GET", OF_PERSON + "/members", READ, reads=_somebody)
def memberships_of(call: Call) -> Response:
    """Somebody's places in teams: one's own, for System Admins anybody's."""
    user_id = _person(call)
    held = places.memberships(user_id, "t")
    return answers.as_json([team_member_json(row.place_id, user_id, admin=row.is_admin) for row in held])


def _person(call: Call) -> str:
    user_id = person_in(call.request)
    if user_id != call.user.user_id and not call.user.is_admin:
        raise Forbidden
    if call.rows[user_key(user_id)] is None:
        raise NoUser
    return user_id


def _team(call: Call) -> Team:
    team = call.rows[team_key(id_in(call.request, "team_id"))]
    if team is None:
        raise NoTeam
    return team
