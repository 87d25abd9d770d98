"""The connection: what the SDK does for every request and Gatepost can do without, changes nothing that is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse

from chalicelib.errors import Unavailable
from chalicelib.store.connection import connection
from chalicelib.store.reading import dispatch, read
from chalicelib.store.users import User, user_key
from tests.faults import hooked
from tests.make import World

VALUES: dict[str, Any] = {
    "text": {"S": "é \u2028 \U0001f511"},
    "empty": {"S": ""},
    "number": {"N": "1795681891999"},
    "fraction": {"N": "0.1"},
    "flag": {"BOOL": False},
    "nothing": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"L": []}]},
    "map": {"M": {"S": {"S": "an attribute named as a type"}, "deep": {"M": {}}}},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
}
TABLE = User.Meta.table_name
KEY = {"user_id": {"S": "everything"}}
BATCH = {"RequestItems": {TABLE: {"Keys": [KEY], "ConsistentRead": True}}}
QUERY = {
    "TableName": TABLE,
    "KeyConditionExpression": "user_id = :id",
    "ExpressionAttributeValues": {":id": KEY["user_id"]},
}


@contextmanager
def answered(status: int, body: bytes) -> Iterator[None]:
    """DynamoDB, or what stands in front of it, answers every batch with this."""
    no_headers: Any = {}

    def answer(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, status, no_headers, Raw(body))

    events: Any = connection().client.meta.events  # its types know of no hook that answers
    events.register_first("before-send.dynamodb.BatchGetItem", answer)
    try:
        yield
    finally:
        events.unregister("before-send.dynamodb.BatchGetItem", answer)


class Raw:
    """The body of an answer, as the SDK reads it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        """All of it at once."""
        yield self._body


@pytest.mark.parametrize(
    ("operation", "request_", "rows"), [("BatchGetItem", BATCH, "Responses"), ("Query", QUERY, "Items")]
)
def test_a_row_is_read_as_the_sdk_alone_would_read_it(
    world: World, operation: str, request_: dict[str, Any], rows: str
) -> None:
    """Every type of value but the binary ones, which no row has."""
    client: Any = botocore.session.get_session().create_client("dynamodb")
    client.put_item(TableName=TABLE, Item=KEY | VALUES)

    answer = dispatch(operation, request_)

    method = {"BatchGetItem": client.batch_get_item, "Query": client.query}[operation]
    assert answer[rows] == method(**request_)[rows]
    assert KEY | VALUES in (answer[rows] if rows == "Items" else answer[rows][TABLE])


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b'{"Responses":', b"\xff", b"[]", b"null"])
def test_an_answer_that_is_no_json_object_is_no_answer(world: World, body: bytes) -> None:
    """DESIGN section 1: what could not be read must not look missing."""
    with answered(200, body), pytest.raises(Unavailable):
        read(user_key(world.leo.user_id))


def test_an_error_is_the_sdks_to_read(world: World) -> None:
    """An error of the service is no row, whatever its body holds."""
    body = b'{"__type": "com.amazonaws.dynamodb.v20120810#ValidationException", "Responses": {}}'

    with answered(400, body), pytest.raises(Unavailable):
        read(user_key(world.leo.user_id))


def test_requests_say_that_they_are_gateposts(world: World) -> None:
    agents: list[bytes] = []
    with hooked("before-send.dynamodb", lambda request, **_: agents.append(request.headers["User-Agent"])):
        read(user_key(world.leo.user_id))

    assert agents == [b"Gatepost"]
