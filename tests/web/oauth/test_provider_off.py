"""With the provider switched off every address of it says so, and nothing it gave works."""

from typing import Any

import pytest

from tests.browser import Answer, Browser, api, authorization_request, call, exchange, me, refresh, token
from tests.make import App, World


@pytest.fixture
def off(leo: Browser, world: World) -> App:
    """An app on a server that was just switched off."""
    app = world.app()
    world.set(provider_on=False)
    return app


def is_off(answer: Answer) -> bool:
    """Whether an OAuth address says that the provider is off, in both languages."""
    body = answer.json
    said = (answer.status, body["error"], body["status_code"]) == (501, "temporarily_unavailable", 501)
    return said and body["id"].startswith("api.oauth.") and answer.headers["Content-Type"] == "application/json"


def test_it_is_off_on_a_new_server(store: None, server: object, clock: object) -> None:
    """The seed: off by default; contract case 150."""
    assert is_off(call("GET", "/.well-known/oauth-authorization-server"))


@pytest.mark.parametrize("path", ["/.well-known/oauth-authorization-server", "/oauth/jwks"], ids=["metadata", "keys"])
def test_the_documents_are_off(off: App, path: str) -> None:
    """DESIGN section 4; 8414-6; contract 2.10."""
    assert is_off(call("GET", path))


@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token", "junk"])
def test_the_token_endpoint_is_off(off: App, grant: str) -> None:
    """DESIGN section 4; contract case 88."""
    answer = token(off, grant_type=grant, code="x", refresh_token="x")

    assert is_off(answer)
    assert answer.json["id"] == "api.oauth.get_access_token.disabled.app_error"


def test_it_is_off_also_for_who_asks_wrongly(off: App) -> None:
    """DESIGN section 4: two ways to authenticate at once, and still that is not what is wrong first."""
    answer = token(off, grant_type="refresh_token", refresh_token="x", client_secret="y")

    assert is_off(answer)


def test_revocation_is_off(off: App) -> None:
    """DESIGN section 4."""
    assert is_off(call("POST", "/oauth/revoke", data={"token": "x"}, auth=off.basic))


@pytest.mark.parametrize("path", ["/oauth/authorize", "/oauth/deauthorize"])
def test_mattermosts_addresses_are_off(off: App, world: World, path: str) -> None:
    """Contract 2.5 and 2.6."""
    headers = {"Authorization": f"Bearer {world.session(world.leo)}"}

    answer = call("POST", path, json=authorization_request(off), headers=headers)

    assert is_off(answer)
    assert answer.json["id"] == "api.oauth.allow_oauth.turn_off.app_error"


@pytest.mark.parametrize("changes", [{}, {"client_id": "y" * 26}, {"redirect_uri": "https://evil.example"}], ids=str)
def test_the_authorization_page_is_off_for_everybody(leo: Browser, off: App, changes: dict[str, Any]) -> None:
    """DESIGN section 4: a 501 page; contract 2.5: before anything else is looked at."""
    for browser in (Browser(), leo):
        answer = browser.authorize(off, **changes)

        assert (answer.status, answer.goes_to) == (501, "")
        assert answer.page.h1 == "OAuth 2.0 is off on this server"


def test_a_form_is_off_too(off: App) -> None:
    """DESIGN section 4."""
    assert call("POST", "/oauth/authorize", data=authorization_request(off)).status == 501


def test_an_admin_is_led_to_the_switch_and_a_member_is_not(leo: Browser, off: App, world: World) -> None:
    """Ux 6.11."""
    maya = Browser().holding(world.session(world.maya))

    assert "/admin/integrations/custom" in maya.authorize(off).page.links
    assert "/admin/integrations/custom" not in leo.authorize(off).page.links


def test_a_page_that_was_open_cannot_be_answered_any_more(leo: Browser, world: World) -> None:
    """DESIGN section 1: what permits is read again at every use."""
    consent = leo.authorize(world.app())
    world.set(provider_on=False)

    answer = leo.decide(consent, "allow")

    assert (answer.status, answer.goes_to) == (501, "")


def test_tokens_stop_with_the_next_request_and_come_back_with_the_switch(leo: Browser, world: World) -> None:
    """DESIGN section 4: 401 on bearer calls; switching on revives; contract case 150."""
    app = world.app()
    tokens = exchange(app, leo.allow(app)).json
    world.set(provider_on=False)
    refused = me(tokens["access_token"])
    world.set(provider_on=True)

    assert (refused.status, refused.json["error"]) == (401, "invalid_token")
    assert me(tokens["access_token"]).status == 200
    assert refresh(app, tokens["refresh_token"]).status == 200


def test_people_and_their_sessions_do_not_depend_on_it(leo: Browser, off: App, world: World) -> None:
    """DESIGN section 2: sessions do not depend on the provider switch."""
    assert me(world.session(world.leo)).json["username"] == "leo"
    assert leo.get("/account").status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/oauth/apps"),
        ("GET", "/oauth/apps"),
        ("GET", "/oauth/apps/{id}"),
        ("GET", "/oauth/apps/{id}/info"),
        ("PUT", "/oauth/apps/{id}"),
        ("DELETE", "/oauth/apps/{id}"),
        ("POST", "/oauth/apps/{id}/regen_secret"),
        ("GET", "/users/me/oauth/apps/authorized"),
    ],
)
def test_app_management_is_off(off: App, world: World, method: str, path: str) -> None:
    """Contract cases 7, 14, 26, 35, 42, 51, 61 and section 4."""
    answer = api(method, path.format(id=off.client_id), world.session(world.maya), {"id": off.client_id})

    assert answer.status == 501
    assert answer.json["id"].endswith("turn_off.app_error")
