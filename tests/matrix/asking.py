"""Sending what a route declares to the app itself, and saying what was wrong with the answers."""

import io
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Final, Literal

import requests

from chalicelib.store.settings import settings_key
from chalicelib.web import browser
from chalicelib.web.http import JSON
from chalicelib.web.routes import Route
from chalicelib.web.shapes import ApiShape, PageShape
from local import gateway
from local.emulator import Rows, copied_rows, put_back
from local.gateway import Gateway
from tests.browser import Answer
from tests.faults import tables_written
from tests.make import World
from tests.matrix import verdict
from tests.matrix.plausible import BRANCHES, Known
from tests.matrix.sending import Sent, Whole

Caller = Literal["maya", "nobody"]
FORM_COOKIE: Final = "0123456789abcdef0123456789abcdef"
_NOT_THIS_KIND: Final = {400, 415}


@dataclass
class Asker:
    """One server with people, and the way to ask it in process: the code that answers is the same as over a socket."""

    world: World
    gateway: Gateway
    known: Known
    rows: Rows
    rows_of: dict[str, Rows] = field(default_factory=dict)
    """What there is instead for one path: set-up needs a server that nobody set up."""
    shown_at: dict[str, str] = field(default_factory=dict)
    """Where the form of a path is shown, if not at the path itself."""
    bearer_at: dict[str, str] = field(default_factory=dict)
    """The token of a path whose caller has one of its own, who is neither a person nor proved by a field."""

    def faults(self, route: Route, caller: Caller, requests_: Iterable[Sent]) -> list[str]:
        """Send requests and say what was wrong with each answer; every one meets the same rows."""
        rows = self.rows_of.get(route.path, self.rows)
        put_back(rows)
        # In a thread of its own: as deep as pytest calls, many calls cross the end of a chunk of CPython's stack, which
        # is then mapped and unmapped for each of them and takes as long as everything else (measured with 3.11).
        with ThreadPoolExecutor(1) as thread:
            found = list(thread.map(lambda sent: (sent.about, self._fault(route, caller, sent, rows)), requests_))
        put_back(self.rows)
        return [f"{about}: {fault}" for about, fault in found if fault]

    def ask(self, route: Route, caller: Caller, sent: Sent) -> Answer:
        """Send one request."""
        headers = self._credentials(route, caller)
        if sent.content_type:
            headers.append(("Content-Type", sent.content_type))
        return self._answer(route.method, sent.target(route), headers, sent.body)

    def status(self, route: Route, caller: Caller, sent: Sent) -> int:
        """Send one request, undo what it changed, and give the status."""
        put_back(self.rows_of.get(route.path, self.rows))
        status = self.ask(route, caller, sent).status
        put_back(self.rows)
        return status

    def post_json(self, path: str, members: dict[str, Any]) -> Answer:
        """Call the API as Maya."""
        return self.call("POST", path, json.dumps(members).encode())

    def call(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Call the API as Maya."""
        headers = [("Authorization", f"Bearer {self.known.session}"), ("Content-Type", JSON)]
        return self._answer(method, path, headers, body)

    def wholes(self, route: Route, caller: Caller) -> Iterator[Whole]:
        """The requests that are meant: one, or one for each branch of a form."""
        put_back(self.rows_of.get(route.path, self.rows))
        bare = Whole(self.known.in_path(route), self.known.in_query(route))
        if route.takes.items is not None:
            yield replace(bare, items=self.known.items(route))
        if isinstance(route.shape, PageShape) and route.method == "POST":
            yield replace(bare, form=self._form(route, caller, bare))
        elif route.takes.fields:
            yield from self._of_this_kind(route, caller, list(self._bodies(route, bare)))
        elif route.takes.items is None:
            yield bare

    def _of_this_kind(self, route: Route, caller: Caller, found: list[Whole]) -> list[Whole]:
        """JSON or a form: what is refused as a whole is meant for another surface, and its fields are not looked at."""
        if len(found) < 2 or (caller == "nobody" and closed(route)):
            return found
        return [whole for whole in found if self.status(route, caller, whole.sent()) not in _NOT_THIS_KIND]

    def _bodies(self, route: Route, bare: Whole) -> Iterator[Whole]:
        names = sorted(route.takes.fields)
        yield replace(bare, members={name: self.known.member(route, name) for name in names})
        if isinstance(route.shape, ApiShape):
            return
        values = {name: self.known.field(route, name) for name in names}
        branching = [[(name, value) for value in BRANCHES[name]] for name in names if name in BRANCHES]
        for branch in product(*branching):
            yield replace(bare, form=values | dict(branch))

    def _form(self, route: Route, caller: Caller, bare: Whole) -> dict[str, str]:
        """What the page that shows the form holds, a good token among it, and a value for what is left empty."""
        held = self._shown(route, caller, bare)
        values = {name: held.get(name) or self.known.field(route, name) for name in sorted(route.takes.fields)}
        return values | {"csrf": self._csrf(route, caller)}

    def _shown(self, route: Route, caller: Caller, bare: Whole) -> dict[str, str]:
        path = bare.sent().target(route).partition("?")[0]
        answer = self._answer("GET", self.shown_at.get(route.path, path), self._credentials(route, caller), b"")
        forms = answer.page.forms if answer.status == 200 else []
        return next((form.fields for form in forms if form.action == path), {})

    def _csrf(self, route: Route, caller: Caller) -> str:
        settings = self.world.row(settings_key())
        holder = FORM_COOKIE if caller == "nobody" else self.known.values["session_id"]
        return browser.form_token(settings, holder, route.form or "")

    def _fault(self, route: Route, caller: Caller, sent: Sent, rows: Rows) -> str:
        with tables_written() as written:
            answer = self.ask(route, caller, sent)
        fault = verdict.fault(route, sent, answer)
        if not fault and caller == "nobody" and closed(route):
            fault = verdict.fault_for_nobody(answer)
        if not written:
            return fault
        changed = answer.status >= 400 and essential(copied_rows()) != essential(rows)
        put_back({name: rows[name] for name in written})
        return fault or (f"{answer.status}, and rows are changed" if changed else "")

    def _credentials(self, route: Route, caller: Caller) -> list[tuple[str, str]]:
        if caller == "nobody":
            return [("Cookie", f"{browser.cookie_name('form')}={FORM_COOKIE}")]
        cookie = ("Cookie", f"{browser.cookie_name()}={self.known.session}")
        # A client proves itself by its fields; with a header too there would be two proofs.
        own = None if route.access.kind == "client" else self.known.session
        token = self.bearer_at.get(route.path, own)
        bearer = [("Authorization", f"Bearer {token}")] if token else []
        return [cookie, *bearer]

    def _answer(self, method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> Answer:
        answer = self.gateway.handle(gateway.Request(method, target, headers, body, "127.0.0.1"))
        return received(answer)


def closed(route: Route) -> bool:
    """Whether somebody must be signed in."""
    return route.access.kind in {"person", "scope"}


def callers(route: Route) -> tuple[Caller, ...]:
    """Who calls a route: where clients prove themselves, or anybody is served alike, no session is looked at."""
    return ("nobody",) if route.access.kind in {"client", "fixed"} else ("maya", "nobody")


def essential(rows: Rows) -> Rows:
    """What a refused request may not change: everything but counters of tries, and the record of a refusal.

    DESIGN section 2: `limits`, its audit, the ring of an application's failures, the wrong guesses of a set-up link.
    """
    return {
        name: {key: held for key, row in table.items() if (held := _without_notes(row))}
        for name, table in rows.items()
        if not name.endswith(("limits", "client_notes"))
    }


def _without_notes(held: Any) -> Any:
    if isinstance(held, dict):
        return {key: row for key, row in held.items() if not _is_note(row)}
    return None if _is_note(held) else held


def _is_note(row: Any) -> bool:
    attributes = attributes_of(row)
    return attributes.get("result") == {"S": "refused"} or attributes.get("name") == {"S": "setup"}


def attributes_of(row: Any) -> dict[str, dict[str, Any]]:
    """What a row of the emulator holds, as DynamoDB writes it."""
    attributes: dict[str, dict[str, Any]] = row.to_json()["Attributes"]
    return attributes


def received(answer: gateway.Answer) -> Answer:
    """An answer as a client of HTTP sees it."""
    response = requests.Response()
    response.status_code = answer.status
    response.encoding = "utf-8"
    for name, value in answer.headers:
        response.headers[name] = f"{response.headers[name]}, {value}" if name in response.headers else value
    response.raw = io.BytesIO(answer.body)
    return Answer(response)
