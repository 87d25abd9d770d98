"""Account Settings > Profile: a person's own fields (ux 6.19)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.accounts import people, usernames
from chalicelib.accounts.people import MAX_NAME, NewPerson
from chalicelib.accounts.sign_in import MAX_LOGIN
from chalicelib.errors import NameTaken
from chalicelib.store.reading import Key
from chalicelib.store.users import Name, User, name_key
from chalicelib.web import browser
from chalicelib.web.account.shared import ACCOUNT, PROFILE, surface
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.http import Request

LABELS: Final = {
    "full_name": "Full name",
    "username": "Username",
    "email": "Email",
    "nickname": "Nickname",
    "position": "Position",
}


def _names(request: Request) -> Sequence[Key[Any]]:
    return [_name(request, "username"), _name(request, "email")]


@surface.route("GET", ACCOUNT, PERSON)
def index(call: Call) -> Response:
    """The index of the settings."""
    return browser.page(call, "account/index.html")


@surface.route("GET", PROFILE, PERSON)
def show(call: Call) -> Response:
    """Show the fields as they are."""
    return _page(call, _held(call.user), {}, str(call.user.version))


@surface.route("POST", PROFILE, PERSON, reads=_names, form="profile", fields=(*LABELS, "version"))
def save(call: Call) -> Response:
    """Save what changed; a new username or e-mail address is what one signs in with from now on."""
    form, user = call.request.form, call.user
    typed, version = {name: form.text(name) for name in LABELS}, form.text("version")
    differing = [name for name, value in _held(user).items() if typed[name] != value]
    values = _values(typed, differing)
    found = _problems(typed, values, differing) | _taken(call, values)
    problems = {name: found[name] for name in LABELS if name in found}
    if problems:
        return _page(call, typed, problems, version, 422)
    if version != str(user.version):
        changed = {"": "Your account was changed in the meantime. Check the values below and save again."}
        return _page(call, typed, changed, str(user.version), 409)
    if not differing:
        return browser.go_with_flash(call, PROFILE, Flash("Nothing changed."))
    try:
        people.edit(user, values, call.request.origin(user.user_id))
    except NameTaken as taken:
        return _page(call, typed, _said(taken, typed["username"], user), version, 422)
    return browser.go_with_flash(call, PROFILE, _saved(values, differing))


def _held(user: User) -> dict[str, str]:
    return {
        "full_name": f"{user.first_name} {user.last_name}".strip(),
        "username": user.username,
        "email": user.email,
        "nickname": user.nickname,
        "position": user.position,
    }


def _values(typed: dict[str, str], differing: list[str]) -> dict[str, str]:
    """The fields to change: the name people read is kept as first and last name."""
    values = {name: typed[name] for name in differing if name != "full_name"}
    if "full_name" not in differing:
        return values
    person = NewPerson(typed["full_name"], "", "", "")
    return values | {"first_name": person.first_name, "last_name": person.last_name}


def _problems(typed: dict[str, str], values: dict[str, str], differing: list[str]) -> dict[str, str]:
    """What is wrong with what was changed; what was there before is not judged."""
    found = dict(people.field_problems(values))
    name_problem = found.pop("first_name", None) or found.pop("last_name", None)
    if not typed["full_name"]:
        found["full_name"] = "Enter your full name"
    elif name_problem or ("full_name" in differing and len(typed["full_name"]) > MAX_NAME):
        found["full_name"] = f"Use at most {MAX_NAME} ordinary characters"
    return {name: _about(name, problem) for name, problem in found.items() if name in LABELS}


def _taken(call: Call, values: dict[str, str]) -> dict[str, str]:
    """Which new names are somebody else's, known before anything is written."""
    found: dict[str, str] = {}
    for field in ("username", "email"):
        row = call.rows[_name(call.request, field)] if field in values else None
        if row is not None and row.owner_id != call.user.user_id:
            found |= _said(NameTaken(field), values[field], call.user)
    return found


def _said(taken: NameTaken, username: str, user: User) -> dict[str, str]:
    return {taken.field: usernames.taken(taken, username, user.name)}


def _name(request: Request, field: str) -> Key[Name]:
    return name_key("u" if field == "username" else "e", request.form.text(field)[:MAX_LOGIN])


def _about(name: str, problem: str) -> str:
    """A sentence that says which field it is about, for the list of all problems."""
    return f"{LABELS[name]}: {problem[0].lower()}{problem[1:]}" if problem.startswith("Use ") else problem


def _saved(values: dict[str, str], differing: list[str]) -> Flash:
    changed = ", ".join(label for name, label in LABELS.items() if name in differing)
    count = "1 thing" if len(differing) == 1 else f"{len(differing)} things"
    names = " or ".join(values[name] for name in ("username", "email") if name in values)
    sign_in = f" Sign in with {names} from now on." if names else ""
    return Flash("Saved.", f"{count} changed: {changed}.{sign_in}")


def _page(call: Call, typed: dict[str, str], problems: dict[str, str], version: str, status: int = 200) -> Response:
    return browser.page(call, "account/profile.html", status, form=typed, problems=problems, row_version=version)
