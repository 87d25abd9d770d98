"""Mattermost's rules for JSON addresses: where the token is, when a cookie counts, how an error looks.

Contract 2.0.
"""

from typing import Final

from chalice.app import Response

from chalicelib import config
from chalicelib.credentials import mac, same
from chalicelib.errors import InsufficientScope, InvalidToken, NotSignedIn, ProviderOff, Refusal
from chalicelib.policy import SESSION_ABSOLUTE
from chalicelib.store.settings import Settings
from chalicelib.web import answers
from chalicelib.web.answers import with_cookie
from chalicelib.web.browser import cookie
from chalicelib.web.http import Request
from chalicelib.web.routes import Call, Presented, Route

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


class ApiShape:
    """`/api/v4`: Mattermost's error object, plus the bearer challenge of RFC 6750 where a token is asked for."""

    def presented(self, request: Request) -> Presented | None:
        """The token of the header or the cookie."""
        return presented(request)

    def before(self, route: Route, call: Call) -> None:
        """Check Mattermost's CSRF rule; signing in has nothing to protect yet."""
        if route.access.kind != "public":
            check_csrf(call)

    def refuse(self, refusal: Refusal, route: Route, request: Request, call: Call | None) -> Response:
        """Say no in Mattermost's words."""
        if isinstance(refusal, ProviderOff) and call is not None and call.by_token is not None:
            refusal = InvalidToken()
        body = answers.refusal_body(refusal, request.id)
        if isinstance(refusal, InvalidToken | InsufficientScope):
            body |= {"error": refusal.error, "error_description": refusal.description}
        response = answers.as_json(body, refusal.status)
        if refusal.status == 401:  # an HTTP status
            response.headers["WWW-Authenticate"] = _challenge(refusal)
        return response

    def finish(self, response: Response, route: Route) -> Response:
        """Let pages of other origins read the answer: no cookie was read for them."""
        response.headers.update(answers.CORS)
        return response


class OAuthShape:
    """`/oauth` and the well-known documents: the RFC's error and Mattermost's in one body.

    `cors` is for what browsers of other origins may call: everything but the authorization endpoint.
    """

    def __init__(self, *, cors: bool) -> None:
        self._cors = cors

    def presented(self, request: Request) -> Presented | None:
        """The token of the header or the cookie, for the JSON forms of Mattermost."""
        return presented(request)

    def before(self, route: Route, call: Call) -> None:
        """Check Mattermost's CSRF rule where a session counts."""
        if route.access.kind == "person":
            check_csrf(call)

    def refuse(self, refusal: Refusal, route: Route, request: Request, call: Call | None) -> Response:
        """Say no in the RFC's words and Mattermost's."""
        return answers.as_json(answers.oauth_refusal_body(refusal, request.id), refusal.status)

    def finish(self, response: Response, route: Route) -> Response:
        """Open to other origins where that is meant."""
        response.headers.update(answers.CORS if self._cors else {})
        return response


def _challenge(refusal: Refusal) -> str:
    """A bare challenge when no token came, the reason when one did (RFC 6750 section 3)."""
    if isinstance(refusal, InvalidToken):
        return f'Bearer error="invalid_token", error_description="{refusal.description}"'
    return "Bearer"
