"""Pages for people: the session cookie, form tokens, the one-time message, and refusals as pages.

DESIGN section 4, ux 3 and 6.11.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from chalice.app import Response

from chalicelib import __version__, config
from chalicelib.credentials import mac, same
from chalicelib.errors import (
    FormExpired,
)
from chalicelib.oauth.redirect_uris import ClientAddress, opens_app
from chalicelib.policy import SESSION_ABSOLUTE
from chalicelib.store.settings import Settings
from chalicelib.web import answers, pages
from chalicelib.web.answers import with_cookie
from chalicelib.web.callers import Call
from chalicelib.web.http import Request

THEMES: Final = ("auto", "light", "dark")
_YEAR: Final = 365 * 24 * 3600


class Flash(NamedTuple):
    """A message shown once, on the next page: what happened, how many, when, what next."""

    title: str
    text: str = ""
    kind: str = "ok"
    href: str | None = None
    link: str | None = None


class Viewer(NamedTuple):
    """What pages say about who is looking."""

    name: str
    username: str
    user_id: str
    is_admin: bool


# --- cookies ----------------------------------------------------------------------------------------------------


def cookie_name(part: str = "") -> str:
    """`__Host-` on https; on loopback the port is in the name, because cookies do not tell ports apart."""
    here = config.current()
    base = "__Host-gatepost" if here.secure else f"gatepost-{here.port}"
    return f"{base}-{part}" if part else base


def cookie(name: str, value: str, seconds: int, *, readable: bool = False) -> str:
    """A Set-Cookie header; 0 seconds deletes."""
    secure = "; Secure" if config.current().secure else ""
    hidden = "" if readable else "; HttpOnly"
    return f"{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{hidden}{secure}"


def signed_in(response: Response, token: str) -> Response:
    """Give the browser its session.

    Take the signed-out form cookie away: nothing from before the sign-in counts after it.
    """
    with_cookie(response, cookie(cookie_name(), token, int(SESSION_ABSOLUTE.total_seconds())))
    return with_cookie(response, cookie(cookie_name("form"), "", 0))


def signed_out(response: Response) -> Response:
    """Take the session cookie away."""
    return with_cookie(response, cookie(cookie_name(), "", 0))


def with_theme(response: Response, theme: str) -> Response:
    """Remember the colours."""
    return with_cookie(response, cookie(cookie_name("theme"), theme, _YEAR))


# --- form tokens ------------------------------------------------------------------------------------------------


def form_token(settings: Settings, holder: str, form_name: str) -> str:
    """The token of a form: bound to the session (or to the signed-out browser's cookie) and to the form's name."""
    return mac(settings.keys.current("form token"), holder, form_name).hex()


def check_form(call: Call, form_name: str) -> None:
    """Make sure that a form came from a page of ours, shown to this very browser (attack 9).

    Raises:
        FormExpired: it did not.

    """
    holder = _holder(call)
    token = call.request.form.get("csrf") or ""
    if not from_here(call.request) or not holder or not same(token, form_token(call.settings, holder, form_name)):
        raise FormExpired


def from_here(request: Request) -> bool:
    """Whether the browser says that the request comes from our own origin.

    `Sec-Fetch-Site` is asked first: our pages send no referrer, and browsers write `Origin: null` then.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null")
    if site is not None:
        return site in {"same-origin", "none"}
    return origin in {"null", config.current().issuer}


def _holder(call: Call) -> str:
    if call.person is not None:
        return call.person.session.session_id
    return call.request.cookies.get(cookie_name("form"), "")


# --- pages ------------------------------------------------------------------------------------------------------


def page(
    call: Call,
    template: str,
    status: int = 200,
    /,
    *,
    images: str = "'self'",
    opener: bool = False,
    **values: Any,
) -> Response:
    """Render a page for whoever is looking."""
    fresh_holder = "" if _holder(call) else secrets.token_hex(16)
    holder = _holder(call) or fresh_holder

    def csrf(form_name: str) -> str:
        return form_token(call.settings, holder, form_name)

    flash = _flash(call)
    common = common_values(call.request, call, csrf) | {"flash": flash}
    response = answers.as_page(pages.render(template, **common, **values), status, images=images, opener=opener)
    if fresh_holder:
        with_cookie(response, cookie(cookie_name("form"), fresh_holder, 24 * 3600))
    if flash is not None:
        with_cookie(response, cookie(cookie_name("flash"), "", 0))
    return response


def go_with_flash(call: Call, path: str, flash: Flash) -> Response:
    """Redirect after a change, with a message about what happened."""
    text = base64.urlsafe_b64encode(json.dumps(flash._asdict()).encode()).decode()
    value = f"{text}.{_flash_tag(call, text)}"
    return with_cookie(answers.go(path), cookie(cookie_name("flash"), value, 300))


def hand_over(call: Call, target: str, label: str) -> Response:
    """End a form whose next stop may be a client: one page that goes on by itself (DESIGN section 4)."""
    return page(call, "handover.html", opener=True, target=target, label=label)


def go_to_client(call: Call, address: ClientAddress, label: str) -> Response:
    """Answer a client: by redirect, or on the page that opens an app of the device (ux 3.2)."""
    return hand_over(call, address, label) if opens_app(address) else answers.go_to_client(address)


def _flash(call: Call) -> Flash | None:
    text, _, tag = call.request.cookies.get(cookie_name("flash"), "").partition(".")
    if not text or not same(tag, _flash_tag(call, text)):
        return None
    try:
        return Flash(**json.loads(base64.urlsafe_b64decode(text)))
    except (binascii.Error, ValueError, TypeError):
        return None


def _flash_tag(call: Call, text: str) -> str:
    return mac(call.settings.keys.current("flash"), text).hex()


def common_values(request: Request, call: Call | None, csrf: Callable[[str], str]) -> dict[str, Any]:
    """What every page is rendered with; without a call nothing of the server or the viewer is known."""
    theme = request.cookies.get(cookie_name("theme"), "auto")
    return {
        "site_name": call.settings.site_name if call else "Gatepost",
        "site_host": config.current().host,
        "viewer": _viewer(call),
        "csrf": csrf,
        "flash": None,
        "theme": theme if theme in THEMES else "auto",
        "path": request.path,
        "now": request.now,
        "request_id": request.id,
        "version": __version__,
    }


def _viewer(call: Call | None) -> Viewer | None:
    if call is None or call.person is None:
        return None
    user = call.person.user
    return Viewer(user.name, user.username, user.user_id, user.is_admin)
