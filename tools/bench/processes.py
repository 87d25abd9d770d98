"""Whole server processes over HTTP: Gatepost beside node-oidc-provider, before the same emulated DynamoDB."""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin

import requests

from tools.bench.cost import Cost, Measurement
from tools.bench.running import Process, calls, keep_rows, put_rows_back, running
from tools.bench.sign_in import Addresses, Caller, Send, gatepost_caller, over_http
from tools.node import Node

SERVED = (sys.executable, "-m", "tools.bench.served")
PEER = Path(__file__).with_name("peer")
PEER_ADDRESSES = Addresses("/auth", "/token", "/me", scope="openid profile")
PEER_NODE = 22  # the oldest major version that node-oidc-provider supports
CLIENT = {
    "client_id": "bench",
    "client_secret": "a-secret-of-the-bench-and-of-nothing-else",
    "redirect_uri": "https://standup.example.net/oauth/callback",
}
REGISTRATION = {
    "client_id": CLIENT["client_id"],
    "client_secret": CLIENT["client_secret"],
    "redirect_uris": [CLIENT["redirect_uri"]],
    "grant_types": ["authorization_code", "refresh_token"],
}
WARM_UP = 300  # sign-ins: Node compiles what is used often
ROUNDS = 5  # they take turns, so that all have the machine's better and worse moments


class _Whole(Protocol):
    """Something that can sign in."""

    def whole(self) -> None:
        """Sign in with remembered consent, call the API and refresh."""


class _BareCaller:
    """Makes as many requests as a whole sign-in, that make as many round trips, and mean nothing."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def whole(self) -> None:
        """Two trips, two, one and two, like authorize, exchange, me and refresh."""
        form = [("content-type", "application/x-www-form-urlencoded")]
        for method, headers in (("POST", form), ("POST", form), ("GET", []), ("POST", form)):
            assert self._send(method, "/rows", headers, b"").status == 200


def measured(node: Node, runs: int) -> Iterator[Measurement]:
    """Measure a whole sign-in of each, and what the libraries cost that Gatepost stands on.

    Raises:
        OSError: this system has no /proc.

    """
    with ExitStack() as stack:
        aws = stack.enter_context(running(sys.executable, "-m", "tools.bench.aws"))
        gatepost = stack.enter_context(running(*SERVED, aws.said))
        bare = stack.enter_context(running(*SERVED, aws.said, "bare"))
        peer = stack.enter_context(running(node.node, str(PEER / "server.mjs"), aws.said, json.dumps(REGISTRATION)))
        told = json.loads(gatepost.said)
        compared: list[tuple[_Whole, Process]] = [
            (gatepost_caller(over_http(told["url"]), told["demo"]), gatepost),
            (_BareCaller(over_http(json.loads(bare.said)["url"])), bare),
            (_peer_caller(peer.said), peer),
        ]
        keep_rows(aws)
        for caller, _ in compared:
            _repeat(caller, WARM_UP)
        times = max(runs // ROUNDS, 1)
        rounds = [[_cost(caller, server, aws, times) for caller, server in compared] for _ in range(ROUNDS)]
    ours, libraries, theirs = (list(costs) for costs in zip(*rounds, strict=True))
    yield Measurement("whole sign-in, server process over HTTP", "1.5 of the next line", ours)
    yield Measurement("as many requests and trips of a bare Chalice app", "", libraries)
    yield Measurement("whole sign-in of node-oidc-provider", "", theirs)


def _peer_caller(url: str) -> Caller:
    """Sign in and allow once: the cookies of that make consent remembered."""
    session = requests.Session()
    caller = Caller(over_http(url, session), PEER_ADDRESSES, CLIENT, [])
    answer = session.get(url + PEER_ADDRESSES.authorize, params=caller.question("first"), allow_redirects=False)
    while not answer.headers["Location"].startswith(CLIENT["redirect_uri"]):
        answer = session.get(urljoin(answer.url, answer.headers["Location"]), allow_redirects=False)
    return caller


def _repeat(caller: _Whole, times: int) -> None:
    for _ in range(times):
        caller.whole()


def _cost(caller: _Whole, server: Process, aws: Process, times: int) -> Cost:
    put_rows_back(aws)  # the more there are, the longer the emulator takes, and the colder a waiting server gets
    called, seconds = calls(aws), server.cpu
    _repeat(caller, times)
    return Cost((calls(aws) - called) / times, (server.cpu - seconds) * 1000 / times)
