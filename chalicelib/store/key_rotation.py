"""Rotating the deployment's keys: publish, sign with, drop (DESIGN section 3, OpenID Connect Core section 10.1.1).

The secret and the settings cannot change in one transaction. The secret goes first and says which `keys_version` it is
meant for; the settings follow. Until they do, warm workers keep the keys they have, and whoever reads the secret
anew uses none that those do not know. What was interrupted in between is finished by the next command.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Final, Literal, NamedTuple

from pynamodb.attributes import UnicodeAttribute

from chalicelib.credentials import new_id
from chalicelib.errors import Unavailable
from chalicelib.store import keys
from chalicelib.store.audit import Origin, event
from chalicelib.store.keys import Content, Root, SigningKey
from chalicelib.store.reading import read
from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.settings import Settings, Value, changed, settings_key
from chalicelib.store.writing import ConditionFailed, Contention, delete, put, write, write_together

PUBLISHED_FOR: Final = int(timedelta(hours=24).total_seconds())  # other servers keep a key set that long
OTHER_AUDIENCES: Final = int(timedelta(minutes=15).total_seconds())  # tokens for other resource servers live that long
LATE_SIGNATURES: Final = int(timedelta(minutes=1).total_seconds())  # a request being answered still signs with the old
LEASE: Final = timedelta(minutes=2)  # longer than all calls of a command can take, time-outs and repetitions included
ATTEMPTS: Final = 5

State = Literal["in use", "published", "needed", "idle"]


class KeyRefused(Exception):
    """A command about keys that is not carried out; the text says why, and what to do, in one line."""


class Rotation(Record):
    """Who is changing the keys: one at a time, because Secrets Manager takes no condition."""

    class Meta:
        table_name = table("settings")

    name = UnicodeAttribute(hash_key=True)
    holder = UnicodeAttribute()
    until = IntAttribute()
    ttl = ExpiryAttribute()


class Line(NamedTuple):
    """A key in a list.  `made_at` and `until` are Unix seconds, `made_at` None for what is older than the record of it.

    `until` is from when a published key may sign, or until when tokens of a replaced one can still be good.
    """

    key_id: str
    kind: Literal["signing", "root"]
    made_at: int | None
    state: State
    until: int = 0


class _Opened(NamedTuple):
    """Secret and settings as they are; `finished` is the change of an interrupted command, finished just now."""

    content: Content
    settings: Settings
    finished: tuple[str, ...] = ()

    @property
    def ids(self) -> set[str]:
        return {root["id"] for root in self.content["roots"]} | {key["kid"] for key in self.content["signing"]}

    @property
    def root(self) -> Root:
        """The root in use."""
        version = self.settings.keys_version
        return next(root for root in self.content["roots"] if root.get("from_version", 0) <= version)


def operator(now: int) -> Origin:
    """Where a command comes from that somebody with the deployment's own credentials gives; `now` in milliseconds."""
    return Origin("operator", "", "", new_id(), now)


def listed(now: int) -> list[Line]:
    """Every key and what it does, signing keys first; `now` is Unix milliseconds.

    Raises:
        Unavailable: DynamoDB or Secrets Manager did not answer.

    """
    held = _Opened(keys.content(), _settings())
    signing = [_signing_line(key, held, now // 1000) for key in held.content["signing"]]
    return signing + [_root_line(root, held, now // 1000) for root in held.content["roots"]]


def publish(origin: Origin) -> str:
    """Publish a new signing key, which does not sign yet; give its id. While one is waiting to sign, that is it.

    Raises:
        KeyRefused: another command is under way.
        Unavailable: DynamoDB or Secrets Manager did not answer; the same command again finishes it.

    """
    with _alone(origin):
        held = _opened(origin)
        lines = [_signing_line(key, held, origin.now // 1000) for key in held.content["signing"]]
        waiting = [line.key_id for line in lines if line.state == "published"]
        if waiting:
            return waiting[0]
        made = keys.new_signing_key(origin.now // 1000, held.ids)
        held.content["signing"].append(made)
        _announce(held, "keys.publish", made["kid"], origin)
        return made["kid"]


def publish_root(origin: Origin) -> str:
    """Make a new root and use it for everything new; give its id.

    Raises:
        KeyRefused: another command is under way.
        Unavailable: DynamoDB or Secrets Manager did not answer; the same command again finishes it.

    """
    with _alone(origin):
        held = _opened(origin)
        if held.finished == ("keys.publish", held.root["id"]):
            return held.root["id"]
        made = keys.new_root(origin.now // 1000, held.ids)
        made["from_version"] = _next_version(held)
        # A refresh token is used within the idle time, and then gives one of the new root.
        held.root["needed_until"] = origin.now // 1000 + held.settings.refresh_idle
        held.content["roots"].insert(0, made)
        _announce(held, "keys.publish", made["id"], origin)
        return made["id"]


def sign_with(kid: str, origin: Origin, *, at_once: bool = False) -> None:
    """Sign with a published key from now on; what the one before signed stays good.

    Raises:
        KeyRefused: there is no such key, it was published too lately (unless `at_once`), another command is under way.
        Unavailable: DynamoDB or Secrets Manager did not answer; the same command again finishes it.

    """
    with _alone(origin):
        held, now = _opened(origin), origin.now // 1000
        found = {key["kid"]: key for key in held.content["signing"]}
        if kid not in found:
            raise KeyRefused(f"There is no signing key {kid}.")
        if held.settings.signing_kid == kid:
            return
        line = _signing_line(found[kid], held, now)
        if line.state == "published" and now < line.until and not at_once:
            raise KeyRefused(_too_early(kid, line.until - now))
        longest = max(held.settings.access_token_lifetime, OTHER_AUDIENCES) + LATE_SIGNATURES
        found[kid].pop("needed_until", None)
        if held.settings.signing_kid in found:
            found[held.settings.signing_kid]["needed_until"] = now + longest
        keys.replace(held.content)
        _set({"signing_kid": kid}, "keys.sign_with", kid, origin)


def drop(key_id: str, origin: Origin) -> Line:
    """Drop a key: every token it signed, or every refresh token made with it, stops with the next request.

    Gives the key as it was: "needed" means that somebody loses access by this.

    Raises:
        KeyRefused: there is no such key, it is in use, or another command is under way.
        Unavailable: DynamoDB or Secrets Manager did not answer; the same command again finishes it.

    """
    with _alone(origin):
        held, now = _opened(origin), origin.now // 1000
        if held.finished == ("keys.drop", key_id):
            return Line(key_id, "signing", None, "needed")
        signing = [_signing_line(key, held, now) for key in held.content["signing"] if key["kid"] == key_id]
        roots = [_root_line(root, held, now) for root in held.content["roots"] if root["id"] == key_id]
        if not signing and not roots:
            raise KeyRefused(f"There is no key {key_id}.")
        [line] = signing or roots
        if line.state == "in use":
            raise KeyRefused(_in_use(line))
        held.content["signing"] = [key for key in held.content["signing"] if key["kid"] != key_id]
        held.content["roots"] = [root for root in held.content["roots"] if root["id"] != key_id]
        _announce(held, "keys.drop", key_id, origin)
        return line


def _opened(origin: Origin) -> _Opened:
    """Read secret and settings; a command that was interrupted between them is finished first."""
    held = _Opened(keys.content(), _settings())
    meant = held.content.get("version", 1)
    if meant <= held.settings.keys_version:
        return held
    action, key_id = held.content.get("last", ["keys.publish", ""])
    _set({"keys_version": meant}, action, key_id, origin)
    return held._replace(settings=_settings(), finished=(action, key_id))


def _next_version(held: _Opened) -> int:
    return max(held.settings.keys_version, held.content.get("version", 1)) + 1


def _announce(held: _Opened, action: str, key_id: str, origin: Origin) -> None:
    """Write the secret, then say in the settings that it changed: from then on every worker reads it again."""
    version = _next_version(held)
    held.content["version"], held.content["last"] = version, [action, key_id]
    keys.replace(held.content)
    _set({"keys_version": version}, action, key_id, origin)


def _set(values: dict[str, Value], action: str, key_id: str, origin: Origin) -> None:
    """Change the settings, whatever else an administrator changes in them meanwhile."""
    for _ in range(ATTEMPTS):
        settings = _settings()
        if all(settings.value(name) == value for name, value in values.items()):
            return
        with suppress(ConditionFailed, Contention):  # changed meanwhile, or applied and not heard of: read again
            write_together(*changed(settings, values), event(origin, action, key_id))
            return
    raise Unavailable


def _settings() -> Settings:
    live = settings_key()
    settings = read(live)[live]
    if settings is None:
        raise Unavailable
    return settings


@contextmanager
def _alone(origin: Origin) -> Iterator[None]:
    """Let nobody else change the keys until the end of the block; who died in it stands in the way for two minutes."""
    until = origin.now + LEASE // timedelta(milliseconds=1)
    row = Rotation(name="keys", holder=origin.request_id, until=until, ttl=until // 1000)
    try:
        write(put(row, Rotation.name.does_not_exist() | (Rotation.until <= origin.now)))
    except ConditionFailed as failure:
        raise KeyRefused("Another command is changing the keys. Try again in two minutes.") from failure
    except Contention as error:
        raise Unavailable from error
    try:
        yield
    finally:
        _let_others(row)


def _let_others(row: Rotation) -> None:
    with suppress(ConditionFailed, Contention):  # it ends by itself
        write_together(delete(row, Rotation.holder == row.holder))


def _signing_line(key: SigningKey, held: _Opened, now: int) -> Line:
    made_at = key.get("made_at")
    if key["kid"] == held.settings.signing_kid:
        return Line(key["kid"], "signing", made_at, "in use")
    if "needed_until" not in key:
        return Line(key["kid"], "signing", made_at, "published", (made_at or 0) + PUBLISHED_FOR)
    until = key["needed_until"]
    return Line(key["kid"], "signing", made_at, "needed" if now < until else "idle", until)


def _root_line(root: Root, held: _Opened, now: int) -> Line:
    made_at, until = root.get("made_at"), root.get("needed_until", 0)
    if root["id"] == held.root["id"]:
        return Line(root["id"], "root", made_at, "in use")
    if root.get("from_version", 0) > held.settings.keys_version:
        return Line(root["id"], "root", made_at, "published")
    return Line(root["id"], "root", made_at, "needed" if now < until else "idle", until)


def _too_early(kid: str, seconds: int) -> str:
    return (
        f"{kid} was published less than 24 hours ago: servers that keep our key set would refuse what it signs. "
        f"Wait {-(-seconds // 3600)} h, or give --now if the key that signs has leaked."
    )


def _in_use(line: Line) -> str:
    if line.kind == "root":
        return f"{line.key_id} is in use. Publish another root first."
    return f"{line.key_id} signs. Publish another key and sign with that first."
