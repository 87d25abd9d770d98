"""Signing in and out over the API, and who one is (contract 2.0, 2.12)."""

from typing import Any

import pytest
import requests

from chalicelib import config
from chalicelib.accounts import people
from chalicelib.web.browser import cookie_name
from local.server import Server
from tests.browser import Answer, Browser, api, call, exchange, me
from tests.make import PASSWORD, World
from tests.web.api.bodies import refused
from tests.web.api.conftest import Callers
from tests.web.api.people import OWN_FIELDS

WRONG = (401, "api.user.login.invalid_credentials_email_username")
XHR = {"X-Requested-With": "XMLHttpRequest"}


def login(login_id: Any = "leo", password: Any = PASSWORD, **headers: str) -> Answer:
    """Sign in as Mattermost's clients do."""
    return api("POST", "/users/login", json={"login_id": login_id, "password": password}, headers=headers)


def cookies(answer: Answer) -> dict[str, str]:
    """What an answer sets, by name, as it came."""
    lines = answer.response.raw.headers.getlist("Set-Cookie")
    return {line.partition("=")[0]: line for line in lines}


@pytest.fixture
def by_cookie(world: World, server: Server) -> requests.Session:
    """Leo in a browser that signed in by XMLHttpRequest: nothing but Mattermost's cookies."""
    browser = Browser()
    browser.post("/api/v4/users/login", json={"login_id": "leo", "password": PASSWORD}, headers=XHR)
    return browser.http


def send(http: requests.Session, method: str, path: str, **headers: str) -> Answer:
    """Call the API with cookies."""
    url = config.current().url(f"/api/v4{path}")
    return Answer(http.request(method, url, json={}, headers=headers, allow_redirects=False, timeout=30))


@pytest.mark.parametrize("login_id", ["leo", "LEO", "leo@example.com", "Leo@Example.COM", " leo "])
def test_login_by_username_or_email_gives_the_user_and_a_token(login_id: str, callers: Callers, world: World) -> None:
    """Contract 2.12: the `Token` header opens the API."""
    answer = login(login_id)
    assert (answer.status, answer.json["id"]) == (200, world.leo.user_id)
    assert me(answer.headers["Token"]).json == answer.json
    assert answer.json.keys() == OWN_FIELDS


def test_login_by_the_id_of_an_account(world: World, server: Server) -> None:
    """Contract 2.12: `id` instead of `login_id`, as `loginById` of Mattermost's client sends it."""
    answer = api("POST", "/users/login", json={"id": world.leo.user_id, "password": PASSWORD})

    assert (answer.status, answer.json["username"]) == (200, "leo")


@pytest.mark.parametrize("user_id", ["y" * 26, "leo", "junk"])
def test_login_by_an_id_there_is_not_is_refused_like_a_wrong_password(
    world: World, server: Server, user_id: str
) -> None:
    """Attack 20."""
    assert refused(api("POST", "/users/login", json={"id": user_id, "password": PASSWORD + "x"})) == WRONG


def test_every_answer_says_which_version_this_is(world: World, server: Server) -> None:
    """Contract 1.1: X-Version-Id."""
    assert api("GET", "/system/ping").headers["X-Version-Id"].endswith(".0.false")


def test_a_repeated_parameter_of_a_query_is_one_of_the_address(world: World, server: Server) -> None:
    """Contract 1.1: invalid_url_param."""
    token = login().headers["Token"]

    answer = api("GET", "/users?page=1&page=2", token)

    assert refused(answer) == (400, "api.context.invalid_url_param.app_error")


def test_login_sets_cookies_only_for_an_xmlhttprequest(callers: Callers) -> None:
    """Contract 2.12."""
    assert cookies(login()) == {}
    answer = login(**XHR)
    assert cookies(answer).keys() == {"MMAUTHTOKEN", "MMUSERID", "MMCSRF", cookie_name("device")}
    assert answer.headers["Token"] in cookies(answer)["MMAUTHTOKEN"]


@pytest.mark.parametrize(("name", "hidden"), [("MMAUTHTOKEN", True), ("MMUSERID", False), ("MMCSRF", False)])
def test_only_the_token_is_hidden_from_scripts(name: str, hidden: bool, callers: Callers) -> None:
    """Contract 2.12; DESIGN section 6: stricter cookies."""
    line = cookies(login(**XHR))[name]
    assert ("HttpOnly" in line) == hidden
    assert "SameSite=Lax" in line
    assert "Path=/" in line


@pytest.mark.parametrize(("login_id", "password"), [("leo", "wrong-password"), ("nobody", PASSWORD), ("", PASSWORD)])
def test_a_wrong_password_and_an_unknown_person_are_answered_alike(
    login_id: str, password: str, callers: Callers
) -> None:
    """Contract 2.12."""
    answer = login(login_id, password)
    assert refused(answer) == WRONG
    assert answer.json["message"] == "Email, username or password is not right."
    assert "Token" not in answer.headers


def test_a_deactivated_account_is_told_so_only_after_the_right_password(callers: Callers, world: World) -> None:
    """Contract 2.12; issue 2 item 2."""
    people.deactivate(world.leo, world.origin())
    assert refused(login("leo", "wrong-password")) == WRONG
    assert refused(login()) == (401, "api.user.login.inactive.app_error")


def test_an_empty_password_is_asked_for(callers: Callers) -> None:
    """Contract 2.12."""
    assert refused(login(password="")) == (400, "api.user.login.blank_pwd.app_error")


@pytest.mark.parametrize(("login_id", "password"), [(7, PASSWORD), (None, PASSWORD), ("leo", ["x"]), ("leo", None)])
def test_login_takes_strings_only(login_id: Any, password: Any, callers: Callers) -> None:
    """Contract 2.12: all values are strings."""
    assert refused(login(login_id, password)) == (400, "api.context.invalid_body_param.app_error")


@pytest.mark.parametrize("text", ["\ud800", "\udfff a", "leo\udc00"])
@pytest.mark.parametrize("field", ["login_id", "password"])
def test_half_a_surrogate_pair_is_no_text(field: str, text: str, callers: Callers) -> None:
    """Issue 2: nothing a caller sends gives a 500."""
    body = {"login_id": "leo", "password": PASSWORD} | {field: text}
    assert refused(api("POST", "/users/login", json=body)) == (400, "api.context.invalid_body_param.app_error")


def test_the_sixth_try_in_a_minute_is_too_many(callers: Callers) -> None:
    """DESIGN section 2, "sign in": the right password does not help any more, and the answer says when to come back."""
    for _ in range(5):
        assert login(password="wrong-password").status == 401
    answer = login()
    assert refused(answer) == (429, "api.user.check_user_login_attempts.too_many.app_error")
    assert answer.headers["Retry-After"] == "60"


def test_me_is_the_person_of_the_session(callers: Callers, world: World) -> None:
    """Contract 1.8."""
    user = me(callers.maya).json
    assert (user["username"], user["email"], user["roles"]) == ("maya", "maya@example.com", "system_admin system_user")
    assert (user["first_name"], user["last_name"], user["delete_at"]) == ("Maya", "Okafor", 0)
    assert "password" not in user
    assert world.maya.password_hash not in me(callers.maya).text


def test_me_is_not_sent_again_while_it_is_the_same(callers: Callers, world: World) -> None:
    """Contract 2.12: ETag and If-None-Match."""
    etag = me(callers.leo).headers["ETag"]
    again = api("GET", "/users/me", callers.leo, headers={"If-None-Match": etag})
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", etag)
    assert api("GET", "/users/me", callers.leo, headers={"If-None-Match": '"other"'}).status == 200
    assert me(callers.maya).headers["ETag"] != etag


def test_the_etag_changes_with_the_person(callers: Callers, world: World) -> None:
    """Contract 2.12: what a client holds is asked for again after a change."""
    etag = me(callers.leo).headers["ETag"]
    people.deactivate(world.leo, world.origin())
    people.reactivate(world.user(world.leo.user_id), world.origin())
    answer = api("GET", "/users/me", world.session(world.user(world.leo.user_id)), headers={"If-None-Match": etag})
    assert answer.status == 200


@pytest.mark.parametrize("scheme", ["Bearer", "BEARER", "bearer", "Token", "token"])
def test_either_scheme_in_any_case_carries_a_session(scheme: str, callers: Callers) -> None:
    """Contract 2.0: the official Go client sends `BEARER`."""
    answer = call("GET", "/api/v4/users/me", headers={"Authorization": f"{scheme} {callers.leo}"})
    assert answer.json["username"] == "leo"


def test_a_token_in_the_query_is_not_looked_at(callers: Callers) -> None:
    """DESIGN section 6: tokens are refused in a query."""
    answer = call("GET", "/api/v4/users/me", params={"access_token": callers.leo})
    assert refused(answer) == (401, "api.context.session_expired.app_error")


@pytest.mark.parametrize("credential", [None, "gpn_junk", "x.y.z", "Bearer", "ü"])
def test_nobody_is_challenged_to_sign_in(credential: str | None, callers: Callers) -> None:
    """Contract 2.0, RFC 6750 section 3: the reason is told only to who sent a token."""
    headers = {"Authorization": f"Bearer {credential}".encode()} if credential else {}
    answer = call("GET", "/api/v4/users/me", headers=headers)
    assert refused(answer) == (401, "api.context.session_expired.app_error")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert ("error" in answer.json) == (credential is not None)


def test_logout_ends_the_session_and_is_always_ok(callers: Callers) -> None:
    """Contract 2.12."""
    for _ in range(2):
        answer = api("POST", "/users/logout", callers.leo)
        assert (answer.status, answer.json) == (200, {"status": "OK"})
    assert me(callers.leo).status == 401
    assert api("POST", "/users/logout").json == {"status": "OK"}
    assert me(callers.maya).status == 200


def test_an_oauth_token_shows_its_person_and_no_other(callers: Callers, world: World) -> None:
    """Contract case 156: two users, two tokens, two people."""
    app = world.app()
    tokens = [exchange(app, Browser().holding(who).allow(app)).json for who in (callers.leo, callers.ana)]
    assert [me(each["access_token"]).json["username"] for each in tokens] == ["leo", "ana"]


# --- cookies and the CSRF rule ----------------------------------------------------------------------------------


def test_a_cookie_reads_without_more(by_cookie: requests.Session) -> None:
    """Contract 2.0: GET needs no CSRF header."""
    assert send(by_cookie, "GET", "/users/me").json["username"] == "leo"


def test_a_cookie_alone_changes_nothing(by_cookie: requests.Session, world: World) -> None:
    """Contract 2.0: 401 without `X-CSRF-Token` or `X-Requested-With`."""
    world.set(admins_only=False)
    assert refused(send(by_cookie, "POST", "/oauth/apps")) == (401, "api.context.session_expired.app_error")
    assert refused(send(by_cookie, "POST", "/users/logout")) == (401, "api.context.session_expired.app_error")
    assert send(by_cookie, "GET", "/users/me").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_every_changing_method_is_checked(method: str, by_cookie: requests.Session, world: World) -> None:
    """Contract 2.0."""
    app = world.app()
    path = "/oauth/apps" if method == "POST" else f"/oauth/apps/{app.client_id}"
    assert send(by_cookie, method, path).status == 401
    assert send(by_cookie, method, path, **XHR).status == 403


def test_the_csrf_cookies_value_in_its_header_is_enough(by_cookie: requests.Session, world: World) -> None:
    """Contract 2.0."""
    world.set(admins_only=False)
    token = str(by_cookie.cookies["MMCSRF"])
    assert send(by_cookie, "POST", "/oauth/apps", **{"X-CSRF-Token": token}).status == 400


@pytest.mark.parametrize("value", ["", "x", "0" * 64])
def test_another_value_is_not(value: str, by_cookie: requests.Session, world: World) -> None:
    """Contract 2.0."""
    assert send(by_cookie, "POST", "/oauth/apps", **{"X-CSRF-Token": value}).status == 401


def test_another_sessions_csrf_value_is_not_either(by_cookie: requests.Session, world: World) -> None:
    """Contract 2.0: the value is the session's own."""
    other = Browser()
    other.post("/api/v4/users/login", json={"login_id": "ana", "password": PASSWORD}, headers=XHR)
    answer = send(by_cookie, "POST", "/oauth/apps", **{"X-CSRF-Token": str(other.http.cookies["MMCSRF"])})
    assert answer.status == 401


def test_a_page_of_another_origin_cannot_use_the_cookie(by_cookie: requests.Session) -> None:
    """DESIGN section 4: CORS is open to bearers because no cookie is read for another origin."""
    assert send(by_cookie, "GET", "/users/me", Origin="https://evil.example").status == 401
    answer = send(by_cookie, "GET", "/users/me", Origin=config.current().issuer)
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_bearer_needs_no_csrf_header(callers: Callers) -> None:
    """Contract 2.0."""
    assert api("POST", "/oauth/apps", callers.leo, {}).status == 403


def test_logging_out_by_cookie_takes_the_cookies_away(by_cookie: requests.Session) -> None:
    """Contract 2.12."""
    answer = send(by_cookie, "POST", "/users/logout", **XHR)
    assert answer.json == {"status": "OK"}
    assert by_cookie.cookies.keys() == [cookie_name("device")]  # known, and signed out


def test_mattermosts_cookie_is_no_session_for_pages(by_cookie: requests.Session) -> None:
    """DESIGN section 4: honoured at `/api/v4/*` and JSON `/oauth/*` only."""
    url = config.current().url("/account")
    assert by_cookie.get(url, allow_redirects=False, timeout=30).status_code == 302


def test_the_pages_cookie_is_no_session_for_the_api(callers: Callers) -> None:
    """DESIGN section 4: each cookie has its own room."""
    assert send(Browser().holding(callers.leo).http, "GET", "/users/me").status == 401
