"""The deployment's keys: one secret in Secrets Manager, read again exactly when the settings say that it changed.

The secret is JSON: `roots`, from which every symmetric key is derived by label (HKDF, RFC 5869), newest first; and
`signing`, RSA-2048. How they come and go is in `key_rotation`.
"""

import base64
import json
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import botocore.session
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.credentials import BASE62, KEY_ID_LENGTH
from chalicelib.errors import Unavailable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

_KEY_ID_ALPHABET = BASE62[:10] + BASE62[36:]  # digits and lower-case letters


class Root(TypedDict):
    """A root: 256 bits in base64.  Moments are Unix seconds.

    It is used from `from_version` of the settings' `keys_version` on, and was replaced when it has a `needed_until`.
    """

    id: str
    secret: str
    made_at: NotRequired[int]
    from_version: NotRequired[int]
    needed_until: NotRequired[int]


class SigningKey(TypedDict):
    """A signing key.  Moments are Unix seconds.

    One that stopped signing has a `needed_until`: when the last token it signed has ended.
    """

    kid: str
    pem: str
    made_at: NotRequired[int]
    needed_until: NotRequired[int]


class Content(TypedDict):
    """The whole secret.  `version` is the `keys_version` it is meant for, `last` the change that led to it."""

    roots: list[Root]
    signing: list[SigningKey]
    version: NotRequired[int]
    last: NotRequired[list[str]]


@dataclass(frozen=True)
class Keys:
    """The keys of one version of the secret.

    Symmetric keys are named by what they are for, so that none serves two ends.
    """

    _roots: dict[str, bytes] = field(repr=False)
    _pems: dict[str, str] = field(repr=False)

    @property
    def root_id(self) -> str:
        """The id of the root that new MACs are made under."""
        return next(iter(self._roots))

    @cached_property
    def public(self) -> "dict[str, RSAPublicKey]":
        """Every published signing key, by `kid`."""
        return {kid: self.private(kid).public_key() for kid in self._pems}

    def private(self, kid: str) -> "RSAPrivateKey":
        """The signing key with this id."""
        return _load(self._pems[kid])

    def derive(self, label: str, root_id: str | None = None) -> bytes | None:
        """The 256-bit key for `label` under a root; None when that root has been retired."""
        root = self._roots.get(root_id or self.root_id)
        return None if root is None else _derived(root, label)

    def current(self, label: str) -> bytes:
        """The 256-bit key for `label` under the newest root."""
        return _derived(self._roots[self.root_id], label)


_held: dict[int, Keys] = {}  # the newest version only: what a warm worker knows without asking


def newest() -> tuple[int, Keys] | None:
    """The version and keys this process read last; None while it is cold."""
    return next(iter(_held.items()), None)


def at(version: int) -> Keys:
    """The keys as of a `keys_version` of the settings: one call to Secrets Manager per version and process.

    Raises:
        Unavailable: Secrets Manager did not answer.

    """
    keys = _held.get(version)
    if keys is None:
        keys = _as_of(version, content())
        _held.clear()
        _held[version] = keys
    return keys


def forget() -> None:
    """Forget what was read: the next request asks Secrets Manager again."""
    _held.clear()


def content() -> Content:
    """Read the whole secret.

    Raises:
        Unavailable: Secrets Manager did not answer.

    """
    try:
        answer = _client().get_secret_value(SecretId=config.current().keys_secret)
    except (BotoCoreError, ClientError) as error:
        raise Unavailable from error
    held: Content = json.loads(answer["SecretString"])
    return held


def replace(held: Content) -> None:
    """Write the whole secret.

    Raises:
        Unavailable: Secrets Manager did not answer; whether it wrote is not known.

    """
    try:
        _client().put_secret_value(SecretId=config.current().keys_secret, SecretString=json.dumps(held))
    except (BotoCoreError, ClientError) as error:
        raise Unavailable from error


def provision() -> None:
    """Make the secret with one root and one signing key, unless it is there already."""
    root = new_root(int(time.time()))
    first = Content(roots=[root], signing=[new_signing_key(int(time.time()), {root["id"]})])
    try:
        _client().create_secret(Name=config.current().keys_secret, SecretString=json.dumps(first))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceExistsException":
            raise


def first_kid() -> str:
    """The `kid` of the first signing key in the secret, for the settings of a new deployment."""
    return content()["signing"][0]["kid"]


def new_root(now: int, taken: Collection[str] = ()) -> Root:
    """Draw a root, with an id that no other key has; `now` is Unix seconds."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    return Root(id=_key_id(taken), secret=secret, made_at=now)


def new_signing_key(now: int, taken: Collection[str] = ()) -> SigningKey:
    """Make a signing key, with an id that no other key has; `now` is Unix seconds."""
    return SigningKey(kid=_key_id(taken), pem=_new_pem(), made_at=now)


def _as_of(version: int, held: Content) -> Keys:
    # A root that is not announced yet is known and not used: other workers may not have it (`key_rotation`).
    roots = sorted(held["roots"], key=lambda root: root.get("from_version", 0) > version)
    return Keys(
        {root["id"]: base64.b64decode(root["secret"]) for root in roots},
        {key["kid"]: key["pem"] for key in held["signing"]},
    )


@cache
def _client() -> Any:
    """A botocore client: its methods are made at run time, so there is nothing to type."""
    settings = ClientConfig(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 3, "mode": "standard"})
    return botocore.session.get_session().create_client("secretsmanager", config=settings)


@cache
def _load(pem: str) -> "RSAPrivateKey":
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    # Validating a key costs 40 ms; we made this one and read it from our own secret.
    key = load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, RSAPrivateKey)  # narrows the type; the secret holds nothing else
    return key


@cache
def _derived(root: bytes, label: str) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(hashes.SHA256(), 32, salt=None, info=f"gatepost {label}".encode()).derive(root)


def _key_id(taken: Collection[str]) -> str:
    drawn = "".join(secrets.choice(_KEY_ID_ALPHABET) for _ in range(KEY_ID_LENGTH))
    return _key_id(taken) if drawn in taken else drawn


def _new_pem() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    octets = generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return octets.decode()
