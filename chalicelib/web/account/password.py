"""Account Settings > Security > Password (ux 6.14)."""

from chalice.app import Response

from chalicelib.accounts import passwords
from chalicelib.accounts.passwords import password_problem
from chalicelib.errors import Refusal, TooManyTries, WrongCredentials
from chalicelib.web import browser
from chalicelib.web.account.shared import PASSWORD, surface
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call

_FIELDS = ("current_password", "password", "revoke_apps")


@surface.route("GET", PASSWORD, PERSON)
def show(call: Call) -> Response:
    """Ask for the present password and the new one."""
    return _page(call, {}, revoke_apps=False)


@surface.route("POST", PASSWORD, PERSON, form="password", fields=_FIELDS)
def change(call: Call) -> Response:
    """Set a new password: every other session ends, this browser gets a new one."""
    form, user = call.request.form, call.user
    current, new = form.get("current_password") or "", form.get("password") or ""
    apps_too = form.get("revoke_apps") == "true"
    problems = _problems(current, new)
    if problems:
        return _page(call, problems, revoke_apps=apps_too)
    origin = call.request.origin(user.user_id)
    try:
        opened = passwords.change_own(user, (current, new), call.settings, origin, apps_too=apps_too)
    except WrongCredentials as wrong:
        return _page(call, {"current_password": wrong.description}, revoke_apps=apps_too)
    except TooManyTries as refusal:
        return _page(call, {"": refusal.description}, revoke_apps=apps_too, refusal=refusal)
    apps = " No application can act for you any more." if apps_too else ""
    flash = Flash("Password changed.", f"You stay signed in here, every other session ended.{apps}")
    return browser.signed_in(browser.go_with_flash(call, PASSWORD, flash), opened.token)


def _problems(current: str, new: str) -> dict[str, str]:
    found = {} if current else {"current_password": "Enter your current password"}
    problem = password_problem(new)
    return found | ({"password": problem} if problem else {})


def _page(call: Call, problems: dict[str, str], *, revoke_apps: bool, refusal: Refusal | None = None) -> Response:
    status = refusal.status if refusal else 422 if problems else 200
    response = browser.page(call, "account/password.html", status, problems=problems, revoke_apps=revoke_apps)
    response.headers.update(refusal.headers if refusal else {})
    return response
