"""Set-up of a new server, by whoever holds the one-time link (ux 6.1)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.accounts import setup
from chalicelib.accounts.people import NewPerson
from chalicelib.accounts.setup import Choices
from chalicelib.store.admins import ADMINS, SET_UP
from chalicelib.store.reading import Key
from chalicelib.web import browser
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PUBLIC, Call
from chalicelib.web.http import Request
from chalicelib.web.sign_in.shared import signed_in, surface

_SET_UP_FIELDS: Final = ("token", "full_name", "username", "email", "password", "site_name", "enable_provider")


def _set_up_rows(_request: Request) -> Sequence[Key[Any]]:
    return [ADMINS, SET_UP]


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
    return signed_in(browser.go_with_flash(call, "/integrations", ready), call, opened)
