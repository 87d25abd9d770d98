"""Every declared parameter of every route, with everything that can be wrong with it; made from `ROUTES` alone.

A test is a route and a caller: it sends some hundred requests, and its one assertion lists what was wrong with any.
"""

import pytest

from chalicelib.web.http import Takes
from chalicelib.web.routes import ROUTES, Route
from tests.matrix.asking import Asker, Caller, callers, closed
from tests.matrix.sending import BREAKING, EVERYTHING, spoiled

TAKING = [
    (route, caller)
    for route in ROUTES
    if route.takes != Takes() or route.form or "{" in route.path
    for caller in callers(route)
]
BAD_INPUT = {400, 401, 403, 404, 413, 415, 422}


def name(part: object) -> str:
    """How a route and a caller are called in a test's name."""
    return f"{part.method} {part.path}" if isinstance(part, Route) else str(part)


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_what_is_meant_is_accepted(asker: Asker, route: Route) -> None:
    """Or the nonsense in one field would never be reached, for the others: `plausible` needs a value that is good."""
    statuses = {asker.status(route, "maya", whole.sent()) for whole in asker.wholes(route, "maya")}

    assert statuses
    assert not statuses & BAD_INPUT
    assert max(statuses) < 500


@pytest.mark.parametrize(("route", "caller"), TAKING, ids=name)
def test_no_parameter_breaks_a_route(asker: Asker, route: Route, caller: Caller) -> None:
    """Checklists 6749-16, attacks 4, 5, 26 and 27: no 500, no half-written row, no header or markup of the caller's."""
    what = BREAKING if caller == "nobody" and closed(route) else EVERYTHING
    requests = [sent for whole in asker.wholes(route, caller) for sent in spoiled(whole, what)]

    faults = asker.faults(route, caller, requests)

    assert requests
    assert not faults, "\n".join(["", *faults])
