"""Every route that is sent a body, with everything that can be wrong with it as a whole; made from `ROUTES` alone."""

import pytest

from chalicelib.web.routes import ROUTES, Route
from tests.matrix.asking import Asker, Caller, callers, closed
from tests.matrix.nonsense import BODIES, BREAKING_BODIES
from tests.matrix.sending import bodies, wrappings
from tests.matrix.test_parameters import name

SENT_A_BODY = [(route, caller) for route in ROUTES if route.method not in {"GET", "HEAD"} for caller in callers(route)]


@pytest.mark.parametrize(("route", "caller"), SENT_A_BODY, ids=name)
def test_no_body_breaks_a_route(asker: Asker, route: Route, caller: Caller) -> None:
    """Contract 1.1; RFC 6749 section 5.2; one assertion lists what was wrong with any of the answers."""
    whole = next(iter(asker.wholes(route, caller)))
    named = BREAKING_BODIES if caller == "nobody" and closed(route) else BODIES
    requests = [*bodies(whole, named), *wrappings(whole)]

    assert requests
    faults = asker.faults(route, caller, requests)
    assert not faults, "\n".join(["", *faults])
