"""Channels over the API: make, get, change, archive, restore (contract 2.13)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.credentials import is_id
from chalicelib.errors import Forbidden, InvalidParameter, Refusal
from chalicelib.policy import EVERYTHING
from chalicelib.store import places
from chalicelib.store.places import DIRECT, Channel, channel_key, channel_name_key, team_key
from chalicelib.store.reading import Key, read
from chalicelib.store.users import Name, user_key
from chalicelib.web import answers
from chalicelib.web.api.places import (
    OK,
    caller_in_channel,
    caller_in_team,
    channel_json,
    id_in,
    id_of,
    possible_name,
    seat_in_channel,
    seat_in_team,
    text_of,
)
from chalicelib.web.callers import Call, scope
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape
from chalicelib.workspace import channels, permissions
from chalicelib.workspace.channels import Draft, NoChannel, permitted
from chalicelib.workspace.teams import NoTeam

surface = Surface("api_channels", ApiShape())
CHANNELS: Final = "/api/v4/channels"
ONE: Final = CHANNELS + "/{channel_id}"
READ: Final = scope("channels:read")
CHANGE: Final = scope(EVERYTHING)
_FIELDS: Final = ("name", "display_name", "header", "purpose")


def in_path(request: Request) -> Sequence[Key[Any]]:
    """The channel of the address, and the row that puts the caller into it."""
    channel_id = id_in(request, "channel_id")
    return [channel_key(channel_id), caller_in_channel(request, channel_id)]


def channel_of(call: Call) -> Channel:
    """The channel of the address, whoever may see it.

    Raises:
        NoChannel: there is none.

    """
    channel = call.rows[channel_key(id_in(call.request, "channel_id"))]
    if channel is None:
        raise NoChannel
    return channel


def readable(call: Call) -> Channel:
    """The channel of the address.

    Raises:
        NoChannel: there is none.
        Forbidden: the caller may not read it.

    """
    channel = channel_of(call)
    permitted(permissions.may_read, channel, seat_in_channel(call, channel.channel_id))
    return channel


def _new(request: Request) -> Sequence[Key[Any]]:
    body = request.json("channel")
    team_id = id_of(body, "team_id")
    return [team_key(team_id), caller_in_team(request, team_id), _name_of(team_id, body)]


def _pair(request: Request) -> Sequence[Key[Any]]:
    one, other = _two(request)
    return [channel_key(channels.direct_id(one, other)), user_key(one), user_key(other)]


@surface.route("POST", CHANNELS, CHANGE, reads=_new, fields=("team_id", "type", *_FIELDS))
def create(call: Call) -> Response:
    """Make a public or private channel; whoever makes it looks after it."""
    body = call.request.json("channel")
    team_id = id_of(body, "team_id")
    kind = text_of(body, "type")
    if kind == DIRECT:
        raise Refusal(
            "Direct channels are made at channels/direct.",
            id="api.channel.create_channel.direct_channel.app_error",
        )
    if not permissions.may_create_channel(seat_in_team(call, team_id)):
        raise Forbidden
    team = call.rows[team_key(team_id)]
    if team is None or team.deleted:
        raise NoTeam
    draft = Draft(**{field: text_of(body, field) for field in _FIELDS}, kind=kind)
    holder = call.rows[_name_of(team_id, body)]
    channel = channels.create(draft, team_id, holder, call.user.user_id, call.request.origin(call.user.user_id))
    return answers.as_json(channel_json(channel), 201)


@surface.route("POST", CHANNELS + "/direct", CHANGE, reads=_pair, items="user_ids")
def create_direct(call: Call) -> Response:
    """The channel of the caller and somebody else, or of the caller alone; it is made where it is not there."""
    one, other = _two(call.request)
    if call.user.user_id not in {one, other}:
        raise Forbidden
    if call.rows[user_key(one)] is None or call.rows[user_key(other)] is None:
        raise Refusal(
            "There is no such user to talk to.",
            id="api.channel.create_direct_channel.invalid_user.app_error",
        )
    channel = call.rows[channel_key(channels.direct_id(one, other))]
    if channel is None:
        channel = channels.create_direct(one, other, call.request.origin(call.user.user_id))
    return answers.as_json(channel_json(channel), 201)


@surface.route("GET", ONE, READ, reads=in_path)
def get(call: Call) -> Response:
    """One channel, an archived one too."""
    return answers.as_json(channel_json(readable(call)))


@surface.route("PUT", ONE, CHANGE, reads=in_path, fields=("id", *_FIELDS))
def update(call: Call) -> Response:
    """Replace header and purpose, which are blank where they are missing; a name that is missing stays."""
    body = call.request.json("channel")
    if body.get("id") != call.request.path_values["channel_id"]:
        raise InvalidParameter("channel_id")
    return answers.as_json(channel_json(_edited(call, {"header": "", "purpose": ""} | body)))


@surface.route("PUT", ONE + "/patch", CHANGE, reads=in_path, fields=_FIELDS)
def patch(call: Call) -> Response:
    """Change some fields of a channel."""
    return answers.as_json(channel_json(_edited(call, call.request.json("channel"))))


@surface.route("DELETE", ONE, CHANGE, reads=in_path)
def archive(call: Call) -> Response:
    """Archive a channel."""
    channel = _managed(call)
    channels.archive(channel, call.request.origin(call.user.user_id))
    return answers.as_json(OK)


@surface.route("POST", ONE + "/restore", CHANGE, reads=in_path)
def restore(call: Call) -> Response:
    """Take an archived channel back into use."""
    channel = _managed(call)
    return answers.as_json(channel_json(channels.restore(channel, call.request.origin(call.user.user_id))))


@surface.route("GET", ONE + "/stats", READ, reads=in_path)
def stats(call: Call) -> Response:
    """How many people are in a channel."""
    channel = readable(call)
    nothing = ("guest_count", "pinnedpost_count", "files_count")
    size = places.size_of(f"c#{channel.channel_id}")
    return answers.as_json({"channel_id": channel.channel_id, "member_count": size, **dict.fromkeys(nothing, 0)})


def _managed(call: Call) -> Channel:
    channel = channel_of(call)
    if channel.kind == DIRECT and call.rows[caller_in_channel(call.request, channel.channel_id)] is not None:
        raise Refusal(
            "A direct channel is always there.",
            id="api.channel.delete_channel.type.invalid",
        )
    permitted(permissions.may_manage, channel, seat_in_channel(call, channel.channel_id))
    return channel


def _edited(call: Call, body: Mapping[str, Any]) -> Channel:
    channel = channel_of(call)
    draft = Draft(
        name=text_of(body, "name") or channel.name,
        display_name=text_of(body, "display_name") or channel.display_name,
        header=text_of(body, "header", channel.header),
        purpose=text_of(body, "purpose", channel.purpose),
        kind=channel.kind,
    )
    renames = (draft.name, draft.display_name) != (channel.name, channel.display_name)
    rule = permissions.may_manage if renames else permissions.may_describe
    permitted(rule, channel, seat_in_channel(call, channel.channel_id))
    holder = _holder(channel, draft.name) if draft.name != channel.name else None
    return channels.edit(channel, draft, holder, call.request.origin(call.user.user_id))


def _holder(channel: Channel, name: str) -> Name | None:
    key = channel_name_key(channel.team_id, possible_name(name))
    return read(key)[key]


def _name_of(team_id: str, body: Mapping[str, Any]) -> Key[Name]:
    return channel_name_key(team_id, possible_name(text_of(body, "name")))


def _two(request: Request) -> tuple[str, str]:
    user_ids = request.json_texts("user_ids")
    if len(user_ids) != 2 or not all(map(is_id, user_ids)):
        raise InvalidParameter("user_ids")
    return user_ids[0], user_ids[1]
