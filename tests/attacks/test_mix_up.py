"""Attack 3: a client that talks to several authorization servers is made to send one's code to another.

The client's part of the defence is the client's; stock clients are seen refusing in `tests/clients`.
"""

import jwt
import pytest

from chalicelib import config
from tests.browser import Answer, Browser, call, exchange
from tests.make import App, World

DOCUMENTS = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]


@pytest.fixture
def issuer(browser: Browser) -> str:
    """What our metadata says we are."""
    document = call("GET", DOCUMENTS[0]).json
    assert document["authorization_response_iss_parameter_supported"] is True
    return str(document["issuer"])


def answers(leo: Browser, world: World) -> dict[str, Answer]:
    """Every kind of answer a client gets from the authorization endpoint."""
    app, new = world.app(), world.app(name="New")
    consent = leo.authorize(app)
    return {
        "allowed": leo.decide(consent, "allow"),
        "remembered": leo.authorize(app),
        "denied": leo.decide(leo.authorize(new), "deny"),
        "refused": leo.authorize(app, response_type="token"),
        "nobody there": Browser().authorize(app, prompt="none"),
    }


def test_every_answer_says_who_gave_it(leo: Browser, world: World, issuer: str) -> None:
    """Attack 3; 9207-1, 9700-10, mcp-6: on success and on error, byte for byte as in the metadata."""
    given = {kind: answer.answer.get("iss") for kind, answer in answers(leo, world).items()}

    assert given == dict.fromkeys(given, issuer)


def test_no_client_can_choose_what_the_answer_says(leo: Browser, world: World, issuer: str) -> None:
    """Attack 3: neither by a parameter nor by an `iss` in the query of its callback, which would be a second one."""
    app = world.app(redirect_uris=["https://standup.example.net/oauth/callback?iss=https%3A%2F%2Fevil.example"])

    answer = leo.authorize(app, iss="https://evil.example", response_type="token")

    assert answer.answer["iss"] == issuer
    assert "evil.example" not in answer.goes_to


def test_tokens_and_metadata_name_the_same_issuer(leo: Browser, app: App, issuer: str) -> None:
    """Attack 3, 8414-1: one issuer, in everything signed and in both documents."""
    tokens = exchange(app, leo.allow(app, scope="openid user")).json
    signed = [jwt.decode(tokens[kind], options={"verify_signature": False}) for kind in ("access_token", "id_token")]

    named = {*(said["iss"] for said in signed), *(call("GET", path).json["issuer"] for path in DOCUMENTS)}

    assert named == {issuer} == {config.current().issuer}


def test_all_our_endpoints_are_at_the_issuer(issuer: str) -> None:
    """Attack 3: nobody is sent to another server by our own metadata."""
    document = call("GET", DOCUMENTS[1]).json
    addresses = [value for name, value in document.items() if name.endswith(("_endpoint", "_uri"))]

    assert len(addresses) >= 7
    assert [address for address in addresses if not address.startswith(issuer + "/")] == []
