"""Editing an application (ux 6.6; issue 2 item 4)."""

import pytest

from chalicelib.store.clients import Client
from tests.browser import Browser
from tests.make import CALLBACK, SECOND_CALLBACK, App, World
from tests.web.app_forms import BASE, edit, fields


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


def stored(world: World, client_id: str) -> Client:
    """An application as it is."""
    return world.client(client_id)


def test_the_edit_form_is_filled_in(maya: Browser, world: World) -> None:
    """Ux 6.6; where it runs cannot be changed."""
    app = world.app(trusted=True, pkce_exempt=True)
    path = f"{BASE}/{app.client_id}/edit"
    answer = maya.get(path)
    held = fields(answer, path)
    assert held.pop("csrf")
    assert held == {
        "version": "1",
        "is_trusted": "true",
        "name": "Standup Notes",
        "description": "Collects daily updates and posts one summary.",
        "homepage": "https://standup.example.net",
        "icon_url": "",
        "callback_urls": f"{CALLBACK}\n{SECOND_CALLBACK}",
        "pkce_exempt": "true",
        "permissions": "everything",
        "sign_out_urls": "",
    }
    assert "On a server, with a client secret (cannot be changed)" in answer.page.text


def test_saving_an_edit_says_what_changed(maya: Browser, world: World) -> None:
    """Ux 6.6: "Saved. 2 things changed: Homepage, Callback URLs."."""
    app = world.app()
    answer = edit(
        maya, app.client_id, homepage="https://new.example.net", callback_urls=f"{CALLBACK}\n{SECOND_CALLBACK}x"
    )
    assert (answer.status, answer.goes_to) == (303, f"{BASE}/{app.client_id}/credentials")
    text = maya.get(answer.goes_to).page.text
    assert "Saved. 2 things changed: Homepage, Callback URLs." in text
    assert "A callback URL was removed: people who start from it will see an error." in text
    assert stored(world, app.client_id).client_uri == "https://new.example.net"


def test_saving_without_a_change_says_so(maya: Browser, world: World) -> None:
    """Ux 6.15's rule, here too; nothing is written."""
    app = world.app()
    assert "Nothing changed." in maya.get(edit(maya, app.client_id).goes_to).page.text
    assert stored(world, app.client_id).version == 1


def test_an_edit_changes_neither_secret_nor_kind(maya: Browser, world: World) -> None:
    """Contract 1.2: it cannot be changed afterwards."""
    app = world.app()
    before = stored(world, app.client_id).secret
    edit(maya, app.client_id, client_type="device", name="Other")
    after = stored(world, app.client_id)
    assert (after.client_name, after.public, after.secret) == ("Other", False, before)


def test_an_edit_keeps_what_the_api_set(maya: Browser, world: World) -> None:
    """Contract 1.2: `mattermost_app_id` has no field on the page."""
    app = world.app(mattermost_app_id="abc")
    edit(maya, app.client_id, name="Other")
    assert stored(world, app.client_id).mattermost_app_id == "abc"


def test_a_conflict_keeps_what_was_typed_and_the_next_save_replaces(maya: Browser, world: World) -> None:
    """Ux 6.6, conflict."""
    app = world.app()
    path = f"{BASE}/{app.client_id}/edit"
    form = maya.get(path)
    edit(Browser().holding(world.session(world.maya)), app.client_id, name="Theirs")
    answer = maya.submit(form, path, name="Mine")
    assert answer.status == 409
    assert "Somebody else changed this application in the meantime." in answer.page.text
    assert fields(answer, path)["name"] == "Mine"
    assert stored(world, app.client_id).client_name == "Theirs"
    assert maya.submit(answer, path).status == 303
    assert stored(world, app.client_id).client_name == "Mine"


def test_an_edit_with_problems_keeps_typing(maya: Browser, world: World) -> None:
    """Ux 2."""
    app = world.app()
    answer = edit(maya, app.client_id, name="", description="Changed", homepage="nonsense")
    path = f"{BASE}/{app.client_id}/edit"
    assert answer.status == 422
    assert "Fix 2 things:" in answer.page.text
    assert (fields(answer, path)["description"], fields(answer, path)["homepage"]) == ("Changed", "nonsense")
    assert stored(world, app.client_id).version == 1


def test_an_http_callback_off_this_machine_is_warned_about(maya: Browser, world: World) -> None:
    """Ux 6.6, field 6: accepted, as the seed says, with a warning."""
    app: App = world.app(redirect_uris=["http://standup.example.net/callback", "http://localhost:1/callback"])
    text = maya.get(f"{BASE}/{app.client_id}/edit").page.text
    assert "http://standup.example.net/callback is not encrypted." in text
    assert "http://localhost:1/callback is not encrypted." not in text
