"""AWS over HTTP in a process of its own, for the two servers that are compared: `python -m tools.bench.aws`.

Prints its address when it listens.  `GET /` says how often it was called; `PUT /` keeps the rows there are, and
`DELETE /` puts them back.
"""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from botocore.awsrequest import AWSRequest

from local import emulator, environment
from local.emulator import Rows, copied_rows, put_back
from local.environment import REGION


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body leave in one packet: apart, the second waits 40 ms for an acknowledgement.
    wbufsize = 65536
    disable_nagle_algorithm = True
    calls = 0
    kept: ClassVar[Rows] = {}

    def do_GET(self) -> None:
        """Say how often AWS was called."""
        self._send(200, str(_Connection.calls).encode())

    def do_PUT(self) -> None:
        """Keep the rows there are."""
        _Connection.kept = copied_rows()
        self._send(200, b"")

    def do_DELETE(self) -> None:
        """Have the kept rows again, and no others."""
        put_back(_Connection.kept)
        self._send(200, b"")

    def do_POST(self) -> None:
        """Answer as AWS would."""
        _Connection.calls += 1
        service = self.headers["Authorization"].split("/")[3]  # Signature Version 4: key id/date/region/service/...
        answer = _answered(f"https://{service}.{REGION}.amazonaws.com/", dict(self.headers.items()), self._body())
        self._send(answer.status_code, answer.content)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def _answered(url: str, headers: dict[str, str], body: bytes) -> Any:
    """Ask the emulator as if this process had called AWS."""
    from moto.core.models import botocore_stubber

    request = AWSRequest("POST", url, headers=headers, data=body).prepare()
    return botocore_stubber(event_name="before-send", request=request)


def main() -> None:
    """Serve until the process is ended."""
    environment.enter("http://localhost")
    with emulator.running():
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Connection)
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
