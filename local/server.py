"""Gatepost over HTTP on this machine: a threaded server in front of the emulated API Gateway."""

import logging
import socketserver
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Protocol
from urllib.parse import urlsplit

from chalice.app import Chalice

from local.gateway import Answer, Gateway, Request, refusal

BODY_LIMIT = 10 * 1024 * 1024  # API Gateway's
CHUNKED_LIMIT = 1024 * 1024  # a body whose length nobody announced
IDLE_LIMIT = 75  # seconds a connection may say nothing
_CHUNK_LINE_LIMIT = 1024
_WITHOUT_BODY = {204, 304}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that was answered, without anything that could be secret but the path."""

    method: str
    path: str
    status: int
    milliseconds: float


class BadBody(Exception):
    """A request body that cannot be read; `status` is what the sender is told."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Stream(Protocol):
    """What a body is read from."""

    def read(self, size: int, /) -> bytes:
        """Read `size` bytes, fewer at the end."""
        ...

    def readline(self, limit: int, /) -> bytes:
        """Read a line of at most `limit` bytes, with its end."""
        ...


class Server(socketserver.ThreadingMixIn, HTTPServer):
    """One thread per connection.  `shutdown()`, then `server_close()`, end it."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, gateway: Gateway, address: tuple[str, int], on_request: Callable[[Exchange], None]) -> None:
        self.gateway = gateway
        self.on_request = on_request
        super().__init__(address, _Connection)

    def server_bind(self) -> None:
        """Bind without HTTPServer's look-up of our own name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

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


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body leave in one packet: apart, the second waits 40 ms for an acknowledgement.
    wbufsize = 65536
    disable_nagle_algorithm = True
    timeout = IDLE_LIMIT
    server: Server

    def _handle(self) -> None:
        began = time.perf_counter()
        answer = self._answered()
        self._send(answer)
        spent = (time.perf_counter() - began) * 1000
        path = urlsplit(self.path).path
        self.server.on_request(Exchange(self.command, path, answer.status, spent))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _handle

    def _answered(self) -> Answer:
        try:
            body = read_body(self.headers, self.rfile)
        except BadBody as error:
            # Where the next request would begin is unknown.
            self.close_connection = True
            return refusal(error.status, str(error))
        headers, network = list(self.headers.items()), self.client_address[0]
        return self.server.gateway.handle(Request(self.command, self.path, headers, body, network))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status not in _WITHOUT_BODY:
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and answer.status not in _WITHOUT_BODY:
            self.wfile.write(answer.body)
        self.wfile.flush()

    def version_string(self) -> str:
        """Name the server without the Python version."""
        return "Gatepost"

    def log_message(self, *_: object) -> None:
        """Print nothing: `on_request` is told, and addresses hold codes."""


def read_body(headers: Message, stream: Stream) -> bytes:
    """Read a request's body, announced by length or in chunks (RFC 9112 §6).

    Raises:
        BadBody: it is too long, or where it ends is not clear.

    """
    lengths, encodings = (
        headers.get_all("Content-Length", []),
        headers.get_all("Transfer-Encoding", []),
    )
    if encodings and lengths:
        raise BadBody(400, "Content-Length and Transfer-Encoding in one request")
    if encodings:
        return _read_chunked(encodings, stream)
    return _read_exactly(stream, _announced(lengths)) if lengths else b""


def _announced(lengths: list[str]) -> int:
    if len(set(lengths)) != 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
        raise BadBody(400, "Content-Length is not a number")
    if int(lengths[0]) > BODY_LIMIT:
        raise BadBody(413, "Request Entity Too Large")
    return int(lengths[0])


def _read_chunked(encodings: list[str], stream: Stream) -> bytes:
    if [encoding.strip().lower() for encoding in encodings] != ["chunked"]:
        raise BadBody(501, "Transfer-Encoding other than chunked")
    body = b""
    while size := _chunk_size(stream):
        if len(body) + size > CHUNKED_LIMIT:
            raise BadBody(413, "Request Entity Too Large")
        body += _read_exactly(stream, size)
        if stream.readline(_CHUNK_LINE_LIMIT).strip():
            raise BadBody(400, "A chunk is longer than it said")
    while stream.readline(_CHUNK_LINE_LIMIT).strip():
        pass  # trailer fields: nothing here reads them
    return body


def _chunk_size(stream: Stream) -> int:
    digits = stream.readline(_CHUNK_LINE_LIMIT).partition(b";")[0].strip()
    if not digits or digits.strip(b"0123456789abcdefABCDEF"):
        raise BadBody(400, "A chunk's length is not a number")
    return int(digits, 16)


def _read_exactly(stream: Stream, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise BadBody(400, "The request ended early")
    return data
