"""`dev.py keys`: what it says, and what it refuses in one line."""

import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.store.key_rotation import KeyRefused
from local.data_folder import held
from tests.make import World
from tests.vault import kept_as_found, kids, root_ids
from tools import keys

ROOT = Path(__file__).parents[2]


@pytest.fixture
def vault(world: World) -> Iterator[Any]:
    """The secret, left as it was found."""
    with kept_as_found() as client:
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data of a server that has run."""
    (tmp_path / "secrets.json").write_text("{}")
    return tmp_path


def given(command: str, key_id: str = "", **options: bool) -> str:
    """What a command says, on the deployment of the tests."""
    return keys.run(Namespace(command=command, id=key_id, **({"root": False, "now": False} | options)))


def launched(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Give a command as dev.py does."""
    command = [sys.executable, "-m", "tools.keys", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def states() -> dict[str, str]:
    """What the list says of each key."""
    lines = given("list").splitlines()[1:]
    return {line.split()[0]: line.split(maxsplit=2)[2] for line in lines}


# --- what it says -----------------------------------------------------------------------------------------------


def test_the_list_says_what_each_key_does(world: World, vault: Any) -> None:
    """Age, and state: signs, published, still needed, can be dropped."""
    [old], [root] = kids(), root_ids()
    new = given("publish")[:4]
    world.clock.shift(timedelta(hours=3))
    assert states()[old].endswith(" signs")
    assert states()[new] == "3 h       published, may sign in 21 h"
    assert states()[root].endswith(" in use")

    given("sign-with", new, now=True)
    assert states()[old].endswith(" still needed: tokens may be good for another 61 min")
    world.clock.shift(timedelta(hours=2))
    assert states()[old].endswith(" can be dropped")


def test_what_may_sign_says_so(world: World, vault: Any) -> None:
    """A day after it was published."""
    new = given("publish")[:4]
    world.clock.shift(timedelta(days=1))

    assert states()[new] == "24 h      published, may sign"


def test_each_command_says_what_comes_of_it(world: World, vault: Any) -> None:
    """And what to do next."""
    [old] = kids()
    published = given("publish")
    new = published[:4]

    assert published.endswith(f"In 24 hours: dev.py keys sign-with {new}")
    assert given("sign-with", new, now=True).startswith(f"{new} signs.")
    assert given("drop", old).endswith("stopped at once: people sign in to apps again.")
    assert given("publish", root=True).startswith(f"{root_ids()[0]} is the root for everything new.")


def test_dropping_what_nobody_needs_frightens_nobody(world: World, vault: Any) -> None:
    """The warning is for a leak."""
    new = given("publish")[:4]

    assert given("drop", new) == f"{new} is dropped. Nothing that is still good was made with it."


def test_now_is_asked_for(world: World, vault: Any) -> None:
    """Without it a young key does not sign."""
    new = given("publish")[:4]

    with pytest.raises(KeyRefused, match="give --now if the key that signs has leaked"):
        given("sign-with", new)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "1 min"), (61, "2 min"), (7199, "120 min"), (7200, "2 h"), (172_799, "48 h"), (172_800, "2 d")],
)
def test_a_duration_is_in_its_largest_unit(seconds: int, text: str) -> None:
    """Rounded up: nobody is told to come too early."""
    assert keys.duration(seconds) == text


# --- as a command -----------------------------------------------------------------------------------------------


def test_a_rotation_stays_in_the_data_folder(folder: Path) -> None:
    """Every command is a process of its own."""
    published = launched("publish", "--data", str(folder))
    new = published.stdout[:4]
    early = launched("sign-with", new, "--data", str(folder))
    shown = launched("list", "--data", str(folder))

    assert (published.returncode, early.returncode, shown.returncode) == (0, 2, 0)
    assert early.stderr.startswith(f"{new} was published less than 24 hours ago")
    assert len(early.stderr.splitlines()) == 1
    assert f"{new}  signing  1 min     published, may sign in 24 h" in shown.stdout


def test_the_folder_of_a_running_server_is_refused(folder: Path) -> None:
    """One process has the data: stop the server first."""
    with held(folder):
        done = launched("list", "--data", str(folder))

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"The data folder {folder} is in use by another process.\n"


def test_a_folder_without_keys_is_left_alone(tmp_path: Path) -> None:
    """A mistyped folder is said, not made."""
    done = launched("drop", "abcd", "--data", str(tmp_path / "none"))

    assert done.returncode == 2
    assert done.stderr == f"There are no keys in the data folder {tmp_path / 'none'}: no server has run with it.\n"
    assert not (tmp_path / "none").exists()
