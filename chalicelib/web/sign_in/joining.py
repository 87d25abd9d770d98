"""Getting an account: by an invitation, or by open sign-up (ux 6.3)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.accounts import joining, links, people, usernames
from chalicelib.accounts.people import NewPerson
from chalicelib.accounts.sessions import Opened
from chalicelib.accounts.sign_in import MAX_LOGIN
from chalicelib.errors import NameTaken, SignUpClosed
from chalicelib.store.invites import Invite
from chalicelib.store.reading import Key
from chalicelib.store.users import Name, name_key
from chalicelib.web import browser
from chalicelib.web.answers import own_path
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PUBLIC, Call
from chalicelib.web.http import Request
from chalicelib.web.sign_in.shared import asked_by_link, asking_client, client_of, let_in, signed_in, surface

_INVITE: Final = "/invite/{token}"
_FIELDS: Final = ("full_name", "username", "password")
_EMPTY: Final = {"full_name": "", "username": "", "email": ""}


def _invitation(request: Request) -> Sequence[Key[Any]]:
    return [joining.invitation_of(request.path_values["token"])]


def _invitation_and_name(request: Request) -> Sequence[Key[Any]]:
    return [*_invitation(request), _username(request)]


def _names_and_client(request: Request) -> Sequence[Key[Any]]:
    return [_username(request), _email(request), asking_client(request.form.get("redirect_to"))]


@surface.route("GET", _INVITE, PUBLIC, reads=_invitation)
def show_invitation(call: Call) -> Response:
    """Show who invited one to what; looking at it uses nothing up."""
    found = _found(call)
    suggested = usernames.suggested(found.email or "")
    return _invited_page(call, found, _EMPTY | {"username": suggested, "email": found.email or ""})


@surface.route("POST", _INVITE, PUBLIC, reads=_invitation_and_name, form="invitation", fields=_FIELDS)
def accept(call: Call) -> Response:
    """Make the account the invitation is for, signed in; the e-mail address is the invitation's."""
    found = _found(call)
    person = _typed(call, found.email or "")
    problems = _problems(call, person, email=None)
    if problems:
        return _invited_page(call, found, _kept(person), problems)
    try:
        opened = joining.accept(found, person, call.settings, call.request.origin("invitation"))
    except NameTaken as taken:
        return _invited_page(call, found, _kept(person), _taken(taken, person))
    return _welcome(call, opened, person)


@surface.route("GET", "/signup", PUBLIC, reads=asked_by_link, query=("redirect_to",))
def show_sign_up(call: Call) -> Response:
    """Show the form, where sign-up is open."""
    if not call.settings.open_sign_up:
        raise SignUpClosed
    return _sign_up_page(call, own_path(call.request.query.get("redirect_to")), _EMPTY)


@surface.route(
    "POST", "/signup", PUBLIC, reads=_names_and_client, form="sign up", fields=(*_FIELDS, "email", "redirect_to")
)
def sign_up(call: Call) -> Response:
    """Make an account for whoever comes, signed in, and go on to where one was going."""
    if not call.settings.open_sign_up:
        raise SignUpClosed
    redirect_to = own_path(call.request.form.get("redirect_to"))
    person = _typed(call, call.request.form.text("email"))
    problems = _problems(call, person, email=call.rows[_email(call.request)])
    if problems:
        return _sign_up_page(call, redirect_to, _kept(person), problems)
    try:
        opened = joining.sign_up(person, call.settings, call.request.origin("sign-up"))
    except NameTaken as taken:
        return _sign_up_page(call, redirect_to, _kept(person), _taken(taken, person))
    return _welcome(call, opened, person) if redirect_to == "/" else let_in(call, opened, redirect_to)


def _username(request: Request) -> Key[Name]:
    return name_key("u", request.form.text("username")[:MAX_LOGIN])


def _email(request: Request) -> Key[Name]:
    return name_key("e", request.form.text("email")[:MAX_LOGIN])


def _found(call: Call) -> Invite:
    row = links.found(call.rows[_invitation(call.request)[0]], call.request.origin("invitation"))
    return joining.check(row, call.settings, call.request.now)


def _typed(call: Call, email: str) -> NewPerson:
    form = call.request.form
    return NewPerson(form.text("full_name"), form.text("username"), email, form.get("password") or "")


def _kept(person: NewPerson) -> dict[str, str]:
    """What was typed, but for the password."""
    return {"full_name": person.full_name, "username": person.username, "email": person.email}


def _problems(call: Call, person: NewPerson, *, email: Name | None) -> dict[str, str]:
    """What is wrong, all of it at once: a name that is taken is known before anything is written."""
    found = dict(people.problems(person))
    if "username" not in found and call.rows[_username(call.request)] is not None:
        found |= _taken(NameTaken("username"), person)
    if "email" not in found and email is not None:
        found |= _taken(NameTaken("email"), person)
    return {name: found[name] for name in ("full_name", "username", "email", "password") if name in found}


def _taken(taken: NameTaken, person: NewPerson) -> dict[str, str]:
    return {taken.field: usernames.taken(taken, person.username, person.full_name)}


def _welcome(call: Call, opened: Opened, person: NewPerson) -> Response:
    welcome = browser.go_with_flash(call, "/integrations", Flash(f"Welcome, {person.first_name}."))
    return signed_in(welcome, call, opened)


def _invited_page(call: Call, found: Invite, form: dict[str, str], problems: dict[str, str] | None = None) -> Response:
    return browser.page(
        call,
        "join.html",
        422 if problems else 200,
        action=call.request.path,
        form_name="invitation",
        form=form,
        problems=problems or {},
        invitation={"by": found.by_name, "role": found.role, "until": found.until},
        redirect_to=None,
        client=None,
    )


def _sign_up_page(
    call: Call, redirect_to: str, form: dict[str, str], problems: dict[str, str] | None = None
) -> Response:
    return browser.page(
        call,
        "join.html",
        422 if problems else 200,
        opener=True,
        action="/signup",
        form_name="sign up",
        form=form,
        problems=problems or {},
        invitation=None,
        redirect_to=redirect_to,
        client=client_of(call, redirect_to),
    )
