"""System Console > Users > Invite people: links to hand on, and taking one back (ux 6.15)."""

import re
from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.accounts import joining
from chalicelib.accounts.joining import MAX_INVITED, Invited, Role
from chalicelib.accounts.people import email_problem
from chalicelib.errors import NotFound
from chalicelib.store.invites import INVITATION, Invite, invite_key
from chalicelib.store.reading import Key
from chalicelib.store.writing import ConditionFailed
from chalicelib.web import browser
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.console.shared import CONSOLE_CRUMB, INVITATIONS, INVITE, ROLES, USERS, admin, surface
from chalicelib.web.http import Request

_WITHDRAW: Final = INVITATIONS + "/{token_hash}/withdraw"
_TOKEN_HASH: Final = re.compile(r"[0-9a-f]{64}")


def _invitation(request: Request) -> Sequence[Key[Any]]:
    return [invite_key(_token_hash(request))]


@surface.route("GET", INVITE, PERSON, may=admin)
def show_invite(call: Call) -> Response:
    """Ask whom to invite, and as what."""
    return _page(call, emails="", role="member")


@surface.route("POST", INVITE, PERSON, may=admin, form="invite people", fields=("emails", "role"))
def invite(call: Call) -> Response:
    """Make a link for each line; they are shown in this answer and never again."""
    form = call.request.form
    lines = [line.strip() for line in form.text("emails").splitlines() if line.strip()]
    emails = list({line.casefold(): line for line in lines}.values())
    typed_role = form.text("role")
    problems = _problems(emails, typed_role)
    if problems:
        return _page(call, "\n".join(lines), typed_role, problems=problems)
    role: Role = "system_admin" if typed_role == "system_admin" else "member"
    invited = joining.invite(emails, role, call.user, call.settings, call.request.origin(call.user.user_id))
    wrong = [each.email for each in invited if each.verdict == "not_an_email"]
    return _page(call, "\n".join(wrong), role, invited=invited)


@surface.route("GET", _WITHDRAW, PERSON, may=admin, reads=_invitation)
def ask_withdraw(call: Call) -> Response:
    """Ask before a link stops working."""
    found = _found(call)
    return browser.page(
        call,
        "confirm.html",
        heading=f"Withdraw the invitation of {found.email}?",
        intro=None,
        effects=["The link stops working at once. You can invite the same person again."],
        action=f"{INVITATIONS}/{found.token_hash}/withdraw",
        form_name="withdraw",
        hidden={},
        button="Withdraw invitation",
        keep_href=USERS,
        keep_label="Keep it",
        danger=True,
        crumbs=[CONSOLE_CRUMB, ("Users", USERS), ("Withdraw invitation", None)],
    )


@surface.route("POST", _WITHDRAW, PERSON, may=admin, reads=_invitation, form="withdraw")
def withdraw(call: Call) -> Response:
    """Take an invitation back."""
    found = _found(call)
    try:
        joining.withdraw(found, call.request.origin(call.user.user_id))
    except ConditionFailed:
        flash = Flash("Nothing was withdrawn.", "Somebody used or withdrew this invitation just now.", kind="warn")
        return browser.go_with_flash(call, USERS, flash)
    return browser.go_with_flash(
        call, USERS, Flash(f"The invitation of {found.email} was withdrawn.", "Its link does not work any more.")
    )


def _token_hash(request: Request) -> str:
    text = request.path_values["token_hash"]
    return text if _TOKEN_HASH.fullmatch(text) else ""


def _found(call: Call) -> Invite:
    found = call.rows[invite_key(_token_hash(call.request))]
    if found is None or found.kind != INVITATION:
        raise NotFound("It was used, was withdrawn, or is too old.", heading="No such invitation")
    return found


def _problems(emails: list[str], role: str) -> dict[str, str]:
    found: dict[str, str] = {}
    if not emails:
        found["emails"] = "Enter at least one email address"
    elif len(emails) > MAX_INVITED:
        found["emails"] = f"Invite at most {MAX_INVITED} people at once, these are {len(emails)}"
    elif all(email_problem(email) for email in emails):
        found["emails"] = "Enter email addresses like name@example.com, one per line"
    if role not in ROLES:
        found["role"] = "Choose a role"
    return found


def _page(
    call: Call, emails: str, role: str, *, problems: dict[str, str] | None = None, invited: list[Invited] | None = None
) -> Response:
    return browser.page(
        call,
        "console/invite.html",
        422 if problems else 200,
        form={"emails": emails, "role": role},
        problems=problems or {},
        invited=invited or [],
        most=MAX_INVITED,
    )
