"""How surfaces differ: where the credential is, what is checked of every request, and how a refusal looks."""

from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from chalice.app import Response

from chalicelib import __version__, config
from chalicelib.errors import (
    FormExpired,
    InsufficientScope,
    InvalidToken,
    NotSignedIn,
    OAuthError,
    ProviderOff,
    Refusal,
    UnknownClient,
    UnknownRedirect,
)
from chalicelib.web import answers, browser, mattermost, pages
from chalicelib.web.browser import cookie_name
from chalicelib.web.callers import Call, Presented
from chalicelib.web.http import Request
from chalicelib.web.routes import Route

_NEVER_SENT_BACK: Final = frozenset({"csrf", "password", "current_password"})


class Link(NamedTuple):
    """A way on."""

    label: str
    href: str


class Resend(NamedTuple):
    """A form given back after it was refused, with everything that was typed but secrets."""

    action: str
    form_name: str
    fields: Sequence[tuple[str, str]]


class PageShape:
    """Pages: the session is in our own cookie, every form has a token, refusals are pages."""

    def presented(self, request: Request) -> Presented | None:
        """The session cookie."""
        token = request.cookies.get(cookie_name())
        return Presented(token, by_cookie=True) if token else None

    def before(self, route: Route, call: Call) -> None:
        """Check the form's token: every declared POST of a page has one, the house's tests see to that."""
        if route.form is not None:
            browser.check_form(call, route.form)

    def refuse(self, refusal: Refusal, route: Route, request: Request, call: Call | None) -> Response:
        """Say no on a page: what, why, who can fix it, one way on."""
        if isinstance(refusal, NotSignedIn) and request.method == "GET":
            return answers.go(f"/login?redirect_to={quote(_address(request), safe='')}", 302)
        if call is None:
            return answers.as_page(_bare(refusal, request), refusal.status)
        resend = _resend(route, request) if isinstance(refusal, FormExpired | NotSignedIn) else None
        return browser.page(
            call,
            "refusal.html",
            refusal.status,
            status=refusal.status,
            heading=refusal.heading,
            text=refusal.description,
            way_on=_way_on(refusal, call),
            details=[("Error", refusal.error), *refusal.details.items()],
            resend=resend,
        )

    def finish(self, response: Response, route: Route) -> Response:
        """Pages need nothing more."""
        return response


class ApiShape:
    """`/api/v4`: Mattermost's error object, plus the bearer challenge of RFC 6750 where a token is asked for."""

    def presented(self, request: Request) -> Presented | None:
        """The token of the header or the cookie."""
        return mattermost.presented(request)

    def before(self, route: Route, call: Call) -> None:
        """Check Mattermost's CSRF rule; signing in has nothing to protect yet."""
        if route.access.kind != "public":
            mattermost.check_csrf(call)

    def refuse(self, refusal: Refusal, route: Route, request: Request, call: Call | None) -> Response:
        """Say no in Mattermost's words."""
        if isinstance(refusal, ProviderOff) and call is not None and call.by_token is not None:
            refusal = InvalidToken()
        body = answers.refusal_body(refusal, request.id)
        if body["id"] == OAuthError.id:  # what is wrong with a query is Mattermost's business here
            body["id"] = "api.context.invalid_url_param.app_error"
        if isinstance(refusal, InvalidToken | InsufficientScope):
            body |= {"error": refusal.error, "error_description": refusal.description}
        response = answers.as_json(body, refusal.status)
        if refusal.status == 401 or isinstance(refusal, InsufficientScope):  # an HTTP status
            response.headers["WWW-Authenticate"] = challenge(refusal, route)
        return response

    def finish(self, response: Response, route: Route) -> Response:
        """Let pages of other origins read the answer: no cookie was read for them."""
        response.headers.update({**answers.CORS, "X-Version-Id": f"{__version__}.{__version__}.0.false"})
        return response


class OAuthShape:
    """`/oauth` and the well-known documents: the RFC's error and Mattermost's in one body.

    `cors` is for what browsers of other origins may call: everything but the authorization endpoint.
    """

    def __init__(self, *, cors: bool) -> None:
        self._cors = cors

    def presented(self, request: Request) -> Presented | None:
        """The token of the header or the cookie, for the JSON forms of Mattermost."""
        return mattermost.presented(request)

    def before(self, route: Route, call: Call) -> None:
        """Check Mattermost's CSRF rule where a session counts."""
        if route.access.kind == "person":
            mattermost.check_csrf(call)

    def refuse(self, refusal: Refusal, route: Route, request: Request, call: Call | None) -> Response:
        """Say no in the RFC's words and Mattermost's."""
        response = answers.as_json(answers.oauth_refusal_body(refusal, request.id), refusal.status)
        asks_for_a_person = route.access.kind != "client"  # clients are challenged by what refuses them
        if asks_for_a_person and (refusal.status == 401 or isinstance(refusal, InsufficientScope)):  # an HTTP status
            response.headers["WWW-Authenticate"] = challenge(refusal, route)
        return response

    def finish(self, response: Response, route: Route) -> Response:
        """Open to other origins where that is meant."""
        response.headers.update(answers.CORS if self._cors else {})
        return response


def _resend(route: Route, request: Request) -> Resend | None:
    """Give a refused form back with what was typed, if it came from our own page.

    Somebody else's must not be one press away.
    """
    if route.form is None or not browser.from_here(request):
        return None
    try:
        pairs = request.form.pairs()
    except Refusal:
        return None  # what cannot be read cannot be given back
    fields = [(name, value) for name, value in pairs if name not in _NEVER_SENT_BACK]
    return Resend(request.path, route.form or "", fields)


def _way_on(refusal: Refusal, call: Call) -> Link | None:
    if isinstance(refusal, ProviderOff) and call.person is not None and call.person.user.is_admin:
        return Link("Turn it on", "/admin/integrations/custom")
    if isinstance(refusal, UnknownClient | UnknownRedirect):
        return Link(f"Go to {call.settings.site_name}", "/")
    if call.person is None:
        return Link("Sign in", "/login")
    return Link("Go to the start page", "/")


def _bare(refusal: Refusal, request: Request) -> str:
    """A refusal before anything could be read: no names, no form."""
    values = browser.common_values(request, None, lambda _form_name: "")
    about = {"status": refusal.status, "heading": refusal.heading, "text": refusal.description}
    return pages.render("refusal.html", **values, **about, way_on=None, details=[], resend=None)


def _address(request: Request) -> str:
    pairs = [(name, value) for name, values in request.query_string.items() for value in values]
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    return f"{request.path}?{query}" if query else request.path


def challenge(refusal: Refusal, route: Route) -> str:
    """No reason when no token came, the reason when one did (RFC 6750 section 3, RFC 9728 section 5.1).

    With the scope the call needs: a client that is told none asks people for all there are (checklist mcp-2).
    """
    where = config.current().url("/.well-known/oauth-protected-resource/api/v4")
    parts = [f'resource_metadata="{where}"']
    if isinstance(refusal, InvalidToken | InsufficientScope):
        parts = [f'error="{refusal.error}"', f'error_description="{refusal.description}"', *parts]
    scope = refusal.scope if isinstance(refusal, InsufficientScope) else route.access.scope
    if scope:
        parts.append(f'scope="{scope}"')
    return f"Bearer {', '.join(parts)}"
