"""The rows of every table in a log on disk: a line per acknowledged write, with the rows it left.

Rows, not requests, are logged, so replaying decides nothing anew, and a table may gain an index
between two starts.
"""

import base64
import json
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from local.data_folder import UnusableFolder, write_private

Row = dict[str, Any]
SYNC_EVERY = 1.0  # seconds: what a power cut may take.  A killed process loses nothing.


class Change(NamedTuple):
    """One row after a write: `row` is None when it was deleted, `key` when the table was."""

    table: str
    key: Row | None
    row: Row | None


class Journal:
    """An open log.  The emulator's lock is held while recording: the log has the true order."""

    def __init__(self, path: Path) -> None:
        """Read the log, write it anew without what is past, and open it for appending.

        Raises:
            UnusableFolder: the log cannot be read, or is damaged before its last line.

        """
        try:
            self._rows = _replayed(path)
            write_private(path, "".join(_line([change]) for change in _changes(self._rows)))
            self._log = os.open(path, os.O_WRONLY | os.O_APPEND)
        except OSError as error:
            message = f"The data file {path} cannot be used: {error.strerror}."
            raise UnusableFolder(message) from error
        self._unsynced = threading.Event()
        self._stopped = threading.Event()
        self._syncing = threading.Thread(target=self._sync_repeatedly, daemon=True)
        self._syncing.start()

    def rows_of(self, table: str) -> list[Row]:
        """Hand out the rows a table had at the last stop, once: then the emulator holds them."""
        return list(self._rows.pop(table, {}).values())

    def record(self, changes: Iterable[Change]) -> None:
        """Append one write, whole or not at all."""
        _write_all(self._log, _line(changes).encode())
        self._unsynced.set()

    def close(self) -> None:
        """Write everything to the disk and close the log."""
        self._stopped.set()
        self._syncing.join()
        os.fsync(self._log)
        os.close(self._log)

    def _sync_repeatedly(self) -> None:
        while not self._stopped.wait(SYNC_EVERY):
            if self._unsynced.is_set():
                self._unsynced.clear()
                os.fsync(self._log)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _line(changes: Iterable[Change]) -> str:
    return json.dumps(list(changes), default=_encode_bytes, separators=(",", ":")) + "\n"


def _encode_bytes(value: Any) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value)} in a row")
    return {"bytes": base64.b64encode(value).decode()}


def _decode_bytes(value: Row) -> Any:
    # In DynamoDB's own notation only a type's name ("S", "M") ever leads to a plain string.
    coded = value.get("bytes")
    return base64.b64decode(coded) if isinstance(coded, str) else value


def _replayed(path: Path) -> dict[str, dict[str, Row]]:
    tables: dict[str, dict[str, Row]] = {}
    for change in _logged(path):
        if change.key is None:
            tables.pop(change.table, None)
        elif change.row is None:
            tables.get(change.table, {}).pop(_name(change.key), None)
        else:
            tables.setdefault(change.table, {})[_name(change.key)] = change.row
    return tables


def _logged(path: Path) -> Iterator[Change]:
    if not path.exists():
        return
    lines = path.read_bytes().split(b"\n")
    # What follows the last line end was torn by a crash, and so was never acknowledged.
    for number, line in enumerate(lines[:-1], start=1):
        try:
            changes = json.loads(line, object_hook=_decode_bytes)
        except ValueError as error:
            raise UnusableFolder(f"The data file {path} is damaged at line {number}.") from error
        yield from (Change(*change) for change in changes)


def _name(key: Row) -> str:
    return json.dumps(key, sort_keys=True, default=_encode_bytes)


def _changes(tables: dict[str, dict[str, Row]]) -> Iterator[Change]:
    for table, rows in tables.items():
        for name, row in rows.items():
            yield Change(table, json.loads(name, object_hook=_decode_bytes), row)
