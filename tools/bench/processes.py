"""Whole server processes over HTTP: Gatepost beside node-oidc-provider, before the same emulated DynamoDB."""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urljoin

import requests

from tools.bench.cost import Cost, Measurement
from tools.bench.running import Process, calls, keep_rows, put_rows_back, running
from tools.bench.sign_in import Addresses, Caller, gatepost_caller, over_http
from tools.node import Node

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
ROUNDS = 5  # the two take turns, so that both have the machine's better and worse moments


def measured(node: Node, runs: int) -> Iterator[Measurement]:
    """Measure a whole sign-in of each.

    Raises:
        OSError: this system has no /proc.

    """
    with ExitStack() as stack:
        aws = stack.enter_context(running(sys.executable, "-m", "tools.bench.aws"))
        gatepost = stack.enter_context(running(sys.executable, "-m", "tools.bench.served", aws.said))
        peer = stack.enter_context(running(node.node, str(PEER / "server.mjs"), aws.said, json.dumps(REGISTRATION)))
        told = json.loads(gatepost.said)
        ours, theirs = gatepost_caller(over_http(told["url"]), told["demo"]), _peer_caller(peer.said)
        keep_rows(aws)
        for caller in (ours, theirs):
            _repeat(caller, WARM_UP)
        times = max(runs // ROUNDS, 1)
        rounds = [(_cost(ours, gatepost, aws, times), _cost(theirs, peer, aws, times)) for _ in range(ROUNDS)]
    yield Measurement("whole sign-in, server process over HTTP", "half of the next line", [cost for cost, _ in rounds])
    yield Measurement("the same by node-oidc-provider", "", [cost for _, cost in rounds])


def _peer_caller(url: str) -> Caller:
    """Sign in and allow once: the cookies of that make consent remembered."""
    session = requests.Session()
    caller = Caller(over_http(url, session), PEER_ADDRESSES, CLIENT, [])
    answer = session.get(url + PEER_ADDRESSES.authorize, params=caller.question("first"), allow_redirects=False)
    while not answer.headers["Location"].startswith(CLIENT["redirect_uri"]):
        answer = session.get(urljoin(answer.url, answer.headers["Location"]), allow_redirects=False)
    return caller


def _repeat(caller: Caller, times: int) -> None:
    for _ in range(times):
        caller.whole()


def _cost(caller: Caller, server: Process, aws: Process, times: int) -> Cost:
    put_rows_back(aws)  # the more there are, the longer the emulator takes, and the colder a waiting server gets
    called, seconds = calls(aws), server.cpu
    _repeat(caller, times)
    return Cost((calls(aws) - called) / times, (server.cpu - seconds) * 1000 / times)
