"""The server's settings: one table drives the console, the API and the defaults.

16 copies make reading it scale (DESIGN section 5).
"""

import random
from collections.abc import Mapping
from typing import Literal, NamedTuple

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
    name_override = BooleanAttribute(default=False)
    icon_override = BooleanAttribute(default=False)
    open_sign_up = BooleanAttribute(default=False)
    pkce_for_all = BooleanAttribute(default=False)
    dynamic_registration = BooleanAttribute(default=False)
    registration_allowlist = UnicodeAttribute(default="")
    app_schemes = BooleanAttribute(default=False)
    refresh_idle = IntAttribute(default=30 * 24 * HOUR)
    refresh_absolute = IntAttribute(default=365 * 24 * HOUR)
    refresh_grace = IntAttribute(default=30)
    refresh_grace_public = IntAttribute(default=10)
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


class Setting(NamedTuple):
    """One line of the settings table.  Lifetimes are seconds; `unit` is how many of them one step of the console is.

    A list is a text with an item a line.
    """

    name: str
    label: str
    help: str
    default: Value
    kind: Literal["bool", "hours", "minutes", "seconds", "text", "list"]
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
        "name_override",
        "Enable integrations to override usernames",
        "Lets an application choose the name shown on its posts. Posts always carry an APP mark and the real account. "
        "Risk: people may trust a familiar name.",
        default=False,
        kind="bool",
        api_section="ServiceSettings",
        api_key="EnablePostUsernameOverride",
    ),
    Setting(
        "icon_override",
        "Enable integrations to override profile picture icons",
        "Lets an application choose the picture shown on its posts. Posts always carry an APP mark and the real "
        "account. Risk: people may trust a familiar picture.",
        default=False,
        kind="bool",
        api_section="ServiceSettings",
        api_key="EnablePostIconOverride",
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
        "dynamic_registration",
        "Enable Dynamic Client Registration",
        "Lets programs register themselves without a person. The endpoint is open to anyone who can reach this server. "
        "What registers itself is never trusted: people are always asked.",
        default=False,
        kind="bool",
        api_section="ServiceSettings",
        api_key="EnableDynamicClientRegistration",
    ),
    Setting(
        "registration_allowlist",
        "Callback URLs of programs that register themselves",
        "One pattern per line, for example https://*.example.com/**. * stands for anything without a slash, ** for "
        "anything. Programs whose callback URLs match none cannot register. Empty: no restriction.",
        default="",
        kind="list",
        api_section="ServiceSettings",
        api_key="DCRRedirectURIAllowlist",
        maximum=4000,
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
        "app_schemes",
        "Allow app-scheme callbacks for public clients",
        "True: applications on a phone or computer may be opened by a scheme of their own, like com.example.app:/done. "
        "False: only web addresses.",
        default=False,
        kind="bool",
        api_section="ServiceSettings",
        api_key="EnableAppSchemeCallbacks",
    ),
    Setting(
        "pkce_for_all",
        "Require PKCE of every client",
        "True: no application can sign anyone in without PKCE, whatever its own setting says. Older software may stop "
        "working. False: applications that are exempt may.",
        default=False,
        kind="bool",
        api_section="ServiceSettings",
        api_key="RequirePKCE",
    ),
    Setting(
        "open_sign_up",
        "Open sign-up",
        "True: everybody who can reach this server can make an account. False: only people with an invitation.",
        default=False,
        kind="bool",
        api_section="TeamSettings",
        api_key="EnableOpenServer",
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
        "refresh_idle",
        "Refresh token idle time",
        "How long an application may leave its refresh token unused before the person has to sign in to it again.",
        default=30 * 24 * HOUR,
        kind="hours",
        api_section="ServiceSettings",
        api_key="OAuthRefreshTokenIdleInSeconds",
        minimum=HOUR,
        maximum=365 * 24 * HOUR,
    ),
    Setting(
        "refresh_absolute",
        "Refresh token lifetime",
        "How long an application may act for a person, however busy it is, before they have to sign in to it again.",
        default=365 * 24 * HOUR,
        kind="hours",
        api_section="ServiceSettings",
        api_key="OAuthRefreshTokenLifetimeInSeconds",
        minimum=HOUR,
        maximum=365 * 24 * HOUR,
    ),
    Setting(
        "refresh_grace",
        "Refresh retry grace",
        "How long a used refresh token may be sent again by an application that lost the answer.",
        default=30,
        kind="seconds",
        api_section="ServiceSettings",
        api_key="OAuthRefreshGraceInSeconds",
        maximum=60,
    ),
    Setting(
        "refresh_grace_public",
        "Refresh retry grace of public clients",
        "The same for applications without a secret, which cannot prove that the retry is their own.",
        default=10,
        kind="seconds",
        api_section="ServiceSettings",
        api_key="OAuthPublicRefreshGraceInSeconds",
        maximum=60,
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
