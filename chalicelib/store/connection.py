"""The one connection of this process to DynamoDB."""

import json
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import HTTPClientError
from pynamodb.connection import Connection


@cache
def connection() -> Connection:
    """Make the one connection: PynamoDB would make a client for every table, 60 ms each."""
    made = Connection(
        connect_timeout_seconds=1,
        read_timeout_seconds=3,
        max_retry_attempts=2,
        max_pool_connections=32,
    )
    # Left to itself the SDK describes itself and the machine anew, twice for each request: a tenth of what one costs.
    made.session.set_default_client_config(Config(user_agent="Gatepost"))
    events = made.client.meta.events  # made now, because the session is this thread's own
    for operation in ("BatchGetItem", "Query"):
        events.register(f"before-parse.dynamodb.{operation}", _as_they_are)
    return made


def _as_they_are(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Take rows as they are on the wire, where the SDK would try the ten types of every value: a seventh of a request.

    Only binary values would need it, and no row has one.

    Raises:
        HTTPClientError: this is not DynamoDB's answer; the SDK would pass it on as one without rows.

    """
    if response_dict["status_code"] != 200:
        return  # an error, which the SDK knows
    try:
        answer = json.loads(response_dict["body"])
    except ValueError as error:
        raise HTTPClientError(error="the answer is not JSON") from error
    if not isinstance(answer, dict):
        raise HTTPClientError(error="the answer is no object")
    customized_response_dict |= answer  # in place: the SDK reads it afterwards
    response_dict["body"] = b"{}"
