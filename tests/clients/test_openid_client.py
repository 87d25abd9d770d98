"""openid-client for Node, unmodified and strict: every rule it knows is kept (checklists 1.4, 1.5, 1.17)."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from chalicelib import config
from tests.browser import Answer, Browser, me
from tests.make import App, World
from tools.node import PACKAGES, Node

SIGNED_OUT = "https://standup.example.net/bye"
SCOPE = "openid profile email offline_access"
METHODS = ["client_secret_basic", "client_secret_post", "none"]


@dataclass(frozen=True, slots=True)
class Client:
    """An application written with openid-client."""

    taken: Callable[[Any], Any]
    app: App
    method: str

    def run(self, step: str, **given: Any) -> Any:
        """Take a step; give what came of it, a value or a refusal."""
        known = {"server": config.current().issuer, "clientId": self.app.client_id, "secret": self.app.secret}
        return self.taken(known | {"method": self.method, "step": step} | given)

    def value(self, step: str, **given: Any) -> Any:
        """Take a step that goes well."""
        outcome = self.run(step, **given)
        assert "value" in outcome, outcome
        return outcome["value"]

    def sent_off(self, **parameters: str) -> Any:
        """The address somebody is sent to, and what the application remembers for them."""
        asked = {"redirect_uri": self.app.redirect_uri, "scope": SCOPE} | parameters
        return self.value("authorize", parameters=asked)

    def tokens(self, browser: Browser) -> dict[str, Any]:
        """Sign somebody in."""
        sent = self.sent_off()
        found: dict[str, Any] = self.value(
            "exchange", arrived=allowed(browser, sent["url"]).goes_to, checks=sent["checks"]
        )
        return found


@pytest.fixture(scope="module")
def library(node: Node) -> Iterator[Callable[[Any], Any]]:
    """openid-client in one Node process for all tests: starting Node takes longer than any of its steps."""
    command = [node.node, str(PACKAGES / "openid_client.mjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        asked, answered = process.stdin, process.stdout
        assert asked
        assert answered

        def taken(step: Any) -> Any:
            asked.write(json.dumps(step) + "\n")
            asked.flush()
            return json.loads(answered.readline())

        yield taken
        asked.close()


@pytest.fixture
def leo(world: World, browser: Browser) -> Browser:
    """Leo's browser, signed in, at the time it is: the clock of Node cannot be stopped."""
    world.clock.move_to(time_machine.escape_hatch.time.time())
    return browser.holding(world.session(world.leo))


@pytest.fixture(params=METHODS)
def client(request: pytest.FixtureRequest, library: Callable[[Any], Any], world: World, leo: Browser) -> Client:
    """A client that proves itself in each of the ways there are; `none` is public."""
    public = request.param == "none"
    app = world.app(public=public, post_logout_redirect_uris=[SIGNED_OUT])
    return Client(library, app, request.param)


@pytest.fixture
def confidential(library: Callable[[Any], Any], world: World, leo: Browser) -> Client:
    """One with a secret."""
    return Client(library, world.app(post_logout_redirect_uris=[SIGNED_OUT]), "client_secret_basic")


def allowed(browser: Browser, url: str) -> Answer:
    """Press Allow, if asked."""
    answer = browser.get(url)
    return browser.decide(answer, "allow") if answer.status == 200 else answer


# --- discovery --------------------------------------------------------------------------------------------------


def test_discovery_takes_the_metadata(confidential: Client) -> None:
    """oidc-5, 8414-1: the library compares the issuer with the address it asked."""
    metadata = confidential.value("discover")

    assert metadata["issuer"] == config.current().issuer
    assert metadata["token_endpoint"] == config.current().url("/oauth/access_token")


def test_another_name_for_the_server_is_another_issuer(confidential: Client) -> None:
    """8414-1, attack 28: what it calls itself never comes from the Host header."""
    outcome = confidential.run("discover", server=f"http://127.0.0.1:{config.current().port}")

    assert outcome["refused"] == "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED"


# --- signing in -------------------------------------------------------------------------------------------------


def test_somebody_signs_in(client: Client, leo: Browser, world: World) -> None:
    """oidc-1: signature, issuer, audience, times, nonce, at_hash and PKCE are checked by the library."""
    tokens = client.tokens(leo)

    said = tokens["claims"]
    assert (said["sub"], said["aud"], said["preferred_username"]) == (world.leo.user_id, client.app.client_id, "leo")
    assert me(tokens["access_token"]).status == 403  # `openid` and its companions are no right to call the API


def test_an_answer_of_another_server_is_refused(confidential: Client, leo: Browser) -> None:
    """Attack 3, 9207-1: mix-up ends before the code is sent anywhere."""
    sent = confidential.sent_off()
    arrived = allowed(leo, sent["url"]).goes_to
    own = parse_qs(urlsplit(arrived).query)["iss"][0]

    outcome = confidential.run(
        "exchange", checks=sent["checks"], arrived=arrived.replace(quoted(own), "https%3A%2F%2Fevil")
    )

    assert outcome["message"].startswith('unexpected "iss"'), outcome
    assert confidential.value("exchange", arrived=arrived, checks=sent["checks"])["access_token"]


def test_an_answer_that_does_not_say_of_whom_it_is_is_refused(confidential: Client, leo: Browser) -> None:
    """9207-1: the metadata says that `iss` is always there, so the library insists."""
    sent = confidential.sent_off()
    arrived = allowed(leo, sent["url"]).goes_to

    outcome = confidential.run("exchange", checks=sent["checks"], arrived=arrived.partition("&iss=")[0])

    assert 'response parameter "iss"' in outcome["message"], outcome


def test_the_answer_to_another_browser_is_refused(confidential: Client, leo: Browser) -> None:
    """RFC 6749 section 10.12, oidc-1: state and nonce are the ones that were sent."""
    first, second = confidential.sent_off(), confidential.sent_off()
    arrived = allowed(leo, first["url"]).goes_to

    outcome = confidential.run("exchange", arrived=arrived, checks=second["checks"])
    mixed = second["checks"] | {"expectedState": first["checks"]["expectedState"]}
    without_proof = confidential.run("exchange", arrived=arrived, checks=mixed)

    assert 'unexpected "state"' in outcome["message"], outcome
    assert without_proof["refused"] == "invalid_grant"


def test_a_nonce_that_was_not_sent_is_noticed(confidential: Client, leo: Browser) -> None:
    """oidc-1."""
    sent = confidential.sent_off()
    arrived = allowed(leo, sent["url"]).goes_to

    outcome = confidential.run("exchange", arrived=arrived, checks=sent["checks"] | {"expectedNonce": "another"})

    assert 'unexpected ID Token "nonce"' in outcome["message"], outcome


def test_a_refusal_is_an_error_the_library_knows(confidential: Client, leo: Browser) -> None:
    """6749-3, 9207-1: errors come back by redirect, with `state` and `iss`."""
    sent = confidential.sent_off()
    arrived = leo.decide(leo.get(sent["url"]), "deny").goes_to

    outcome = confidential.run("exchange", arrived=arrived, checks=sent["checks"])

    assert outcome["refused"] == "access_denied", outcome


@pytest.mark.parametrize(("prompt", "error"), [("none", "consent_required"), ("none login", "invalid_request")])
def test_prompts_are_answered(confidential: Client, leo: Browser, prompt: str, error: str) -> None:
    """oidc-2."""
    sent = confidential.sent_off(prompt=prompt)

    outcome = confidential.run("exchange", arrived=leo.get(sent["url"]).goes_to, checks=sent["checks"])

    assert outcome["refused"] == error


def test_max_age_brings_auth_time(confidential: Client, leo: Browser) -> None:
    """oidc-1, oidc-3."""
    sent = confidential.sent_off(max_age="600")
    arrived = allowed(leo, sent["url"]).goes_to

    tokens = confidential.value("exchange", arrived=arrived, checks=sent["checks"] | {"maxAge": 600})

    assert tokens["claims"]["auth_time"]


# --- with the tokens --------------------------------------------------------------------------------------------


def test_userinfo_is_about_the_person_who_signed_in(client: Client, leo: Browser, world: World) -> None:
    """oidc-4: the library compares `sub`."""
    tokens = client.tokens(leo)

    about = client.value("userinfo", token=tokens["access_token"], subject=tokens["claims"]["sub"])
    refused = client.run("userinfo", token=tokens["access_token"], subject=world.ana.user_id)

    assert about["email"] == "leo@example.com"
    assert refused["refused"] == "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED"


def test_a_refresh_gives_new_tokens(client: Client, leo: Browser) -> None:
    """RFC 6749 section 6; oidc-6: `offline_access` was asked for."""
    old = client.tokens(leo)

    new = client.value("refresh", token=old["refresh_token"])

    assert new["refresh_token"] != old["refresh_token"]
    assert client.value("userinfo", token=new["access_token"], subject=old["claims"]["sub"])


def test_a_client_with_a_secret_introspects_its_tokens(client: Client, leo: Browser) -> None:
    """7662-1 to 7662-3; a public client proves nothing and learns nothing."""
    tokens = client.tokens(leo)

    outcome = client.run("introspect", token=tokens["access_token"])

    told = outcome.get("value", {})
    assert (told.get("active"), told.get("sub"), outcome.get("refused")) == (
        (None, None, "invalid_client") if client.method == "none" else (True, tokens["claims"]["sub"], None)
    )


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_tokens_are_given_back(client: Client, leo: Browser, kind: str) -> None:
    """7009-1, 7009-2; a second time is fine too."""
    tokens = client.tokens(leo)

    client.value("revoke", token=tokens[kind])
    client.value("revoke", token=tokens[kind])

    refused = client.run("userinfo", token=tokens["access_token"], subject=tokens["claims"]["sub"])
    assert refused["refused"] == "OAUTH_WWW_AUTHENTICATE_CHALLENGE", refused
    assert client.run("refresh", token=tokens["refresh_token"])["refused"] == "invalid_grant"


def test_the_library_signs_somebody_out(client: Client, leo: Browser) -> None:
    """oidc-7: RP-initiated logout with the ID token, back to the registered address with `state`."""
    tokens = client.tokens(leo)
    parameters = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": SIGNED_OUT, "state": "a b"}

    answer = leo.get(client.value("endSession", parameters=parameters))

    assert answer.goes_to == SIGNED_OUT + "?state=a+b"
    assert leo.get("/integrations").goes_to.startswith("/login")


def test_a_wrong_secret_is_an_error_the_library_knows(confidential: Client, leo: Browser) -> None:
    """6749-5: `invalid_client`, or the challenge that comes with it."""
    outcome = confidential.run("refresh", token="gpr_x", secret="gps_wrong")

    assert outcome["refused"] in {"invalid_client", "OAUTH_WWW_AUTHENTICATE_CHALLENGE"}


def quoted(issuer: str) -> str:
    """An issuer as a query holds it."""
    return issuer.replace(":", "%3A").replace("/", "%2F")
