"""Teams, channels and who is in them: the small workspace that tokens unlock."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from chalicelib.store.record import IntAttribute, Record, table
from chalicelib.store.users import name_key, reserved
from chalicelib.store.writing import Change, put


class ChannelsByTeam(GlobalSecondaryIndex["Channel"]):
    """The channels of a team: for lists only."""

    class Meta:
        index_name = "by_team"
        projection = IncludeProjection(["kind", "display_name", "name"])

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
    """A team of people."""

    class Meta:
        table_name = table("teams")

    team_id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    display_name = UnicodeAttribute()
    created_at = IntAttribute()


class Channel(Record):
    """A channel of a team; `kind` is Mattermost's letter: O open, P private."""

    class Meta:
        table_name = table("channels")

    channel_id = UnicodeAttribute(hash_key=True)
    team_id = UnicodeAttribute()
    name = UnicodeAttribute()
    display_name = UnicodeAttribute()
    kind = UnicodeAttribute()
    creator_id = UnicodeAttribute()
    created_at = IntAttribute()
    by_team = ChannelsByTeam()


class Member(Record):
    """That somebody belongs to a team (`t#<id>`) or a channel (`c#<id>`)."""

    class Meta:
        table_name = table("members")

    user_id = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)
    role = UnicodeAttribute()
    by_place = MembersByPlace()


def team_added(team_id: str, *, name: str, display_name: str, now: int) -> list[Change]:
    """Add a team, if its name is free."""
    team = Team(team_id=team_id, name=name, display_name=display_name, created_at=now)
    return [put(team, Team.team_id.does_not_exist()), reserved(name_key("t", name), team_id)]


def channel_added(channel: Channel) -> list[Change]:
    """Add a channel, if its name is free in its team."""
    name = name_key("c", f"{channel.team_id}#{channel.name}")
    return [put(channel, Channel.channel_id.does_not_exist()), reserved(name, channel.channel_id)]


def joined(user_id: str, place: str, *, admin: bool = False) -> Change:
    """Put somebody into a team or channel."""
    return put(Member(user_id=user_id, place=place, role="admin" if admin else "member"))
