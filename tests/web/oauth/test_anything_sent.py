"""Whatever a caller sends: never a 500, never an extra header, never executed markup (issue 2)."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.oauth.authorization import PARAMETERS
from chalicelib.web.browser import cookie_name
from tests.browser import Browser, api, authorization_request, call
from tests.hostile import harmless, hostile, many
from tests.make import CALLBACK, App, World

NAMES = [*PARAMETERS, "login_hint", "nonce", "resource", "<x-marker>"]
TOKEN_FIELDS = ["grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "token", "x\r\n"]
header_text = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=60)


@many
@given(changes=st.dictionaries(st.sampled_from(NAMES), hostile, min_size=1, max_size=3))
def test_an_authorization_request_leads_to_a_page_or_to_the_registered_callback(
    leo: Browser, app: App, changes: dict[str, str]
) -> None:
    """6749-3, 6749-16; attacks 4 and 26."""
    answer = harmless(leo.get("/oauth/authorize", **(authorization_request(app) | changes)))

    if answer.goes_to:
        assert answer.goes_to.startswith((CALLBACK + "?", "/login?"))


@many
@given(state=hostile)
def test_a_state_comes_back_as_it_was_sent_or_not_at_all(leo: Browser, app: App, state: str) -> None:
    """6749-3: byte for byte, through consent."""
    consent = harmless(leo.authorize(app, state=state))
    answer = consent if consent.goes_to else harmless(leo.decide(consent, "deny"))

    if state == "" or "\x00" in state:
        assert "state" not in answer.answer
    else:
        assert answer.answer["state"] == state
    assert urlsplit(answer.goes_to).netloc == urlsplit(CALLBACK).netloc


@many
@given(pairs=st.lists(st.tuples(st.sampled_from(NAMES), hostile), max_size=8))
def test_any_list_of_parameters_is_answered(browser: Browser, app: App, pairs: list[tuple[str, str]]) -> None:
    """6749-2: repeated ones too, by query and by form."""
    query = urlencode([*authorization_request(app).items(), *pairs])

    harmless(browser.get(f"/oauth/authorize?{query}"))
    harmless(browser.post("/oauth/authorize", query, headers={"Content-Type": "application/x-www-form-urlencoded"}))


@many
@given(query=st.binary(max_size=60).map(lambda b: "".join(f"%{x:02x}" for x in b)))
def test_any_octets_in_a_query_are_answered(browser: Browser, app: App, query: str) -> None:
    """6749-16: NUL, over-long forms, invalid UTF-8."""
    known = urlencode(authorization_request(app, state=None))

    harmless(browser.get(f"/oauth/authorize?{known}&state={query}&{query}={query}"))
    harmless(browser.get(f"/oauth/authorize?client_id={query}&redirect_uri={query}"))


@many
@given(fields=st.dictionaries(st.sampled_from(["ticket", "csrf", "decision", "x"]), hostile, max_size=4))
def test_any_decision_is_answered(leo: Browser, app: App, fields: dict[str, str]) -> None:
    """Attack 9; 6749-16."""
    consent = leo.authorize(app)

    answer = harmless(leo.submit(consent, "/oauth/authorize/decision", **fields))

    assert "code" not in answer.answer


@many
@given(fields=st.dictionaries(st.sampled_from(TOKEN_FIELDS), hostile, max_size=5), grant=st.booleans())
def test_any_form_at_the_token_endpoint_is_answered(
    browser: Browser, app: App, fields: dict[str, str], grant: bool
) -> None:
    """6749-16."""
    form = {"grant_type": "authorization_code"} | fields if grant else fields

    for path in ("/oauth/access_token", "/oauth/revoke"):
        answer = harmless(call("POST", path, data=form or {"x": "y"}, auth=app.basic))
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.status == 400 or (path == "/oauth/revoke" and fields.get("token"))


@many
@given(body=st.binary(max_size=200))
def test_any_octets_in_a_body_are_answered(browser: Browser, body: bytes) -> None:
    """6749-16."""
    for kind in ("application/x-www-form-urlencoded", "application/json"):
        for path in ("/oauth/access_token", "/oauth/authorize", "/oauth/deauthorize"):
            harmless(call("POST", path, data=body, headers={"Content-Type": kind}))


@many
@given(credentials=st.tuples(hostile, hostile), header=header_text)
def test_any_client_credentials_are_refused(browser: Browser, credentials: tuple[str, str], header: str) -> None:
    """6749-10."""
    form = {"grant_type": "authorization_code", "code": "x"}
    name, secret = (text.encode() for text in credentials)

    answers = [
        harmless(call("POST", "/oauth/access_token", data=form, auth=(name, secret))),
        harmless(call("POST", "/oauth/access_token", data=form, headers={"Authorization": header.encode("latin-1")})),
        harmless(call("POST", "/oauth/access_token", data=form | {"client_id": name, "client_secret": secret})),
    ]

    assert {answer.status for answer in answers} <= {400, 401}


@many
@given(token=header_text)
def test_any_bearer_token_is_refused(browser: Browser, token: str) -> None:
    """6750-2."""
    headers: Any = {"Authorization": b"Bearer " + token.encode("latin-1")}

    assert harmless(api("GET", "/users/me", headers=headers)).status == 401


@many
@given(value=header_text, name=st.sampled_from(["", "-form", "-flash", "-theme"]))
def test_any_cookie_is_answered(browser: Browser, app: App, value: str, name: str) -> None:
    """Attack 27; 6749-16."""
    cookie = f"{cookie_name()}{name}={value}; MMAUTHTOKEN={value}; {value}"
    request = authorization_request(app)
    headers: Any = {"Cookie": cookie.encode("latin-1")}

    for path in ("/oauth/authorize", "/login", "/account"):
        assert harmless(call("GET", path, params=request, headers=headers)).status in {200, 302}
    harmless(call("POST", "/oauth/authorize", json=request, headers=headers))


@pytest.fixture
def session(browser: Browser, world: World) -> str:
    """Leo's session token."""
    return world.session(world.leo)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@many
@given(changes=st.dictionaries(st.sampled_from([*PARAMETERS, "resource"]), json_values, min_size=1, max_size=3))
def test_any_json_decision_is_answered(session: str, app: App, changes: dict[str, Any]) -> None:
    """6749-16; contract 2.5."""
    headers = {"Authorization": f"Bearer {session}"}

    answer = harmless(call("POST", "/oauth/authorize", json=authorization_request(app) | changes, headers=headers))

    if answer.status == 200:
        assert answer.json["redirect"].startswith(CALLBACK + "?")
