"""`dev.py bench` measures what it says it measures; how long that takes is not judged here."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.bench import processes
from tools.bench.cost import Cost, Measurement
from tools.node import ready

ROOT = Path(__file__).parents[2]


def test_the_function_is_measured_with_its_round_trips() -> None:
    """DESIGN section 9: whole sign-in seven, bearer check one; a first request has one more if it needs the keys.

    The first requests are of the package, with nothing of Python's but what Lambda has.
    """
    command = [sys.executable, "-m", "tools.bench", "--runs", "3", "--cold"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert [(line[:52].rstrip(), line[52:].split()[0]) for line in done.stdout.splitlines()[1:]] == [
        ("whole sign-in (authorize, exchange, me, refresh)", "7"),
        ("bearer check (users/me)", "1"),
        ("cold start: import, and what clients ask first", "1"),
        ("the same of a bare Chalice and PynamoDB app", "1"),
        ("cold start: import, and a first bearer check", "2"),
        ("cold start: import, and a first page (sign-in)", "2"),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_whole_server_processes_do_the_same_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """DESIGN section 9: over HTTP it is the same seven, and the other server signs somebody in, too."""
    monkeypatch.setattr(processes, "WARM_UP", 1)
    node = ready(processes.PEER, processes.PEER_NODE)
    if not node:
        pytest.skip("Node or the npm packages cannot be installed")

    ours, libraries, theirs = processes.measured(node, runs=processes.ROUNDS)

    assert [cost.trips for cost in ours.costs] == [7] * processes.ROUNDS
    assert [cost.trips for cost in libraries.costs] == [7] * processes.ROUNDS
    assert min(cost.trips for cost in theirs.costs) > 7


def test_a_measurement_says_its_least_and_its_median() -> None:
    costs = [Cost(7, 3.0), Cost(7, 1.0), Cost(7, 2.004)]

    assert str(Measurement("sign-in", "8 ms", costs)).split() == ["sign-in", "7", "1.00", "2.00", "8", "ms"]
