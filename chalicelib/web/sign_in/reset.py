"""Setting a new password by a link that a System Admin handed on (ux 6.15)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.accounts import links, passwords
from chalicelib.credentials import fingerprint
from chalicelib.store.invites import Invite, invite_key
from chalicelib.store.reading import Key
from chalicelib.store.users import User
from chalicelib.web import browser
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PUBLIC, Call
from chalicelib.web.http import Request
from chalicelib.web.sign_in.shared import signed_in, surface

_RESET: Final = "/reset/{token}"


def _link(request: Request) -> Sequence[Key[Any]]:
    return [invite_key(fingerprint(request.path_values["token"]))]


@surface.route("GET", _RESET, PUBLIC, reads=_link)
def show_reset(call: Call) -> Response:
    """Ask for a new password; looking at it uses nothing up."""
    _, user = _found(call)
    return _page(call, user, {})


@surface.route("POST", _RESET, PUBLIC, reads=_link, form="reset", fields=("password",))
def reset(call: Call) -> Response:
    """Set the new password; every other session ends, and whoever holds the link is signed in."""
    link, user = _found(call)
    password = call.request.form.get("password") or ""
    problem = passwords.password_problem(password)
    if problem:
        return _page(call, user, {"password": problem})
    opened = passwords.use_reset(link, user, password, call.settings, call.request.origin(user.user_id))
    flash = Flash("Your password is set.", "You are signed in here, all other sessions ended.")
    return signed_in(browser.go_with_flash(call, "/integrations", flash), call, opened)


def _found(call: Call) -> tuple[Invite, User]:
    row = links.found(call.rows[_link(call.request)[0]], call.request.origin("reset"))
    return passwords.check_reset(row, call.settings, call.request.now)


def _page(call: Call, user: User, problems: dict[str, str]) -> Response:
    return browser.page(
        call,
        "reset.html",
        422 if problems else 200,
        action=call.request.path,
        username=user.username,
        problems=problems,
    )
