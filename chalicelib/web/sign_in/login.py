"""Sign-in and sign-out (ux 6.2)."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from chalice.app import Response

from chalicelib.accounts import sessions
from chalicelib.accounts.sign_in import MAX_LOGIN, Attempt, login_key
from chalicelib.accounts.sign_in import sign_in as open_session
from chalicelib.errors import Deactivated, Refusal, TooManyTries, WrongCredentials
from chalicelib.store.reading import Key
from chalicelib.web import browser, known_device
from chalicelib.web.answers import own_path
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PUBLIC, Call
from chalicelib.web.http import Request, is_text
from chalicelib.web.sign_in.shared import asked_by_link, asking_client, client_of, let_in, surface

_LOGIN_FIELDS: Final = ("login_id", "password", "redirect_to")


def _name_and_client(request: Request) -> Sequence[Key[Any]]:
    form = request.form
    return [login_key(form.text("login_id")), asking_client(form.get("redirect_to"))]


@surface.route("GET", "/login", PUBLIC, reads=asked_by_link, query=("redirect_to",))
def show_login(call: Call) -> Response:
    """Show the sign-in form, saying which application it is for."""
    redirect_to = own_path(call.request.query.get("redirect_to"))
    return _login_page(call, redirect_to, login_id=_hinted(redirect_to))


@surface.route("POST", "/login", PUBLIC, reads=_name_and_client, form="login", fields=_LOGIN_FIELDS)
def login(call: Call) -> Response:
    """Sign in and return to exactly where one was going, by the hand-over page: the next stop may be a client."""
    form = call.request.form
    login_id, redirect_to = form.text("login_id"), own_path(form.get("redirect_to"))
    password = form.get("password") or ""
    missing = _missing(login_id, password)
    if missing:
        return _login_page(call, redirect_to, login_id=login_id, problems=missing)
    name = call.rows[login_key(login_id)]
    origin = call.request.origin("sign-in")
    try:
        attempt = Attempt(login_id, password, known_device.presented(call))
        _, opened = open_session(attempt, name, call.settings, origin)
    except (WrongCredentials, Deactivated, TooManyTries) as refusal:
        return _login_page(
            call,
            redirect_to,
            login_id=login_id,
            problems={"": refusal.description},
            refusal=refusal,
        )
    return let_in(call, opened, redirect_to)


@surface.route("POST", "/logout", PUBLIC, form="logout", fields=("redirect_to",))
def logout(call: Call) -> Response:
    """Sign out; with `redirect_to` this is "Switch account", which comes back to the same authorization."""
    redirect_to = call.request.form.get("redirect_to")
    if call.person is not None:
        sessions.close(call.person.session, call.request.origin(call.person.user.user_id))
    if redirect_to is not None:
        target = own_path(redirect_to)
        return browser.signed_out(browser.hand_over(call, target, call.settings.site_name))
    return browser.signed_out(browser.go_with_flash(call, "/login", Flash("You are signed out.")))


def _login_page(
    call: Call,
    redirect_to: str,
    *,
    login_id: str,
    problems: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    client = client_of(call, redirect_to)
    response = browser.page(
        call,
        "login.html",
        refusal.status if refusal else 422 if problems else 200,
        opener=True,
        form={"login_id": login_id},
        problems=problems or {},
        redirect_to=redirect_to,
        client=client,
        may_sign_up=call.settings.open_sign_up,
    )
    response.headers.update(refusal.headers if refusal else {})
    return response


def _hinted(redirect_to: str) -> str:
    """Whom the application expects (OpenID Connect Core section 3.1.2.1, `login_hint`); "" if it says nothing good."""
    if not redirect_to.startswith("/oauth/authorize?"):
        return ""
    hint = parse_qs(urlsplit(redirect_to).query).get("login_hint", [""])[0].strip()
    return hint[:MAX_LOGIN] if hint.isprintable() and is_text(hint) else ""


def _missing(login_id: str, password: str) -> dict[str, str]:
    found = {}
    if not login_id:
        found["login_id"] = "Enter your email or username"
    if not password:
        found["password"] = "Enter your password"  # noqa: S105  # a message
    return found
