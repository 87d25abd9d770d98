"""Authlib's own OAuth 2.0 session, unmodified, from registering an application to giving its tokens back."""

from collections.abc import Iterator

import pytest
from authlib.integrations.requests_client import OAuth2Session, OAuthError

from chalicelib import config
from tests.browser import Browser, api
from tests.make import CALLBACK, PASSWORD, VERIFIER, App


def registered(username: str, **changes: object) -> App:
    """Register an application through the API, as somebody's own program would."""
    login = api("POST", "/users/login", json={"login_id": username, "password": PASSWORD})
    body = {"name": "Authlib", "homepage": "https://authlib.example.net", "callback_urls": [CALLBACK], **changes}
    made = api("POST", "/oauth/apps", login.headers["Token"], json=body).json
    return App(made["id"], made["client_secret"], CALLBACK)


@pytest.fixture(params=["client_secret_basic", "client_secret_post"])
def session(request: pytest.FixtureRequest, browser: Browser) -> Iterator[OAuth2Session]:
    """Authlib's session for an application of Maya's, with either way to prove itself."""
    app = registered("maya")
    with OAuth2Session(
        app.client_id,
        app.secret,
        token_endpoint_auth_method=request.param,
        redirect_uri=CALLBACK,
        scope="user",
        code_challenge_method="S256",
    ) as made:
        yield made


def signed_in(session: OAuth2Session, browser: Browser) -> dict[str, str]:
    """Let Leo allow the application, and fetch its tokens."""
    url = config.current().url
    address, state = session.create_authorization_url(url("/oauth/authorize"), code_verifier=VERIFIER)
    consent = browser.sign_in("leo").get(address)
    arrived = browser.decide(consent, "allow").goes_to
    token: dict[str, str] = session.fetch_token(
        url("/oauth/access_token"), authorization_response=arrived, state=state, code_verifier=VERIFIER
    )
    return token


def test_authlib_signs_a_person_in_and_calls_the_api_for_them(session: OAuth2Session, browser: Browser) -> None:
    """The seed: the application receives an access token to perform requests on behalf of that user."""
    token = signed_in(session, browser)

    assert session.get(config.current().url("/api/v4/users/me")).json()["username"] == "leo"
    assert token["scope"] == "user"


def test_authlib_refreshes_and_the_new_token_works(session: OAuth2Session, browser: Browser) -> None:
    """RFC 6749 section 6."""
    old = signed_in(session, browser)

    new = session.refresh_token(config.current().url("/oauth/access_token"))

    assert new["refresh_token"] != old["refresh_token"]
    assert session.get(config.current().url("/api/v4/users/me")).status_code == 200


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_authlib_revokes_and_the_tokens_stop(session: OAuth2Session, browser: Browser, kind: str) -> None:
    """RFC 7009 section 2.1."""
    token = signed_in(session, browser)

    answer = session.revoke_token(config.current().url("/oauth/revoke"), token=token[kind])  # type: ignore[no-untyped-call]  # stubs

    assert answer.status_code == 200
    assert session.get(config.current().url("/api/v4/users/me")).status_code == 401


def test_authlib_hears_invalid_grant_when_access_was_taken_away(session: OAuth2Session, browser: Browser) -> None:
    """RFC 6749 section 5.2: a stock library understands the refusal."""
    signed_in(session, browser)
    path = f"/account/security/oauth2-apps/{session.client_id}/revoke"
    browser.submit(browser.get(path), path)

    with pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token(config.current().url("/oauth/access_token"))


def test_authlib_works_for_a_public_client(browser: Browser) -> None:
    """RFC 8252: no secret, PKCE is the proof."""
    app = registered("maya", is_public=True)
    with OAuth2Session(
        app.client_id, token_endpoint_auth_method="none", redirect_uri=CALLBACK, code_challenge_method="S256"
    ) as session:
        signed_in(session, browser)

        assert session.get(config.current().url("/api/v4/users/me")).json()["username"] == "leo"
        assert session.refresh_token(config.current().url("/oauth/access_token"))["access_token"]
