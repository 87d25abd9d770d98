"""Finding channels over the API: lists, names and search (contract 2.13)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.errors import Forbidden, NotFound
from chalicelib.store import places
from chalicelib.store.places import DIRECT, OPEN, Channel, channel_key, channel_name_key, team_key
from chalicelib.store.reading import Key, read
from chalicelib.store.users import name_key
from chalicelib.web import answers
from chalicelib.web.api.channels import READ
from chalicelib.web.api.paging import PAGING, paged
from chalicelib.web.api.places import (
    caller_in_channel,
    caller_in_team,
    channel_json,
    id_in,
    name_in,
    own,
    seat_in_team,
    text_of,
)
from chalicelib.web.callers import Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape
from chalicelib.workspace import permissions
from chalicelib.workspace.permissions import Seat
from chalicelib.workspace.teams import NoTeam

surface = Surface("api_channel_lists", ApiShape())
OF_TEAM: Final = "/api/v4/teams/{team_id}/channels"
OF_NAMED: Final = "/api/v4/teams/name/{name}/channels/name/{channel_name}"
OF_PERSON: Final = "/api/v4/users/{user_id}"
_DELETED: Final = "include_deleted"
_MISSING: Final = NotFound("There is no such channel.", id="app.channel.get_by_name.missing.app_error")


def _team(request: Request) -> Sequence[Key[Any]]:
    team_id = id_in(request, "team_id")
    return [team_key(team_id), caller_in_team(request, team_id)]


def _name(request: Request) -> Sequence[Key[Any]]:
    team_id = id_in(request, "team_id")
    return [*_team(request), channel_name_key(team_id, name_in(request, "channel_name"))]


def _team_name(request: Request) -> Sequence[Key[Any]]:
    return [name_key("t", name_in(request, "name"))]


@surface.route("GET", OF_TEAM, READ, reads=_team, query=PAGING)
def public(call: Call) -> Response:
    """The public channels of a team, by display name."""
    lines = paged(call.request, _public(call))
    return answers.as_json([channel_json(channel) for channel in _current(lines)])


@surface.route("POST", OF_TEAM + "/search", READ, reads=_team, fields=("term",))
def search(call: Call) -> Response:
    """Public channels of a team whose name or display name has the term in it."""
    term = text_of(call.request.json("channel_search"), "term").strip().casefold()
    lines = [line for line in _public(call) if term in f"{line.name}\n{line.display_name}".casefold()]
    return answers.as_json([channel_json(channel) for channel in _current(lines[:100])])


@surface.route("GET", OF_TEAM + "/name/{channel_name}", READ, reads=_name, query=(_DELETED,))
def by_name(call: Call) -> Response:
    """One channel of a team by its name."""
    request = call.request
    team_id = id_in(request, "team_id")
    if call.rows[team_key(team_id)] is None:
        raise NoTeam
    name = call.rows[channel_name_key(team_id, name_in(request, "channel_name"))]
    return answers.as_json(channel_json(_named(call, seat_in_team(call, team_id), name.owner_id if name else "")))


@surface.route("GET", OF_NAMED, READ, reads=_team_name, query=(_DELETED,))
def by_names(call: Call) -> Response:
    """One channel by its team's name and its own."""
    request = call.request
    team = call.rows[name_key("t", name_in(request, "name"))]
    if team is None:
        raise NoTeam(id="app.team.get_by_name.missing.app_error")
    name, member = channel_name_key(team.owner_id, name_in(request, "channel_name")), team.owner_id
    in_team = caller_in_team(request, member)
    rows = read(name, in_team)
    seat = Seat(call.user, in_team=rows[in_team])
    found = rows[name]
    return answers.as_json(channel_json(_named(call, seat, found.owner_id if found else "")))


@surface.route("GET", OF_PERSON + "/teams/{team_id}/channels", READ, reads=_team, query=(_DELETED,))
def of_person_in_team(call: Call) -> Response:
    """The channels of a team one is in, and one's direct channels, by display name."""
    own(call)
    team_id = id_in(call.request, "team_id")
    if call.rows[caller_in_team(call.request, team_id)] is None:
        raise Forbidden
    found = [channel for channel in _own(call) if channel.kind == DIRECT or channel.team_id == team_id]
    return answers.as_json([channel_json(channel) for channel in found])


@surface.route("GET", OF_PERSON + "/channels", READ, query=(_DELETED,))
def of_person(call: Call) -> Response:
    """All channels one is in, whatever their team, and one's direct channels."""
    own(call)
    return answers.as_json([channel_json(channel) for channel in _own(call)])


def _own(call: Call) -> list[Channel]:
    memberships = places.memberships(call.user.user_id, "c")
    found = places.found([channel_key(member.place_id) for member in memberships])
    every = call.request.query.get(_DELETED) == "true"
    kept = [channel for channel in found if every or not channel.archived]
    return sorted(kept, key=lambda channel: (channel.display_name.casefold(), channel.channel_id))


def _public(call: Call) -> list[Channel]:
    """Lines of the index: for filtering, not for deciding."""
    team_id = id_in(call.request, "team_id")
    if not permissions.may_look_into_team(seat_in_team(call, team_id)):
        raise Forbidden
    if call.rows[team_key(team_id)] is None:
        raise NoTeam
    return [line for line in places.channels_of(team_id) if line.kind == OPEN and not line.archived]


def _current(lines: Sequence[Channel]) -> list[Channel]:
    rows = places.found([channel_key(line.channel_id) for line in lines])
    return [channel for channel in rows if channel.kind == OPEN and not channel.archived]


def _named(call: Call, seat: Seat, channel_id: str) -> Channel:
    """The channel a name leads to; a private one is told of to nobody who is not in it, as in Mattermost."""
    channel, member = channel_key(channel_id), caller_in_channel(call.request, channel_id)
    rows = read(channel, member) if channel_id else None
    found = rows[channel] if rows else None
    every = call.request.query.get(_DELETED) == "true"
    if rows is None or found is None or (found.archived and not every):
        raise _MISSING if permissions.may_look_into_team(seat) else Forbidden
    if not permissions.may_read(found, Seat(seat.user, seat.in_team, rows[member])):
        raise Forbidden if found.kind == OPEN or not permissions.may_look_into_team(seat) else _MISSING
    return found
