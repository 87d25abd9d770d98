"""Everything a parameter can hold that nobody means: as octets of an address or a form, and as JSON."""

import json
from typing import Final

Named = list[tuple[str, bytes]]
LONG: Final = "x" * 100_000
DEEP: Final = 2_000

_WORDS: Final = {
    "empty": "",
    "a word": "nonsense",
    "100 kB": LONG,
    "NUL": "a\x00b",
    "CR/LF": "\r\nX-Marker: 1\r\n\r\n<x-marker>",
    "right-to-left override": "\u202egp",
    "javascript:": "javascript:marker()",
    "markup": "\"'><x-marker data-marker=1>",
    "digits of another script": "٣٣",
}
_NOT_TEXT: Final[Named] = [
    ("octets that are not UTF-8", b"\xff\xfe"),
    ("half a surrogate pair", b"\xed\xa0\x80"),
]
OCTETS: Final[Named] = [
    *((label, text.encode()) for label, text in _WORDS.items()),
    *_NOT_TEXT,
    ("an attribute", b"\" data-marker='1"),
    ("a number too large", b"9" * 40),
    ("a negative number", b"-1"),
    ("another host", b"//evil.example/\\evil.example"),
    ("up the path", b"../../x"),
]
"""What a field of a form, a parameter of a query or a variable of a path can hold."""

BREAKING: Final[Named] = [*_NOT_TEXT, ("NUL", b"\x00"), ("100 kB", LONG.encode())]
"""The ones that could break a reader before anybody asks who is calling."""

_DEEP: Final[Named] = [
    ("lists 2,000 deep", b"[" * DEEP + b"]" * DEEP),
    ("objects 2,000 deep", b'{"a":' * DEEP + b"1" + b"}" * DEEP),
]
WRONG_TYPES: Final[Named] = [
    ("octets that are not UTF-8", b'"\xff\xfe"'),
    ("half a surrogate pair", b'"\\ud800"'),
    ("minus one", b"-1"),
    ("a fraction", b"1.5"),
    ("40 digits", b"9" * 40),
    ("5,000 digits", b"9" * 5_000),
    ("infinity", b"1e999"),
    ("no number", b"NaN"),
    ("true", b"true"),
    ("null", b"null"),
    ("an empty list", b"[]"),
    ("a list of everything", b'[null, true, 1, "x", [], {}]'),
    ("an object", b'{"x-marker": {"": [null]}}'),
    *_DEEP,
]
LITERALS: Final[Named] = [*((label, json.dumps(text).encode()) for label, text in _WORDS.items()), *WRONG_TYPES]
"""What a member of a JSON object can hold, as it is written."""

BREAKING_LITERALS: Final[Named] = [("half a surrogate pair", b'"\\ud800"'), ("a number", b"1"), *_DEEP]
"""The ones that could break a reader before anybody asks who is calling."""

BREAKING_BODIES: Final[Named] = [
    ("text that is not UTF-8", b"\xff\xfe\x00"),
    ("JSON 2,000 deep", b"[" * DEEP + b"]" * DEEP),
    ("a form of broken escapes", b"%=%&%zz=%ff&&==&a"),
    ("101 fields", b"&".join(b"x%d=1" % number for number in range(101))),
    ("over 300 kB", b"x=" + b"y" * 300_001),
    ("JSON over 300 kB", b'{"x": "' + b"y" * 300_001 + b'"}'),
]
BODIES: Final[Named] = [
    ("nothing", b""),
    ("not JSON", b'{"a": '),
    ("a JSON list", b"[]"),
    ("a JSON list of objects", b"[{}]"),
    ("a JSON text", b'"x"'),
    ("a JSON number", b"1"),
    ("JSON null", b"null"),
    ("JSON true", b"true"),
    ("an empty JSON object", b"{}"),
    *BREAKING_BODIES,
]
"""Whole bodies."""

CONTENT_TYPES: Final = [
    "",
    "text/plain",
    "application/octet-stream",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/x-www-form-urlencoded; charset=\xff",
    "x" * 2_000,
]
"""What a body can be called; "" stands for not at all."""
