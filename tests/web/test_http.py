"""Reading a request: what is declared can be read, and nothing else; what is malformed is refused in one place."""

import json
from typing import Any

import pytest

from chalicelib.errors import InvalidParameter, InvalidRequest, TooLarge
from chalicelib.web.http import MAX_BODY, Request, Takes


def request(takes: Takes, body: bytes = b"", query: dict[str, list[str]] | None = None) -> Request:
    """A request to a route that declares what it takes."""
    return Request("POST", "/somewhere", query or {}, {}, {}, body, "127.0.0.1", takes=takes)


def of_json(value: Any, *fields: str) -> Request:
    """A request with a JSON body."""
    return request(Takes(fields=frozenset(fields)), json.dumps(value).encode())


# --- declared or not --------------------------------------------------------------------------------------------


def test_a_declared_parameter_of_the_query_is_read() -> None:
    """DESIGN section 1: a route says what it reads."""
    assert request(Takes(query=frozenset({"page"})), query={"page": ["2"]}).query.get("page") == "2"


@pytest.mark.parametrize("query", [{"page": ["2"]}, {}])
def test_an_undeclared_parameter_of_the_query_is_a_mistake_of_ours(query: dict[str, list[str]]) -> None:
    """Whether it was sent or not: a test that sends none finds it too."""
    with pytest.raises(LookupError):
        request(Takes(fields=frozenset({"page"})), query=query).query.get("page")


def test_a_declared_field_of_a_form_is_read() -> None:
    """DESIGN section 1."""
    assert request(Takes(fields=frozenset({"name"})), b"name=Otter").form.get("name") == "Otter"


@pytest.mark.parametrize("body", [b"name=Otter", b""])
def test_an_undeclared_field_of_a_form_is_a_mistake_of_ours(body: bytes) -> None:
    """A parameter of the query is no field."""
    with pytest.raises(LookupError):
        request(Takes(query=frozenset({"name"})), body).form.get("name")


@pytest.mark.parametrize("body", [b"name=Otter", b""])
def test_every_way_to_read_a_field_asks_for_its_declaration(body: bytes) -> None:
    """`get` is not the only one."""
    form = request(Takes(), body).form

    with pytest.raises(LookupError):
        form.text("name")
    with pytest.raises(LookupError):
        form.only(["name"])
    with pytest.raises(LookupError):
        form.all("name")


def test_the_token_of_a_form_needs_no_declaration() -> None:
    """Every form has one."""
    assert request(Takes(), b"csrf=x").form.get("csrf") == "x"


def test_an_undeclared_member_of_a_json_object_is_not_there() -> None:
    """JSON is handed on as a whole: what was not declared is left out of it."""
    assert of_json({"name": "Otter", "is_admin": True}, "name").json("body") == {"name": "Otter"}


def test_a_route_without_declared_fields_gets_an_empty_object() -> None:
    """As above."""
    assert of_json({"name": "Otter"}).json("body") == {}


# --- malformed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["a\x00b", "\ufffd", chr(0xD800)])
def test_what_is_no_text_is_refused(value: str) -> None:
    """NUL, an octet that was not UTF-8, half a surrogate pair."""
    with pytest.raises(InvalidRequest):
        request(Takes(query=frozenset({"q"})), query={"q": [value]}).query.get("q")


def test_a_repeated_parameter_is_refused() -> None:
    """RFC 6749 section 3.1."""
    with pytest.raises(InvalidRequest):
        request(Takes(fields=frozenset({"name"})), b"name=1&name=2").form.get("name")


def test_an_empty_parameter_is_absent() -> None:
    """RFC 6749 section 3.1."""
    assert request(Takes(fields=frozenset({"name"})), b"name=").form.get("name") is None


@pytest.mark.parametrize("body", [b"name=%ff", b"\xff", b"&".join([b"x=1"] * 101)])
def test_a_form_that_cannot_be_read_is_refused(body: bytes) -> None:
    """Not UTF-8, or too many fields."""
    with pytest.raises(InvalidRequest):
        _ = request(Takes(fields=frozenset({"name"})), body).form


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b"null", b'{"a": "\\ud800"}', b"\xff", b"[" * 5_000])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    """Contract 1.1."""
    with pytest.raises(InvalidParameter):
        request(Takes(fields=frozenset({"a"})), body).json("body")


@pytest.mark.parametrize("body", [b"", b"{}", b'"x"', b"[1]", b'["a", null]', b'["\\ud800"]'])
def test_what_is_no_array_of_texts_is_refused(body: bytes) -> None:
    """Contract 1.1."""
    with pytest.raises(InvalidParameter):
        request(Takes(items="user_ids"), body).json_texts("user_ids")


def test_a_body_over_the_limit_is_refused() -> None:
    """Contract 1.1: 300,000 octets."""
    assert len(request(Takes(), b"x" * MAX_BODY).body) == MAX_BODY
    with pytest.raises(TooLarge):
        _ = request(Takes(), b"x" * (MAX_BODY + 1)).body
