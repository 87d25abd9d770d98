"""`python3 dev.py keys`: the keys of a local server that is stopped: what there is, rotation, dropping what leaked."""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local import environment
from local.data_folder import UnusableFolder, held

if TYPE_CHECKING:
    from chalicelib.store.key_rotation import Line

USAGE = 2
SERVER = "http://localhost:8065"  # no key depends on it, but there is no configuration without


def main() -> int:
    """Carry out one command: 0 when it is done, 2 when it cannot be; then a line says why."""
    options = _options()
    # First of all: Gatepost reads the environment when it is imported, in the functions below.
    environment.enter(SERVER)
    from chalicelib.errors import Unavailable
    from chalicelib.store.key_rotation import KeyRefused

    try:
        with _deployment(options.data):
            print(run(options))
    except (KeyRefused, UnusableFolder) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return USAGE
    except Unavailable:
        sys.stderr.write("The keys cannot be reached or changed now. Give the same command again.\n")
        return USAGE
    return 0


def run(options: Namespace) -> str:
    """Carry out a command on the deployment of this process's environment; give what there is to say.

    Raises:
        KeyRefused: it is not carried out.
        Unavailable: DynamoDB or Secrets Manager did not answer.

    """
    from chalicelib.store import key_rotation

    now = time.time_ns() // 1_000_000
    origin = key_rotation.operator(now)
    if options.command == "publish" and options.root:
        made = key_rotation.publish_root(origin)
        return f"{made} is the root for everything new. What was made with the one before stays good."
    if options.command == "publish":
        made = key_rotation.publish(origin)
        return f"{made} is published and does not sign yet. In 24 hours: dev.py keys sign-with {made}"
    if options.command == "sign-with":
        key_rotation.sign_with(options.id, origin, at_once=options.now)
        return f"{options.id} signs. What was signed before stays good until its key is dropped."
    if options.command == "drop":
        return _dropped(key_rotation.drop(options.id, origin))
    return table(key_rotation.listed(now), now // 1000)


def table(lines: "list[Line]", now: int) -> str:
    """Write the list as people read it; `now` is Unix seconds."""
    rows = [("key", "kind", "age", "state")]
    rows += [(line.key_id, line.kind, _age(line, now), _state(line, now)) for line in lines]
    return "\n".join(f"{key_id:6}{kind:9}{age:10}{state}" for key_id, kind, age, state in rows)


def duration(seconds: int) -> str:
    """Write a stretch of time in its largest unit, never less than it is."""
    for unit, size in (("d", 24 * 3600), ("h", 3600)):
        if seconds >= 2 * size:
            return f"{-(-seconds // size)} {unit}"
    return f"{max(1, -(-seconds // 60))} min"


def _options() -> Namespace:
    folder = ArgumentParser(add_help=False)
    folder.add_argument("--data", type=Path, default=Path(".local"), metavar="DIR", help="(%(default)s)")
    parser = ArgumentParser("dev.py keys", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", parents=[folder], help="every key, its age and what it does")
    publish = commands.add_parser("publish", parents=[folder], help="a new signing key, which does not sign yet")
    publish.add_argument("--root", action="store_true", help="a new root instead, in use at once")
    sign_with = commands.add_parser("sign-with", parents=[folder], help="sign with a published key")
    sign_with.add_argument("id", metavar="KEY")
    sign_with.add_argument("--now", action="store_true", help="although it was published less than 24 hours ago")
    drop = commands.add_parser("drop", parents=[folder], help="end a key, and everything signed or made with it")
    drop.add_argument("id", metavar="KEY")
    return parser.parse_args()


@contextmanager
def _deployment(folder: Path) -> Iterator[None]:
    """Be the one process that has the data of a local server, until the end of the block."""
    from local import emulator
    from tools.provision import provision

    if not (folder / emulator.SECRETS_FILE).exists():
        raise UnusableFolder(f"There are no keys in the data folder {folder}: no server has run with it.")
    with held(folder), emulator.running(folder):
        provision()
        yield


def _dropped(line: "Line") -> str:
    if line.state != "needed":
        return f"{line.key_id} is dropped. Nothing that is still good was made with it."
    return f"{line.key_id} is dropped. Everything signed or made with it stopped at once: people sign in to apps again."


def _age(line: "Line", now: int) -> str:
    return "unknown" if line.made_at is None else duration(now - line.made_at)


def _state(line: "Line", now: int) -> str:
    left = duration(line.until - now)
    if line.state == "in use":
        return "signs" if line.kind == "signing" else "in use"
    if line.state == "published":
        return f"published, may sign in {left}" if line.until > now else "published, may sign"
    if line.state == "needed":
        return f"still needed: tokens may be good for another {left}"
    return "can be dropped"


if __name__ == "__main__":
    sys.exit(main())
