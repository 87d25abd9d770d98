"""Teams: making, changing and deleting them, and who is in them."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from chalicelib.errors import NotFound, Refusal
from chalicelib.store import places
from chalicelib.store.audit import Origin, event
from chalicelib.store.places import BY_INVITATION, OPEN, TOWN_SQUARE, Channel, Member, Team
from chalicelib.store.reading import Key
from chalicelib.store.users import Name
from chalicelib.store.writing import write_together

MAX_NAME: Final = 64
MAX_DESCRIPTION: Final = 255
MOST_CHANNELS: Final = 90  # that somebody can leave at once: a transaction takes 100 rows
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}[a-z0-9]")
_INVALID: Final = "model.team.is_valid.{}.app_error"


class NoTeam(NotFound):
    """There is no such team."""

    id = "app.team.get.find.app_error"
    description = "There is no such team."


class NotInTeam(NotFound):
    """Somebody is not in the team."""

    id = "app.team.get_member.missing.app_error"
    description = "This person is not in the team."


class NameTaken(Refusal):
    """Another team has this name."""

    id = "app.team.save.existing.app_error"
    description = "A team with this name exists already. Choose another name."


class Draft(NamedTuple):
    """A team as somebody asks for it; `kind` is O or I."""

    name: str
    display_name: str
    description: str
    kind: str


def square_key(team_id: str) -> Key[Name]:
    """Who has the name of a team's Town Square: what joining the team has to read."""
    return places.channel_name_key(team_id, TOWN_SQUARE[0])


def check(draft: Draft) -> None:
    """Check a team's fields.

    Raises:
        Refusal: one of them cannot be, with Mattermost's id for it.

    """
    if not 1 <= len(draft.display_name) <= MAX_NAME or not draft.display_name.isprintable():
        raise Refusal(f"Give display_name 1 to {MAX_NAME} ordinary characters.", id=_INVALID.format("name"))
    if len(draft.name) > MAX_NAME:
        raise Refusal(f"Shorten name to {MAX_NAME} characters.", id=_INVALID.format("url"))
    if not _NAME.fullmatch(draft.name):
        raise Refusal(
            "Give name 2 or more of a-z, 0-9 and dash; it starts and ends with a letter or digit.",
            id=_INVALID.format("characters"),
        )
    if len(draft.description) > MAX_DESCRIPTION:
        raise Refusal(f"Shorten description to {MAX_DESCRIPTION} characters.", id=_INVALID.format("description"))
    if draft.kind not in {OPEN, BY_INVITATION}:
        raise Refusal("Give type O (open) or I (by invitation).", id=_INVALID.format("type"))


def create(draft: Draft, holder: Name | None, user_id: str, origin: Origin) -> Team:
    """Make a team with its Town Square, and its maker the admin of both; `holder` is who has the name now.

    Its id is the request's, so that a second attempt of the same request knows its own team.

    Raises:
        Refusal: a field cannot be, or the name is taken.
        ConditionFailed: somebody took the name in between.
        Contention: DynamoDB could not decide.

    """
    check(draft)
    team = Team(
        team_id=origin.request_id,
        name=draft.name,
        display_name=draft.display_name,
        description=draft.description,
        kind=draft.kind,
        created_at=origin.now,
        updated_at=origin.now,
        version=1,
    )
    if holder is not None and holder.owner_id == team.team_id:
        return team
    if holder is not None:
        raise NameTaken
    square = _town_square(team, user_id, origin)
    write_together(
        *places.team_created(team),
        *places.channel_added(square),
        places.joined(user_id, f"t#{team.team_id}", admin=True),
        places.joined(user_id, f"c#{square.channel_id}", admin=True),
        event(origin, "team.create", team.name),
    )
    return team


def edit(team: Team, draft: Draft, origin: Origin) -> Team:
    """Change a team; its name in addresses stays.

    Raises:
        Refusal: a field cannot be.
        ConditionFailed: somebody changed the team since it was read.
        Contention: DynamoDB could not decide.

    """
    check(draft)
    values = {"display_name": draft.display_name, "description": draft.description, "kind": draft.kind}
    return _write(team, values, "team.edit", origin)


def delete_team(team: Team, origin: Origin) -> Team:
    """Delete a team: it is in no list any more, and nobody can join it; its rows and its name stay.

    Raises:
        ConditionFailed: somebody changed the team since it was read.
        Contention: DynamoDB could not decide.

    """
    return _write(team, {"deleted_at": origin.now}, "team.delete", origin)


def join(team: Team, user_id: str, square: Name | None, origin: Origin) -> None:
    """Put somebody into a team and its Town Square, `square`.

    Raises:
        ConditionFailed: they are in it already.
        Contention: DynamoDB could not decide.

    """
    homes = [f"t#{team.team_id}", *([f"c#{square.owner_id}"] if square else [])]
    recorded = event(origin, "team.join", team.name, user_id=user_id)
    write_together(*(places.joined(user_id, home) for home in homes), recorded)


def leave(team: Team, member: Member, origin: Origin) -> None:
    """Take somebody out of a team and all its channels; a channel joined meanwhile makes it read again.

    Raises:
        Refusal: they are in more channels of the team than one transaction takes.
        ConditionFailed: they joined or left something of the team since the row was read.
        Contention: DynamoDB could not decide.

    """
    rows = places.memberships(member.user_id, "c")
    channels = places.found([places.channel_key(row.place_id) for row in rows])
    of_team = {channel.channel_id for channel in channels if channel.team_id == team.team_id}
    held = [row for row in rows if row.place_id in of_team]
    if len(held) > MOST_CHANNELS:
        raise Refusal(
            f"Leave some channels of this team first: at most {MOST_CHANNELS} are left together with it.",
            id="api.team.remove_user_from_team.too_many_channels.app_error",
        )
    recorded = event(origin, "team.leave", team.name, user_id=member.user_id)
    write_together(places.left(member), *map(places.left, held), recorded)


def _write(team: Team, values: Mapping[str, Any], action: str, origin: Origin) -> Team:
    new = {**values, "updated_at": origin.now}
    write_together(places.edited(team, new), event(origin, action, team.name))
    return places.as_edited(team, new)


def _town_square(team: Team, user_id: str, origin: Origin) -> Channel:
    name, display_name = TOWN_SQUARE
    return Channel(
        channel_id=places.derived_id(team.team_id, name),
        team_id=team.team_id,
        name=name,
        display_name=display_name,
        kind=OPEN,
        creator_id=user_id,
        created_at=origin.now,
        updated_at=origin.now,
        version=1,
    )
