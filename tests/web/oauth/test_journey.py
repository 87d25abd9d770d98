"""The seed's own story over HTTP: allow once, act for a person, take it back."""

from tests.browser import Browser, exchange, me, refresh
from tests.make import World


def test_a_person_allows_an_application_and_it_acts_for_them(browser: Browser, world: World) -> None:
    """The seed: once authorized, the application receives an access token and acts on behalf of that user."""
    app = world.app()
    code = browser.sign_in("leo").allow(app)

    tokens = exchange(app, code).json

    assert me(tokens["access_token"]).json["username"] == "leo"
    assert refresh(app, tokens["refresh_token"]).status == 200
