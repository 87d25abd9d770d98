"""Issue item 4: System Admins register, edit, regenerate and delete applications."""

import pytest
from playwright.sync_api import expect

from local.emulator import copied_rows
from tests.browser import Browser as Visitor
from tests.browser import exchange
from tests.journeys.screen import Screen
from tests.make import CALLBACK, App, World

pytestmark = pytest.mark.browser
LIST = "/integrations/oauth2-apps"
SECRET = "dl code:text-matches('^gps_')"


@pytest.fixture
def admin(screen: Screen, world: World) -> Screen:
    """Maya's window."""
    return screen.holding(world.session(world.maya))


def fill_in(screen: Screen, **changes: str) -> Screen:
    """Fill the form in."""
    values = {
        "Display Name": "Standup Notes",
        "Description": "Collects daily updates.",
        "Homepage": "https://standup.example.net",
        "Callback URLs (One Per Line)": f"{CALLBACK}\nhttps://standup.example.net/second",
    }
    for label, text in (values | changes).items():
        screen.fill(label, text)
    return screen


def registered(screen: Screen) -> App:
    """Register an application by the form; give what the credentials page shows."""
    fill_in(screen.open(f"{LIST}/new")).choose("On a server").press("Save").shows("Standup Notes is registered")
    codes = screen.page.locator(".kv code").all_inner_texts()
    return App(codes[0], codes[1], codes[2])


def test_an_application_is_added_and_its_credentials_work(admin: Screen, world: World) -> None:
    """The seed: a client id and a client secret appear, with the redirect URLs."""
    admin.open(LIST).says("No applications yet.").follow("Add OAuth 2.0 Application")
    app = registered(admin)

    assert app.redirect_uri == CALLBACK
    code = Visitor().holding(world.session(world.leo)).allow(app)
    assert exchange(app, code).status == 200


def test_an_empty_form_names_everything_that_is_missing_at_once(admin: Screen) -> None:
    """A6 of ux 10: five problems, "Error:" first in the title, focus on the summary, each linked to its field."""
    admin.open(f"{LIST}/new").press("Save").says("Nothing was saved yet. Fix 5 things:")

    assert admin.page.title().startswith("Error: ")
    expect(admin.page.locator(".flash--bad")).to_be_focused()
    expect(admin.page.locator(".errlist a")).to_have_text(
        [
            "Enter a display name",
            "Enter a description",
            "Enter a homepage",
            "Enter at least one callback URL",
            "Choose where it will run",
        ]
    )
    admin.follow("Enter at least one callback URL")
    expect(admin.page.get_by_label("Callback URLs")).to_be_focused()


def test_what_was_typed_stays_after_an_error(admin: Screen, world: World) -> None:
    """A6; ux principle 4, line breaks and markup included."""
    callbacks = f"{CALLBACK}\nhttps://standup.example.net/done#home"
    admin.open(f"{LIST}/new").choose("Yes", "Is Trusted").choose("On the person's device")
    fill_in(admin, Description='<b>Bold</b> & "quoted"', Homepage="standup.example.net")
    admin.fill("Callback URLs (One Per Line)", callbacks).press("Save")

    admin.says("Fix 2 things:", "Callback URLs, line 2: remove everything from # on")
    assert admin.page.get_by_label("Description").input_value() == '<b>Bold</b> & "quoted"'
    assert admin.page.get_by_label("Callback URLs").input_value() == callbacks
    assert admin.page.get_by_label("Homepage").get_attribute("aria-invalid") == "true"
    assert admin.page.get_by_role("group", name="Is Trusted").get_by_label("Yes").is_checked()
    assert admin.page.get_by_label("On the person's device").is_checked()


def test_the_secret_survives_a_reload_and_is_gone_after_continue(admin: Screen) -> None:
    """A10: shown for ten minutes, or until "I have saved it"; the page is never kept by a cache."""
    app = registered(admin)
    answer = admin.page.reload()

    assert admin.page.locator(SECRET).inner_text() == app.secret
    assert answer
    assert answer.headers["cache-control"] == "no-store"
    admin.press("Keep it 10 more minutes")
    expect(admin.page.get_by_role("button", name="Keep it 10 more minutes")).to_have_count(0)
    expect(admin.page.locator(SECRET)).to_have_text(app.secret)
    admin.press("I have saved it, continue").shows("Standup Notes")
    admin.says(f"ends in {app.secret[-4:]}")
    for page in (f"{LIST}/{app.client_id}/credentials", f"{LIST}/{app.client_id}/edit", LIST):
        assert app.secret not in admin.open(page).page.content()


def test_another_session_never_sees_the_secret(admin: Screen, world: World) -> None:
    """A10: the same person on another device, within the ten minutes."""
    app = registered(admin)

    admin.holding(world.session(world.maya)).open(f"{LIST}/{app.client_id}/credentials")

    assert app.secret not in admin.page.content()


def test_no_table_holds_the_secret(admin: Screen) -> None:
    """A10; DESIGN section 3: a hash and the last four, and for ten minutes what only this session can open."""
    assert registered(admin).secret not in repr(copied_rows())


def test_values_are_copied_and_the_copying_is_announced(admin: Screen, scripts: bool) -> None:
    """UX 3.4 Status; without script there is no button that does nothing."""
    app = registered(admin)
    if not scripts:
        expect(admin.page.locator("[data-copy]").first).to_be_hidden()
        return
    admin.context.grant_permissions(["clipboard-read", "clipboard-write"])

    admin.page.get_by_role("button", name="Copy client secret").click()

    expect(admin.page.locator("#said")).to_have_text(
        "Client secret copied. It stays on the clipboard until you copy something else."
    )
    assert admin.page.evaluate("navigator.clipboard.readText()") == app.secret


def test_a_public_client_gets_no_secret(admin: Screen) -> None:
    """The issue: where it runs decides; PKCE is how it proves itself."""
    fill_in(admin.open(f"{LIST}/new")).choose("On the person's device").press("Save")

    admin.shows("Standup Notes is registered").says("No secret. Your app proves itself with PKCE.")
    assert admin.page.get_by_role("link", name="Regenerate secret").count() == 0


def test_an_edit_tells_what_changed_and_warns_when_a_callback_is_gone(admin: Screen, world: World) -> None:
    """UX 6.6."""
    app = world.app()
    admin.open(LIST).follow("Edit Standup Notes").shows("Edit OAuth 2.0 Application")
    admin.fill("Display Name", "Daily Notes").fill("Callback URLs (One Per Line)", CALLBACK).press("Save")

    admin.shows("Daily Notes").says("Saved. 2 things changed: Display Name, Callback URLs.")
    admin.says("A callback URL was removed: people who start from it will see an error.")
    assert world.client(app.client_id).addresses == [CALLBACK]
    admin.follow("Edit").press("Save").says("Nothing changed.")


def test_trusting_an_application_is_asked_about_with_the_hosts_it_leads_to(admin: Screen, world: World) -> None:
    """UX 6.6: Yes goes through a confirm page."""
    app = world.app()
    admin.open(f"{LIST}/{app.client_id}/edit").choose("Yes", "Is Trusted").press("Save").shows("Trust Standup Notes?")
    admin.says("People are sent to: standup.example.net.")
    assert not world.client(app.client_id).trusted

    admin.press("Trust Standup Notes").shows("Standup Notes").says("1 thing changed: Is Trusted.")

    assert world.client(app.client_id).trusted


def test_an_edit_does_not_overwrite_somebody_elses(admin: Screen, world: World) -> None:
    """UX 6.6 Conflict: what was typed stays and a second press saves it."""
    app = world.app()
    admin.open(f"{LIST}/{app.client_id}/edit")
    late = admin.page
    admin.page = admin.context.new_page()
    admin.open(f"{LIST}/{app.client_id}/edit").fill("Display Name", "First").press("Save").shows("First")

    admin.page = late
    admin.fill("Display Name", "Second").press("Save").says("Somebody else changed this application in the meantime.")

    assert world.client(app.client_id).client_name == "First"
    admin.press("Save").shows("Second")


def test_a_regenerated_secret_is_shown_once_and_the_old_one_stops(admin: Screen, world: World) -> None:
    """A11 and the seed: tokens in use live on."""
    app = world.app()
    code = Visitor().holding(world.session(world.leo)).allow(app)
    admin.open(LIST).follow("Regenerate the secret of Standup Notes").shows("Regenerate the secret of Standup Notes?")
    admin.says("A new secret is made and shown once. The old one stops now.").press("Regenerate secret")

    admin.shows("New secret for Standup Notes").says(f"The old one (ends in {app.secret[-4:]}) stopped.")
    renewed = App(app.client_id, admin.page.locator(SECRET).inner_text(), app.redirect_uri)
    assert exchange(app, code).json["error"] == "invalid_client"
    assert exchange(renewed, code).status == 200


def test_keeping_it_changes_nothing(admin: Screen, world: World) -> None:
    """UX 4: every confirm page has a way back, and Enter fires nothing."""
    app = world.app()
    admin.open(f"{LIST}/{app.client_id}/delete").shows("Delete Standup Notes?")
    admin.page.keyboard.press("Enter")
    admin.shows("Delete Standup Notes?").follow("Keep it").shows("Standup Notes")

    assert world.client(app.client_id).client_name == "Standup Notes"


def test_a_deleted_application_is_gone_for_everybody(admin: Screen, world: World) -> None:
    """Issue item 10; A12."""
    app = world.app()
    admin.open(LIST).follow("Delete Standup Notes").press("Delete Standup Notes")

    admin.says("Standup Notes was deleted.", "No applications yet.")
    admin.open(f"{LIST}/{app.client_id}/credentials").shows("No such application")


def test_the_list_is_searched_by_name_client_id_and_callback_host(admin: Screen, world: World) -> None:
    """UX 6.5."""
    world.app()
    other = world.app(name="Field Reports", redirect_uris=["https://field.example.org/auth"], trusted=True)
    for query in ("field rep", other.client_id, "field.example.org"):
        admin.open(LIST).page.get_by_label("Search applications").fill(query)
        admin.page.keyboard.press("Enter")
        expect(admin.page.locator(".app h2")).to_have_text(["Field Reports"])

    admin.open(f"{LIST}?q=standp").says("Nothing matches “standp”.").follow("Clear search")
    expect(admin.page.locator(".app h2")).to_have_text(["Field Reports", "Standup Notes"])
    admin.follow("Trusted 1")
    expect(admin.page.locator(".app h2")).to_have_text(["Field Reports"])


def test_a_double_press_registers_one_application(admin: Screen) -> None:
    """UX 6.6: the form's ticket names the application, with scripts or without."""
    fill_in(admin.open(f"{LIST}/new")).choose("On a server")

    admin.page.get_by_role("button", name="Save").dblclick()

    admin.shows("Standup Notes is registered").open(LIST)
    expect(admin.page.locator(".app")).to_have_count(1)
