"""Attacks 18 and 20: secrets where they do not belong, and answers that tell who exists.

Secrets sent to the wrong place are here, those of whole flows in `test_canaries`. Where somebody chooses a username, in
an invitation or where everybody may sign up, it is said that one is taken; there is no e-mail to say it in instead.
"""

import logging
import re

import pytest

from chalicelib.accounts import people
from chalicelib.oauth import registration
from chalicelib.store.audit import Event
from chalicelib.store.connection import connection
from chalicelib.store.tables import MODELS
from chalicelib.web.browser import cookie_name
from tests.browser import Answer, Browser, api, call, exchange, refresh, token_by_post
from tests.make import PASSWORD, VERIFIER, App, World

WRONG_PASSWORD = "canary-wrong-password-7f3a"
VARIES = re.compile(r"[0-9a-f]{64}|[0-9a-f]{32}|[a-z0-9]{26}|\d\d:\d\d UTC")


@pytest.fixture
def canaries(browser: Browser, world: World, app: App, caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    """Every secret of one whole sign-in, each used once where it belongs."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "gatepost")
    browser.sign_in("leo")
    consent = browser.authorize(app)
    fields = consent.page.form("/oauth/authorize/decision").fields
    code = browser.decide(consent, "allow").answer["code"]
    tokens = exchange(app, code).json
    return {
        "password": PASSWORD,
        "session": browser.http.cookies[cookie_name()],
        "ticket": fields["ticket"],
        "form token": fields["csrf"],
        "code": code,
        "verifier": VERIFIER,
        "client secret": app.secret,
        "new client secret": registration.regenerate_secret(world.client(app.client_id), world.origin()),
        "access token": tokens["access_token"],
        "refresh token": tokens["refresh_token"],
        "wrong password": WRONG_PASSWORD,
    }


def misplaced(app: App, secret: str) -> list[Answer]:
    """One secret sent to every place where it does not belong."""
    bearer = {"Authorization": f"Bearer {secret}"}
    return [
        api("GET", "/oauth/apps/junk", headers=bearer),
        api("GET", f"/users/{secret[:40]}/oauth/apps/authorized", headers=bearer),
        api("POST", "/users/login", json={"login_id": "leo", "password": WRONG_PASSWORD + secret}),
        call("GET", "/oauth/authorize", params={"client_id": secret, "redirect_uri": secret}),
        call("POST", "/oauth/access_token", data={"grant_type": secret}, auth=app.basic),
        call("POST", "/oauth/access_token", data={"grant_type": "authorization_code", "code": secret}, auth=app.basic),
        refresh(app, secret + "x"),
        token_by_post(app, grant_type="refresh_token", refresh_token="x", client_secret=secret + "x"),
        call("POST", "/oauth/revoke", data={"token": secret + "x"}, auth=app.basic),
        call("POST", "/oauth/deauthorize", json={"client_id": secret}, headers=bearer),
        call("POST", "/oauth/authorize", json={"client_id": secret, "state": secret}, headers=bearer),
    ]


def test_no_secret_is_in_a_log_an_audit_row_or_an_error(
    canaries: dict[str, str],
    app: App,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Attack 18; DESIGN section 4: nothing secret in a log, an audit row or an error."""
    answers = [answer for secret in canaries.values() for answer in misplaced(app, secret)]

    errors = "".join(answer.text for answer in answers if answer.headers["Content-Type"] == "application/json")
    written, printed = "".join(str(row.attribute_values) for row in Event.scan()), "".join(capfd.readouterr())
    everywhere = caplog.text + printed + written + errors

    assert "app.allow" in written
    assert [name for name, secret in canaries.items() if secret in everywhere] == []


def test_a_copy_of_every_table_holds_nothing_that_lets_anybody_in(canaries: dict[str, str], app: App) -> None:
    """DESIGN section 3: a stolen copy of every table lets nobody in."""
    stored = everything_stored()

    assert app.client_id in stored
    assert [name for name, secret in canaries.items() if secret in stored] == []


def everything_stored() -> str:
    """All rows of all tables, as they are stored."""
    names = {str(model.Meta.table_name) for model in MODELS}
    return "".join(str(connection().dispatch("Scan", {"TableName": name})["Items"]) for name in sorted(names))


def test_no_answer_to_a_failed_sign_in_tells_who_exists(browser: Browser, world: World) -> None:
    """Attack 20: unknown, wrong password, deactivated; page and API."""
    people.deactivate(world.ana, world.origin())

    def page(login_id: str) -> tuple[int, str]:
        answer = browser.submit(browser.get("/login"), "/login", login_id=login_id, password=WRONG_PASSWORD)
        return answer.status, VARIES.sub("", answer.text.replace(login_id, ""))

    def program(login_id: str) -> tuple[int, str, tuple[str, ...]]:
        answer = api("POST", "/users/login", json={"login_id": login_id, "password": WRONG_PASSWORD})
        return answer.status, VARIES.sub("", answer.text), tuple(sorted(answer.headers))

    names = ("leo", "ana", "nobody", "leo@example.com", "nobody@example.com")

    assert len({page(name) for name in names}) == 1
    assert len({program(name) for name in names}) == 1


def test_no_answer_of_the_token_endpoint_tells_which_clients_exist(browser: Browser, app: App) -> None:
    """Attack 20: unknown client and wrong secret."""

    def asked(client_id: str) -> tuple[int, str, tuple[str, ...]]:
        form = {"grant_type": "refresh_token", "refresh_token": "x", "client_secret": "wrong"}
        answer = token_by_post(App(client_id, "", ""), **form)
        return answer.status, VARIES.sub("", answer.text), tuple(sorted(answer.headers))

    assert asked(app.client_id) == asked("y" * 26)


def test_nobody_who_is_not_signed_in_finds_out_who_exists(browser: Browser, world: World) -> None:
    """Attack 20: look-ups by name, by address and by id need somebody; so does asking for a reset link."""
    known, unknown = world.leo, {"username": "nobody", "email": "nobody@example.com", "user_id": "y" * 26}

    def asked(path: str, name: str) -> set[tuple[int, str]]:
        values = (getattr(known, name), unknown[name])
        answers = [api("GET", path + value) for value in values]
        return {(answer.status, VARIES.sub("", answer.text)) for answer in answers}

    looked_up = [asked("/users/username/", "username"), asked("/users/email/", "email"), asked("/users/", "user_id")]
    assert [[status for status, _ in each] for each in looked_up] == [[401], [401], [401]]


def test_no_answer_of_the_consent_list_tells_who_exists(browser: Browser, world: World) -> None:
    """Attack 20: a member asking about somebody else."""

    def asked(user_id: str) -> tuple[int, str]:
        answer = api("GET", f"/users/{user_id}/oauth/apps/authorized", world.session(world.leo))
        return answer.status, VARIES.sub("", answer.text)

    assert asked(world.maya.user_id) == asked("y" * 26)
    assert asked("y" * 26)[0] == 403
