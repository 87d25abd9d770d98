"""What may be out of date while a change is already acknowledged: an index, and what another process remembers."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Protocol

from chalicelib.store import keys
from local.emulator import Rows, copied_rows, put_back
from tests.faults import hooked


class Mode(Protocol):
    """A condition; `warm` is called when everything is set up and nothing has ended yet."""

    def warm(self) -> None:
        """Let it remember how things are."""

    def where_it_ends(self) -> AbstractContextManager[object]:
        """Where somebody ends access."""

    def where_it_is_used(self) -> AbstractContextManager[object]:
        """Where it is tried afterwards."""


class StaleIndex:
    """Every index answers as of `warm`, however much has changed since (attack 15).

    DynamoDB promises no more: an index follows its table when it can, and is never read consistently.
    """

    def __init__(self) -> None:
        self.answered: list[str] = []
        self._past: Rows = {}

    def warm(self) -> None:
        """Remember all tables."""
        self._past = copied_rows()

    @contextmanager
    def where_it_ends(self) -> Iterator[None]:
        """Indexes are of the past."""
        present: list[Rows] = []

        def go_back(params: Any, **_: Any) -> None:
            asked = json.loads(params["body"])
            if "IndexName" in asked:
                self.answered.append(asked["IndexName"])
                present.append(copied_rows())
                put_back(self._past)

        def come_forward(**_: Any) -> None:
            if present:
                put_back(present.pop())

        with hooked("before-call.dynamodb.Query", go_back), hooked("after-call.dynamodb.Query", come_forward):
            yield

    def where_it_is_used(self) -> AbstractContextManager[object]:
        """Here too."""
        return self.where_it_ends()


class TwoWorkers:
    """Access ends in one process and is used in another, which is warm since before (attack 16).

    All that a process remembers from one request to the next are the keys of the version it read last; its other
    caches hold what never changes (compiled templates, derived keys by their root).
    """

    def __init__(self) -> None:
        self._held: dict[str, dict[int, keys.Keys]] = {"first": {}, "second": {}}

    def warm(self) -> None:
        """Both processes have answered requests."""
        self._held = {name: dict(keys._held) for name in self._held}
        assert all(self._held.values()), "nobody has asked for keys yet"

    def where_it_ends(self) -> AbstractContextManager[object]:
        """The first process."""
        return self._as("first")

    def where_it_is_used(self) -> AbstractContextManager[object]:
        """The second process."""
        return self._as("second")

    @contextmanager
    def _as(self, name: str) -> Iterator[None]:
        _hold(self._held[name])
        yield
        self._held[name] = dict(keys._held)


class AllAtOnce:
    """Several conditions together."""

    def __init__(self, modes: Sequence[Mode]) -> None:
        self._modes = modes

    def warm(self) -> None:
        """Let each remember how things are."""
        for mode in self._modes:
            mode.warm()

    @contextmanager
    def where_it_ends(self) -> Iterator[None]:
        """In the first process, with indexes of the past."""
        with ExitStack() as stack:
            for mode in self._modes:
                stack.enter_context(mode.where_it_ends())
            yield

    @contextmanager
    def where_it_is_used(self) -> Iterator[None]:
        """In the second."""
        with ExitStack() as stack:
            for mode in self._modes:
                stack.enter_context(mode.where_it_is_used())
            yield


def _hold(held: dict[int, keys.Keys]) -> None:
    keys._held.clear()
    keys._held.update(held)
