"""What the API's addresses of teams, channels and posts share: ids, and Mattermost's objects (contract 2.13)."""

from collections.abc import Mapping
from typing import Any, Final

from chalicelib.credentials import is_id
from chalicelib.errors import Forbidden, InvalidParameter, NotFound
from chalicelib.store.places import DIRECT, OPEN, Channel, Member, Team, in_channel_key, in_team_key
from chalicelib.store.reading import Key
from chalicelib.store.users import User
from chalicelib.web.callers import Call
from chalicelib.web.http import Request
from chalicelib.workspace.channels import MAX_NAME
from chalicelib.workspace.permissions import Seat

OK: Final = {"status": "OK"}
_NOTIFY: Final = {
    "desktop": "default",
    "email": "default",
    "ignore_channel_mentions": "default",
    "mark_unread": "all",
    "push": "default",
}


class NoUser(NotFound):
    """There is no such person."""

    id = "app.user.missing_account.const"
    description = "There is no such user."


# --- reading ------------------------------------------------------------------------------------------------------


def id_in(request: Request, name: str) -> str:
    """An id of the address.

    Raises:
        InvalidParameter: it could not be one.

    """
    value = request.path_values[name]
    if not is_id(value):
        raise InvalidParameter(name, place="url")
    return value


def name_in(request: Request, name: str) -> str:
    """A team's or channel's name in the address; "" if it could not be one: nothing has that name."""
    return possible_name(request.path_values[name])


def possible_name(text: str) -> str:
    """A name to look up: what could not be one is never made a key."""
    return text if text.isascii() and len(text) <= MAX_NAME else ""


def person_in(request: Request) -> str:
    """The person of the address; `me` is whom the credential names."""
    if request.path_values["user_id"] == "me":
        return request.claimed_user_id
    return id_in(request, "user_id")


def own(call: Call) -> str:
    """The person of the address, who has to be the caller: some lists are nobody else's.

    Raises:
        Forbidden: it is somebody else.

    """
    if person_in(call.request) != call.user.user_id:
        raise Forbidden
    return call.user.user_id


def id_of(body: Mapping[str, Any], name: str) -> str:
    """An id of the body.

    Raises:
        InvalidParameter: it could not be one.

    """
    value = body.get(name)
    if not isinstance(value, str) or not is_id(value):
        raise InvalidParameter(name)
    return value


def text_of(body: Mapping[str, Any], name: str, default: str = "") -> str:
    """A text of the body; what is missing or null is the default.

    Raises:
        InvalidParameter: it is no text.

    """
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidParameter(name)
    return default if value is None else value


def caller_in_team(request: Request, team_id: str) -> Key[Member]:
    """The row that puts the caller into a team."""
    return in_team_key(request.claimed_user_id, team_id)


def caller_in_channel(request: Request, channel_id: str) -> Key[Member]:
    """The row that puts the caller into a channel."""
    return in_channel_key(request.claimed_user_id, channel_id)


def seat_in_team(call: Call, team_id: str) -> Seat:
    """The caller in a team whose row was read."""
    return Seat(call.user, in_team=call.rows[in_team_key(call.user.user_id, team_id)])


def seat_in_channel(call: Call, channel_id: str) -> Seat:
    """The caller in a channel whose row was read; the team's is looked up where it matters."""
    return Seat(call.user, in_channel=call.rows[in_channel_key(call.user.user_id, channel_id)])


# --- Mattermost's objects -----------------------------------------------------------------------------------------


def team_json(team: Team) -> dict[str, Any]:
    """Mattermost's Team."""
    return {
        "id": team.team_id,
        "create_at": team.created_at,
        "update_at": team.updated_at or team.created_at,
        "delete_at": team.deleted_at or 0,
        "display_name": team.display_name,
        "name": team.name,
        "description": team.description,
        "email": "",
        "type": team.kind,
        "company_name": "",
        "allowed_domains": "",
        "invite_id": "",
        "allow_open_invite": team.kind == OPEN,
        "scheme_id": None,
        "group_constrained": None,
        "policy_id": None,
    }


def channel_json(channel: Channel) -> dict[str, Any]:
    """Mattermost's Channel; posts are not counted, so that posting writes no row of the channel."""
    return {
        "id": channel.channel_id,
        "create_at": channel.created_at,
        "update_at": channel.updated_at or channel.created_at,
        "delete_at": channel.deleted_at or 0,
        "team_id": "" if channel.kind == DIRECT else channel.team_id,
        "type": channel.kind,
        "display_name": channel.display_name,
        "name": channel.name,
        "header": channel.header,
        "purpose": channel.purpose,
        "last_post_at": 0,
        "total_msg_count": 0,
        "extra_update_at": 0,
        "creator_id": channel.creator_id,
        "scheme_id": None,
        "props": None,
        "group_constrained": None,
        "shared": None,
        "total_msg_count_root": 0,
        "policy_id": None,
        "last_root_post_at": 0,
    }


def team_member_json(team_id: str, user_id: str, *, admin: bool) -> dict[str, Any]:
    """Mattermost's TeamMember."""
    return {
        "team_id": team_id,
        "user_id": user_id,
        "roles": "team_user team_admin" if admin else "team_user",
        "delete_at": 0,
        "scheme_guest": False,
        "scheme_user": True,
        "scheme_admin": admin,
        "explicit_roles": "",
    }


def channel_member_json(channel_id: str, user_id: str, *, admin: bool) -> dict[str, Any]:
    """Mattermost's ChannelMember; what somebody has read is not kept."""
    counts = ("last_viewed_at", "msg_count", "mention_count", "mention_count_root", "msg_count_root", "last_update_at")
    return {
        "channel_id": channel_id,
        "user_id": user_id,
        "roles": "channel_user channel_admin" if admin else "channel_user",
        **dict.fromkeys(counts, 0),
        "urgent_mention_count": 0,
        "notify_props": _NOTIFY,
        "scheme_guest": False,
        "scheme_user": True,
        "scheme_admin": admin,
        "explicit_roles": "",
    }


def active(user: User | None) -> User:
    """Somebody who can be added to something.

    Raises:
        NoUser: there is no such person.
        InvalidParameter: the account is deactivated.

    """
    if user is None:
        raise NoUser
    if not user.active:
        raise InvalidParameter("user_id", description="This account is deactivated.")
    return user
