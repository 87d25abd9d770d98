"""`python3 dev.py run`: Gatepost and the sample client on this machine, with data that stays."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import webbrowser
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from local import environment
from local.data_folder import UnusableFolder, held, write_private
from local.terminal import Style, style_of
from tools.banner import Demo, Links, Start, banner, summary

if TYPE_CHECKING:
    from local.server import Server

HOST = "127.0.0.1"
USAGE = 2
INTERRUPTED = 130
DEMO_FILE = "demo.json"


class Unusable(Exception):
    """What was asked for cannot be had; the text says why in one line."""


def main() -> int:
    """Run until Ctrl+C (130) or a polite request to stop (0); 2 when it cannot start as asked."""
    signal.signal(signal.SIGTERM, _stopped_politely)
    try:
        with ExitStack() as stack:
            _run(_options(), stack)
    except (Unusable, UnusableFolder) as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except KeyboardInterrupt:
        sys.stderr.write("\n  Stopped.\n")
        return INTERRUPTED
    return 0


def _options() -> Namespace:
    parser = ArgumentParser("dev.py run", description=__doc__)
    parser.add_argument("--port", type=int, default=8065, help="of the server (%(default)s)")
    parser.add_argument("--sample-port", type=int, default=9090, help="(%(default)s)")
    parser.add_argument("--data", type=Path, default=Path(".local"), metavar="DIR")
    parser.add_argument("--fresh", action="store_true", help="a temporary data folder, demo data")
    parser.add_argument("--bare", action="store_true", help="no demo data: set up from nothing")
    parser.add_argument("--dynamodb", metavar="URL", help="any endpoint that speaks DynamoDB")
    parser.add_argument("--open", action="store_true", help="open the browser")
    parser.add_argument("--json", action="store_true", help="print one line of JSON, for scripts")
    return parser.parse_args()


def _run(options: Namespace, stack: ExitStack) -> None:
    links = Links(f"http://localhost:{options.port}", f"http://{HOST}:{options.sample_port}")
    # First of all: Gatepost reads the environment when it is imported, in the functions below.
    environment.enter(links.server, dynamodb_url=options.dynamodb)
    folder = stack.enter_context(held(_data(options, stack)))
    _check_port(options.sample_port, "--sample-port")
    _check_port(options.port, "--port")
    _emulate(options, folder, stack)
    server = _listening(options, stack)
    demo = None if options.bare else _demo(folder, links)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    stack.callback(server.shutdown)
    stack.enter_context(_sample_client(options, links, demo))
    _announce(options, links, demo)
    while serving.is_alive():
        serving.join(1)


def _stopped_politely(*_: object) -> NoReturn:
    sys.exit(0)


def _data(options: Namespace, stack: ExitStack) -> Path:
    if options.fresh:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gatepost-")))
    return Path(options.data)


def _emulate(options: Namespace, folder: Path, stack: ExitStack) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    from local import emulator
    from tools.provision import provision

    stack.enter_context(emulator.running(folder, mock_dynamodb=not options.dynamodb))
    try:
        provision()
    except (BotoCoreError, ClientError) as error:
        raise Unusable(f"The tables cannot be made: {error}") from error


def _listening(options: Namespace, stack: ExitStack) -> "Server":
    from app import app  # it connects at once, so AWS is emulated by now
    from local.request_log import line
    from local.server import Exchange, serve

    style = _style()

    def tell(exchange: Exchange) -> None:
        if not options.json:
            print(line(exchange, style), flush=True)

    server = serve(app, HOST, options.port, on_request=tell)
    stack.callback(server.server_close)
    return server


def _check_port(port: int, option: str) -> None:
    try:
        socket.create_server((HOST, port)).close()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise Unusable(f"Port {port} cannot be used: {error.strerror}.") from error
        advice = f"Try: dev.py run {option} {port + 1}"
        raise Unusable(f"Port {port} is in use. {advice}") from error
    except OverflowError as error:
        raise Unusable(f"There is no port {port}.") from error


def _demo(folder: Path, links: Links) -> Demo:
    kept = folder / DEMO_FILE
    if kept.exists():
        demo: Demo = json.loads(kept.read_text())
        return demo
    from local.demo import load

    made: Demo = load(links.server, links.sample)
    write_private(kept, json.dumps(made, indent=2) + "\n")
    return made


@contextmanager
def _sample_client(options: Namespace, links: Links, demo: Demo | None) -> Iterator[None]:
    credentials = demo["sample_client"] if demo else {"client_id": "", "client_secret": ""}
    # The secret goes by the environment: command lines are for everybody on the machine to read.
    given = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "GATEPOST_CLIENT_ID": credentials["client_id"],
        "GATEPOST_CLIENT_SECRET": credentials["client_secret"],
    }
    where = ["--port", str(options.sample_port), "--server", links.server]
    # A session of its own: Ctrl+C is ours to pass on.
    started = subprocess.Popen(
        [sys.executable, "-m", "local.sample_client", *where],
        env=given,
        stdin=subprocess.PIPE,  # never written to: that it closes tells the child that we ended
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        started.terminate()
        started.wait()


def _announce(options: Namespace, links: Links, demo: Demo | None) -> None:
    from chalicelib.accounts.setup import new_link

    data = "a temporary folder" if options.fresh else f"{options.data} (delete it to start over)"
    start = Start(links, data, demo, new_link() if options.bare else None)
    said = json.dumps(summary(start)) if options.json else banner(start, _style())
    print(said, flush=True)
    if options.open:
        webbrowser.open(start.set_up or links.server)


def _style() -> Style:
    return style_of(sys.stdout, os.environ)


if __name__ == "__main__":
    sys.exit(main())
