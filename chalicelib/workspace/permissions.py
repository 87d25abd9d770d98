"""Who may do what in a team or channel: pure functions.

Belonging to more never permits less, so that a caller can ask before every row is read. System Admins manage teams
and public channels; a private or direct channel is its members' alone, and a System Admin who is not in it is nobody.
"""

from typing import NamedTuple

from chalicelib.store.places import BY_INVITATION, DIRECT, OPEN, Channel, Member, Team
from chalicelib.store.posts import Post
from chalicelib.store.users import User


class Seat(NamedTuple):
    """A person, and what they belong to: None where they do not, or where nobody has looked."""

    user: User
    in_team: Member | None = None
    in_channel: Member | None = None

    @property
    def manages_team(self) -> bool:
        """Whether they look after the team: its admins, and System Admins."""
        return self.user.is_admin or (self.in_team is not None and self.in_team.is_admin)

    @property
    def manages_as_member(self) -> bool:
        """Whether they look after a channel they are in."""
        return self.in_channel is not None and (self.in_channel.is_admin or self.manages_team)


# --- teams --------------------------------------------------------------------------------------------------------


def may_see_team(team: Team, seat: Seat) -> bool:
    """Open teams are seen by everybody with an account, others by who is in them."""
    return may_look_into_team(seat) or may_join_team(team, seat)


def may_look_into_team(seat: Seat) -> bool:
    """Who is in a team, and its public channels: for who is in it."""
    return seat.in_team is not None or seat.user.is_admin


def may_join_team(team: Team, seat: Seat) -> bool:
    """Put oneself into a team: open ones; System Admins any."""
    return seat.user.is_admin or (not team.deleted and team.kind != BY_INVITATION)


def may_manage_team(seat: Seat) -> bool:
    """Edit, delete, add and remove people."""
    return seat.manages_team


def may_create_channel(seat: Seat) -> bool:
    """Public or private: anybody in the team."""
    return seat.in_team is not None


# --- channels -----------------------------------------------------------------------------------------------------


def may_read(channel: Channel, seat: Seat) -> bool:
    """A channel's members; public ones are read by the whole team."""
    return seat.in_channel is not None or (channel.kind == OPEN and may_look_into_team(seat))


def may_post(_channel: Channel, seat: Seat) -> bool:
    """A channel's members."""
    return seat.in_channel is not None


def may_manage(channel: Channel, seat: Seat) -> bool:
    """Rename, archive, restore, remove people: who created it, team admins and System Admins.

    Of a private channel only if they are in it; a direct one is nobody's to manage.
    """
    if channel.kind == OPEN and seat.manages_team:
        return True
    return channel.kind != DIRECT and seat.manages_as_member


def may_describe(channel: Channel, seat: Seat) -> bool:
    """Set header and purpose: a channel's members, and who manages it."""
    return seat.in_channel is not None or may_manage(channel, seat)


def may_add(channel: Channel, seat: Seat) -> bool:
    """Add somebody else: a channel's members, and who manages it."""
    return seat.in_channel is not None or may_manage(channel, seat)


def may_remove(channel: Channel, seat: Seat) -> bool:
    """Remove somebody else: who manages the channel, and nobody from a direct one but to be told that it cannot be."""
    return may_manage(channel, seat) or (channel.kind == DIRECT and seat.in_channel is not None)


# --- posts --------------------------------------------------------------------------------------------------------


def may_edit_post(post: Post, channel: Channel, seat: Seat) -> bool:
    """Its author, while they may post there."""
    return post.user_id == seat.user.user_id and may_post(channel, seat)


def may_delete_post(post: Post, channel: Channel, seat: Seat) -> bool:
    """Its author, channel and team admins, System Admins: whoever of them can read the channel."""
    if not may_read(channel, seat):
        return False
    return post.user_id == seat.user.user_id or seat.manages_team or seat.manages_as_member
