"""The only reader of a raw request: address, query, form, JSON, cookies.

Each read once, and refused in one place when malformed.
"""

import json
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from chalice.app import Request as ChaliceRequest

from chalicelib.credentials import is_id, new_id
from chalicelib.errors import InvalidParameter, InvalidRequest, TooLarge
from chalicelib.store.audit import Origin

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
MAX_BODY: Final = 300_000  # contract 1.1
MAX_URL: Final = 8_192
MAX_FIELDS: Final = 100


class Parameters:
    """Names and values of a query or a form.

    An empty value is an absent one, a repeated name an error (RFC 6749 section 3.1). A route reads only what it
    declares (`declared`): the tests that send nonsense are made from the declarations.
    """

    def __init__(self, pairs: Sequence[tuple[str, str]], declared: frozenset[str]) -> None:
        self._declared = declared
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def get(self, name: str) -> str | None:
        """The one value of a name; None if it is absent or empty.

        Raises:
            InvalidRequest: the name is repeated, or its value cannot be text.
            LookupError: the route does not declare this name, which is a mistake of ours.

        """
        if name not in self._declared:
            raise LookupError(f"the parameter {name} is read and not declared")
        values = self._values.get(name, [])
        if len(values) > 1:
            raise InvalidRequest(f"The parameter {name} is repeated.")
        if not values or values[0] == "":
            return None
        if not is_text(values[0]):
            raise InvalidRequest(f"The parameter {name} contains characters it may not contain.")
        return values[0]

    def all(self, name: str) -> list[str]:
        """Every value of a name that may be repeated; empty ones count as absent.

        Raises:
            InvalidRequest: one of them cannot be text.
            LookupError: the route does not declare this name, which is a mistake of ours.

        """
        if name not in self._declared:
            raise LookupError(f"the parameter {name} is read and not declared")
        return [
            found
            for value in self._values.get(name, [])
            if (found := Parameters([(name, value)], self._declared).get(name))
        ]

    def text(self, name: str) -> str:
        """The value of a form's field as somebody typed it: trimmed, "" if absent."""
        return (self.get(name) or "").strip()

    def only(self, names: Sequence[str]) -> dict[str, str]:
        """The named values that are there."""
        found = {name: self.get(name) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def pairs(self) -> list[tuple[str, str]]:
        """Everything that was sent, for a form that is given back."""
        return [(name, value) for name, values in self._values.items() for value in values]


class Takes(NamedTuple):
    """What a route reads: parameters of the query, fields of a form or members of a JSON object.

    `items` names what a JSON array holds, where the body is one.
    """

    query: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    items: str | None = None


@dataclass(frozen=True)
class Request:
    """One request.  `id` goes into answers, logs and audit rows.

    `now` is Unix milliseconds and does not move during it. `claimed_user_id` is whom the credential names, not
    believed yet: it says which rows to read; "" when it names nobody.
    """

    method: str
    path: str
    query_string: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    path_values: Mapping[str, str]
    raw_body: bytes = field(repr=False)
    network: str
    id: str = field(default_factory=new_id)
    now: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    takes: Takes = field(default_factory=Takes)
    claimed_user_id: str = ""

    @cached_property
    def query(self) -> Parameters:
        """The query's parameters."""
        pairs = [(name, value) for name, values in self.query_string.items() for value in values]
        return Parameters(pairs, self.takes.query)

    @property
    def length(self) -> int:
        """Characters of the address, give or take its separators."""
        values = [value for values in self.query_string.values() for value in values]
        return len(self.path) + sum(map(len, [*self.query_string, *values]))

    @cached_property
    def body(self) -> bytes:
        """The body.

        Raises:
            TooLarge: more than anything here takes.

        """
        if len(self.raw_body) > MAX_BODY:
            raise TooLarge
        return self.raw_body

    @cached_property
    def form(self) -> Parameters:
        """The fields of a form.

        Raises:
            InvalidRequest: not a form, not UTF-8, or too many fields.

        """
        try:
            pairs = parse_qsl(
                self.body.decode(),
                keep_blank_values=True,
                max_num_fields=MAX_FIELDS,
                errors="strict",
            )
        except ValueError as error:
            raise InvalidRequest("The form is not well formed UTF-8, or has too many fields.") from error
        return Parameters(pairs, self.takes.fields | {"csrf"})

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case; "" if none was sent."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self, name: str) -> dict[str, Any]:
        """The declared members of the body, a JSON object; `name` is what the contract calls it in errors.

        Raises:
            InvalidParameter: not JSON, not an object, not text, or deeper than anything sent in earnest.

        """
        value = self._json(name)
        if not isinstance(value, dict):
            raise InvalidParameter(name)
        return {member: value[member] for member in value if member in self.takes.fields}

    def json_texts(self, name: str) -> list[str]:
        """The body as a JSON array of texts.

        Raises:
            InvalidParameter: it is none.

        """
        value = self._json(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise InvalidParameter(name)
        return value

    def _json(self, name: str) -> Any:
        try:
            value = json.loads(self.body)
            json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair is no text
        except (ValueError, RecursionError) as error:
            raise InvalidParameter(name) from error
        return value

    def path_id(self, name: str) -> str:
        """An identifier in the address; "" if it could not be one of ours: no row has it."""
        value = self.path_values.get(name, "")
        return value if is_id(value) else ""

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        """Cookies by name. One that came twice was tossed in by somebody else, and counts as none (attack 27)."""
        found: dict[str, list[str]] = {}
        for part in self.headers.get("cookie", "").split(";"):
            name, equals, value = part.strip().partition("=")
            if equals:
                found.setdefault(name, []).append(value)
        return {name: values[0] for name, values in found.items() if len(values) == 1}

    def origin(self, actor_id: str) -> Origin:
        """What the audit says about where a change comes from."""
        return Origin(actor_id, self.network, self.headers.get("user-agent", ""), self.id, self.now)


_current: ContextVar[Request] = ContextVar("request")


def current() -> Request:
    """The request being answered."""
    return _current.get()


def enter(event: ChaliceRequest) -> Request:
    """Read an event of API Gateway, and make it the current request."""
    raw = event.raw_body
    request = Request(
        method=event.method,
        path=str(event.to_original_event().get("path") or event.context.get("path") or event.path),
        query_string=dict(event.to_original_event().get("multiValueQueryStringParameters") or {}),
        headers={name.lower(): value for name, value in dict(event.headers).items()},
        path_values=event.uri_params or {},
        raw_body=raw.encode() if isinstance(raw, str) else raw,
        network=str(event.context.get("identity", {}).get("sourceIp", "")),
    )
    _current.set(request)
    return request


def is_text(value: str) -> bool:
    """Whether a value is text: no NUL, no half of a surrogate pair, no byte that was not UTF-8."""
    if value.isascii():
        return "\x00" not in value
    return "\x00" not in value and "\ufffd" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
