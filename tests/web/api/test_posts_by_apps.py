"""Teams, channels and posts by OAuth token: scopes, the APP mark, another name and picture (contract 2.14, 3.13)."""

from typing import Any

import pytest

from tests.browser import api
from tests.crew import FORBIDDEN, Crew, token, write
from tests.make import App
from tests.web.api.bodies import refused

DRESSED = {"from_webhook": "true", "override_username": "Standup Bot", "override_icon_url": "https://x.example/i.png"}


@pytest.fixture
def app(crew: Crew) -> App:
    """An application that may do everything its people allow."""
    return crew.world.app()


def test_what_an_application_posts_carries_its_mark(app: App, crew: Crew) -> None:
    """Contract 2.14: the server says so; id and name are kept as they were then."""
    answer = write(token(app, crew.leo), crew.public, props={"a": 1})
    assert (answer.status, answer.json["props"]) == (201, {"a": 1, "from_oauth_app": "true"})
    assert answer.json["user_id"] == crew.world.leo.user_id
    row = crew.post_row(answer.json["id"])
    assert (row.client_id, row.client_name) == (app.client_id, "Standup Notes")


@pytest.mark.parametrize("claimed", ["true", "false", None, 7])
def test_people_cannot_claim_the_mark_and_applications_cannot_drop_it(claimed: Any, app: App, crew: Crew) -> None:
    """Contract 2.14."""
    props = {"from_oauth_app": claimed}
    assert write(crew.leo, crew.public, props=props).json["props"] == {}
    assert write(token(app, crew.leo), crew.public, props=props).json["props"] == {"from_oauth_app": "true"}


def test_what_people_post_names_no_application(crew: Crew) -> None:
    """Null for people."""
    row = crew.post_row(write(crew.leo, crew.public).json["id"])
    assert {"client_id", "client_name"} & row.attribute_values.keys() == set()


@pytest.mark.parametrize("who", ["leo", "app"])
def test_an_edition_keeps_the_mark(who: str, app: App, crew: Crew) -> None:
    """Whoever makes it."""
    access = token(app, crew.leo)
    post = write(access, crew.public).json["id"]
    answer = api("PUT", f"/posts/{post}/patch", access if who == "app" else crew.leo, {"message": "x", "props": {}})
    assert answer.json["props"] == {"from_oauth_app": "true"}


def test_what_an_application_edits_carries_its_mark_from_then_on(app: App, crew: Crew) -> None:
    """Issue 3: whatever an application says in somebody's name says so, also in a post that person began."""
    post = write(crew.leo, crew.public).json["id"]

    answer = api("PUT", f"/posts/{post}/patch", token(app, crew.leo), {"message": "in your name"})

    assert answer.json["props"] == {"from_oauth_app": "true"}
    row = crew.post_row(post)
    assert (row.client_id, row.client_name) == (app.client_id, "Standup Notes")


@pytest.mark.parametrize("scope", [None, "user", "posts:write posts:write.customize"])
def test_another_name_and_picture_are_kept_as_sent(scope: str | None, app: App, crew: Crew) -> None:
    """Contract 2.14: whatever the settings say; readers decide what they show."""
    answer = write(token(app, crew.leo, scope), crew.public, props=DRESSED)
    assert (answer.status, answer.json["props"]) == (201, DRESSED | {"from_oauth_app": "true"})


@pytest.mark.parametrize("name", ["override_username", "override_icon_url", "override_icon_emoji"])
def test_another_name_or_picture_needs_a_scope_of_its_own(name: str, app: App, crew: Crew) -> None:
    """RFC 6750 section 3.1: the refusal names it."""
    access = token(app, crew.leo, "posts:write")
    answer = write(access, crew.public, props={name: "x"})
    assert refused(answer) == FORBIDDEN
    assert answer.json["error"] == "insufficient_scope"
    assert "posts:write.customize" in answer.headers["WWW-Authenticate"]
    assert write(access, crew.public, props={"other": "x"}).status == 201


def test_an_edition_that_changes_no_name_needs_no_such_scope(app: App, crew: Crew) -> None:
    """Clients send all props back; what was allowed then may stay."""
    post = write(crew.leo, crew.public, props=DRESSED).json["id"]
    access = token(app, crew.leo, "posts:write")
    path = f"/posts/{post}/patch"
    assert api("PUT", path, access, {"message": "x", "props": DRESSED}).status == 200
    other = DRESSED | {"override_username": "Maya"}
    assert refused(api("PUT", path, access, {"props": other})) == FORBIDDEN


# Every read and its scope; `{...}` is what the crew calls it.
SCOPED = [
    ("teams:read", "GET", "/teams", None),
    ("teams:read", "POST", "/teams/search", {"term": ""}),
    ("teams:read", "GET", "/teams/{team}", None),
    ("teams:read", "GET", "/teams/name/crew", None),
    ("teams:read", "GET", "/teams/name/crew/exists", None),
    ("teams:read", "GET", "/teams/{team}/members", None),
    ("teams:read", "GET", "/teams/{team}/members/me", None),
    ("teams:read", "GET", "/teams/{team}/stats", None),
    ("teams:read", "GET", "/users/me/teams", None),
    ("teams:read", "GET", "/users/me/teams/members", None),
    ("channels:read", "GET", "/channels/{public}", None),
    ("channels:read", "GET", "/channels/{public}/stats", None),
    ("channels:read", "GET", "/channels/{public}/members", None),
    ("channels:read", "GET", "/channels/{public}/members/me", None),
    ("channels:read", "GET", "/teams/{team}/channels", None),
    ("channels:read", "POST", "/teams/{team}/channels/search", {"term": ""}),
    ("channels:read", "GET", "/teams/{team}/channels/name/plans", None),
    ("channels:read", "GET", "/teams/name/crew/channels/name/plans", None),
    ("channels:read", "GET", "/users/me/channels", None),
    ("channels:read", "GET", "/users/me/teams/{team}/channels", None),
    ("channels:read", "GET", "/users/me/teams/{team}/channels/members", None),
    ("channels:read", "POST", "/channels/members/me/view", {}),
    ("posts:read", "GET", "/channels/{public}/posts", None),
    ("posts:read", "GET", "/posts/{post}", None),
    ("posts:read", "GET", "/posts/{post}/thread", None),
    ("posts:write", "POST", "/posts", {"channel_id": "{public}", "message": "x"}),
    ("posts:write", "PUT", "/posts/{post}", {"id": "{post}", "message": "x"}),
    ("posts:write", "PUT", "/posts/{post}/patch", {"message": "x"}),
    ("posts:write", "DELETE", "/posts/{post}", None),
]
OTHERS = {
    "teams:read": "users:read channels:read posts:read posts:write",
    "channels:read": "users:read teams:read posts:read posts:write",
    "posts:read": "users:read teams:read channels:read posts:write",
    "posts:write": "users:read teams:read channels:read posts:read posts:write.customize",
}
CHANGES = [
    ("POST", "/teams", {"name": "other", "display_name": "Other", "type": "O"}),
    ("PUT", "/teams/{team}", {"id": "{team}", "display_name": "X"}),
    ("PUT", "/teams/{team}/patch", {"description": "x"}),
    ("DELETE", "/teams/{team}", None),
    ("POST", "/teams/{team}/members", {"user_id": "{maya_id}"}),
    ("DELETE", "/teams/{team}/members/{ana_id}", None),
    ("POST", "/channels", {"team_id": "{team}", "name": "other", "display_name": "Other", "type": "P"}),
    ("POST", "/channels/direct", ["{leo_id}", "{ana_id}"]),
    ("PUT", "/channels/{public}", {"id": "{public}"}),
    ("PUT", "/channels/{public}/patch", {"header": "x"}),
    ("DELETE", "/channels/{public}", None),
    ("POST", "/channels/{archived}/restore", None),
    ("POST", "/channels/{public}/members", {"user_id": "{ana_id}"}),
    ("DELETE", "/channels/{public}/members/me", None),
]


class Words:
    """What the tables above call things, made when they are first needed."""

    def __init__(self, crew: Crew) -> None:
        self.values = {name: getattr(crew, name) for name in ("team", "public", "leos", "anas")}
        people = (crew.world.maya, crew.world.leo, crew.world.ana)
        self.values |= {f"{user.username}_id": user.user_id for user in people}
        self.values["post"] = crew.post(crew.public, crew.world.leo)
        self.values["archived"] = crew.channel("old", "O", crew.world.leo)
        crew.archive(self.values["archived"])

    def fill(self, value: Any) -> Any:
        """Put ids where the names are."""
        if isinstance(value, str):
            return value.format(**self.values)
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        return {name: self.fill(item) for name, item in value.items()} if value is not None else None


@pytest.mark.parametrize(("scope", "method", "path", "body"), SCOPED)
def test_a_call_needs_its_scope_and_no_more(
    scope: str, method: str, path: str, body: Any, app: App, crew: Crew
) -> None:
    """DESIGN section 4: scopes are enforced; a token without it hears which it was."""
    words = Words(crew)
    other = api(method, words.fill(path), token(app, crew.leo, OTHERS[scope]), words.fill(body))
    assert refused(other) == FORBIDDEN
    assert (other.json["error"], scope in other.headers["WWW-Authenticate"]) == ("insufficient_scope", True)
    assert api(method, words.fill(path), token(app, crew.leo, scope), words.fill(body)).status in {200, 201}


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_changing_teams_channels_and_membership_needs_everything(
    method: str, path: str, body: Any, app: App, crew: Crew
) -> None:
    """Only `user`; the person may do it, so that nothing but the scope refuses."""
    words = Words(crew)
    most = token(app, crew.leo, " ".join([*OTHERS, "users:read", "posts:write.customize"]))
    refusal = api(method, words.fill(path), most, words.fill(body))
    assert refused(refusal) == FORBIDDEN
    assert refusal.json["error"] == "insufficient_scope"
    assert api(method, words.fill(path), token(app, crew.leo), words.fill(body)).status in {200, 201}
