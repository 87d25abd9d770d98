"""The first request of fresh functions: Gatepost's package beside a bare Chalice app that is packaged the same way."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from local import environment
from local.gateway import Event, Gateway, Request
from tools.bench.cost import Cost, Measurement
from tools.bench.running import Process, calls, running
from tools.bench.sign_in import GATEPOST, ISSUER, gatepost_caller, over_http
from tools.package import compiled, unpacked

HERE = Path(__file__).parent
FIRST = [sys.executable, "-I", "-S", str(HERE / "first.py")]  # no more of this machine's Python than Lambda has


@dataclass(frozen=True, slots=True)
class _Start:
    """A package, and the request that starts it."""

    name: str
    budget: str
    package: Path
    event: Event


def measured(runs: int) -> Iterator[Measurement]:
    """Measure import and first request: of what reads one row, and, for they load more, with a token and of a page.

    Raises:
        subprocess.CalledProcessError: the package cannot be built.

    """
    environment.enter(ISSUER)
    with ExitStack() as stack:
        package = unpacked(Path(stack.enter_context(TemporaryDirectory())))
        aws = stack.enter_context(running(sys.executable, "-m", "tools.bench.aws"))
        gatepost = stack.enter_context(running(sys.executable, "-m", "tools.bench.served", aws.said))
        told = json.loads(gatepost.said)
        token = gatepost_caller(over_http(told["url"]), told["demo"]).sign_in()["access_token"]
        starts = _starts(package, token)
        rounds = [[_cost(start, aws) for start in starts] for _ in range(runs)]
    for start, costs in zip(starts, zip(*rounds, strict=True), strict=True):
        yield Measurement(start.name, start.budget, list(costs))


def _starts(package: Path, token: str) -> list[_Start]:
    from app import app
    from tools.bench.bare.app import app as bare

    gatepost, bearer = Gateway(app), [("authorization", f"Bearer {token}")]
    settings, me = _event(gatepost, "/api/v4/config/client?format=old"), _event(gatepost, GATEPOST.me, *bearer)
    return [
        _Start("cold start: import, and what clients ask first", "1.3 of the next line", package, settings),
        _Start("the same of a bare Chalice and PynamoDB app", "", _bare(package), _event(Gateway(bare), "/rows")),
        _Start("cold start: import, and a first bearer check", "", package, me),
        _Start("cold start: import, and a first page (sign-in)", "", package, _event(gatepost, "/login")),
    ]


def _event(gateway: Gateway, target: str, *headers: tuple[str, str]) -> Event:
    event = gateway.event(Request("GET", target, [("host", "localhost:8065"), *headers], b"", "127.0.0.1"))
    assert event is not None
    return event


def _bare(package: Path) -> Path:
    """Put the bare app in the place of the product, between the same libraries."""
    bare = package.with_name("bare")
    shutil.copytree(package, bare, ignore=shutil.ignore_patterns("chalicelib"))
    shutil.rmtree(bare / "__pycache__")
    shutil.copy(HERE / "bare" / "app.py", bare)
    compiled(bare)
    return bare


def _cost(start: _Start, aws: Process) -> Cost:
    called = calls(aws)
    told = subprocess.run(
        [*FIRST, str(start.package)],
        env=os.environ | {"AWS_ENDPOINT_URL": aws.said},
        input=json.dumps(start.event),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    seconds, status = told.split()
    assert status == "200", f"{start.name}: {told}"
    return Cost(calls(aws) - called, float(seconds) * 1000)
