"""The server over the API: ping, what clients need to know of the settings, and the settings themselves.

Contract 2.11 and 2.12.
"""

from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from chalicelib import __version__, allowlist, config, policy
from chalicelib.accounts import server
from chalicelib.errors import Changed, InvalidParameter, Refusal
from chalicelib.store.settings import HOUR, SETTINGS, Setting, Settings, Value
from chalicelib.store.users import User
from chalicelib.store.writing import ConditionFailed
from chalicelib.web import answers
from chalicelib.web.callers import CLIENT, PERSON, PUBLIC, Call, scope
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape

surface = Surface("api_server", ApiShape())
SECTIONS = ("ServiceSettings", "TeamSettings")
# Mattermost keeps the lifetime in whole hours; the exact one has a key of its own.
LIFETIME, LIFETIME_IN_HOURS = "access_token_lifetime", "SessionLengthSSOInHours"


def _admin(user: User, _settings: Settings) -> bool:
    return policy.may_use_console(user)


@surface.route("GET", "/api/v4/system/ping", CLIENT)
def ping(_call: Call) -> Response:
    """The server is there."""
    nothing = ("AndroidLatestVersion", "AndroidMinVersion", "IosLatestVersion", "IosMinVersion")
    return answers.as_json({"status": "OK", "ActiveSearchBackend": "database", **dict.fromkeys(nothing, "")})


@surface.fixed("/api/v4/license/client")
def licence(_request: Request) -> Response:
    """There is none, and none is needed: clients hide what a licence would open."""
    return answers.as_json({"IsLicensed": "false"})


@surface.route("GET", "/api/v4/oauth_test", scope("users:read"))
def oauth_test(_call: Call) -> Response:
    """Whether a session or a token works: Mattermost's own tests ask here (contract case 98)."""
    return answers.as_json({"status": "OK"})


@surface.route("GET", "/api/v4/config/client", PUBLIC)
def client_config(call: Call) -> Response:
    """The flat map clients read, all values strings; more of it for who is signed in."""
    flat = {
        "Version": __version__,
        "BuildNumber": __version__,
        "SiteURL": config.current().issuer,
        "SiteName": call.settings.site_name,
    }
    if call.person is not None:
        flat |= {s.api_key: str(call.settings.value(s.name)).lower() for s in SETTINGS if s.kind == "bool"}
    return answers.as_json(flat)


@surface.route("GET", "/api/v4/config", PERSON, may=_admin)
def show(call: Call) -> Response:
    """The settings, for System Admins."""
    return answers.as_json(_json(call.settings))


@surface.route("PUT", "/api/v4/config", PERSON, may=_admin, fields=SECTIONS)
@surface.route("PUT", "/api/v4/config/patch", PERSON, may=_admin, fields=SECTIONS)
def patch(call: Call) -> Response:
    """Change settings; what is not named stays at either address, what is not ours is ignored."""
    values = _values(call.request.json("config"))
    try:
        server.change_settings(call.settings, values, call.request.origin(call.user.user_id))
    except ConditionFailed as failure:
        raise Changed from failure
    after = {setting.name: values.get(setting.name, call.settings.value(setting.name)) for setting in SETTINGS}
    return answers.as_json(_sections(after))


def _json(settings: Settings) -> dict[str, dict[str, Any]]:
    return _sections({setting.name: settings.value(setting.name) for setting in SETTINGS})


def _sections(values: Mapping[str, Value]) -> dict[str, dict[str, Any]]:
    sections: dict[str, dict[str, Any]] = {
        "ServiceSettings": {"SiteURL": config.current().issuer},
        "TeamSettings": {},
    }
    for setting in SETTINGS:
        value = values[setting.name]
        sections[setting.api_section][setting.api_key] = (
            allowlist.lines(str(value)) if setting.kind == "list" else value
        )
    sections["ServiceSettings"][LIFETIME_IN_HOURS] = -(-int(values[LIFETIME]) // HOUR)
    return sections


def _values(body: Mapping[str, Any]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for setting in SETTINGS:
        section = body.get(setting.api_section, {})
        if not isinstance(section, dict):
            raise InvalidParameter("config")
        if setting.api_key in section:
            values[setting.name] = _checked(setting, section[setting.api_key])
        elif setting.name == LIFETIME and LIFETIME_IN_HOURS in section:
            hours = section[LIFETIME_IN_HOURS]
            values[setting.name] = _checked(setting, hours * HOUR if type(hours) is int else None)
    return values


def _checked(setting: Setting, value: object) -> Value:
    if setting.kind == "list":
        return _checked_list(setting, value)
    if not server.acceptable(setting, value):
        raise InvalidParameter("config", description=f"{setting.api_key} is not one of the values it can have.")
    return value  # type: ignore[return-value]  # `acceptable` has just said so


def _checked_list(setting: Setting, value: object) -> Value:
    """An array of patterns as the text it is kept as; one bad pattern spoils the whole change (contract 1.9)."""
    items = [item.strip() for item in value if isinstance(item, str)] if isinstance(value, list) else None
    if items is None or not isinstance(value, list) or len(items) != len(value):
        raise InvalidParameter("config", description=f"{setting.api_key} is a list of texts.")
    found = next((problem for item in items if item and (problem := allowlist.problem(item))), None)
    text = "\n".join(item for item in items if item)
    if found or not server.acceptable(setting, text):
        raise Refusal(
            f"{setting.api_key}: {found or f'shorten to {setting.maximum} characters in all'}.",
            id="model.config.is_valid.dcr_redirect_uri_allowlist.app_error",
        )
    return text
