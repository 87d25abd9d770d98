"""`python3 dev.py test`: format, lint, types, imports and tests, each with its name and time."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tools import node
from tools.chromium import found_or_installed

BIN = Path(sys.executable).parent
CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet"],
    "lint": ["ruff", "check", "--quiet"],
    "types": ["mypy"],
    "imports": ["lint-imports", "--no-cache"],
}


def main(arguments: list[str]) -> int:
    """Run every step, also after one failed: 0 when all passed, else 1."""
    chromium = found_or_installed()
    if not chromium and _cannot_do_without("Chromium", "pages in a browser"):
        return 1
    if not node.ready() and _cannot_do_without("Node", "clients written in JavaScript"):
        return 1
    failed = [name for name, command in CHECKS.items() if not _passes(name, command)]
    if not _passes("tests", _pytest(arguments, chromium)):
        failed.append("tests")
    print(f"Failed: {', '.join(failed)}" if failed else "All passed.")
    return 1 if failed else 0


def _pytest(arguments: list[str], chromium: str | None) -> list[str]:
    left_out = [] if "--full" in arguments else ["not full"]
    if not chromium:
        left_out.append("not browser")
    skips_fail = ["-p", "tools.no_skips"] if _in_ci() else []
    chosen = ["-m", " and ".join(left_out)] if left_out else []
    passed_on = [argument for argument in arguments if argument != "--full"]
    # A file's tests stay in one process, which makes its people and applications once.
    return ["pytest", "-q", "-n", "auto", "--dist", "loadfile", *skips_fail, *chosen, *passed_on]


def _cannot_do_without(program: str, purpose: str) -> bool:
    """Name what is missing; CI does not go on without it."""
    verdict = "cannot run" if _in_ci() else "are skipped"
    print(f"{program} is missing and could not be installed: tests of {purpose} {verdict}.")
    return _in_ci()


def _in_ci() -> bool:
    return os.environ.get("CI") == "true"


def _passes(name: str, command: list[str]) -> bool:
    print(f"== {name}: {' '.join(command)}", flush=True)
    began = time.monotonic()
    status = subprocess.run([BIN / command[0], *command[1:]], check=False).returncode
    verdict = "passed" if status == 0 else f"FAILED ({status})"
    print(f"== {name} {verdict} in {time.monotonic() - began:.1f} s", flush=True)
    return status == 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
