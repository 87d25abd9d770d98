"""How secrets are made, written down, recognised, fingerprinted, compared and sealed (DESIGN section 3).

Everything random is 256 bits (client secrets: 190) and is kept as its SHA-256 only; what a person chose is kept as
Argon2id.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from argon2 import PasswordHasher
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ID_ALPHABET: Final = "ybndrfg8ejkmcpqxot1uwisza345h769"  # z-base-32: Mattermost's id alphabet (contract 1.1)
BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ID_LENGTH: Final = 26
SECRET_LENGTH: Final = 43  # 32 bytes in base62
GENERATION_LENGTH: Final = 6
KEY_ID_LENGTH: Final = 4
CHECKSUM_LENGTH: Final = 6

_ID: Final = f"[{ID_ALPHABET}]{{{ID_LENGTH}}}"
_WORD: Final = f"[0-9A-Za-z]{{{SECRET_LENGTH}}}"
_ID_FORM: Final = re.compile(_ID)
_CODE_FORM: Final = re.compile(f"gpc_({_ID})({_ID}){_WORD}")
_SESSION_FORM: Final = re.compile(f"gpn_({_ID})({_ID})({_WORD})")
_REFRESH_FORM: Final = re.compile(
    f"gpr_([0-9a-z]{{{KEY_ID_LENGTH}}})({_ID})({_ID})([0-9A-Za-z]{{{GENERATION_LENGTH}}})({_WORD})"
)


class Locator(NamedTuple):
    """The rows a code or a session token points at, read from the token itself."""

    user_id: str
    row_id: str


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token taken apart; `mac` is still to be checked against the row's salt."""

    key_id: str
    user_id: str
    authorization_id: str
    generation: int
    mac: str = field(repr=False)


# --- identifiers ------------------------------------------------------------------------------------------------


def new_id() -> str:
    """Make an identifier: 128 random bits as 26 characters of Mattermost's alphabet."""
    return id_from(secrets.token_bytes(16))


def id_from(octets: bytes) -> str:
    """Write 16 octets as an identifier, so that an id can be derived from a ticket as well as drawn."""
    number = int.from_bytes(octets[:16], "big") << 2
    return "".join(ID_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def is_id(text: str) -> bool:
    """Whether this could be one of our identifiers; anything else is refused before it becomes a key."""
    return _ID_FORM.fullmatch(text) is not None


# --- tokens -----------------------------------------------------------------------------------------------------


def new_secret() -> bytes:
    """Draw 256 random bits."""
    return secrets.token_bytes(32)


def new_client_secret() -> str:
    """Make a client secret: `gps_`, 32 random base62 characters, checksum; 42 in all."""
    return _checked("gps_" + "".join(secrets.choice(BASE62) for _ in range(32)))


def new_link_token(prefix: str) -> str:
    """Make the token of a one-time link; `prefix` says which: `gpu_` set-up."""
    return _checked(prefix + base62(new_secret(), SECRET_LENGTH))


def code_token(user_id: str, authorization_id: str, secret: bytes) -> str:
    """Write an authorization code: it names its own row, so that checking it is one read."""
    return _checked(f"gpc_{user_id}{authorization_id}{base62(secret, SECRET_LENGTH)}")


def session_token(user_id: str, session_id: str, secret: bytes) -> str:
    """Write a session token, for the cookie and for `Authorization: Bearer`."""
    return _checked(f"gpn_{user_id}{session_id}{base62(secret, SECRET_LENGTH)}")


def refresh_token(key_id: str, user_id: str, authorization_id: str, generation: int, mac: bytes) -> str:
    """Write the refresh token of one generation; no copy of it is stored (checklists, note A)."""
    number = base62(generation.to_bytes(4, "big"), GENERATION_LENGTH)
    return _checked(f"gpr_{key_id}{user_id}{authorization_id}{number}{base62(mac, SECRET_LENGTH)}")


def parse_code(text: str) -> Locator | None:
    """Take a code apart; None if it is not one of ours, which costs no read."""
    found = _CODE_FORM.fullmatch(_unchecked(text))
    return Locator(found[1], found[2]) if found else None


def parse_session(text: str) -> Locator | None:
    """Take a session token apart; None if it is not one of ours."""
    found = _SESSION_FORM.fullmatch(_unchecked(text))
    return Locator(found[1], found[2]) if found else None


def parse_refresh(text: str) -> RefreshToken | None:
    """Take a refresh token apart; None if it is not one of ours."""
    found = _REFRESH_FORM.fullmatch(_unchecked(text))
    if found is None:
        return None
    return RefreshToken(found[1], found[2], found[3], _base62_number(found[4]), found[5])


def base62(octets: bytes, length: int) -> str:
    """Write octets as base62, padded to a fixed length."""
    number, digits = int.from_bytes(octets, "big"), ""
    while number:
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return digits.rjust(length, "0")


def _base62_number(text: str) -> int:
    number = 0
    for digit in text:
        number = number * 62 + BASE62.index(digit)
    return number


def _checked(text: str) -> str:
    """Add the checksum, so that a mistyped or truncated credential is told apart without a read."""
    return text + base62(zlib.crc32(text.encode()).to_bytes(4, "big"), CHECKSUM_LENGTH)


def _unchecked(text: str) -> str:
    """The text without its checksum, or nothing if the checksum is not its own."""
    body = text[:-CHECKSUM_LENGTH]
    return body if text.isascii() and _checked(body) == text else ""


# --- fingerprints and comparison --------------------------------------------------------------------------------


def fingerprint(secret: str) -> str:
    """What is stored of a random secret: its SHA-256, in hex."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare without telling by the time taken how much was right."""
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))


def mac(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA-256 over parts that cannot run into each other."""
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.digest(key, message, "sha256")


# --- passwords --------------------------------------------------------------------------------------------------


def hash_password(password: str) -> str:
    """Hash what a person chose: Argon2id, 19 MiB, 2 passes, 1 lane (OWASP's first choice)."""
    return _hasher().hash(password)


def password_matches(password: str, password_hash: str | None) -> bool:
    """Check a password; with no hash the same work is done, so that an unknown person takes as long."""
    from argon2.exceptions import VerifyMismatchError

    try:
        _hasher().verify(password_hash or _hash_of_nobody(), password)
    except VerifyMismatchError:
        return False
    return password_hash is not None


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import (
        PasswordHasher,
    )  # here: no token endpoint needs it, and a cold start would pay for it

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _hash_of_nobody() -> str:
    return hash_password(secrets.token_hex(16))


# --- sealing ----------------------------------------------------------------------------------------------------


def seal(secret: str, plain: str, context: str) -> str:
    """Encrypt for whoever holds `secret` (a token that is in no table), bound to `context`.

    Hex of nonce and AES-256-GCM.
    """
    nonce = secrets.token_bytes(12)
    return (nonce + _cipher(secret).encrypt(nonce, plain.encode(), context.encode())).hex()


def unseal(secret: str, sealed: str, context: str) -> str | None:
    """Open what `seal` closed; None with another secret or context."""
    from cryptography.exceptions import InvalidTag

    octets = bytes.fromhex(sealed)
    try:
        return _cipher(secret).decrypt(octets[:12], octets[12:], context.encode()).decode()
    except InvalidTag:
        return None


def _cipher(secret: str) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hmac.digest(secret.encode(), b"gatepost sealed secret", "sha256"))
