"""Somebody else's server: where an application gets its answers, on another origin than Gatepost."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

PAGE = b'<!doctype html><html lang="en"><title>Back</title><link rel="icon" href="data:,"><main><h1>Welcome back</h1>'


class Callback(ThreadingHTTPServer):
    """`answers` are the parameters that arrived; `/bounce` takes them and redirects to `onward`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Visit)
        self.answers: list[dict[str, str]] = []
        self.onward = ""
        self.url = f"http://127.0.0.1:{self.server_port}"

    @property
    def address(self) -> str:
        """The callback URL to register."""
        return f"{self.url}/callback"

    @property
    def last(self) -> dict[str, str]:
        """The newest answer."""
        return self.answers[-1]


class _Visit(BaseHTTPRequestHandler):
    server: Callback

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.query:
            self.server.answers.append(dict(parse_qsl(parts.query, keep_blank_values=True)))
        if parts.path == "/bounce":
            self.send_response(302)
            self.send_header("Location", self.server.onward)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def listening() -> Iterator[Callback]:
    """A server that answers until the end of the block."""
    server = Callback()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
