"""What every answer must be, whatever was sent: no failure of ours, in its shape, with nothing the caller wrote."""

import html
import re
from typing import Final

from chalicelib.web.api.registration import RegistrationShape
from chalicelib.web.http import JSON
from chalicelib.web.routes import Route
from chalicelib.web.shapes import ApiShape, OAuthShape, PageShape
from tests.browser import Answer
from tests.hostile import harmless
from tests.make import CALLBACK
from tests.matrix.plausible import PASSWORDS
from tests.matrix.sending import Sent

MATTERMOST: Final = {"id", "message", "detailed_error", "request_id", "status_code"}
STANDARD: Final = {"error", "error_description"}
_ID: Final = re.compile(r"[a-z0-9]{26}")
_SPEAKABLE: Final = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 section 5.2
_SCRIPT_ADDRESS: Final = re.compile(r"""\s(?:href|src|action|formaction)=["']?\s*javascript:""", re.IGNORECASE)
_REFRESH: Final = re.compile(r'<meta http-equiv="refresh" content="0;url=([^"]*)"')


def fault(route: Route, sent: Sent, answer: Answer) -> str:
    """What is wrong with an answer, in a line; "" if nothing is."""
    try:
        harmless(answer)
        _check_headers(answer)
        _check_ways_on(answer)
        assert not [password for password in PASSWORDS if password in answer.text], "a password in the answer"
        if answer.status >= 400:
            _check_refusal(route, sent, answer)
    except AssertionError as error:
        return f"{answer.status}, {str(error)[:300] or 'a header or markup of the caller'}"
    except (ValueError, AttributeError) as error:
        return f"{answer.status}, not readable: {error}"
    return ""


def fault_for_nobody(answer: Answer) -> str:
    """What is wrong when a caller without a credential comes to a closed route; "" if they get no further."""
    if answer.status in {401, 413, 414}:  # not signed in; too large or too long to be looked at
        return ""
    if answer.status == 302 and answer.goes_to.startswith("/login?"):
        return ""
    return f"{answer.status}, nobody is signed in"


def _check_headers(answer: Answer) -> None:
    assert _ID.fullmatch(answer.headers.get("X-Request-Id", "")), "no X-Request-Id"
    assert answer.headers.get("X-Content-Type-Options") == "nosniff", "no X-Content-Type-Options"


def _check_ways_on(answer: Answer) -> None:
    refresh = _REFRESH.search(answer.text)
    for target in [answer.headers.get("Location"), html.unescape(refresh[1]) if refresh else None]:
        own = target is None or (target.startswith("/") and not target.startswith(("//", "/\\")))
        assert own or str(target).startswith(CALLBACK), f"leads to {target}"
    if answer.headers["Content-Type"].startswith("text/html"):
        assert not _SCRIPT_ADDRESS.search(answer.text), "an address that is a script"


def _check_refusal(route: Route, sent: Sent, answer: Answer) -> None:
    if isinstance(route.shape, ApiShape):
        _check_mattermost(answer)
    elif isinstance(route.shape, OAuthShape):
        _check_oauth(answer)
    elif isinstance(route.shape, RegistrationShape):
        _check_registration(answer)
    elif isinstance(route.shape, PageShape) or not _is_json(sent):
        _check_page(answer)
    else:
        _check_oauth(answer)


def _is_json(sent: Sent) -> bool:
    """A shape that is neither answers in the form it was asked in."""
    return sent.content_type.partition(";")[0].strip().lower() == JSON


def _check_page(answer: Answer) -> None:
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8", answer.headers["Content-Type"]
    assert answer.text.lstrip().startswith("<!doctype html>"), "no page"
    assert len(re.findall(r"<h1[\s>]", answer.text)) == 1, "not one h1"
    assert len(re.findall(r'<main [^>]*id="main"', answer.text)) == 1, "not the frame of our pages"
    assert "Content-Security-Policy" in answer.headers, "no Content-Security-Policy"


def _check_mattermost(answer: Answer) -> None:
    assert answer.headers["Content-Type"] == JSON, answer.headers["Content-Type"]
    body = answer.json
    assert set(body) - STANDARD == MATTERMOST, f"members {sorted(body)}"
    assert body["status_code"] == answer.status, "another status in the body"
    assert body["request_id"] == answer.headers["X-Request-Id"], "another request id in the body"
    assert re.fullmatch(r"[\w.]+", body["id"]), f"id {body['id']!r}"
    assert body["message"], "no message"


def _check_oauth(answer: Answer) -> None:
    _check_mattermost(answer)
    body = answer.json
    assert set(body) >= STANDARD, f"members {sorted(body)}"
    assert re.fullmatch(r"[a-z_]+", body["error"]), f"error {body['error']!r}"
    assert _SPEAKABLE.fullmatch(body["error_description"]), "error_description has what RFC 6749 forbids"


def _check_registration(answer: Answer) -> None:
    """RFC 7591 section 3.2.2, and nothing of Mattermost's (contract case 139)."""
    assert answer.headers["Content-Type"] == JSON, answer.headers["Content-Type"]
    assert set(answer.json) == STANDARD, f"members {sorted(answer.json)}"
    assert re.fullmatch(r"[a-z_]+", answer.json["error"]), f"error {answer.json['error']!r}"
    assert _SPEAKABLE.fullmatch(answer.json["error_description"]), "error_description has what RFC 6749 forbids"
