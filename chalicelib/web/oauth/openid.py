"""OpenID Connect: who signed in, and signing out from an application (OpenID Connect Core 5.3, RP-Initiated Logout)."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.accounts import sessions
from chalicelib.credentials import is_id
from chalicelib.errors import ProviderOff, UnknownRedirect
from chalicelib.oauth import id_tokens, redirect_uris
from chalicelib.oauth.redirect_uris import ClientAddress
from chalicelib.store.clients import Client, client_key
from chalicelib.store.reading import Key
from chalicelib.web import answers, browser
from chalicelib.web.callers import PUBLIC, Call, scope
from chalicelib.web.http import Parameters, Request
from chalicelib.web.oauth.authorize import AuthorizeShape
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import OAuthShape, PageShape

bearer = Surface("oauth_userinfo", OAuthShape(cors=True))
pages = Surface("oauth_logout", PageShape())
requests = Surface("oauth_logout_request", AuthorizeShape())
PATH: Final = "/oauth/logout"
CONFIRM: Final = "/oauth/logout/confirm"
PARAMETERS: Final = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "ui_locales")
OFF: Final = ProviderOff()


@bearer.route("GET", "/oauth/userinfo", scope("openid"), off=OFF)
def userinfo(call: Call) -> Response:
    """The claims about the person the token speaks for (OpenID Connect Core section 5.3)."""
    return answers.as_json(id_tokens.about(call.user, call.scopes))


@bearer.route("POST", "/oauth/userinfo", scope("openid"), off=OFF)
def userinfo_by_post(call: Call) -> Response:
    """The same; the token comes in the header here too (RFC 6750 section 2.1)."""
    return answers.as_json(id_tokens.about(call.user, call.scopes))


def _client_row(request: Request) -> Sequence[Key[Any]]:
    return [client_key(_client_id(request.query))]


def _client_row_of_form(request: Request) -> Sequence[Key[Any]]:
    return [client_key(_client_id(request.form))]


@pages.route("GET", PATH, PUBLIC, reads=_client_row, query=PARAMETERS, off=OFF)
def logout(call: Call) -> Response:
    """Sign out from an application: at once with its ID token for this very person, else the person is asked."""
    sent = call.request.query
    target = _target(sent, call.rows[client_key(_client_id(sent))])
    hint = id_tokens.hinted(sent.get("id_token_hint") or "", call.settings)
    if call.person is None:
        return _signed_out(call, target)
    if hint is None or hint[0] != call.person.user.user_id:
        return _ask(call, sent)
    sessions.close(call.person.session, call.request.origin(call.user.user_id))
    return browser.signed_out(_signed_out(call, target))


@requests.route("POST", PATH, PUBLIC, fields=PARAMETERS, off=OFF)
def logout_by_form(call: Call) -> Response:
    """The same by POST: a form of another origin carries no session cookie, so it starts again as a GET."""
    return answers.go(f"{PATH}?{urlencode(call.request.form.only(PARAMETERS))}")


@pages.route("POST", CONFIRM, PUBLIC, form="oauth-logout", reads=_client_row_of_form, fields=PARAMETERS, off=OFF)
def confirmed(call: Call) -> Response:
    """Sign out after the person was asked."""
    sent = call.request.form
    target = _target(sent, call.rows[client_key(_client_id(sent))])
    if call.person is not None:
        sessions.close(call.person.session, call.request.origin(call.user.user_id))
    label = call.settings.site_name
    gone = browser.hand_over(call, target, label) if target else browser.page(call, "oauth/signed_out.html")
    return browser.signed_out(gone)


def _signed_out(call: Call, target: ClientAddress | None) -> Response:
    return answers.go_to_client(target) if target else browser.page(call, "oauth/signed_out.html")


def _ask(call: Call, sent: Parameters) -> Response:
    hidden = sent.only(["client_id", "post_logout_redirect_uri", "state", "id_token_hint"])
    return browser.page(
        call,
        "confirm.html",
        heading="Sign out?",
        intro="An application asks you to sign out here.",
        effects=["You are signed out in this browser.", "Applications you allowed keep working until you revoke them."],
        action=CONFIRM,
        form_name="oauth-logout",
        hidden=hidden,
        button="Sign out",
        keep_href="/",
        keep_label="Stay signed in",
        danger=False,
        crumbs=[],
    )


def _target(sent: Parameters, client: Client | None) -> ClientAddress | None:
    """Where to go afterwards: an address the application registered for that, compared exactly.

    Raises:
        UnknownRedirect: it did not register this one.

    """
    presented = sent.get("post_logout_redirect_uri")
    if presented is None:
        return None
    target = redirect_uris.match(presented, client.sign_out_addresses, public=False) if client else None
    if target is None:
        raise UnknownRedirect(details={"post_logout_redirect_uri": presented})
    return target.answer({"state": sent.get("state")})


def _client_id(sent: Parameters) -> str:
    """The application that asks: named, or the one its ID token is for; the token is not believed yet."""
    named = sent.get("client_id") or id_tokens.claimed_client(sent.get("id_token_hint") or "")
    return named if is_id(named) else ""
