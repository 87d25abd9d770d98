"""Racing: acts that start together in threads of their own, or take turns at every call of DynamoDB as a seed says."""

import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import requests

from chalicelib import config
from local.gateway import Gateway, Request
from tests.browser import Answer, authorization_request
from tests.faults import before_every_call
from tests.make import VERIFIER, App

T = TypeVar("T")
Act = Callable[[], T]


def together(acts: Sequence[Act[T]]) -> list[T]:
    """Start all acts at the same moment, each in its own thread; give what they gave, in their order."""
    gate = threading.Barrier(len(acts))

    def run(act: Act[T]) -> T:
        gate.wait(timeout=30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def in_turns(acts: Sequence[Act[T]], seed: int) -> list[T]:
    """Run acts in threads of which one moves at a time, from one call of DynamoDB to its next; the seed says who."""
    turns = _Turns(len(acts), random.Random(seed))  # noqa: S311  # repeatable, not secret
    with before_every_call(turns.wait), ThreadPoolExecutor(len(acts)) as pool:
        running = [pool.submit(turns.run, number, act) for number, act in enumerate(acts)]
        turns.give()
        return [result.result(timeout=30) for result in running]


class _Turns:
    """Who may move: all others wait right before their next call."""

    def __init__(self, actors: int, chances: random.Random) -> None:
        self._changed = threading.Condition()
        self._chances = chances
        self._left = actors
        self._actors: dict[int, int] = {}
        self._waiting: set[int] = set()
        self._turn: int | None = None

    def run(self, number: int, act: Act[T]) -> T:
        """Be an actor until the act is over."""
        self._actors[threading.get_ident()] = number
        self.wait("start")
        try:
            return act()
        finally:
            with self._changed:
                del self._actors[threading.get_ident()]
                self._left -= 1
                self._turn = None
                self._changed.notify_all()

    def wait(self, _operation: str) -> None:
        """Give the turn up and wait for the next; threads that are no actors pass."""
        number = self._actors.get(threading.get_ident())
        if number is None:
            return
        with self._changed:
            self._waiting.add(number)
            if self._turn == number:
                self._turn = None
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self._turn == number, timeout=30)
            self._waiting.discard(number)

    def give(self) -> None:
        """Hand out turns until every act is over."""
        with self._changed:
            while self._left:
                assert self._changed.wait_for(self._all_wait, timeout=30)
                if self._waiting:
                    self._turn = self._chances.choice(sorted(self._waiting))
                    self._changed.notify_all()

    def _all_wait(self) -> bool:
        return self._turn is None and len(self._waiting) == self._left


# --- calls in the caller's own thread, through the emulated API Gateway -------------------------------------------


def send(method: str, path: str, **keywords: Any) -> Answer:
    """Call Gatepost without a network in between."""
    prepared = requests.Request(method, config.current().issuer + path, **keywords).prepare()
    body = prepared.body or b""
    octets = body.encode() if isinstance(body, str) else body
    assert isinstance(octets, bytes)
    headers = list(prepared.headers.items())
    answered = _gateway().handle(Request(method, prepared.path_url, headers, octets, "127.0.0.1"))
    response = requests.Response()
    response.status_code, response._content = answered.status, answered.body
    response.headers.update(dict(answered.headers))
    return Answer(response)


def allow(app: App, session_token: str) -> str:
    """Have a person allow an application, as Mattermost's own page does; give the code."""
    body = authorization_request(app)
    answer = send("POST", "/oauth/authorize", json=body, headers={"Authorization": f"Bearer {session_token}"})
    assert answer.status == 200, answer.text
    return dict(parse_qsl(urlsplit(str(answer.json["redirect"])).query))["code"]


def exchange(app: App, code: str) -> Answer:
    """Exchange a code."""
    proof = {"redirect_uri": app.redirect_uri, "code_verifier": VERIFIER}
    form = {"grant_type": "authorization_code", "code": code} | proof
    return send("POST", "/oauth/access_token", data=form, auth=app.basic)


def refresh(app: App, refresh_token: str) -> Answer:
    """Use a refresh token."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return send("POST", "/oauth/access_token", data=form, auth=app.basic)


def me(access_token: str) -> Answer:
    """Call the API with a token."""
    return send("GET", "/api/v4/users/me", headers={"Authorization": f"Bearer {access_token}"})


@cache
def _gateway() -> Gateway:
    from app import app

    return Gateway(app)
