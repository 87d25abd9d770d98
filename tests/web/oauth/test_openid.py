"""OpenID Connect: ID tokens, userinfo, prompts, and signing out from an application."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from chalicelib import config
from chalicelib.accounts import people
from tests.browser import Answer, Browser, call, exchange, refresh
from tests.make import PASSWORD, App, World

SIGNED_OUT = "https://standup.example.net/bye"


def tokens_of(browser: Browser, app: App, **changes: str | None) -> dict[str, Any]:
    """Everything an application gets for a sign-in."""
    answer = exchange(app, browser.allow(app, **changes))
    assert answer.status == 200, answer.text
    tokens: dict[str, Any] = answer.json
    return tokens


def claims(token: str) -> dict[str, Any]:
    """What a token says; the signature is checked with the published keys."""
    keys = {key["kid"]: jwt.PyJWK(key) for key in call("GET", "/oauth/jwks").json["keys"]}
    kid = jwt.get_unverified_header(token)["kid"]
    found: dict[str, Any] = jwt.decode(token, keys[kid], ["RS256"], options={"verify_aud": False})
    return found


def userinfo(token: str, method: str = "GET") -> Answer:
    """Ask who it is."""
    return call(method, "/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def anas_hint(app: App, world: World) -> str:
    """An ID token that says it was Ana."""
    ana = Browser().holding(world.session(world.ana))
    return str(tokens_of(ana, app, scope="openid")["id_token"])


def test_an_id_token_says_who_signed_in_to_which_application(leo: Browser, app: App, world: World) -> None:
    """oidc-1: iss, sub, aud, exp, iat, nonce, auth_time, azp; RS256 with a published key."""
    token = tokens_of(leo, app, scope="openid", nonce="n-0S6_WzA2Mj")["id_token"]

    said = claims(token)
    now = world.now // 1000
    assert said | {"at_hash": ""} == {
        "iss": config.current().issuer,
        "sub": world.leo.user_id,
        "aud": app.client_id,
        "azp": app.client_id,
        "nonce": "n-0S6_WzA2Mj",
        "iat": now,
        "exp": now + 3600,
        "auth_time": now,
        "at_hash": "",
    }


def test_an_id_token_is_tied_to_the_access_token_beside_it(leo: Browser, app: App) -> None:
    """oidc-1: at_hash (OpenID Connect Core section 3.1.3.6)."""
    tokens = tokens_of(leo, app, scope="openid")

    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims(tokens["id_token"])["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()


@pytest.mark.parametrize("scope", [None, "user", "posts:read", "profile email"])
def test_without_openid_there_is_no_id_token(leo: Browser, app: App, scope: str | None) -> None:
    """oidc-1: `openid` makes the request one of OpenID Connect."""
    assert "id_token" not in tokens_of(leo, app, scope=scope)


def test_a_nonce_that_was_not_sent_is_not_invented(leo: Browser, app: App) -> None:
    """oidc-1."""
    assert "nonce" not in claims(tokens_of(leo, app, scope="openid")["id_token"])


@pytest.mark.parametrize(
    ("scope", "given"),
    [("openid", False), ("openid offline_access", True), ("openid user", True), ("posts:read", True), (None, True)],
)
def test_with_openid_a_refresh_token_has_to_be_asked_for(
    leo: Browser, app: App, scope: str | None, given: bool
) -> None:
    """oidc-6; issue 4: without `openid` always, with it for `offline_access` or `user`."""
    assert ("refresh_token" in tokens_of(leo, app, scope=scope)) is given


def test_an_authorization_without_a_refresh_token_ends_with_its_access_token(
    leo: Browser, app: App, world: World
) -> None:
    """Design-notes (b) 6 (9)."""
    token = tokens_of(leo, app, scope="openid")["access_token"]
    assert userinfo(token).status == 200

    world.clock.shift(3600)

    assert userinfo(token).status == 401


@pytest.mark.parametrize(
    ("scope", "members"),
    [
        ("openid", {"sub"}),
        ("openid email", {"sub", "email", "email_verified"}),
        (
            "openid profile",
            {"sub", "name", "given_name", "family_name", "nickname", "preferred_username", "updated_at"},
        ),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_userinfo_tells_what_the_scopes_cover(
    leo: Browser, app: App, world: World, scope: str, members: set[str], method: str
) -> None:
    """oidc-4: GET and POST, the same `sub`."""
    tokens = tokens_of(leo, app, scope=scope)

    answer = userinfo(tokens["access_token"], method)

    assert (answer.status, set(answer.json)) == (200, members)
    assert answer.json["sub"] == claims(tokens["id_token"])["sub"] == world.leo.user_id


def test_the_claims_are_in_the_id_token_too(leo: Browser, app: App) -> None:
    """Design-notes (b) 5: a token for another API is refused at userinfo."""
    said = claims(tokens_of(leo, app, scope="openid profile email")["id_token"])

    assert (said["preferred_username"], said["email"]) == ("leo", "leo@example.com")


def test_who_has_no_nickname_is_called_by_the_username(leo: Browser, app: App, world: World) -> None:
    """OpenID Connect Core section 5.1: the contract's clients show it."""
    token = tokens_of(leo, app, scope="openid profile")["access_token"]
    before = userinfo(token).json["nickname"]

    people.edit(world.leo, {"nickname": "Lion"}, world.origin(world.leo.user_id))

    assert (before, userinfo(token).json["nickname"]) == ("leo", "Lion")


def test_an_address_is_verified_only_while_a_system_admin_vouches_for_it(leo: Browser, app: App, world: World) -> None:
    """OpenID Connect Core section 5.1: other software lets people in by this."""
    token = tokens_of(leo, app, scope="openid email")["access_token"]
    before = userinfo(token).json["email_verified"]

    people.edit(world.leo, {"email": "maya@elsewhere.example"}, world.origin(world.leo.user_id))
    own = userinfo(token).json["email_verified"]
    people.edit(world.user(world.leo.user_id), {"email": "leo@example.org"}, world.origin(world.maya.user_id))

    assert (before, own, userinfo(token).json["email_verified"]) == (True, False, True)


def test_userinfo_needs_openid(leo: Browser, app: App) -> None:
    """oidc-4, 6750-2: 403 insufficient_scope names what is missing."""
    answer = userinfo(tokens_of(leo, app, scope="posts:read")["access_token"])

    assert (answer.status, answer.json["error"]) == (403, "insufficient_scope")
    assert 'scope="openid"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_userinfo_refuses_who_has_no_token(browser: Browser, token: str) -> None:
    """oidc-4, 6750-2."""
    answer = userinfo(token)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_id_token_is_no_access_token(leo: Browser, app: App) -> None:
    """Attack 29: the type is checked."""
    assert userinfo(tokens_of(leo, app, scope="openid")["id_token"]).status == 401


# --- prompt, max_age, hints -------------------------------------------------------------------------------------


def test_prompt_none_answers_login_required_where_nobody_is_signed_in(browser: Browser, app: App) -> None:
    """oidc-2."""
    assert browser.authorize(app, prompt="none").answer["error"] == "login_required"


def test_prompt_none_answers_consent_required_where_somebody_would_be_asked(leo: Browser, app: App) -> None:
    """oidc-2."""
    assert leo.authorize(app, prompt="none").answer["error"] == "consent_required"


def test_prompt_none_gives_a_code_where_nobody_has_to_be_asked(leo: Browser, app: App) -> None:
    """oidc-2."""
    leo.allow(app)

    assert leo.authorize(app, prompt="none").answer["code"]


@pytest.mark.parametrize("prompt", ["none login", "consent none", "none select_account"])
def test_prompt_none_stands_alone(leo: Browser, app: App, prompt: str) -> None:
    """oidc-2: invalid_request."""
    assert leo.authorize(app, prompt=prompt).answer["error"] == "invalid_request"


def test_prompt_consent_asks_again(leo: Browser, app: App) -> None:
    """oidc-2; wire lesson (9): the MCP SDK sends it with `offline_access`."""
    leo.allow(app)

    answer = leo.authorize(app, prompt="consent", scope="openid offline_access")

    assert answer.status == 200
    assert "Do this while you are away" in answer.page.text


@pytest.mark.parametrize("again", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "0"}])
def test_who_is_asked_to_sign_in_once_more_then_goes_on(
    leo: Browser, app: App, world: World, again: dict[str, str]
) -> None:
    """oidc-2, oidc-3: the address that is come back to does not ask again."""
    leo.allow(app)
    world.clock.shift(60)
    asked = leo.authorize(app, **again)
    assert asked.goes_to.startswith("/login?redirect_to=")

    login = leo.get(asked.goes_to)
    signed_in = leo.submit(login, "/login", login_id="leo", password=PASSWORD)
    world.clock.shift(1)

    assert leo.get(signed_in.goes_to).answer["code"]


def test_a_sign_in_from_before_does_not_satisfy_prompt_login(leo: Browser, app: App, world: World) -> None:
    """oidc-2: coming back without signing in leads to the sign-in page again."""
    leo.allow(app)
    world.clock.shift(60)
    back = parse_qs(urlsplit(leo.authorize(app, prompt="login").goes_to).query)["redirect_to"][0]

    assert leo.get(back).goes_to.startswith("/login")


def test_a_mark_somebody_else_wrote_counts_for_nothing(leo: Browser, app: App, world: World) -> None:
    """oidc-2: the mark is ours alone."""
    leo.allow(app)
    world.clock.shift(60)

    assert leo.authorize(app, prompt="login", signed_in_after="1.00").goes_to.startswith("/login")


@pytest.mark.parametrize(("seconds", "again"), [("60", False), ("59", True), ("0", True)])
def test_max_age_bounds_how_long_ago_the_sign_in_was(
    leo: Browser, app: App, world: World, seconds: str, again: bool
) -> None:
    """oidc-3: and auth_time says when it was."""
    leo.allow(app)
    world.clock.shift(60)

    assert leo.authorize(app, max_age=seconds).goes_to.startswith("/login") is again


@pytest.mark.parametrize("text", ["-1", "x", "1.5", "٣", "9" * 10])
def test_a_max_age_is_a_number(leo: Browser, app: App, text: str) -> None:
    """oidc-3."""
    assert leo.authorize(app, max_age=text).answer["error"] == "invalid_request"


def test_an_id_token_hint_of_this_person_is_fine_though_expired(leo: Browser, app: App, world: World) -> None:
    """oidc-3."""
    hint = tokens_of(leo, app, scope="openid")["id_token"]
    world.clock.shift(2 * 3600)

    assert leo.authorize(app, scope="openid", prompt="none", id_token_hint=hint).answer["code"]


def test_an_id_token_hint_of_somebody_else_is_not_answered_for_this_person(
    leo: Browser, app: App, anas_hint: str
) -> None:
    """oidc-3."""
    leo.allow(app)

    assert leo.authorize(app, prompt="none", id_token_hint=anas_hint).answer["error"] == "login_required"
    assert leo.authorize(app, id_token_hint=anas_hint).goes_to.startswith("/login")


def test_who_signs_in_as_another_person_than_the_hinted_one_is_told_to_the_client(
    leo: Browser, app: App, world: World, anas_hint: str
) -> None:
    """oidc-3: login_required, where asking again and again would lead nowhere."""
    leo.allow(app)
    world.clock.shift(60)

    login = leo.get(leo.authorize(app, id_token_hint=anas_hint).goes_to)
    again = leo.submit(login, "/login", login_id="leo", password=PASSWORD)

    assert leo.get(again.goes_to).answer["error"] == "login_required"


def test_an_id_token_hint_that_is_none_of_ours_is_refused(leo: Browser, app: App) -> None:
    """oidc-3."""
    assert leo.authorize(app, id_token_hint="a.b.c").answer["error"] == "invalid_request"


@pytest.mark.parametrize("name", ["request", "request_uri"])
def test_request_objects_are_not_taken(leo: Browser, app: App, name: str) -> None:
    """oidc-3."""
    assert leo.authorize(app, **{name: "https://x.example"}).answer["error"] == f"{name}_not_supported"


@pytest.mark.parametrize("mode", ["fragment", "form_post"])
def test_only_the_query_carries_an_answer(leo: Browser, app: App, mode: str) -> None:
    """8414-3: as the metadata says."""
    assert leo.authorize(app, response_mode=mode).answer["error"] == "invalid_request"


@pytest.mark.parametrize("name", ["ui_locales", "display", "acr_values", "claims"])
def test_what_is_only_a_wish_is_ignored(leo: Browser, app: App, name: str) -> None:
    """oidc-3."""
    assert leo.authorize(app, **{name: "x"}).status == 200


def test_a_nonce_of_a_novel_is_refused(leo: Browser, app: App) -> None:
    """6749-16."""
    assert leo.authorize(app, scope="openid", nonce="x" * 513).answer["error"] == "invalid_request"


def test_a_refresh_gives_no_new_id_token_and_keeps_the_scope(leo: Browser, app: App) -> None:
    """OpenID Connect Core section 12.2: an ID token is optional there."""
    tokens = tokens_of(leo, app, scope="openid offline_access")

    answer = refresh(app, tokens["refresh_token"]).json

    assert "id_token" not in answer
    assert answer["scope"] == "offline_access openid"


def test_discovery_is_the_oauth_metadata_with_what_openid_needs(browser: Browser) -> None:
    """oidc-5, 8414-5: one body at both addresses, with the required members."""
    document = call("GET", "/.well-known/openid-configuration").json

    assert document == call("GET", "/.well-known/oauth-authorization-server").json
    required = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported"}
    assert required | {"subject_types_supported", "id_token_signing_alg_values_supported"} <= document.keys()


# --- RP-initiated logout ----------------------------------------------------------------------------------------


@pytest.fixture
def leaving(world: World) -> App:
    """An application with an address for after the sign-out."""
    return world.app(post_logout_redirect_uris=[SIGNED_OUT])


def signed_in(browser: Browser) -> bool:
    """Whether pages are shown to this browser."""
    return browser.get("/integrations").status == 200


def test_an_application_signs_out_the_person_its_id_token_names(leo: Browser, leaving: App) -> None:
    """oidc-7: post_logout_redirect_uri exact, state echoed."""
    hint = tokens_of(leo, leaving, scope="openid")["id_token"]

    answer = leo.get("/oauth/logout", id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT, state="a b")

    assert answer.goes_to == SIGNED_OUT + "?state=a+b"
    assert not signed_in(leo)


def test_signing_out_twice_is_as_good_as_once(leo: Browser, leaving: App) -> None:
    """oidc-7: idempotent."""
    hint = tokens_of(leo, leaving, scope="openid")["id_token"]
    leo.get("/oauth/logout", id_token_hint=hint)

    answer = leo.get("/oauth/logout", id_token_hint=hint, post_logout_redirect_uri=SIGNED_OUT)

    assert answer.goes_to == SIGNED_OUT


def test_an_expired_id_token_is_good_for_signing_out(leo: Browser, leaving: App, world: World) -> None:
    """oidc-7."""
    hint = tokens_of(leo, leaving, scope="openid")["id_token"]
    world.clock.shift(2 * 3600)

    leo.get("/oauth/logout", id_token_hint=hint)

    assert not signed_in(leo)


def test_an_application_may_ask_by_post_too(leo: Browser, leaving: App) -> None:
    """oidc-7: RP-Initiated Logout section 2; the form of another origin starts again as a GET."""
    sent = {"client_id": leaving.client_id, "post_logout_redirect_uri": SIGNED_OUT, "state": "a b"}

    again = leo.get(leo.post("/oauth/logout", sent, headers={"Origin": "https://standup.example.net"}).goes_to)

    assert again.page.h1 == "Sign out?"
    assert leo.submit(again, "/oauth/logout/confirm").goes_to == SIGNED_OUT + "?state=a+b"


def test_without_a_hint_the_person_is_asked(leo: Browser, leaving: App) -> None:
    """oidc-7: nobody is signed out by a picture on somebody's page."""
    asked = leo.get("/oauth/logout", client_id=leaving.client_id, post_logout_redirect_uri=SIGNED_OUT, state="x")
    assert (asked.status, asked.page.h1) == (200, "Sign out?")
    assert signed_in(leo)

    answer = leo.submit(asked, "/oauth/logout/confirm")

    assert answer.goes_to == SIGNED_OUT + "?state=x"
    assert not signed_in(leo)


def test_the_id_token_of_somebody_else_signs_nobody_out_unasked(leo: Browser, leaving: App, world: World) -> None:
    """oidc-7; attack 9."""
    ana = Browser().holding(world.session(world.ana))
    hint = tokens_of(ana, leaving, scope="openid")["id_token"]

    assert leo.get("/oauth/logout", id_token_hint=hint).page.h1 == "Sign out?"
    assert signed_in(leo)


@pytest.mark.parametrize(
    "address", [SIGNED_OUT + "/", "https://evil.example", "https://standup.example.net/oauth/callback"]
)
def test_nobody_is_sent_to_an_address_that_was_not_registered_for_it(leo: Browser, leaving: App, address: str) -> None:
    """oidc-7, attack 5."""
    hint = tokens_of(leo, leaving, scope="openid")["id_token"]

    answer = leo.get("/oauth/logout", id_token_hint=hint, post_logout_redirect_uri=address)

    assert (answer.status, answer.goes_to) == (400, "")
    assert signed_in(leo)


def test_tokens_outlive_the_sign_out(leo: Browser, leaving: App) -> None:
    """DESIGN section 2: a session is not an authorization."""
    tokens = tokens_of(leo, leaving, scope="openid offline_access")

    leo.get("/oauth/logout", id_token_hint=tokens["id_token"])

    assert json.loads(userinfo(tokens["access_token"]).text)["sub"]
