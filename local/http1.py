"""HTTP/1.1 as octets (RFC 9112): requests are read by llhttp, Node's parser; answers are written here."""

import time
from collections.abc import Iterator
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from local.gateway import Answer

HEADER_LIMIT = 64 * 1024  # bytes that may come without being the end of the headers
BODY_LIMIT = 10 * 1024 * 1024  # API Gateway's
CHUNKED_LIMIT = 1024 * 1024  # a body whose length nobody announced
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_WITHOUT_BODY = {204, 304}


class Unreadable(Exception):
    """Octets that are no request, or too many; `status` is what the sender is told."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Received(NamedTuple):
    """A request; `keeps_alive` says whether the sender may send another one over the same connection."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    keeps_alive: bool


class Reader:
    """Takes what comes over a connection apart into requests; the parser calls its `on_` methods."""

    def __init__(self) -> None:
        self._parser = HttpRequestParser(self)
        self._complete: list[Received] = []
        self._fault: Unreadable | None = None
        self._awaited = False
        self.on_message_begin()

    def feed(self, octets: bytes) -> Iterator[Received]:
        """Give the requests that are complete with these octets.

        Raises:
            Unreadable: what follows them is none; where the next one would begin is unknown.

        """
        try:
            self._parser.feed_data(octets)
        except HttpParserUpgrade as upgrade:  # an offer to speak another protocol, which may be left alone
            self._parser = HttpRequestParser(self)
            yield from self._completed()
            yield from self.feed(octets[upgrade.args[0] :])
        except HttpParserError as error:
            self._fault = self._fault or Unreadable(400, f"This is not a request: {error}")
        if self._in_head:
            self._count(len(octets))
        yield from self._completed()
        if self._fault:
            raise self._fault

    def awaited(self) -> bool:
        """Whether the sender waits, once for each request, to be told to send the body (RFC 9110 section 10.1.1)."""
        awaited, self._awaited = self._awaited, False
        return awaited

    def _completed(self) -> Iterator[Received]:
        complete, self._complete = self._complete, []
        yield from complete

    # --- what the parser calls ----------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """Start with nothing."""
        self._target, self._body = b"", bytearray()
        self._headers: list[tuple[str, str]] = []
        self._in_head, self._size, self._limit, self._awaited = True, 0, CHUNKED_LIMIT, False

    def on_url(self, octets: bytes) -> None:
        """Take a part of the target."""
        self._target += octets

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, and none that follows the body: it could claim anything (RFC 9110 section 6.5.1)."""
        if self._in_head:
            self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """See how long the body will be; the parser refused what is ambiguous."""
        self._in_head = False
        for name, value in self._headers:
            if name.lower() == "content-length":
                self._limit = BODY_LIMIT
                self._check_body(int(value))
            elif name.lower() == "transfer-encoding" and value.strip().lower() != "chunked":
                self._fault = Unreadable(501, "Transfer-Encoding other than chunked")
            elif name.lower() == "expect":
                self._awaited = value.lower() == "100-continue"

    def on_body(self, octets: bytes) -> None:
        """Take a part of the body."""
        self._awaited = False
        self._check_body(len(self._body) + len(octets))
        if not self._fault:
            self._body += octets

    def on_message_complete(self) -> None:
        """Take the whole."""
        if self._fault:
            return
        self._awaited = False
        keeps_alive = self._parser.should_keep_alive() and self._parser.get_http_version() != "1.0"
        target = self._target.decode("latin-1")
        # With two slashes it would be taken for an address with a host.
        target = "/" + target.lstrip("/") if target.startswith("//") else target
        method = self._parser.get_method().decode()
        self._complete.append(Received(method, target, self._headers, bytes(self._body), keeps_alive))

    def _count(self, octets: int) -> None:
        self._size += octets
        if self._size > HEADER_LIMIT:
            self._fault = Unreadable(431, "Request Header Fields Too Large")

    def _check_body(self, length: int) -> None:
        if length > self._limit:
            self._fault = Unreadable(413, "Request Entity Too Large")


def written(answer: Answer, *, to_head: bool, keeps_alive: bool) -> bytes:
    """Write an answer: the one to HEAD says how long a body would be and has none."""
    lines = [_beginning(answer.status, int(time.time())), *(f"{name}: {value}" for name, value in answer.headers)]
    if answer.status not in _WITHOUT_BODY:
        lines.append(f"Content-Length: {len(answer.body)}")
    if not keeps_alive:
        lines.append("Connection: close")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head if to_head or answer.status in _WITHOUT_BODY else head + answer.body


@lru_cache(maxsize=64)
def _beginning(status: int, now: int) -> str:
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now))
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nServer: Gatepost\r\nDate: {date}"
