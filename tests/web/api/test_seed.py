"""What the seed promises, over the API from end to end (contract cases 151 to 159)."""

import pytest

from tests.browser import Answer, Browser, api, exchange, me, refresh
from tests.make import CALLBACK, SECOND_CALLBACK, App, World
from tests.web.api.bodies import APPS, created
from tests.web.api.conftest import Callers

NO_PKCE = {"code_challenge": None, "code_challenge_method": None}


@pytest.fixture
def app(callers: Callers, members_may: None) -> App:
    """An application a member registered over the API: its clients know no PKCE."""
    made = created(callers.leo)
    return App(made["id"], made["client_secret"], CALLBACK)


def connected(app: App, session: str, **changes: str | None) -> dict[str, str]:
    """The tokens of somebody who allowed the application."""
    code = Browser().holding(session).allow(app, **NO_PKCE, **changes)
    answer = exchange(app, code, code_verifier=None)
    assert answer.status == 200, answer.text
    tokens: dict[str, str] = answer.json
    return tokens


def arrive(app: App, session: str) -> Answer:
    """Come from the application."""
    return Browser().holding(session).authorize(app, **NO_PKCE)


def test_every_registered_callback_is_honoured(app: App, callers: Callers) -> None:
    """Contract case 154: the redirect goes to the one used in that authorization, and the exchange needs the same."""
    browser, second = Browser().holding(callers.ana), App(app.client_id, app.secret, SECOND_CALLBACK)
    answer = browser.decide(browser.authorize(second, **NO_PKCE), "allow")
    assert answer.goes_to.startswith(SECOND_CALLBACK + "&")
    assert exchange(app, answer.answer["code"], code_verifier=None).status == 400
    assert exchange(second, answer.answer["code"], code_verifier=None).status == 200


def test_regenerating_keeps_tokens_and_codes_and_changes_the_secret(app: App, callers: Callers) -> None:
    """Contract case 155 and 3.9."""
    tokens = connected(app, callers.ana)
    code = Browser().holding(callers.ana).allow(app, **NO_PKCE)
    secret = api("POST", f"{APPS}/{app.client_id}/regen_secret", callers.leo).json["client_secret"]
    after = App(app.client_id, secret, app.redirect_uri)
    assert me(tokens["access_token"]).status == 200
    assert exchange(app, code, code_verifier=None).status == 401
    assert refresh(app, tokens["refresh_token"]).status == 401
    assert exchange(after, code, code_verifier=None).status == 200
    assert refresh(after, tokens["refresh_token"]).status == 200


def test_two_people_get_tokens_of_their_own(app: App, callers: Callers) -> None:
    """Contract case 156: and neither can do what its person cannot."""
    first, second = connected(app, callers.ana), connected(app, callers.maya)
    assert me(first["access_token"]).json["roles"] == "system_user"
    assert me(second["access_token"]).json["roles"] == "system_admin system_user"


def test_deleting_ends_everybodys_access(app: App, callers: Callers) -> None:
    """Contract case 157."""
    tokens = [connected(app, session) for session in (callers.ana, callers.maya)]
    api("DELETE", f"{APPS}/{app.client_id}", callers.leo)
    assert [me(each["access_token"]).status for each in tokens] == [401, 401]
    assert [refresh(app, each["refresh_token"]).status for each in tokens] == [401, 401]


def test_denying_is_told_and_not_remembered(app: App, callers: Callers) -> None:
    """Contract case 158."""
    browser = Browser().holding(callers.ana)
    denied = browser.decide(browser.authorize(app, **NO_PKCE), "deny")
    assert (denied.answer["error"], denied.answer["state"]) == ("access_denied", "s t/a&t=e")
    assert browser.authorize(app, **NO_PKCE).status == 200


def test_the_second_authorization_asks_nothing(app: App, callers: Callers) -> None:
    """Contract case 159."""
    connected(app, callers.ana)
    assert arrive(app, callers.ana).status == 302
    assert arrive(app, callers.maya).status == 200


def test_an_application_keeps_working_when_its_creator_may_no_longer_manage_it(
    app: App, callers: Callers, world: World
) -> None:
    """Contract case 151: the restriction is about managing, not about using."""
    tokens = connected(app, callers.ana)
    world.set(admins_only=True)
    assert me(tokens["access_token"]).status == 200
    assert api("GET", f"{APPS}/{app.client_id}", callers.leo).status == 403
