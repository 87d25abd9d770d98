"""Requests made from a route's declaration, each with one thing wrong."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.credentials import new_id
from chalicelib.web.http import FORM, JSON
from chalicelib.web.routes import Route
from tests.matrix import nonsense
from tests.matrix.nonsense import Named


@dataclass(frozen=True)
class Sent:
    """A request as it goes out.  `about` says in a failure what is wrong with it."""

    about: str
    path: Mapping[str, bytes]
    query: Sequence[tuple[str, bytes]]
    body: bytes
    content_type: str

    def target(self, route: Route) -> str:
        """Path and query, escaped."""
        path = route.path
        for name, value in self.path.items():
            path = path.replace("{" + name + "}", quote(value, safe=""))
        return f"{path}?{urlencode(self.query)}" if self.query else path


@dataclass(frozen=True)
class Whole:
    """A request nothing is wrong with: the values of each part by name."""

    path: dict[str, str]
    query: dict[str, str]
    form: dict[str, str] | None = None
    members: dict[str, Any] | None = None
    items: list[str] | None = None

    def sent(self, about: str = "as it is meant") -> Sent:
        """As it goes out."""
        body, content_type = self._body()
        return Sent(about, _octets(self.path), list(_octets(self.query).items()), body, content_type)

    def _body(self) -> tuple[bytes, str]:
        if self.form is not None:
            return urlencode(self.form).encode(), FORM
        if self.items is not None:
            return json.dumps(self.items).encode(), JSON
        return (b"", "") if self.members is None else (json.dumps(self.members).encode(), JSON)


@dataclass(frozen=True)
class Nonsense:
    """What to send: everything, or only what could break a reader before anybody asks who is calling."""

    octets: Named
    literals: Named
    inner: Named
    """What is put into a list or an object that a member holds."""


EVERYTHING = Nonsense(nonsense.OCTETS, nonsense.LITERALS, nonsense.WRONG_TYPES)
BREAKING = Nonsense(nonsense.BREAKING, nonsense.BREAKING_LITERALS, [])


def spoiled(whole: Whole, sent_what: Nonsense) -> Iterator[Sent]:
    """Every parameter of every part, with everything that can be wrong with it."""
    sent = whole.sent()
    yield from _spoiled_path(sent, sent_what.octets)
    for name in whole.query:
        for about, pairs in _spoiled_pairs(whole.query, name, sent_what.octets):
            yield replace(sent, about=f"query {name}: {about}", query=pairs)
    for name in whole.form or {}:
        for about, pairs in _spoiled_pairs(whole.form or {}, name, sent_what.octets):
            yield replace(sent, about=f"field {name}: {about}", body=urlencode(pairs).encode())
    for about, body in [*_spoiled_members(whole.members or {}, sent_what), *_spoiled_items(whole.items, sent_what)]:
        yield replace(sent, about=about, body=body)


def bodies(whole: Whole, named: Named) -> Iterator[Sent]:
    """Everything that can be wrong with a body as a whole."""
    sent = whole.sent()
    for about, body in named:
        yield replace(sent, about=f"body: {about}", body=body)
        yield replace(sent, about=f"body as octets: {about}", body=body, content_type="application/octet-stream")


def wrappings(whole: Whole) -> Iterator[Sent]:
    """A good body that is called something else, or is not there, or has more in it than is read."""
    sent = whole.sent()
    yield replace(sent, about="no body and no content type", body=b"", content_type="")
    for content_type in nonsense.CONTENT_TYPES:
        yield replace(sent, about=f"content type {content_type[:40]!r}", content_type=content_type)
    yield replace(sent, about="an unknown parameter", query=[*sent.query, ("x-marker", b"<x-marker>")])
    if whole.form is not None:
        yield replace(sent, about="an unknown field", body=sent.body + b"&x-marker=%3Cx-marker%3E&__proto__=1")
    if whole.members is not None:
        more = json.dumps(whole.members | {"x-marker": "<x-marker>", "__proto__": {}, "": None})
        yield replace(sent, about="unknown members", body=more.encode())


def _spoiled_path(sent: Sent, octets: Named) -> Iterator[Sent]:
    for name in sent.path:
        for about, value in [("of nobody", new_id().encode()), *octets]:
            if value:  # without it this is another address
                yield replace(sent, about=f"path {name}: {about}", path={**sent.path, name: value})


def _spoiled_pairs(
    values: Mapping[str, str], name: str, octets: Named
) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    others = [(other, value.encode()) for other, value in values.items() if other != name]
    own = (name, values[name].encode())
    yield "missing", others
    yield "repeated", [*others, own, own]
    for about, value in octets:
        yield about, [*others, (name, value)]


def _spoiled_members(members: Mapping[str, Any], sent_what: Nonsense) -> Named:
    found: Named = []
    for name, value in members.items():
        others = _written(members, name)
        own = _member(name, json.dumps(value).encode())
        found += [
            (f"member {name}: missing", _object(others)),
            (f"member {name}: repeated", _object([*others, own, own])),
        ]
        for about, literal in _spoiled_values(value, sent_what):
            found.append((f"member {name}: {about}", _object([*others, _member(name, literal)])))
    return found


def _spoiled_items(items: list[str] | None, sent_what: Nonsense) -> Named:
    if items is None:
        return []
    good = json.dumps(items)[1:-1].encode()
    alone = [(f"item: {about}", b"[" + literal + b"]") for about, literal in sent_what.literals]
    return alone + [
        (f"2nd item: {about}", b"[" + good + b"," + literal + b"]") for about, literal in sent_what.literals
    ]


def _spoiled_values(value: Any, sent_what: Nonsense) -> Named:
    """A value replaced, and what is in it replaced, one level deep."""
    found = list(sent_what.literals)
    if isinstance(value, list):
        found += [(f"holds {about}", b"[" + literal + b"]") for about, literal in sent_what.inner]
    for name in value if isinstance(value, dict) else ():
        others = _written(value, name)
        for about, literal in sent_what.inner:
            found.append((f"{name}: {about}", _object([*others, _member(name, literal)])))
    return found


def _written(members: Mapping[str, Any], but: str) -> list[bytes]:
    return [_member(name, json.dumps(value).encode()) for name, value in members.items() if name != but]


def _member(name: str, literal: bytes) -> bytes:
    return json.dumps(name).encode() + b":" + literal


def _object(members: list[bytes]) -> bytes:
    return b"{" + b",".join(members) + b"}"


def _octets(values: Mapping[str, str]) -> dict[str, bytes]:
    return {name: value.encode() for name, value in values.items()}
