"""Channels and posts as the templates show them."""

from typing import Any

from chalicelib.store.places import DIRECT, PRIVATE, Channel, Team
from chalicelib.store.posts import Post
from chalicelib.web.callers import Call
from chalicelib.web.channels.shared import CHANNELS, path_of
from chalicelib.workspace import appearance, overview, permissions
from chalicelib.workspace.overview import Belongings, Sight
from chalicelib.workspace.permissions import Seat

_EXCERPT = 80  # characters of the post that a reply answers


def address(own: Belongings, channel: Channel) -> str:
    """The address of a channel: by its name where that is enough."""
    return path_of(channel.name if own.named(channel.name) is channel else channel.channel_id)


def teams(own: Belongings, chosen: Team | None) -> list[dict[str, Any]]:
    """The teams somebody is in, to choose from."""
    return [
        {
            "name": team.display_name,
            "href": f"{CHANNELS}?show=all&team={team.team_id}",
            "here": team is chosen,
        }
        for team in own.teams
    ]


def to_join(channel: Channel) -> dict[str, Any]:
    """A channel of a list of those one can join."""
    href = path_of(channel.channel_id)
    return {"name": channel.display_name, "href": href, "join": f"{href}/join"}


def common(call: Call, own: Belongings, here: Channel, sight: Sight) -> dict[str, Any]:
    """What every page of a channel shows."""
    seat = own.seat(here)
    member = permissions.may_post(here, seat)
    return {
        "groups": _groups(own, here, sight),
        "more_href": f"{CHANNELS}?show=all" + (f"&team={here.team_id}" if seat.in_team else ""),
        "channel": _label(own, here, sight) | {"href": path_of(here.channel_id), "purpose": here.purpose},
        "posts": [_post(call, here, seat, post, sight) for post in sight.posts],
        "may_write": member and not here.archived,
        "may_join": not member and not here.archived and seat.in_team is not None,
        "archived": here.archived,
    }


def _groups(own: Belongings, here: Channel, sight: Sight) -> list[dict[str, Any]]:
    """The channels at the side: those of each team, then the direct ones."""
    names: list[tuple[str | None, str]] = [(team.team_id, team.display_name) for team in own.teams]
    by_team = [
        (name, [each for each in own.channels if each.kind != DIRECT and each.team_id == team_id])
        for team_id, name in names
    ]
    direct = ("Direct messages", [each for each in own.channels if each.kind == DIRECT])
    return [
        {
            "name": name,
            "channels": [
                _label(own, each, sight) | {"href": address(own, each), "here": each.channel_id == here.channel_id}
                for each in channels
            ],
        }
        for name, channels in (*by_team, direct)
        if channels
    ]


def _label(own: Belongings, channel: Channel, sight: Sight) -> dict[str, Any]:
    if channel.kind != DIRECT:
        private = channel.kind == PRIVATE
        return {"name": channel.display_name, "icon": "lock" if private else "chat", "private": private}
    partner = sight.people.get(overview.partner_id(channel, own.user.user_id))
    name = partner.name if partner else "Somebody who is gone"
    return {
        "name": f"{name} (you)" if partner and partner.user_id == own.user.user_id else name,
        "icon": "user",
        "private": False,
    }


def _post(call: Call, here: Channel, seat: Seat, post: Post, sight: Sight) -> dict[str, Any]:
    signed = appearance.of(post, sight.people.get(post.user_id), call.settings)
    root = sight.roots.get(post.root_id or "")
    told = appearance.may_see_ignored(post, call.user)
    return {
        "post_id": post.post_id,
        "user_id": post.user_id,
        "name": signed.name,
        "person": signed.person,
        "app": signed.app,
        "picture": signed.picture,
        "ignored": " and ".join(signed.ignored).capitalize() if told and signed.ignored else None,
        "message": post.message,
        "created_at": post.created_at,
        "edited": post.edited_at is not None,
        "replies": post.reply_count,
        "answers": _excerpt(root.message) if root else None,
        "thread": path_of(here.channel_id, "thread", post.root_id or post.post_id),
        "delete": path_of(here.channel_id, "posts", post.post_id, "delete")
        if permissions.may_delete_post(post, here, seat)
        else None,
    }


def _excerpt(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1]}…"
