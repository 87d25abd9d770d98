"""Taking tokens back: by the application (RFC 7009), by the person (contract 2.6)."""

from typing import Any

import pytest

from chalicelib.credentials import new_id, parse_refresh, refresh_token
from chalicelib.store.authorizations import Authorization
from tests.browser import Answer, Browser, call, exchange, me, refresh
from tests.faults import counted
from tests.make import VERIFIER, App, World

UNKNOWN = ["junk", "gpr_x", "a.b.c", "gpc_x", "x" * 5000, "ä", "eyJhbGciOiJub25lIn0.e30."]


@pytest.fixture
def tokens(leo: Browser, app: App) -> dict[str, str]:
    """What the app got for Leo."""
    found: dict[str, str] = exchange(app, leo.allow(app)).json
    return found


def both(tokens: dict[str, str]) -> list[str]:
    """The access token and the refresh token."""
    return [tokens["access_token"], tokens["refresh_token"]]


def revoke(app: App, token: str | None, **form: str) -> Answer:
    """Revoke a token with HTTP Basic."""
    body = form if token is None else {"token": token, **form}
    return call("POST", "/oauth/revoke", data=body, auth=app.basic)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token", "junk"])
def test_either_token_ends_both_whatever_the_hint(app: App, tokens: dict[str, str], kind: str, hint: str) -> None:
    """7009-2, 7009-3, 7009-6."""
    answer = revoke(app, tokens[kind], token_type_hint=hint)

    assert answer.status == 200
    assert me(tokens["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_the_answer_is_an_empty_object(app: App, tokens: dict[str, str]) -> None:
    """7009-5: simple-oauth2 throws on anything else."""
    answer = revoke(app, tokens["refresh_token"])

    assert (answer.text, answer.headers["Content-Type"]) == ("{}", "application/json")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_second_revocation_writes_nothing(app: App, tokens: dict[str, str]) -> None:
    """7009-1: who sends it again is answered alike, and the audit says it once."""
    revoke(app, tokens["refresh_token"])

    with counted() as calls:
        assert revoke(app, tokens["refresh_token"]).status == 200

    assert calls == ["BatchGetItem"]


@pytest.mark.parametrize("token", UNKNOWN, ids=lambda token: token[:6])
def test_an_unknown_token_is_answered_like_a_revoked_one(browser: Browser, app: App, token: str) -> None:
    """7009-1."""
    assert (revoke(app, token).status, revoke(app, token).text) == (200, "{}")


def test_a_token_whose_row_is_gone_is_answered_like_a_revoked_one(app: App, tokens: dict[str, str]) -> None:
    """7009-1: DynamoDB deletes what ended long ago."""
    [row] = Authorization.scan()
    row.delete()

    assert [(revoke(app, token).status, revoke(app, token).text) for token in both(tokens)] == [(200, "{}")] * 2


def test_a_refresh_token_made_up_for_a_code_is_none(leo: Browser, app: App, tokens: dict[str, str]) -> None:
    """DESIGN section 3: whoever knows the ids and the key's name has no MAC, and there is no generation to guess."""
    code = leo.allow(app)
    held = parse_refresh(tokens["refresh_token"])
    [row] = [row for row in Authorization.scan() if row.generation is None]
    assert held
    forged = refresh_token(held.key_id, row.user_id, row.authorization_id, 1, bytes(32))

    assert refresh(app, forged).json["error"] == "invalid_grant"
    assert revoke(app, forged).status == 200
    assert exchange(app, code).status == 200


def test_another_clients_token_is_refused_and_not_revoked(app: App, tokens: dict[str, str], world: World) -> None:
    """7009-1."""
    answers = [revoke(world.app(name="Other"), tokens[kind]) for kind in ("access_token", "refresh_token")]

    assert [(answer.status, answer.json["error"]) for answer in answers] == [(400, "invalid_grant")] * 2
    assert me(tokens["access_token"]).status == 200


@pytest.mark.parametrize("token", [None, ""])
def test_no_token_is_an_invalid_request(browser: Browser, app: App, token: str | None) -> None:
    """RFC 7009 section 2.1; 6749-2."""
    answer = revoke(app, token, token_type_hint="access_token")

    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


def test_a_client_that_does_not_prove_itself_revokes_nothing(app: App, tokens: dict[str, str]) -> None:
    """RFC 7009 section 2.1."""
    wrong = App(app.client_id, "wrong", app.redirect_uri)

    answer = revoke(wrong, tokens["access_token"])

    assert (answer.status, answer.json["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert me(tokens["access_token"]).status == 200


def test_a_public_client_revokes_by_naming_itself(leo: Browser, world: World) -> None:
    """7009-1: client_id and possession."""
    app = world.app(public=True)
    form = {"client_id": app.client_id, "grant_type": "authorization_code", "redirect_uri": app.redirect_uri}
    tokens = call("POST", "/oauth/access_token", data=form | {"code": leo.allow(app), "code_verifier": VERIFIER}).json

    answer = call("POST", "/oauth/revoke", data={"client_id": app.client_id, "token": tokens["access_token"]})

    assert answer.status == 200
    assert me(tokens["access_token"]).status == 401


def test_a_token_in_the_query_is_not_seen(app: App, tokens: dict[str, str]) -> None:
    """DESIGN section 4: nothing secret is accepted in a query."""
    answer = call("POST", f"/oauth/revoke?token={tokens['access_token']}", data={"x": "y"}, auth=app.basic)

    assert answer.status == 400
    assert me(tokens["access_token"]).status == 200


def test_a_code_and_a_session_are_no_tokens_to_revoke(leo: Browser, app: App, world: World) -> None:
    """RFC 7009 section 2.1; attack 29."""
    code, session = leo.allow(app), world.session(world.leo)

    assert revoke(app, code).text == revoke(app, session).text == "{}"

    assert exchange(app, code).status == 200
    assert me(session).status == 200


def test_consent_outlives_a_revoked_token(leo: Browser, app: App, tokens: dict[str, str]) -> None:
    """Contract 2.12: signing out of one install is not taking the permission back."""
    revoke(app, tokens["refresh_token"])

    assert leo.authorize(app).status == 302


# --- by the person ----------------------------------------------------------------------------------------------


def deauthorize(bearer: str | None, client_id: Any, **headers: str) -> Answer:
    """Take an app's access back over the API."""
    given = headers | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    return call("POST", "/oauth/deauthorize", json={"client_id": client_id}, headers=given)


def test_a_person_ends_all_installs_of_an_app_at_once(
    leo: Browser, app: App, tokens: dict[str, str], world: World
) -> None:
    """Contract 2.6 and case 83; DESIGN section 2: one write however many tokens."""
    second = exchange(app, leo.allow(app)).json
    waiting = leo.allow(app)

    answer = deauthorize(world.session(world.leo), app.client_id)

    assert (answer.status, answer.json) == (200, {"status": "OK"})
    assert me(tokens["access_token"]).status == me(second["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).status == 400
    assert exchange(app, waiting).json["error"] == "invalid_grant"


def test_nothing_revives_when_the_app_is_allowed_again(
    leo: Browser, app: App, tokens: dict[str, str], world: World
) -> None:
    """Issue 2 item 9; design notes B1."""
    deauthorize(world.session(world.leo), app.client_id)
    assert leo.authorize(app).page.h1.startswith("Allow ")
    fresh = exchange(app, leo.allow(app)).json

    assert me(fresh["access_token"]).status == 200
    assert me(tokens["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_another_person_keeps_what_they_allowed(app: App, tokens: dict[str, str], world: World) -> None:
    """Contract 2.6: only that person and that app."""
    deauthorize(world.session(world.ana), app.client_id)

    assert me(tokens["access_token"]).status == 200


def test_an_app_that_was_never_allowed_or_never_existed_is_fine(browser: Browser, app: App, world: World) -> None:
    """Contract 2.6 and case 85."""
    session = world.session(world.leo)

    assert deauthorize(session, app.client_id).json == {"status": "OK"}
    assert deauthorize(session, new_id()).json == {"status": "OK"}


@pytest.mark.parametrize("client_id", ["junk", "", None, 7, ["x"], {"a": 1}, "\ud800", "x" * 27], ids=repr)
def test_what_is_no_id_is_refused(browser: Browser, world: World, client_id: object) -> None:
    """Contract case 84."""
    answer = deauthorize(world.session(world.leo), client_id)

    assert (answer.status, answer.json["id"]) == (400, "api.context.invalid_body_param.app_error")


def test_nobody_takes_nothing_back(app: App, tokens: dict[str, str]) -> None:
    """Contract case 86."""
    answer = deauthorize(None, app.client_id)

    assert (answer.status, answer.json["id"]) == (401, "api.context.session_expired.app_error")


def test_an_oauth_token_takes_nothing_back(app: App, tokens: dict[str, str]) -> None:
    """DESIGN section 4: consent is never open to an OAuth token."""
    assert deauthorize(tokens["access_token"], app.client_id).status == 403
    assert me(tokens["access_token"]).status == 200


def test_a_cookie_alone_takes_nothing_back(app: App, tokens: dict[str, str], world: World) -> None:
    """Contract 2.0, CSRF; attack 9."""
    cookie = f"MMAUTHTOKEN={world.session(world.leo)}"

    assert deauthorize(None, app.client_id, Cookie=cookie).status == 401
    assert me(tokens["access_token"]).status == 200
    assert deauthorize(None, app.client_id, Cookie=cookie, **{"X-Requested-With": "XMLHttpRequest"}).status == 200
    assert me(tokens["access_token"]).status == 401
