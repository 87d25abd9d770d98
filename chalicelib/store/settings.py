"""The server's settings: one table drives the console, the API and the defaults.

16 copies make reading it scale (DESIGN section 5).
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.credentials import new_id
from chalicelib.store import keys
from chalicelib.store.reading import Key
from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.writing import Change, ConditionFailed, put, write_together

COPIES = 16  # a strongly consistent item serves 3,000 reads a second
HOUR = 3600
Value = bool | int | str


class Settings(Record):
    """The settings as they are now; every request reads one copy."""

    class Meta:
        table_name = table("settings")

    name = UnicodeAttribute(hash_key=True)
    version = IntAttribute()
    epoch = UnicodeAttribute()
    keys_version = IntAttribute()
    signing_kid = UnicodeAttribute()
    provider_on = BooleanAttribute()
    admins_only = BooleanAttribute()
    http_allowed = BooleanAttribute()
    access_token_lifetime = IntAttribute()
    code_lifetime = IntAttribute()
    site_name = UnicodeAttribute()
    ttl = ExpiryAttribute(null=True)  # of the set-up link, which lives in this table too

    def value(self, name: str) -> Value:
        """The value of one setting of the table below."""
        value: Value = getattr(self, name)
        return value

    @property
    def keys(self) -> keys.Keys:
        """The deployment's keys as of these settings."""
        return keys.at(self.keys_version)


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the settings table.  Lifetimes are seconds; `unit` is how many of them one step of the console is."""

    name: str
    label: str
    help: str
    default: Value
    kind: Literal["bool", "hours", "minutes", "seconds", "text"]
    api_section: str
    api_key: str
    minimum: int = 0
    maximum: int = 0

    @property
    def unit(self) -> int:
        """Seconds in one step of the console's field."""
        return {"hours": HOUR, "minutes": 60}.get(self.kind, 1)


SETTINGS = (
    Setting(
        "provider_on",
        "Enable OAuth 2.0 Service Provider",
        "Lets registered applications sign people in and call the API for them.",
        default=False,
        kind="bool",
        api_section="ServiceSettings",
        api_key="EnableOAuthServiceProvider",
    ),
    Setting(
        "admins_only",
        "Restrict managing integrations to Admins",
        "True: only System Admins register applications. False: every member can, and sees their own.",
        default=True,
        kind="bool",
        api_section="ServiceSettings",
        api_key="EnableOnlyAdminIntegrations",
    ),
    Setting(
        "http_allowed",
        "Allow http addresses",
        "True: homepages, icons and callback URLs may start with http:// everywhere. "
        "False: only on the person's own computer.",
        default=True,
        kind="bool",
        api_section="ServiceSettings",
        api_key="EnableInsecureOAuthAddresses",
    ),
    Setting(
        "access_token_lifetime",
        "Access token lifetime",
        "How long an application can call the API before it has to refresh its token. "
        "Revoking takes effect at once, whatever this is.",
        default=HOUR,
        kind="minutes",
        api_section="ServiceSettings",
        api_key="OAuthAccessTokenLifetimeInSeconds",
        minimum=5 * 60,
        maximum=720 * HOUR,
    ),
    Setting(
        "code_lifetime",
        "Authorization code lifetime",
        "How long an application has to fetch its first token after a person allowed it.",
        default=60,
        kind="seconds",
        api_section="ServiceSettings",
        api_key="OAuthCodeLifetimeInSeconds",
        minimum=30,
        maximum=600,
    ),
    Setting(
        "site_name",
        "Site name",
        "Shown on every page and on the Allow page.",
        default="Gatepost",
        kind="text",
        api_section="TeamSettings",
        api_key="SiteName",
        minimum=1,
        maximum=30,
    ),
)


def settings_key() -> Key[Settings]:
    """One copy, chosen at random."""
    return Key(Settings, "live", copy=random.randrange(COPIES))  # noqa: S311  # spreads load, hides nothing


def changed(settings: Settings, values: Mapping[str, Value]) -> list[Change]:
    """Write all copies with new values, if nobody changed them since they were read."""
    held = {name: getattr(settings, name) for name in Settings.get_attributes() if name not in {"name", "mark", "ttl"}}
    return _copies(
        held | dict(values) | {"version": settings.version + 1},
        Settings.version == settings.version,
    )


def provision() -> None:
    """Write the defaults, unless there are settings already; a new deployment gets an epoch of its own."""
    first = {setting.name: setting.default for setting in SETTINGS}
    fixed = {"version": 1, "epoch": new_id(), "keys_version": 1, "signing_kid": keys.first_kid()}
    try:
        write_together(*_copies(first | fixed, Settings.name.does_not_exist()))
    except ConditionFailed:
        return


def _copies(values: Mapping[str, object], condition: object) -> list[Change]:
    def copy(number: int) -> Settings:
        return Settings(name=f"live#{number}", **values)  # type: ignore[arg-type]  # PynamoDB types all values alike

    return [put(copy(0), condition), *(put(copy(number)) for number in range(1, COPIES))]  # type: ignore[arg-type]
