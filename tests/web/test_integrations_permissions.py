"""Which permissions an application may ask for, in its form (ux 6.6, field 8)."""

import re

import pytest

from chalicelib.policy import EVERYTHING, SCOPES
from tests.browser import Answer, Browser, exchange, me
from tests.make import App, World
from tests.web.app_forms import BASE, FILLED, NEW, add, client_id_of, edit, fields

TWO = "posts:read users:read"
MESSAGE = "Choose at least one permission"


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


@pytest.fixture
def leo(world: World, maya: Browser) -> Browser:
    """A member's browser, while members may register applications."""
    world.set(admins_only=False)
    return Browser().holding(world.session(world.leo))


def boxes(answer: Answer) -> dict[str, bool]:
    """The boxes of a form, and whether they are ticked."""
    found = re.findall(r'<input type="checkbox" name="scope" value="(.*?)"(.*?)>', answer.text)
    return {name: "checked" in rest for name, rest in found}


def ticked(answer: Answer) -> list[str]:
    """The boxes that are ticked."""
    return [name for name, on in boxes(answer).items() if on]


@pytest.mark.parametrize("who", ["maya", "leo"])
def test_everything_is_chosen_first_and_every_permission_can_be_ticked(who: str, maya: Browser, leo: Browser) -> None:
    """The seed: an application can do whatever its person may; members see the same choice."""
    answer = {"maya": maya, "leo": leo}[who].get(NEW)
    assert fields(answer, NEW)["permissions"] == "everything"
    assert boxes(answer) == dict.fromkeys(SCOPES.keys() - {EVERYTHING}, False)
    titles = [scope.title for scope in SCOPES.values() if scope.name != EVERYTHING]
    assert [title for title in titles if title not in answer.page.text] == []


def test_boxes_that_are_not_needed_are_hidden_by_the_stylesheet_alone(maya: Browser) -> None:
    """Ux 2: without script both are there; the page holds them either way."""
    answer = maya.get(NEW)
    [sheet] = re.findall(r'href="(/static/app\.[^"]+\.css)"', answer.text)
    rule = 'form:has([name="permissions"][value="everything"]:checked) .chosen-only'
    assert rule in maya.get(sheet).text
    assert '<fieldset class="chosen-only">' in answer.text


def test_only_what_is_ticked_can_be_asked_for(maya: Browser, world: World) -> None:
    """DESIGN section 4: an application with a list."""
    client_id = client_id_of(add(maya, permissions="chosen", scope=TWO))
    assert world.client(client_id).scope == TWO


def test_each_box_is_sent_by_itself(maya: Browser, world: World) -> None:
    """As browsers do: one name, several values."""
    form = fields(maya.get(NEW), NEW) | FILLED | {"permissions": "chosen", "scope": ["users:read", "posts:read"]}
    assert world.client(client_id_of(maya.post(NEW, form))).scope == TWO


def test_boxes_that_were_ticked_before_everything_was_chosen_count_for_nothing(maya: Browser, world: World) -> None:
    """They may be hidden, and browsers send them all the same."""
    client_id = client_id_of(add(maya, permissions="everything", scope=TWO))
    assert world.client(client_id).scope == EVERYTHING


@pytest.mark.parametrize("scope", ["", "user", "nonsense", "posts:read nonsense"])
def test_nothing_ticked_is_said_at_the_field_and_typing_is_kept(scope: str, maya: Browser) -> None:
    """Ux 6.6, message of field 8; "everything" is no box."""
    answer = add(maya, permissions="chosen", scope=scope)
    assert answer.status == 422
    assert answer.page.text.count(MESSAGE) == 2
    assert "#scope" in answer.page.links
    assert 'id="scope" aria-describedby="scope-error"' in answer.text
    assert fields(answer, NEW)["permissions"] == "chosen"
    assert fields(answer, NEW).items() >= FILLED.items()


def test_problems_come_in_the_order_of_the_fields(maya: Browser) -> None:
    """Ux 6.6: all at once, from top to bottom."""
    answer = add(maya, name="", client_type="", permissions="chosen", sign_out_urls="x")
    links = [link for link in answer.page.links if link.startswith("#")]
    assert links == ["#main", "#name", "#client_type", "#scope", "#sign_out_urls"]


def test_a_refused_form_keeps_its_ticks(maya: Browser) -> None:
    """Ux 2: never lose typing."""
    answer = add(maya, permissions="chosen", scope=TWO, name="")
    assert sorted(ticked(answer)) == TWO.split()


def test_edit_shows_what_is_held(maya: Browser, world: World) -> None:
    """Ux 6.6."""
    narrow, wide = world.app(scope=TWO), world.app(name="Other")
    paths = [f"{BASE}/{app.client_id}/edit" for app in (narrow, wide)]
    answers = [maya.get(path) for path in paths]
    held = [fields(answer, path)["permissions"] for answer, path in zip(answers, paths, strict=True)]
    assert held == ["chosen", "everything"]
    assert [sorted(ticked(answer)) for answer in answers] == [TWO.split(), []]


def test_saving_an_edit_says_that_permissions_changed(maya: Browser, world: World) -> None:
    """Ux 6.6: "Saved. 1 thing changed: Permissions."."""
    app = world.app()
    answer = edit(maya, app.client_id, permissions="chosen", scope=TWO)
    assert "Saved. 1 thing changed: Permissions." in maya.get(answer.goes_to).page.text
    assert world.client(app.client_id).scope == TWO
    edit(maya, app.client_id, permissions="everything")
    assert world.client(app.client_id).scope == EVERYTHING


@pytest.mark.parametrize(("scope", "status"), [("posts:read", 403), ("users:read", 200)])
def test_narrowing_acts_at_the_next_call(scope: str, status: int, maya: Browser, app: App, world: World) -> None:
    """DESIGN section 3: token, authorization, grant and the application's list, all at once."""
    tokens = exchange(app, maya.allow(app)).json
    assert me(tokens["access_token"]).status == 200
    edit(maya, app.client_id, permissions="chosen", scope=scope)
    assert me(tokens["access_token"]).status == status


@pytest.fixture
def app(world: World) -> App:
    """An application that may do everything."""
    return world.app()


def test_what_is_not_on_the_list_cannot_be_asked_for(maya: Browser, world: World) -> None:
    """DESIGN section 4: `invalid_scope` for applications with a list."""
    app = world.app(scope=TWO)
    assert maya.authorize(app, scope="posts:write").answer["error"] == "invalid_scope"
    assert "Read the posts you can see" in maya.authorize(app, scope="posts:read").page.text


def test_the_page_that_asks_about_trust_keeps_the_choice(maya: Browser, world: World) -> None:
    """Ux 6.6, field 1: the page in between carries everything."""
    asked = add(maya, is_trusted="true", permissions="chosen", scope=TWO, sign_out_urls="https://a.example/bye")
    assert asked.page.h1 == "Trust Standup Notes?"
    client = world.client(client_id_of(maya.submit(asked, NEW)))
    assert (client.scope, client.trusted, client.sign_out_addresses) == (TWO, True, ["https://a.example/bye"])


def test_a_member_narrows_too(leo: Browser, world: World) -> None:
    """Members see the same."""
    client_id = client_id_of(add(leo, permissions="chosen", scope=TWO))
    edit(leo, client_id, permissions="chosen", scope="posts:read")
    assert world.client(client_id).scope == "posts:read"


# --- sign-out URLs ----------------------------------------------------------------------------------------------


def test_sign_out_urls_are_kept_a_line_each(maya: Browser, world: World) -> None:
    """OpenID Connect RP-Initiated Logout; ux 6.6's rules for lines."""
    client_id = client_id_of(add(maya, sign_out_urls=" https://a.example/bye \r\n\r\nhttps://b.example/bye"))
    assert world.client(client_id).sign_out_addresses == ["https://a.example/bye", "https://b.example/bye"]
    path = f"{BASE}/{client_id}/edit"
    assert fields(maya.get(path), path)["sign_out_urls"] == "https://a.example/bye\nhttps://b.example/bye"
    edit(maya, client_id, sign_out_urls="")
    assert world.client(client_id).sign_out_addresses == []


def test_a_sign_out_url_that_cannot_be_one_is_said_at_the_field(maya: Browser) -> None:
    """The rules of callback URLs, and the line."""
    answer = add(maya, sign_out_urls="https://a.example/bye\njavascript:alert(1)")
    assert answer.status == 422
    assert answer.page.text.count("Sign-out URLs, line 2: start with https:// or http://") == 2
    assert "#sign_out_urls" in answer.page.links
