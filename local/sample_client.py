"""Run the sample client as a child that ends with its parent, however the parent ends."""

import os
import runpy
import sys
import threading
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "examples" / "sample_client"


def main() -> None:
    """Become the sample client until standard input, the parent's end of a pipe, is closed."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.path.insert(0, str(FOLDER))
    runpy.run_path(str(FOLDER / "sample_client.py"), run_name="__main__")


def _end_with_parent() -> None:
    # The kernel closes the pipe even of a parent that was killed.
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
