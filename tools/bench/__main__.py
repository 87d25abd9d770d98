"""Measure the function alone; with `--cold` its first request, with `--peer` a whole server process, beside others."""

import argparse
import sys

from tools import node
from tools.bench import cold, function, processes

COLD_RUNS = 10  # a cold start costs what hundreds of requests do


def main(arguments: list[str]) -> int:
    """Print a line for each budget of CPU time; 1 if the peer was asked for and cannot be had."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="how often each is measured (%(default)s)")
    parser.add_argument(
        "--peer", action="store_true", help="compare server processes, too (Linux; installs npm packages)"
    )
    parser.add_argument("--cold", action="store_true", help="build the package, and measure first requests of it, too")
    options = parser.parse_args(arguments)
    found = node.ready(processes.PEER, processes.PEER_NODE) if options.peer else None
    if options.peer and not found:
        sys.stderr.write(f"Node {processes.PEER_NODE} or the npm packages of the comparison cannot be installed.\n")
        return 1
    print(f"{'CPU time in ms':52} {'trips':>5} {'least':>8} {'median':>8}   budget")
    for measurement in function.measured(options.runs):
        print(measurement, flush=True)
    if options.cold:
        for measurement in cold.measured(max(options.runs // COLD_RUNS, 1)):
            print(measurement, flush=True)
    if found:
        for measurement in processes.measured(found, options.runs):
            print(measurement, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
