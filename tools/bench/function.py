"""The function alone, as Lambda calls it, with DynamoDB's answers ready.

What is counted is the CPU time of Gatepost, Chalice, PynamoDB and the SDK.

The same requests are made again and again, with the clock and everything drawn at random the same each time. The first
time DynamoDB is emulated and its answers are kept; afterwards they are given back in their order, so that nothing but
the function itself runs between the SDK's calls.
"""

import gc
import random
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from chalice.local import LocalChalice

from local import emulator, environment
from local.gateway import Gateway, Request
from tools.bench.cost import Cost, Measurement
from tools.bench.sign_in import ISSUER, SAMPLE, Send, gatepost_caller

WARM_UP = 5  # how often everything is done before it is measured
SEED = 7


def measured(runs: int) -> Iterator[Measurement]:
    """Measure what DESIGN section 9 has a budget of CPU time for."""
    environment.enter(ISSUER)
    with emulator.running():
        send = _function()
        from local import demo

        caller = gatepost_caller(send, demo.load(ISSUER, SAMPLE))
        token = caller.sign_in()["access_token"]  # the keys are read by now: only DynamoDB is asked from here on
        repeated = _Repeated()
        costs = repeated.costs(caller.whole, runs)
        yield Measurement("whole sign-in (authorize, exchange, me, refresh)", "7 trips, 8 ms", costs)
        costs = repeated.costs(lambda: caller.me(token), runs)
        yield Measurement("bearer check (users/me)", "1 trip, 1.2 ms", costs)


def _function() -> Send:
    from app import app
    from tools.provision import provision

    provision()
    app.__class__ = _Metered
    gateway = Gateway(app)
    return lambda method, target, headers, body: gateway.handle(Request(method, target, headers, body, "127.0.0.1"))


class _Metered(LocalChalice):
    """The function, whose CPU seconds are counted."""

    spent = 0.0

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Answer an event."""
        began = time.process_time()
        try:
            answer: dict[str, Any] = super().__call__(event, context)
        finally:
            _Metered.spent += time.process_time() - began
        return answer


class _Repeated:
    """Does something many times over, each time with the same clock, the same luck and DynamoDB's same answers."""

    def __init__(self) -> None:
        from chalicelib.store.connection import connection

        self._transport, self._now = _Transport(), time.time_ns()
        events: Any = connection().client.meta.events  # its types know of no hook that answers
        events.register_first("before-send", self._transport)

    def costs(self, action: Callable[[], object], runs: int) -> list[Cost]:
        """Measure an action: rehearsed, warmed up, and then what each run costs."""
        for _ in range(runs):
            action()  # every copy of settings and client is read by then, as it is on a function that is used
        self._transport.forget()
        self._rounds(action, runs)
        gc.collect()
        gc.freeze()  # the emulator's objects are not the function's to look through
        for _ in range(WARM_UP):
            self._transport.rewind()
            costs = self._rounds(action, runs)
        self._transport.forget()
        return costs

    def _rounds(self, action: Callable[[], object], runs: int) -> list[Cost]:
        """Do it so many times; it is the same every time this is called."""
        random.seed(SEED)
        drawn = random.Random(SEED).randbytes  # noqa: S311  # nothing here is secret
        with patch("secrets.token_bytes", drawn), patch("time.time_ns", lambda: self._now):
            return [self._cost(action) for _ in range(runs)]

    def _cost(self, action: Callable[[], object]) -> Cost:
        _Metered.spent, self._transport.spent, self._transport.calls = 0.0, 0.0, 0
        action()
        return Cost(self._transport.calls, (_Metered.spent - self._transport.spent) * 1000)


class _Transport:
    """Asks the emulator and keeps what it said, or says that again; counts calls, and the CPU seconds of its own."""

    def __init__(self) -> None:
        from moto.core.models import botocore_stubber

        self._emulator: Any = botocore_stubber
        self._kept = list[tuple[Any, AWSResponse]]()  # bodies of requests, and their answers
        self._emulator.enabled = False  # the SDK would ask it too, and then take the first answer
        self._again: Iterator[tuple[Any, AWSResponse]] | None = None
        self.calls, self.spent = 0, 0.0

    def __call__(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        """Answer a request of the SDK."""
        began = time.process_time()
        answer = self._asked(request, event_name) if self._again is None else self._kept_for(request, self._again)
        self.calls += 1
        self.spent += time.process_time() - began
        return answer

    def forget(self) -> None:
        """Ask from now on, and keep the answers."""
        self._again = None
        self._kept.clear()

    def rewind(self) -> None:
        """Give from now on the answers that were kept, from the first."""
        self._again = iter(self._kept)

    def _asked(self, request: AWSPreparedRequest, event_name: str) -> AWSResponse:
        self._emulator.enabled = True
        answer: AWSResponse = self._emulator(event_name=event_name, request=request)
        self._emulator.enabled = False
        self._kept.append((request.body, answer))
        return answer

    def _kept_for(self, request: AWSPreparedRequest, again: Iterator[tuple[Any, AWSResponse]]) -> AWSResponse:
        body, answer = next(again)
        assert body == request.body, "the function asked for something else than the first time"
        return answer
