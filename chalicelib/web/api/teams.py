"""Teams over the API: make, find, change, delete, search (contract 2.13)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.errors import Forbidden, InvalidParameter
from chalicelib.policy import EVERYTHING
from chalicelib.store import places
from chalicelib.store.places import BY_INVITATION, OPEN, Team, team_key
from chalicelib.store.reading import Key, read
from chalicelib.store.users import Name, User, name_key
from chalicelib.web import answers
from chalicelib.web.api.paging import PAGING, paged
from chalicelib.web.api.places import (
    OK,
    caller_in_team,
    id_in,
    name_in,
    possible_name,
    seat_in_team,
    team_json,
    text_of,
)
from chalicelib.web.callers import Call, scope
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape
from chalicelib.workspace import permissions, teams
from chalicelib.workspace.permissions import Seat
from chalicelib.workspace.teams import Draft, NoTeam

surface = Surface("api_teams", ApiShape())
TEAMS: Final = "/api/v4/teams"
ONE: Final = TEAMS + "/{team_id}"
NAMED: Final = TEAMS + "/name/{name}"
READ: Final = scope("teams:read")
CHANGE: Final = scope(EVERYTHING)
_FIELDS: Final = ("display_name", "description", "type", "allow_open_invite")
_MISSING: Final = NoTeam(id="app.team.get_by_name.missing.app_error")


def _in_path(request: Request) -> Sequence[Key[Any]]:
    team_id = id_in(request, "team_id")
    return [team_key(team_id), caller_in_team(request, team_id)]


def _name(request: Request) -> Sequence[Key[Any]]:
    return [_name_in(request)]


def _new_name(request: Request) -> Sequence[Key[Any]]:
    return [name_key("t", possible_name(text_of(request.json("team"), "name")))]


@surface.route("GET", TEAMS, READ, query=(*PAGING, "include_total_count"))
def listed(call: Call) -> Response:
    """The teams everybody can join, by name; for System Admins all."""
    lines = _lines(call.user)
    found = [team_json(team) for team in _current(call, paged(call.request, lines))]
    if call.request.query.get("include_total_count") == "true":
        return answers.as_json({"teams": found, "total_count": len(lines)})
    return answers.as_json(found)


@surface.route("POST", TEAMS, CHANGE, reads=_new_name, fields=("name", *_FIELDS))
def create(call: Call) -> Response:
    """Make a team with a Town Square; whoever makes it looks after it."""
    body = call.request.json("team")
    name = text_of(body, "name")
    draft = Draft(name, text_of(body, "display_name"), text_of(body, "description"), _kind(body, OPEN))
    holder = call.rows[name_key("t", possible_name(name))]
    team = teams.create(draft, holder, call.user.user_id, call.request.origin(call.user.user_id))
    return answers.as_json(team_json(team), 201)


@surface.route("POST", TEAMS + "/search", READ, fields=("term", *PAGING))
def search(call: Call) -> Response:
    """Teams of the list whose name or display name has the term in it; with a page also how many there are."""
    body = call.request.json("team_search")
    term = text_of(body, "term").strip().casefold()
    lines = [line for line in _lines(call.user) if term in f"{line.name}\n{line.display_name}".casefold()]
    if "page" not in body and "per_page" not in body:
        return answers.as_json([team_json(team) for team in _current(call, lines[:100])])
    start, size = _whole(body, "page", 0), min(_whole(body, "per_page", 100) or 100, 200)
    found = _current(call, lines[start * size : (start + 1) * size])
    return answers.as_json({"teams": [team_json(team) for team in found], "total_count": len(lines)})


@surface.route("GET", ONE, READ, reads=_in_path)
def get(call: Call) -> Response:
    """One team: open ones for everybody, others for who is in them."""
    team = _team(call)
    if not permissions.may_see_team(team, seat_in_team(call, team.team_id)):
        raise Forbidden
    return answers.as_json(team_json(team))


@surface.route("PUT", ONE, CHANGE, reads=_in_path, fields=("id", *_FIELDS))
def update(call: Call) -> Response:
    """Replace a team's fields; its name in addresses stays."""
    body = call.request.json("team")
    if body.get("id") != call.request.path_values["team_id"]:
        raise InvalidParameter("id")
    team = _managed(call)
    draft = Draft(team.name, text_of(body, "display_name"), text_of(body, "description"), _kind(body, team.kind))
    return answers.as_json(team_json(teams.edit(team, draft, call.request.origin(call.user.user_id))))


@surface.route("PUT", ONE + "/patch", CHANGE, reads=_in_path, fields=_FIELDS)
def patch(call: Call) -> Response:
    """Change some fields of a team."""
    body, team = call.request.json("team"), _managed(call)
    display_name = text_of(body, "display_name", team.display_name)
    description = text_of(body, "description", team.description)
    draft = Draft(team.name, display_name, description, _kind(body, team.kind))
    return answers.as_json(team_json(teams.edit(team, draft, call.request.origin(call.user.user_id))))


@surface.route("DELETE", ONE, CHANGE, reads=_in_path)
def delete(call: Call) -> Response:
    """Delete a team softly: it is in no list any more, and its name stays taken."""
    teams.delete_team(_managed(call), call.request.origin(call.user.user_id))
    return answers.as_json(OK)


@surface.route("GET", ONE + "/stats", READ, reads=_in_path)
def stats(call: Call) -> Response:
    """How many people are in a team; deactivated ones are counted with the others."""
    team = _team(call)
    if not permissions.may_look_into_team(seat_in_team(call, team.team_id)):
        raise Forbidden
    size = places.size_of(f"t#{team.team_id}")
    body = {"team_id": team.team_id, "total_member_count": size, "active_member_count": size}
    return answers.as_json(body)


@surface.route("GET", NAMED, READ, reads=_name)
def by_name(call: Call) -> Response:
    """One team by its name."""
    found = _by_name(call)
    if found is None:
        raise _MISSING
    team, seat = found
    if not permissions.may_see_team(team, seat):
        raise Forbidden
    return answers.as_json(team_json(team))


@surface.route("GET", NAMED + "/exists", READ, reads=_name)
def exists(call: Call) -> Response:
    """Whether there is a team of this name that the caller may see."""
    found = _by_name(call)
    return answers.as_json({"exists": found is not None and permissions.may_see_team(*found)})


def _lines(user: User) -> list[Team]:
    return [line for line in places.all_teams() if not line.deleted and (user.is_admin or line.kind == OPEN)]


def _current(call: Call, lines: Sequence[Team]) -> list[Team]:
    """The rows behind lines of the list: what the index said may be old."""
    rows = places.found([team_key(line.team_id) for line in lines])
    seat = Seat(call.user)
    return [team for team in rows if not team.deleted and permissions.may_see_team(team, seat)]


def _team(call: Call) -> Team:
    team = call.rows[team_key(id_in(call.request, "team_id"))]
    if team is None:
        raise NoTeam
    return team


def _managed(call: Call) -> Team:
    team = _team(call)
    if not permissions.may_manage_team(seat_in_team(call, team.team_id)):
        raise Forbidden
    if team.deleted:
        raise NoTeam
    return team


def _name_in(request: Request) -> Key[Name]:
    return name_key("t", name_in(request, "name"))


def _by_name(call: Call) -> tuple[Team, Seat] | None:
    name = call.rows[_name_in(call.request)]
    if name is None:
        return None
    team, member = team_key(name.owner_id), caller_in_team(call.request, name.owner_id)
    rows = read(team, member)
    row = rows[team]
    return None if row is None else (row, Seat(call.user, in_team=rows[member]))


def _kind(body: Mapping[str, Any], held: str) -> str:
    """Mattermost has two words for it: the type, and whether everybody may join, which wins."""
    opens = body.get("allow_open_invite")
    if opens is None:
        return text_of(body, "type", held)
    if not isinstance(opens, bool):
        raise InvalidParameter("allow_open_invite")
    return OPEN if opens else BY_INVITATION


def _whole(body: Mapping[str, Any], name: str, default: int) -> int:
    value = body.get(name)
    if value is None:
        return default
    if type(value) is not int or not 0 <= value <= places.MOST_LISTED:
        raise InvalidParameter(name)
    return value
