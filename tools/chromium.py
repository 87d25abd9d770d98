"""The browser that tests drive: Debian's Chromium, installed when it can be."""

import os
import shutil
import subprocess

INSTALLATION = (["apt-get", "update"], ["apt-get", "install", "--yes", "chromium"])


def found_or_installed() -> str | None:
    """Find Chromium, or install it with apt-get as root; None when there is none to be had."""
    return _found() or (_found() if _installed() else None)


def _found() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _installed() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("Installing Chromium ...", flush=True)
    return all(_runs(command) for command in INSTALLATION)


def _runs(command: list[str]) -> bool:
    unattended = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=unattended, stdout=subprocess.DEVNULL, check=False)
    return done.returncode == 0
