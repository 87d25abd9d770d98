"""Node for the tests of JavaScript clients: which one is taken, and that npm installs a lock once."""

import json
import re
import subprocess
from pathlib import Path

import pytest

import dev
from tools import node
from tools.bench.processes import PEER

ROOT = Path(__file__).parents[2]
Patch = pytest.MonkeyPatch


def program(path: Path, script: str) -> None:
    """Write a program that stands for Node or npm."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: Patch) -> Path:
    """Make the only folder on PATH, with a Node and an npm that notes every call and does what npm does."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    program(folder / "node", "echo v24.1.0")
    program(folder / "npm", "echo called >>calls; mkdir -p node_modules; rm -f node_modules/.gatepost*")
    return folder


@pytest.fixture
def packages(tmp_path: Path, programs: Path) -> Path:
    """Make a folder of npm packages, with a lock."""
    folder = tmp_path / "packages"
    folder.mkdir()
    (folder / "package-lock.json").write_text("{}")
    return folder


def calls(packages: Path) -> int:
    """How often npm was called."""
    noted = packages / "calls"
    return len(noted.read_text().splitlines()) if noted.exists() else 0


def without_pypi(monkeypatch: Patch) -> None:
    """Have nothing from PyPI, and no way to get it."""

    def refuse(lock: str) -> None:
        raise subprocess.CalledProcessError(1, ["uv", lock])

    monkeypatch.setattr(dev, "prepare", refuse)
    monkeypatch.setattr(node, "find_spec", lambda _name: None)


def test_the_node_on_path_is_taken(programs: Path) -> None:
    assert node.found() == node.Node(str(programs / "node"), (str(programs / "npm"),))


@pytest.mark.parametrize("said", ["v18.20.0", "v9.1.0", "nonsense", ""])
def test_a_node_that_is_too_old_is_not_taken(programs: Path, said: str, monkeypatch: Patch) -> None:
    program(programs / "node", f"echo {said}")
    without_pypi(monkeypatch)

    assert node.found() is None


def test_without_a_node_the_locked_one_is_installed(packages: Path, programs: Path, monkeypatch: Patch) -> None:
    (programs / "node").unlink()
    monkeypatch.setenv("PATH", str(programs))
    without_pypi(monkeypatch)
    installed: list[str] = []
    monkeypatch.setattr(dev, "prepare", installed.append)

    node.ready(packages)

    assert installed == [str(ROOT / "requirements-node.txt")]


def test_where_there_is_none_to_be_had_nothing_is_said_to_be_ready(
    packages: Path, programs: Path, monkeypatch: Patch
) -> None:
    (programs / "node").unlink()
    monkeypatch.setenv("PATH", str(programs))
    without_pypi(monkeypatch)

    assert node.ready(packages) is None


def test_a_lock_is_installed_once(packages: Path) -> None:
    assert node.ready(packages)
    assert node.ready(packages)

    assert calls(packages) == 1


def test_a_changed_lock_is_installed(packages: Path) -> None:
    node.ready(packages)

    (packages / "package-lock.json").write_text('{"changed": true}')

    assert node.ready(packages)
    assert calls(packages) == 2


def test_an_installation_that_failed_is_tried_again(packages: Path, programs: Path) -> None:
    program(programs / "npm", "echo called >>calls; mkdir -p node_modules; exit 1")

    assert node.ready(packages) is None
    assert node.ready(packages) is None

    assert calls(packages) == 2


def test_a_registry_that_does_not_answer_is_not_waited_for_forever(
    packages: Path, programs: Path, monkeypatch: Patch
) -> None:
    program(programs / "npm", "exec sleep 30")
    monkeypatch.setattr(node, "PATIENCE", 0.1)

    assert node.ready(packages) is None


LOCKED = pytest.mark.parametrize("folder", [node.PACKAGES, PEER], ids=["clients", "bench"])


@LOCKED
def test_the_npm_lock_hashes_every_package_and_names_no_registry(folder: Path) -> None:
    """DESIGN section 8: it works with whichever registry a machine uses."""
    lock = json.loads((folder / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}

    assert packages
    assert [name for name, package in packages.items() if not package["integrity"].startswith("sha512-")] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


@LOCKED
def test_every_npm_package_is_named_with_its_exact_version(folder: Path) -> None:
    named = json.loads((folder / "package.json").read_text())["dependencies"]

    assert [version for version in named.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
