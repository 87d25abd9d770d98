"""Who acts for a person: their sign-ins, the installs of applications, and what they allowed (contract 1.6, 1.7)."""

from collections.abc import Sequence
from typing import Any

from chalice.app import Response

from chalicelib.accounts import people, sessions
from chalicelib.credentials import is_id
from chalicelib.errors import InvalidParameter, Refusal
from chalicelib.oauth import grants, tokens
from chalicelib.store.authorizations import Authorization, authorization_key
from chalicelib.store.clients import Client
from chalicelib.store.reading import Key
from chalicelib.store.sessions import Session, session_key
from chalicelib.store.users import User
from chalicelib.web import answers
from chalicelib.web.api import persons
from chalicelib.web.api.persons import USERS
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape

surface = Surface("api_sessions", ApiShape())


def _one(request: Request) -> Sequence[Key[Any]]:
    """A session and an install can have the id: whichever is there."""
    user_id, session_id = persons.id_in_path(request), _session_id(request)
    return [*persons.in_path(request), session_key(user_id, session_id), authorization_key(user_id, session_id)]


@surface.route("GET", USERS + "/{user_id}/sessions", PERSON, reads=persons.in_path)
def listed(call: Call) -> Response:
    """Sign-ins, the one used last first, then the installs of applications, whose tokens are sessions to Mattermost."""
    user, now = persons.own_or_admins(call), call.request.now
    signed_in = [_session(row, user) for row in sessions.open_sessions(user, call.settings, now)]
    installed = [_install(row, client, user) for row, client in grants.installs(user, call.settings, now)]
    return answers.as_json(signed_in + installed)


@surface.route("POST", USERS + "/{user_id}/sessions/revoke", PERSON, reads=_one, fields=("session_id",))
def revoke(call: Call) -> Response:
    """End one sign-in, or one install with all its tokens (contract 3.12)."""
    user = persons.own_or_admins(call)
    session_id, origin = _session_id(call.request), call.request.origin(call.user.user_id)
    if not session_id:
        raise InvalidParameter("session_id")
    session = call.rows[session_key(user.user_id, session_id)]
    authorization = call.rows[authorization_key(user.user_id, session_id)]
    if session is not None:
        sessions.close(session, origin)
    elif authorization is not None:
        tokens.end(authorization, "session_revoked", origin)
    else:
        raise Refusal("There is no such session.", id="app.session.get.app_error")
    return answers.as_json({"status": "OK"})


@surface.route("POST", USERS + "/{user_id}/sessions/revoke/all", PERSON, reads=persons.in_path)
def revoke_all(call: Call) -> Response:
    """End every sign-in and every install, the caller's own too (contract 3.12); consents go with them."""
    user = persons.own_or_admins(call)
    people.sign_out_everywhere(user, call.request.origin(call.user.user_id), apps_too=True)
    return answers.as_json({"status": "OK"})


@surface.route("GET", USERS + "/{user_id}/preferences", PERSON, reads=persons.in_path)
def preferences(call: Call) -> Response:
    """One entry for each application the person allows, and what for (contract 1.6)."""
    user = persons.own_or_admins(call)
    held = grants.allowed(user, call.settings, call.request.now)
    return answers.as_json([_preference(user, grant.client_id, grant.scope) for grant, _ in held])


def _session_id(request: Request) -> str:
    """The id that was sent; "" if it could not be one of ours: no row has it."""
    session_id = request.json("session").get("session_id")
    return session_id if isinstance(session_id, str) and is_id(session_id) else ""


def _session(row: Session, user: User) -> dict[str, Any]:
    return _base(user) | {
        "id": row.session_id,
        "create_at": row.auth_time,
        "expires_at": row.until,
        "last_activity_at": row.seen_at,
        "is_oauth": False,
        "props": {"platform": "", "os": "", "browser": row.device},
    }


def _install(row: Authorization, client: Client, user: User) -> dict[str, Any]:
    props = {"platform": client.client_name, "os": "OAuth2", "browser": "OAuth2", "oauth_app_id": client.client_id}
    return _base(user) | {
        "id": row.authorization_id,
        "create_at": row.created_at,
        "expires_at": min(row.idle_until or row.until, row.until),
        "last_activity_at": row.used_at or row.created_at,
        "is_oauth": True,
        "props": props | {"mattermost_app_id": client.mattermost_app_id},
    }


def _base(user: User) -> dict[str, Any]:
    """Mattermost's Session (contract 1.7), whose token nobody has but who holds it."""
    return {
        "token": "",
        "user_id": user.user_id,
        "device_id": "",
        "roles": user.roles,
        "expired_notify": False,
        "team_members": [],
        "local": False,
    }


def _preference(user: User, client_id: str, scope: str) -> dict[str, str]:
    return {"user_id": user.user_id, "category": "oauth_app", "name": client_id, "value": scope}
