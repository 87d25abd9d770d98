"""The secret shown once, regenerating it, deleting the application (ux 6.7, 6.12; issue 2 items 4, 8, 10)."""

import re
from pathlib import Path

import pytest

from chalicelib import config
from chalicelib.credentials import fingerprint
from chalicelib.store.audit import Event
from chalicelib.store.clients import Client
from chalicelib.store.sessions import Session
from tests.browser import Answer, Browser, exchange, me, refresh
from tests.make import CALLBACK, SECOND_CALLBACK, App, World
from tests.web.app_forms import BASE, add, client_id_of

MINUTE = 60


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


@pytest.fixture
def shown(maya: Browser) -> Answer:
    """The credentials of an application Maya just registered, with two callback URLs."""
    return maya.get(add(maya, callback_urls=f"{CALLBACK}\n{SECOND_CALLBACK}").goes_to)


def page_of(client_id: str, page: str = "credentials") -> str:
    """The address of one of an application's pages."""
    return f"{BASE}/{client_id}/{page}"


def secret_in(answer: Answer) -> str | None:
    """The client secret a page shows."""
    words = [word for word in answer.page.text.split() if word.startswith("gps_")]
    return words[0] if words else None


def client_id() -> str:
    """The only application there is."""
    return str(next(iter(Client.scan())).client_id)


def test_the_page_hands_over_everything(shown: Answer, world: World) -> None:
    """Ux 6.7: client id, secret, redirect URLs, endpoints; and what to do with them."""
    text = shown.page.text
    assert shown.page.h1 == "Standup Notes is registered"
    secret = secret_in(shown)
    held = world.client(client_id()).secret
    assert secret is not None
    assert held is not None
    assert fingerprint(secret) == held["hash"]
    wanted = [client_id(), CALLBACK, SECOND_CALLBACK, "Callback URL 2", "/oauth/authorize", "/oauth/access_token"]
    assert [each for each in wanted if each not in shown.text.replace("<wbr>", "")] == []
    assert "Save the client secret now. It stays here until 23 Nov 2026, 12:10 UTC" in text
    assert shown.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("seconds", "there"), [(10 * MINUTE - 1, True), (10 * MINUTE, False)])
def test_the_secret_survives_a_reload_for_ten_minutes(
    seconds: int, there: bool, shown: Answer, maya: Browser, world: World
) -> None:
    """Ux 10, A10."""
    world.clock.shift(seconds)
    again = maya.get(page_of(client_id()))
    assert secret_in(again) == (secret_in(shown) if there else None)


def test_after_that_only_its_end_is_shown(shown: Answer, maya: Browser, world: World) -> None:
    """Ux 6.7: "ends in w9xe, set 3 Nov 2026"."""
    world.clock.shift(10 * MINUTE)
    text = maya.get(page_of(client_id())).page.text
    secret = secret_in(shown)
    assert secret is not None
    assert f"ends in {secret[-4:]} , set 23 Nov 2026" in text


def test_saved_forgets_it(shown: Answer, maya: Browser) -> None:
    """Ux 6.7: gone after "I have saved it, continue"."""
    answer = maya.submit(shown, page_of(client_id(), "credentials/saved"))
    assert (answer.status, answer.goes_to) == (303, page_of(client_id()))
    assert secret_in(maya.get(answer.goes_to)) is None
    assert {row.sealed for row in Session.scan()} == {None}


def test_it_can_be_kept_ten_minutes_longer_once(shown: Answer, maya: Browser, world: World) -> None:
    """Ux 3.4, timing."""
    path = page_of(client_id(), "credentials/extend")
    world.clock.shift(9 * MINUTE)
    assert maya.submit(shown, path).status == 303
    longer = maya.get(page_of(client_id()))
    assert "until 23 Nov 2026, 12:19 UTC" in longer.page.text
    assert path not in [form.action for form in longer.page.forms]
    again = maya.submit(shown, path)
    assert "The time was extended before, or is over." in maya.get(again.goes_to).page.text
    world.clock.shift(10 * MINUTE)
    assert secret_in(maya.get(page_of(client_id()))) is None


def test_what_is_gone_is_not_brought_back_by_extending(shown: Answer, maya: Browser, world: World) -> None:
    """Ux 6.7: ten minutes are ten minutes."""
    world.clock.shift(10 * MINUTE)
    answer = maya.submit(shown, page_of(client_id(), "credentials/extend"))
    assert "is over" in maya.get(answer.goes_to).page.text
    assert secret_in(maya.get(page_of(client_id()))) is None


def test_it_is_never_in_another_session(shown: Answer, world: World) -> None:
    """Ux 6.7: bound to app and session, be it the same person's."""
    other = Browser().holding(world.session(world.maya))
    assert secret_in(other.get(page_of(client_id()))) is None


def test_it_is_not_on_another_applications_page(shown: Answer, maya: Browser, world: World) -> None:
    """Ux 6.7: bound to the application."""
    other = world.app(name="Other")
    page = maya.get(page_of(other.client_id))
    assert secret_in(page) is None
    path = page_of(other.client_id, "credentials/extend")
    csrf = next(form for form in shown.page.forms if form.action.endswith("/extend")).fields["csrf"]
    assert "is over" in maya.get(maya.post(path, {"csrf": csrf}).goes_to).page.text
    assert [row.sealed_extended for row in Session.scan() if row.sealed] == [None]


@pytest.mark.parametrize("path", ["/integrations", BASE, "{own}/edit", "{own}/delete", "{own}/regenerate", "/account"])
def test_it_is_in_no_other_page(path: str, shown: Answer, maya: Browser) -> None:
    """Ux 10, A10."""
    secret = secret_in(shown)
    assert secret is not None
    assert secret not in maya.get(path.format(own=f"{BASE}/{client_id()}")).text


def test_it_is_in_no_table_as_it_is(shown: Answer) -> None:
    """DESIGN section 3: a stolen copy of every table lets nobody in."""
    secret = secret_in(shown)
    assert secret is not None
    rows = [str(row.to_dynamodb_dict()) for model in (Client, Session, Event) for row in model.scan()]
    assert rows
    assert not any(secret[4:-6] in row for row in rows)


def test_another_registration_takes_its_place(shown: Answer, maya: Browser) -> None:
    """One secret at a time is shown."""
    first = client_id()
    second = client_id_of(add(maya, name="Second"))
    assert secret_in(maya.get(page_of(second))) is not None
    assert secret_in(maya.get(page_of(first))) is None


def test_a_public_client_has_nothing_to_save(maya: Browser) -> None:
    """Ux 6.7: "No secret. Your app proves itself with PKCE."."""
    made = client_id_of(add(maya, client_type="device"))
    page = maya.get(f"{page_of(made)}?just=registered").page
    assert page.h1 == "Standup Notes is registered"
    assert "No secret. Your app proves itself with PKCE." in page.text
    assert not [link for link in page.links if "regenerate" in link]
    assert maya.get(page_of(made, "regenerate")).status == 404


# --- Zapier -----------------------------------------------------------------------------------------------------


def test_what_zapier_asks_for_is_filled_in(maya: Browser, world: World) -> None:
    """Ux 6.7: the table "Zapier asks for / paste this", with this application's own values."""
    app, here = world.app(), config.current()
    text = maya.get(page_of(app.client_id)).page.text
    pasted = {
        "Client ID": app.client_id,
        "Client Secret": f"the one you saved; it ends in {app.secret[-4:]}",
        "Authorization URL": f"{here.issuer}/oauth/authorize",
        "Access Token Request": f"{here.issuer}/oauth/access_token",
        "Refresh Token Request": f"{here.issuer}/oauth/access_token",
        "Scope": world.client(app.client_id).scope,
        "Test URL": f"{here.issuer}/api/v4/users/me",
        "Connection Label": f"{{{{username}}}} on {here.host}",
    }
    assert [asked for asked, value in pasted.items() if f"{asked} {value} " not in text] == []


def test_the_document_has_the_same_table(maya: Browser, world: World, repository: Path) -> None:
    """Ux 6.7: whoever reads docs/zapier.md finds the same fields on the page."""
    document = (repository / "docs" / "zapier.md").read_text()
    table = document.partition("### With an integration of your own")[2].partition("Turn on PKCE")[0]
    section = maya.get(page_of(world.app().client_id)).text.partition('id="zapier"')[2].partition("</dl>")[0]
    _, _, *named = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    assert re.findall(r"<dt>([^<]+)</dt>", section) == named != []


def test_the_secret_for_zapier_is_the_one_shown_above(shown: Answer) -> None:
    """Ux 6.7: a secret is on its page once."""
    secret = secret_in(shown)
    assert secret is not None
    assert "Client Secret the client secret above" in shown.page.text
    assert shown.text.count(secret) == 1


@pytest.mark.parametrize(("exempt", "said"), [(False, True), (True, False)])
def test_zapier_has_to_use_pkce_where_the_application_needs_it(
    exempt: bool, said: bool, maya: Browser, world: World
) -> None:
    """DESIGN section 4: applications registered by form need it, others may go without."""
    app = world.app(pkce_exempt=exempt)
    assert ("turn on PKCE" in maya.get(page_of(app.client_id)).page.text) is said


def test_a_public_client_is_nothing_for_zapier(maya: Browser, world: World) -> None:
    """Zapier proves itself with a secret."""
    app = world.app(public=True)
    assert "Zapier" not in maya.get(page_of(app.client_id)).page.text


@pytest.mark.parametrize("just", ["registered", "regenerated", "<script>", "x"])
def test_nothing_is_said_to_have_just_happened_that_did_not(just: str, maya: Browser, world: World) -> None:
    """The address alone makes no headline."""
    app = world.app()
    assert maya.get(page_of(app.client_id), just=just).page.h1 == "Standup Notes"


# --- regenerate -------------------------------------------------------------------------------------------------


def test_regenerating_asks_first_and_says_what_happens(maya: Browser, world: World) -> None:
    """Ux 6.12: looking changes nothing."""
    app = world.app()
    answer = maya.get(page_of(app.client_id, "regenerate"))
    assert answer.page.h1 == "Regenerate the secret of Standup Notes?"
    for effect in ("shown once. The old one stops now.", "Tokens in use keep working", "New sign-ins"):
        assert effect in answer.page.text
    assert "Keep the current one" in answer.page.text
    assert world.client(app.client_id).version == 1


def test_regenerating_shows_the_new_secret_once(maya: Browser, world: World) -> None:
    """Ux 6.12, afterwards."""
    app = world.app()
    path = page_of(app.client_id, "regenerate")
    answer = maya.submit(maya.get(path), path)
    assert (answer.status, answer.goes_to) == (303, page_of(app.client_id) + "?just=regenerated")
    page = maya.get(answer.goes_to)
    assert page.page.h1 == "New secret for Standup Notes"
    assert f"New secret made. The old one (ends in {app.secret[-4:]}) stopped." in page.page.text
    fresh = secret_in(page)
    assert fresh not in {None, app.secret}


def test_the_old_secret_stops_and_tokens_live_on(maya: Browser, world: World) -> None:
    """Ux 10, A11; issue 2 item 8."""
    app = world.app()
    tokens = exchange(app, Browser().holding(world.session(world.leo)).allow(app)).json
    path = page_of(app.client_id, "regenerate")
    fresh = secret_in(maya.get(maya.submit(maya.get(path), path).goes_to))
    assert me(tokens["access_token"]).status == 200
    assert refresh(app, tokens["refresh_token"]).status == 401
    assert refresh(App(app.client_id, str(fresh), app.redirect_uri), tokens["refresh_token"]).status == 200


# --- delete -----------------------------------------------------------------------------------------------------


def test_deleting_asks_first_and_says_what_happens(maya: Browser, world: World) -> None:
    """Ux 6.12."""
    app = world.app()
    page = maya.get(page_of(app.client_id, "delete")).page
    assert page.h1 == "Delete Standup Notes?"
    for effect in ("Everybody who uses it is disconnected at once", "What it did before stays", "cannot be undone"):
        assert effect in page.text
    assert page_of(app.client_id) in page.links


def test_deleting_ends_everybodys_access_and_leaves_the_list(maya: Browser, world: World) -> None:
    """Issue 2 item 10."""
    app = world.app()
    tokens = exchange(app, Browser().holding(world.session(world.leo)).allow(app)).json
    path = page_of(app.client_id, "delete")
    answer = maya.submit(maya.get(path), path)
    assert answer.goes_to == BASE
    text = maya.get(BASE).page.text
    assert "Standup Notes was deleted. Everybody who used it is disconnected, and its tokens stopped." in text
    assert "No applications yet." in text
    assert me(tokens["access_token"]).status == 401
    assert maya.get(page_of(app.client_id)).page.h1 == "No such application"


PAGES = ["credentials", "edit", "regenerate", "delete"]


@pytest.mark.parametrize("page", PAGES)
def test_only_its_creator_or_a_system_admin_gets_there(page: str, maya: Browser, world: World) -> None:
    """Ux 6.12: "Only the person who created this app or a System Admin can delete it."."""
    world.set(admins_only=False)
    leos = world.app(world.leo)
    ana, leo = (Browser().holding(world.session(each)) for each in (world.ana, world.leo))
    refused = ana.get(page_of(leos.client_id, page))
    assert refused.status == 403
    assert "Only the person who created this app or a System Admin can" in refused.page.text
    assert [each.get(page_of(leos.client_id, page)).status for each in (leo, maya)] == [200, 200]


@pytest.mark.parametrize("page", ["edit", "regenerate", "delete", "credentials/saved", "credentials/extend"])
def test_nobody_elses_form_is_heard(page: str, maya: Browser, world: World) -> None:
    """Issue 2 items 8 and 10, with a form token of one's own."""
    world.set(admins_only=False)
    leos, anas = world.app(world.leo), world.app(world.ana)
    ana = Browser().holding(world.session(world.ana))
    form_name_page = page if "/" not in page else "delete"
    csrf = ana.get(page_of(anas.client_id, form_name_page)).page.form(page_of(anas.client_id, form_name_page)).fields
    answer = ana.post(page_of(leos.client_id, page), csrf)
    assert answer.status == 403
    assert world.client(leos.client_id).version == 1


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("unknown", ["y" * 26, "junk", "%00", "A" * 26])
def test_an_unknown_application_is_a_page_that_says_so(page: str, unknown: str, maya: Browser) -> None:
    """Ux 6.11: 404."""
    answer = maya.get(page_of(unknown, page))
    assert (answer.status, answer.page.h1) == (404, "No such application")
