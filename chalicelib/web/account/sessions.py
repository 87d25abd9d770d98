"""Account Settings > Security > Sessions: where I am signed in, and ending it (ux 6.14)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.accounts import sessions
from chalicelib.store.reading import Key
from chalicelib.store.sessions import Session, session_key
from chalicelib.web import browser, pages
from chalicelib.web.account.devices import described
from chalicelib.web.account.shared import ACCOUNT_CRUMB, SESSIONS, surface
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.http import Request

_OTHERS: Final = f"{SESSIONS}/sign-out-others"


def _own_session(request: Request) -> Sequence[Key[Any]]:
    return [session_key(request.claimed_user_id, request.path_id("session_id"))]


@surface.route("GET", SESSIONS, PERSON)
def show(call: Call) -> Response:
    """This session first, then the others, the one used last first."""
    return browser.page(
        call,
        "account/sessions.html",
        here=_line(call.session.session),
        others=[_line(session) for session in _others(call)],
    )


@surface.route("POST", SESSIONS + "/{session_id}/sign-out", PERSON, reads=_own_session, form="sign out session")
def sign_out(call: Call) -> Response:
    """End one session, of this browser or another."""
    session = call.rows[session_key(call.user.user_id, call.request.path_id("session_id"))]
    if session is None:
        flash = Flash("Nothing to sign out.", "That session had ended already.", kind="warn")
        return browser.go_with_flash(call, SESSIONS, flash)
    sessions.close(session, call.request.origin(call.user.user_id))
    if session.session_id == call.session.session.session_id:
        return browser.signed_out(browser.go_with_flash(call, "/login", Flash("You are signed out.")))
    flash = Flash(f"{described(session.device)} is signed out.", f"Its session ended at {_now(call)}.")
    return browser.go_with_flash(call, SESSIONS, flash)


@surface.route("GET", _OTHERS, PERSON)
def ask_sign_out_others(call: Call) -> Response:
    """Ask before every other session ends."""
    count = len(_others(call))
    return browser.page(
        call,
        "confirm.html",
        heading="Sign out everywhere else?",
        intro=None,
        effects=[
            f"{_counted(count)} {'ends' if count == 1 else 'end'} at once. You stay signed in here.",
            "Applications you allowed keep their access.",
        ],
        action=_OTHERS,
        form_name="sign out others",
        hidden={},
        button="Sign out everywhere else",
        keep_href=SESSIONS,
        keep_label="Cancel",
        danger=True,
        crumbs=[ACCOUNT_CRUMB, ("Sessions", SESSIONS), ("Sign out everywhere else", None)],
    )


@surface.route("POST", _OTHERS, PERSON, form="sign out others")
def sign_out_others(call: Call) -> Response:
    """End every other session with one write; this browser gets a new one."""
    count = len(_others(call))
    opened = sessions.sign_out_others(call.user, call.settings, call.request.origin(call.user.user_id))
    flash = Flash("You are signed out everywhere else.", f"{_counted(count)} ended at {_now(call)}.")
    return browser.signed_in(browser.go_with_flash(call, SESSIONS, flash), opened.token)


def _others(call: Call) -> list[Session]:
    here = call.session.session.session_id
    alive = sessions.open_sessions(call.user, call.settings, call.request.now)
    return [session for session in alive if session.session_id != here]


def _line(session: Session) -> dict[str, Any]:
    return {
        "href": f"{SESSIONS}/{session.session_id}/sign-out",
        "device": described(session.device),
        "network": session.network,
        "since": session.auth_time,
        "seen_at": session.seen_at,
    }


def _counted(count: int) -> str:
    return "1 other session" if count == 1 else f"{count} other sessions"


def _now(call: Call) -> str:
    return pages.clock(call.request.now)
