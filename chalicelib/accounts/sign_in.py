"""Signing in: the try is counted before the password is looked at, and nobody learns who exists (DESIGN section 2)."""

import hashlib
from ipaddress import IPv6Address, ip_address
from typing import Final

from chalicelib import policy
from chalicelib.accounts import sessions
from chalicelib.accounts.sessions import Opened
from chalicelib.credentials import new_id, password_matches
from chalicelib.errors import Deactivated, TooManyTries, WrongCredentials
from chalicelib.store.audit import Origin, refused
from chalicelib.store.limits import Bucket, given_back, tried
from chalicelib.store.reading import Key, read
from chalicelib.store.settings import Settings
from chalicelib.store.users import Name, User, name_key, user_key
from chalicelib.store.writing import ConditionFailed, write_together

MAX_LOGIN: Final = 128
MAX_PASSWORD: Final = 1024


def login_key(login_id: str) -> Key[Name]:
    """Where a username or e-mail address leads to."""
    return name_key("e" if "@" in login_id else "u", login_id.strip()[:MAX_LOGIN])


def sign_in(login_id: str, password: str, name: Name | None, settings: Settings, origin: Origin) -> tuple[User, Opened]:
    """Open a session for who knows the password; three round trips after the one that read `name`.

    An unknown person, a wrong password and a deactivated account take the same steps and get the same answer;
    that an account is deactivated is said only after the right password.

    Raises:
        TooManyTries: the limit for this login or network is used up.
        WrongCredentials: unknown, wrong, or more than anybody types.
        Deactivated: the password is right.
        Contention: DynamoDB could not decide.

    """
    user = _user(name)
    buckets = _buckets(login_id, origin)
    _reserve(buckets, origin)
    good = password_matches(password[:MAX_PASSWORD], user.password_hash if user else None)
    if user is None or not good or len(password) > MAX_PASSWORD:
        raise WrongCredentials
    if not user.active:
        raise Deactivated
    opened = sessions.prepare(user, settings, origin)
    # A try that was right is given back, so that people who sign in often are not slowed down.
    returned = [given_back(bucket) for bucket in buckets]
    write_together(*sessions.opening(opened, user, origin), *returned)
    return user, opened


def _user(name: Name | None) -> User | None:
    key = user_key(name.owner_id if name else new_id())  # for nobody a row is read all the same
    return read(key)[key]


def _reserve(buckets: list[Bucket], origin: Origin) -> None:
    try:
        write_together(*(tried(bucket) for bucket in buckets))
    except ConditionFailed as failure:
        _record_once(buckets[0], origin)
        raise TooManyTries(max(1, buckets[0].until - origin.now // 1000)) from failure


def _record_once(bucket: Bucket, origin: Origin) -> None:
    """Audit a used-up limit once per window, so that guessing buys no writes."""
    spent = Bucket(f"{bucket.name}#recorded", 1, bucket.until)
    try:
        write_together(tried(spent), refused(origin, "user.sign_in", bucket.name))
    except ConditionFailed:
        return


def _buckets(login_id: str, origin: Origin) -> list[Bucket]:
    window = int(policy.TRY_WINDOW.total_seconds())
    until = (origin.now // 1000 // window + 1) * window
    login, network = _fingerprint(login_id), network_of(origin.network)
    return [
        Bucket(f"login#{login}#{network}", policy.TRIES_PER_LOGIN_AND_NETWORK, until),
        Bucket(f"login#{login}", policy.TRIES_PER_LOGIN, until),
        Bucket(f"network#{network}", policy.TRIES_PER_NETWORK, until),
    ]


def _fingerprint(login_id: str) -> str:
    """A login id may be anything, even a password typed into the wrong field: it is never stored as it is."""
    key = login_key(login_id)
    return hashlib.sha256(key.hash_key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def network_of(address: str) -> str:
    """The network an address counts for: /24 for IPv4, /48 for IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return ":".join(parsed.exploded.split(":")[:3])
    return ".".join(address.split(".")[:3])
