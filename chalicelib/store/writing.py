"""Change rows: one conditional write, or several in one transaction, whose condition repeats what was decided.

DESIGN section 1.
"""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.store.connection import connection
from chalicelib.store.reading import key_names
from chalicelib.store.record import Record

R = TypeVar("R", bound=Record)

_CONDITION_FAILED = "ConditionalCheckFailed"


class Contention(Exception):
    """DynamoDB could not say yes or no (conflict, throttle, time-out): read again and decide again."""


class ConditionFailed(Exception):
    """The row is no longer as it was read.  `old` is how it is now, None if it is not there."""

    def __init__(self, old: Mapping[str, Any] | None = None) -> None:
        super().__init__("the condition of a write did not hold")
        self._old = old

    def now(self, model: type[R]) -> R | None:
        """The row that made the condition fail, read by the very write that failed; None if it is not one of these."""
        if not self._old or not set(key_names(model)) <= self._old.keys():
            return None
        return model.from_raw_data(dict(self._old))


class Change(NamedTuple):
    """One row's change, not applied yet: Put, Update or Delete, and its request without the table's mark."""

    operation: str
    request: dict[str, Any]


def put(record: Record, condition: Condition | None = None) -> Change:
    """Write the whole row."""
    return Change(
        "Put",
        record.get_save_kwargs_from_instance(condition, "ALL_OLD" if condition is not None else None),
    )


def update(record: Record, *actions: Action, condition: Condition) -> Change:
    """Change attributes of a row; the condition is not optional, an UpdateItem would create a swept row anew."""
    return Change("Update", record.get_update_kwargs_from_instance(list(actions), condition, "ALL_OLD"))


def delete(record: Record, condition: Condition) -> Change:
    """Delete the row; only together with others (a delete leaves no row to carry a mark)."""
    return Change("Delete", record.get_delete_kwargs_from_instance(condition, "ALL_OLD"))


def write(change: Change, mark: str | None = None) -> Mapping[str, Any] | None:
    """Apply one change.

    The SDK sends a write again when the answer is late; if the first was applied, the second fails the condition the
    first made false. So every single write leaves a mark of its own, and an old image with our own mark means that it
    was us. Give the id of the request as the mark where a later attempt of the same request has to recognise the row.

    Gives None, or the row as it is when an earlier try under this mark wrote it: then what that try meant counts.

    Raises:
        ConditionFailed: the row is not as it was read.
        Contention: DynamoDB could not decide.

    """
    mark = mark or secrets.token_hex(8)
    try:
        connection().dispatch(f"{change.operation}Item", _marked(change, mark))
    except ClientError as error:
        if not _code(error).startswith(_CONDITION_FAILED):
            raise Contention from error
        old = _response(error).get("Item")
        if old is None or old.get("mark") != {"S": mark}:
            raise ConditionFailed(old) from error
        row: Mapping[str, Any] = old
        return row
    except BotoCoreError as error:
        raise Contention from error
    return None


def write_together(*changes: Change) -> None:
    """Apply all changes or none; the token makes the SDK's own retry harmless.

    Raises:
        ConditionFailed: a row is not as it was read.
        Contention: DynamoDB could not decide.

    """
    items = [{change.operation: change.request} for change in changes]
    request = {"TransactItems": items, "ClientRequestToken": secrets.token_hex(16)}
    try:
        connection().dispatch("TransactWriteItems", request)
    except ClientError as error:
        reasons = _response(error).get("CancellationReasons", [])
        failed = [reason for reason in reasons if reason.get("Code") == _CONDITION_FAILED]
        # A conflict beside a failed condition is still a conflict: who won is only known after the next read.
        if not failed or any(reason.get("Code") not in {_CONDITION_FAILED, "None", None} for reason in reasons):
            raise Contention from error
        raise ConditionFailed(failed[0].get("Item")) from error
    except BotoCoreError as error:
        raise Contention from error


def _marked(change: Change, mark: str) -> dict[str, Any]:
    request = dict(change.request)
    if change.operation == "Put":
        return request | {"Item": request["Item"] | {"mark": {"S": mark}}}
    values = request.get("ExpressionAttributeValues", {}) | {":mark": {"S": mark}}
    expression = _with_mark(request["UpdateExpression"])
    return request | {"UpdateExpression": expression, "ExpressionAttributeValues": values}


def _with_mark(expression: str) -> str:
    if "SET " in expression:
        return expression.replace("SET ", "SET mark = :mark, ", 1)
    return f"SET mark = :mark {expression}"


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _response(error: ClientError) -> Mapping[str, Any]:
    """DynamoDB's whole answer; PynamoDB's own error keeps only a part of it and chains the original."""
    original = error.__cause__
    return original.response if isinstance(original, ClientError) else error.response
