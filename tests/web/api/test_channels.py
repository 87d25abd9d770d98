"""Channels over the API: make, get, change, archive, restore (contract 2.13)."""

from typing import Any

import pytest

from chalicelib.store.audit import Event
from chalicelib.store.places import Channel, channel_name_key
from chalicelib.store.writing import update, write_together
from tests.browser import Answer, api, call
from tests.crew import BAD_BODY, BAD_URL, FORBIDDEN, NO_CHANNEL, NO_TEAM, Crew, names, unknown, write
from tests.web.api.bodies import refused

NEW = {"name": "bridge", "display_name": "The Bridge", "type": "O"}
TAKEN = (400, "store.sql_channel.save_channel.exists.app_error")
TAKEN_AT_UPDATE = (400, "store.sql_channel.update.exists.app_error")
FIELDS = {
    "id",
    "create_at",
    "update_at",
    "delete_at",
    "team_id",
    "type",
    "display_name",
    "name",
    "header",
    "purpose",
    "last_post_at",
    "total_msg_count",
    "extra_update_at",
    "creator_id",
    "scheme_id",
    "props",
    "group_constrained",
    "shared",
    "total_msg_count_root",
    "policy_id",
    "last_root_post_at",
}


def create(crew: Crew, session: str, **changes: Any) -> Answer:
    """Make a channel of the team."""
    return api("POST", "/channels", session, NEW | {"team_id": crew.team} | changes)


def patch(session: str, channel_id: str, **changes: Any) -> Answer:
    """Change some of a channel."""
    return api("PUT", f"/channels/{channel_id}/patch", session, changes)


def archive(session: str, channel_id: str) -> Answer:
    """Archive a channel."""
    return api("DELETE", f"/channels/{channel_id}", session)


def restore(session: str, channel_id: str) -> Answer:
    """Restore a channel."""
    return api("POST", f"/channels/{channel_id}/restore", session)


# --- making -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["O", "P"])
def test_anybody_in_a_team_makes_a_channel(kind: str, crew: Crew) -> None:
    """Public or private; whoever makes it is in it, and looks after it."""
    answer = create(crew, crew.ana, type=kind, header="Ahoy", purpose="Steering")
    assert answer.status == 201
    assert answer.json.keys() == FIELDS
    assert (answer.json["team_id"], answer.json["type"], answer.json["name"]) == (crew.team, kind, "bridge")
    assert (answer.json["header"], answer.json["purpose"]) == ("Ahoy", "Steering")
    assert answer.json["creator_id"] == crew.world.ana.user_id
    assert answer.json == api("GET", f"/channels/{answer.json['id']}", crew.ana).json
    member = api("GET", f"/channels/{answer.json['id']}/members/me", crew.ana).json
    assert (member["scheme_admin"], member["roles"]) == (True, "channel_user channel_admin")


@pytest.mark.parametrize("who", ["kim", "maya"])
def test_who_is_not_in_the_team_makes_no_channel(who: str, crew: Crew) -> None:
    """A System Admin neither: they would have to be in it."""
    session = crew.person()[1] if who == "kim" else crew.maya
    assert refused(create(crew, session)) == FORBIDDEN


def test_a_deleted_team_gets_no_channel(crew: Crew) -> None:
    """Mattermost's id."""
    api("DELETE", f"/teams/{crew.team}", crew.leo)
    assert refused(create(crew, crew.leo)) == NO_TEAM


@pytest.mark.parametrize("name", ["plans", "leos", "town-square"])
def test_a_name_is_one_channels_of_its_team(name: str, crew: Crew) -> None:
    """DESIGN section 2, `names`: a private channel's too."""
    assert refused(create(crew, crew.ana, name=name)) == TAKEN


def test_two_teams_may_have_a_channel_of_one_name(crew: Crew) -> None:
    """DESIGN section 2: `c#team#`."""
    other = api("POST", "/teams", crew.ana, {"name": "other", "display_name": "Other", "type": "O"}).json["id"]
    assert create(crew, crew.ana, team_id=other, name="plans").status == 201


def test_the_name_of_an_archived_channel_stays_taken(crew: Crew) -> None:
    """As in Mattermost."""
    crew.archive(crew.public)
    assert refused(create(crew, crew.ana, name="plans")) == TAKEN


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"display_name": ""}, "display_name"),
        ({"display_name": "x" * 65}, "display_name"),
        ({"display_name": "a\nb"}, "display_name"),
        ({"name": ""}, "1_or_more"),
        ({"name": "x" * 65}, "1_or_more"),
        ({"name": "x" * 5_000}, "1_or_more"),
        ({"name": "Upper"}, "1_or_more"),
        ({"name": "_a"}, "1_or_more"),
        ({"name": "a-"}, "1_or_more"),
        ({"name": "a b"}, "1_or_more"),
        ({"name": f"{'y' * 26}__{'b' * 26}"}, "name"),
        ({"header": "x" * 1025}, "header"),
        ({"purpose": "x" * 251}, "purpose"),
        ({"type": ""}, "type"),
        ({"type": "G"}, "type"),
    ],
)
def test_a_field_that_cannot_be_has_mattermosts_error(changes: dict[str, str], error: str, crew: Crew) -> None:
    """Mattermost's `Channel.IsValid`."""
    assert refused(create(crew, crew.leo, **changes)) == (400, f"model.channel.is_valid.{error}.app_error")


@pytest.mark.parametrize(
    "changes",
    [{"name": "a"}, {"name": "x" * 64}, {"name": "a__b"}, {"display_name": "x" * 64}, {"header": "x" * 1024}],
)
def test_fields_may_be_as_long_as_their_limit(changes: dict[str, str], crew: Crew) -> None:
    """Mattermost's `Channel.IsValid`."""
    assert create(crew, crew.leo, **changes).status == 201


@pytest.mark.parametrize("changes", [{"team_id": "junk"}, {"team_id": None}, {"name": 7}, {"header": []}])
def test_a_field_of_another_type_is_a_bad_body(changes: dict[str, Any], crew: Crew) -> None:
    """Contract 1.1."""
    assert refused(create(crew, crew.leo, **changes)) == BAD_BODY


def test_direct_channels_are_made_elsewhere(crew: Crew) -> None:
    """Mattermost's id."""
    answer = create(crew, crew.leo, type="D")
    assert refused(answer) == (400, "api.channel.create_channel.direct_channel.app_error")


# --- direct channels ----------------------------------------------------------------------------------------------


def direct(session: str, *user_ids: Any) -> Answer:
    """The direct channel of two people."""
    return api("POST", "/channels/direct", session, list(user_ids))


def test_two_people_have_one_direct_channel_whoever_asks_first(crew: Crew) -> None:
    """Contract 2.13: 201 each time."""
    leo, ana = crew.world.leo.user_id, crew.world.ana.user_id
    first, second = direct(crew.leo, leo, ana), direct(crew.ana, ana, leo)
    assert (first.status, second.status) == (201, 201)
    assert first.json == second.json
    assert (first.json["type"], first.json["team_id"], first.json["display_name"]) == ("D", "", "")
    assert first.json["name"] == "__".join(sorted((leo, ana)))
    members = api("GET", f"/channels/{first.json['id']}/members", crew.ana).json
    assert {row["user_id"] for row in members} == {leo, ana}


def test_one_may_talk_to_oneself(crew: Crew) -> None:
    """As in Mattermost."""
    leo = crew.world.leo.user_id
    channel = direct(crew.leo, leo, leo).json
    assert channel["name"] == f"{leo}__{leo}"
    assert write(crew.leo, channel["id"]).status == 201


def test_nobody_makes_other_peoples_channels(crew: Crew) -> None:
    """System Admins neither."""
    assert refused(direct(crew.maya, crew.world.leo.user_id, crew.world.ana.user_id)) == FORBIDDEN


def test_nobody_talks_to_nobody(crew: Crew) -> None:
    """Mattermost's id."""
    answer = direct(crew.leo, crew.world.leo.user_id, unknown())
    assert refused(answer) == (400, "api.channel.create_direct_channel.invalid_user.app_error")


@pytest.mark.parametrize("user_ids", [[], ["junk"], ["junk", "junk"], [7, 8], ["y" * 26] * 3, ["\ud800", "x"]])
def test_a_direct_channel_is_of_two_ids(user_ids: list[Any], crew: Crew) -> None:
    """Contract 1.1."""
    assert refused(direct(crew.leo, *user_ids)) == BAD_BODY


def test_a_direct_channel_has_a_header_and_nothing_else_to_change(crew: Crew) -> None:
    """It cannot be renamed, archived or restored, by whoever is in it."""
    channel_id = crew.direct(crew.world.leo, crew.world.ana)
    assert patch(crew.ana, channel_id, header="Us").json["header"] == "Us"
    assert refused(patch(crew.ana, channel_id, display_name="Us")) == FORBIDDEN
    assert refused(archive(crew.ana, channel_id)) == (400, "api.channel.delete_channel.type.invalid")
    assert refused(archive(crew.maya, channel_id)) == FORBIDDEN


# --- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("leo", 200), ("ana", 200), ("maya", 200), ("kim", 403)])
def test_a_public_channel_is_read_by_its_team(who: str, status: int, crew: Crew) -> None:
    """And by System Admins; Ana is not in it."""
    session = crew.person()[1] if who == "kim" else getattr(crew, who)
    answer = api("GET", f"/channels/{crew.public}", session)
    assert answer.status == status
    if status == 403:
        assert refused(answer) == FORBIDDEN


def test_a_system_admin_is_nobody_in_a_private_channel(crew: Crew) -> None:
    """A difference from Mattermost that is meant."""
    assert refused(api("GET", f"/channels/{crew.leos}", crew.maya)) == FORBIDDEN
    direct_id = crew.direct(crew.world.leo, crew.world.ana)
    assert refused(api("GET", f"/channels/{direct_id}", crew.maya)) == FORBIDDEN


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PUT", ""), ("PUT", "/patch"), ("DELETE", ""), ("POST", "/restore"), ("GET", "/stats")],
)
def test_an_unknown_channel_is_not_found(method: str, path: str, crew: Crew) -> None:
    """Mattermost's ids."""
    channel_id = unknown()
    assert refused(api(method, f"/channels/{channel_id}{path}", crew.leo, {"id": channel_id})) == NO_CHANNEL
    assert refused(api(method, f"/channels/junk{path}", crew.leo, {"id": "junk"})) == BAD_URL


def test_the_statistics_count_the_people(crew: Crew) -> None:
    """Mattermost's ChannelStats."""
    stats = api("GET", f"/channels/{crew.square}/stats", crew.ana).json
    assert stats == {
        "channel_id": crew.square,
        "member_count": 2,
        "guest_count": 0,
        "pinnedpost_count": 0,
        "files_count": 0,
    }


# --- changing -----------------------------------------------------------------------------------------------------


def test_a_patch_changes_what_it_names(crew: Crew) -> None:
    """Who made it looks after it."""
    crew.world.clock.shift(5)
    answer = patch(crew.leo, crew.public, display_name="Big Plans", purpose="All of them")
    assert (answer.status, answer.json["display_name"], answer.json["purpose"]) == (200, "Big Plans", "All of them")
    assert (answer.json["name"], answer.json["update_at"]) == ("plans", crew.world.now)
    assert answer.json == api("GET", f"/channels/{crew.public}", crew.leo).json


def test_another_name_frees_the_old_one(crew: Crew) -> None:
    """DESIGN section 2, `names`."""
    assert patch(crew.leo, crew.public, name="schemes").json["name"] == "schemes"
    assert crew.world.find(channel_name_key(crew.team, "plans")) is None
    assert crew.world.row(channel_name_key(crew.team, "schemes")).owner_id == crew.public
    assert create(crew, crew.ana, name="plans").status == 201


def test_another_name_has_to_be_free(crew: Crew) -> None:
    """DESIGN section 2, `names`; nothing is changed."""
    assert refused(patch(crew.leo, crew.public, name="anas", header="New")) == TAKEN_AT_UPDATE
    assert crew.channel_row(crew.public).header == ""


def test_an_update_blanks_header_and_purpose_and_keeps_names(crew: Crew) -> None:
    """Mattermost's `PUT /channels/{id}`."""
    patch(crew.leo, crew.public, header="Ahoy", purpose="Steering")
    answer = api("PUT", f"/channels/{crew.public}", crew.leo, {"id": crew.public, "header": "New"})
    assert (answer.json["header"], answer.json["purpose"]) == ("New", "")
    assert (answer.json["name"], answer.json["display_name"]) == ("plans", "Plans")


@pytest.mark.parametrize("channel_id", [None, "", "junk"])
def test_the_id_of_an_update_has_to_be_the_paths(channel_id: str | None, crew: Crew) -> None:
    """Contract 1.1."""
    assert refused(api("PUT", f"/channels/{crew.public}", crew.leo, {"id": channel_id})) == BAD_BODY


def test_whoever_is_in_a_channel_sets_its_header_and_no_name(crew: Crew) -> None:
    """Names are for who looks after it."""
    assert refused(patch(crew.ana, crew.public, header="Ahoy")) == FORBIDDEN
    crew.join(crew.public, crew.world.ana)
    assert patch(crew.ana, crew.public, header="Ahoy").json["header"] == "Ahoy"
    assert refused(patch(crew.ana, crew.public, display_name="Mine")) == FORBIDDEN
    assert refused(patch(crew.ana, crew.public, name="mine")) == FORBIDDEN


@pytest.mark.parametrize(
    ("who", "place", "allowed"),
    [
        ("leo", "anas", False),  # a team admin, but not in it
        ("maya", "anas", False),
        ("maya", "public", True),
        ("ana", "public", False),
        ("ana", "anas", True),
    ],
)
@pytest.mark.parametrize("change", ["rename", "archive", "restore"])
def test_who_looks_after_a_channel(who: str, place: str, change: str, crew: Crew, *, allowed: bool) -> None:
    """Its creator; team admins and System Admins public ones, and private ones they are in."""
    channel_id, session = getattr(crew, place), getattr(crew, who)
    if change == "restore":
        crew.archive(channel_id)
    acts = {
        "rename": lambda: patch(session, channel_id, display_name="X"),
        "archive": lambda: archive(session, channel_id),
    }
    answer = acts.get(change, lambda: restore(session, channel_id))()
    assert answer.status == (200 if allowed else 403)
    if not allowed:
        assert refused(answer) == FORBIDDEN


def test_a_team_admin_looks_after_private_channels_they_are_in(crew: Crew) -> None:
    """Ana adds Leo; what was closed to him is his to manage."""
    crew.join(crew.anas, crew.world.leo)
    assert archive(crew.leo, crew.anas).status == 200


def test_an_archived_channel_is_read_and_not_changed(crew: Crew) -> None:
    """Mattermost's ids; it is in no list any more."""
    assert archive(crew.leo, crew.public).json == {"status": "OK"}
    assert api("GET", f"/channels/{crew.public}", crew.leo).json["delete_at"] == crew.world.now
    assert refused(patch(crew.leo, crew.public, header="x")) == (400, "api.channel.update_channel.deleted.app_error")
    assert refused(archive(crew.leo, crew.public)) == (400, "api.channel.delete_channel.deleted.app_error")
    assert names(api("GET", f"/teams/{crew.team}/channels", crew.leo)) == ["town-square"]


def test_a_restored_channel_is_as_it_was(crew: Crew) -> None:
    """Mattermost's `restore`."""
    archive(crew.leo, crew.public)
    answer = restore(crew.leo, crew.public)
    assert (answer.status, answer.json["delete_at"]) == (200, 0)
    assert write(crew.leo, crew.public).status == 201
    assert refused(restore(crew.leo, crew.public)) == (400, "api.channel.restore_channel.restored.app_error")


def test_town_square_stays(crew: Crew) -> None:
    """It cannot be archived, and keeps its name; how it is called is the team's to say."""
    assert refused(archive(crew.leo, crew.square)) == (400, "api.channel.delete_channel.cannot.app_error")
    assert refused(patch(crew.leo, crew.square, name="x")) == (400, "api.channel.update_channel.tried.app_error")
    assert patch(crew.leo, crew.square, display_name="Deck").json["display_name"] == "Deck"


def test_changes_are_recorded_without_the_name_of_the_channel(crew: Crew) -> None:
    """The audit is for System Admins, who do not learn of private channels."""
    patch(crew.ana, crew.anas, header="x")
    archive(crew.ana, crew.anas)
    restore(crew.ana, crew.anas)
    recorded = [row.action for row in Event.scan() if row.object == crew.anas]
    assert sorted(recorded) == ["channel.archive", "channel.create", "channel.edit", "channel.restore"]


def test_a_row_of_an_older_version_can_be_read_and_changed(crew: Crew) -> None:
    """It has no version, header, purpose or time of change."""
    missing = (Channel.version, Channel.header, Channel.purpose, Channel.updated_at)
    row = crew.channel_row(crew.public)
    write_together(update(row, *(attribute.remove() for attribute in missing), condition=Channel.channel_id.exists()))
    read = api("GET", f"/channels/{crew.public}", crew.leo).json
    assert (read["header"], read["purpose"], read["update_at"]) == ("", "", read["create_at"])
    assert patch(crew.leo, crew.public, header="New").json["header"] == "New"
    assert crew.channel_row(crew.public).version == 1


@pytest.mark.parametrize("body", ["garbage", "[]", "null"])
@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("PUT", "/{id}"), ("PUT", "/{id}/patch")])
def test_garbage_is_a_bad_body(body: str, method: str, path: str, crew: Crew) -> None:
    """Contract 1.1."""
    headers = {"Authorization": f"Bearer {crew.leo}"}
    answer = call(method, f"/api/v4/channels{path.format(id=crew.public)}", data=body, headers=headers)
    assert refused(answer) == BAD_BODY
