"""Registering, editing and deleting applications: the rules of their fields (the seed; contract 1.2, 2.1 to 2.4)."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from chalicelib import policy
from chalicelib.credentials import fingerprint, new_client_secret, new_id, seal
from chalicelib.oauth import redirect_uris
from chalicelib.store import clients, sessions
from chalicelib.store.audit import Origin, event
from chalicelib.store.clients import Client, ClientSecret
from chalicelib.store.sessions import SealedSecret, Session
from chalicelib.store.users import User
from chalicelib.store.writing import Change, write_together

MAX_NAME: Final = 64
MAX_DESCRIPTION: Final = 512
MAX_HOMEPAGE: Final = 256
MAX_ICON: Final = 512
MAX_REDIRECT_URIS: Final = 4096  # bytes, all together: Mattermost's 1,024 is too little for 1,024 each


class Draft(NamedTuple):
    """What somebody fills in about an application."""

    name: str
    description: str
    homepage: str
    icon_url: str
    redirect_uris: list[str]
    trusted: bool = False
    public: bool = False
    pkce_exempt: bool = False
    mattermost_app_id: str = ""
    scope: str = policy.EVERYTHING
    post_logout_redirect_uris: Sequence[str] = ()


class Problem(NamedTuple):
    """What is wrong with one field: what to do about it, and Mattermost's error id (contract 1.2)."""

    field: str
    message: str

    @property
    def id(self) -> str:
        """The error id the API answers with."""
        name = {"callback_urls": "callback"}.get(self.field, self.field)
        return f"model.oauth.is_valid.{name}.app_error"


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a new secret is to be shown once: a browser's session and the token that opens what is sealed for it."""

    session: Session
    session_token: str = field(repr=False)


def problems(
    draft: Draft,
    *,
    http_allowed: bool,
    app_schemes: bool = False,
    description_required: bool = False,
    homepage_required: bool = True,
) -> list[Problem]:
    """Everything that is wrong with a draft, in the contract's order; `app_schemes` are for public clients only."""
    return [
        *_name_problems(draft.name),
        *_redirect_uri_problems(draft, http_allowed=http_allowed, app_schemes=app_schemes),
        *_homepage_problems(draft.homepage, http_allowed=http_allowed, required=homepage_required),
        *_description_problems(draft.description, required=description_required),
        *_icon_problems(draft.icon_url, http_allowed=http_allowed),
        *_scope_problems(draft.scope),
        *_sign_out_problems(draft.post_logout_redirect_uris, http_allowed=http_allowed),
    ]


def register(
    draft: Draft,
    creator: User,
    origin: Origin,
    *,
    client_id: str | None = None,
    shown: Shown | None = None,
) -> tuple[str, str]:
    """Register an application; give its client id and secret ("" for a public client).

    The secret is here once: in the answer, and sealed in the session of `shown` if there is one.

    Raises:
        ConditionFailed: an application with this id is there already (the form was sent twice).
        Contention: DynamoDB could not decide.

    """
    new, secret = client_id or new_id(), "" if draft.public else new_client_secret()
    values = _editable(draft) | {
        "client_id": new,
        "born": new_id(),
        "secrets": [kept(secret, origin.now)] if secret else [],
        "public": draft.public,
        "suspended": False,
        "kind": clients.APP,
        "creator_id": creator.user_id,
        "creator_name": creator.name,
        "created_at": origin.now,
        "updated_at": origin.now,
    }
    recorded = event(origin, "app.register", draft.name, user_id=creator.user_id, client_id=new)
    write_together(*clients.added(new, values), *sealed(shown, new, secret, origin.now), recorded)
    return new, secret


def differences(client: Client, draft: Draft) -> list[str]:
    """The names of the fields an edit would change."""
    return [name for name, value in _editable(draft).items() if getattr(client, name) != value]


def keeps_trust(client: Client, uris: list[str]) -> bool:
    """Whether an application stays trusted when somebody edits it who may not set that.

    Not when people would be sent to a host nobody trusted: the trust was given to the ones it had.
    """
    return client.trusted and _hosts(uris) <= _hosts(client.addresses)


def edit(client: Client, draft: Draft, origin: Origin) -> Client:
    """Save an edit; give the application as it is then. Whether it is public, its id, secret and creator do not change.

    Raises:
        ConditionFailed: somebody changed the application since it was read.
        Contention: DynamoDB could not decide.

    """
    recorded = event(origin, "app.edit", draft.name, client_id=client.client_id)
    # Whatever registered itself is nobody's word: it is never trusted, by whomever it is edited (7591-5).
    values = _editable(draft._replace(trusted=draft.trusted and not client.dynamic)) | {"updated_at": origin.now}
    write_together(*clients.changed(client, values), recorded)
    return clients.as_changed(client, values)


def regenerate_secret(client: Client, origin: Origin, *, shown: Shown | None = None) -> str:
    """Replace the secret: the old one stops now, tokens and consents live on (the seed).

    Raises:
        ConditionFailed: somebody changed the application since it was read.
        Contention: DynamoDB could not decide.

    """
    secret = new_client_secret()
    values = {"secrets": [kept(secret, origin.now)], "updated_at": origin.now}
    recorded = event(origin, "app.regenerate_secret", client.client_name, client_id=client.client_id)
    shown_once = sealed(shown, client.client_id, secret, origin.now)
    write_together(*clients.changed(client, values), *shown_once, recorded)
    return secret


def delete(client: Client, origin: Origin) -> None:
    """Delete the application: everybody's access through it ends with this one transaction (the seed).

    Raises:
        ConditionFailed: somebody changed or deleted the application since it was read.
        Contention: DynamoDB could not decide.

    """
    recorded = event(origin, "app.delete", client.client_name, client_id=client.client_id)
    write_together(*clients.deleted(client), recorded)


def _editable(draft: Draft) -> dict[str, Any]:
    return {
        "client_name": draft.name,
        "description": draft.description,
        "client_uri": draft.homepage,
        "logo_uri": draft.icon_url,
        "redirect_uris": draft.redirect_uris,
        "trusted": draft.trusted,
        "pkce_exempt": draft.pkce_exempt,
        "mattermost_app_id": draft.mattermost_app_id,
        "scope": draft.scope,
        "post_logout_redirect_uris": list(draft.post_logout_redirect_uris) or None,
    }


def _hosts(uris: list[str]) -> set[str]:
    """Where addresses lead, checked or not: a host, or the scheme of an app."""
    web = ("https://", "http://")
    return {uri.split("/", 3)[2] if uri.startswith(web) else uri.partition(":")[0] for uri in uris}


def kept(secret: str, now: int) -> ClientSecret:
    """What is stored of a new secret."""
    return {"hash": fingerprint(secret), "last_four": secret[-4:], "made_at": now}


def sealed(shown: Shown | None, client_id: str, secret: str, now: int) -> list[Change]:
    """Keep a new secret for one session to show, encrypted with what only that browser has."""
    if shown is None or not secret:
        return []
    until = now + policy.milliseconds(policy.SEALED_SECRET)
    ciphertext = seal(shown.session_token, secret, client_id)
    return [sessions.secret_kept(shown.session, SealedSecret(client_id, ciphertext, until))]


# --- one function a field ---------------------------------------------------------------------------------------


def _name_problems(name: str) -> Iterator[Problem]:
    if not name.strip():
        yield Problem("name", "Enter a display name")
    elif len(name) > MAX_NAME:
        yield Problem("name", f"Shorten the display name to {MAX_NAME} characters, it has {len(name)}")
    elif any(_hidden(character) for character in name):
        yield Problem("name", "Remove hidden or direction-changing characters")


def _redirect_uri_problems(draft: Draft, *, http_allowed: bool, app_schemes: bool) -> Iterator[Problem]:
    uris, allowed = draft.redirect_uris, app_schemes and draft.public
    if not uris:
        yield Problem("callback_urls", "Enter at least one callback URL")
    yield from _list_problems("callback_urls", "Callback URLs", uris, http_allowed=http_allowed, app_schemes=allowed)


def _sign_out_problems(uris: Sequence[str], *, http_allowed: bool) -> Iterator[Problem]:
    yield from _list_problems("sign_out_urls", "Sign-out URLs", uris, http_allowed=http_allowed)


def _list_problems(
    name: str, label: str, uris: Sequence[str], *, http_allowed: bool, app_schemes: bool = False
) -> Iterator[Problem]:
    for line, uri in enumerate(uris, start=1):
        found = redirect_uris.problem(uri, http_allowed=http_allowed, app_schemes=app_schemes)
        if found:
            yield Problem(name, f"{label}, line {line}: {found}")
    size = len(" ".join(uris).encode()) + 2  # as Mattermost counts: the list printed in brackets
    if size > MAX_REDIRECT_URIS:
        yield Problem(
            name, f"All {label[0].lower()}{label[1:]} together are {size:,} bytes, the limit is {MAX_REDIRECT_URIS:,}"
        )


def _scope_problems(scope: str) -> Iterator[Problem]:
    if not scope or set(scope.split()) - policy.SCOPES.keys():
        yield Problem("scope", "Choose at least one permission")


def _homepage_problems(homepage: str, *, http_allowed: bool, required: bool) -> Iterator[Problem]:
    if required and not homepage:
        yield Problem("homepage", "Enter a homepage")
    if not homepage:
        return
    yield from _address_problems("homepage", homepage, MAX_HOMEPAGE, http_allowed=http_allowed)


def _description_problems(description: str, *, required: bool) -> Iterator[Problem]:
    if required and not description:
        yield Problem("description", "Enter a description")
    if len(description) > MAX_DESCRIPTION:
        yield Problem(
            "description",
            f"Shorten the description to {MAX_DESCRIPTION} characters, it has {len(description)}",
        )
    elif any(_hidden(character) and character not in "\r\n\t" for character in description):
        yield Problem("description", "Remove hidden or direction-changing characters from the description")


def _icon_problems(icon_url: str, *, http_allowed: bool) -> Iterator[Problem]:
    if icon_url:
        yield from _address_problems("icon_url", icon_url, MAX_ICON, http_allowed=http_allowed)


def _address_problems(name: str, uri: str, limit: int, *, http_allowed: bool) -> Iterator[Problem]:
    label = {"homepage": "homepage", "icon_url": "icon URL"}[name]
    if len(uri) > limit:
        yield Problem(name, f"Shorten the {label} to {limit} characters, it has {len(uri)}")
    elif not uri.startswith(("https://", "http://")):
        yield Problem(
            name,
            f"Start the {label} with https:// or http://, for example https://standup.example.net",
        )
    elif redirect_uris.problem(uri.partition("#")[0].replace("*", ""), http_allowed=True) is not None:
        yield Problem(name, f"Enter a full address as the {label}, for example https://standup.example.net")
    elif uri.startswith("http://") and not http_allowed and not redirect_uris.is_loopback(uri):
        yield Problem(name, f"Start the {label} with https://")


def _hidden(character: str) -> bool:
    """Control, format and unassigned characters: among them NUL, zero-width ones and the direction overrides."""
    return unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
