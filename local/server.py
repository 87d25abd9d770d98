"""Gatepost over HTTP on this machine: a threaded server in front of the emulated API Gateway."""

import logging
import socket
import socketserver
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chalice.app import Chalice

from local import http1
from local.gateway import Answer, Gateway, Request, refusal

IDLE_LIMIT = 75  # seconds a connection may say nothing
LINGER = 2  # seconds to wait for what a refused sender still sends
_PART = 64 * 1024  # bytes read at once

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that was answered, without anything that could be secret but the path."""

    method: str
    path: str
    status: int
    milliseconds: float


class Server(socketserver.ThreadingTCPServer):
    """One thread per connection.  `shutdown()`, then `server_close()`, end it."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, gateway: Gateway, address: tuple[str, int], on_request: Callable[[Exchange], None]) -> None:
        self.gateway = gateway
        self.on_request = on_request
        super().__init__(address, _Connection)
        self.server_name, self.server_port = address[0], int(self.server_address[1])

    def serve_forever(self, poll_interval: float = 0.05) -> None:
        """Serve until `shutdown()`, which waits at most `poll_interval` seconds."""
        super().serve_forever(poll_interval)

    @property
    def url(self) -> str:
        """The address to call it at, e.g. `http://127.0.0.1:8065`."""
        return f"http://{self.server_name}:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:  # the base class's signature
        """Log what a connection died of; a browser that hangs up is no error."""
        log.debug("connection from %s ended early", client_address, exc_info=True)


def serve(
    app: Chalice,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    on_request: Callable[[Exchange], None] = lambda _: None,
) -> Server:
    """Listen with an app, on a free port for port 0; the caller runs `serve_forever()`.

    Raises:
        OSError: the port is taken (EADDRINUSE) or may not be used.

    """
    return Server(Gateway(app), (host, port), on_request)


class _Connection(socketserver.BaseRequestHandler):
    request: socket.socket
    server: Server

    def handle(self) -> None:
        """Answer one request after the other."""
        # Otherwise the end of a long answer waits 40 ms for the acknowledgement of its beginning.
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request.settimeout(IDLE_LIMIT)
        reader = http1.Reader()
        try:
            while (octets := self.request.recv(_PART)) and all(map(self._answered, reader.feed(octets))):
                if reader.awaited():
                    self.request.sendall(http1.CONTINUE)
        except http1.Unreadable as error:
            self._send(refusal(error.status, str(error)))
            self._linger()

    def _answered(self, received: http1.Received) -> bool:
        """Answer a request; gives whether there may be another one."""
        began = time.perf_counter()
        request = Request(received.method, received.target, received.headers, received.body, self.client_address[0])
        answer = self.server.gateway.handle(request)
        self._send(answer, to_head=received.method == "HEAD", keeps_alive=received.keeps_alive)
        spent = (time.perf_counter() - began) * 1000
        self.server.on_request(Exchange(received.method, urlsplit(received.target).path, answer.status, spent))
        return received.keeps_alive

    def _send(self, answer: Answer, *, to_head: bool = False, keeps_alive: bool = False) -> None:
        self.request.sendall(http1.written(answer, to_head=to_head, keeps_alive=keeps_alive))

    def _linger(self) -> None:
        """Read on before hanging up: the answer would be lost to whoever still sends (RFC 9112 section 9.6)."""
        self.request.shutdown(socket.SHUT_WR)
        until = time.monotonic() + LINGER
        while (left := until - time.monotonic()) > 0:
            self.request.settimeout(left)
            if not self.request.recv(_PART):
                return
