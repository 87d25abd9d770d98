"""A little of the matrix over real sockets: what stands between wire and app must not break either."""

import pytest

from local.server import Server
from tests.browser import Browser, call
from tests.hostile import harmless
from tests.matrix.nonsense import BODIES, CONTENT_TYPES, OCTETS

ADDRESSES = ["/login", "/oauth/access_token", "/api/v4/users/login", "/oauth/authorize"]


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize(("about", "body"), BODIES, ids=[about for about, _ in BODIES])
def test_no_body_breaks_the_server(browser: Browser, path: str, about: str, body: bytes) -> None:
    """Checklists 6749-16; one address for each shape of answer."""
    answer = harmless(call("POST", path, data=body, headers={"Content-Type": "application/json"}))

    assert answer.status >= 400 or answer.goes_to.startswith("/oauth/authorize?")
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize("content_type", [kind for kind in CONTENT_TYPES if kind.isascii()])
def test_no_content_type_breaks_the_server(browser: Browser, content_type: str) -> None:
    """RFC 6749 section 4.1.3: it is no form, and that is said."""
    headers = {"Content-Type": content_type}
    answer = harmless(call("POST", "/oauth/access_token", data=b"grant_type=authorization_code", headers=headers))

    assert answer.status in {400, 401, 415}
    assert answer.json["error"]


@pytest.mark.parametrize(("about", "octets"), OCTETS, ids=[about for about, _ in OCTETS])
def test_no_path_breaks_the_server(browser: Browser, server: Server, about: str, octets: bytes) -> None:
    """Contract 1.1."""
    path = "".join(f"%{octet:02x}" for octet in octets[:2_000])
    answer = harmless(call("GET", f"/api/v4/oauth/apps/{path}/info"))

    assert answer.status in {401, 404}
