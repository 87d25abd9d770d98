"""Gatepost over HTTP in a process of its own, which calls AWS at an address: `python -m tools.bench.served URL`.

Prints, when it listens, a line of JSON: its address and its demo data.
"""

import json
import os
import sys

from local import environment
from tools.bench.sign_in import ISSUER, SAMPLE


def main(aws_url: str) -> None:
    """Serve until the process is ended."""
    environment.enter(ISSUER)
    os.environ["AWS_ENDPOINT_URL"] = aws_url
    from app import app
    from local import demo
    from local.server import serve
    from tools.provision import provision

    provision()
    made = demo.load(ISSUER, SAMPLE)
    server = serve(app)
    print(json.dumps({"url": server.url, "demo": made}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
