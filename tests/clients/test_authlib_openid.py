"""Authlib as an OpenID Connect client, unmodified: its session, its own ID token claims, joserfc for the signature."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken, UserInfo
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.errors import InvalidClaimError
from joserfc.jwk import KeySet

from chalicelib import config
from tests.browser import Browser, call
from tests.make import CALLBACK, VERIFIER, World

Metadata = dict[str, Any]
NONCE = "n-0S6_WzA2Mj"
once = pytest.mark.parametrize("session", ["client_secret_basic"], indirect=True)  # what no secret is sent for


@pytest.fixture
def leo(world: World, browser: Browser) -> Browser:
    """Leo's browser, signed in."""
    return browser.holding(world.session(world.leo))


@pytest.fixture
def metadata() -> Metadata:
    """What the library finds out by itself, checked by its own rules (OpenID Connect Discovery section 3)."""
    path = urlsplit(get_well_known_url(config.current().issuer, external=True)).path
    found = OpenIDProviderMetadata(call("GET", path).json)
    found.validate()
    return dict(found)


@pytest.fixture(params=["client_secret_basic", "client_secret_post", "none"])
def session(request: pytest.FixtureRequest, world: World, leo: Browser) -> Iterator[OAuth2Session]:
    """Authlib's session for an application, with each way to prove itself."""
    app = world.app(public=request.param == "none")
    with OAuth2Session(
        app.client_id,
        app.secret or None,
        token_endpoint_auth_method=request.param,
        redirect_uri=CALLBACK,
        scope="openid profile email offline_access",
        code_challenge_method="S256",
    ) as made:
        yield made


def arrived(session: OAuth2Session, metadata: Metadata, leo: Browser, **extra: str) -> str:
    """The address somebody comes back to, Allow pressed where they are asked."""
    address, _ = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=VERIFIER, nonce=NONCE, **extra
    )
    answer = leo.get(address)
    return (leo.decide(answer, "allow") if answer.status == 200 else answer).goes_to


def signed_in(session: OAuth2Session, metadata: Metadata, leo: Browser) -> dict[str, Any]:
    """Everything the application gets."""
    token: dict[str, Any] = session.fetch_token(
        metadata["token_endpoint"],
        authorization_response=arrived(session, metadata, leo),
        code_verifier=VERIFIER,
    )
    return token


def error_in(address: str) -> list[str]:
    """The error an application finds in the address its person comes back to."""
    return parse_qs(urlsplit(address).query)["error"]


def checked(session: OAuth2Session, metadata: Metadata, token: dict[str, Any], **expected: str) -> CodeIDToken:
    """The ID token as Authlib's framework clients check it: signature, then every claim."""
    keys = KeySet.import_key_set(call("GET", urlsplit(metadata["jwks_uri"]).path).json)
    algorithms = metadata["id_token_signing_alg_values_supported"]
    decoded = jwt.decode(token["id_token"], keys, algorithms=algorithms)
    wanted = {"iss": metadata["issuer"], "aud": session.client_id} | expected
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        {name: {"values": [value]} for name, value in wanted.items()},
        {"nonce": NONCE, "client_id": session.client_id, "access_token": token["access_token"]},
    )
    claims.validate()
    return claims


def test_authlib_accepts_the_id_token(session: OAuth2Session, metadata: Metadata, leo: Browser, world: World) -> None:
    """oidc-1: signature, iss, aud, azp, nonce, at_hash and times."""
    claims = checked(session, metadata, signed_in(session, metadata, leo))

    assert claims["sub"] == world.leo.user_id


def test_authlib_refuses_the_id_token_of_another_server(
    session: OAuth2Session, metadata: Metadata, leo: Browser
) -> None:
    """Attack 3: the claim is there to be compared."""
    token = signed_in(session, metadata, leo)

    with pytest.raises(InvalidClaimError, match="iss"):
        checked(session, metadata, token, iss="https://elsewhere.example")


def test_authlib_refuses_an_id_token_beside_another_access_token(
    session: OAuth2Session, metadata: Metadata, leo: Browser
) -> None:
    """oidc-1: at_hash ties the two together."""
    token = signed_in(session, metadata, leo)

    with pytest.raises(InvalidClaimError, match="at_hash"):
        checked(session, metadata, token | {"access_token": "another"})


def test_authlib_asks_who_it_is(session: OAuth2Session, metadata: Metadata, leo: Browser) -> None:
    """oidc-4: the same person as in the ID token."""
    claims = checked(session, metadata, signed_in(session, metadata, leo))

    about = UserInfo(session.get(metadata["userinfo_endpoint"]).json())

    assert (about.sub, about.preferred_username, about.email) == (claims["sub"], "leo", "leo@example.com")


def test_authlib_refreshes_and_asks_again(
    session: OAuth2Session, metadata: Metadata, leo: Browser, world: World
) -> None:
    """oidc-6: `offline_access` was allowed; the library refreshes by itself when the token has run out."""
    old = signed_in(session, metadata, leo)
    session.metadata["token_endpoint"] = metadata["token_endpoint"]
    world.clock.shift(world.settings().access_token_lifetime + 1)

    about = session.get(metadata["userinfo_endpoint"])

    assert about.json()["sub"] == world.leo.user_id
    assert session.token["refresh_token"] != old["refresh_token"]


@once
def test_prompt_none_without_consent_is_told_to_the_application(
    session: OAuth2Session, metadata: Metadata, leo: Browser
) -> None:
    """oidc-2."""
    assert error_in(arrived(session, metadata, leo, prompt="none")) == ["consent_required"]


@once
def test_prompt_none_without_a_session_is_told_to_the_application(
    session: OAuth2Session, metadata: OpenIDProviderMetadata
) -> None:
    """oidc-2."""
    assert error_in(arrived(session, metadata, Browser(), prompt="none")) == ["login_required"]


@once
def test_prompt_none_signs_in_silently_who_allowed_it_before(
    session: OAuth2Session, metadata: Metadata, leo: Browser
) -> None:
    """oidc-2: and the ID token is as good as the first."""
    signed_in(session, metadata, leo)

    silent = arrived(session, metadata, leo, prompt="none")
    token = session.fetch_token(metadata["token_endpoint"], authorization_response=silent, code_verifier=VERIFIER)

    assert checked(session, metadata, token)
