"""Sample values of pages: people, applications, forms, and what each template takes."""

from __future__ import annotations

from types import SimpleNamespace

from chalicelib import policy

NASTY = "</title><script>alert(1)</script>\"'&{{7*7}}"

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
NOW = 1_795_437_840_000  # 23 Nov 2026, 12:44 UTC
SINCE = NOW - 20 * DAY

MAYA = SimpleNamespace(name="Maya Okafor", username="maya", user_id="tu7fmqmhz3yodjeadrefwifmyr", is_admin=True)
LEO = SimpleNamespace(name="Leo Wong", username="leo", user_id="yb4fmqmhz3yodjeadrefwifm1e", is_admin=False)
DONE = SimpleNamespace(
    kind="ok",
    title="Poll Maker can no longer use your account.",
    text="It will have to ask you again.",
    href=None,
    link=None,
)


def common(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "site_name": "Gatepost",
        "site_host": "chat.example.com",
        "viewer": MAYA,
        "csrf": lambda form_name: f"csrf-{form_name}",
        "flash": None,
        "theme": "auto",
        "path": "/integrations",
        "now": NOW,
        "request_id": "req7k2mzzzzzzzzzzzzzzzzzzz",
        "version": "0.1.0",
    }
    return values | changes


def install(**changes: object) -> SimpleNamespace:
    """A sign-in of an application, as the list of allowed ones shows it."""
    values: dict[str, object] = {
        "href": "/account/security/oauth2-apps/wj3drgzdpnf54rxf5d8qd3dqne/installs/ih1/revoke",
        "since": SINCE,
        "used_at": NOW - 5 * MINUTE,
        "used_from": "203.0.113.24",
        "ends": NOW + 30 * DAY,
        "renewable": True,
        "can": ["See who you are"],
    }
    return SimpleNamespace(**(values | changes))


def app(**changes: object) -> SimpleNamespace:
    """An application as the list, the detail page and the list of allowed ones show it."""
    values: dict[str, object] = {
        "client_id": "wj3drgzdpnf54rxf5d8qd3dqne",
        "name": "Standup Notes",
        "description": "Collects daily updates and posts one summary to the team channel.",
        "homepage": "https://standup.example.net/about",
        "icon_url": "",
        "trusted": False,
        "public": False,
        "pkce_exempt": False,
        "secret_last_four": "w9xe",
        "secret_set_at": SINCE,
        "created_at": SINCE,
        "created_by": "you",
        "redirect_uris": ["https://standup.example.net/oauth/callback"],
        "how": "consent",
        "since": SINCE,
        "used_at": NOW - 5 * MINUTE,
        "used_from": "203.0.113.24",
        "idle_days": None,
        "can": ["See who you are", "Read channels and posts", "Post as you"],
        "installs": [install()],
    }
    return SimpleNamespace(**(values | changes))


ZAPIER = app(
    client_id="14j8umgczgrdp95w77zuxmxfu9",
    name="Zapier",
    description="Connects Gatepost to other services through Zaps.",
    homepage="https://zapier.com",
    trusted=True,
    pkce_exempt=True,
    secret_last_four="p4md",
    created_by="Tomasz Nowak",
    redirect_uris=["https://zapier.com/dashboard/auth/oauth/return/App214CLIAPI/"],
    how="trusted",
    used_at=NOW - 70 * MINUTE,
    used_from=None,
    can=["Everything you can do on this server"],
    installs=[install(), install(used_at=None, renewable=False, since=NOW - DAY)],
)
CLI = app(
    client_id="ih1r84kij94nrwis97rft6rduh",
    name="Release CLI",
    description="Posts release notes from a terminal.",
    public=True,
    secret_last_four=None,
    secret_set_at=None,
    redirect_uris=["http://127.0.0.1/callback", "http://[::1]/callback"],
    used_at=None,
    idle_days=94,
    installs=[],
)
APPS = [app(), ZAPIER, CLI]

FORM = SimpleNamespace(
    is_trusted="false",
    name="Standup Notes",
    description="Collects what each person did, will do and is stuck on, then posts one summary.",
    homepage="standup.example.net",
    icon_url="",
    callback_urls="https://standup.example.net/oauth/callback\nhttps://standup.example.net/done#home",
    client_type="server",
    permissions="chosen",
    scope="openid posts:read",
    sign_out_urls="https://standup.example.net/bye",
    pkce_exempt=False,
)
BLANK_FORM = SimpleNamespace(
    is_trusted="false",
    name="",
    description="",
    homepage="",
    icon_url="",
    callback_urls="",
    permissions="everything",
    scope="",
    sign_out_urls="",
    client_type="",
    pkce_exempt=False,
)
FORM_PROBLEMS = {
    "homepage": "Start the homepage with https:// or http://, for example https://standup.example.net",
    "callback_urls": "Callback URLs, line 2: remove everything from # on",
}
ENDPOINTS = SimpleNamespace(
    authorize="https://chat.example.com/oauth/authorize",
    token="https://chat.example.com/oauth/access_token",
    metadata="https://chat.example.com/.well-known/oauth-authorization-server",
)
ZAPIER_FIELDS = {
    "Client ID": "wj3drgzdpnf54rxf5d8qd3dqne",
    "Authorization URL": ENDPOINTS.authorize,
    "Connection Label": "{{username}} on chat.example.com",
}
CLIENT = SimpleNamespace(
    name="Standup Notes",
    client_id="wj3drgzdpnf54rxf5d8qd3dqne",
    description="Collects what each person did, will do and is stuck on, then posts one summary.",
    homepage="https://standup.example.net/about",
    redirect_uri="https://standup.example.net/oauth/callback",
    host="standup.example.net",
    created_by="Priya Raman",
    created_at=SINCE,
    dynamic=False,
)
SCOPES = [
    SimpleNamespace(title="Post as you", detail="Under your name, with an APP mark", acts=True, icon="pen"),
    SimpleNamespace(title="See who you are", detail="Your name, username, email", acts=False, icon="user"),
    SimpleNamespace(
        title="Read channels and posts you can see",
        detail="Public channels, and private ones you belong to",
        acts=False,
        icon="chat",
    ),
]
SETTINGS = [
    SimpleNamespace(
        key="EnableOAuthServiceProvider",
        label="Enable OAuth 2.0 Service Provider",
        help="Lets registered applications sign people in and call the API for them.",
        kind="bool",
        value="true",
        default="False",
        problem=None,
        minimum=None,
        maximum=None,
    ),
    SimpleNamespace(
        key="AccessTokenMinutes",
        label="Access token lifetime",
        help="How long an application can act before it has to refresh.",
        kind="minutes",
        value="0",
        default="60",
        problem="Enter a whole number from 5 to 43,200",
        minimum=5,
        maximum=43_200,
    ),
    SimpleNamespace(
        key="SiteName",
        label="Site name",
        help="Shown on every page.",
        kind="text",
        value="Gatepost",
        default="Gatepost",
        problem=None,
        minimum=None,
        maximum=None,
    ),
]
WAY_ON = SimpleNamespace(label="Go to Gatepost", href="/")
SETUP = SimpleNamespace(
    full_name="Maya Okafor",
    username="Maya!",
    email="maya@example.com",
    site_name="Gatepost",
    enable_provider=True,
)
APPS_PATH = "/integrations/oauth2-apps"
ALLOWED_PATH = "/account/security/oauth2-apps"


def app_list(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "apps": APPS,
        "query": "",
        "show": "all",
        "counts": {"all": 3, "mine": 2, "trusted": 1},
        "may_see_all": True,
        "older_href": None,
        "newer_href": None,
        "path": APPS_PATH,
    }
    return common(**(values | changes))


def app_form(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "mode": "add",
        "client_id": None,
        "ticket": "ticket",
        "form": FORM,
        "problems": {},
        "may_trust": True,
        "warnings": [],
        "choices": [scope for scope in policy.SCOPES.values() if scope.name != policy.EVERYTHING],
        "path": f"{APPS_PATH}/new",
    }
    return common(**(values | changes))


def credentials(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "app": app(),
        "secret": None,
        "secret_until": None,
        "may_extend": False,
        "endpoints": ENDPOINTS,
        "just": None,
        "zapier": ZAPIER_FIELDS,
        "path": f"{APPS_PATH}/wj3drgzdpnf54rxf5d8qd3dqne/credentials",
    }
    return common(**(values | changes))


def consent(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "client": CLIENT,
        "scopes": SCOPES,
        "allowed_before": [],
        "again": False,
        "warnings": [],
        "ticket": "ticket",
        "continue_to": "/oauth/authorize?client_id=1&state=a%20b",
    }
    return common(**(values | changes))


def resource(**changes: object) -> SimpleNamespace:
    """A resource server, as the System Console shows it."""
    values: dict[str, object] = {
        "href": f"/admin/resource-servers/{'0' * 64}",
        "name": "Calendar",
        "identifier": "https://calendar.example.net/api",
        "scope_names": ["calendar:read", "calendar:write"],
        "scopes": {"calendar:read": "See your calendar", "calendar:write": "Change your calendar"},
        "lifetime": "5 minutes",
        "client_id": "ih1r84kij94nrwis97rft6rduh",
        "created_at": SINCE,
    }
    return SimpleNamespace(**(values | changes))


def resource_page(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "resource": resource(),
        "held": SimpleNamespace(last_four="w9xe", made_at=SINCE),
        "href": f"/admin/resource-servers/{'0' * 64}",
        "secret": None,
        "secret_until": None,
        "may_extend": False,
        "just": None,
        "endpoints": {
            "Issuer": "https://chat.example.com",
            "Introspection": "https://chat.example.com/oauth/introspect",
        },
        "metadata": "https://calendar.example.net/.well-known/oauth-protected-resource/api",
        "path": f"/admin/resource-servers/{'0' * 64}",
    }
    return common(**(values | changes))


def resource_form(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "form": SimpleNamespace(
            identifier="https://calendar.example.net/api",
            name="Calendar",
            scopes="calendar:read See your calendar",
            token_lifetime="5",
        ),
        "problems": {},
        "href": None,
        "named": None,
        "row_version": None,
        "path": "/admin/resource-servers/new",
    }
    return common(**(values | changes))


def confirm(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "heading": "Delete Standup Notes?",
        "intro": None,
        "effects": ["Everybody is disconnected at once.", "This cannot be undone."],
        "action": f"{APPS_PATH}/wj3/delete",
        "form_name": "app-delete",
        "hidden": {"version": "3"},
        "button": "Delete Standup Notes",
        "keep_href": APPS_PATH,
        "keep_label": "Keep it",
        "danger": True,
        "crumbs": [("Integrations", "/integrations"), ("Delete", None)],
    }
    return common(**(values | changes))


def refusal(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "viewer": None,
        "status": 400,
        "heading": "The return address does not match",
        "text": "Standup Notes asked to send you to evil.example. We stopped for your safety.",
        "way_on": WAY_ON,
        "details": [("Error", "invalid_redirect_uri"), ("redirect_uri", "x" * 500)],
        "resend": None,
    }
    return common(**(values | changes))
