"""What somebody who means it would send: a value for every declared name, and existing ids for paths.

A name that is not here gets `ANYTHING`; give it a line when that is refused.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from chalicelib.credentials import new_id
from chalicelib.oauth.dynamic_registration import ISSUED, ISSUED_AT
from chalicelib.web.routes import Route
from tests.make import CALLBACK, CHALLENGE, PASSWORD, VERIFIER

ANYTHING: Final = "plausible"
NEW_PASSWORD: Final = "otter-lamp-river-43"
PASSWORDS: Final = (PASSWORD, NEW_PASSWORD)
"""What no answer may hold."""
BRANCHES: Final = {"grant_type": ("authorization_code", "refresh_token")}
"""Fields whose value decides which others are read: each value is a round of its own."""

FIELDS: Final[dict[str, Any]] = {
    # applications
    "callback_urls": CALLBACK,
    "client_type": "server",
    "confirmed": "true",
    "description": "Collects daily updates.",
    "homepage": "https://standup.example.net",
    "icon_url": "https://standup.example.net/icon.png",
    "is_trusted": "false",
    "permissions": "everything",
    "sign_out_urls": "https://standup.example.net/signed-out",
    "pkce_exempt": "true",
    "identifier": "https://calendar.example.net/api",
    "scopes": "calendar:read See your calendar",
    "token_lifetime": "5",
    "registration_allowlist": "https://*.example.net/**",
    # OAuth
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "code_verifier": VERIFIER,
    "decision": "allow",
    "grant_type": "authorization_code",
    "id_token_hint": "",
    "logout_hint": "",
    "max_age": "",
    "nonce": "n-0S6_WzA2Mj",
    "post_logout_redirect_uri": "",
    "prompt": "",
    "redirect_uri": CALLBACK,
    "request": "",
    "request_uri": "",
    "resource": "",
    "response_mode": "",
    "response_type": "code",
    "scope": "user",
    "state": "s t/a&t=e",
    # programs that register themselves
    "application_type": "web",
    "client_uri": "https://standup.example.net",
    "logo_uri": "https://standup.example.net/icon.png",
    "token_endpoint_auth_method": "client_secret_basic",
    # people
    "email": "new@example.com",
    "emails": "new@example.com",
    "enable_provider": "true",
    "full_name": "New Person",
    "login_id": "leo",
    "new_password": NEW_PASSWORD,
    "password": PASSWORD,
    "current_password": PASSWORD,
    "confirm_password": NEW_PASSWORD,
    "role": "member",
    "roles": "system_user",
    "username": "newcomer",
    # lists
    "before": "1795435200000",
    "active": "true",
    "inactive": "",
    "include_deleted": "true",
    "limit": "10",
    "page": "0",
    "per_page": "60",
    "start": "0",
    # pages
    "back": "/help",
    "redirect_to": "/account",
    "site_name": "Otter Works",
    "theme": "dark",
    # workspace
    "name": "otter-works",
    "display_name": "Otter Works",
    "pending_post_id": "",
    "type": "O",
}
MEMBERS: Final[dict[str, Any]] = {
    "active": True,
    "allow_inactive": True,
    "allow_open_invite": True,
    "limit": 10,
    "page": 0,
    "per_page": 60,
    "callback_urls": [CALLBACK],
    "is_public": False,
    "is_trusted": False,
    "mattermost_app_id": "",
    "props": {"override_username": "Otter", "from_webhook": "true"},
    "file_ids": [],
    "redirect_uris": [CALLBACK],
    "post_logout_redirect_uris": [CALLBACK],
    "grant_types": ["authorization_code"],
    "response_types": ["code"],
    "software_statement": None,
    **dict.fromkeys((*ISSUED, ISSUED_AT)),
    "ServiceSettings": {"EnableOAuthServiceProvider": True, "SessionLengthSSOInHours": 2},
    "TeamSettings": {"SiteName": "Otter Works", "EnableOpenServer": True},
}
"""What differs in JSON."""


@dataclass
class Known:
    """What there is: who calls, and what exists by the name it has in a path, a query or a body."""

    session: str
    values: dict[str, str]
    of_route: dict[tuple[str, str], str] = field(default_factory=dict)
    """The same for one route only, by its path and the name."""
    lists: dict[str, list[str]] = field(default_factory=lambda: {"usernames": ["leo", "ana"]})
    """What a JSON array holds, by the name of its items."""

    def in_path(self, route: Route) -> dict[str, str]:
        """An existing id for every variable of a path; a random one where none is known."""
        names = re.findall(r"{(\w+)}", route.path)
        return {name: str(self._own(route, name) or self.values.get(name) or new_id()) for name in names}

    def in_query(self, route: Route) -> dict[str, str]:
        """A value for every parameter of a route's query."""
        return {name: self.field(route, name) for name in sorted(route.takes.query)}

    def field(self, route: Route, name: str) -> str:
        """A value for a field of a form or a parameter of a query."""
        found = self._own(route, name) or self.values.get(name, FIELDS.get(name, ANYTHING))
        return str(found)

    def member(self, route: Route, name: str) -> Any:
        """A value for a member of a JSON object."""
        if name == "id" and self.in_path(route):
            return next(reversed(self.in_path(route).values()))
        return MEMBERS.get(name) if name in MEMBERS else self.field(route, name)

    def items(self, route: Route) -> list[str]:
        """What a JSON array holds."""
        return self.lists.get(route.takes.items or "", [ANYTHING])

    def _own(self, route: Route, name: str) -> str | None:
        return self.of_route.get((route.path, name))
