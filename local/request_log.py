"""The request lines `dev.py run` prints: never a query value, never a credential."""

import re
import time

from local.server import Exchange
from local.terminal import Style

# Invitations and set-up links carry their credential in the path.
_CREDENTIAL = re.compile(r"\bgp[a-z]_\w+")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")
_PATH_COLUMNS = 48


def line(exchange: Exchange, style: Style) -> str:
    """Describe one request in one line, e.g. `12:44:03  303  GET     /oauth/authorize   14 ms`."""
    status = style.colour(_colour(exchange.status), str(exchange.status))
    path = f"{_shown(exchange.path):{_PATH_COLUMNS}}"
    clock = time.strftime("%H:%M:%S")
    return f"  {clock}  {status}  {exchange.method:7} {path} {exchange.milliseconds:6.0f} ms"


def _shown(path: str) -> str:
    # What a client sends must not move the cursor or change the colours of this terminal.
    return _CREDENTIAL.sub(lambda found: found[0][:4] + "..", _UNPRINTABLE.sub("?", path))


def _colour(status: int) -> str:
    return {2: "green", 3: "cyan", 4: "yellow"}.get(status // 100, "red")
