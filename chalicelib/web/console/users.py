"""System Console > Users: finding people, and the invitations that are still open (ux 6.15)."""

from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.accounts.usernames import LONGEST
from chalicelib.store import invites, users
from chalicelib.store.users import User
from chalicelib.web import browser
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.console.shared import INVITATIONS, ROLES, USERS, admin, surface

PER_PAGE: Final = 25
MOST_PEOPLE: Final = 2_000  # less than a page of the index (1 MB)
MOST_INVITATIONS: Final = 100
_ROLES: Final = {"": "All", **{"system_admin": "System Admins", "member": "Members"}}
_STATES: Final = {"": "All", "active": "Active", "deactivated": "Deactivated"}


class Wanted(NamedTuple):
    """Whom somebody looks for; "" is everybody."""

    query: str
    role: str
    state: str

    def fits(self, user: User) -> bool:
        """Whether a person is among those."""
        if self.role and (self.role == "system_admin") != user.is_admin:
            return False
        if self.state and (self.state == "active") != user.active:
            return False
        texts = (user.username, user.name, user.email)
        return any(self.query.casefold() in text.casefold() for text in texts)

    def href(self, **changes: str | int) -> str:
        """The address of a page of this list."""
        named = {"q": self.query, "role": self.role, "state": self.state} | changes
        query = urlencode({name: value for name, value in named.items() if value})
        return f"{USERS}?{query}" if query else USERS


@surface.route("GET", USERS, PERSON, may=admin, query=("q", "role", "state", "start"))
def people(call: Call) -> Response:
    """People by username, and below them the invitations that are still open."""
    wanted = _wanted(call)
    listed, more = _listed(wanted.query)
    found = [user for user in listed if wanted.fits(user)]
    start = _start(call, len(found))
    first_page = not start and wanted == Wanted("", "", "")
    return browser.page(
        call,
        "console/users.html",
        people=[_line(user) for user in found[start : start + PER_PAGE]],
        total=len(found),
        start=start,
        more=f"{MOST_PEOPLE:,}" if more else None,
        query=wanted.query,
        role=wanted.role,
        state=wanted.state,
        filters=_filters(wanted),
        clear_href=wanted.href(q=""),
        previous_href=wanted.href(start=max(0, start - PER_PAGE)) if start else None,
        next_href=wanted.href(start=start + PER_PAGE) if start + PER_PAGE < len(found) else None,
        invitations=_open_invitations(call, listed, complete=not more) if first_page else [],
    )


def _wanted(call: Call) -> Wanted:
    given = call.request.query
    role, state = given.text("role"), given.text("state")
    return Wanted(given.text("q"), role if role in _ROLES else "", state if state in _STATES else "")


def _listed(query: str) -> tuple[list[User], bool]:
    """One index page, and whether there are more people than are on it.

    Then a search also asks for usernames that start with its text, which finds those beyond the page.
    """
    listed = users.listed(MOST_PEOPLE + 1)
    if len(listed) <= MOST_PEOPLE:
        return listed, False
    further = users.listed(PER_PAGE, query.casefold()[:LONGEST]) if query else []
    known = {user.user_id for user in listed}
    return [*listed, *(user for user in further if user.user_id not in known)], True


def _start(call: Call, found: int) -> int:
    text = call.request.query.text("start")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0  # digits
    return start if start < found else 0


def _line(user: User) -> dict[str, Any]:
    return {
        "href": f"{USERS}/{user.user_id}",
        "user_id": user.user_id,
        "name": user.name,
        "username": user.username,
        "email": user.email,
        "is_admin": user.is_admin,
        "active": user.active,
    }


def _filters(wanted: Wanted) -> list[dict[str, Any]]:
    """Groups of links, each with its name and whether it is the one that is shown."""
    return [
        {
            "name": name,
            "links": [(label, wanted.href(**{field: value}), value == chosen) for value, label in labels.items()],
        }
        for name, field, labels, chosen in (
            ("Role", "role", _ROLES, wanted.role),
            ("State", "state", _STATES, wanted.state),
        )
    ]


def _open_invitations(call: Call, listed: list[User], *, complete: bool) -> list[dict[str, Any]]:
    """Invitations that still let somebody in, the newest first: those of a former System Admin do not."""
    admins = {user.user_id for user in listed if user.is_admin and user.active}
    return [
        {
            "href": f"{INVITATIONS}/{invite.token_hash}/withdraw",
            "email": invite.email,
            "role": ROLES[invite.role or "member"],
            "by": invite.by_name,
            "until": invite.until,
        }
        for invite in invites.invitations(MOST_INVITATIONS)
        if invite.epoch == call.settings.epoch
        and call.request.now < invite.until
        and (invite.by_id in admins or not complete)
    ]
