"""What the pages of channels show: the channels somebody is in, and one of them with its posts or a thread.

Two round trips for the channels, two for the posts; rows of indexes are for lists, permissions come from the rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from chalicelib.credentials import is_id
from chalicelib.store import places, posts
from chalicelib.store.places import (
    DIRECT,
    OPEN,
    TOWN_SQUARE,
    Channel,
    Member,
    Team,
    channel_key,
    channel_name_key,
    team_key,
)
from chalicelib.store.posts import Post, post_key
from chalicelib.store.reading import Rows, read
from chalicelib.store.users import User, user_key
from chalicelib.workspace import permissions
from chalicelib.workspace.channels import MAX_NAME, NoChannel
from chalicelib.workspace.permissions import Seat
from chalicelib.workspace.posts import NoPost

PER_PAGE: Final = 60  # posts


class Belongings(NamedTuple):
    """What somebody is in: the rows of membership by place, teams by name, and their channels."""

    user: User
    held: Mapping[str, Member]
    teams: Sequence[Team]
    channels: Sequence[Channel]

    @property
    def home(self) -> Channel | None:
        """Where one starts: Town Square of the first team, else the first channel there is."""
        return self.named(TOWN_SQUARE[0]) or next(iter(self.channels), None)

    def named(self, name: str) -> Channel | None:
        """A channel of the first team, if they are in it."""
        first = [each for each in self.channels if each.kind != DIRECT and each.team_id == self.teams[0].team_id]
        return next((each for each in first if each.name == name), None)

    def seat(self, channel: Channel) -> Seat:
        """What they belong to of a channel."""
        in_team = self.held.get(f"t#{channel.team_id}") if channel.kind != DIRECT else None
        return Seat(self.user, in_team, self.held.get(f"c#{channel.channel_id}"))


class Sight(NamedTuple):
    """Posts, oldest first, with the roots of the replies among them; `people` are authors and partners of direct talks.

    `older_id` is the post before which one reads on, "" where there is nothing older.
    """

    posts: Sequence[Post]
    roots: Mapping[str, Post]
    people: Mapping[str, User]
    older_id: str = ""


def belongings(user: User) -> Belongings:
    """Read what somebody is in."""
    return _belongings(user, "")[0]


def look(user: User, wanted: str) -> tuple[Belongings, Channel]:
    """Read what somebody is in, and a channel they ask for by id, or by name within their first team.

    Raises:
        NoChannel: there is none, or they may not read it.

    """
    own, rows = _belongings(user, wanted)
    channel = (rows[channel_key(wanted)] if is_id(wanted) else None) or own.named(wanted)
    if channel is None and own.teams:
        reserved = rows[channel_name_key(own.teams[0].team_id, _name(wanted))]
        key = channel_key(reserved.owner_id if reserved else "")
        channel = read(key)[key] if reserved else None
    if channel is None or not permissions.may_read(channel, own.seat(channel)):
        raise NoChannel("There is no such channel, or you are not in it.", heading="No such channel")
    return own, channel


def joinable(own: Belongings, team_id: str) -> list[Channel]:
    """The public channels of a team that somebody is not in."""
    found = places.channels_of(team_id)
    return [each for each in found if each.kind == OPEN and not each.archived and not _in(own, each)]


def posts_of(own: Belongings, channel: Channel, before: Post | None, just: Post | None) -> Sight:
    """The newest posts of a channel, or those before one of its posts; `just` is one that was written just now."""
    before = before if before is not None and before.channel_id == channel.channel_id else None
    span = posts.older_than(before) if before else None
    found = posts.of_channel(channel.channel_id, PER_PAGE + 1, span=span)
    older_id = found[PER_PAGE - 1].post_id if len(found) > PER_PAGE else ""
    shown = found[:PER_PAGE][::-1]
    return _sight(own, channel, shown if before else _with(shown, just, channel), older_id)


def thread_of(own: Belongings, channel: Channel, root: Post, just: Post | None) -> Sight:
    """A post and its replies; `just` is a reply that was written just now.

    Raises:
        NoPost: the post is deleted.

    """
    if root.deleted:
        raise NoPost(heading="No such post")
    just = just if just is not None and just.root_id == root.post_id else None
    return _sight(own, channel, _with([root, *posts.replies_to(root.post_id)[::-1]], just, channel), "")


def partner_id(channel: Channel, user_id: str) -> str:
    """Whom somebody talks to in a direct channel: themselves, perhaps."""
    ids = channel.name.split("__")
    return next((each for each in ids if each != user_id), user_id)


def _belongings(user: User, wanted: str) -> tuple[Belongings, Rows]:
    held = {member.place: member for member in places.everything_of(user.user_id)}
    team_keys = [team_key(member.place_id) for member in held.values() if member.place.startswith("t#")]
    channel_keys = [channel_key(member.place_id) for member in held.values() if member.place.startswith("c#")]
    named = [channel_name_key(key.hash_key, _name(wanted)) for key in team_keys]
    rows = read(*team_keys, *channel_keys, channel_key(wanted if is_id(wanted) else ""), *named)
    teams = [team for team in (rows[key] for key in team_keys) if team is not None and not team.deleted]
    channels = [each for each in (rows[key] for key in channel_keys) if each is not None and not each.archived]
    alive = {team.team_id for team in teams}
    return Belongings(
        user,
        held,
        sorted(teams, key=lambda team: (team.display_name.casefold(), team.team_id)),
        sorted((each for each in channels if each.kind == DIRECT or each.team_id in alive), key=_order),
    ), rows


def _sight(own: Belongings, channel: Channel, shown: Sequence[Post], older_id: str) -> Sight:
    """Everything else a page of posts needs, in one read; a reply is gone with its root."""
    direct = [each for each in (*own.channels, channel) if each.kind == DIRECT]
    people = {partner_id(each, own.user.user_id) for each in direct} | {post.user_id for post in shown}
    here = {post.post_id: post for post in shown if not post.deleted}
    elsewhere = {post.root_id for post in here.values() if post.root_id} - here.keys()
    user_keys, root_keys = [user_key(each) for each in people], [post_key(each) for each in elsewhere]
    rows = read(*user_keys, *root_keys)
    roots = here | {root.post_id: root for root in _there(rows[key] for key in root_keys)}
    return Sight(
        [post for post in here.values() if not post.root_id or post.root_id in roots],
        roots,
        {user.user_id: user for user in (rows[key] for key in user_keys) if user is not None},
        older_id,
    )


def _with(shown: list[Post], just: Post | None, channel: Channel) -> list[Post]:
    """Put a post where it belongs that the index may not have yet: people look for what they have just written."""
    if just is None or just.deleted or just.channel_id != channel.channel_id:
        return shown
    held = {post.post_id: post for post in (*shown, just)}
    return sorted(held.values(), key=lambda post: posts.moment(post.created_at, post.post_id))


def _there(found: Iterable[Post | None]) -> list[Post]:
    return [post for post in found if post is not None and not post.deleted]


def _in(own: Belongings, channel: Channel) -> bool:
    return f"c#{channel.channel_id}" in own.held


def _name(wanted: str) -> str:
    """A name to look up: what could not be one is never made a key."""
    return wanted if wanted.isascii() and len(wanted) <= MAX_NAME else ""


def _order(channel: Channel) -> tuple[bool, bool, str, str]:
    """Town Square first, direct channels last, the others by name."""
    name = channel.display_name.casefold()
    return channel.kind == DIRECT, not channel.is_town_square, name, channel.channel_id
