"""Channels: making, changing, archiving them, and who is in them."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

from chalicelib.credentials import ID_LENGTH, is_id
from chalicelib.errors import Forbidden, NotFound, Refusal
from chalicelib.store import places
from chalicelib.store.audit import Origin, event
from chalicelib.store.places import DIRECT, OPEN, PRIVATE, Channel, Member, in_channel_key, in_team_key
from chalicelib.store.reading import read
from chalicelib.store.users import Name
from chalicelib.store.writing import Change, ConditionFailed, write_together
from chalicelib.workspace.permissions import Seat
from chalicelib.workspace.teams import NotInTeam

MAX_NAME: Final = 64
MAX_HEADER: Final = 1024
MAX_PURPOSE: Final = 250
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?")
_INVALID: Final = "model.channel.is_valid.{}.app_error"


class NoChannel(NotFound):
    """There is no such channel."""

    id = "app.channel.get.existing.app_error"
    description = "There is no such channel."


class NotInChannel(NotFound):
    """Somebody is not in the channel."""

    id = "app.channel.get_member.missing.app_error"
    description = "This person is not in the channel."


class NameTaken(Refusal):
    """Another channel of the team has this name, an archived one perhaps."""

    id = "store.sql_channel.save_channel.exists.app_error"
    description = "A channel with this name exists already in the team, perhaps archived. Choose another name."


class Rule(Protocol):
    """Who may do something in a channel."""

    def __call__(self, channel: Channel, seat: Seat, /) -> bool:
        """Whether this person may."""


class Draft(NamedTuple):
    """A channel as somebody asks for it; `kind` is O or P, or D for one that is there already."""

    name: str
    display_name: str
    header: str
    purpose: str
    kind: str


def permitted(rule: Rule, channel: Channel, seat: Seat) -> Seat:
    """The seat that permits something in a channel; whose is not enough is looked up in the channel's team first.

    Raises:
        Forbidden: they may not.

    """
    if not rule(channel, seat) and channel.kind != DIRECT and seat.in_team is None:
        key = in_team_key(seat.user.user_id, channel.team_id)
        seat = seat._replace(in_team=read(key)[key])
    if not rule(channel, seat):
        raise Forbidden
    return seat


def check(draft: Draft) -> None:
    """Check a channel's fields.

    Raises:
        Refusal: one of them cannot be, with Mattermost's id for it.

    """
    if draft.kind not in {OPEN, PRIVATE, DIRECT}:
        raise Refusal("Give type O (public) or P (private).", id=_INVALID.format("type"))
    if draft.kind != DIRECT:
        _check_names(draft)
    if len(draft.header) > MAX_HEADER:
        raise Refusal(f"Shorten header to {MAX_HEADER} characters.", id=_INVALID.format("header"))
    if len(draft.purpose) > MAX_PURPOSE:
        raise Refusal(f"Shorten purpose to {MAX_PURPOSE} characters.", id=_INVALID.format("purpose"))


def create(draft: Draft, team_id: str, holder: Name | None, user_id: str, origin: Origin) -> Channel:
    """Make a channel of a team, and its maker its admin; `holder` is which channel has the name now.

    Its id is the request's, so that a second attempt of the same request knows its own channel.

    Raises:
        Refusal: a field cannot be, or the name is taken.
        ConditionFailed: somebody took the name, or the maker left the team, in between.
        Contention: DynamoDB could not decide.

    """
    check(draft)
    channel = Channel(
        channel_id=origin.request_id,
        team_id=team_id,
        name=draft.name,
        display_name=draft.display_name,
        header=draft.header,
        purpose=draft.purpose,
        kind=draft.kind,
        creator_id=user_id,
        created_at=origin.now,
        updated_at=origin.now,
        version=1,
    )
    if holder is not None and holder.owner_id == channel.channel_id:
        return channel
    if holder is not None:
        raise NameTaken
    write_together(
        *places.channel_added(channel),
        places.still_in_team(user_id, team_id),
        places.joined(user_id, f"c#{channel.channel_id}", admin=True),
        event(origin, "channel.create", channel.channel_id),
    )
    return channel


def direct_id(one: str, other: str) -> str:
    """The id of the channel of two people, or of one with themselves: found and made without a look-up."""
    return places.derived_id(DIRECT, *sorted((one, other)))


def create_direct(one: str, other: str, origin: Origin) -> Channel:
    """Make the channel of two people.

    Raises:
        ConditionFailed: one of them made it in between.
        Contention: DynamoDB could not decide.

    """
    channel = Channel(
        channel_id=direct_id(one, other),
        name="__".join(sorted((one, other))),
        display_name="",
        kind=DIRECT,
        creator_id=origin.actor_id,
        created_at=origin.now,
        updated_at=origin.now,
        version=1,
    )
    members = [places.joined(user_id, f"c#{channel.channel_id}") for user_id in sorted({one, other})]
    write_together(*places.channel_added(channel), *members, event(origin, "channel.create", channel.channel_id))
    return channel


def edit(channel: Channel, draft: Draft, holder: Name | None, origin: Origin) -> Channel:
    """Change a channel; `holder` is which channel has the new name now.

    Raises:
        Refusal: a field cannot be, the name is taken, or it is not one that can change so.
        ConditionFailed: somebody changed the channel, or took the name, in between.
        Contention: DynamoDB could not decide.

    """
    if channel.archived:
        raise Refusal("This channel is archived.", id="api.channel.update_channel.deleted.app_error")
    if channel.is_town_square and draft.name != channel.name:
        raise Refusal("Town Square keeps its name.", id="api.channel.update_channel.tried.app_error")
    check(draft)
    renamed: list[Change] = []
    if draft.name != channel.name:
        if holder is not None:
            raise NameTaken(id="store.sql_channel.update.exists.app_error")
        renamed = places.channel_renamed(channel, draft.name)
    values = {"name": draft.name, "display_name": draft.display_name, "header": draft.header, "purpose": draft.purpose}
    return _write(channel, values, "channel.edit", origin, *renamed)


def archive(channel: Channel, origin: Origin) -> Channel:
    """Archive a channel: it stays readable, and nobody posts there until it is restored.

    Raises:
        Refusal: it is archived already, or is Town Square or a direct channel.
        ConditionFailed: somebody changed the channel in between.
        Contention: DynamoDB could not decide.

    """
    if channel.archived:
        raise Refusal("This channel is archived already.", id="api.channel.delete_channel.deleted.app_error")
    if channel.is_town_square:
        raise Refusal("Town Square cannot be archived.", id="api.channel.delete_channel.cannot.app_error")
    return _write(channel, {"deleted_at": origin.now}, "channel.archive", origin)


def restore(channel: Channel, origin: Origin) -> Channel:
    """Take an archived channel back into use.

    Raises:
        Refusal: it is not archived.
        ConditionFailed: somebody changed the channel in between.
        Contention: DynamoDB could not decide.

    """
    if not channel.archived:
        raise Refusal("This channel is not archived.", id="api.channel.restore_channel.restored.app_error")
    return _write(channel, {"deleted_at": None}, "channel.restore", origin)


def join(channel: Channel, user_id: str, origin: Origin) -> None:
    """Put somebody who is in the team into one of its channels; the write itself finds out whether they are.

    Raises:
        Refusal: the channel is archived or direct.
        Forbidden: one tries to join, and is not in the team.
        NotInTeam: whom somebody adds is not in the team.
        ConditionFailed: something else changed in between.
        Contention: DynamoDB could not decide.

    """
    if channel.kind == DIRECT:
        raise Refusal(
            "Nobody can be added to a direct channel.",
            id="api.channel.add_user_to_channel.type.app_error",
        )
    if channel.archived:
        raise Refusal("This channel is archived.", id="api.channel.add_user_to_channel.deleted.app_error")
    place = f"c#{channel.channel_id}"
    recorded = event(origin, "channel.join", channel.channel_id, user_id=user_id)
    try:
        write_together(places.still_in_team(user_id, channel.team_id), places.joined(user_id, place), recorded)
    except ConditionFailed as failure:
        in_team, in_channel = in_team_key(user_id, channel.team_id), in_channel_key(user_id, channel.channel_id)
        rows = read(in_team, in_channel)
        if rows[in_team] is not None and rows[in_channel] is None:
            raise
        if rows[in_team] is None:
            raise (Forbidden if user_id == origin.actor_id else NotInTeam) from failure


def leave(channel: Channel, member: Member, origin: Origin) -> None:
    """Take somebody out of a channel.

    Raises:
        Refusal: it is Town Square or a direct channel.
        ConditionFailed: they are out already.
        Contention: DynamoDB could not decide.

    """
    if channel.kind == DIRECT:
        raise Refusal(
            "Nobody can leave a direct channel.",
            id="api.channel.remove_channel_member.type.app_error",
        )
    if channel.is_town_square:
        raise Refusal("Everybody in the team is in Town Square.", id="api.channel.remove.default.app_error")
    recorded = event(origin, "channel.leave", channel.channel_id, user_id=member.user_id)
    write_together(places.left(member), recorded)


def _write(channel: Channel, values: Mapping[str, Any], action: str, origin: Origin, *others: Change) -> Channel:
    new = {**values, "updated_at": origin.now}
    write_together(places.edited(channel, new), *others, event(origin, action, channel.channel_id))
    return places.as_edited(channel, new)


def _check_names(draft: Draft) -> None:
    if not 1 <= len(draft.display_name) <= MAX_NAME or not draft.display_name.isprintable():
        raise Refusal(f"Give display_name 1 to {MAX_NAME} ordinary characters.", id=_INVALID.format("display_name"))
    if not _NAME.fullmatch(draft.name):
        raise Refusal(
            f"Give name 1 to {MAX_NAME} of a-z, 0-9, dash and underscore; it starts and ends with a letter or digit.",
            id=_INVALID.format("1_or_more"),
        )
    parts = draft.name.split("__")
    if len(draft.name) == 2 * ID_LENGTH + 2 and all(map(is_id, parts)):
        raise Refusal("This name is like a direct channel's. Choose another.", id=_INVALID.format("name"))
