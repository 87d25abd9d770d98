"""Gatepost over HTTP in a process of its own, which calls AWS at an address: `python -m tools.bench.served URL`.

Prints, when it listens, a line of JSON: its address and its demo data. With `bare` as another argument it is the bare
app, which has no data of its own.
"""

import json
import os
import sys

from chalice.app import Chalice

from local import environment
from tools.bench.sign_in import ISSUER, SAMPLE


def main(aws_url: str, *, bare: bool) -> None:
    """Serve until the process is ended."""
    environment.enter(ISSUER)
    os.environ["AWS_ENDPOINT_URL"] = aws_url
    from local.server import serve

    app, made = _bare() if bare else _gatepost()
    server = serve(app)
    print(json.dumps({"url": server.url, "demo": made}), flush=True)
    server.serve_forever()


def _gatepost() -> tuple[Chalice, object]:
    from app import app
    from local import demo
    from tools.provision import provision

    provision()
    return app, demo.load(ISSUER, SAMPLE)


def _bare() -> tuple[Chalice, object]:
    from tools.bench.bare.app import app

    return app, None


if __name__ == "__main__":
    main(sys.argv[1], bare="bare" in sys.argv[2:])
