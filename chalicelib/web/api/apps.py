"""Applications over the API: create, list, get, info, update, delete, regenerate, and what somebody allowed.

Contract 2.1 to 2.7.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib import policy
from chalicelib.credentials import is_id
from chalicelib.errors import Changed, Forbidden, InvalidParameter, NotFound, ProviderOff, Refusal
from chalicelib.oauth import grants, registration
from chalicelib.oauth.registration import Draft
from chalicelib.store.clients import Client, all_clients, client_ids_of, main_key
from chalicelib.store.reading import Key, read
from chalicelib.store.settings import Settings
from chalicelib.store.users import User, user_key
from chalicelib.store.writing import ConditionFailed
from chalicelib.web import answers
from chalicelib.web.api.paging import PAGING, paged
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape

surface = Surface("api_apps", ApiShape())
APPS: Final = "/api/v4/oauth/apps"
OFF: Final = ProviderOff()
OFF_AT_CREATE: Final = ProviderOff(id="api.oauth.register_oauth_app.turn_off.app_error")
NOT_LISTED: Final = Forbidden(id="api.command.admin_only.app_error")
_TEXTS: Final = ("name", "description", "homepage", "icon_url", "mattermost_app_id")
_FIELDS: Final = (*_TEXTS, "callback_urls", "is_trusted", "is_public")


def _may(user: User, settings: Settings) -> bool:
    return policy.may_register(user, settings)


def _in_path(request: Request) -> Sequence[Key[Any]]:
    return [main_key(_app_id(request))]


def _somebody(request: Request) -> Sequence[Key[Any]]:
    return [user_key(_user_id(request) or "")]


@surface.route("POST", APPS, PERSON, may=_may, off=OFF_AT_CREATE, fields=_FIELDS)
def create(call: Call) -> Response:
    """Register an application (contract 2.1); trusted is for System Admins and quietly false for others."""
    body = call.request.json("oauth_app")
    draft = _draft(body, trusted=policy.may_trust(call.user), public=_flag(body, "is_public"), held=None)
    _check(draft, None, call.settings)
    client_id, secret = registration.register(draft, call.user, call.request.origin(call.user.user_id))
    key = main_key(client_id)
    client = read(key)[key]
    if client is None:
        raise _Gone
    return answers.as_json(_json(client, secret), 201)


@surface.route("GET", APPS, PERSON, may=_may, forbidden=NOT_LISTED, off=OFF, query=PAGING)
def listed(call: Call) -> Response:
    """The caller's applications, for System Admins everybody's, oldest first (contract 2.2)."""
    if policy.may_see_all_clients(call.user):
        client_ids = [line.client_id for line in all_clients()]
    else:
        client_ids = client_ids_of(call.user.user_id)
    keys = [main_key(client_id) for client_id in paged(call.request, client_ids)]
    rows = read(*keys) if keys else None
    found = [client for client in (rows[key] for key in keys) if client] if rows else []
    return answers.as_json([_json(client) for client in found])


@surface.route("GET", APPS + "/{app_id}", PERSON, reads=_in_path, may=_may, off=OFF)
def get(call: Call) -> Response:
    """One application of one's own (contract 2.2); the secret is kept as a hash and never shown again."""
    return answers.as_json(_json(_managed(call)))


@surface.route("GET", APPS + "/{app_id}/info", PERSON, reads=_in_path, off=OFF)
def info(call: Call) -> Response:
    """What anybody with an account may know about an application (contract 2.2)."""
    return answers.as_json(_json(_found(call)))


@surface.route("PUT", APPS + "/{app_id}", PERSON, reads=_in_path, may=_may, off=OFF, fields=("id", *_FIELDS))
def update(call: Call) -> Response:
    """Replace an application's fields.

    What is missing is blank, what is not the caller's to set is kept (contract 2.3).
    """
    body = call.request.json("oauth_app")
    if body.get("id") != call.request.path_values["app_id"]:
        raise InvalidParameter("app_id")
    client = _managed(call)
    draft = _draft(body, trusted=policy.may_trust(call.user), public=client.public, held=client)
    _check(draft, client, call.settings)
    try:
        edited = registration.edit(client, draft, call.request.origin(call.user.user_id))
    except ConditionFailed as failure:
        raise Changed from failure
    return answers.as_json(_json(edited))


@surface.route("DELETE", APPS + "/{app_id}", PERSON, reads=_in_path, may=_may, off=OFF)
def delete(call: Call) -> Response:
    """Delete an application: everybody's access through it ends (contract 2.3)."""
    client = _managed(call)
    try:
        registration.delete(client, call.request.origin(call.user.user_id))
    except ConditionFailed as failure:
        raise Changed from failure
    return answers.as_json({"status": "OK"})


@surface.route("POST", APPS + "/{app_id}/regen_secret", PERSON, reads=_in_path, may=_may, off=OFF)
def regenerate_secret(call: Call) -> Response:
    """Replace the secret; the old one stops now, tokens live on (contract 2.4)."""
    client = _managed(call)
    if client.public:
        raise Refusal(
            "A public client has no secret.",
            id="api.oauth.regenerate_secret.public_client.app_error",
        )
    try:
        secret = registration.regenerate_secret(client, call.request.origin(call.user.user_id))
    except ConditionFailed as failure:
        raise Changed from failure
    # Not read again: an answer that fails now would lose the secret for good.
    return answers.as_json(_json(client, secret) | {"update_at": call.request.now})


@surface.route("GET", "/api/v4/users/{user_id}/oauth/apps/authorized", PERSON, reads=_somebody, query=PAGING)
def authorized(call: Call) -> Response:
    """The applications somebody allowed: one's own, for System Admins anybody's (contract 2.7)."""
    user_id = _user_id(call.request) or call.user.user_id
    if user_id != call.user.user_id and not call.user.is_admin:
        raise Forbidden
    if not call.settings.provider_on:
        raise OFF  # here, because whose list it is has to be checked before (contract section 4)
    user = call.user if user_id == call.user.user_id else call.rows[user_key(user_id)]
    if user is None:
        raise NotFound("There is no such user.", id="app.user.missing_account.const")
    held = grants.allowed(user, call.settings, call.request.now)
    return answers.as_json([_json(client) for client in paged(call.request, [client for _, client in held])])


def _json(client: Client, secret: str = "") -> dict[str, Any]:
    """Mattermost's OAuthApp (contract 1.2), with `is_public` because the secret is blank on every later read."""
    return {
        "id": client.client_id,
        "creator_id": client.creator_id,
        "create_at": client.created_at,
        "update_at": client.updated_at,
        "client_secret": secret,
        "name": client.client_name,
        "description": client.description,
        "icon_url": client.logo_uri,
        "callback_urls": client.addresses,
        "homepage": client.client_uri,
        "is_trusted": client.trusted,
        "is_public": client.public,
        "mattermost_app_id": client.mattermost_app_id,
        **({"is_dynamically_registered": True} if client.dynamic else {}),
    }


def _draft(body: Mapping[str, Any], *, trusted: bool, public: bool, held: Client | None) -> Draft:
    given = {name: value for name, value in body.items() if value is not None}
    texts = {name: given.get(name, "") for name in _TEXTS}
    urls = given.get("callback_urls", [])
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(urls, list):
        raise InvalidParameter("oauth_app")
    if not all(isinstance(url, str) for url in urls):
        raise InvalidParameter("oauth_app")
    asked = _flag(body, "is_trusted")
    return Draft(
        name=texts["name"],
        description=texts["description"],
        homepage=texts["homepage"],
        icon_url=texts["icon_url"],
        redirect_uris=urls,
        trusted=asked if trusted else held is not None and registration.keeps_trust(held, urls),
        public=public,
        # Mattermost's clients know no PKCE; what they register may sign in without, and carries the warning.
        pkce_exempt=held.pkce_exempt if held else not public,
        mattermost_app_id=texts["mattermost_app_id"],
        scope=held.scope if held else policy.EVERYTHING,
        post_logout_redirect_uris=held.sign_out_addresses if held else [],
    )


def _flag(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise InvalidParameter("oauth_app")
    return bool(value)


def _check(draft: Draft, held: Client | None, settings: Settings) -> None:
    found = registration.problems(
        draft,
        http_allowed=settings.http_allowed,
        app_schemes=settings.app_schemes,
        homepage_required=held is None or not held.dynamic,
    )
    if found:
        raise Refusal(f"{found[0].message}.", id=found[0].id)
    if len(draft.mattermost_app_id.encode()) > 32:  # contract 1.2
        raise Refusal(
            "Shorten mattermost_app_id to 32 bytes.",
            id="model.oauth.is_valid.mattermost_app_id.app_error",
        )


def _managed(call: Call) -> Client:
    client = _found(call)
    if not policy.may_manage(call.user, client, call.settings):
        raise Forbidden
    return client


def _found(call: Call) -> Client:
    client = call.rows[main_key(_app_id(call.request))]
    if client is None:
        raise _Gone
    return client


def _app_id(request: Request) -> str:
    app_id = request.path_values["app_id"]
    if not is_id(app_id):
        raise InvalidParameter("app_id", place="url")
    return app_id


def _user_id(request: Request) -> str | None:
    """The id in the address; None for `me`."""
    user_id = request.path_values["user_id"]
    if user_id == "me":
        return None
    if not is_id(user_id):
        raise InvalidParameter("user_id", place="url")
    return user_id


class _Gone(NotFound):
    """There is no such application."""

    id = "app.oauth.get_app.find.app_error"
    description = "There is no such application."
