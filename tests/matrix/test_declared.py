"""A route reads what it declares and nothing else, and the matrix is made from that; seen from outside."""

import pytest

from chalicelib.web.http import FORM, JSON, Takes
from chalicelib.web.routes import ROUTES, Route
from tests.matrix.asking import Asker
from tests.matrix.sending import Sent
from tests.matrix.test_parameters import name

# A form of a page is read by `Parameters`, which refuses what is not declared.
DECLARING_NO_BODY = [
    route
    for route in ROUTES
    if route.method in {"POST", "PUT", "PATCH", "DELETE"}
    and route.form is None
    and not route.takes.fields
    and route.takes.items is None
]


@pytest.mark.parametrize("route", DECLARING_NO_BODY, ids=name)
def test_a_route_that_declares_no_body_reads_none(asker: Asker, route: Route) -> None:
    """Whatever is sent there, the answer is the same: a body that was read would be refused for what it is."""
    whole = next(iter(asker.wholes(route, "maya"))).sent()
    sent = [
        whole,
        Sent("not JSON", whole.path, whole.query, b'{"a": ', JSON),
        Sent("a number", whole.path, whole.query, b"1", JSON),
        Sent("no form", whole.path, whole.query, b"%ff=%ff", FORM),
    ]

    assert len({asker.status(route, "maya", request) for request in sent}) == 1


def test_a_body_is_an_object_or_an_array() -> None:
    """`Takes`: members of the one, or texts of the other."""
    both = [name(route) for route in ROUTES if route.takes.fields and route.takes.items is not None]

    assert both == []


def test_what_is_looked_at_only_has_no_body() -> None:
    """RFC 9110 section 9.3.1: content of a GET has no meaning."""
    reading = [
        name(route) for route in ROUTES if route.method == "GET" and Takes(query=route.takes.query) != route.takes
    ]

    assert reading == []
