"""Teams, channels and who is in them: the workspace that tokens unlock."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from chalicelib.credentials import id_from
from chalicelib.store.reading import Key, Listing, R, Span, count_of, key_names, read, rows_of
from chalicelib.store.record import IntAttribute, Record, table
from chalicelib.store.users import Name, name_key, reserved
from chalicelib.store.writing import Change, delete, put, update

TOWN_SQUARE: Final = ("town-square", "Town Square")
OPEN, PRIVATE, BY_INVITATION, DIRECT = "O", "P", "I", "D"
ADMIN, MEMBER = "admin", "member"
MOST_LISTED: Final = 10_000  # rows of an index that one answer looks at


class AllTeams(GlobalSecondaryIndex["Team"]):
    """All teams, by name: for lists only."""

    class Meta:
        index_name = "all"
        projection = IncludeProjection(["display_name", "kind", "deleted_at"])

    listed = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)


class ChannelsByTeam(GlobalSecondaryIndex["Channel"]):
    """The channels of a team: for lists only."""

    class Meta:
        index_name = "by_team"
        projection = IncludeProjection(["kind", "display_name", "name", "deleted_at"])

    team_id = UnicodeAttribute(hash_key=True)
    channel_id = UnicodeAttribute(range_key=True)


class MembersByPlace(GlobalSecondaryIndex["Member"]):
    """The people of a team or channel: for lists only."""

    class Meta:
        index_name = "by_place"
        projection = KeysOnlyProjection()

    place = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)


class Team(Record):
    """A team of people; `kind` is Mattermost's letter: O open to everybody here, I by invitation.

    Rows of an older version have none of the attributes with a default.
    """

    class Meta:
        table_name = table("teams")

    team_id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    display_name = UnicodeAttribute()
    description = UnicodeAttribute(default="")
    kind = UnicodeAttribute(default=OPEN)
    created_at = IntAttribute()
    updated_at = IntAttribute(default=0)
    deleted_at = IntAttribute(null=True)
    version = IntAttribute(default=0)
    listed = UnicodeAttribute(default="t")
    all = AllTeams()

    @property
    def deleted(self) -> bool:
        """Whether the team is in no list any more."""
        return bool(self.deleted_at)


class Channel(Record):
    """A channel; `kind` is Mattermost's letter: O open, P private, D direct, which belongs to two people and no team.

    Rows of an older version have none of the attributes with a default.
    """

    class Meta:
        table_name = table("channels")

    channel_id = UnicodeAttribute(hash_key=True)
    team_id = UnicodeAttribute(null=True)
    name = UnicodeAttribute()
    display_name = UnicodeAttribute()
    kind = UnicodeAttribute()
    header = UnicodeAttribute(default="")
    purpose = UnicodeAttribute(default="")
    creator_id = UnicodeAttribute()
    created_at = IntAttribute()
    updated_at = IntAttribute(default=0)
    deleted_at = IntAttribute(null=True)
    version = IntAttribute(default=0)
    by_team = ChannelsByTeam()

    @property
    def archived(self) -> bool:
        """Whether nobody can post there."""
        return bool(self.deleted_at)

    @property
    def is_town_square(self) -> bool:
        """Whether this is the channel that everybody in its team is in."""
        return self.kind != DIRECT and self.name == TOWN_SQUARE[0]


class Member(Record):
    """That somebody belongs to a team (`t#<id>`) or a channel (`c#<id>`).

    `version` of a team's row goes up with every channel that is joined, so that leaving the team sees them all.
    """

    class Meta:
        table_name = table("members")

    user_id = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)
    role = UnicodeAttribute()
    version = IntAttribute(default=0)
    by_place = MembersByPlace()

    @property
    def is_admin(self) -> bool:
        """Whether they look after the place."""
        return self.role == ADMIN

    @property
    def place_id(self) -> str:
        """The id of the team or channel."""
        return self.place.partition("#")[2]


P = TypeVar("P", Team, Channel)


def team_key(team_id: str) -> Key[Team]:
    """The key of a team."""
    return Key(Team, team_id)


def channel_key(channel_id: str) -> Key[Channel]:
    """The key of a channel."""
    return Key(Channel, channel_id)


def in_team_key(user_id: str, team_id: str) -> Key[Member]:
    """The key of somebody's membership of a team."""
    return Key(Member, user_id, team_id and f"t#{team_id}")


def in_channel_key(user_id: str, channel_id: str) -> Key[Member]:
    """The key of somebody's membership of a channel."""
    return Key(Member, user_id, channel_id and f"c#{channel_id}")


def channel_name_key(team_id: str, name: str) -> Key[Name]:
    """The key of a channel's name in its team."""
    return name_key("c", f"{team_id}#{name}")


def derived_id(*parts: str) -> str:
    """An id that follows from others, so that what it names is found, or made once, without a look-up by name."""
    return id_from(hashlib.sha256("#".join(parts).encode()).digest())


# --- changes ------------------------------------------------------------------------------------------------------


def team_added(team_id: str, *, name: str, display_name: str, now: int) -> list[Change]:
    """Add an open team, if its name is free."""
    row = Team(team_id=team_id, name=name, display_name=display_name, created_at=now, updated_at=now, version=1)
    return team_created(row)


def team_created(team: Team) -> list[Change]:
    """Add a team as it was decided, if its name is free."""
    return [put(team, Team.team_id.does_not_exist()), reserved(name_key("t", team.name), team.team_id)]


def channel_added(channel: Channel) -> list[Change]:
    """Add a channel; one of a team only if its name is free there."""
    added = put(channel, Channel.channel_id.does_not_exist())
    if channel.kind == DIRECT:
        return [added]
    return [added, reserved(channel_name_key(channel.team_id, channel.name), channel.channel_id)]


def edited(place: P, values: Mapping[str, Any]) -> Change:
    """Change a team or channel, if nobody changed it since it was read; None takes a value away."""
    model = type(place)
    attributes = model.get_attributes()
    actions: list[Action] = [
        attributes[name].remove() if value is None else attributes[name].set(value) for name, value in values.items()
    ]
    if "listed" in attributes:
        actions.append(attributes["listed"].set("t"))
    there = attributes[key_names(model)[0]].exists()
    return update(place, *actions, model.version.add(1), condition=there & _as_seen(place))


def as_edited(place: P, values: Mapping[str, Any]) -> P:
    """The row as `edited` writes it, so that nobody has to read what they have just written."""
    held = {name: getattr(place, name) for name in type(place).get_attributes() if name != "mark"}
    return type(place)(**held | dict(values) | {"version": place.version + 1})


def channel_renamed(channel: Channel, name: str) -> list[Change]:
    """Take another name in the team, if it is free, and give the old one back."""
    team_id = channel.team_id or ""
    old = Name(name=channel_name_key(team_id, channel.name).hash_key)
    freed = delete(old, Name.owner_id == channel.channel_id)
    return [freed, reserved(channel_name_key(team_id, name), channel.channel_id)]


def joined(user_id: str, place: str, *, admin: bool = False) -> Change:
    """Put somebody into a team or channel, unless they are there: who is keeps their role."""
    row = Member(user_id=user_id, place=place, role=ADMIN if admin else MEMBER, version=1)
    return put(row, Member.user_id.does_not_exist())


def still_in_team(user_id: str, team_id: str) -> Change:
    """Hold somebody's place in a team while they join one of its channels: who leaves meanwhile reads again."""
    row = Member(user_id=user_id, place=f"t#{team_id}")
    return update(row, Member.version.add(1), condition=Member.user_id.exists())


def left(member: Member) -> Change:
    """Take somebody out of a channel, or out of a team they have joined no channel of since the row was read."""
    return delete(member, Member.user_id.exists() & _as_seen(member))


# --- lists --------------------------------------------------------------------------------------------------------


def all_teams() -> list[Team]:
    """All teams by name, with what the index holds of them: enough to filter and sort, nothing to decide by."""
    return rows_of(Listing(Team, "t", index=("all", "listed")), MOST_LISTED)


def channels_of(team_id: str) -> list[Channel]:
    """The channels of a team by display name, with what the index holds of them."""
    found = rows_of(Listing(Channel, team_id, index=("by_team", "team_id")), MOST_LISTED)
    return sorted(found, key=lambda channel: (channel.display_name.casefold(), channel.channel_id))


def memberships(user_id: str, kind: str) -> list[Member]:
    """The teams (`t`) or channels (`c`) somebody is in."""
    return rows_of(Listing(Member, user_id, span=Span("place", prefix=f"{kind}#")), MOST_LISTED)


def everything_of(user_id: str) -> list[Member]:
    """The teams and channels somebody is in."""
    return rows_of(Listing(Member, user_id), MOST_LISTED)


def people_of(place: str, limit: int) -> list[str]:
    """The ids of the first people in a team or channel."""
    found = rows_of(Listing(Member, place, index=("by_place", "place")), limit)
    return [member.user_id for member in found]


def size_of(place: str) -> int:
    """How many people are in a team or channel."""
    return count_of(Listing(Member, place, index=("by_place", "place")))


def found(keys: Sequence[Key[R]]) -> list[R]:
    """The rows of some keys that are there, in their order and as they are now: a round trip for each hundred."""
    if not keys:
        return []
    rows = read(*keys)
    return [row for row in (rows[key] for key in keys) if row is not None]


def _as_seen(row: Team | Channel | Member) -> Condition:
    attribute = type(row).version
    unchanged: Condition = attribute == row.version
    return unchanged if row.version else attribute.does_not_exist() | unchanged
