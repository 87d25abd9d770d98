"""Teams over the API: make, find, change, delete, search (contract 2.13)."""

from typing import Any

import pytest

from chalicelib.store.audit import Event
from chalicelib.store.places import Team, channel_name_key, in_channel_key, team_key
from chalicelib.store.users import name_key
from chalicelib.store.writing import update, write_together
from tests.browser import Answer, api, call
from tests.crew import BAD_BODY, BAD_URL, FORBIDDEN, NO_TEAM, Crew, names, unknown
from tests.web.api.bodies import refused

NEW = {"name": "night-watch", "display_name": "Night Watch", "type": "O"}
MISSING_NAME = (404, "app.team.get_by_name.missing.app_error")
FIELDS = {
    "id",
    "create_at",
    "update_at",
    "delete_at",
    "display_name",
    "name",
    "description",
    "email",
    "type",
    "company_name",
    "allowed_domains",
    "invite_id",
    "allow_open_invite",
    "scheme_id",
    "group_constrained",
    "policy_id",
}


def create(session: str, **changes: Any) -> Answer:
    """Make a team."""
    return api("POST", "/teams", session, NEW | changes)


def invitation_only(crew: Crew, name: str = "inner-circle") -> str:
    """A team of Leo's that nobody can join by themselves; give its id."""
    return str(create(crew.leo, name=name, type="I").json["id"])


# --- making -------------------------------------------------------------------------------------------------------


def test_anybody_with_an_account_makes_a_team(crew: Crew) -> None:
    """Contract 2.13; Mattermost's default."""
    answer = create(crew.ana, description="After dark")
    assert answer.status == 201
    assert answer.json.keys() == FIELDS
    assert (answer.json["name"], answer.json["display_name"], answer.json["type"]) == (
        "night-watch",
        "Night Watch",
        "O",
    )
    assert (answer.json["description"], answer.json["allow_open_invite"]) == ("After dark", True)
    assert answer.json["create_at"] == answer.json["update_at"] == crew.world.now
    assert answer.json == api("GET", f"/teams/{answer.json['id']}", crew.ana).json


def test_whoever_makes_a_team_looks_after_it_and_its_town_square(crew: Crew) -> None:
    """The creator is the admin of both."""
    team_id = create(crew.ana).json["id"]
    member = api("GET", f"/teams/{team_id}/members/me", crew.ana).json
    square = crew.world.row(channel_name_key(team_id, "town-square")).owner_id
    assert (member["scheme_admin"], member["roles"]) == (True, "team_user team_admin")
    assert crew.world.row(in_channel_key(crew.world.ana.user_id, square)).is_admin
    assert names(api("GET", f"/teams/{team_id}/channels", crew.ana)) == ["town-square"]


@pytest.mark.parametrize("name", ["crew", "night-watch"])
def test_a_name_is_one_teams(name: str, crew: Crew) -> None:
    """DESIGN section 2, `names`."""
    create(crew.leo)
    assert refused(create(crew.ana, name=name)) == (400, "app.team.save.existing.app_error")


def test_the_name_of_a_deleted_team_stays_taken(crew: Crew) -> None:
    """As in Mattermost: links to the old team never lead into a new one."""
    api("DELETE", f"/teams/{crew.team}", crew.leo)
    assert refused(create(crew.ana, name="crew")) == (400, "app.team.save.existing.app_error")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"display_name": ""}, "name"),
        ({"display_name": "x" * 65}, "name"),
        ({"display_name": "a\nb"}, "name"),
        ({"name": "x" * 65}, "url"),
        ({"name": ""}, "characters"),
        ({"name": "a"}, "characters"),
        ({"name": "Upper"}, "characters"),
        ({"name": "-ab"}, "characters"),
        ({"name": "ab-"}, "characters"),
        ({"name": "a b"}, "characters"),
        ({"name": "ä" * 64}, "characters"),
        ({"description": "x" * 256}, "description"),
        ({"type": "X"}, "type"),
    ],
)
def test_a_field_that_cannot_be_has_mattermosts_error(changes: dict[str, str], error: str, crew: Crew) -> None:
    """Mattermost's `Team.IsValid`."""
    assert refused(create(crew.leo, **changes)) == (400, f"model.team.is_valid.{error}.app_error")


@pytest.mark.parametrize("changes", [{"name": "x" * 64}, {"display_name": "x" * 64}, {"description": "x" * 255}])
def test_fields_may_be_as_long_as_their_limit(changes: dict[str, str], crew: Crew) -> None:
    """Mattermost's `Team.IsValid`."""
    assert create(crew.leo, **changes).status == 201


@pytest.mark.parametrize("changes", [{"name": 7}, {"display_name": []}, {"type": 1}, {"allow_open_invite": "yes"}])
def test_a_field_of_another_type_is_a_bad_body(changes: dict[str, Any], crew: Crew) -> None:
    """Contract 1.1."""
    assert refused(create(crew.leo, **changes)) == BAD_BODY


def test_a_name_of_any_length_is_answered(crew: Crew) -> None:
    """DynamoDB takes keys of 2,048 bytes: nothing longer is ever looked up."""
    assert refused(create(crew.leo, name="x" * 5_000)) == (400, "model.team.is_valid.url.app_error")
    assert refused(api("GET", f"/teams/name/{'x' * 5_000}", crew.leo)) == MISSING_NAME


def test_making_a_team_is_recorded(crew: Crew) -> None:
    """DESIGN section 2: changes of state are audited in their own transaction."""
    create(crew.ana)
    [event] = [row for row in Event.scan() if row.action == "team.create" and row.object == "night-watch"]
    assert event.actor_id == crew.world.ana.user_id


# --- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/teams/{id}", "/teams/name/inner-circle"])
@pytest.mark.parametrize(("who", "status"), [("leo", 200), ("maya", 200), ("ana", 403)])
def test_a_team_by_invitation_is_seen_by_who_is_in_it_and_by_system_admins(
    path: str, who: str, status: int, crew: Crew
) -> None:
    """An open one by everybody with an account: that is how one joins."""
    answer = api("GET", path.format(id=invitation_only(crew)), getattr(crew, who))
    assert answer.status == status
    if status == 403:
        assert refused(answer) == FORBIDDEN


@pytest.mark.parametrize("path", ["/teams/{id}", "/teams/name/crew"])
def test_an_open_team_is_seen_by_everybody(path: str, crew: Crew) -> None:
    """Contract 2.13."""
    _, kim = crew.person()
    assert api("GET", path.format(id=crew.team), kim).json["name"] == "crew"


@pytest.mark.parametrize(("name", "who", "there"), [("crew", "ana", True), ("inner-circle", "ana", False)])
@pytest.mark.parametrize("nobodys", [False, True])
def test_whether_a_team_exists_is_told_of_those_one_may_see(
    name: str, who: str, crew: Crew, *, there: bool, nobodys: bool
) -> None:
    """Mattermost's `teams/name/{name}/exists`."""
    invitation_only(crew)
    answer = api("GET", f"/teams/name/{'nobodys' if nobodys else name}/exists", getattr(crew, who))
    assert (answer.status, answer.json) == (200, {"exists": there and not nobodys})


def test_an_unknown_team_is_not_found(crew: Crew) -> None:
    """Mattermost's ids."""
    assert refused(api("GET", f"/teams/{unknown()}", crew.leo)) == NO_TEAM
    assert refused(api("GET", "/teams/name/nobodys", crew.leo)) == MISSING_NAME


def test_a_malformed_id_is_refused(crew: Crew) -> None:
    """Contract 1.1."""
    assert refused(api("GET", "/teams/junk", crew.leo)) == BAD_URL


def test_the_list_is_of_open_teams_and_for_system_admins_of_all(crew: Crew) -> None:
    """Mattermost's `list_public_teams` and `list_private_teams`."""
    invitation_only(crew)
    assert names(api("GET", "/teams", crew.ana)) == ["crew"]
    assert names(api("GET", "/teams", crew.maya)) == ["crew", "inner-circle"]


def test_the_list_comes_in_pages_and_with_a_count(crew: Crew) -> None:
    """Contract 1.1; Mattermost's `include_total_count`."""
    create(crew.leo)
    assert names(api("GET", "/teams?per_page=1&page=1", crew.leo)) == ["night-watch"]
    counted = api("GET", "/teams?per_page=1&include_total_count=true", crew.leo).json
    assert ([team["name"] for team in counted["teams"]], counted["total_count"]) == (["crew"], 2)


@pytest.mark.parametrize(("term", "found"), [("CREW", ["crew"]), ("watch", ["night-watch"]), ("zzz", [])])
def test_a_search_looks_at_both_names_whatever_their_case(term: str, found: list[str], crew: Crew) -> None:
    """Mattermost's `teams/search`."""
    create(crew.leo)
    assert names(api("POST", "/teams/search", crew.ana, {"term": term})) == found


def test_a_search_with_a_page_says_how_many_there_are(crew: Crew) -> None:
    """Mattermost's `teams/search`."""
    create(crew.leo)
    answer = api("POST", "/teams/search", crew.ana, {"term": "", "page": 1, "per_page": 1}).json
    assert ([team["name"] for team in answer["teams"]], answer["total_count"]) == (["night-watch"], 2)


@pytest.mark.parametrize("page", [-1, "1", 10_001, 1.5, True])
def test_a_search_takes_whole_pages_only(page: Any, crew: Crew) -> None:
    """Contract 1.1."""
    assert refused(api("POST", "/teams/search", crew.ana, {"term": "", "page": page})) == BAD_BODY


def test_a_search_does_not_tell_of_teams_by_invitation(crew: Crew) -> None:
    """They are told of to who is in them, and to System Admins."""
    invitation_only(crew)
    assert names(api("POST", "/teams/search", crew.ana, {"term": "inner"})) == []
    assert names(api("POST", "/teams/search", crew.maya, {"term": "inner"})) == ["inner-circle"]


def test_the_statistics_count_the_people(crew: Crew) -> None:
    """Mattermost's TeamStats."""
    stats = api("GET", f"/teams/{crew.team}/stats", crew.ana).json
    assert stats == {"team_id": crew.team, "total_member_count": 2, "active_member_count": 2}
    assert refused(api("GET", f"/teams/{crew.team}/stats", crew.person()[1])) == FORBIDDEN


# --- changing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["leo", "maya"])
def test_a_patch_changes_what_it_names(who: str, crew: Crew) -> None:
    """Team admins and System Admins."""
    crew.world.clock.shift(5)
    answer = api("PUT", f"/teams/{crew.team}/patch", getattr(crew, who), {"description": "On deck"})
    assert (answer.status, answer.json["description"], answer.json["display_name"]) == (200, "On deck", "The Crew")
    assert answer.json["update_at"] == crew.world.now > answer.json["create_at"]
    assert answer.json == api("GET", f"/teams/{crew.team}", crew.ana).json


def test_an_update_replaces_and_keeps_the_name(crew: Crew) -> None:
    """Mattermost's `PUT /teams/{id}`."""
    api("PUT", f"/teams/{crew.team}/patch", crew.leo, {"description": "On deck"})
    body = {"id": crew.team, "display_name": "Hands", "name": "hands"}
    answer = api("PUT", f"/teams/{crew.team}", crew.leo, body)
    assert (answer.json["display_name"], answer.json["description"], answer.json["name"]) == ("Hands", "", "crew")


@pytest.mark.parametrize("team_id", [None, "", "junk"])
def test_the_id_of_an_update_has_to_be_the_paths(team_id: str | None, crew: Crew) -> None:
    """Contract 1.1."""
    body = {"id": team_id, "display_name": "Hands"}
    assert refused(api("PUT", f"/teams/{crew.team}", crew.leo, body)) == BAD_BODY


@pytest.mark.parametrize(("body", "kind"), [({"allow_open_invite": False}, "I"), ({"type": "I"}, "I"), ({}, "O")])
def test_a_team_can_be_closed(body: dict[str, Any], kind: str, crew: Crew) -> None:
    """Mattermost has two words for it."""
    answer = api("PUT", f"/teams/{crew.team}/patch", crew.leo, body)
    assert (answer.json["type"], answer.json["allow_open_invite"]) == (kind, kind == "O")


CHANGES = [("PUT", "/patch"), ("PUT", ""), ("DELETE", "")]


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_a_member_does_not_change_a_team(method: str, path: str, crew: Crew) -> None:
    """Only who looks after it."""
    before = crew.team_row().version
    body = {"id": crew.team, "display_name": "Mine"}
    assert refused(api(method, f"/teams/{crew.team}{path}", crew.ana, body)) == FORBIDDEN
    assert crew.team_row().version == before


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_an_unknown_team_is_not_changed(method: str, path: str, crew: Crew) -> None:
    """Mattermost's id."""
    team_id = unknown()
    body = {"id": team_id, "display_name": "Mine"}
    assert refused(api(method, f"/teams/{team_id}{path}", crew.maya, body)) == NO_TEAM


def test_a_field_that_cannot_be_changes_nothing(crew: Crew) -> None:
    """A failed write changes nothing."""
    answer = api("PUT", f"/teams/{crew.team}/patch", crew.leo, {"display_name": "x" * 65, "description": "new"})
    assert refused(answer) == (400, "model.team.is_valid.name.app_error")
    assert crew.team_row().description == ""


def test_a_deleted_team_is_in_no_list_and_cannot_be_changed(crew: Crew) -> None:
    """Soft: who was in it still sees that it was there."""
    answer = api("DELETE", f"/teams/{crew.team}", crew.leo)
    assert (answer.status, answer.json) == (200, {"status": "OK"})
    assert names(api("GET", "/teams", crew.maya)) == []
    assert names(api("GET", "/users/me/teams", crew.ana)) == []
    assert api("GET", f"/teams/{crew.team}", crew.ana).json["delete_at"] == crew.world.now
    assert refused(api("PUT", f"/teams/{crew.team}/patch", crew.leo, {})) == NO_TEAM
    assert refused(api("DELETE", f"/teams/{crew.team}", crew.leo)) == NO_TEAM


def test_changes_are_recorded(crew: Crew) -> None:
    """DESIGN section 2."""
    api("PUT", f"/teams/{crew.team}/patch", crew.leo, {"description": "On deck"})
    api("DELETE", f"/teams/{crew.team}", crew.leo)
    recorded = [row.action for row in Event.scan() if row.object == "crew" and row.actor_id == crew.world.leo.user_id]
    assert sorted(recorded) == ["team.create", "team.delete", "team.edit"]


def test_a_row_of_an_older_version_can_be_read_and_changed(crew: Crew) -> None:
    """It has no version, description, kind, time of change or place in the list."""
    missing = (Team.version, Team.description, Team.kind, Team.updated_at, Team.listed)
    row = crew.team_row()
    write_together(update(row, *(attribute.remove() for attribute in missing), condition=Team.team_id.exists()))
    read = api("GET", f"/teams/{crew.team}", crew.ana).json
    assert (read["type"], read["description"], read["update_at"]) == ("O", "", read["create_at"])
    assert api("PUT", f"/teams/{crew.team}/patch", crew.leo, {"description": "New"}).status == 200
    assert crew.world.row(team_key(crew.team)).version == 1
    assert names(api("GET", "/teams", crew.ana)) == ["crew"]


@pytest.mark.parametrize("body", ["garbage", "[]", "null", '"x"'])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", ""), ("POST", "/search"), ("PUT", "/{id}"), ("PUT", "/{id}/patch")]
)
def test_garbage_is_a_bad_body(body: str, method: str, path: str, crew: Crew) -> None:
    """Contract 1.1."""
    headers = {"Authorization": f"Bearer {crew.leo}"}
    answer = call(method, f"/api/v4/teams{path.format(id=crew.team)}", data=body, headers=headers)
    assert refused(answer) == BAD_BODY


def test_names_are_found_whatever_their_case(crew: Crew) -> None:
    """`names` folds case; so does the address."""
    assert api("GET", "/teams/name/CREW", crew.ana).json["id"] == crew.team
    assert crew.world.find(name_key("t", "crew")) is not None
