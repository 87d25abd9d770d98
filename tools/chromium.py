"""The browser that tests drive: Debian's Chromium, installed when it can be."""

import os
import shutil
import subprocess

INSTALLATION = (["apt-get", "update"], ["apt-get", "install", "--yes", "chromium"])
FLAGS = [
    "--no-sandbox",  # tests run as root in containers, and open nothing but our own pages
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def found_or_installed() -> str | None:
    """Find Chromium, or install it with apt-get as root; None when there is none to be had."""
    return found() or (found() if _installed() else None)


def found() -> str | None:
    """Find Chromium on this machine."""
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
