"""DynamoDB and Secrets Manager in this process: moto, made atomic, and kept on disk if wanted."""

import base64
import copy
import functools
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import botocore.session
from moto import mock_aws
from moto.core.common_types import TYPE_RESPONSE
from moto.core.config import DefaultConfig
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionContext, ActionResult
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.responses import DynamoHandler, DynamoResult
from moto.secretsmanager.models import ReplicaSecret
from moto.secretsmanager.responses import SecretsManagerResponse

from local import data_folder
from local.journal import Change, Journal, Row

JOURNAL_FILE = "tables.log"
SECRETS_FILE = "secrets.json"

Action: TypeAlias = "Callable[[Any], TYPE_RESPONSE]"
Observer: TypeAlias = "Callable[[Any], None]"
Rows: TypeAlias = dict[str, Any]

_ABOUT_ROWS = {"BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"}

# moto checks a condition and applies the write in two steps, so two racing threads could both win.
_one_at_a_time = threading.RLock()
_observers: dict[type, Observer] = {}


@contextmanager
def running(data: Path | None = None, *, mock_dynamodb: bool = True) -> Iterator[None]:
    """Answer this process's AWS calls until the end of the block.

    With a data folder (one that is held) the rows and secrets of the last run are there again: a
    table's rows come back when the table is made. With `mock_dynamodb=False` only Secrets Manager
    is emulated, and credentials are left alone.

    Raises:
        UnusableFolder: the data cannot be read.

    """
    with ExitStack() as stack:
        stack.enter_context(mock_aws(config=_moto_settings(mock_dynamodb=mock_dynamodb)))
        stack.callback(_observers.clear)
        if data and mock_dynamodb:
            journal = Journal(data / JOURNAL_FILE)
            stack.callback(journal.close)
            _observers[DynamoHandler] = functools.partial(_keep_rows, journal)
        if data:
            _restore_secrets(data / SECRETS_FILE)
            _observers[SecretsManagerResponse] = functools.partial(_keep_secrets, data / SECRETS_FILE)
        yield


def empty(tables: Iterable[str]) -> None:
    """Delete every row of some tables, at once: for tests, which would wait for a scan and as many deletes."""
    for name in tables:
        _tables()[name].items.clear()


def copied_rows() -> Rows:
    """Copy every row there is, by table."""
    return {name: copy.deepcopy(table.items) for name, table in _tables().items()}


def put_back(rows: Rows) -> None:
    """Have exactly these rows, in the tables that are named."""
    tables = _tables()
    for name, held in rows.items():
        tables[name].items = copy.deepcopy(held)


def _tables() -> dict[str, Any]:
    backends = dynamodb_backends[DEFAULT_ACCOUNT_ID].values()
    return {name: table for backend in backends for name, table in backend.tables.items()}


def _moto_settings(*, mock_dynamodb: bool) -> DefaultConfig:
    if mock_dynamodb:
        return {}
    return {"core": {"mock_credentials": False, "passthrough": {"services": ["dynamodb"], "urls": []}}}


def _atomic(action: Action) -> Action:
    @functools.wraps(action)
    def one_at_a_time(handler: Any) -> TYPE_RESPONSE:
        with _one_at_a_time:
            answer = action(handler)
            observer = _observers.get(type(handler))
            if observer and answer[0] < 300:  # only what was acknowledged is kept
                observer(handler)
            return answer

    return one_at_a_time


for _handler in (DynamoHandler, SecretsManagerResponse):
    _handler.call_action = _atomic(_handler.call_action)  # type: ignore[method-assign]  # moto has no hook


def _as_it_is(result: ActionResult, context: ActionContext) -> TYPE_RESPONSE:
    """Send rows as moto has them, in DynamoDB's own form: it would look up each member in the SDK's model of all types.

    That was more than half of what a call cost.
    """
    if str(context.operation_model.name) not in _ABOUT_ROWS:
        return ActionResult.execute_result(result, context)
    return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(result.result, default=_binary)


def _binary(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


DynamoResult.execute_result = _as_it_is  # type: ignore[assignment, method-assign]


def _keep_rows(journal: Journal, handler: DynamoHandler) -> None:
    action, request, backend = handler._get_action(), handler.body, handler.dynamodb_backend
    if action == "CreateTable":
        table = backend.get_table(request["TableName"])
        for row in journal.rows_of(table.name):
            table.put_item(row)
    elif action == "DeleteTable":
        journal.record([Change(request["TableName"], None, None)])
    elif changes := [_after(backend, *row) for row in _written(action, request)]:
        journal.record(changes)


def _written(action: str, request: Row) -> Iterable[tuple[str, Row]]:
    """Name the rows a request wrote: table, and attributes that hold the key."""
    if action in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield request["TableName"], request.get("Item") or request["Key"]
    if action == "BatchWriteItem":
        for table, writes in request["RequestItems"].items():
            for write in writes:
                put, delete = write.get("PutRequest"), write.get("DeleteRequest")
                yield table, put["Item"] if put else delete["Key"]
    if action == "TransactWriteItems":
        for item in request["TransactItems"]:
            for write in (item[kind] for kind in ("Put", "Update", "Delete") if item.get(kind)):
                yield write["TableName"], write.get("Item") or write["Key"]


def _after(backend: DynamoDBBackend, table_name: str, attributes: Row) -> Change:
    table = backend.get_table(table_name)
    names = [name for name in (table.hash_key_attr, table.range_key_attr) if name]
    key = {name: attributes[name] for name in names}
    item = backend.get_item(table_name, key)
    return Change(table.name, key, item.to_json()["Attributes"] if item else None)


def _keep_secrets(path: Path, handler: SecretsManagerResponse) -> None:
    if handler._get_action() not in {"CreateSecret", "PutSecretValue", "UpdateSecret"}:
        return
    backend = handler.backend
    names = [s.name for s in backend.secrets.values() if not isinstance(s, ReplicaSecret)]
    kept = {name: backend.get_secret_value(name, "", "AWSCURRENT")["SecretString"] for name in names}
    data_folder.write_private(path, json.dumps(kept) + "\n")


def _restore_secrets(path: Path) -> None:
    client: Any = botocore.session.get_session().create_client("secretsmanager")
    for name, value in _kept_secrets(path).items():
        client.create_secret(Name=name, SecretString=value)


def _kept_secrets(path: Path) -> dict[str, str]:
    try:
        kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise data_folder.UnusableFolder(f"The data file {path} cannot be read.") from error
    return kept
