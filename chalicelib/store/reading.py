"""Read everything a request must know in one strongly consistent BatchGetItem across tables (DESIGN section 1)."""

import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import Unavailable
from chalicelib.store.connection import connection
from chalicelib.store.record import Record

R = TypeVar("R", bound=Record)
Raw = Mapping[str, Mapping[str, Any]]

BATCH_LIMIT = 100  # BatchGetItem takes no more keys
ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Key(Generic[R]):
    """The primary key of a row that may be there.

    Of a row with copies, `copy` says which one to read, and any will do.
    """

    model: type[R]
    hash_key: str
    range_key: str | None = None
    copy: int | None = field(default=None, compare=False)

    @property
    def table(self) -> str:
        """The table the row is in."""
        return str(self.model.Meta.table_name)

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the primary key as they are stored."""
        stored = self.hash_key if self.copy is None else f"{self.hash_key}#{self.copy}"
        return (stored,) if self.range_key is None else (stored, self.range_key)

    @property
    def wire(self) -> dict[str, dict[str, str]]:
        """The key as DynamoDB takes it."""
        return {name: {"S": value} for name, value in zip(key_names(self.model), self.values, strict=True)}


class Span(NamedTuple):
    """A part of the rows under a hash key, by their range attribute; exactly one of the three is given."""

    attribute: str
    prefix: str = ""
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """Rows under one hash key, in the order of their range keys.

    `index` is an index's name and hash attribute; what an index gives is for lists only, never to decide.
    """

    model: type[R]
    hash_key: str
    index: tuple[str, str] | None = None
    span: Span | None = None
    newest_first: bool = False


class Rows:
    """What one read found.  A key that was not asked for is a mistake of ours, not a missing row."""

    def __init__(self, found: Mapping[Key[Any], Raw | None]) -> None:
        self._found = found

    def __getitem__(self, key: Key[R]) -> R | None:
        raw = self._found[key]
        return None if raw is None else key.model.from_raw_data(dict(raw))


@cache
def key_names(model: type[Record]) -> tuple[str, ...]:
    """The attribute names of a model's primary key, hash key first."""
    attributes = model.get_attributes().values()
    hashes = [a.attr_name for a in attributes if a.is_hash_key]
    ranges = [a.attr_name for a in attributes if a.is_range_key]
    return (*hashes, *ranges)


def read(*keys: Key[Any]) -> Rows:
    """Read rows by key, strongly consistent: one round trip for up to 100 keys.

    Raises:
        Unavailable: DynamoDB left keys unread. A throttled row must never look like a missing one.

    """
    # Duplicates are dropped because DynamoDB refuses a batch that names a row twice.
    wanted = [key for key in dict.fromkeys(keys) if _possible(key)]
    named = {(key.table, key.values): key for key in wanted}
    found: dict[Key[Any], Raw | None] = dict.fromkeys(keys)
    for start in range(0, len(wanted), BATCH_LIMIT):
        for table, item in _read_batch(wanted[start : start + BATCH_LIMIT]):
            values = tuple(item[name]["S"] for name in _names_of(table, wanted))
            found[named[table, values]] = item
    return Rows(found)


def query(
    model: type[R],
    hash_key: str,
    *,
    index: tuple[str, str] | None = None,
    limit: int | None = None,
    newest_first: bool = False,
) -> list[R]:
    """Read one page (at most 1 MB) of the rows under a hash key.

    `index` is an index's name and hash attribute; what an index gives is for lists only, never to decide.
    """
    request = _query(Listing(model, hash_key, index=index, newest_first=newest_first))
    request |= {"Limit": limit} if limit else {}
    return [model.from_raw_data(item) for item in dispatch("Query", request)["Items"]]


def rows_of(listing: Listing[R], limit: int) -> list[R]:
    """Read the first rows of a list, in its order, however many pages of 1 MB they are."""
    found: list[R] = []
    request = _query(listing)
    while len(found) < limit:
        answer = dispatch("Query", request | {"Limit": limit - len(found)})
        found += [listing.model.from_raw_data(item) for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            break
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
    return found


def count_of(listing: Listing[R]) -> int:
    """Count the rows of a list without carrying them: a round trip for each MB."""
    total = 0
    request = _query(listing) | {"Select": "COUNT"}
    while True:
        answer = dispatch("Query", request)
        total += int(answer["Count"])
        if "LastEvaluatedKey" not in answer:
            return total
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def dispatch(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Send one read to DynamoDB.

    Raises:
        Unavailable: DynamoDB did not answer, or asked to slow down, more often than the SDK is willing to retry.

    """
    try:
        return connection().dispatch(operation, request)
    except (BotoCoreError, ClientError) as error:
        raise Unavailable from error


def _query(listing: Listing[R]) -> dict[str, Any]:
    index_name, hash_name = listing.index or (None, key_names(listing.model)[0])
    request: dict[str, Any] = {
        "TableName": listing.model.Meta.table_name,
        "KeyConditionExpression": "#h = :h",
        "ExpressionAttributeNames": {"#h": hash_name},
        "ExpressionAttributeValues": {":h": {"S": listing.hash_key}},
        "ScanIndexForward": not listing.newest_first,
    }
    request |= {"IndexName": index_name} if index_name else {"ConsistentRead": True}
    if listing.span is not None:
        _narrow(request, listing.span)
    return request


def _narrow(request: dict[str, Any], span: Span) -> None:
    """Add the one condition that DynamoDB takes on the range key."""
    conditions = {
        "begins_with(#r, :r)": span.prefix,
        "#r > :r": span.after,
        "#r < :r": span.before,
    }
    [(condition, value)] = [(condition, value) for condition, value in conditions.items() if value]
    request["KeyConditionExpression"] += f" AND {condition}"
    request["ExpressionAttributeNames"]["#r"] = span.attribute
    request["ExpressionAttributeValues"][":r"] = {"S": value}


def _read_batch(wanted: list[Key[Any]]) -> Iterable[tuple[str, Raw]]:
    request: dict[str, Any] = {}
    for key in wanted:
        request.setdefault(key.table, {"Keys": [], "ConsistentRead": True})["Keys"].append(key.wire)
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311  # jitter, not a secret
        answer = dispatch("BatchGetItem", {"RequestItems": request})
        for table, items in answer["Responses"].items():
            yield from ((table, item) for item in items)
        request = answer.get("UnprocessedKeys") or {}
        if not request:
            return
    raise Unavailable


def _possible(key: Key[Any]) -> bool:
    """DynamoDB refuses an empty key; nothing can be stored under one."""
    return bool(key.hash_key) and key.range_key != ""


def _names_of(table: str, keys: Iterable[Key[Any]]) -> tuple[str, ...]:
    model: type[Record] = next(key.model for key in keys if key.table == table)
    return key_names(model)
