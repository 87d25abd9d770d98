"""The first request of a fresh function: `python -I -S first.py PACKAGE` with the event on standard input.

Prints the seconds of CPU it took to import the package's `app.py` and to answer, and the status.
"""

import json
import sys
import time
from types import SimpleNamespace


def main(package: str) -> None:
    """Do what Lambda does at a cold start."""
    event = json.load(sys.stdin)
    sys.path.insert(0, package)
    began = time.process_time()
    from app import app

    answer = app(event, SimpleNamespace(aws_request_id="first"))
    print(time.process_time() - began, answer["statusCode"])


if __name__ == "__main__":
    main(sys.argv[1])
