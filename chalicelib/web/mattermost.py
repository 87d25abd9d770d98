"""Mattermost's rules for JSON addresses: where the token is, when a cookie counts, how an error looks.

Contract 2.0.
"""

from typing import Final

from chalice.app import Response

from chalicelib import config
from chalicelib.credentials import mac, same
from chalicelib.errors import NotSignedIn
from chalicelib.policy import SESSION_ABSOLUTE
from chalicelib.store.settings import Settings
from chalicelib.web.answers import with_cookie
from chalicelib.web.browser import cookie
from chalicelib.web.callers import Call, Presented
from chalicelib.web.http import Request

AUTH_COOKIE: Final = "MMAUTHTOKEN"
CSRF_COOKIE: Final = "MMCSRF"
USER_COOKIE: Final = "MMUSERID"
_SCHEMES: Final = frozenset({"bearer", "token"})


def presented(request: Request) -> Presented | None:
    """The token of the header, else of the cookie; a query is never looked at (RFC 6750 section 2.3)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in _SCHEMES and token:
        return Presented(token.strip(), by_cookie=False)
    # With an Origin of somebody else's no cookie is read: CORS is open because of that.
    held = request.cookies.get(AUTH_COOKIE)
    if held is None or request.headers.get("origin", config.current().issuer) != config.current().issuer:
        return None
    return Presented(held, by_cookie=True)


def check_csrf(call: Call) -> None:
    """A cookie alone changes nothing: the token of the session, or a header that a foreign page cannot send.

    Contract 2.0.

    Raises:
        NotSignedIn: neither came.

    """
    held = presented(call.request)
    if call.person is None or held is None or not held.by_cookie or call.request.method in {"GET", "HEAD"}:
        return
    if call.request.headers.get("x-requested-with") == "XMLHttpRequest":
        return
    token = call.request.headers.get("x-csrf-token", "")
    if not same(token, csrf_token(call.settings, call.person.session.session_id)):
        raise NotSignedIn


def csrf_token(settings: Settings, session_id: str) -> str:
    """The value of `MMCSRF` for a session."""
    return mac(settings.keys.current("api form token"), session_id).hex()


def with_session_cookies(response: Response, call: Call, *, user_id: str, session_id: str, token: str) -> Response:
    """Set Mattermost's three cookies, for a login by XMLHttpRequest."""
    seconds = int(SESSION_ABSOLUTE.total_seconds())
    with_cookie(response, cookie(AUTH_COOKIE, token, seconds))
    with_cookie(response, cookie(USER_COOKIE, user_id, seconds, readable=True))
    return with_cookie(response, cookie(CSRF_COOKIE, csrf_token(call.settings, session_id), seconds, readable=True))


def without_session_cookies(response: Response) -> Response:
    """Take the cookies away."""
    for name in (AUTH_COOKIE, USER_COOKIE, CSRF_COOKIE):
        with_cookie(response, cookie(name, "", 0))
    return response
