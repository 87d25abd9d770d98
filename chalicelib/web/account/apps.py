"""Account Settings > Security > OAuth 2.0 Applications: what I allowed, and taking it back (ux 6.13)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from chalice.app import Response

from chalicelib.errors import NotFound
from chalicelib.oauth import grants
from chalicelib.oauth.grants import Allowed
from chalicelib.oauth.scopes import FOREIGN
from chalicelib.policy import SCOPES, milliseconds
from chalicelib.store.authorizations import Authorization
from chalicelib.store.clients import Client, client_key
from chalicelib.store.grants import Grant, grant_key
from chalicelib.store.reading import Key
from chalicelib.web import browser, pages
from chalicelib.web.account.shared import ACCOUNT_CRUMB, APPS, APPS_CRUMB, surface
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.http import Request

LIST_IMAGES: Final = "'self' https:"
_DAY: Final = milliseconds(timedelta(days=1))
_IDLE_DAYS: Final = 90


def _own_grant(request: Request) -> Sequence[Key[Any]]:
    client_id = request.path_id("client_id")
    return [client_key(client_id), grant_key(request.claimed_user_id, client_id)]


@surface.route("GET", APPS, PERSON)
def allowed(call: Call) -> Response:
    """The applications I allowed, with their sign-ins.  Two queries and two reads, whatever their number."""
    now = call.request.now
    access = grants.access_of(call.user, call.settings, now)
    return browser.page(
        call,
        "account/oauth2_apps.html",
        images=LIST_IMAGES,
        apps=[_row(each, access.resources, now) for each in access.apps],
        provider_on=call.settings.provider_on,
    )


@surface.route("GET", APPS + "/{client_id}/revoke", PERSON, reads=_own_grant)
def ask_revoke(call: Call) -> Response:
    """Ask before an application loses its access."""
    grant, client = _allowed_app(call)
    again = (
        "This app is trusted by your System Admin. "
        "It can get access again without asking the next time you sign in to it."
        if client.trusted
        else "It can ask you again."
    )
    return browser.page(
        call,
        "confirm.html",
        heading=f"Revoke access for {client.client_name}?",
        intro=None,
        effects=[
            "It can no longer act for you: all its tokens stop at once.",
            "What it did before stays.",
            again,
        ],
        action=f"{APPS}/{client.client_id}/revoke",
        form_name="revoke",
        hidden={"grant_id": grant.grant_id},
        button="Revoke access",
        keep_href=APPS,
        keep_label="Keep it",
        danger=True,
        crumbs=[ACCOUNT_CRUMB, APPS_CRUMB, ("Revoke", None)],
    )


@surface.route("POST", APPS + "/{client_id}/revoke", PERSON, reads=_own_grant, form="revoke")
def revoke(call: Call) -> Response:
    """Take access back with one write."""
    grant, client = _allowed_app(call)
    grants.revoke(grant, call.request.origin(call.user.user_id))
    title = f"{client.client_name} can no longer use your account."
    return browser.go_with_flash(
        call, APPS, Flash(title, f"Its tokens stopped working at {pages.clock(call.request.now)}.")
    )


def _allowed_app(call: Call) -> tuple[Grant, Client]:
    client_id = call.request.path_id("client_id")
    grant = call.rows[grant_key(call.user.user_id, client_id)]
    client = call.rows[client_key(client_id)]
    if grant is None or client is None:
        raise NotFound(
            "You have not allowed this application, or you revoked it already.",
            heading="Nothing to revoke",
        )
    return grant, client


def _row(allowed: Allowed, resources: Mapping[str, str], now: int) -> dict[str, Any]:
    grant, client, used = allowed.grant, allowed.client, allowed.last_use
    idle_days = (now - (used.at if used else grant.since)) // _DAY
    return {
        "client_id": client.client_id,
        "name": client.client_name,
        "description": client.description,
        "homepage": client.client_uri,
        "icon_url": client.logo_uri,
        "trusted": client.trusted,
        "how": grant.how,
        "since": grant.since,
        "used_at": used.at if used else None,
        "used_from": used.network if used else None,
        "idle_days": idle_days if idle_days >= _IDLE_DAYS else None,
        "can": _words(grant.scope, resources),
        "installs": [_install(row, resources) for row in allowed.installs],
    }


def _install(row: Authorization, resources: Mapping[str, str]) -> dict[str, Any]:
    ends = grants.ends_at(row)
    return {
        "href": f"{APPS}/{row.client_id}/installs/{row.authorization_id}/revoke",
        "since": row.created_at,
        "used_at": row.used_at,
        "used_from": row.used_from,
        "ends": ends,
        "renewable": ends < row.until,
        "can": _words(row.scope, resources),
    }


def _words(scope: str, resources: Mapping[str, str]) -> list[str]:
    """Scopes as people know them; of another API only its name is known here, without another read."""
    return [found for kept in scope.split() if (found := _word(kept, resources))]


def _word(kept: str, resources: Mapping[str, str]) -> str:
    resource_id, foreign, name = kept.partition(FOREIGN)
    if not foreign:
        return SCOPES[kept].title if kept in SCOPES else ""
    identifier = resources.get(resource_id)
    return f"{name} at {pages.site(identifier) if identifier else 'another API'}"
