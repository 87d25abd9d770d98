"""Attack 18: every flow there is, with a canary for each secret in it, and every place where none may be found.

Metrics and traces of AWS are not switched on by anything here; what the deployment writes is in `infra`.
"""

import logging
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from chalicelib.accounts import setup
from chalicelib.store.audit import Event
from chalicelib.web.browser import cookie_name
from local.server import Server
from tests.browser import Browser, api, call, exchange, refresh
from tests.make import PASSWORD, VERIFIER, App, World
from tests.web.api.registering import manage, registered

NEW_PASSWORD, WRONG = "canary-heron-river-43", "canary-wrong-password-7f3a"


@dataclass
class Watched:
    """Everything that was answered, and the secrets that were used on the way."""

    answers: list[requests.Response] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def to_ourselves(self) -> str:
        """Where answers sent a browser that stayed with us."""
        locations = [answer.headers.get("Location", "") for answer in self.answers]
        return "\n".join(location for location in locations if not urlsplit(location).netloc)

    @property
    def errors(self) -> str:
        """What was said to programs in refusing them; a form that is given back to who typed it is none."""
        refused = [answer for answer in self.answers if answer.status_code >= 400]
        return "\n".join(answer.text for answer in refused if "json" in answer.headers["Content-Type"])

    @property
    def headers(self) -> str:
        """All headers but the cookie that carries a session, and the one that carries it to programs."""
        meant = {"set-cookie", "token", "location"}
        return "\n".join(
            f"{name}: {value}"
            for answer in self.answers
            for name, value in answer.headers.items()
            if name.lower() not in meant
        )


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Watched:
    """Whatever is answered from now on; the most talkative log there is."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "gatepost")
    seen = Watched()
    send = requests.Session.send

    def noted(self: requests.Session, request: requests.PreparedRequest, **keywords: Any) -> requests.Response:
        answer = send(self, request, **keywords)
        seen.answers.append(answer)
        return answer

    monkeypatch.setattr(requests.Session, "send", noted)
    return seen


def token_of(link: str) -> str:
    """The secret part of a link."""
    return link.rpartition("/")[2]


def signing_in(world: World, secrets: dict[str, str]) -> Browser:
    """Sign in at the page and over the API, wrong and right."""
    api("POST", "/users/login", None, {"login_id": "leo", "password": WRONG})
    leo = Browser().sign_in("leo")
    by_api = api("POST", "/users/login", None, {"login_id": "leo", "password": PASSWORD})
    secrets |= {"password": PASSWORD, "wrong password": WRONG}
    secrets |= {"session": leo.http.cookies[cookie_name()], "API session": by_api.headers["Token"]}
    return leo


def authorizing(leo: Browser, world: World, secrets: dict[str, str]) -> App:
    """Register at the form, ask, exchange, refresh, replay, introspect, revoke, and sign out from the application."""
    maya = Browser().holding(world.session(world.maya))
    new, path = maya.get("/integrations/oauth2-apps/new"), "/integrations/oauth2-apps/new"
    own = {"name": "Canary", "description": "x", "homepage": "https://c.example", "client_type": "server"}
    made = maya.get(maya.submit(new, path, callback_urls="https://c.example/cb", **own).goes_to)
    secret = "gps_" + made.text.partition("gps_")[2][:38]
    app = App(made.response.url.split("/")[5], secret, "https://c.example/cb")
    consent = leo.authorize(app, scope="openid user")
    fields = consent.page.form("/oauth/authorize/decision").fields
    code = leo.decide(consent, "allow").answer["code"]
    tokens = exchange(app, code).json
    again = refresh(app, tokens["refresh_token"]).json
    exchange(app, code + "x")
    refresh(app, tokens["refresh_token"], scope="more")
    for endpoint in ("introspect", "revoke"):
        call("POST", f"/oauth/{endpoint}", data={"token": again["access_token"]}, auth=app.basic)
    exchange(app, code)
    leo.get("/oauth/logout", id_token_hint=tokens["id_token"], post_logout_redirect_uri="https://evil.example")
    api("GET", "/users/me", again["access_token"])
    secrets |= {"client secret": secret, "ticket": fields["ticket"], "form token": fields["csrf"], "code": code}
    secrets |= {"verifier": VERIFIER} | {f"{name} after": again[name] for name in again if name.endswith("_token")}
    secrets |= {name: tokens[name] for name in ("access_token", "refresh_token", "id_token")}
    return app


def getting_an_account(world: World, secrets: dict[str, str]) -> None:
    """Invite, join, make a reset link, use it, and change the password."""
    maya = Browser().holding(world.session(world.maya))
    page = maya.get("/admin/users/invite")
    invited = maya.submit(page, "/admin/users/invite", emails="kim@example.com", role="member").text
    invitation = "gpi_" + invited.partition("gpi_")[2][:49]
    join = f"/invite/{invitation}"
    person = {"full_name": "Kim Novak", "username": "kimkim", "password": NEW_PASSWORD}
    kim = Browser()
    kim.submit(kim.get(join), join, **person | {"password": "short"})
    kim.submit(kim.get(join), join, **person)
    Browser().get(join)
    reset_page = f"/admin/users/{world.leo.user_id}/reset-link"
    made = maya.submit(maya.get(reset_page), reset_page).text
    reset = "gpw_" + made.partition("gpw_")[2][:49]
    leo = Browser()
    leo.submit(leo.get(f"/reset/{reset}"), f"/reset/{reset}", password=NEW_PASSWORD)
    Browser().get(f"/reset/{reset}")
    secrets |= {"invitation": invitation, "reset link": reset, "new password": NEW_PASSWORD}
    secrets |= {"session of who joined": kim.http.cookies[cookie_name()]}


def registering_itself(world: World, secrets: dict[str, str]) -> None:
    """A program registers, looks after itself, tries another's token, and leaves."""
    world.set(dynamic_registration=True)
    body = registered()
    manage("GET", body)
    manage("GET", body, body["registration_access_token"] + "x")
    manage("DELETE", body)
    secrets |= {"program's secret": body["client_secret"], "its token": body["registration_access_token"]}


@pytest.fixture
def flows(browser: Browser, world: World, watched: Watched) -> Watched:
    """Everything, once."""
    leo = signing_in(world, watched.secrets)
    authorizing(leo, world, watched.secrets)
    registering_itself(world, watched.secrets)
    getting_an_account(world, watched.secrets)
    return watched


def found(secrets: dict[str, str], text: str) -> list[str]:
    """The names of the secrets in a text."""
    return [name for name, secret in secrets.items() if secret in text]


def test_the_flows_were_run_and_have_secrets(flows: Watched) -> None:
    """Attack 18: every canary is real, and was seen where it belongs."""
    everywhere = "\n".join(f"{answer.text}{answer.headers}{answer.request.body!r}" for answer in flows.answers)

    assert len(flows.secrets) >= 20
    assert [name for name, secret in flows.secrets.items() if len(secret) < 12] == []
    assert set(found(flows.secrets, everywhere)) >= {"access_token", "refresh_token", "client secret", "session"}
    assert {answer.status_code for answer in flows.answers} >= {200, 201, 204, 303, 400, 401, 403, 422}


def test_no_secret_of_any_flow_is_in_a_log_or_an_audit_row(
    flows: Watched, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Attack 18, 7662-4; DESIGN section 4."""
    recorded = "".join(str(row.attribute_values) for row in Event.scan())

    assert {"app.allow", "user.join", "user.password_reset"} <= {row.action for row in Event.scan()}
    assert found(flows.secrets, caplog.text + "".join(capfd.readouterr())) == []
    assert found(flows.secrets, recorded) == []


def test_no_secret_of_any_flow_is_in_an_error_a_header_or_an_address(flows: Watched) -> None:
    """Attack 18: errors are copied into tickets, and addresses stay in histories and logs."""
    assert "invalid_grant" in flows.errors
    assert "/account" in flows.to_ourselves or "/integrations" in flows.to_ourselves
    assert found(flows.secrets, flows.errors) == []
    assert found(flows.secrets, flows.headers) == []
    assert found(flows.secrets, flows.to_ourselves) == []


def test_a_set_up_link_is_in_no_log_either(
    store: None, server: Server, clock: object, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Attack 18: the one secret that comes in a query is used once, and kept by nothing."""
    link = setup.new_link()
    assert link is not None
    browser, path = Browser(), "/setup?" + link.partition("?")[2]
    own = {"full_name": "Maya Okafor", "username": "maya", "email": "maya@example.com", "site_name": "Otters"}

    made = browser.submit(browser.get(path), "/setup", password=NEW_PASSWORD, **own)

    assert made.status == 303
    recorded = "".join(str(row.attribute_values) for row in Event.scan())
    text = caplog.text + "".join(capfd.readouterr()) + recorded + str(made.goes_to)
    assert found({"link": link.partition("=")[2], "password": NEW_PASSWORD}, text) == []
    assert "server.set_up" in recorded
