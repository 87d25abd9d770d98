"""What the token endpoint gives, how long it is good, and what happens to what was used."""

import pytest

from chalicelib import config
from tests.browser import Browser, api, exchange, me, refresh
from tests.faults import counted
from tests.make import SECOND_CALLBACK, App, World

OTHER_VERIFIER = "x" * 43


def test_the_answer_is_the_rfcs_and_mattermosts(leo: Browser, app: App) -> None:
    """6749-6; contract case 97 and 2.8."""
    answer = exchange(app, leo.allow(app))

    assert answer.status == 200
    assert set(answer.json) == {"access_token", "token_type", "expires_in", "refresh_token", "scope"}
    assert (answer.json["token_type"], answer.json["expires_in"], answer.json["scope"]) == ("bearer", 3600, "user")
    assert answer.headers["Content-Type"] == "application/json"
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Token"])
def test_the_token_calls_the_api_whatever_the_case_of_its_scheme(leo: Browser, app: App, scheme: str) -> None:
    """6750-1: @mattermost/client sends `BEARER`; contract 2.0 and case 98."""
    access = exchange(app, leo.allow(app)).json["access_token"]

    assert api("GET", "/users/me", headers={"Authorization": f"{scheme} {access}"}).json["username"] == "leo"


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "gpn_x", "null"])
def test_another_token_does_not(browser: Browser, app: App, text: str) -> None:
    """Contract case 98; 6750-1, 6750-2."""
    answer = api("GET", "/users/me", headers={"Authorization": f"Bearer {text}"})

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert ("invalid_token" in answer.headers["WWW-Authenticate"]) == bool(text)


def test_a_forged_token_costs_no_read_and_a_good_one_costs_one(leo: Browser, app: App) -> None:
    """DESIGN sections 1 and 3: a warm worker tells a forged or foreign token by its own keys."""
    access = exchange(app, leo.allow(app)).json["access_token"]
    head, body, signature = access.split(".")
    forged = f"{head}.{body}.{signature[::-1]}"

    with counted() as calls:
        statuses = [me(text).status for text in ("junk", forged, f"{head}.{body}.", access)]

    assert statuses == [401, 401, 401, 200]
    assert calls == ["BatchGetItem"]


@pytest.mark.parametrize("name", ["access_token", "token", "bearer_token"])
def test_a_token_in_the_query_or_body_is_not_seen(leo: Browser, app: App, name: str) -> None:
    """6750-3; DESIGN section 4."""
    access = exchange(app, leo.allow(app)).json["access_token"]

    answer = api("GET", "/users/me", params={name: access}, data={name: access})

    metadata = config.current().url("/.well-known/oauth-protected-resource/api/v4")
    challenge = answer.headers["WWW-Authenticate"]
    assert (answer.status, challenge) == (401, f'Bearer resource_metadata="{metadata}", scope="users:read"')


def test_an_access_token_lives_as_long_as_it_says(leo: Browser, app: App, world: World) -> None:
    """DESIGN section 3: one hour; attack 17."""
    access = exchange(app, leo.allow(app)).json["access_token"]
    world.clock.shift(3599)
    assert me(access).status == 200
    world.clock.shift(1)

    answer = me(access)

    assert (answer.status, answer.json["error"]) == (401, "invalid_token")


def test_lifetimes_are_the_settings(leo: Browser, app: App, world: World) -> None:
    """Issue 2 item 3: a change takes effect on the next request."""
    world.set(access_token_lifetime=300, code_lifetime=600)
    code = leo.allow(app)
    world.clock.shift(599)

    answer = exchange(app, code)

    assert answer.json["expires_in"] == 300
    world.clock.shift(300)
    assert me(answer.json["access_token"]).status == 401


# --- a code is good once ----------------------------------------------------------------------------------------


def test_a_code_is_good_once_and_its_replay_ends_what_it_bought(leo: Browser, app: App) -> None:
    """6749-8; contract case 99."""
    code = leo.allow(app)
    tokens = exchange(app, code).json

    again = exchange(app, code)

    assert (again.status, again.json["error"]) == (400, "invalid_grant")
    assert me(tokens["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": OTHER_VERIFIER},
        {"code_verifier": None},
        {"redirect_uri": SECOND_CALLBACK},
        {"redirect_uri": "x"},
    ],
    ids=str,
)
def test_a_replay_with_wrong_proof_changes_nothing(leo: Browser, app: App, wrong: dict[str, str | None]) -> None:
    """6749-8, OAuth 2.1 draft."""
    code = leo.allow(app)
    tokens = exchange(app, code).json

    assert exchange(app, code, **wrong).json["error"] == "invalid_grant"

    assert me(tokens["access_token"]).status == 200


def test_a_replay_with_another_clients_credentials_changes_nothing(leo: Browser, app: App, world: World) -> None:
    """6749-8; attack 1."""
    other = world.app(name="Other")
    code = leo.allow(app)
    tokens = exchange(app, code).json

    assert exchange(other, code).json["error"] == "invalid_grant"
    assert exchange(App(app.client_id, "wrong", app.redirect_uri), code).json["error"] == "invalid_client"

    assert me(tokens["access_token"]).status == 200


def test_the_end_of_one_install_is_not_the_end_of_another(leo: Browser, app: App) -> None:
    """DESIGN section 2: one row per authorization."""
    code = leo.allow(app)
    exchange(app, code)
    other = exchange(app, leo.allow(app)).json
    exchange(app, code)

    assert me(other["access_token"]).status == 200


def test_a_code_is_too_old_after_a_minute(leo: Browser, app: App, world: World) -> None:
    """6749-7; contract case 103."""
    code = leo.allow(app)
    world.clock.shift(60)

    answer = exchange(app, code)

    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")
    assert answer.json["id"] == "api.oauth.get_access_token.expired_code.app_error"


# --- refresh ----------------------------------------------------------------------------------------------------


def test_a_refresh_gives_new_tokens_again_and_again(leo: Browser, app: App) -> None:
    """Contract cases 101, 102."""
    first = exchange(app, leo.allow(app)).json
    second = refresh(app, first["refresh_token"]).json
    third = refresh(app, second["refresh_token"]).json

    assert len({t["refresh_token"] for t in (first, second, third)}) == 3
    assert all(me(t["access_token"]).status == 200 for t in (first, second, third))


def test_a_lost_answer_costs_nothing_within_the_grace(leo: Browser, app: App, world: World) -> None:
    """Note A: idempotent retry."""
    first = exchange(app, leo.allow(app)).json
    lost = refresh(app, first["refresh_token"]).json
    world.clock.shift(30)

    again = refresh(app, first["refresh_token"]).json

    assert again["refresh_token"] == lost["refresh_token"]
    assert me(again["access_token"]).status == 200


def test_a_replay_after_the_grace_ends_everything_of_this_install(leo: Browser, app: App, world: World) -> None:
    """21-2; RFC 9700 section 4.14.2."""
    first = exchange(app, leo.allow(app)).json
    second = refresh(app, first["refresh_token"]).json
    world.clock.shift(31)

    assert refresh(app, first["refresh_token"]).json["error"] == "invalid_grant"

    assert me(second["access_token"]).status == 401
    assert refresh(app, second["refresh_token"]).status == 400


def test_another_clients_refresh_token_is_refused_and_stays_good(leo: Browser, app: App, world: World) -> None:
    """6749-7 for refresh tokens; contract section 8 point 6: always bind."""
    tokens = exchange(app, leo.allow(app)).json

    assert refresh(world.app(name="Other"), tokens["refresh_token"]).json["error"] == "invalid_grant"

    assert refresh(app, tokens["refresh_token"]).status == 200


@pytest.mark.parametrize(
    ("scope", "status", "result"),
    [("user", 200, "user"), ("", 200, "user"), ("user admin", 400, "invalid_scope"), ('"', 400, "invalid_scope")],
)
def test_a_refresh_may_narrow_and_never_widen(leo: Browser, app: App, scope: str, status: int, result: str) -> None:
    """6749-13."""
    tokens = exchange(app, leo.allow(app)).json

    answer = refresh(app, tokens["refresh_token"], scope=scope)

    assert answer.status == status
    assert answer.json.get("error", answer.json.get("scope")) == result
    assert refresh(app, tokens["refresh_token"]).status == 200


def test_a_code_is_no_refresh_token_and_neither_is_an_access_token(leo: Browser, app: App) -> None:
    """Attack 29."""
    code = leo.allow(app)
    access = exchange(app, leo.allow(app)).json["access_token"]

    assert refresh(app, code).json["error"] == "invalid_grant"
    assert refresh(app, access).json["error"] == "invalid_grant"
    assert exchange(app, access).json["error"] == "invalid_grant"
    assert exchange(app, code).status == 200
