"""What a program that registered itself can do: ask people, always; with the method it chose (checklists 1.7)."""

from datetime import timedelta

import pytest

from chalicelib.oauth import redirect_uris, registration
from chalicelib.policy import UNUSED_REGISTRATION
from chalicelib.store.clients import COPIES, Client
from chalicelib.web import answers
from local.server import Server
from tests.browser import Answer, Browser, call, exchange, me, refresh, token, token_by_post
from tests.make import VERIFIER, App, World
from tests.web.api.registering import APP_CALLBACK, CALLBACK, PUBLIC, app_of, registered
from tests.web.app_forms import add


@pytest.fixture(autouse=True)
def registration_open(world: World, server: Server) -> None:
    """The provider is on, and programs may register themselves."""
    world.set(dynamic_registration=True)


@pytest.fixture
def leo(world: World, browser: Browser) -> Browser:
    """Leo's browser, signed in."""
    return browser.holding(world.session(world.leo))


def public_exchange(app: App, code: str) -> Answer:
    """Exchange a code as a client without a secret."""
    form = {"grant_type": "authorization_code", "code": code, "client_id": app.client_id, "code_verifier": VERIFIER}
    return call("POST", "/oauth/access_token", data=form | {"redirect_uri": app.redirect_uri})


# --- consent ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", ["is_trusted", "trusted", "skip_consent"])
def test_nothing_a_program_says_of_itself_skips_consent(member: str, leo: Browser, world: World) -> None:
    """7591-5; attack 7."""
    body = registered(**{member: True})

    assert not world.client(body["client_id"]).trusted
    assert leo.authorize(app_of(body)).page.h1.startswith("Allow ")


def test_the_consent_page_says_that_nobody_registered_it(leo: Browser) -> None:
    """Ux 6.9; checklists, attack 6: who stands behind an application is said."""
    page = leo.authorize(app_of(registered(client_name="Tool"))).page

    assert "Registered itself" in page.text
    assert "Tool" in page.h1


def test_a_remembered_consent_covers_what_was_allowed(leo: Browser) -> None:
    """The seed: allowed once is allowed."""
    app = app_of(registered(scope="openid"))
    leo.allow(app)

    assert leo.authorize(app).answer["code"]


def test_without_a_scope_it_asks_for_its_own_list_only(leo: Browser) -> None:
    """DESIGN section 4: never everything, unless it said so when it registered."""
    app = app_of(registered())

    body = exchange(app, leo.allow(app)).json

    assert body["scope"] == "openid profile users:read"
    assert me(body["access_token"]).json["username"] == "leo"


def test_more_than_its_list_is_refused(leo: Browser) -> None:
    """DESIGN section 4: `invalid_scope` for applications with a list."""
    app = app_of(registered(scope="openid"))

    assert leo.authorize(app, scope="openid posts:write").answer["error"] == "invalid_scope"


# --- PKCE and client authentication -----------------------------------------------------------------------------


def test_a_public_client_needs_pkce(leo: Browser) -> None:
    """7636-6; DESIGN section 4."""
    app = app_of(registered(**PUBLIC))

    assert leo.authorize(app, code_challenge=None, code_challenge_method=None).answer["error"] == "invalid_request"


def test_one_with_a_secret_may_do_without_and_carries_the_warning(leo: Browser, world: World) -> None:
    """DESIGN section 4: exempt, and visibly so."""
    app = app_of(registered())

    assert leo.authorize(app, code_challenge=None, code_challenge_method=None).status == 200
    assert world.client(app.client_id).pkce_exempt


def test_the_console_can_require_pkce_of_it_too(leo: Browser, world: World) -> None:
    """DESIGN section 5, "Require PKCE of every client"."""
    app = app_of(registered())
    world.set(pkce_for_all=True)

    assert leo.authorize(app, code_challenge=None, code_challenge_method=None).answer["error"] == "invalid_request"


def test_a_public_client_gets_rotating_tokens(leo: Browser) -> None:
    """mcp-7."""
    app = app_of(registered(**PUBLIC, redirect_uris=["http://127.0.0.1/callback"], scope="user"))
    code = leo.allow(app, redirect_uri="http://127.0.0.1:50123/callback")
    moved = App(app.client_id, "", "http://127.0.0.1:50123/callback")

    tokens = public_exchange(moved, code).json

    assert tokens["scope"] == "user"
    assert tokens["refresh_token"]


@pytest.mark.parametrize("send", [token, token_by_post])
def test_who_did_not_choose_may_send_the_secret_either_way(leo: Browser, send: object) -> None:
    """7591-3: real clients disagree."""
    app = app_of(registered())
    form = {"redirect_uri": app.redirect_uri, "code_verifier": VERIFIER, "code": leo.allow(app)}

    assert callable(send)
    assert send(app, grant_type="authorization_code", **form).status == 200


@pytest.mark.parametrize(
    ("method", "right", "wrong"),
    [("client_secret_basic", token, token_by_post), ("client_secret_post", token_by_post, token)],
)
def test_the_method_a_client_chose_is_enforced(
    leo: Browser, world: World, method: str, right: object, wrong: object
) -> None:
    """7591-3."""
    app = app_of(registered(token_endpoint_auth_method=method))
    form = {"redirect_uri": app.redirect_uri, "code_verifier": VERIFIER, "code": leo.allow(app)}

    assert callable(right)
    assert callable(wrong)
    refused = wrong(app, grant_type="authorization_code", **form)
    assert (refused.status, refused.json["error"]) == (401, "invalid_client")
    assert right(app, grant_type="authorization_code", **form).status == 200


@pytest.mark.parametrize("grant_type", ["client_credentials", "password"])
def test_it_can_only_act_for_people(grant_type: str) -> None:
    """7591-5."""
    answer = token(app_of(registered()), grant_type=grant_type)

    assert (answer.status, answer.json["error"]) == (400, "unsupported_grant_type")


# --- the week ---------------------------------------------------------------------------------------------------


def until_of(world: World, client_id: str) -> set[tuple[int | None, int | None]]:
    """When each copy of a client ends, and is swept."""
    copies = [row for row in Client.scan() if row.client_id == client_id]
    assert len(copies) == COPIES
    return {(row.until, row.ttl) for row in copies}


def test_one_that_nobody_allows_is_gone_after_a_week(leo: Browser, world: World) -> None:
    """DESIGN section 3: unused dynamic registration, 7 d; attack 23."""
    body = registered()
    app = app_of(body)
    end = world.now + 7 * 24 * 3600 * 1000
    assert until_of(world, app.client_id) == {(end, end // 1000 + 24 * 3600)}
    world.clock.shift(UNUSED_REGISTRATION - timedelta(seconds=1))
    assert Browser().holding(world.session(world.leo)).authorize(app).status == 200

    world.clock.shift(timedelta(seconds=1))

    assert Browser().holding(world.session(world.leo)).authorize(app).status == 404
    assert token(app, grant_type="authorization_code", code="x").status == 401


def test_the_first_person_who_allows_it_makes_it_stay(leo: Browser, world: World) -> None:
    """DESIGN section 2: the sweep must not take what is used, either."""
    app = app_of(registered())
    leo.allow(app)

    assert until_of(world, app.client_id) == {(None, None)}
    world.clock.shift(UNUSED_REGISTRATION * 2)
    assert Browser().holding(world.session(world.leo)).authorize(app).answer["code"]


# --- schemes of an app ------------------------------------------------------------------------------------------


@pytest.fixture
def opened(world: World) -> App:
    """A public client whose callback opens an app."""
    world.set(app_schemes=True)
    return app_of(registered(**PUBLIC, client_name="Tool", redirect_uris=[APP_CALLBACK]))


def test_an_app_is_signed_in_to_by_its_own_scheme(leo: Browser, opened: App) -> None:
    """Contract 1.2's note: consistently at registration, authorize, code and grant."""
    allowed = leo.decide(leo.authorize(opened), "allow")
    assert allowed.goes_to.startswith(f"{APP_CALLBACK}?code=")

    answer = public_exchange(opened, allowed.answer["code"])

    assert answer.status == 200
    assert me(answer.json["access_token"]).status == 200


@pytest.mark.parametrize("changes", [{}, {"response_type": "token"}, {"prompt": "none"}])
def test_an_app_is_opened_by_a_page_and_never_by_a_redirect(leo: Browser, opened: App, changes: dict[str, str]) -> None:
    """Ux 3.2: a redirect to a scheme would leave the page before it on the screen; that goes for errors too."""
    leo.allow(opened)

    answer = leo.authorize(opened, **changes)

    assert (answer.status, "Location" in answer.headers) == (200, False)
    assert answer.page.refresh == answer.goes_to
    assert answer.goes_to.startswith(f"{APP_CALLBACK}?")
    assert answer.page.h1 == "Opening Tool"
    assert "You can close this tab." in answer.page.text
    assert answer.goes_to in answer.page.links


def test_the_page_shown_before_says_that_an_app_is_opened(leo: Browser, opened: App) -> None:
    """Ux 6.9, "Sends you back to"."""
    assert "an app on this device (com.example.tool)" in leo.authorize(opened).page.text


def test_switching_app_schemes_off_stops_them_at_once(leo: Browser, opened: App, world: World) -> None:
    """DESIGN section 5: with the next request; a page, never a redirect."""
    world.set(app_schemes=False)

    answer = leo.authorize(opened)

    assert (answer.status, answer.goes_to) == (400, "")
    assert answer.page.h1 == "The return address does not match"


def test_mattermosts_json_decision_gives_the_apps_address(leo: Browser, opened: App, world: World) -> None:
    """Contract 2.5."""
    body = {"client_id": opened.client_id, "response_type": "code", "redirect_uri": APP_CALLBACK}
    pkce = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
    headers = {"Authorization": f"Bearer {world.session(world.leo)}"}

    answer = call("POST", "/oauth/authorize", json=body | pkce, headers=headers)

    assert answer.json["redirect"].startswith(f"{APP_CALLBACK}?code=")


@pytest.mark.parametrize(("client_type", "status"), [("device", 303), ("server", 422)])
def test_the_form_takes_an_apps_scheme_for_public_clients(client_type: str, status: int, world: World) -> None:
    """Ux 6.6, field 6."""
    world.set(app_schemes=True)
    maya = Browser().holding(world.session(world.maya))

    answer = add(maya, callback_urls=APP_CALLBACK, client_type=client_type)

    assert answer.status == status


def test_the_form_refuses_an_apps_scheme_until_it_is_switched_on(world: World) -> None:
    """Ux 6.6, field 6: refused as in the seed."""
    answer = add(Browser().holding(world.session(world.maya)), callback_urls=APP_CALLBACK, client_type="device")

    assert answer.status == 422
    assert "Callback URLs, line 1: start with https:// or http://" in answer.page.text


def test_it_lives_on_when_registration_is_switched_off(leo: Browser, world: World) -> None:
    """DESIGN section 5: the switch is about registering."""
    app = app_of(registered(scope="user"))
    tokens = exchange(app, leo.allow(app)).json
    world.set(dynamic_registration=False)

    assert me(tokens["access_token"]).status == 200
    assert refresh(app, tokens["refresh_token"]).status == 200
    assert leo.authorize(app).answer["code"]
    assert CALLBACK in leo.authorize(app).goes_to


def test_an_app_added_to_a_trusted_clients_callbacks_costs_it_its_trust(world: World) -> None:
    """Checklists, anti-features: trust was given to the places an administrator saw."""
    client = world.client(world.app(trusted=True, public=True).client_id)

    assert registration.keeps_trust(client, client.addresses)
    assert not registration.keeps_trust(client, [*client.addresses, APP_CALLBACK])


def test_a_redirect_to_an_app_cannot_be_written(opened: App) -> None:
    """Ux 3.2: whoever forgets the page that opens apps fails in a test."""
    target = redirect_uris.match(APP_CALLBACK, [APP_CALLBACK], public=True, app_schemes=True)
    assert target is not None

    with pytest.raises(ValueError, match="hand-over page"):
        answers.go_to_client(target.answer({"code": "c"}))
