"""System Console > Resource servers: other APIs that accept this server's tokens (RFC 8707, RFC 9728)."""

from typing import Any, Final

from chalice.app import Response

from chalicelib import config
from chalicelib.accounts import sessions
from chalicelib.oauth import registration, resource_servers
from chalicelib.oauth.registration import Shown
from chalicelib.policy import SEALED_SECRET, milliseconds
from chalicelib.store import sessions as stored
from chalicelib.store.clients import Client, main_key
from chalicelib.store.reading import read
from chalicelib.store.resources import Resource, resource_keys
from chalicelib.store.writing import ConditionFailed
from chalicelib.web import answers, browser
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.console.resource import CHANGED, OWN, found, metadata_address, own_resource, path_of, with_client
from chalicelib.web.console.shared import CONSOLE_CRUMB, RESOURCES, admin, surface

_DECLARED: Final[dict[str, Any]] = {"may": admin, "reads": own_resource}
_WITH_CLIENT: Final[dict[str, Any]] = {"may": admin, "reads": with_client, "fields": ("client_id",)}


@surface.route("GET", RESOURCES, PERSON, may=admin)
def listed(call: Call) -> Response:
    """All resource servers, oldest first."""
    keys = resource_keys()
    rows = read(*keys) if keys else None
    there = [row for row in (rows[key] for key in keys) if row] if rows else []
    return browser.page(call, "console/resources.html", resources=[_line(row) for row in there])


@surface.route("GET", OWN, PERSON, query=("just",), **_DECLARED)
def show(call: Call) -> Response:
    """One resource server: what it is, where to point it, and its secret while this session may still show it."""
    resource, person = found(call), call.session
    key = main_key(resource.client_id)
    client = read(key)[key]
    secret = sessions.secret_of(person.session, person.token, resource.client_id, call.request.now)
    just = call.request.query.text("just")
    return browser.page(
        call,
        "console/resource.html",
        resource=_line(resource) | {"scopes": resource.scope_titles, "client_id": resource.client_id},
        held=client.secret if client else None,
        href=path_of(resource),
        secret=secret.text if secret else None,
        secret_until=secret.until if secret else None,
        may_extend=secret is not None and not secret.extended,
        just=just if just in {"registered", "regenerated"} and secret else None,
        endpoints=_endpoints(),
        metadata=metadata_address(resource.identifier),
    )


@surface.route("POST", OWN + "/saved", PERSON, form="resource secret saved", **_DECLARED)
def saved(call: Call) -> Response:
    """Forget the secret: somebody has it in a safe place now."""
    path = path_of(found(call))
    try:
        stored.forget_secret(call.session.session)
    except ConditionFailed:
        return answers.go(path)  # signed out in another window, and the secret went with the session
    return answers.go(path)


@surface.route("POST", OWN + "/extend", PERSON, form="resource secret extend", **_DECLARED)
def extend(call: Call) -> Response:
    """Show the secret ten minutes longer, once."""
    resource, now = found(call), call.request.now
    until = now + milliseconds(SEALED_SECRET)
    try:
        stored.extend_secret(call.session.session, resource.client_id, now=now, until=until)
    except ConditionFailed:
        flash = Flash("The time was extended before, or is over.", kind="warn")
        return browser.go_with_flash(call, path_of(resource), flash)
    return answers.go(path_of(resource))


@surface.route("GET", OWN + "/regenerate", PERSON, **_DECLARED)
def ask_regenerate(call: Call) -> Response:
    """Ask before the old secret stops."""
    resource = found(call)
    return _confirm(
        call,
        resource,
        page="regenerate",
        heading=f"Regenerate the secret of {resource.name}?",
        effects=[
            "A new secret is made and shown once. The old one stops now.",
            f"{resource.name} cannot introspect tokens until you put the new secret into it.",
            "Tokens themselves keep working where they are checked with the published keys.",
        ],
        button="Regenerate secret",
        keep_label="Keep the current one",
    )


@surface.route("POST", OWN + "/regenerate", PERSON, form="resource regenerate", **_WITH_CLIENT)
def regenerate(call: Call) -> Response:
    """Make a new secret and show it once."""
    resource, person = found(call), call.session
    client = _client(call, resource)
    if client is None:
        return browser.go_with_flash(call, path_of(resource), CHANGED)
    try:
        origin = call.request.origin(call.user.user_id)
        registration.regenerate_secret(client, origin, shown=Shown(person.session, person.token))
    except ConditionFailed:
        return browser.go_with_flash(call, path_of(resource), CHANGED)
    old = client.secret
    text = f"The old one (ends in {old['last_four']}) stopped." if old else ""
    return browser.go_with_flash(call, f"{path_of(resource)}?just=regenerated", Flash("New secret made.", text))


@surface.route("GET", OWN + "/delete", PERSON, **_DECLARED)
def ask_delete(call: Call) -> Response:
    """Ask before no token is made for it any more."""
    resource = found(call)
    return _confirm(
        call,
        resource,
        page="delete",
        heading=f"Delete {resource.name}?",
        effects=[
            "No token is made for it any more, and its client ID and secret stop: it can introspect none.",
            f"Tokens it can check by itself end within {_minutes(resource)}.",
            "What people allowed for it does not come back, even if you add the same identifier again.",
            "This cannot be undone.",
        ],
        button=f"Delete {resource.name}",
        keep_label="Keep it",
    )


@surface.route("POST", OWN + "/delete", PERSON, form="resource delete", **_WITH_CLIENT)
def delete(call: Call) -> Response:
    """Delete it, with the client it introspects with."""
    resource = found(call)
    client = _client(call, resource)
    if client is None:
        return browser.go_with_flash(call, path_of(resource), CHANGED)
    try:
        resource_servers.delete(resource, client, call.request.origin(call.user.user_id))
    except ConditionFailed:
        return browser.go_with_flash(call, path_of(resource), CHANGED)
    flash = Flash(f"{resource.name} was deleted.", "No token is made for it any more.")
    return browser.go_with_flash(call, RESOURCES, flash)


def _client(call: Call, resource: Resource) -> Client | None:
    """The client it introspects with, as the page that asked named it; None if that is not its client."""
    named = call.request.form.text("client_id")
    return call.rows[main_key(named)] if named == resource.client_id else None


def _line(resource: Resource) -> dict[str, Any]:
    return {
        "href": path_of(resource),
        "name": resource.name,
        "identifier": resource.identifier,
        "scope_names": list(resource.scope_titles),
        "lifetime": _minutes(resource),
        "created_at": resource.created_at,
    }


def _minutes(resource: Resource) -> str:
    minutes = resource.token_lifetime / 60
    return "1 minute" if minutes == 1 else f"{minutes:g} minutes"


def _endpoints() -> dict[str, str]:
    """Where a resource server is pointed, by what its library calls it."""
    here = config.current()
    return {
        "Issuer": here.issuer,
        "Keys (JWKS)": here.url("/oauth/jwks"),
        "Introspection": here.url("/oauth/introspect"),
        "Discovery": here.url("/.well-known/oauth-authorization-server"),
    }


def _confirm(call: Call, resource: Resource, *, page: str, **values: Any) -> Response:
    return browser.page(
        call,
        "confirm.html",
        intro=None,
        action=f"{path_of(resource)}/{page}",
        form_name=f"resource {page}",
        hidden={"client_id": resource.client_id},
        keep_href=path_of(resource),
        danger=True,
        crumbs=[
            CONSOLE_CRUMB,
            ("Resource servers", RESOURCES),
            (resource.name, path_of(resource)),
            (page.capitalize(), None),
        ],
        **values,
    )
