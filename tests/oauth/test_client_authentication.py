"""Who is asking at the token endpoint: Basic or body, never both."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.credentials import fingerprint
from chalicelib.errors import InvalidClient, InvalidRequest
from chalicelib.oauth.client_authentication import authenticate, presented
from chalicelib.store.clients import Client

CLIENT_ID = "wj3drgzdpnf54rxf5d8qd3dqne"
OTHER_ID = "q3w6s9m1ffyf5bx6b7e5ok4i7c"
SECRET = "gps_8hYWyVNR326SQiqkO7oT5DjFoAC9SpvW3GpM7S"  # always the same: parallel tests are named by it


def basic(name: str, secret: str, scheme: str = "Basic") -> str:
    """A header as the RFC wants it: both parts form-urlencoded, then base64."""
    pair = f"{quote_plus(name)}:{quote_plus(secret)}"
    return f"{scheme} {b64encode(pair.encode()).decode()}"


def client(**changes: Any) -> Client:
    """A confidential client whose secret is `SECRET`."""
    kept = {"hash": fingerprint(SECRET), "last_four": SECRET[-4:], "made_at": 0}
    values: dict[str, Any] = {"client_id": CLIENT_ID, "secrets": [kept], "public": False, "suspended": False}
    return Client(**(values | changes))


PUBLIC = client(secrets=[], public=True)


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_basic_is_read_whatever_its_case(scheme: str) -> None:
    """6749-10."""
    claimed = presented(basic(CLIENT_ID, SECRET, scheme), None, None)

    assert (claimed.client_id, claimed.secret, claimed.basic) == (CLIENT_ID, SECRET, True)


@pytest.mark.parametrize("scheme", ["Bearer", "Digest", "Basi", "Basic-x"])
def test_another_scheme_is_not_read_as_basic(scheme: str) -> None:
    """RFC 6749 section 2.3: one method, not whatever looks like it."""
    with pytest.raises(InvalidClient):
        presented(basic(CLIENT_ID, SECRET, scheme), None, None)


def test_the_body_is_read() -> None:
    """RFC 6749 section 2.3.1."""
    claimed = presented(None, CLIENT_ID, SECRET)

    assert (claimed.client_id, claimed.secret, claimed.basic) == (CLIENT_ID, SECRET, False)


@pytest.mark.parametrize("secret", ["a:b", "a%b", "a+b", "a b", "ä€", "%3A"])
def test_basic_credentials_are_form_urlencoded(secret: str) -> None:
    """6749-10."""
    assert presented(basic(CLIENT_ID, secret), None, None).secret == secret


def test_the_same_client_id_in_header_and_body_is_allowed() -> None:
    """6749-11."""
    assert presented(basic(CLIENT_ID, SECRET), CLIENT_ID, None).client_id == CLIENT_ID


@pytest.mark.parametrize(
    ("client_id", "secret"), [(OTHER_ID, None), (None, SECRET), (CLIENT_ID, SECRET), (OTHER_ID, SECRET)]
)
def test_two_methods_in_one_request_are_refused(client_id: str | None, secret: str | None) -> None:
    """6749-11."""
    with pytest.raises(InvalidRequest):
        presented(basic(CLIENT_ID, SECRET), client_id, secret)


def test_no_client_at_all_is_refused_without_a_challenge() -> None:
    """6749-5; contract case 90."""
    with pytest.raises(InvalidClient) as refused:
        presented(None, None, SECRET)

    assert refused.value.headers == {}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic YQ",
        "Basic " + b64encode(b"no colon").decode(),
        "Basic " + b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + b64encode(b":").decode(),
        "Basic " + b64encode(b"junk:" + SECRET.encode()).decode(),
        "Basic ÄÖÜ",
        f"Bearer {SECRET}",
        f"Digest username={CLIENT_ID}",
        b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode(),
    ],
)
def test_a_header_that_is_no_basic_credential_is_answered_with_a_challenge(header: str) -> None:
    """6749-10: malformed base64 is 401, not 500; 6749-11: a Bearer header is not client authentication."""
    with pytest.raises(InvalidClient) as refused:
        presented(header, CLIENT_ID, None)

    assert refused.value.status == 401
    assert refused.value.headers["WWW-Authenticate"].startswith("Basic ")


@given(st.binary(max_size=60))
def test_any_octets_in_a_basic_header_are_read_or_refused(octets: bytes) -> None:
    """6749-10, 6749-16."""
    try:
        claimed = presented(f"Basic {b64encode(octets).decode()}", None, None)
    except InvalidClient:
        return
    assert len(claimed.client_id) == 26


def test_the_right_secret_is_taken() -> None:
    """RFC 6749 section 2.3.1."""
    held = client()

    assert authenticate(presented(None, CLIENT_ID, SECRET), held, 0) is held


@pytest.mark.parametrize("secret", [None, "x", SECRET[:-1], SECRET + "x", SECRET.upper(), fingerprint(SECRET)])
def test_any_other_secret_is_refused(secret: str | None) -> None:
    """Contract cases 92, 93; attack 18: what is stored is no credential."""
    with pytest.raises(InvalidClient) as refused:
        authenticate(presented(None, CLIENT_ID, secret), client(), 0)

    assert refused.value.headers == {}


def test_unknown_suspended_and_wrong_are_one_answer() -> None:
    """Attack 19 and 20: nobody learns which clients there are."""
    claimed = presented(None, CLIENT_ID, SECRET)
    answers = []
    for held, said in [(None, claimed), (client(suspended=True), claimed), (client(), presented(None, CLIENT_ID, "x"))]:
        with pytest.raises(InvalidClient) as refused:
            authenticate(said, held, 0)
        answers.append((refused.value.id, refused.value.description, refused.value.headers))

    assert answers[0] == answers[1] == answers[2]


def test_a_refused_header_is_answered_with_a_challenge() -> None:
    """6749-5."""
    with pytest.raises(InvalidClient) as refused:
        authenticate(presented(basic(CLIENT_ID, "x"), None, None), client(), 0)

    assert refused.value.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_public_client_names_itself_only() -> None:
    """RFC 6749 section 3.2.1; contract case 104."""
    assert authenticate(presented(None, CLIENT_ID, None), PUBLIC, 0) is PUBLIC


def test_a_public_client_may_send_basic_with_no_secret() -> None:
    """RFC 6749 section 2.3.1: some clients always send the header."""
    assert authenticate(presented(basic(CLIENT_ID, ""), None, None), PUBLIC, 0) is PUBLIC


def test_a_public_client_with_a_secret_is_refused() -> None:
    """Contract 2.8, step 6."""
    with pytest.raises(InvalidClient) as refused:
        authenticate(presented(None, CLIENT_ID, SECRET), PUBLIC, 0)

    assert refused.value.id == "model.oauth.validate_grant.public_client_secret.app_error"


def test_a_client_whose_secrets_are_gone_lets_nobody_in() -> None:
    """An empty list of secrets must not mean "no secret needed"."""
    with pytest.raises(InvalidClient):
        authenticate(presented(None, CLIENT_ID, None), client(secrets=[]), 0)


def test_no_secret_is_in_the_text_of_what_was_presented() -> None:
    """Attack 18."""
    assert SECRET not in repr(presented(basic(CLIENT_ID, SECRET), None, None))
