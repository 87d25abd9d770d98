"""An application's own page, its secret shown once, regenerating it, deleting the application (ux 6.7, 6.12)."""

from typing import Any, Final

from chalice.app import Response

from chalicelib import config
from chalicelib.accounts import sessions
from chalicelib.errors import NotFound
from chalicelib.oauth import registration
from chalicelib.oauth.registration import Shown
from chalicelib.policy import SEALED_SECRET, milliseconds
from chalicelib.store import sessions as stored
from chalicelib.store.clients import Client
from chalicelib.store.writing import ConditionFailed
from chalicelib.web import answers, browser
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.integrations.shared import (
    BASE,
    OFF,
    RESTRICTED,
    managed,
    may_register,
    own_client,
    path_of,
    shown,
    surface,
)

_DECLARED: Final[dict[str, Any]] = {
    "reads": own_client,
    "may": may_register,
    "forbidden": RESTRICTED,
    "off": OFF,
}
_OWN: Final = BASE + "/{client_id}"


@surface.route("GET", _OWN + "/credentials", PERSON, query=("just",), **_DECLARED)
def show(call: Call) -> Response:
    """Client id, callback URLs, and the secret while this session may still show it."""
    client = managed(call, "see")
    person = call.session
    secret = sessions.secret_of(person.session, person.token, client.client_id, call.request.now)
    just = call.request.query.text("just")
    return browser.page(
        call,
        "integrations/credentials.html",
        app=shown(client, call.user),
        secret=secret.text if secret else None,
        secret_until=secret.until if secret else None,
        may_extend=secret is not None and not secret.extended,
        endpoints=_endpoints(),
        zapier=None if client.public else _zapier(client),
        just=just if just in {"registered", "regenerated"} and (secret or client.public) else None,
    )


@surface.route("POST", _OWN + "/credentials/saved", PERSON, form="secret-saved", **_DECLARED)
def saved(call: Call) -> Response:
    """Forget the secret: somebody has it in a safe place now."""
    client = managed(call, "see")
    path = path_of(client.client_id, "credentials")
    try:
        stored.forget_secret(call.session.session)
    except ConditionFailed:
        return answers.go(path)  # signed out in another window, and the secret went with the session
    return answers.go(path)


@surface.route("POST", _OWN + "/credentials/extend", PERSON, form="secret-extend", **_DECLARED)
def extend(call: Call) -> Response:
    """Show the secret ten minutes longer, once."""
    client = managed(call, "see")
    path = path_of(client.client_id, "credentials")
    now = call.request.now
    try:
        stored.extend_secret(call.session.session, client.client_id, now=now, until=now + milliseconds(SEALED_SECRET))
    except ConditionFailed:
        return browser.go_with_flash(call, path, Flash("The time was extended before, or is over.", kind="warn"))
    return answers.go(path)


@surface.route("GET", _OWN + "/regenerate", PERSON, **_DECLARED)
def ask_regenerate(call: Call) -> Response:
    """Ask before the old secret stops."""
    client = _with_secret(call)
    return _confirm(
        call,
        client,
        page="regenerate",
        heading=f"Regenerate the secret of {client.client_name}?",
        effects=[
            "A new secret is made and shown once. The old one stops now.",
            "Tokens in use keep working, and nobody has to allow the application again.",
            "New sign-ins and new tokens fail until you put the new secret into your application.",
        ],
        button="Regenerate secret",
        keep_label="Keep the current one",
    )


@surface.route("POST", _OWN + "/regenerate", PERSON, form="regenerate", **_DECLARED)
def regenerate(call: Call) -> Response:
    """Make a new secret and show it once."""
    client = _with_secret(call)
    person = call.session
    try:
        registration.regenerate_secret(
            client,
            call.request.origin(call.user.user_id),
            shown=Shown(person.session, person.token),
        )
    except ConditionFailed:
        return browser.go_with_flash(call, path_of(client.client_id, "credentials"), _CHANGED)
    secret = client.secret
    text = f"The old one (ends in {secret['last_four']}) stopped." if secret else ""
    return browser.go_with_flash(
        call,
        path_of(client.client_id, "credentials") + "?just=regenerated",
        Flash("New secret made.", text),
    )


@surface.route("GET", _OWN + "/delete", PERSON, **_DECLARED)
def ask_delete(call: Call) -> Response:
    """Ask before everybody is disconnected."""
    client = managed(call, "delete")
    return _confirm(
        call,
        client,
        page="delete",
        heading=f"Delete {client.client_name}?",
        effects=[
            "Everybody who uses it is disconnected at once, and all its tokens stop working.",
            "What it did before stays.",
            "This cannot be undone.",
        ],
        button=f"Delete {client.client_name}",
        keep_label="Keep it",
    )


@surface.route("POST", _OWN + "/delete", PERSON, form="delete", **_DECLARED)
def delete(call: Call) -> Response:
    """Delete the application."""
    client = managed(call, "delete")
    try:
        registration.delete(client, call.request.origin(call.user.user_id))
    except ConditionFailed:
        return browser.go_with_flash(call, path_of(client.client_id, "credentials"), _CHANGED)
    flash = Flash(
        f"{client.client_name} was deleted.",
        "Everybody who used it is disconnected, and its tokens stopped.",
    )
    return browser.go_with_flash(call, BASE, flash)


_CHANGED: Final = Flash(
    "Somebody changed this application at the same time.",
    "Nothing was done. Look at it again and repeat.",
    kind="warn",
)


def _with_secret(call: Call) -> Client:
    client = managed(call, "regenerate the secret of")
    if client.public:
        raise NotFound(
            "A public client has no secret. It proves itself with PKCE.",
            heading="Nothing to regenerate",
        )
    return client


def _confirm(call: Call, client: Client, *, page: str, **values: Any) -> Response:
    credentials = path_of(client.client_id, "credentials")
    return browser.page(
        call,
        "confirm.html",
        intro=None,
        action=path_of(client.client_id, page),
        form_name=page,
        hidden={},
        keep_href=credentials,
        danger=True,
        crumbs=[
            ("Integrations", "/integrations"),
            ("OAuth 2.0 Applications", BASE),
            (client.client_name, credentials),
            (page.capitalize(), None),
        ],
        **values,
    )


def _endpoints() -> dict[str, str]:
    url = config.current().url
    return {
        "authorize": url("/oauth/authorize"),
        "token": url("/oauth/access_token"),
        "metadata": url("/.well-known/oauth-authorization-server"),
    }


def _zapier(client: Client) -> dict[str, str]:
    """What to paste into Zapier, by the name of its field (ux 6.7); the secret is shown in one place only."""
    here = config.current()
    return {
        "Client ID": client.client_id,
        "Authorization URL": here.url("/oauth/authorize"),
        "Access Token Request": here.url("/oauth/access_token"),
        "Refresh Token Request": here.url("/oauth/access_token"),
        "Scope": client.scope,
        "Test URL": here.url("/api/v4/users/me"),
        "Connection Label": f"{{{{username}}}} on {here.host}",
    }
