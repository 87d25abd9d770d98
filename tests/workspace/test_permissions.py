"""Who may do what in teams and channels, as tables: each cell has a person for whom only one thing decides."""

from typing import Any

import pytest

from chalicelib.store.places import Channel, Member, Team
from chalicelib.store.posts import Post
from chalicelib.store.users import ADMIN_ROLES, MEMBER_ROLES, User
from chalicelib.workspace import permissions
from chalicelib.workspace.permissions import Seat


def seat(*, team: str = "", channel: str = "", system_admin: bool = False) -> Seat:
    """Leo, with his role in the team and in the channel; "" where he is not in it."""
    user = User(user_id="leo", roles=ADMIN_ROLES if system_admin else MEMBER_ROLES)
    rows = [
        Member(user_id="leo", place=place, role=role) if role else None for place, role in (("t", team), ("c", channel))
    ]
    return Seat(user, *rows)


NOBODY = seat()
IN_TEAM = seat(team="member")
IN_CHANNEL = seat(team="member", channel="member")
CHANNEL_ADMIN = seat(team="member", channel="admin")
TEAM_ADMIN = seat(team="admin")
TEAM_ADMIN_IN_CHANNEL = seat(team="admin", channel="member")
SYSTEM_ADMIN = seat(system_admin=True)
SYSTEM_ADMIN_IN_CHANNEL = seat(system_admin=True, channel="member")
SEATS = {
    "nobody": NOBODY,
    "in the team": IN_TEAM,
    "in the channel": IN_CHANNEL,
    "channel admin": CHANNEL_ADMIN,
    "team admin": TEAM_ADMIN,
    "team admin in the channel": TEAM_ADMIN_IN_CHANNEL,
    "System Admin": SYSTEM_ADMIN,
    "System Admin in the channel": SYSTEM_ADMIN_IN_CHANNEL,
}
# For a public, a private and a direct channel, in the order of the seats: y may, n may not.
CHANNEL_TABLE = {
    "may_read": ("nyyyyyyy", "nnyynyny", "nnyynyny"),
    "may_post": ("nnyynyny", "nnyynyny", "nnyynyny"),
    "may_manage": ("nnnyyyyy", "nnnynyny", "nnnnnnnn"),
    "may_describe": ("nnyyyyyy", "nnyynyny", "nnyynyny"),
    "may_add": ("nnyyyyyy", "nnyynyny", "nnyynyny"),
    "may_remove": ("nnnyyyyy", "nnnynyny", "nnyynyny"),
}
CHANNEL_CASES = [
    pytest.param(rule, kind, who, cell == "y", id=f"{rule}-{kind}-{who}")
    for rule, columns in CHANNEL_TABLE.items()
    for kind, column in zip("OPD", columns, strict=True)
    for who, cell in zip(SEATS, column, strict=True)
]
TEAM_TABLE = {
    "may_look_into_team": "nyyyyyyy",
    "may_manage_team": "nnnnyyyy",
    "may_create_channel": "nyyyyynn",
}
TEAM_CASES = [
    pytest.param(rule, who, cell == "y", id=f"{rule}-{who}")
    for rule, column in TEAM_TABLE.items()
    for who, cell in zip(SEATS, column, strict=True)
]


def team(**changes: Any) -> Team:
    """An open team."""
    return Team(**{"team_id": "team", "kind": "O"} | changes)


@pytest.mark.parametrize(("rule", "kind", "who", "allowed"), CHANNEL_CASES)
def test_who_may_do_what_in_a_channel(rule: str, kind: str, who: str, *, allowed: bool) -> None:
    """System Admins have no special access to private and direct channels they are not in."""
    assert getattr(permissions, rule)(Channel(kind=kind), SEATS[who]) is allowed


@pytest.mark.parametrize(("rule", "who", "allowed"), TEAM_CASES)
def test_who_may_do_what_in_a_team(rule: str, who: str, *, allowed: bool) -> None:
    """Members look, admins of the team and System Admins manage, members make channels."""
    assert getattr(permissions, rule)(SEATS[who]) is allowed


@pytest.mark.parametrize(
    ("place", "who", "sees", "joins"),
    [
        (team(), NOBODY, True, True),
        (team(kind="I"), NOBODY, False, False),
        (team(kind="I"), IN_TEAM, True, False),
        (team(kind="I"), SYSTEM_ADMIN, True, True),
        (team(deleted_at=1), NOBODY, False, False),
        (team(deleted_at=1), IN_TEAM, True, False),
    ],
)
def test_open_teams_are_for_everybody_and_others_for_who_is_in_them(
    place: Team, who: Seat, *, sees: bool, joins: bool
) -> None:
    """Contract 2.13: `allow_open_invite`."""
    assert permissions.may_see_team(place, who) is sees
    assert permissions.may_join_team(place, who) is joins


@pytest.mark.parametrize(
    ("author", "who", "kind", "edits", "deletes"),
    [
        ("leo", IN_CHANNEL, "P", True, True),
        ("ana", IN_CHANNEL, "P", False, False),
        ("ana", CHANNEL_ADMIN, "P", False, True),
        ("ana", TEAM_ADMIN_IN_CHANNEL, "P", False, True),
        ("ana", SYSTEM_ADMIN_IN_CHANNEL, "P", False, True),
        ("ana", TEAM_ADMIN, "P", False, False),
        ("ana", SYSTEM_ADMIN, "P", False, False),
        ("ana", TEAM_ADMIN, "O", False, True),
        ("ana", SYSTEM_ADMIN, "O", False, True),
        ("ana", IN_TEAM, "O", False, False),
        ("leo", IN_TEAM, "O", False, True),
        ("leo", NOBODY, "O", False, False),
        ("leo", IN_TEAM, "P", False, False),
        ("leo", SYSTEM_ADMIN, "D", False, False),
    ],
)
def test_an_author_edits_and_who_looks_after_the_channel_deletes(
    author: str, who: Seat, kind: str, *, edits: bool, deletes: bool
) -> None:
    """Nobody edits what another wrote; nobody deletes where they cannot read."""
    post = Post(user_id=author)
    assert permissions.may_edit_post(post, Channel(kind=kind), who) is edits
    assert permissions.may_delete_post(post, Channel(kind=kind), who) is deletes


@pytest.mark.parametrize("rule", CHANNEL_TABLE)
@pytest.mark.parametrize("kind", "OPD")
def test_belonging_to_more_never_permits_less(rule: str, kind: str) -> None:
    """A caller is asked about before every row is read, so that a yes has to stay one."""
    less, more = seat(channel="member"), seat(team="admin", channel="admin", system_admin=True)
    may = getattr(permissions, rule)
    assert may(Channel(kind=kind), NOBODY) <= may(Channel(kind=kind), less) <= may(Channel(kind=kind), more)
