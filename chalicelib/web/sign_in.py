"""Set-up, sign-in and sign-out (ux 6.1, 6.2)."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from chalice.app import Response

from chalicelib.accounts import sessions, setup
from chalicelib.accounts.people import NewPerson
from chalicelib.accounts.setup import Choices
from chalicelib.accounts.sign_in import login_key
from chalicelib.accounts.sign_in import sign_in as open_session
from chalicelib.credentials import is_id
from chalicelib.errors import Deactivated, Refusal, TooManyTries, WrongCredentials
from chalicelib.store.admins import ADMINS, SET_UP
from chalicelib.store.clients import Client, client_key
from chalicelib.store.reading import Key
from chalicelib.web import browser
from chalicelib.web.answers import own_path
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PUBLIC, Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import PageShape

surface = Surface("sign_in", PageShape())
SURFACES = (surface,)
_SET_UP_FIELDS: Final = ("token", "full_name", "username", "email", "password", "site_name", "enable_provider")
_LOGIN_FIELDS: Final = ("login_id", "password", "redirect_to")


def _set_up_rows(_request: Request) -> Sequence[Key[Any]]:
    return [ADMINS, SET_UP]


def _asked_by_link(request: Request) -> Sequence[Key[Any]]:
    return [client_key(_asking_client(request.query.get("redirect_to")))]


def _name_and_client(request: Request) -> Sequence[Key[Any]]:
    form = request.form
    return [login_key(form.text("login_id")), client_key(_asking_client(form.get("redirect_to")))]


@surface.route("GET", "/setup", PUBLIC, reads=_set_up_rows, query=("token",))
def show_set_up(call: Call) -> Response:
    """Show the set-up form to whoever holds the link; looking at it uses nothing up."""
    token = call.request.query.get("token") or ""
    setup.check(token, call.rows[SET_UP], call.rows[ADMINS], call.request.now)
    empty = {
        "full_name": "",
        "username": "",
        "email": "",
        "site_name": call.settings.site_name,
        "enable_provider": False,
    }
    return browser.page(call, "setup.html", token=token, form=empty, problems={})


@surface.route("POST", "/setup", PUBLIC, reads=_set_up_rows, form="setup", fields=_SET_UP_FIELDS)
def set_up(call: Call) -> Response:
    """Create the first System Admin, signed in."""
    form, now = call.request.form, call.request.now
    token = form.get("token") or ""
    link = setup.check(token, call.rows[SET_UP], call.rows[ADMINS], now)
    person = NewPerson(
        form.text("full_name"),
        form.text("username"),
        form.text("email"),
        form.get("password") or "",
    )
    choices = Choices(form.text("site_name"), provider_on=form.get("enable_provider") == "true")
    problems = setup.problems(person, choices)
    if problems:
        typed = {
            "full_name": person.full_name,
            "username": person.username,
            "email": person.email,
            "site_name": choices.site_name,
            "enable_provider": choices.provider_on,
        }
        return browser.page(call, "setup.html", 422, token=token, form=typed, problems=problems)
    opened = setup.complete(person, choices, link, call.settings, call.request.origin("set-up"))
    ready = Flash("Server ready.", "You are its System Admin.")
    return browser.signed_in(browser.go_with_flash(call, "/integrations", ready), opened.token)


@surface.route("GET", "/login", PUBLIC, reads=_asked_by_link, query=("redirect_to",))
def show_login(call: Call) -> Response:
    """Show the sign-in form, saying which application it is for."""
    return _login_page(call, own_path(call.request.query.get("redirect_to")), login_id="")


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
        _, opened = open_session(login_id, password, name, call.settings, origin)
    except (WrongCredentials, Deactivated, TooManyTries) as refusal:
        return _login_page(
            call,
            redirect_to,
            login_id=login_id,
            problems={"": refusal.description},
            refusal=refusal,
        )
    label = _label(call, redirect_to)
    return browser.signed_in(browser.hand_over(call, redirect_to, label), opened.token)


@surface.route("POST", "/logout", PUBLIC, form="logout", fields=("redirect_to",))
def logout(call: Call) -> Response:
    """Sign out; with `redirect_to` this is "Switch account", which comes back to the same authorization."""
    if call.person is not None:
        sessions.close(call.person.session, call.request.origin(call.person.user.user_id))
    redirect_to = call.request.form.get("redirect_to")
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
    client = _client(call, redirect_to)
    response = browser.page(
        call,
        "login.html",
        refusal.status if refusal else 422 if problems else 200,
        opener=True,
        form={"login_id": login_id},
        problems=problems or {},
        redirect_to=redirect_to,
        client=client,
    )
    response.headers.update(refusal.headers if refusal else {})
    return response


def _missing(login_id: str, password: str) -> dict[str, str]:
    found = {}
    if not login_id:
        found["login_id"] = "Enter your email or username"
    if not password:
        found["password"] = "Enter your password"  # noqa: S105  # a message
    return found


def _label(call: Call, redirect_to: str) -> str:
    client = _client(call, redirect_to)
    return client["name"] if client else call.settings.site_name


def _client(call: Call, redirect_to: str) -> dict[str, str] | None:
    """Which application a sign-in is for: named only with an address it registered."""
    query = _query(redirect_to)
    client: Client | None = call.rows[client_key(_asking_client(redirect_to))]
    address = query.get("redirect_uri", "")
    if client is None or address not in client.addresses:
        return None
    return {"name": client.client_name, "client_id": client.client_id, "host": address}


def _asking_client(redirect_to: str | None) -> str:
    client_id = _query(redirect_to or "").get("client_id", "")
    return client_id if is_id(client_id) else ""


def _query(redirect_to: str) -> dict[str, str]:
    if not redirect_to.startswith("/oauth/authorize?"):
        return {}
    return {name: values[0] for name, values in parse_qs(urlsplit(redirect_to).query).items()}
