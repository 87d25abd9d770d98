"""Ports of this machine that nobody listens at."""

import secrets
import socket
from contextlib import suppress
from typing import Final

# The system gives connections ports from 32768 on (Linux): one of those could be taken before it is listened at.
_OURS: Final = range(20_000, 32_000)


def free_port() -> int:
    """A port to listen at in a moment, or one where nobody answers."""
    while True:
        port = secrets.choice(_OURS)
        with suppress(OSError), socket.create_server(("localhost", port)):
            return port
