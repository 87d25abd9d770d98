"""Clients that fail to prove who they are: counted and told, never locked out.

190 random bits are not guessed, and a lock would itself be the attack (design-notes (b) 10, attack 22).
"""

from contextlib import suppress
from typing import Final

from chalicelib import policy
from chalicelib.errors import Unavailable
from chalicelib.store import client_notes
from chalicelib.store.audit import Origin, refused
from chalicelib.store.clients import Client
from chalicelib.store.limits import Bucket, Limit, first_noted, noted_again, window_end
from chalicelib.store.writing import ConditionFailed, Contention, write, write_together

ACTION: Final = "client.authentication_failed"
PROBLEM: Final = "authentication_failed"
NOBODY: Final = Client(client_key="", client_id="unknown", client_name="unknown")


def record(client: Client | None, origin: Origin) -> None:
    """Count that a client failed to authenticate; the first time in a window its owner and the audit are told.

    At most one write a second and client: whoever guesses buys no writes. All clients that are not there count as one,
    with the same steps, so that the time it takes does not tell which are. The answer does not depend on it: what
    cannot be written is left out.
    """
    known = client if client is not None and policy.client_usable(client, origin.now) else NOBODY
    until = window_end(int(policy.CLIENT_FAILURE_WINDOW.total_seconds()), origin.now)
    bucket = Bucket(f"client#{known.client_id}", 0, until)  # no limit: nothing is refused
    with suppress(ConditionFailed, Contention, Unavailable):
        _count(known, bucket, origin)


def _count(client: Client, bucket: Bucket, origin: Origin) -> None:
    try:
        write(noted_again(bucket, origin.now))
    except ConditionFailed as failure:
        if failure.now(Limit) is not None:
            return  # noted less than a second ago
        _tell(client, bucket, origin)


def _tell(client: Client, bucket: Bucket, origin: Origin) -> None:
    ring = client_notes.problems_of(client.client_id)
    note = client_notes.noted(client.client_id, PROBLEM, ring, origin)
    told = refused(origin, ACTION, client.client_name, client_id=client.client_id)
    write_together(first_noted(bucket, origin.now), note, told)
