"""Signing in: the try is counted before the password is looked at, and nobody learns who exists (DESIGN section 2).

Tries are counted by login and network, by login, and by network; those from a known device of the person by that
device alone, so that no stranger can use them up (design-notes (b) 10).
"""

import hashlib
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Final

from chalicelib import policy
from chalicelib.accounts import known_devices, sessions
from chalicelib.accounts.sessions import Opened
from chalicelib.credentials import new_id, password_matches
from chalicelib.errors import Deactivated, TooManyTries, WrongCredentials
from chalicelib.store.audit import Origin
from chalicelib.store.limits import Bucket, given_back, record_once, tried, window_end
from chalicelib.store.reading import Key, read
from chalicelib.store.settings import Settings
from chalicelib.store.users import Name, User, name_key, user_key
from chalicelib.store.writing import Change, ConditionFailed, write_together

MAX_LOGIN: Final = 128
MAX_PASSWORD: Final = 1024


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody signs in with; `device` is what their browser holds as a known device, not believed yet."""

    login_id: str
    password: str = field(repr=False)
    device: str | None = field(default=None, repr=False)


def login_key(login_id: str) -> Key[Name]:
    """Where a username or e-mail address leads to."""
    return name_key("e" if "@" in login_id else "u", login_id.strip()[:MAX_LOGIN])


def sign_in(attempt: Attempt, name: Name | None, settings: Settings, origin: Origin) -> tuple[User, Opened]:
    """Open a session for who knows the password; three round trips after the one that read `name`.

    An unknown person, a wrong password and a deactivated account take the same steps and get the same answer;
    that an account is deactivated is said only after the right password.

    Raises:
        TooManyTries: the limit for this login, network or device is used up.
        WrongCredentials: unknown, wrong, or more than anybody types.
        Deactivated: the password is right.
        Contention: DynamoDB could not decide.

    """
    user, password = _user(name), attempt.password
    device_id = known_devices.recognised(attempt.device, user.user_id, settings) if user else None
    own = [_device_bucket(user.user_id, device_id, origin)] if user and device_id else None
    returned = _reserved(own or _buckets(attempt.login_id, origin), origin)
    good = password_matches(password[:MAX_PASSWORD], user.password_hash if user else None)
    if user is None or not good or len(password) > MAX_PASSWORD:
        raise WrongCredentials
    if not user.active:
        raise Deactivated
    opened = sessions.prepare(user, settings, origin)
    write_together(*sessions.opening(opened, user, origin), *returned)
    return user, opened


def reserve_own_try(user: User, origin: Origin) -> list[Change]:
    """Count a try of somebody who is signed in and says their password again.

    In a bucket of their own: only who holds a session of theirs can use it up. Gives the changes that give it back.

    Raises:
        TooManyTries: the limit is used up.
        Contention: DynamoDB could not decide.

    """
    return _reserved([Bucket(f"password#{user.user_id}", policy.TRIES_PER_DEVICE, _window_end(origin))], origin)


def _user(name: Name | None) -> User | None:
    key = user_key(name.owner_id if name else new_id())  # for nobody a row is read all the same
    return read(key)[key]


def _reserved(buckets: list[Bucket], origin: Origin) -> list[Change]:
    try:
        write_together(*(tried(bucket) for bucket in buckets))
    except ConditionFailed as failure:
        record_once(buckets[0], origin, "user.sign_in")
        raise TooManyTries(buckets[0].left(origin.now)) from failure
    return [given_back(bucket) for bucket in buckets]


def _device_bucket(user_id: str, device_id: str, origin: Origin) -> Bucket:
    return Bucket(f"device#{user_id}#{device_id}", policy.TRIES_PER_DEVICE, _window_end(origin))


def _buckets(login_id: str, origin: Origin) -> list[Bucket]:
    until, login, network = _window_end(origin), _fingerprint(login_id), network_of(origin.network)
    return [
        Bucket(f"login#{login}#{network}", policy.TRIES_PER_LOGIN_AND_NETWORK, until),
        Bucket(f"login#{login}", policy.TRIES_PER_LOGIN, until),
        Bucket(f"network#{network}", policy.TRIES_PER_NETWORK, until),
    ]


def _window_end(origin: Origin) -> int:
    return window_end(int(policy.TRY_WINDOW.total_seconds()), origin.now)


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
