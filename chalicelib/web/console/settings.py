"""System Console > Integrations > Custom Integrations: one form made from the table of settings (ux 6.15)."""

from typing import Any, Final

from chalice.app import Response

from chalicelib.accounts import server
from chalicelib.store.settings import SETTINGS, Setting, Value
from chalicelib.store.writing import ConditionFailed
from chalicelib.web import answers, browser
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.console.shared import CONSOLE_CRUMB, admin, surface
from chalicelib.web.console.shared import SETTINGS as PATH

_FIELDS: Final = (*(setting.name for setting in SETTINGS), "version", "confirmed")


@surface.route("GET", "/admin", PERSON, may=admin)
def index(_call: Call) -> Response:
    """The console opens at its settings."""
    return answers.go(PATH)


@surface.route("GET", PATH, PERSON, may=admin)
def show(call: Call) -> Response:
    """Show the settings."""
    typed = {setting.name: _typed(setting, call.settings.value(setting.name)) for setting in SETTINGS}
    return _page(call, typed, problems={}, version=str(call.settings.version))


@surface.route("POST", PATH, PERSON, may=admin, form="settings", fields=_FIELDS)
def save(call: Call) -> Response:
    """Save what changed; every copy is written, and the next request sees it."""
    form = call.request.form
    typed = {setting.name: form.text(setting.name) for setting in SETTINGS}
    version = form.text("version")
    values, problems = server.read_settings(typed)
    if problems:
        return _page(call, typed, problems, version, status=422)
    if version != str(call.settings.version):
        return _changed(call, typed)
    if call.settings.provider_on and not values["provider_on"] and form.get("confirmed") is None:
        return _ask_off(call, typed, version)
    try:
        told = server.change_settings(call.settings, values, call.request.origin(call.user.user_id))
    except ConditionFailed:
        return _changed(call, typed)
    if not told:
        return browser.go_with_flash(call, PATH, Flash("Nothing changed."))
    return browser.go_with_flash(call, PATH, Flash("Saved.", " ".join(told)))


def _ask_off(call: Call, typed: dict[str, str], version: str) -> Response:
    """Ask before every application stops."""
    return browser.page(
        call,
        "confirm.html",
        heading="Turn OAuth 2.0 off?",
        intro=None,
        effects=[
            "Applications can no longer sign anyone in, and every token stops with the next request.",
            "Applications, tokens and what people allowed are kept, and work again when you turn it back on.",
        ],
        action=PATH,
        form_name="settings",
        hidden=typed | {"version": version, "confirmed": "true"},
        button="Turn OAuth 2.0 off",
        keep_href=PATH,
        keep_label="Keep it on",
        danger=True,
        crumbs=[CONSOLE_CRUMB, ("Integrations", None), ("Custom Integrations", PATH), ("Turn off", None)],
    )


def _changed(call: Call, typed: dict[str, str]) -> Response:
    """Somebody else saved in between: what was typed stays, and the form now stands on the newest version."""
    problems = {"": "Somebody else changed the settings in the meantime. Check the values below and save again."}
    return _page(call, typed, problems, str(call.settings.version), status=409)


def _page(call: Call, typed: dict[str, str], problems: dict[str, str], version: str, status: int = 200) -> Response:
    rows = [_row(setting, typed[setting.name], problems.get(setting.name)) for setting in SETTINGS]
    return browser.page(
        call,
        "console/custom_integrations.html",
        status,
        settings=rows,
        row_version=version,
        form_problem=problems.get(""),
    )


def _row(setting: Setting, value: str, problem: str | None) -> dict[str, Any]:
    lifetime = setting.kind in {"hours", "minutes", "seconds"}
    return {
        "key": setting.name,
        "label": setting.label,
        "help": setting.help,
        "kind": setting.kind,
        "value": value,
        "default": _shown_default(setting),
        "problem": problem,
        "minimum": setting.minimum // setting.unit if lifetime else None,
        "maximum": setting.maximum // setting.unit if lifetime else None,
    }


def _typed(setting: Setting, value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value // setting.unit)


def _shown_default(setting: Setting) -> str:
    if isinstance(setting.default, bool):
        return "True" if setting.default else "False"
    return _typed(setting, setting.default)
