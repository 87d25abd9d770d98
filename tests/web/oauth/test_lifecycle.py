"""Whose tokens they are, and what becomes of them when secret, app, person or trust changes."""

from dataclasses import replace

import pytest

from chalicelib.accounts import people
from chalicelib.oauth import registration
from chalicelib.store import clients
from chalicelib.store.writing import write_together
from tests.browser import Browser, api, exchange, me, refresh
from tests.make import DRAFT, App, World


@pytest.fixture
def ana(world: World) -> Browser:
    """Ana's browser, signed in."""
    return Browser().holding(world.session(world.ana))


def test_two_people_get_two_tokens_for_two_people(leo: Browser, ana: Browser, world: World) -> None:
    """Issue 2 item 7; contract case 156."""
    app = world.app()

    tokens = [exchange(app, person.allow(app)).json["access_token"] for person in (leo, ana)]

    assert [me(token).json["username"] for token in tokens] == ["leo", "ana"]


def test_the_token_is_of_who_allowed_and_not_of_who_registered(leo: Browser, world: World) -> None:
    """The seed: permissions are based on which users go through the flow."""
    app = world.app(creator=world.maya)

    token = exchange(app, leo.allow(app)).json["access_token"]

    assert (me(token).json["username"], me(token).json["roles"]) == ("leo", "system_user")


@pytest.mark.parametrize("person", ["maya", "leo"])
def test_no_token_manages_apps_consent_or_settings(browser: Browser, world: World, person: str) -> None:
    """Issue 2 item 7; attack 30: not even a System Admin's."""
    app = world.app()
    holder = browser.holding(world.session(getattr(world, person)))
    token = exchange(app, holder.allow(app)).json["access_token"]
    one = f"/oauth/apps/{app.client_id}"

    for method, path in [
        ("GET", "/oauth/apps"),
        ("POST", "/oauth/apps"),
        ("GET", one),
        ("PUT", one),
        ("DELETE", one),
        ("POST", f"{one}/regen_secret"),
        ("GET", "/users/me/oauth/apps/authorized"),
        ("GET", "/config"),
        ("PUT", "/config/patch"),
    ]:
        assert api(method, path, token, {"id": app.client_id}).status == 403, (method, path)


# --- the secret -------------------------------------------------------------------------------------------------


def regenerated(world: World, app: App) -> App:
    """The app with its new secret."""
    secret = registration.regenerate_secret(world.client(app.client_id), world.origin())
    return replace(app, secret=secret)


def test_tokens_and_consents_live_on_with_a_new_secret(leo: Browser, world: World) -> None:
    """The seed; issue 2 item 8; contract case 155."""
    app = world.app()
    tokens = exchange(app, leo.allow(app)).json

    new = regenerated(world, app)

    assert me(tokens["access_token"]).status == 200
    assert leo.authorize(app).status == 302
    assert refresh(new, tokens["refresh_token"]).status == 200


def test_the_old_secret_fails_for_exchange_and_refresh(leo: Browser, world: World) -> None:
    """The seed: requests for new tokens will fail until the client secret has been updated."""
    app = world.app()
    tokens = exchange(app, leo.allow(app)).json
    code = leo.allow(app)

    new = regenerated(world, app)

    assert exchange(app, code).json["error"] == "invalid_client"
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_client"
    assert exchange(new, code).status == 200
    assert refresh(new, tokens["refresh_token"]).status == 200


# --- the app ----------------------------------------------------------------------------------------------------


def test_deleting_an_app_ends_everybodys_access_with_the_next_request(leo: Browser, ana: Browser, world: World) -> None:
    """The seed; issue 2 item 10; contract case 157."""
    app = world.app()
    tokens = [exchange(app, person.allow(app)).json for person in (leo, ana)]
    code = leo.allow(app)

    registration.delete(world.client(app.client_id), world.origin())

    assert [me(t["access_token"]).status for t in tokens] == [401, 401]
    assert [refresh(app, t["refresh_token"]).json["error"] for t in tokens] == ["invalid_client"] * 2
    assert exchange(app, code).json["error"] == "invalid_client"
    assert leo.authorize(app).status == 404


def test_an_app_made_again_under_the_same_id_inherits_nothing(leo: Browser, world: World) -> None:
    """Design notes B1: the importer keeps ids."""
    app = world.app()
    tokens = exchange(app, leo.allow(app)).json
    registration.delete(world.client(app.client_id), world.origin())
    _, secret = registration.register(DRAFT, world.maya, world.origin(), client_id=app.client_id)
    again = replace(app, secret=secret)

    assert me(tokens["access_token"]).status == 401
    assert refresh(again, tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert leo.authorize(again).page.h1.startswith("Allow ")
    assert me(exchange(again, leo.allow(again)).json["access_token"]).status == 200
    assert me(tokens["access_token"]).status == 401


def test_changing_callbacks_ends_nothing(leo: Browser, world: World) -> None:
    """Contract 2.3."""
    app = world.app()
    tokens, code = exchange(app, leo.allow(app)).json, leo.allow(app)
    edited = DRAFT._replace(redirect_uris=["https://new.example/cb"])

    registration.edit(world.client(app.client_id), edited, world.origin())

    assert me(tokens["access_token"]).status == 200
    assert exchange(app, code).status == 200


def suspend(world: World, app: App, *, suspended: bool) -> None:
    """Suspend or resume an app; its page comes with a later step."""
    write_together(*clients.changed(world.client(app.client_id), {"suspended": suspended}))


def test_a_suspended_app_can_do_nothing(leo: Browser, world: World) -> None:
    """DESIGN section 4: ends with the next request, revives by resume."""
    app = world.app()
    tokens, code = exchange(app, leo.allow(app)).json, leo.allow(app)
    suspend(world, app, suspended=True)

    assert me(tokens["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_client"
    assert exchange(app, code).json["error"] == "invalid_client"
    assert leo.authorize(app).status == 404

    suspend(world, app, suspended=False)
    assert me(tokens["access_token"]).status == 200


# --- the person -------------------------------------------------------------------------------------------------


def test_a_deactivated_persons_apps_stop_with_the_next_request(leo: Browser, world: World) -> None:
    """DESIGN section 4; contract case 123; attack 30."""
    app = world.app()
    tokens, code = exchange(app, leo.allow(app)).json, leo.allow(app)

    people.deactivate(world.user(world.leo.user_id), world.origin())

    assert me(tokens["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert exchange(app, code).json["error"] == "invalid_grant"
    assert leo.authorize(app).goes_to.startswith("/login?")


def test_nothing_revives_with_the_account(leo: Browser, world: World) -> None:
    """DESIGN section 4: a new consent is needed."""
    app = world.app()
    tokens = exchange(app, leo.allow(app)).json
    people.deactivate(world.user(world.leo.user_id), world.origin())
    people.reactivate(world.user(world.leo.user_id), world.origin())

    assert me(tokens["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"
    back = Browser().holding(world.session(world.user(world.leo.user_id)))
    assert back.authorize(app).page.h1.startswith("Allow ")


def test_an_app_outlives_the_account_of_its_creator(browser: Browser, world: World) -> None:
    """Contract 3.12: apps created by a deactivated user keep working."""
    app = world.app(creator=world.leo)
    ana = browser.holding(world.session(world.ana))
    people.deactivate(world.user(world.leo.user_id), world.origin())

    assert me(exchange(app, ana.allow(app)).json["access_token"]).json["username"] == "ana"


def test_a_new_epoch_ends_everything_there_was(leo: Browser, world: World) -> None:
    """Design notes B12: after a restore nothing old counts."""
    app = world.app()
    tokens = exchange(app, leo.allow(app)).json

    world.set(epoch="another")

    assert me(tokens["access_token"]).status == 401
    assert leo.authorize(app).goes_to.startswith("/login?")


def test_signing_out_with_a_token_ends_this_install_only(leo: Browser, world: World) -> None:
    """Contract 2.12: the session and the refresh token, not the consent."""
    app = world.app()
    here, there = (exchange(app, leo.allow(app)).json for _ in range(2))

    assert api("POST", "/users/logout", here["access_token"]).json == {"status": "OK"}

    assert me(here["access_token"]).status == 401
    assert refresh(app, here["refresh_token"]).status == 400
    assert me(there["access_token"]).status == 200
    assert leo.authorize(app).status == 302
