"""The matrix would notice: what it says about answers that must not be."""

import json
from typing import Any

import pytest

from chalicelib.credentials import new_id
from chalicelib.web.http import JSON
from chalicelib.web.routes import ROUTES, Route
from local import gateway
from tests.browser import Answer
from tests.make import PASSWORD
from tests.matrix import verdict
from tests.matrix.asking import Asker, Caller, received
from tests.matrix.sending import Sent

NOTHING = Sent("", {}, [], b"", "")
PAGE = '<!doctype html><html><main class="page" id="main"><h1>No</h1>{more}</main></html>'


def route(path: str) -> Route:
    """A declared route of a surface."""
    return next(found for found in ROUTES if found.path == path)


def page(status: int = 400, more: str = "", headers: dict[str, str] | None = None) -> Answer:
    """A page as ours are."""
    sent = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'"} | (
        headers or {}
    )
    return answer(status, PAGE.replace("{more}", more), sent)


def refusal(**changes: Any) -> Answer:
    """A refusal of the API."""
    request_id = new_id()
    body = {"id": "api.x.app_error", "message": "No.", "detailed_error": "", "request_id": request_id}
    sent = {"Content-Type": JSON, "X-Request-Id": request_id}
    return answer(400, json.dumps(body | {"status_code": 400} | changes), sent)


def answer(status: int, body: str, headers: dict[str, str]) -> Answer:
    """An answer."""
    always = {"X-Request-Id": new_id(), "X-Content-Type-Options": "nosniff"}
    return received(gateway.Answer(status, list((always | headers).items()), body.encode()))


def test_a_refusal_of_ours_is_right() -> None:
    """Without this the others might be refused for another reason."""
    assert verdict.fault(route("/help"), NOTHING, page()) == ""
    assert verdict.fault(route("/api/v4/oauth/apps"), NOTHING, refusal()) == ""


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (page(status=500), "500"),
        (page(status=503), "503"),
        (page(more="<x-marker>"), "markup"),
        (page(more="<h1>Mine</h1>"), "not one h1"),
        (page(more='<a href="javascript:marker()">x</a>'), "an address that is a script"),
        (page(more=f'<input name="password" value="{PASSWORD}">'), "a password"),
        (page(headers={"X-Marker": "1"}), "X-Marker"),
        (page(headers={"X-Request-Id": ""}), "no X-Request-Id"),
        (page(headers={"Content-Type": "text/html"}), "text/html"),
        (page(302, headers={"Location": "//evil.example"}), "leads to //evil.example"),
        (
            page(200, '<meta http-equiv="refresh" content="0;url=https://evil.example">'),
            "leads to https://evil.example",
        ),
        (refusal(), "application/json"),
    ],
)
def test_a_page_that_must_not_be_is_noticed(wrong: Answer, why: str) -> None:
    """Ux 3; checklists, markup."""
    assert why in verdict.fault(route("/help"), NOTHING, wrong)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (refusal(status_code=401), "another status"),
        (refusal(request_id=new_id()), "another request id"),
        (refusal(more=1), "members"),
        (refusal(message=""), "no message"),
        (page(), "text/html"),
    ],
)
def test_a_refusal_of_the_api_that_must_not_be_is_noticed(wrong: Answer, why: str) -> None:
    """Contract 1.1."""
    assert why in verdict.fault(route("/api/v4/oauth/apps"), NOTHING, wrong)


def test_a_refusal_of_oauth_carries_the_words_of_the_rfc() -> None:
    """RFC 6749 section 5.2: no quote and no backslash in them."""
    token = route("/oauth/access_token")

    assert "members" in verdict.fault(token, NOTHING, refusal())
    assert "RFC 6749" in verdict.fault(token, NOTHING, refusal(error="x", error_description='"'))
    assert verdict.fault(token, NOTHING, refusal(error="x", error_description="No.")) == ""


def test_who_comes_further_than_nobody_may_is_noticed() -> None:
    """Contract section 4, anon."""
    assert verdict.fault_for_nobody(page(404))
    assert verdict.fault_for_nobody(page(302, headers={"Location": "/account"}))
    assert verdict.fault_for_nobody(page(302, headers={"Location": "/login?redirect_to=%2Faccount"})) == ""
    assert verdict.fault_for_nobody(page(401)) == ""


class Mistaken(Asker):
    """Hears a refusal, whatever was answered."""

    def ask(self, route: Route, caller: Caller, sent: Sent) -> Answer:
        """Send one request."""
        super().ask(route, caller, sent)
        return page()


def test_a_refusal_that_changes_a_row_is_noticed(asker: Asker) -> None:
    """Issue 2: nothing half-written; signing out changes rows."""
    logout = next(found for found in ROUTES if (found.method, found.path) == ("POST", "/logout"))
    mistaken = Mistaken(**vars(asker))
    whole = next(iter(asker.wholes(logout, "maya"))).sent()

    assert mistaken.faults(logout, "maya", [whole]) == ["as it is meant: 400, and rows are changed"]
