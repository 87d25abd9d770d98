"""What a network and a busy DynamoDB do to a caller: lose, refuse, leave unread; by the SDK's own event hooks."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ReadTimeoutError
from moto.dynamodb.responses import DynamoHandler

from chalicelib.store.connection import connection

Hook = Callable[..., Any]

CONFLICT = {
    "PutItem": "TransactionConflictException",
    "UpdateItem": "TransactionConflictException",
    "TransactWriteItems": "TransactionCanceledException",
}


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every operation this process asks DynamoDB for, in order; what the SDK sends again by itself counts once."""
    names: list[str] = []
    with hooked("before-call.dynamodb", lambda model, **_: names.append(model.name)):
        yield names


@contextmanager
def tables_written() -> Iterator[set[str]]:
    """The tables this process asks DynamoDB to change, whether it then changes them or not."""
    names: set[str] = set()

    def note(model: Any, params: Any, **_: Any) -> None:
        if model.name in {*CONFLICT, "DeleteItem"}:
            body = json.loads(params["body"])
            writes = [write for item in body.get("TransactItems", []) for write in item.values()]
            names.update(write["TableName"] for write in writes or [body])

    with hooked("before-call.dynamodb", note):
        yield names


@contextmanager
def sent(operation: str) -> Iterator[list[dict[str, Any]]]:
    """The bodies of every request of one kind as they go over the wire, the SDK's own repetitions included."""
    bodies: list[dict[str, Any]] = []
    with hooked(f"before-send.dynamodb.{operation}", lambda request, **_: bodies.append(json.loads(request.body))):
        yield bodies


@contextmanager
def answers_lost(*operations: str, times: int = 1) -> Iterator[list[str]]:
    """DynamoDB applies a write and its answer never arrives, so many times; the SDK then sends it again."""
    lost: list[str] = []

    def lose(request: Any, event_name: str, **_: Any) -> None:
        if len(lost) < times and event_name.rpartition(".")[2] in operations:
            lost.append(request.body.decode())
            raise ReadTimeoutError(endpoint_url=request.url)

    # Last: the emulator, which listens to the same event, has applied the write by then.
    with _transactions_by_token(), hooked("before-send", lose, last=True):
        yield lost


@contextmanager
def refused(*operations: str, code: str | None = None, times: int = 1_000_000) -> Iterator[list[str]]:
    """DynamoDB does nothing and answers an error that stays one; a conflict unless `code` says otherwise."""
    refusals: list[str] = []

    def refuse(model: Any, **_: Any) -> Any:
        if model.name not in operations or len(refusals) >= times:
            return None
        refusals.append(model.name)
        return error(code or CONFLICT[model.name])

    with hooked("before-call.dynamodb", refuse):
        yield refusals


@contextmanager
def left_unread(times: int) -> Iterator[list[str]]:
    """DynamoDB answers a batch without its rows, so many times: they are in `UnprocessedKeys`, as under a throttle."""
    throttled: list[str] = []
    asked = threading.local()

    def remember(params: Any, **_: Any) -> None:
        asked.items = json.loads(params["body"])["RequestItems"]

    def withhold(parsed: Any, **_: Any) -> None:
        if len(throttled) < times:
            throttled.append(next(iter(asked.items)))
            parsed["UnprocessedKeys"], parsed["Responses"] = asked.items, {}

    event = "dynamodb.BatchGetItem"
    with hooked(f"before-call.{event}", remember), hooked(f"after-call.{event}", withhold):
        yield throttled


@contextmanager
def just_before(operation: str, action: Callable[[], object]) -> Iterator[None]:
    """Somebody else does something right before the first operation of one kind is sent."""
    done: list[bool] = []

    def interfere(model: Any, **_: Any) -> None:
        if model.name == operation and not done:
            done.append(True)
            action()

    with hooked("before-call.dynamodb", interfere):
        yield
    assert done, f"nobody asked for {operation}"


@contextmanager
def arriving_late(operation: str) -> Iterator[None]:
    """The first write of one kind times out, and DynamoDB applies it all the same, just before the second arrives."""
    seen: list[str] = []

    def delay(params: Any, **_: Any) -> None:
        seen.append(params["body"])
        if len(seen) == 1:
            raise ReadTimeoutError(endpoint_url=params["url"])
        if len(seen) == 2:
            connection().dispatch(operation, json.loads(seen[0]))

    with hooked(f"before-call.dynamodb.{operation}", delay):
        yield
    assert len(seen) >= 2, f"nobody asked for {operation} twice"


@contextmanager
def conflicting(seed: int, share: float) -> Iterator[list[str]]:
    """Some writes, drawn from a seed, meet a conflict and change nothing: moto itself never raises one."""
    chances = random.Random(seed)  # noqa: S311  # repeatable, not secret
    one_at_a_time = threading.Lock()
    refusals: list[str] = []

    def perhaps(model: Any, **_: Any) -> Any:
        with one_at_a_time:
            if model.name not in CONFLICT or chances.random() >= share:
                return None
            refusals.append(model.name)
        return error(CONFLICT[model.name])

    with hooked("before-call.dynamodb", perhaps):
        yield refusals


@contextmanager
def rows_read() -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """Every row a batch gave, with the thread that read it."""
    seen: list[tuple[int, dict[str, Any]]] = []

    def note(parsed: Any, **_: Any) -> None:
        for rows in parsed.get("Responses", {}).values():
            seen.extend((threading.get_ident(), row) for row in rows)

    with hooked("after-call.dynamodb.BatchGetItem", note):
        yield seen


@contextmanager
def before_every_call(action: Callable[[str], None]) -> Iterator[None]:
    """Do something before every operation, in its thread."""
    with hooked("before-call.dynamodb", lambda model, **_: action(model.name)):
        yield


def error(code: str) -> tuple[Any, dict[str, Any]]:
    """An answer of DynamoDB that is an error; a cancelled transaction tells of a conflict."""
    body: dict[str, Any] = {"Error": {"Code": code, "Message": "injected"}, "ResponseMetadata": {"HTTPHeaders": {}}}
    if code == "TransactionCanceledException":
        body["CancellationReasons"] = [{"Code": "None"}, {"Code": "TransactionConflict", "Message": "injected"}]
    return SimpleNamespace(status_code=400), body


@contextmanager
def _transactions_by_token() -> Iterator[None]:
    """Apply a transaction once for each ClientRequestToken, as DynamoDB does and moto does not."""
    applied: dict[str, Any] = {}
    original = DynamoHandler.transact_write_items

    def once(handler: DynamoHandler) -> Any:
        token = handler.body["ClientRequestToken"]
        if token not in applied:
            applied[token] = original(handler)
        return applied[token]

    with patch.object(DynamoHandler, "transact_write_items", once):
        yield


@contextmanager
def hooked(event: str, hook: Hook, *, last: bool = False) -> Iterator[None]:
    """Have the SDK call a hook at an event of its own, for as long as this lasts."""
    events = connection().client.meta.events
    (events.register_last if last else events.register)(event, hook)
    try:
        yield
    finally:
        events.unregister(event, hook)
