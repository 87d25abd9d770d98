"""The example on API Gateway: its authorizer by Chalice's local gateway, its refusals as `gateway.json` has them."""

import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import config
from tests.examples import resource_servers  # noqa: F401  # so that the example is found
from tests.examples.conftest import RESOURCE
from tests.examples.tokens import FOREIGN, FORGED, Issuing
from tests.make import World


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller gets."""

    status: int
    headers: dict[str, str]
    json: Any


class Gateway:
    """API Gateway: Chalice's local one, and the gateway responses that Chalice's does not know."""

    def __init__(self, app: Any, responses: dict[str, Any]) -> None:
        self.client = Client(app)
        self.responses = responses

    def call(self, method: str, path: str, token: str | None = None) -> Answer:
        """Make a call."""
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        try:
            answer = self.client.http.request(method, path, headers=headers)
        except Exception as failure:  # noqa: BLE001  # whatever an authorizer fails with, API Gateway answers
            return self._response("UNAUTHORIZED" if str(failure) == "Unauthorized" else "AUTHORIZER_FAILURE")
        kinds = {"UnauthorizedException": "UNAUTHORIZED", "AccessDeniedException": "ACCESS_DENIED"}
        kind = kinds.get(answer.headers.get("x-amzn-ErrorType", ""))
        return self._response(kind) if kind else Answer(answer.status_code, answer.headers, answer.json_body)

    def _response(self, kind: str) -> Answer:
        written = self.responses[kind]
        prefix = "gatewayresponse.header."
        headers = {name.removeprefix(prefix): text[1:-1] for name, text in written["responseParameters"].items()}
        return Answer(int(written["statusCode"]), headers, json.loads(written["responseTemplates"]["application/json"]))


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, repository: Path) -> Iterator[Gateway]:
    """The example as it is deployed."""
    monkeypatch.setenv("RESOURCE", RESOURCE)
    module = importlib.import_module("chalice_authorizer.app")
    written = repository / "examples" / "resource_servers" / "chalice_authorizer" / "gateway.json"
    definition = json.loads(written.read_text())["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    yield Gateway(module.app, definition["x-amazon-apigateway-gateway-responses"])
    del sys.modules["chalice_authorizer.app"]


def test_a_good_token_reaches_the_route_of_its_scope(gateway: Gateway, issuing: Issuing, world: World) -> None:
    """9068-2; the view learns who it is."""
    answer = gateway.call("GET", "/events", issuing.good())

    assert (answer.status, answer.json["calendar_of"]) == (200, world.leo.user_id)


@pytest.mark.parametrize("fault", [*FOREIGN, *FORGED])
def test_every_other_token_is_refused(gateway: Gateway, issuing: Issuing, fault: str) -> None:
    """9068-2, 8707-3, attack 29: 401 with where to get a good one (9728-2)."""
    answer = gateway.call("GET", "/events", issuing.bad(fault))

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer scope="calendar:read", resource_metadata="https://')


def test_who_brings_no_token_is_refused_alike(gateway: Gateway) -> None:
    """6750-2, 9728-2: API Gateway asks the authorizer nothing then."""
    answer = gateway.call("GET", "/events")

    assert (answer.status, "error=" in answer.headers["WWW-Authenticate"]) == (401, False)


def test_another_scheme_is_no_token(gateway: Gateway, issuing: Issuing) -> None:
    """6750-1."""
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        gateway.client.http.get("/events", headers={"Authorization": f"Basic {issuing.good()}"})


@pytest.mark.parametrize(
    ("scope", "method", "status"),
    [
        ("calendar:read", "POST", 403),
        ("calendar:write", "GET", 403),
        ("calendar:write", "POST", 200),
        ("openid", "GET", 403),
        ("calendar:read calendar:write", "GET", 200),
    ],
)
def test_a_scope_opens_its_own_routes_only(
    gateway: Gateway, issuing: Issuing, scope: str, method: str, status: int
) -> None:
    """6750-2, mcp-3: 403 insufficient_scope with all scopes there are."""
    answer = gateway.call(method, "/events", issuing.tokens(scope)["access_token"])

    expected = 'Bearer error="insufficient_scope", scope="calendar:read calendar:write", resource_metadata="https://'
    assert answer.status == status
    assert answer.headers.get("WWW-Authenticate", "").startswith(expected) == (status == 403)


def test_while_gatepost_cannot_be_reached_nobody_is_refused_or_let_in(
    gateway: Gateway, issuing: Issuing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with Retry-After."""
    token = issuing.good()
    monkeypatch.setattr(sys.modules["chalice_authorizer.app"].tokens.keys, "uri", "http://127.0.0.1:9/jwks")

    answer = gateway.call("GET", "/events", token)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


def test_it_says_which_server_gives_tokens(gateway: Gateway) -> None:
    """9728-1: open to everybody."""
    answer = gateway.call("GET", "/.well-known/oauth-protected-resource")

    assert answer.json == {
        "resource": RESOURCE,
        "authorization_servers": [config.current().issuer],
        "scopes_supported": ["calendar:read", "calendar:write"],
        "bearer_methods_supported": ["header"],
    }


def test_no_decision_is_remembered(gateway: Gateway) -> None:
    """Checklists, anti-features: a remembered decision would outlive the token."""
    assert sys.modules["chalice_authorizer.app"].bearer.config.ttl_seconds == 0


def test_the_challenges_name_the_address_that_is_configured(repository: Path) -> None:
    """`gateway.json` cannot read the environment: both texts are changed together."""
    folder = repository / "examples" / "resource_servers" / "chalice_authorizer"
    settings = json.loads((folder / ".chalice" / "config.json").read_text())["stages"]["prod"]

    resource = settings["environment_variables"]["RESOURCE"]
    wanted = f'resource_metadata=\\"{resource}/.well-known/oauth-protected-resource\\"'
    assert (folder / "gateway.json").read_text().count(wanted) == 2
