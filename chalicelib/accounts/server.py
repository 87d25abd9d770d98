"""Changing the server's settings: reading what an administrator typed, saying what changed."""

from collections.abc import Mapping

from chalicelib import allowlist
from chalicelib.store import settings as stored
from chalicelib.store.audit import Origin, event
from chalicelib.store.settings import SETTINGS, Setting, Settings, Value
from chalicelib.store.writing import write_together


def read_settings(typed: Mapping[str, str]) -> tuple[dict[str, Value], dict[str, str]]:
    """Read the console's form: values by setting, and what is wrong by setting."""
    values: dict[str, Value] = {}
    problems: dict[str, str] = {}
    for setting in SETTINGS:
        value = _read(setting, typed.get(setting.name, ""))
        if value is None:
            problems[setting.name] = _problem(setting, typed.get(setting.name, ""))
        else:
            values[setting.name] = value
    return values, problems


def acceptable(setting: Setting, value: object) -> bool:
    """Whether a value is one this setting can have; a number is seconds."""
    if setting.kind == "bool":
        return isinstance(value, bool)
    if setting.kind == "text":
        return isinstance(value, str) and setting.minimum <= len(value) <= setting.maximum and value.isprintable()
    if setting.kind == "list":
        return isinstance(value, str) and _list_problem(setting, value) is None
    return type(value) is int and setting.minimum <= value <= setting.maximum


def change_settings(settings: Settings, values: Mapping[str, Value], origin: Origin) -> list[str]:
    """Write what differs, in one transaction; give a sentence for each change, none if nothing changed.

    Raises:
        ConditionFailed: somebody else changed the settings since they were read.
        Contention: DynamoDB could not decide.

    """
    differing = {name: value for name, value in values.items() if settings.value(name) != value}
    if not differing:
        return []
    told = [f"{_of(name).label}: {_said(settings.value(name))} to {_said(value)}." for name, value in differing.items()]
    write_together(
        *stored.changed(settings, differing),
        event(origin, "settings.change", " ".join(told)),
    )
    return told


def _read(setting: Setting, typed: str) -> Value | None:
    value: Value
    if setting.kind == "bool":
        return {"true": True, "false": False}.get(typed)
    if setting.kind == "text":
        value = typed
    elif setting.kind == "list":
        value = "\n".join(allowlist.lines(typed))
    elif typed.isascii() and typed.isdigit() and len(typed) <= 9:  # digits, more than any lifetime has
        value = int(typed) * setting.unit
    else:
        return None
    return value if acceptable(setting, value) else None


def _problem(setting: Setting, typed: str) -> str:
    if setting.kind == "bool":
        return f"{setting.label}: choose True or False"
    if setting.kind == "list":
        return f"{setting.label}, {_list_problem(setting, typed)}"
    if setting.kind == "text":
        return f"{setting.label}: enter {setting.minimum} to {setting.maximum} ordinary characters"
    low, high = setting.minimum // setting.unit, setting.maximum // setting.unit
    return f"{setting.label}: enter a whole number of {setting.kind} from {low:,} to {high:,}"


def _list_problem(setting: Setting, text: str) -> str | None:
    """What is wrong with a list, from its first line that is no pattern on."""
    if len(text) > setting.maximum:
        return f"shorten to {setting.maximum:,} characters, it has {len(text):,}"
    for number, line in enumerate(text.splitlines(), start=1):
        found = allowlist.problem(line.strip()) if line.strip() else None
        if found:
            return f"line {number}: {found}"
    return None


def _of(name: str) -> Setting:
    return next(setting for setting in SETTINGS if setting.name == name)


def _said(value: Value) -> str:
    if type(value) is int:
        return f"{value} seconds"
    return ", ".join(str(value).splitlines()) or "nothing"
