"""How often a request asks DynamoDB: counted at the SDK, for every surface with a budget (DESIGN sections 1 and 9)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.policy import SESSION_SEEN_EVERY
from chalicelib.web import pages
from tests.browser import Browser, api, call, exchange, me, refresh
from tests.faults import counted
from tests.make import PASSWORD, App, World

READ, WRITE, TOGETHER = "BatchGetItem", "UpdateItem", "TransactWriteItems"
ALLOWED = "/account/security/oauth2-apps"
ALWAYS_THE_SAME = ["/.well-known/security.txt", "/.well-known/change-password", "/api/v4/license/client"]


@pytest.fixture
def app(world: World) -> App:
    """An application of Maya's."""
    return world.app()


@pytest.fixture
def leo(world: World, browser: Browser) -> Browser:
    """Leo's browser, signed in."""
    return browser.holding(world.session(world.leo))


def test_a_bearer_check_is_one_read(leo: Browser, app: App) -> None:
    """DESIGN section 9."""
    tokens = exchange(app, leo.allow(app)).json

    with counted() as calls:
        assert me(tokens["access_token"]).status == 200

    assert calls == [READ]


def test_a_revoked_token_is_found_out_with_one_read(leo: Browser, app: App) -> None:
    """DESIGN section 1: revocation costs the bearer check nothing."""
    tokens = exchange(app, leo.allow(app)).json
    call("POST", "/oauth/revoke", data={"token": tokens["refresh_token"]}, auth=app.basic)

    with counted() as calls:
        assert me(tokens["access_token"]).status == 401

    assert calls == [READ]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t[:-4] + "AAAA",
        lambda t: "x." + t,
        lambda t: "e30." + t.partition(".")[2],  # names no key
        lambda _: "gpn_x",
        lambda _: "e30.e.e",
    ],
)
def test_a_forged_or_foreign_token_costs_no_read(leo: Browser, app: App, spoil: Callable[[str], str]) -> None:
    """DESIGN section 3: a warm worker tells it by its own keys."""
    genuine = exchange(app, leo.allow(app)).json["access_token"]

    with counted() as calls:
        assert me(spoil(genuine)).status == 401

    assert calls == []


@pytest.mark.parametrize("path", [*map(pages.static, ("app.css", "favicon.svg")), *ALWAYS_THE_SAME])
def test_what_is_the_same_for_everybody_costs_no_read(path: str, browser: Browser) -> None:
    """Ux 3.1: a page that says DynamoDB is away has its colours."""
    with counted() as calls:
        assert browser.get(path).status in {200, 302}

    assert calls == []


@pytest.mark.parametrize("path", ["/api/v4/users/me", "/oauth/access_token", "/login"])
def test_asking_what_an_address_takes_costs_no_read(path: str, browser: Browser) -> None:
    """DESIGN section 4: browsers ask before every call from another origin."""
    with counted() as calls:
        assert call("OPTIONS", path).status == 204

    assert calls == []


def test_a_session_check_is_one_read(world: World, browser: Browser) -> None:
    """DESIGN section 9."""
    token = world.session(world.leo)

    with counted() as calls:
        assert me(token).status == 200

    assert calls == [READ]


def test_a_page_is_one_read(leo: Browser) -> None:
    """DESIGN section 1."""
    with counted() as calls:
        assert leo.get("/integrations").status == 200

    assert calls == [READ]


def test_a_page_notes_the_session_once_in_fifteen_minutes(world: World, leo: Browser) -> None:
    """Design notes: session page +1 every 15 minutes."""
    world.clock.shift(SESSION_SEEN_EVERY + timedelta(seconds=1))

    with counted() as calls:
        leo.get("/integrations")
        leo.get("/integrations")

    assert calls == [READ, WRITE, READ]


def test_the_consent_page_is_one_read(leo: Browser, app: App) -> None:
    """DESIGN section 1."""
    with counted() as calls:
        assert leo.authorize(app).status == 200

    assert calls == [READ]


def test_a_decision_is_a_read_and_a_write(leo: Browser, app: App) -> None:
    """DESIGN section 9: at most 2."""
    consent = leo.authorize(app)

    with counted() as calls:
        assert leo.decide(consent, "allow").answer["code"]

    assert calls == [READ, TOGETHER]


def test_a_denial_is_one_read(leo: Browser, app: App) -> None:
    """DESIGN section 1: nothing changed, nothing is written."""
    consent = leo.authorize(app)

    with counted() as calls:
        assert leo.decide(consent, "deny").answer["error"] == "access_denied"

    assert calls == [READ]


def test_a_remembered_authorization_is_a_read_and_a_write(leo: Browser, app: App) -> None:
    """DESIGN section 9."""
    leo.allow(app)

    with counted() as calls:
        assert leo.authorize(app).answer["code"]

    assert calls == [READ, "PutItem"]


def test_coming_back_to_a_trusted_application_is_a_read_and_a_write(leo: Browser, world: World) -> None:
    """DESIGN section 9: trust is kept in the grant like a consent."""
    trusted = world.app(trusted=True)
    assert leo.authorize(trusted).answer["code"]

    with counted() as calls:
        assert leo.authorize(trusted).answer["code"]

    assert calls == [READ, "PutItem"]


def test_an_exchange_is_a_read_and_a_write(leo: Browser, app: App) -> None:
    """DESIGN section 9."""
    code = leo.allow(app)

    with counted() as calls:
        assert exchange(app, code).status == 200

    assert calls == [READ, WRITE]


def test_a_code_that_is_none_costs_one_read(leo: Browser, app: App) -> None:
    """DESIGN section 2: guessing buys no writes."""
    with counted() as calls:
        assert exchange(app, "gpc_guess").status == 400

    assert calls == [READ]


def test_a_refresh_is_a_read_and_a_write(leo: Browser, app: App) -> None:
    """DESIGN section 9."""
    token = exchange(app, leo.allow(app)).json["refresh_token"]

    with counted() as calls:
        assert refresh(app, token).status == 200

    assert calls == [READ, WRITE]


def test_a_refresh_whose_answer_was_lost_is_one_read_when_it_is_asked_again(leo: Browser, app: App) -> None:
    """DESIGN section 2: the same successor, without a write."""
    token = exchange(app, leo.allow(app)).json["refresh_token"]
    refresh(app, token)

    with counted() as calls:
        assert refresh(app, token).status == 200

    assert calls == [READ]


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_a_revocation_is_a_read_and_a_write(leo: Browser, app: App, which: str) -> None:
    """DESIGN section 9."""
    token = exchange(app, leo.allow(app)).json[which]

    with counted() as calls:
        assert call("POST", "/oauth/revoke", data={"token": token}, auth=app.basic).status == 200

    assert calls == [READ, TOGETHER]


@pytest.mark.parametrize("installs", [1, 4])
def test_taking_an_application_back_is_one_write_however_many_tokens_it_has(
    leo: Browser, app: App, installs: int
) -> None:
    """DESIGN section 9: revoking an app with 1 token or any number."""
    for code in [leo.allow(app) for _ in range(installs)]:
        exchange(app, code)
    page = leo.get(f"{ALLOWED}/{app.client_id}/revoke")

    with counted() as calls:
        assert leo.submit(page, f"{ALLOWED}/{app.client_id}/revoke").status == 303

    assert calls == [READ, TOGETHER]


def test_signing_in_is_four(world: World, browser: Browser) -> None:
    """DESIGN section 9: the name, the person, the try, the session."""
    page = browser.get("/login")

    with counted() as calls:
        assert browser.submit(page, "/login", login_id="leo", password=PASSWORD).status == 200

    assert calls == [READ, READ, TOGETHER, TOGETHER]


@pytest.mark.parametrize("login_id", ["leo", "nobody"])
def test_a_wrong_password_costs_the_same_for_somebody_and_nobody(world: World, browser: Browser, login_id: str) -> None:
    """DESIGN section 2: nobody learns who exists."""
    with counted() as calls:
        body = {"login_id": login_id, "password": "wrong"}
        assert api("POST", "/users/login", json=body).status == 401

    assert calls == [READ, READ, TOGETHER]


def test_a_whole_sign_in_is_seven(leo: Browser, app: App) -> None:
    """DESIGN section 9: authorize with remembered consent, exchange, users/me, refresh."""
    leo.allow(app)

    with counted() as calls:
        tokens = exchange(app, leo.authorize(app).answer["code"]).json
        assert me(tokens["access_token"]).status == 200
        assert refresh(app, tokens["refresh_token"]).status == 200

    assert len(calls) == 7
