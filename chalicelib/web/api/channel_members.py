"""Who is in a channel, over the API, and what Mattermost's clients keep about it (contract 2.13)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.errors import Forbidden
from chalicelib.store import places
from chalicelib.store.places import OPEN, channel_key, in_channel_key
from chalicelib.store.reading import Key
from chalicelib.store.users import user_key
from chalicelib.web import answers
from chalicelib.web.api.channels import CHANGE, CHANNELS, ONE, READ, channel_of, in_path, readable
from chalicelib.web.api.paging import PAGING, paged, window
from chalicelib.web.api.places import (
    OK,
    active,
    caller_in_team,
    channel_member_json,
    id_in,
    id_of,
    own,
    person_in,
    seat_in_channel,
)
from chalicelib.web.callers import Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape
from chalicelib.workspace import channels, permissions
from chalicelib.workspace.channels import NotInChannel, permitted

surface = Surface("api_channel_members", ApiShape())
MEMBERS: Final = ONE + "/members"


def _with_person(request: Request) -> Sequence[Key[Any]]:
    return [*in_path(request), in_channel_key(person_in(request), id_in(request, "channel_id"))]


def _with_new(request: Request) -> Sequence[Key[Any]]:
    user_id = id_of(request.json("channel_member"), "user_id")
    return [*in_path(request), in_channel_key(user_id, id_in(request, "channel_id")), user_key(user_id)]


def _team(request: Request) -> Sequence[Key[Any]]:
    return [caller_in_team(request, id_in(request, "team_id"))]


@surface.route("GET", MEMBERS, READ, reads=in_path, query=PAGING)
def listed(call: Call) -> Response:
    """Who is in a channel."""
    channel_id = readable(call).channel_id
    user_ids = paged(call.request, places.people_of(f"c#{channel_id}", sum(window(call.request))))
    members = places.found([in_channel_key(user_id, channel_id) for user_id in user_ids])
    found = [channel_member_json(channel_id, member.user_id, admin=member.is_admin) for member in members]
    return answers.as_json(found)


@surface.route("POST", MEMBERS, CHANGE, reads=_with_new, fields=("user_id",))
def add(call: Call) -> Response:
    """Join a public channel of one's team, or add somebody of the team to a channel one is in."""
    channel, user_id = channel_of(call), id_of(call.request.json("channel_member"), "user_id")
    seat = seat_in_channel(call, channel.channel_id)
    # Whether who joins is in the team is found out by the write.
    if channel.kind != OPEN or user_id != call.user.user_id:
        permitted(permissions.may_add, channel, seat)
    held = call.rows[in_channel_key(user_id, channel.channel_id)]
    if held is None:
        user = active(call.rows[user_key(user_id)])
        channels.join(channel, user.user_id, call.request.origin(call.user.user_id))
    admin = held is not None and held.is_admin
    return answers.as_json(channel_member_json(channel.channel_id, user_id, admin=admin), 201)


@surface.route("GET", MEMBERS + "/{user_id}", READ, reads=_with_person)
def get(call: Call) -> Response:
    """Somebody's place in a channel."""
    channel_id = readable(call).channel_id
    member = call.rows[in_channel_key(person_in(call.request), channel_id)]
    if member is None:
        raise NotInChannel
    return answers.as_json(channel_member_json(channel_id, member.user_id, admin=member.is_admin))


@surface.route("DELETE", MEMBERS + "/{user_id}", CHANGE, reads=_with_person)
def remove(call: Call) -> Response:
    """Leave a channel, or remove somebody as who looks after it."""
    channel, user_id = channel_of(call), person_in(call.request)
    seat = seat_in_channel(call, channel.channel_id)
    permitted(permissions.may_read if user_id == call.user.user_id else permissions.may_remove, channel, seat)
    member = call.rows[in_channel_key(user_id, channel.channel_id)]
    if member is None:
        raise NotInChannel
    channels.leave(channel, member, call.request.origin(call.user.user_id))
    return answers.as_json(OK)


@surface.route("GET", "/api/v4/users/{user_id}/teams/{team_id}/channels/members", READ, reads=_team)
def own_memberships(call: Call) -> Response:
    """One's places in the channels of a team, and in one's direct channels."""
    user_id, team_id = own(call), id_in(call.request, "team_id")
    if call.rows[caller_in_team(call.request, team_id)] is None:
        raise Forbidden
    held = places.memberships(user_id, "c")
    found = places.found([channel_key(member.place_id) for member in held])
    here = {channel.channel_id for channel in found if channel.team_id in {None, team_id}}
    return answers.as_json(
        [channel_member_json(row.place_id, user_id, admin=row.is_admin) for row in held if row.place_id in here]
    )


@surface.route("POST", CHANNELS + "/members/{user_id}/view", READ)
def view(call: Call) -> Response:
    """Clients tell what somebody looks at; nothing is kept of it."""
    own(call)
    return answers.as_json(OK | {"last_viewed_at_times": {}})
