"""Client metadata as a program sends it about itself: checked, with defaults filled in (RFC 7591 section 2)."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from chalicelib import allowlist
from chalicelib.errors import InvalidClientMetadata, InvalidRedirectUri, InvalidScope, InvalidSoftwareStatement
from chalicelib.oauth import redirect_uris, registration, scopes
from chalicelib.oauth.registration import MAX_REDIRECT_URIS, Draft
from chalicelib.policy import SCOPES, SELF_REGISTERED
from chalicelib.store.clients import Client
from chalicelib.store.settings import Settings

MEMBERS: Final = (
    "redirect_uris",
    "token_endpoint_auth_method",
    "grant_types",
    "response_types",
    "client_name",
    "client_uri",
    "logo_uri",
    "scope",
    "application_type",
    "post_logout_redirect_uris",
    "software_statement",
)
DEFAULT_NAME: Final = "Dynamically Registered Client"
PUBLIC: Final = "none"
DEFAULT_METHOD: Final = "client_secret_post"  # Mattermost's; who did not choose may send the secret either way
METHODS: Final = ("client_secret_basic", DEFAULT_METHOD, PUBLIC)
GRANT_TYPES: Final = ("authorization_code", "refresh_token")
RESPONSE_TYPES: Final = ("code",)
_REFUSED_GRANTS: Final = frozenset({"client_credentials", "implicit", "password"})
_NAMES: Final = {"name": "client_name", "homepage": "client_uri", "icon_url": "logo_uri"}


class Metadata(NamedTuple):
    """What a client may say about itself, checked.  `auth_method` is None when it did not choose one."""

    name: str
    client_uri: str
    logo_uri: str
    redirect_uris: list[str]
    scope: str
    auth_method: str | None
    application_type: str | None
    post_logout_redirect_uris: list[str]

    @property
    def public(self) -> bool:
        """Whether it has no secret."""
        return self.auth_method == PUBLIC

    @property
    def kept(self) -> dict[str, Any]:
        """The attributes it is kept in."""
        return {
            "client_name": self.name,
            "client_uri": self.client_uri,
            "logo_uri": self.logo_uri,
            "redirect_uris": self.redirect_uris,
            "scope": self.scope,
            "token_endpoint_auth_method": self.auth_method,
            "application_type": self.application_type,
            "post_logout_redirect_uris": self.post_logout_redirect_uris or None,
        }


def read(members: Mapping[str, Any], settings: Settings) -> Metadata:
    """Read what a client says about itself; null is absent, unknown members are ignored.

    Raises:
        InvalidSoftwareStatement: there is one.
        InvalidClientMetadata: a member is missing, malformed, or asks for what there is not.
        InvalidRedirectUri: an address cannot be registered, or is outside the server's list.

    """
    given = {name: value for name, value in members.items() if value is not None}
    if "software_statement" in given:
        raise InvalidSoftwareStatement
    _check_types(given)
    metadata = Metadata(
        name=_text(given, "client_name").strip() or DEFAULT_NAME,
        client_uri=_text(given, "client_uri"),
        logo_uri=_text(given, "logo_uri"),
        redirect_uris=_texts(given, "redirect_uris"),
        scope=_scope(_text(given, "scope")),
        auth_method=_one_of(given, "token_endpoint_auth_method", METHODS),
        application_type=_one_of(given, "application_type", ("web", "native")),
        post_logout_redirect_uris=_texts(given, "post_logout_redirect_uris"),
    )
    _check_words(metadata, settings)
    _check_redirect_uris(metadata, settings)
    _check_sign_out(metadata.post_logout_redirect_uris, settings)
    return metadata


def effective(client: Client) -> dict[str, Any]:
    """The metadata that counts, defaults included, as the client is told (RFC 7591 section 3.2.1)."""
    chosen = PUBLIC if client.public else client.token_endpoint_auth_method or DEFAULT_METHOD
    optional = {
        "client_uri": client.client_uri,
        "logo_uri": client.logo_uri,
        "application_type": client.application_type,
        "post_logout_redirect_uris": client.sign_out_addresses,
    }
    return {
        "client_name": client.client_name,
        "redirect_uris": client.addresses,
        "token_endpoint_auth_method": chosen,
        "grant_types": list(GRANT_TYPES),
        "response_types": list(RESPONSE_TYPES),
        "scope": client.scope,
        **{name: value for name, value in optional.items() if value},
    }


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name, "")
    if not isinstance(value, str):
        raise InvalidClientMetadata(f"{name}: send a text.")
    return value


def _texts(given: Mapping[str, Any], name: str) -> list[str]:
    value = given.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidClientMetadata(f"{name}: send a list of texts.")
    return value


def _one_of(given: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str | None:
    value = _text(given, name) or None
    if value is not None and value not in choices:
        raise InvalidClientMetadata(f"{name}: send one of {', '.join(choices)}.")
    return value


def _check_types(given: Mapping[str, Any]) -> None:
    """There is the code flow and nothing else; other grant types that are only offered are left out."""
    if "grant_types" in given:
        grants = _texts(given, "grant_types")
        if "authorization_code" not in grants or _REFUSED_GRANTS & set(grants):
            raise InvalidClientMetadata("grant_types: send authorization_code, with or without refresh_token.")
    if "response_types" in given and set(_texts(given, "response_types")) != set(RESPONSE_TYPES):
        raise InvalidClientMetadata("response_types: send code, it belongs to authorization_code.")


def _scope(text: str) -> str:
    """What it may ask people for, of what there is; everything only when it says so by name (DESIGN section 4)."""
    try:
        asked = scopes.parse(text or None)
    except InvalidScope as error:
        raise InvalidClientMetadata(f"scope: {error.description}") from error
    return scopes.written(asked & SCOPES.keys()) or SELF_REGISTERED


def _check_words(metadata: Metadata, settings: Settings) -> None:
    draft = Draft(metadata.name, "", metadata.client_uri, metadata.logo_uri, metadata.redirect_uris)
    found = registration.problems(draft, http_allowed=settings.http_allowed, homepage_required=False)
    for problem in found:
        if problem.field in _NAMES:
            raise InvalidClientMetadata(f"{_NAMES[problem.field]}: {problem.message}.")


def _check_redirect_uris(metadata: Metadata, settings: Settings) -> None:
    uris, name = metadata.redirect_uris, "redirect_uris"
    if not uris:
        raise InvalidClientMetadata(f"{name}: send at least one.")
    if len(" ".join(uris).encode()) > MAX_REDIRECT_URIS:
        raise InvalidRedirectUri(f"{name}: shorten them to {MAX_REDIRECT_URIS:,} bytes in all.")
    # A website has no app to open, and a native client no host of its own that could be without encryption.
    app_schemes = metadata.public and settings.app_schemes and metadata.application_type != "web"
    http_allowed = settings.http_allowed and metadata.application_type != "native"
    for number, uri in enumerate(uris):
        found = redirect_uris.problem(uri, http_allowed=http_allowed, app_schemes=app_schemes)
        if found:
            raise InvalidRedirectUri(f"{name}[{number}]: {found}.")
    patterns = allowlist.lines(settings.registration_allowlist)
    outside = next((number for number, uri in enumerate(uris) if not allowlist.permits(patterns, uri)), None)
    if outside is not None:
        raise InvalidRedirectUri(f"{name}[{outside}]: this server does not permit this address.")


def _check_sign_out(uris: list[str], settings: Settings) -> None:
    name = "post_logout_redirect_uris"
    if len(" ".join(uris).encode()) > MAX_REDIRECT_URIS:
        raise InvalidClientMetadata(f"{name}: shorten them to {MAX_REDIRECT_URIS:,} bytes in all.")
    for number, uri in enumerate(uris):
        found = redirect_uris.problem(uri, http_allowed=settings.http_allowed)
        if found:
            raise InvalidClientMetadata(f"{name}[{number}]: {found}.")
