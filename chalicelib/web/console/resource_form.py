"""System Console > Resource servers > Add and Edit: the fields, their messages, and what was typed coming back."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from chalice.app import Response

from chalicelib.accounts import sessions
from chalicelib.oauth import resource_servers
from chalicelib.oauth.registration import Shown
from chalicelib.oauth.resource_servers import Draft
from chalicelib.store.resources import Resource, resource_key
from chalicelib.store.writing import ConditionFailed
from chalicelib.web import answers, browser
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.console.resource import OWN, found, own_resource, path_of
from chalicelib.web.console.shared import RESOURCES, admin, surface
from chalicelib.web.http import Parameters


class Typed(NamedTuple):
    """The form as somebody filled it in: a scope a line, the lifetime in minutes."""

    identifier: str
    name: str
    scopes: str
    token_lifetime: str


class Own(NamedTuple):
    """Whose form it is on Edit: its page, its name, and the version the form stands on."""

    href: str | None
    named: str | None
    row_version: str | None


_ON_ADD: Final = Own(None, None, None)
_EMPTY: Final = Typed("", "", "", "5")
_LABELS: Final = {"name": "Name", "scopes": "Scopes", "token_lifetime": "Token lifetime"}
_SOMEBODY_ELSE: Final = {
    "": "Somebody else changed this resource server in the meantime. "
    "Check the values below and save again to replace theirs."
}


@surface.route("GET", f"{RESOURCES}/new", PERSON, may=admin)
def show_add(call: Call) -> Response:
    """Show an empty form."""
    return _page(call, _EMPTY)


@surface.route(
    "POST",
    f"{RESOURCES}/new",
    PERSON,
    may=admin,
    reads=lambda request: [resource_key(request.form.text("identifier"))],
    form="resource add",
    fields=Typed._fields,
)
def add(call: Call) -> Response:
    """Register it; of two presses one does, because the identifier is the key: the other reads again and sees it."""
    typed, person = _read(call.request.form), call.session
    draft, there = _draft(typed), call.rows[resource_key(typed.identifier)]
    problems = _problems(draft)
    if there is not None and _just_registered(call, there, draft):
        return answers.go(f"{path_of(there)}?just=registered")
    if there is not None:
        problems["identifier"] = f"This identifier is registered already, as {there.name}"
    if problems:
        return _page(call, typed, problems, 422)
    shown, origin = Shown(person.session, person.token), call.request.origin(call.user.user_id)
    resource, _ = resource_servers.register(draft, call.user, origin, shown)
    return answers.go(f"{path_of(resource)}?just=registered")


@surface.route("GET", OWN + "/edit", PERSON, may=admin, reads=own_resource)
def show_edit(call: Call) -> Response:
    """Show the form filled in; the identifier is what tokens say, and stays."""
    resource = found(call)
    return _page(call, _held(resource), own=_own(resource))


@surface.route(
    "POST",
    OWN + "/edit",
    PERSON,
    may=admin,
    reads=own_resource,
    form="resource edit",
    fields=("name", "scopes", "token_lifetime", "version"),
)
def edit(call: Call) -> Response:
    """Save an edit, unless somebody else saved one in between."""
    resource, form = found(call), call.request.form
    typed = Typed(resource.identifier, form.text("name"), _lines(form.text("scopes")), form.text("token_lifetime"))
    draft = _draft(typed)
    problems = _problems(draft)
    if problems:
        return _page(call, typed, problems, 422, own=_own(resource, form.text("version")))
    if form.text("version") != str(resource.version):
        return _page(call, typed, _SOMEBODY_ELSE, 409, own=_own(resource))
    told = [label for name, label in _LABELS.items() if getattr(typed, name) != getattr(_held(resource), name)]
    if not told:
        return browser.go_with_flash(call, path_of(resource), Flash("Nothing changed."))
    try:
        resource_servers.edit(resource, draft, call.request.origin(call.user.user_id))
    except ConditionFailed:
        return _page(call, typed, _SOMEBODY_ELSE, 409, own=_own(resource))
    changed = "1 thing changed" if len(told) == 1 else f"{len(told)} things changed"
    return browser.go_with_flash(call, path_of(resource), Flash("Saved.", f"{changed}: {', '.join(told)}."))


def _just_registered(call: Call, there: Resource, draft: Draft) -> bool:
    """Whether this very form registered it a moment ago: the session still shows its secret, and nothing differs."""
    person, now = call.session, call.request.now
    same = (there.name, there.scope_titles, there.token_lifetime) == (
        draft.name,
        dict(draft.scopes),
        draft.token_lifetime,
    )
    return same and sessions.secret_of(person.session, person.token, there.client_id, now) is not None


def _read(form: Parameters) -> Typed:
    return Typed(form.text("identifier"), form.text("name"), _lines(form.text("scopes")), form.text("token_lifetime"))


def _held(resource: Resource) -> Typed:
    scopes = "\n".join(f"{name} {title}" for name, title in resource.scope_titles.items())
    return Typed(resource.identifier, resource.name, scopes, f"{resource.token_lifetime / 60:g}")


def _draft(typed: Typed) -> Draft:
    parts = [line.partition(" ") for line in typed.scopes.splitlines()]
    scopes = [(name, title.strip()) for name, _, title in parts]
    return Draft(typed.identifier, typed.name, scopes, _seconds(typed.token_lifetime))


def _seconds(minutes: str) -> int:
    """Seconds of a number of minutes; 0, which no lifetime may be, for what is none."""
    whole = minutes.isascii() and minutes.isdigit() and len(minutes) < 4  # digits
    return int(minutes) * 60 if whole else 0


def _problems(draft: Draft) -> dict[str, str]:
    """What is wrong, by field, one sentence a line."""
    said: dict[str, list[str]] = {}
    for problem in resource_servers.problems(draft):
        said.setdefault(problem.field, []).append(problem.message)
    return {field: "\n".join(messages) for field, messages in said.items()}


def _lines(text: str) -> str:
    """Without blank lines, so that "line 2" is the second line that is shown."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _page(
    call: Call,
    typed: Typed,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
    own: Own = _ON_ADD,
) -> Response:
    return browser.page(
        call, "console/resource_form.html", status, form=typed, problems=problems or {}, **own._asdict()
    )


def _own(resource: Resource, version: str = "") -> Own:
    return Own(path_of(resource), resource.name, version or str(resource.version))
