"""Sample values of the pages for people: users, invitations, profiles, sessions."""

from __future__ import annotations

from types import SimpleNamespace

from tests.web.page_values import MINUTE, NOW, SINCE, common


def person(**changes: object) -> SimpleNamespace:
    """Somebody as the System Console shows them."""
    values: dict[str, object] = {
        "href": "/admin/users/yb4fmqmhz3yodjeadrefwifm1e",
        "user_id": "yb4fmqmhz3yodjeadrefwifm1e",
        "name": "Leo Wong",
        "username": "leo",
        "email": "leo@example.com",
        "nickname": "",
        "position": "",
        "is_admin": False,
        "active": True,
        "created_at": SINCE,
    }
    return SimpleNamespace(**(values | changes))


def people(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "people": [person(), person(name="Maya Okafor", username="maya", is_admin=True), person(active=False)],
        "total": 3,
        "start": 0,
        "more": None,
        "query": "",
        "role": "",
        "state": "",
        "filters": [SimpleNamespace(name="Role", links=[("All", "/admin/users", True), ("Members", "?role=m", False)])],
        "clear_href": "/admin/users",
        "previous_href": None,
        "next_href": None,
        "invitations": [],
        "path": "/admin/users",
    }
    return common(**(values | changes))


def invite(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "form": SimpleNamespace(emails="", role="member"),
        "problems": {},
        "invited": [],
        "most": 20,
        "path": "/admin/users/invite",
    }
    return common(**(values | changes))


def join(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "viewer": None,
        "action": "/signup",
        "form_name": "sign up",
        "form": SimpleNamespace(full_name="Leo Wong", username="leo", email="leo@example.com"),
        "problems": {},
        "invitation": None,
        "redirect_to": "/oauth/authorize?client_id=1&state=a%20b",
        "client": None,
    }
    return common(**(values | changes))


INVITED = [
    SimpleNamespace(email="priya@example.com", verdict="invited", link="https://chat.example.com/invite/gpi_1"),
    SimpleNamespace(email="leo@example.com", verdict="member", link=""),
    SimpleNamespace(email="nobody at all", verdict="not_an_email", link=""),
]
OPEN_INVITATION = SimpleNamespace(
    href="/admin/users/invitations/1/withdraw", email="priya@example.com", role="Member", by="Maya Okafor", until=NOW
)
INVITATION = SimpleNamespace(by="Maya Okafor", role="system_admin", until=NOW)
HERE = SimpleNamespace(
    href="/account/security/sessions/1/sign-out",
    device="Firefox on Linux",
    network="203.0.113.24",
    since=SINCE,
    seen_at=NOW - 70 * MINUTE,
)
PROFILE = SimpleNamespace(
    full_name="Leo Wong", username="maya", email="leo@example.com", nickname="", position="Release manager"
)
