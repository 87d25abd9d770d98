"""`dev.py run`: what it refuses, what it prints, how it stops, what it keeps."""

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.ports import free_port

ROOT = Path(__file__).parents[2]


def command(*arguments: str) -> list[str]:
    """Make the command line that dev.py becomes."""
    ports = ["--port", str(free_port()), "--sample-port", str(free_port())]
    return [sys.executable, "-m", "tools.run", *ports, *arguments]


def refused(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that must not start."""
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


@contextmanager
def running(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run until the end of the block, killed if need be."""
    process = subprocess.Popen(command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=60)


def first_line(process: "subprocess.Popen[str]") -> dict[str, str]:
    """Wait for the line that `--json` prints."""
    assert process.stdout
    said: dict[str, str] = json.loads(process.stdout.readline())
    return said


@pytest.mark.parametrize("option", ["--port", "--sample-port"])
def test_a_port_in_use_is_named_with_a_way_out(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = refused("--data", str(tmp_path), option, str(port))

    assert done.returncode == 2
    assert done.stderr == f"Port {port} is in use. Try: dev.py run {option} {port + 1}\n"


def test_an_unusable_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = refused("--data", str(tmp_path / "file"))

    assert done.returncode == 2
    assert done.stderr == f"The data folder {tmp_path / 'file'} cannot be used: File exists.\n"


def test_an_unknown_option_is_refused() -> None:
    assert refused("--nonsense").returncode == 2


def test_a_bare_server_shows_the_set_up_link_and_answers(tmp_path: Path) -> None:
    with running("--bare", "--json", "--data", str(tmp_path)) as process:
        said = first_line(process)

        assert said["set_up_url"].startswith(said["base_url"] + "/setup")
        assert requests.get(said["set_up_url"], timeout=30).status_code == 200


def test_people_get_a_banner_without_colour_in_a_pipe(tmp_path: Path) -> None:
    with running("--bare", "--data", str(tmp_path)) as process:
        assert process.stdout
        said = "".join(itertools.takewhile(lambda text: "Ctrl+C" not in text, process.stdout))

    assert re.search(r"Server +http://localhost:\d+\n", said)
    assert re.search(r"Sample client +http://127\.0\.0\.1:\d+\n", said)
    assert "\x1b" not in said


@pytest.mark.parametrize(("sign", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_stops_cleanly_when_asked(tmp_path: Path, sign: signal.Signals, status: int) -> None:
    with running("--bare", "--json", "--data", str(tmp_path)) as process:
        first_line(process)

        process.send_signal(sign)
        _, errors = process.communicate(timeout=60)

    assert process.returncode == status
    assert "Traceback" not in errors


def test_a_kill_takes_neither_keys_nor_settings(tmp_path: Path) -> None:
    with running("--bare", "--json", "--data", str(tmp_path)) as process:
        first_line(process)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    before = (tmp_path / "secrets.json").read_text()

    with running("--bare", "--json", "--data", str(tmp_path)) as process:
        first_line(process)

    assert (tmp_path / "secrets.json").read_text() == before
    log = (tmp_path / "tables.log").read_text()
    assert len(re.findall(r'"gatepost-settings",\{"name":\{"S":"live#0"\}\}', log)) == 1


def test_a_kill_takes_the_sample_client_along(tmp_path: Path) -> None:
    with running("--bare", "--json", "--data", str(tmp_path)) as process:
        first_line(process)
        os.kill(process.pid, signal.SIGKILL)

        # The sample client holds the other end of this pipe for as long as it lives.
        process.communicate(timeout=60)


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with running("--bare", "--json", "--data", str(tmp_path)) as process:
        first_line(process)

        done = refused("--bare", "--data", str(tmp_path))

    assert done.returncode == 2
    assert done.stderr == f"The data folder {tmp_path} is in use by another process.\n"
