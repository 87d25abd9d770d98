"""Running the scripts beside the npm packages: JSON in, JSON out."""

import json
import os
import subprocess
from typing import Any

from tools.node import PACKAGES, Node


def run(node: Node, script: str, given: Any) -> Any:
    """Run a script of `tests/clients/node` with a value, and give what it says."""
    environment = {
        "PATH": os.environ["PATH"],
        "NODE_ENV": "test",  # Zapier's library prints how much memory it uses otherwise
        "NODE_PATH": str(PACKAGES / "node_modules"),  # examples/zapier finds its dependency there
    }
    done = subprocess.run(
        [node.node, str(PACKAGES / script)],
        input=json.dumps(given),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
