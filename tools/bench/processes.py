"""Whole server processes over HTTP: Gatepost beside node-oidc-provider, before the same emulated DynamoDB."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import requests

from local.gateway import Answer
from tools.bench.cost import Cost, Measurement
from tools.bench.sign_in import Addresses, Caller, Headers, Send, gatepost_caller
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


@dataclass(frozen=True, slots=True)
class _Process:
    """A server, and what it printed when it listened."""

    pid: int
    said: str

    @property
    def cpu(self) -> float:
        """Seconds of CPU so far, of user and system (proc(5), fields 14 and 15)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(node: Node, runs: int) -> Iterator[Measurement]:
    """Measure a whole sign-in of each.

    Raises:
        OSError: this system has no /proc.

    """
    with ExitStack() as stack:
        aws = stack.enter_context(_running(sys.executable, "-m", "tools.bench.aws"))
        gatepost = stack.enter_context(_running(sys.executable, "-m", "tools.bench.served", aws.said))
        peer = stack.enter_context(_running(node.node, str(PEER / "server.mjs"), aws.said, json.dumps(REGISTRATION)))
        ours, theirs = _gatepost_caller(gatepost.said), _peer_caller(peer.said)
        for caller in (ours, theirs):
            _repeat(caller, WARM_UP)
        times = max(runs // ROUNDS, 1)
        rounds = [(_cost(ours, gatepost, aws, times), _cost(theirs, peer, aws, times)) for _ in range(ROUNDS)]
    yield Measurement("whole sign-in, server process over HTTP", "half of the next line", [cost for cost, _ in rounds])
    yield Measurement("the same by node-oidc-provider", "", [cost for _, cost in rounds])


@contextmanager
def _running(*command: str) -> Iterator[_Process]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield _Process(process.pid, process.stdout.readline().strip())
        finally:
            process.kill()


def _gatepost_caller(said: str) -> Caller:
    told = json.loads(said)
    return gatepost_caller(_sender(told["url"], requests.Session()), told["demo"])


def _peer_caller(url: str) -> Caller:
    """Sign in and allow once: the cookies of that make consent remembered."""
    session = requests.Session()
    caller = Caller(_sender(url, session), PEER_ADDRESSES, CLIENT, [])
    answer = session.get(url + PEER_ADDRESSES.authorize, params=caller.question("first"), allow_redirects=False)
    while not answer.headers["Location"].startswith(CLIENT["redirect_uri"]):
        answer = session.get(urljoin(answer.url, answer.headers["Location"]), allow_redirects=False)
    return caller


def _sender(url: str, session: requests.Session) -> Send:
    session.trust_env = False  # no proxy is between the two

    def send(method: str, target: str, headers: Headers, body: bytes) -> Answer:
        answer = session.request(method, url + target, headers=dict(headers), data=body, allow_redirects=False)
        return Answer(answer.status_code, list(answer.headers.items()), answer.content)

    return send


def _repeat(caller: Caller, times: int) -> None:
    for _ in range(times):
        caller.whole()


def _cost(caller: Caller, server: _Process, aws: _Process, times: int) -> Cost:
    calls, seconds = _calls(aws), server.cpu
    _repeat(caller, times)
    return Cost((_calls(aws) - calls) / times, (server.cpu - seconds) * 1000 / times)


def _calls(aws: _Process) -> int:
    return int(requests.get(aws.said, timeout=10).text)
