"""One-time links that lead nowhere: each counts as a guess of its network.

A link that leads somewhere is never held up by them: it has 256 random bits, and a stranger in the same network must
not be able to lock out whoever was given it.
"""

from chalicelib import policy
from chalicelib.accounts.sign_in import network_of
from chalicelib.errors import LinkDead, TooManyTries
from chalicelib.store.audit import Origin
from chalicelib.store.invites import Invite
from chalicelib.store.limits import Bucket, record_once, tried, window_end
from chalicelib.store.writing import ConditionFailed, write


def found(row: Invite | None, origin: Origin) -> Invite:
    """The row a link leads to.

    Raises:
        LinkDead: it leads nowhere, which was counted.
        TooManyTries: it leads nowhere, like too many others from this network.
        Contention: DynamoDB could not decide.

    """
    if row is not None:
        return row
    until = window_end(int(policy.TRY_WINDOW.total_seconds()), origin.now)
    bucket = Bucket(f"link#{network_of(origin.network)}", policy.LINK_GUESSES_PER_NETWORK, until)
    try:
        write(tried(bucket))
    except ConditionFailed as failure:
        record_once(bucket, origin, "user.link")
        raise TooManyTries(bucket.left(origin.now)) from failure
    raise LinkDead
