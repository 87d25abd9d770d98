"""Attack 15: what lists show is read from rows, so that an index of the past shows nothing that is over."""

import pytest

from chalicelib.oauth import resource_servers
from chalicelib.store.resources import resource_key
from chalicelib.workspace import posts
from tests.browser import Browser, api
from tests.crew import Crew, messages
from tests.modes.adverse import StaleIndex
from tests.modes.scene import Scene


@pytest.fixture
def stale() -> StaleIndex:
    """Indexes of the past."""
    return StaleIndex()


def test_an_index_really_is_of_the_past(scene: Scene, stale: StaleIndex) -> None:
    """Without this every test under a stale index might be one under a fresh index."""
    maya = scene.at_browser("maya")
    stale.warm()

    with stale.where_it_ends():
        scene.done("zoe", "POST", "/oauth/apps/" + scene.app.client_id + "/regen_secret")
        scene.world.person("newcomer", "New Comer")
        people = maya.get("/admin/users").page.text
        listed = api("GET", "/oauth/apps", scene.sessions["zoe"])

    assert "Leo Wong" in people
    assert "New Comer" not in people
    assert listed.status == 200
    assert set(stale.answered) >= {"list", "all"}


def test_a_deleted_app_is_in_no_list(scene: Scene, stale: StaleIndex) -> None:
    """Attack 15: the index names it, the row is gone."""
    stale.warm()

    with stale.where_it_ends():
        scene.done("zoe", "DELETE", f"/oauth/apps/{scene.app.client_id}")
        apps = api("GET", "/oauth/apps", scene.sessions["zoe"]).json
        page = scene.at_browser("zoe").get("/integrations/oauth2-apps").page.links
        allowed = api("GET", "/users/me/oauth/apps/authorized", scene.sessions["leo"]).json

    assert scene.app.client_id not in str((apps, page, allowed))
    assert stale.answered


def test_a_revoked_app_is_not_among_the_allowed_ones(scene: Scene, stale: StaleIndex) -> None:
    """Attack 15: what a person allows is listed from the grants themselves."""
    stale.warm()

    with stale.where_it_ends():
        scene.pressed("leo", f"/account/security/oauth2-apps/{scene.app.client_id}/revoke")
        api_list = api("GET", "/users/me/oauth/apps/authorized", scene.sessions["leo"]).json
        page = scene.at_browser("leo").get("/account/security/oauth2-apps").page.text

    assert api_list == []
    assert "Standup Notes" not in page


def test_a_deleted_post_is_opened_by_nobody(crew: Crew, stale: StaleIndex) -> None:
    """Attack 15: by its id and as a thread; the list of its channel is an index, and follows when that does."""
    post = crew.post(crew.public, crew.world.leo, "marker")
    stale.warm()

    with stale.where_it_ends():
        posts.delete_post(crew.post_row(post), crew.world.origin())
        one = api("GET", f"/posts/{post}", crew.leo)
        thread = api("GET", f"/posts/{post}/thread", crew.leo)
        page = Browser().holding(crew.leo).get(f"/channels/{crew.public}/thread/{post}")

    assert (one.status, thread.status, page.status) == (404, 404, 404)


def test_who_left_a_channel_reads_nothing_in_it(crew: Crew, stale: StaleIndex) -> None:
    """Attack 15: membership is read by key."""
    crew.post(crew.leos, crew.world.leo, "marker")
    crew.join(crew.leos, crew.world.ana)
    assert messages(api("GET", f"/channels/{crew.leos}/posts", crew.ana)) == ["marker"]
    stale.warm()

    with stale.where_it_ends():
        assert api("DELETE", f"/channels/{crew.leos}/members/{crew.world.ana.user_id}", crew.leo).status == 200
        over_the_api = api("GET", f"/channels/{crew.leos}/posts", crew.ana)
        page = Browser().holding(crew.ana).get(f"/channels/{crew.leos}")

    assert over_the_api.status in {403, 404}
    assert page.status in {403, 404}
    assert "marker" not in page.text


def test_the_last_admin_stays_whatever_a_list_says(scene: Scene, stale: StaleIndex) -> None:
    """Attack 15: who administers is one row, and no count of an index."""
    member = {"roles": "system_user"}
    stale.warm()

    with stale.where_it_ends():
        scene.done("zoe", "PUT", f"/users/{scene.world.maya.user_id}/roles", member)
        last = api("PUT", f"/users/{scene.zoe.user_id}/roles", scene.sessions["zoe"], member)

    assert last.status == 400
    assert scene.world.user(scene.zoe.user_id).is_admin


def test_a_name_that_was_taken_a_moment_ago_is_taken(scene: Scene, stale: StaleIndex) -> None:
    """Attack 15: names are rows of their own, and no look-up in an index."""
    stale.warm()

    with stale.where_it_ends():
        scene.world.person("robin", "Robin Doe")
        body = {"username": "robin", "email": "another@example.com", "password": "otter-lamp-river-42"}
        again = api("POST", "/users", scene.sessions["zoe"], body)

    assert (again.status, again.json["id"]) == (400, "app.user.save.username_exists.app_error")


def test_a_resource_that_was_deleted_gets_no_token(scene: Scene, stale: StaleIndex) -> None:
    """Attack 15: the resource of a request is read by key."""
    resource = scene.world.row(resource_key(scene.calendar.redirect_uri))
    client = scene.world.client(scene.calendar.client_id)
    stale.warm()

    with stale.where_it_ends():
        resource_servers.delete(resource, client, scene.world.origin())
        answer = scene.at_browser("leo").authorize(scene.app, resource=scene.calendar.redirect_uri)

    assert answer.answer["error"] == "invalid_target"
