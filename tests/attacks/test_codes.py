"""Attacks 1, 2, 12, 13 and 17: codes and refresh tokens in the wrong hands, twice, or too late.

Attack 12 has a second defence that is not built: tokens bound to a key (DPoP). Fifty exchanges at the same moment are
in `tests/races`; other rows that are past their time in `test_too_late`.
"""

import pytest

from chalicelib.store.audit import Event
from chalicelib.store.authorizations import ENDED, authorizations_of
from chalicelib.store.grants import Grant, grant_key
from chalicelib.store.writing import update, write
from tests.browser import Browser, exchange, me, refresh, token
from tests.make import PASSWORD, App, World, challenge_of

MINE, THEIRS = "m" * 43, "t" * 43
NO_PKCE: dict[str, str | None] = {"code_challenge": None, "code_challenge_method": None}


@pytest.fixture
def ana(world: World) -> Browser:
    """Ana's browser, signed in."""
    return Browser().holding(world.session(world.ana))


def test_a_code_injected_into_another_session_is_refused(leo: Browser, ana: Browser, app: App) -> None:
    """Attack 1: the client in the victim's session holds the victim's verifier."""
    attackers = ana.allow(app, code_challenge=challenge_of(THEIRS))
    victims = leo.allow(app, code_challenge=challenge_of(MINE))

    assert exchange(app, attackers, code_verifier=MINE).json["error"] == "invalid_grant"
    assert exchange(app, victims, code_verifier=THEIRS).json["error"] == "invalid_grant"

    assert exchange(app, victims, code_verifier=MINE).status == 200
    assert exchange(app, attackers, code_verifier=THEIRS).status == 200


def test_a_code_intercepted_is_worth_nothing_to_another_client(leo: Browser, app: App, world: World) -> None:
    """Attack 1: bound to client, address and challenge."""
    evil = world.app(name="Evil", redirect_uris=[app.redirect_uri])
    code = leo.allow(app)

    assert exchange(evil, code).json["error"] == "invalid_grant"

    assert exchange(app, code).status == 200


def test_a_thief_of_a_spent_code_cannot_end_what_it_bought(leo: Browser, app: App, world: World) -> None:
    """Attack 1, 6749-8: ending it takes the client's own proof."""
    evil = world.app(name="Evil", redirect_uris=[app.redirect_uri])
    code = leo.allow(app)
    tokens = exchange(app, code).json

    exchange(evil, code)
    exchange(app, code, code_verifier=THEIRS)

    assert me(tokens["access_token"]).status == 200


def test_the_challenge_cannot_be_stripped(browser: Browser, app: App) -> None:
    """Attack 2, 9700-2: PKCE is required, so a request without it gets no code."""
    assert browser.authorize(app, **NO_PKCE).answer["error"] == "invalid_request"


@pytest.mark.parametrize("method", ["plain", None, ""])
def test_the_method_cannot_be_weakened(browser: Browser, app: App, method: str | None) -> None:
    """Attack 2, 7636-1: absent means plain."""
    answer = browser.authorize(app, code_challenge="v" * 43, code_challenge_method=method)

    assert answer.answer["error"] == "invalid_request"


def test_a_stripped_challenge_is_noticed_where_pkce_is_not_required(leo: Browser, world: World) -> None:
    """Attack 2, 7636-3, 9700-2: a verifier for a code that has no challenge."""
    app = world.app(pkce_exempt=True)
    code = leo.allow(app, **NO_PKCE)

    assert exchange(app, code).json["error"] == "invalid_grant"


@pytest.mark.parametrize("response_type", ["token", "id_token", "id_token token", "code token", "none"])
def test_no_token_ever_comes_in_an_address(browser: Browser, app: App, response_type: str) -> None:
    """9700-3, 6749-17: the code flow is the only one, whatever else is asked for with it."""
    answer = browser.authorize(app, response_type=response_type)

    assert answer.answer["error"] == "unsupported_response_type"
    assert "#" not in answer.goes_to


@pytest.mark.parametrize(
    "grant_type",
    [
        "password",
        "client_credentials",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ],
)
def test_no_token_is_given_for_less_than_a_code_or_a_refresh_token(browser: Browser, app: App, grant_type: str) -> None:
    """9700-3, 6749-17, mcp-4: not for a password, and none in exchange for another token."""
    fields = {"username": "leo", "password": PASSWORD, "subject_token": "x", "assertion": "x", "device_code": "x"}

    assert token(app, grant_type=grant_type, **fields).json["error"] == "unsupported_grant_type"


def test_a_refresh_that_asked_for_less_narrows_nothing_but_its_access_token(leo: Browser, app: App) -> None:
    """21-3, 6749-13: the new refresh token keeps the scope of the old one, and never gets more."""
    first = exchange(app, leo.allow(app, scope="posts:read teams:read")).json

    narrow = refresh(app, first["refresh_token"], scope="posts:read").json
    again = refresh(app, narrow["refresh_token"]).json

    assert narrow["scope"] == "posts:read"
    assert set(again["scope"].split()) == {"posts:read", "teams:read"}
    assert refresh(app, again["refresh_token"], scope="posts:read users:read").json["error"] == "invalid_scope"


def test_a_refresh_token_two_generations_old_ends_the_authorization_and_is_recorded(
    leo: Browser, app: App, world: World
) -> None:
    """Attack 12."""
    first = exchange(app, leo.allow(app)).json
    third = refresh(app, refresh(app, first["refresh_token"]).json["refresh_token"]).json

    assert refresh(app, first["refresh_token"]).json["error"] == "invalid_grant"

    assert me(third["access_token"]).status == 401
    assert refresh(app, third["refresh_token"]).json["error"] == "invalid_grant"
    recorded = [row for row in Event.scan() if row.action == "authorization.refresh_replay"]
    assert [(row.user_id, row.client_id) for row in recorded] == [(world.leo.user_id, app.client_id)]


def test_a_thief_who_refreshes_first_is_found_out_by_the_owner(leo: Browser, app: App, world: World) -> None:
    """Attack 12: whoever is second after the grace ends it for both."""
    stolen = exchange(app, leo.allow(app)).json["refresh_token"]
    thiefs = refresh(app, stolen).json
    world.clock.shift(31)

    assert refresh(app, stolen).status == 400

    assert refresh(app, thiefs["refresh_token"]).status == 400
    assert me(thiefs["access_token"]).status == 401


def test_of_fifty_exchanges_of_one_code_one_after_the_other_one_succeeds(leo: Browser, app: App, world: World) -> None:
    """Attack 13, in sequence: every later one is a replay with the right proof, which ends what the first bought."""
    code = leo.allow(app)

    answers = [exchange(app, code) for _ in range(50)]

    assert [answer.status for answer in answers] == [200] + [400] * 49
    assert [row.state for row in authorizations_of(world.leo.user_id)] == [ENDED]
    assert len([row for row in Event.scan() if row.action == "authorization.code_replay"]) == 1


# --- attack 17: the row is still there, its time is up ----------------------------------------------------------


def test_a_code_past_its_time_is_refused(leo: Browser, app: App, world: World) -> None:
    """Attack 17."""
    code = leo.allow(app)
    world.clock.shift(60)

    assert exchange(app, code).json["error"] == "invalid_grant"
    assert len(authorizations_of(world.leo.user_id)) == 1


def test_a_refresh_token_past_its_idle_time_is_refused(leo: Browser, app: App, world: World) -> None:
    """Attack 17: 30 days."""
    tokens = exchange(app, leo.allow(app)).json
    world.clock.shift(30 * 24 * 3600)

    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert len(authorizations_of(world.leo.user_id)) == 1


def test_a_session_past_its_idle_time_is_refused(leo: Browser, world: World) -> None:
    """Attack 17: 12 hours."""
    session = world.session(world.leo)
    world.clock.shift(12 * 3600)

    assert me(session).status == 401
    assert leo.get("/account").goes_to.startswith("/login?")


def test_a_grant_past_its_time_is_as_good_as_none(leo: Browser, app: App, world: World) -> None:
    """Attack 17: what a person gave until a date."""
    tokens = exchange(app, leo.allow(app)).json
    grant = world.row(grant_key(world.leo.user_id, app.client_id))
    write(update(grant, Grant.until.set(world.now + 1000), condition=Grant.user_id.exists()))
    assert me(tokens["access_token"]).status == 200
    world.clock.shift(1)

    assert me(tokens["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert leo.authorize(app).page.h1.startswith("Allow ")
