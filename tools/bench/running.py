"""Processes that are measured: started, ended, their CPU time, and how often they called AWS."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests


@dataclass(frozen=True, slots=True)
class Process:
    """A server, and what it printed when it listened."""

    pid: int
    said: str

    @property
    def cpu(self) -> float:
        """Seconds of CPU so far, of user and system (proc(5), fields 14 and 15)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(*command: str) -> Iterator[Process]:
    """Start a command, wait for the line that says it listens, and end it afterwards."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Process(process.pid, process.stdout.readline().strip())
        finally:
            process.kill()


def calls(aws: Process) -> int:
    """How often the emulated AWS was called so far."""
    return int(requests.get(aws.said, timeout=10).text)


def keep_rows(aws: Process) -> None:
    """Have the emulated AWS remember its rows."""
    requests.put(aws.said, timeout=10).raise_for_status()


def put_rows_back(aws: Process) -> None:
    """Have it hold the rows again that it remembers, and no others."""
    requests.delete(aws.said, timeout=10).raise_for_status()
