"""What `dev.py run` says when it is ready: lines for people, or one of JSON for programs."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib import __version__
from local.terminal import Style

Demo = Mapping[str, Any]  # what demo.json holds: base_url, accounts, sample_client
_ROLES = {"system_admin": "System Admin", "member": "Member"}


class Links(NamedTuple):
    """Where the two servers are."""

    server: str
    sample: str


class Start(NamedTuple):
    """What was started; `demo` is None without demo data, `set_up` once somebody is there."""

    links: Links
    data: str
    demo: Demo | None
    set_up: str | None


def banner(start: Start, style: Style) -> str:
    """Describe the start for people."""
    mode = "demo mode, " if start.demo else ""
    title = f"Gatepost {__version__}   {mode}data in {start.data}"
    places = [
        f"Server          {style.link(start.links.server)}",
        f"Sample client   {style.link(start.links.sample)}",
    ]
    paragraphs = [[style.colour("bold", title)], places, _people(start, style), _next(start)]
    return "\n" + "\n\n".join(_indented(lines) for lines in paragraphs if lines) + "\n"


def summary(start: Start) -> dict[str, Any]:
    """Describe the start for programs: demo.json's members, and the set-up link."""
    # The port may be another one than when the demo data was made.
    return {**(start.demo or {}), "base_url": start.links.server, "set_up_url": start.set_up}


def _people(start: Start, style: Style) -> list[str]:
    if start.demo:
        return [_account(account) for account in start.demo["accounts"]]
    return [f"Set up          {style.link(start.set_up)}"] if start.set_up else []


def _account(account: Mapping[str, str]) -> str:
    role = _ROLES[account["role"]]
    return f"{role:15} {account['username']:6} /  {account['password']:24} (demo only)"


def _next(start: Start) -> list[str]:
    if start.demo:
        step = 'Next: open the sample client and press "Sign in with Gatepost".'
    elif start.set_up:
        step = "Next: open the set-up link, which works once, and create the first System Admin."
    else:
        step = "Next: open the server and sign in."
    return [step, "Ctrl+C stops. Requests are listed below."]


def _indented(lines: list[str]) -> str:
    return "\n".join(f"  {line}" for line in lines)
