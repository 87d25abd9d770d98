"""System Console > Resource servers (RFC 8707, RFC 9728; checklist 9068-4)."""

import re

import pytest

from chalicelib import config
from chalicelib.credentials import fingerprint
from chalicelib.store.audit import Event
from chalicelib.store.clients import Client
from chalicelib.store.resources import Resource, hash_of, resource_key
from chalicelib.web.console.resource import metadata_address
from tests.browser import Answer, Browser, call, exchange
from tests.faults import counted
from tests.make import CALENDAR, App, World
from tests.web.app_forms import fields

PATH = "/admin/resource-servers"
NEW = f"{PATH}/new"
OWN = f"{PATH}/{hash_of(CALENDAR)}"
FILLED = {
    "identifier": CALENDAR,
    "name": "Calendar",
    "scopes": "calendar:read See your calendar\r\n\r\n calendar:write  Change your calendar ",
    "token_lifetime": "5",
}
MINUTE = 60


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


@pytest.fixture
def calendar(world: World) -> App:
    """An API that is registered already."""
    return world.resource()


def add(browser: Browser, **filled: str) -> Answer:
    """Fill the form in and save it."""
    return browser.submit(browser.get(NEW), NEW, **(FILLED | filled))


def edit(browser: Browser, **filled: str) -> Answer:
    """Change the form of the calendar and save it."""
    return browser.submit(browser.get(f"{OWN}/edit"), f"{OWN}/edit", **filled)


def press(browser: Browser, page: str) -> Answer:
    """Press the button of a page that asks."""
    return browser.submit(browser.get(f"{OWN}/{page}"), f"{OWN}/{page}")


def secret_in(answer: Answer) -> str | None:
    """The client secret a page shows."""
    found = re.search(r"gps_\w+", answer.page.text)
    return found[0] if found else None


def introspected(client: App, token: str) -> Answer:
    """Ask what a token is worth."""
    return call("POST", "/oauth/introspect", data={"token": token}, auth=client.basic)


def events(action: str) -> list[Event]:
    """What was recorded of an action."""
    return [event for event in Event.scan() if event.action == action]


# --- who, and the list ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [PATH, NEW, OWN, *(f"{OWN}/{page}" for page in ("edit", "regenerate", "delete"))])
def test_a_member_sees_none_of_it(path: str, browser: Browser, world: World, calendar: App) -> None:
    """Contract section 4: System Admins only."""
    assert browser.holding(world.session(world.leo)).get(path).status == 403


@pytest.mark.parametrize("page", ["new", "edit", "regenerate", "delete", "saved", "extend"])
def test_a_members_form_is_not_heard(page: str, browser: Browser, world: World, calendar: App) -> None:
    """With everything right but who sends it, and its token."""
    leo = browser.holding(world.session(world.leo))
    path = NEW if page == "new" else f"{OWN}/{page}"
    assert leo.post(path, FILLED | {"client_id": calendar.client_id, "version": "1"}).status == 403
    assert world.row(resource_key(CALENDAR)).version == 1


def test_the_console_leads_there_and_an_empty_list_says_what_it_is_for(maya: Browser) -> None:
    """Ux 4, empty state: what would be here, and one button."""
    assert PATH in maya.get("/admin/integrations/custom").page.links
    page = maya.get(PATH).page
    assert "No resource servers yet." in page.text
    assert NEW in page.links


def test_the_list_shows_each_with_scopes_and_lifetime_oldest_first(maya: Browser, calendar: App, world: World) -> None:
    """The rows themselves: an index has only their keys."""
    world.clock.shift(1)
    world.resource("https://files.example.net", name="Files", token_lifetime=60)
    answer = maya.get(PATH)
    assert re.findall(r"<bdi>(Calendar|Files)</bdi>", answer.text) == ["Calendar", "Files"]
    assert "calendar:read , calendar:write Token lifetime 5 minutes Added 23 Nov 2026" in answer.page.text
    assert "Token lifetime 1 minute Added" in answer.page.text
    assert OWN in answer.page.links


def test_the_list_is_three(maya: Browser, calendar: App) -> None:
    """DESIGN section 9: lists 3."""
    with counted() as calls:
        assert maya.get(PATH).status == 200
    assert calls == ["BatchGetItem", "Query", "BatchGetItem"]


# --- adding -----------------------------------------------------------------------------------------------------


def test_saving_registers_it_with_a_client_for_introspection(maya: Browser, world: World) -> None:
    """DESIGN section 2, resources: scopes of its own, a token lifetime, a client."""
    answer = add(maya)
    assert (answer.status, answer.goes_to) == (303, f"{OWN}?just=registered")
    row = world.row(resource_key(CALENDAR))
    assert (row.name, row.token_lifetime) == ("Calendar", 300)
    assert row.scope_titles == {"calendar:read": "See your calendar", "calendar:write": "Change your calendar"}
    client = world.client(row.client_id)
    assert (client.kind, client.resource, client.creator_id) == ("resource_server", CALENDAR, world.maya.user_id)
    assert [event.object for event in events("resource.register")] == [CALENDAR]


def test_the_page_after_it_hands_over_the_secret_once_and_says_where_to_point_it(maya: Browser, world: World) -> None:
    """Ux 6.7's mechanism; RFC 9728, RFC 8707, 9068-4."""
    shown = maya.get(add(maya).goes_to)
    row = world.row(resource_key(CALENDAR))
    secret, held = secret_in(shown), world.client(row.client_id).secret
    assert secret is not None
    assert held is not None
    assert fingerprint(secret) == held["hash"]
    assert shown.page.h1 == "Calendar is registered"
    here = config.current()
    wanted = [
        row.client_id,
        "It stays here until 23 Nov 2026, 12:10 UTC",
        here.issuer,
        here.url("/oauth/jwks"),
        here.url("/oauth/introspect"),
        here.url("/.well-known/oauth-authorization-server"),
        "learns of a revocation when they end, after 5 minutes at most",
        "examples/resource_servers",
        "calendar:write Change your calendar",
    ]
    assert [each for each in wanted if each not in shown.page.text] == []
    assert "https://calendar.example.net/.well-known/oauth-protected-resource/api" in shown.text.replace("<wbr>", "")


def test_the_secret_that_is_shown_introspects(maya: Browser, world: World) -> None:
    """RFC 7662: what was handed over works."""
    secret = secret_in(maya.get(add(maya).goes_to)) or ""
    client = App(world.row(resource_key(CALENDAR)).client_id, secret, CALENDAR)
    app = world.app()
    tokens = exchange(app, maya.allow(app, resource=CALENDAR)).json
    assert introspected(client, tokens["access_token"]).json["active"] is True


def test_the_page_is_two_reads_and_adding_a_read_and_a_write(maya: Browser, calendar: App) -> None:
    """DESIGN section 9: single objects at most 2."""
    form = maya.get(NEW)
    with counted() as calls:
        assert maya.submit(form, NEW, **FILLED | {"identifier": "urn:example:files"}).status == 303
        assert maya.get(OWN).status == 200
    assert calls == ["BatchGetItem", "TransactWriteItems", "BatchGetItem", "BatchGetItem"]


def test_a_form_sent_twice_registers_once_and_leads_to_the_same_page(maya: Browser, world: World) -> None:
    """Ux 3.6: the identifier is the key; the first press's secret is still there to be saved."""
    form = maya.get(NEW)
    first, second = (maya.submit(form, NEW, **FILLED) for _ in range(2))
    assert (second.status, second.goes_to) == (303, first.goes_to)
    assert len(list(Resource.scan())) == 1
    assert len({client.client_id for client in Client.scan()}) == 1
    assert secret_in(maya.get(second.goes_to)) is not None


@pytest.mark.parametrize("changed", [{}, {"name": "Other"}, {"token_lifetime": "6"}], ids=["same", "name", "lifetime"])
def test_an_identifier_that_is_taken_is_said_at_the_field(
    changed: dict[str, str], maya: Browser, calendar: App, world: World
) -> None:
    """What is there is not written over, and what was typed stays."""
    answer = add(maya, **changed)
    assert answer.status == 422
    assert answer.page.text.count("This identifier is registered already, as Calendar") == 2
    assert fields(answer, NEW)["identifier"] == CALENDAR
    assert world.row(resource_key(CALENDAR)).client_id == calendar.client_id


def test_what_differs_from_what_was_just_registered_is_no_second_press(maya: Browser, world: World) -> None:
    """Somebody who means another API under the same identifier is told."""
    add(maya)
    assert "This identifier is registered already" in add(maya, name="Other").page.text
    assert world.row(resource_key(CALENDAR)).name == "Calendar"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("identifier", "", "Enter the identifier, the address clients use"),
        ("identifier", "calendar", "Identifier: enter a full address like https://calendar.example.net/api"),
        ("identifier", f"{CALENDAR}#x", "Identifier: remove everything from # on"),
        pytest.param(
            "identifier", config.current().url("/api/v4"), "Identifier: use the address of another API", id="our own"
        ),
        ("identifier", "ftp://calendar.example.net", "Identifier: use the address of another API"),
        ("name", "", "Enter a name"),
        ("name", "n" * 65, "Use at most 64 ordinary characters as the name"),
        ("name", "Cal\u200bendar", "Use at most 64 ordinary characters as the name"),
        ("scopes", "", "Enter at least one scope"),
        pytest.param("scopes", "\n".join(f"s{n} Say s" for n in range(21)), "Use at most 20 scopes", id="21 scopes"),
        pytest.param("scopes", f"a {'A' * 121}", "Scopes, line 1: say after the name", id="a long sentence"),
        ("scopes", "a A\u202eB", "Scopes, line 1: say after the name what people are told, in one sentence"),
        ("scopes", "calendar:read", "Scopes, line 1: say after the name what people are told, in one sentence"),
        ("scopes", "a A\nb/c B", "Scopes, line 2: begin with a name of letters, digits, . _ : and -"),
        ("scopes", "openid Sign in", "Scopes, line 1: begin with a name of letters, digits, . _ : and -"),
        ("scopes", "a A\na B", "Scopes, line 2: this name is there twice"),
        ("token_lifetime", "0", "Enter a token lifetime of 1 to 15 minutes"),
        ("token_lifetime", "16", "Enter a token lifetime of 1 to 15 minutes"),
        ("token_lifetime", "-1", "Enter a token lifetime of 1 to 15 minutes"),
        ("token_lifetime", "5.5", "Enter a token lifetime of 1 to 15 minutes"),
        ("token_lifetime", "five", "Enter a token lifetime of 1 to 15 minutes"),
    ],
)
def test_a_message_says_what_to_do_and_typing_is_kept(field: str, value: str, message: str, maya: Browser) -> None:
    """Ux 2 and 7: the same sentence in the summary and at the field; nothing is registered."""
    answer = add(maya, **{field: value})
    assert answer.status == 422
    assert answer.page.title.startswith("Error: Add resource server")
    assert answer.page.text.count(message) >= 2
    assert fields(answer, NEW)[field] == value
    assert list(Resource.scan()) == []


def test_an_empty_form_lists_every_problem_at_once(maya: Browser) -> None:
    """Ux 10, A6."""
    answer = add(maya, identifier="", name="", scopes="", token_lifetime="")
    assert "Nothing was saved yet. Fix 4 things:" in answer.page.text
    links = [link for link in answer.page.links if link.startswith("#")]
    assert links == ["#main", "#identifier", "#name", "#scopes", "#token_lifetime"]


# --- the secret -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "there"), [(10 * MINUTE - 1, True), (10 * MINUTE, False)])
def test_the_secret_survives_a_reload_for_ten_minutes(seconds: int, there: bool, maya: Browser, world: World) -> None:
    """Ux 10, A10; then only its end is shown."""
    shown = maya.get(add(maya).goes_to)
    world.clock.shift(seconds)
    again = maya.get(OWN)
    assert secret_in(again) == (secret_in(shown) if there else None)
    assert ("ends in" in again.page.text) is not there


def test_saved_forgets_it(maya: Browser) -> None:
    """Ux 6.7: gone after "I have saved it, continue"."""
    answer = maya.submit(maya.get(add(maya).goes_to), f"{OWN}/saved")
    assert (answer.status, answer.goes_to) == (303, OWN)
    page = maya.get(OWN)
    assert secret_in(page) is None
    assert page.page.h1 == "Calendar"


def test_it_can_be_kept_ten_minutes_longer_once(maya: Browser, world: World) -> None:
    """Ux 3.4, timing."""
    shown = maya.get(add(maya).goes_to)
    world.clock.shift(5 * MINUTE)
    maya.submit(shown, f"{OWN}/extend")
    world.clock.shift(10 * MINUTE - 1)
    later = maya.get(OWN)
    assert secret_in(later) == secret_in(shown)
    assert "Keep it 10 more minutes" not in later.page.text
    again = maya.submit(shown, f"{OWN}/extend")
    assert "The time was extended before, or is over." in maya.get(again.goes_to).page.text


def test_another_session_never_sees_it(maya: Browser, world: World) -> None:
    """It is sealed for the browser that registered."""
    add(maya)
    other = Browser().holding(world.session(world.maya)).get(f"{OWN}?just=registered")
    assert secret_in(other) is None
    assert other.page.h1 == "Calendar"


def test_regenerating_asks_first_and_then_shows_a_new_secret_once(maya: Browser, calendar: App, world: World) -> None:
    """Ux 6.12: the old one stops, tokens live on."""
    app = world.app()
    token = exchange(app, maya.allow(app, resource=CALENDAR)).json["access_token"]
    assert maya.get(f"{OWN}/regenerate").page.h1 == "Regenerate the secret of Calendar?"
    assert introspected(calendar, token).json["active"] is True
    answer = press(maya, "regenerate")
    assert answer.goes_to == f"{OWN}?just=regenerated"
    shown = maya.get(answer.goes_to)
    assert shown.page.h1 == "New secret for Calendar"
    assert f"The old one (ends in {calendar.secret[-4:]}) stopped." in shown.page.text
    assert introspected(calendar, token).status == 401
    renewed = App(calendar.client_id, secret_in(shown) or "", CALENDAR)
    assert introspected(renewed, token).json["active"] is True


# --- editing ----------------------------------------------------------------------------------------------------


def test_the_edit_form_is_filled_in_and_the_identifier_stays(maya: Browser, calendar: App) -> None:
    """What tokens say does not change under anybody's hands."""
    answer = maya.get(f"{OWN}/edit")
    held = fields(answer, f"{OWN}/edit")
    assert held.pop("csrf")
    assert held == {
        "version": "1",
        "name": "Calendar",
        "scopes": "calendar:read See your calendar\ncalendar:write Change your calendar",
        "token_lifetime": "5",
    }
    assert "(cannot be changed)" in answer.page.text


def test_saving_an_edit_says_what_changed(maya: Browser, calendar: App, world: World) -> None:
    """Ux 6.6, and it acts at once."""
    answer = edit(maya, name="Diary", token_lifetime="15", identifier="https://evil.example")
    assert "Saved. 2 things changed: Name, Token lifetime." in maya.get(answer.goes_to).page.text
    row = world.row(resource_key(CALENDAR))
    assert (row.name, row.token_lifetime, row.identifier) == ("Diary", 900, CALENDAR)
    app = world.app()
    assert exchange(app, maya.allow(app, resource=CALENDAR)).json["expires_in"] == 900


def test_a_changed_sentence_is_what_people_read(maya: Browser, calendar: App, world: World) -> None:
    """Scopes are told in the API's own words, with its name."""
    edit(maya, scopes="calendar:read See <b>everything</b>")
    answer = maya.authorize(world.app(), resource=CALENDAR)
    assert "See <b>everything</b> At Calendar" in answer.page.text
    assert "Change your calendar" not in answer.page.text


def test_saving_without_a_change_says_so(maya: Browser, calendar: App, world: World) -> None:
    """Nothing is written."""
    assert "Nothing changed." in maya.get(edit(maya).goes_to).page.text
    assert world.row(resource_key(CALENDAR)).version == 1


def test_an_edit_with_problems_keeps_typing(maya: Browser, calendar: App, world: World) -> None:
    """Ux 2."""
    answer = edit(maya, name="", scopes="calendar:read", token_lifetime="99")
    assert answer.status == 422
    assert "Fix 3 things:" in answer.page.text
    held = fields(answer, f"{OWN}/edit")
    assert (held["name"], held["scopes"], held["token_lifetime"]) == ("", "calendar:read", "99")
    assert world.row(resource_key(CALENDAR)).version == 1


def test_a_conflict_keeps_what_was_typed_and_the_next_save_replaces(maya: Browser, calendar: App, world: World) -> None:
    """Ux 6.6, conflict."""
    form = maya.get(f"{OWN}/edit")
    edit(Browser().holding(world.session(world.maya)), name="Theirs")
    answer = maya.submit(form, f"{OWN}/edit", name="Mine")
    assert answer.status == 409
    assert "Somebody else changed this resource server in the meantime." in answer.page.text
    assert world.row(resource_key(CALENDAR)).name == "Theirs"
    assert maya.submit(answer, f"{OWN}/edit").status == 303
    assert world.row(resource_key(CALENDAR)).name == "Mine"


def test_an_edition_is_a_read_and_a_write(maya: Browser, calendar: App) -> None:
    """DESIGN section 9."""
    form = maya.get(f"{OWN}/edit")
    with counted() as calls:
        assert maya.submit(form, f"{OWN}/edit", name="Diary").status == 303
    assert calls == ["BatchGetItem", "TransactWriteItems"]


# --- deleting ---------------------------------------------------------------------------------------------------


def test_deleting_asks_first_and_says_what_happens(maya: Browser, calendar: App, world: World) -> None:
    """Ux 4, confirm page."""
    page = maya.get(f"{OWN}/delete").page
    assert page.h1 == "Delete Calendar?"
    effects = ["it can introspect none", "end within 5 minutes", "does not come back", "This cannot be undone."]
    assert [effect for effect in effects if effect not in page.text] == []
    assert world.find(resource_key(CALENDAR)) is not None


def test_deleting_ends_it_with_its_client(maya: Browser, calendar: App, world: World) -> None:
    """No token is made for it any more, and its client proves nothing."""
    app = world.app()
    token = exchange(app, maya.allow(app, resource=CALENDAR)).json["access_token"]
    answer = press(maya, "delete")
    assert (answer.status, answer.goes_to) == (303, PATH)
    assert "Calendar was deleted." in maya.get(PATH).page.text
    assert "No resource servers yet." in maya.get(PATH).page.text
    assert introspected(calendar, token).status == 401
    assert maya.authorize(app, resource=CALENDAR).answer["error"] == "invalid_target"
    assert len(events("resource.delete")) == 1


@pytest.mark.parametrize("page", ["regenerate", "delete"])
def test_it_is_a_read_and_a_write(page: str, maya: Browser, calendar: App) -> None:
    """DESIGN section 9: the page that asks names the client, so that one read gets both rows."""
    asked = maya.get(f"{OWN}/{page}")
    with counted() as calls:
        assert maya.submit(asked, f"{OWN}/{page}").status == 303
    assert calls == ["BatchGetItem", "TransactWriteItems"]


@pytest.mark.parametrize("page", ["regenerate", "delete"])
@pytest.mark.parametrize("whose", ["", "y" * 26, "another's"])
def test_a_client_that_is_not_its_own_is_not_touched(
    page: str, whose: str, maya: Browser, calendar: App, world: World
) -> None:
    """What a form names is not believed."""
    other = world.app()
    named = other.client_id if whose == "another's" else whose
    answer = maya.submit(maya.get(f"{OWN}/{page}"), f"{OWN}/{page}", client_id=named)
    assert "Nothing was done." in maya.get(answer.goes_to).page.text
    assert [world.client(each.client_id).version for each in (calendar, other)] == [1, 1]
    assert world.find(resource_key(CALENDAR)) is not None


@pytest.mark.parametrize("odd", ["0" * 64, "junk", "%00", "y" * 26])
@pytest.mark.parametrize("page", ["", "/edit", "/regenerate", "/delete"])
def test_one_that_is_not_there_is_a_page(odd: str, page: str, maya: Browser) -> None:
    """Ux 6.11."""
    answer = maya.get(f"{PATH}/{odd}{page}")
    assert (answer.status, answer.page.h1) == (404, "No such resource server")


@pytest.mark.parametrize(
    ("identifier", "address"),
    [
        ("https://calendar.example.net", "https://calendar.example.net/.well-known/oauth-protected-resource"),
        ("https://calendar.example.net/", "https://calendar.example.net/.well-known/oauth-protected-resource"),
        (CALENDAR, "https://calendar.example.net/.well-known/oauth-protected-resource/api"),
        ("http://localhost:9/a/b?c=d", "http://localhost:9/.well-known/oauth-protected-resource/a/b?c=d"),
        ("urn:example:calendar", None),
    ],
)
def test_the_address_of_its_metadata_is_made_from_the_identifier(identifier: str, address: str | None) -> None:
    """RFC 9728 section 3.1: the well-known part goes between host and path."""
    assert metadata_address(identifier) == address
