"""System Console > Users > one person: what they are, and what a System Admin can do about it (ux 6.15)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.accounts import passwords, people, sessions
from chalicelib.errors import LastAdmin, NotFound
from chalicelib.oauth import grants
from chalicelib.policy import RESET_LINK, milliseconds
from chalicelib.store.reading import Key
from chalicelib.store.users import User, user_key
from chalicelib.web import browser, pages
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.console.shared import CONSOLE_CRUMB, USERS, admin, surface
from chalicelib.web.http import Request

_OWN: Final = USERS + "/{user_id}"


def _person(request: Request) -> Sequence[Key[Any]]:
    return [user_key(request.path_id("user_id"))]


_DECLARED: Final[dict[str, Any]] = {"may": admin, "reads": _person}


@surface.route("GET", _OWN, PERSON, **_DECLARED)
def show(call: Call) -> Response:
    """One person."""
    return _page(call, _found(call))


@surface.route("GET", _OWN + "/role", PERSON, **_DECLARED)
def ask_role(call: Call) -> Response:
    """Ask before somebody gets or loses the System Console."""
    user = _found(call)
    gains = f"{user.name} sees and changes everything in System Console, every application and every account."
    loses = f"{user.name} loses System Console and other people's applications with the next request."
    keeps = "Everything else about the account stays. Invitations and reset links they made stop working."
    return _confirm(
        call,
        user,
        page="role",
        heading=f"Make {user.name} a {'member' if user.is_admin else 'System Admin'}?",
        effects=[loses, keeps] if user.is_admin else [gains, "You can make them a member again."],
        button="Make member" if user.is_admin else "Make System Admin",
        hidden={"role": "member" if user.is_admin else "system_admin"},
    )


@surface.route("POST", _OWN + "/role", PERSON, form="user role", fields=("role",), **_DECLARED)
def change_role(call: Call) -> Response:
    """Make somebody a System Admin, or a member again."""
    user, wanted = _found(call), call.request.form.get("role") == "system_admin"
    try:
        people.set_admin(user, call.request.origin(call.user.user_id), admin=wanted)
    except LastAdmin as refusal:
        return _page(call, user, refusal)
    flash = Flash(f"{user.name} is now a {'System Admin' if wanted else 'member'}.", "It counts from the next request.")
    stays = wanted or user.user_id != call.user.user_id
    return browser.go_with_flash(call, _path(user) if stays else "/account", flash)


@surface.route("GET", _OWN + "/reset-link", PERSON, **_DECLARED)
def ask_reset_link(call: Call) -> Response:
    """Say what a reset link is before there is one."""
    user = _active(call)
    return _confirm(
        call,
        user,
        page="reset-link",
        heading=f"Make a reset link for {user.name}?",
        effects=[
            "Whoever opens the link can set a new password, and is signed in as this person.",
            "It works once, within an hour, and is shown to you once. Gatepost sends no e-mail: hand it on yourself.",
            "Nothing changes until it is used. Then every other session of this person ends.",
        ],
        button="Make reset link",
        danger=False,
    )


@surface.route("POST", _OWN + "/reset-link", PERSON, form="user reset link", **_DECLARED)
def make_reset_link(call: Call) -> Response:
    """Make a reset link; it is shown in this answer and never again."""
    user = _active(call)
    link = passwords.offer_reset(user, call.user, call.settings, call.request.origin(call.user.user_id))
    until = call.request.now + milliseconds(RESET_LINK)
    return browser.page(
        call, "console/reset_link.html", name=user.name, user_href=_path(user), link=link, until=pages.clock(until)
    )


@surface.route("GET", _OWN + "/sign-out", PERSON, **_DECLARED)
def ask_sign_out(call: Call) -> Response:
    """Ask before every session ends; says how many there are."""
    user = _found(call)
    count = len(sessions.open_sessions(user, call.settings, call.request.now))
    return _confirm(
        call,
        user,
        page="sign-out",
        heading=f"Sign {user.name} out everywhere?",
        effects=[
            f"{_counted(count, 'session')} {'ends' if count == 1 else 'end'} at once, "
            "and reset links stop working. They can sign in again.",
            "Applications they allowed keep their access.",
        ],
        button="Sign out everywhere",
    )


@surface.route("POST", _OWN + "/sign-out", PERSON, form="user sign out", **_DECLARED)
def sign_out(call: Call) -> Response:
    """End every session of a person."""
    user = _found(call)
    people.sign_out_everywhere(user, call.request.origin(call.user.user_id))
    flash = Flash(f"{user.name} is signed out everywhere.", f"Every session ended at {pages.clock(call.request.now)}.")
    return browser.go_with_flash(call, _path(user), flash)


@surface.route("GET", _OWN + "/revoke-apps", PERSON, **_DECLARED)
def ask_revoke_apps(call: Call) -> Response:
    """Ask before every application loses its access; says how many have one."""
    user = _found(call)
    count = len(grants.allowed(user, call.settings, call.request.now))
    return _confirm(
        call,
        user,
        page="revoke-apps",
        heading=f"Revoke all apps of {user.name}?",
        effects=[
            f"{_counted(count, 'application')} can no longer act for this person: all tokens stop at once.",
            "Applications have to ask again. What they did before stays.",
        ],
        button="Revoke all apps",
    )


@surface.route("POST", _OWN + "/revoke-apps", PERSON, form="user revoke apps", **_DECLARED)
def revoke_apps(call: Call) -> Response:
    """Take back what a person allowed, from every application."""
    user = _found(call)
    people.revoke_all_apps(user, call.request.origin(call.user.user_id))
    flash = Flash(
        f"No application can act for {user.name} any more.",
        f"All tokens stopped working at {pages.clock(call.request.now)}.",
    )
    return browser.go_with_flash(call, _path(user), flash)


@surface.route("GET", _OWN + "/deactivate", PERSON, **_DECLARED)
def ask_deactivate(call: Call) -> Response:
    """Ask before somebody is locked out."""
    user = _found(call)
    return _confirm(
        call,
        user,
        page="deactivate",
        heading=f"Deactivate {user.name}?",
        effects=[
            "They cannot sign in any more. Their sessions and the tokens of applications they allowed end at once.",
            "Applications they registered keep working for other people.",
            "You can reactivate the account. Sessions and tokens do not come back with it.",
        ],
        button=f"Deactivate {user.name}",
    )


@surface.route("POST", _OWN + "/deactivate", PERSON, form="user deactivate", **_DECLARED)
def deactivate(call: Call) -> Response:
    """Lock somebody out."""
    user = _found(call)
    try:
        people.deactivate(user, call.request.origin(call.user.user_id))
    except LastAdmin as refusal:
        return _page(call, user, refusal)
    flash = Flash(
        f"{user.name} is deactivated.", f"All sessions and tokens stopped working at {pages.clock(call.request.now)}."
    )
    return browser.go_with_flash(call, _path(user), flash)


@surface.route("GET", _OWN + "/reactivate", PERSON, **_DECLARED)
def ask_reactivate(call: Call) -> Response:
    """Ask before somebody is let in again."""
    user = _found(call)
    return _confirm(
        call,
        user,
        page="reactivate",
        heading=f"Reactivate {user.name}?",
        effects=["They can sign in again with their password, and have to allow applications anew."],
        button=f"Reactivate {user.name}",
        danger=False,
    )


@surface.route("POST", _OWN + "/reactivate", PERSON, form="user reactivate", **_DECLARED)
def reactivate(call: Call) -> Response:
    """Let somebody in again."""
    user = _found(call)
    people.reactivate(user, call.request.origin(call.user.user_id))
    return browser.go_with_flash(call, _path(user), Flash(f"{user.name} is active again.", "They can sign in now."))


def _found(call: Call) -> User:
    user = call.rows[user_key(call.request.path_id("user_id"))]
    if user is None:
        raise NotFound("Nobody here has this account.", heading="No such person")
    return user


def _active(call: Call) -> User:
    user = _found(call)
    if not user.active:
        raise NotFound("A deactivated account gets no reset link. Reactivate it first.", heading="No link for this one")
    return user


def _path(user: User) -> str:
    return f"{USERS}/{user.user_id}"


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"


def _page(call: Call, user: User, refusal: LastAdmin | None = None) -> Response:
    return browser.page(
        call,
        "console/user.html",
        refusal.status if refusal else 200,
        person=_shown(user),
        is_own=user.user_id == call.user.user_id,
        href=_path(user),
        problem=refusal.description if refusal else None,
    )


def _shown(user: User) -> dict[str, Any]:
    shown = ("user_id", "name", "username", "email", "nickname", "position", "is_admin", "active", "created_at")
    return {name: getattr(user, name) for name in shown}


def _confirm(
    call: Call, user: User, *, page: str, danger: bool = True, hidden: dict[str, str] | None = None, **values: Any
) -> Response:
    return browser.page(
        call,
        "confirm.html",
        intro=None,
        action=f"{_path(user)}/{page}",
        form_name="user " + page.replace("-", " "),
        hidden=hidden or {},
        keep_href=_path(user),
        keep_label="Cancel",
        danger=danger,
        crumbs=[CONSOLE_CRUMB, ("Users", USERS), (user.name, _path(user)), (values["button"], None)],
        **values,
    )
