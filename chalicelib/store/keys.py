"""The deployment's keys: one secret in Secrets Manager, read again exactly when the settings say that it changed.

The secret is JSON: `roots`, each {id, secret}, from which every symmetric key is derived by label (HKDF, RFC 5869),
newest first; and `signing`, each {kid, pem}, RSA-2048.
"""

import base64
import json
import secrets
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import botocore.session
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chalicelib import config
from chalicelib.credentials import BASE62, KEY_ID_LENGTH
from chalicelib.errors import Unavailable

_KEY_ID_ALPHABET = BASE62[:10] + BASE62[36:]  # digits and lower-case letters


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
    def public(self) -> dict[str, RSAPublicKey]:
        """Every published signing key, by `kid`."""
        return {kid: self.private(kid).public_key() for kid in self._pems}

    def private(self, kid: str) -> RSAPrivateKey:
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
        keys = _fetched()
        _held.clear()
        _held[version] = keys
    return keys


def forget() -> None:
    """Forget what was read: the next request asks Secrets Manager again."""
    _held.clear()


def _fetched() -> Keys:
    try:
        answer = _client().get_secret_value(SecretId=config.current().keys_secret)
    except (BotoCoreError, ClientError) as error:
        raise Unavailable from error
    held = json.loads(answer["SecretString"])
    roots = {root["id"]: base64.b64decode(root["secret"]) for root in held["roots"]}
    return Keys(roots, {key["kid"]: key["pem"] for key in held["signing"]})


def provision() -> None:
    """Make the secret with one root and one signing key, unless it is there already."""
    first = {
        "roots": [{"id": _key_id(), "secret": base64.b64encode(secrets.token_bytes(32)).decode()}],
        "signing": [{"kid": _key_id(), "pem": _new_pem()}],
    }
    try:
        _client().create_secret(Name=config.current().keys_secret, SecretString=json.dumps(first))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceExistsException":
            raise


def first_kid() -> str:
    """The `kid` of the newest signing key in the secret, for the settings of a new deployment."""
    answer = _client().get_secret_value(SecretId=config.current().keys_secret)
    return str(json.loads(answer["SecretString"])["signing"][0]["kid"])


@cache
def _client() -> Any:
    """A botocore client: its methods are made at run time, so there is nothing to type."""
    settings = ClientConfig(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 3, "mode": "standard"})
    return botocore.session.get_session().create_client("secretsmanager", config=settings)


@cache
def _load(pem: str) -> RSAPrivateKey:
    # Validating a key costs 40 ms; we made this one and read it from our own secret.
    key = serialization.load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, RSAPrivateKey)  # narrows the type; the secret holds nothing else
    return key


@cache
def _derived(root: bytes, label: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=f"gatepost {label}".encode()).derive(root)


def _key_id() -> str:
    return "".join(secrets.choice(_KEY_ID_ALPHABET) for _ in range(KEY_ID_LENGTH))


def _new_pem() -> str:
    octets = generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return octets.decode()
