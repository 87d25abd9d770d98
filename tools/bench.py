"""`python3 dev.py bench`: what a request costs, on this machine: round trips, and the function's own CPU time.

The function is called as Lambda calls it. DynamoDB is emulated in this process, and what the emulator takes is not
counted; where every answer can be known beforehand it is not even asked. The figures are those of Gatepost, Chalice,
PynamoDB and the SDK (DESIGN section 9).
"""

import argparse
import base64
import gc
import hashlib
import json
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from botocore.awsrequest import AWSResponse

from local import environment

WARM_UP = 2000
ISSUER = "http://localhost:8065"
CALLBACK = "https://standup.example.net/oauth/callback"
Headers = list[tuple[str, str]]


@dataclass
class Meter:
    """CPU seconds of the emulator, and how often it was asked."""

    emulator: float = 0.0
    calls: int = 0
    _began: float = 0.0

    def before(self, **_: Any) -> None:
        """A request leaves the SDK."""
        self._began = time.process_time()

    def after(self, **_: Any) -> None:
        """The emulator has answered."""
        self.emulator += time.process_time() - self._began
        self.calls += 1


class Replay:
    """Answers known beforehand: the emulator is asked once for each request body."""

    def __init__(self) -> None:
        from moto.core.models import botocore_stubber

        self._emulator, self._answers = botocore_stubber, dict[bytes, tuple[int, Any, bytes]]()
        self._emulator.enabled = False

    def __call__(self, request: Any, event_name: str, **_: Any) -> Any:
        """Answer a request of the SDK."""
        if request.body not in self._answers:
            self._emulator.enabled = True
            answer: Any = self._emulator(event_name=event_name, request=request)
            self._emulator.enabled = False
            self._answers[request.body] = (answer.status_code, answer.headers, answer.content)
        status, headers, content = self._answers[request.body]
        return AWSResponse(request.url, status, headers, Body(content))


class Body:
    """The body of an answer, as the SDK reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        """All of it at once."""
        yield self._content


@dataclass(frozen=True)
class Cost:
    """Of one request or several: round trips, and milliseconds of CPU."""

    calls: int
    milliseconds: float


def main(arguments: list[str]) -> int:
    """Measure and print; nothing is judged here."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="how often each is measured (200)")
    options = parser.parse_args(arguments)
    environment.enter(ISSUER)
    from local import emulator

    with emulator.running():
        _measure(options.runs)
    return 0


def _measure(runs: int) -> None:
    from local import demo
    from tools.provision import provision

    provision()
    made = demo.load(ISSUER, "http://127.0.0.1:9090")
    browser = _Caller(made["accounts"][1], made["sample_client"])
    browser.sign_in()  # the first allows the application, and warms everything up
    access = browser.sign_in()["access_token"]
    print(f"{'of ' + str(runs) + ' runs':52} {'trips':>5} {'least':>8} {'median':>8}   budget")
    whole = [browser.cost(browser.whole) for _ in range(runs)]
    _print("whole sign-in (authorize, exchange, me, refresh)", "7 trips, 8 ms CPU", whole)
    browser.replay()
    for _ in range(WARM_UP):
        browser.me(access)  # every copy of settings and client has been read by then
    bearer = [browser.cost(lambda: browser.me(access), times=10) for _ in range(runs)]
    _print("bearer check (users/me)", "1 trip, 1.2 ms CPU", bearer)


def _print(name: str, budget: str, costs: list[Cost]) -> None:
    times, trips = [cost.milliseconds for cost in costs], statistics.median(cost.calls for cost in costs)
    print(f"{name:52} {trips:5.0f} {min(times):8.2f} {statistics.median(times):8.2f}   {budget}")


class _Caller:
    """Somebody signed in, and the sample client, calling the function without a network."""

    def __init__(self, account: Any, client: Any) -> None:
        from app import app
        from chalicelib.store.reading import connection
        from local.gateway import Gateway

        self.account, self.client = account, client
        self.gateway, self.meter = Gateway(app), Meter()
        self._events = connection().client.meta.events
        self._events.register_first("before-send", self.meter.before)
        self._events.register_last("before-send", self.meter.after)
        body = json.dumps({"login_id": account["username"], "password": account["password"]})
        session = self.call("POST", "/api/v4/users/login", [("content-type", "application/json")], body.encode())
        cookie = f"gatepost-8065={dict(session.headers)['Token']}"
        self.headers: Headers = [("cookie", cookie), ("sec-fetch-site", "same-origin")]

    def call(self, method: str, target: str, headers: Headers, body: bytes = b"") -> Any:
        """Call the function once."""
        from local.gateway import Request

        return self.gateway.handle(Request(method, target, headers, body, "127.0.0.1"))

    def replay(self) -> None:
        """From now on answer the SDK with what is known."""
        self._events.register_first("before-send", Replay())

    def cost(self, action: Callable[[], object], times: int = 1) -> Cost:
        """What an action costs without the emulator, which leaves a hundred times more garbage than the function."""
        gc.disable()
        emulator, calls, began = self.meter.emulator, self.meter.calls, time.process_time()
        for _ in range(times):
            action()
        spent = time.process_time() - began - (self.meter.emulator - emulator)
        gc.enable()
        return Cost((self.meter.calls - calls) // times, spent * 1000 / times)

    def whole(self) -> None:
        """A sign-in with remembered consent, the first call and the first refresh."""
        tokens = self.sign_in()
        self.me(tokens["access_token"])
        self.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])

    def sign_in(self) -> dict[str, Any]:
        """Authorize and exchange; the first time Allow is pressed."""
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.client["client_id"],
            "redirect_uri": self.client["redirect_uri"],
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        answer = self.call("GET", f"/oauth/authorize?{urlencode(asked)}", self.headers)
        if answer.status == 200:
            self._allow(asked)
            answer = self.call("GET", f"/oauth/authorize?{urlencode(asked)}", self.headers)
        code = parse_qs(urlsplit(dict(answer.headers)["Location"]).query)["code"][0]
        redirect_uri = self.client["redirect_uri"]
        return self.token(grant_type="authorization_code", code=code, code_verifier=verifier, redirect_uri=redirect_uri)

    def me(self, token: str) -> None:
        """Call the API."""
        answer = self.call("GET", "/api/v4/users/me", [("authorization", f"Bearer {token}")])
        assert answer.status == 200, answer.body

    def token(self, **form: str) -> dict[str, Any]:
        """Call the token endpoint."""
        pair = f"{self.client['client_id']}:{self.client['client_secret']}"
        basic = base64.b64encode(pair.encode()).decode()
        headers = [("authorization", f"Basic {basic}"), ("content-type", "application/x-www-form-urlencoded")]
        answer = self.call("POST", "/oauth/access_token", headers, urlencode(form).encode())
        assert answer.status == 200, answer.body
        tokens: dict[str, Any] = json.loads(answer.body)
        return tokens

    def _allow(self, asked: dict[str, str]) -> None:
        """Allow once, as Mattermost's clients do."""
        token = self.headers[0][1].partition("=")[2]
        headers = [("authorization", f"Bearer {token}"), ("content-type", "application/json")]
        answer = self.call("POST", "/oauth/authorize", headers, json.dumps(asked).encode())
        assert answer.status == 200, answer.body


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
