"""The example API, over HTTP, with both ways to check a token (checklists 1.2, 1.9, 1.14; attack 29)."""

import threading
import time
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import requests

from chalicelib import config
from tests.examples.resource_servers import AccessTokens, CalendarApi, Introspection
from tests.examples.tokens import FOREIGN, FORGED, Issuing
from tests.make import App, World
from tests.ports import free_port

METADATA = "/.well-known/oauth-protected-resource/api"


class Quiet(WSGIRequestHandler):
    """Prints nothing."""

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(params=["jwks", "introspection"])
def calendar(request: pytest.FixtureRequest, registered: App) -> CalendarApi:
    """The API, registered at Gatepost."""
    issuer, resource = config.current().issuer, registered.redirect_uri
    if request.param == "jwks":
        return CalendarApi(issuer, resource, AccessTokens(issuer, resource).verify)
    return CalendarApi(issuer, resource, Introspection(issuer, resource, registered.basic).verify)


@pytest.fixture
def address(calendar: CalendarApi) -> Iterator[str]:
    """Where it is served."""
    with make_server("127.0.0.1", 0, calendar, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def events(address: str, authorization: str | None) -> requests.Response:
    """Ask for the calendar."""
    headers = {"Authorization": authorization} if authorization is not None else {}
    return requests.get(f"{address}/api/events", headers=headers, timeout=30)


def test_a_good_token_shows_the_calendar_of_its_person(address: str, issuing: Issuing, world: World) -> None:
    """9068-2."""
    answer = events(address, f"Bearer {issuing.good()}")

    assert (answer.status_code, answer.json()["calendar_of"]) == (200, world.leo.user_id)


def test_the_scheme_is_read_whatever_its_case(address: str, issuing: Issuing) -> None:
    """6750-1."""
    assert events(address, f"bEARER {issuing.good()}").status_code == 200


@pytest.mark.parametrize("fault", [*FOREIGN, *FORGED])
def test_every_other_token_is_an_invalid_one(address: str, issuing: Issuing, fault: str) -> None:
    """9068-2, 8707-3, attack 29: 401, and the reason is the same for all."""
    answer = events(address, f"Bearer {issuing.bad(fault)}")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token", ')


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic eDp5"])
def test_who_brings_no_token_is_told_where_to_get_one(
    address: str, calendar: CalendarApi, authorization: str | None
) -> None:
    """6750-2, 9728-2: no error code, the scope, and where the metadata are."""
    challenge = events(address, authorization).headers["WWW-Authenticate"]

    where = calendar.resource.replace("/api", METADATA)
    assert challenge == f'Bearer scope="calendar:read", resource_metadata="{where}"'


def test_a_good_token_for_other_things_is_forbidden(address: str, issuing: Issuing) -> None:
    """6750-2, mcp-3: 403 insufficient_scope names the scope."""
    answer = events(address, f"Bearer {issuing.tokens('calendar:write')['access_token']}")

    assert (answer.status_code, answer.json()) == (403, {"error": "insufficient_scope"})
    assert 'error="insufficient_scope", scope="calendar:read"' in answer.headers["WWW-Authenticate"]


def test_it_says_which_server_gives_tokens(address: str, calendar: CalendarApi) -> None:
    """9728-1."""
    answer = requests.get(address + METADATA, timeout=30)

    assert answer.json() == {
        "resource": calendar.resource,
        "authorization_servers": [config.current().issuer],
        "scopes_supported": ["calendar:read"],
        "bearer_methods_supported": ["header"],
    }


@pytest.mark.parametrize("path", ["/", "/api", "/api/", "/api/x", "/events", "/apievents", METADATA + "/x"])
def test_there_is_nothing_else(address: str, path: str) -> None:
    """And no challenge for it."""
    answer = requests.get(address + path, timeout=30)

    assert (answer.status_code, answer.json()) == (404, {"error": "not_found"})
    assert "WWW-Authenticate" not in answer.headers


@pytest.mark.parametrize("way", ["jwks", "introspection"])
def test_while_gatepost_cannot_be_reached_nobody_is_refused_or_let_in(issuing: Issuing, way: str) -> None:
    """503: what cannot be checked is neither good nor bad."""
    nowhere, resource = f"http://127.0.0.1:{free_port()}", "http://127.0.0.1:8300/api"
    ways = {
        "jwks": AccessTokens(nowhere, resource).verify,
        "introspection": Introspection(nowhere, resource, ("x", "y")).verify,
    }

    with pytest.raises(OSError, match=r".+"):
        ways[way](issuing.good())


def test_an_api_that_gatepost_cannot_check_for_says_so(issuing: Issuing) -> None:
    """503 with Retry-After, from the API itself."""
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def unreachable(_token: str) -> None:
        raise OSError

    api = CalendarApi("https://chat.example.com", "https://calendar.example.net", unreachable)
    environ = {"PATH_INFO": "/events", "HTTP_AUTHORIZATION": "Bearer x"}
    api(environ, lambda status, headers, _error=None: said.append((status, headers)))  # type: ignore[arg-type]  # nobody writes

    assert said[0][0] == "503 Service Unavailable"
    assert ("Retry-After", "5") in said[0][1]


# --- how long a token works that was taken back -----------------------------------------------------------------


def test_offline_a_revoked_token_works_until_it_ends(registered: App, issuing: Issuing, world: World) -> None:
    """9068-4: bounded by the token's lifetime, 5 minutes here."""
    verify = AccessTokens(config.current().issuer, registered.redirect_uri).verify
    token = issuing.good()
    issuing.revoke(token)

    assert verify(token) is not None
    world.clock.shift(300)
    assert verify(token) is None


def test_by_introspection_a_revoked_token_stops_within_seconds(registered: App, issuing: Issuing, world: World) -> None:
    """7662-2: bounded by how long an answer is kept, 3 seconds unless said otherwise."""
    introspection = Introspection(config.current().issuer, registered.redirect_uri, registered.basic)
    introspection.clock = time.time  # which stands still until a test moves it
    token = issuing.good()
    assert introspection.verify(token) is not None
    issuing.revoke(token)

    assert introspection.verify(token) is not None
    world.clock.shift(3)
    assert introspection.verify(token) is None


def test_by_introspection_without_keeping_a_revoked_token_stops_at_once(registered: App, issuing: Issuing) -> None:
    """7662-2."""
    introspection = Introspection(config.current().issuer, registered.redirect_uri, registered.basic, keep=0)
    token = issuing.good()
    assert introspection.verify(token) is not None
    issuing.revoke(token)

    assert introspection.verify(token) is None


def test_a_kept_answer_does_not_outlive_the_token(registered: App, issuing: Issuing, world: World) -> None:
    """7662-2: `exp` counts, whatever is remembered."""
    introspection = Introspection(config.current().issuer, registered.redirect_uri, registered.basic, keep=900)
    token = issuing.good()
    assert introspection.verify(token) is not None

    world.clock.shift(300)

    assert introspection.verify(token) is None


def test_an_answer_about_another_api_is_not_believed(issuing: Issuing, world: World, registered: App) -> None:
    """8707-3: set up with the credentials of another API, it accepts none of that API's tokens."""
    other = world.resource("https://files.example.net")
    introspection = Introspection(config.current().issuer, registered.redirect_uri, other.basic)

    assert introspection.verify(issuing.tokens(resource=other.redirect_uri)["access_token"]) is None


def test_not_every_token_that_ever_came_is_remembered(
    registered: App, issuing: Issuing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gets many tokens cannot fill the memory."""
    monkeypatch.setattr("by_introspection.introspection.ROOM", 2)
    introspection = Introspection(config.current().issuer, registered.redirect_uri, registered.basic)
    tokens = [issuing.good() for _ in range(3)]

    assert all(introspection.verify(token) for token in tokens)
    assert len(introspection.kept) == 2


def test_wrong_credentials_are_no_verdict_about_the_token(registered: App, issuing: Issuing) -> None:
    """7662-1: 401 from Gatepost is the API's own fault."""
    introspection = Introspection(config.current().issuer, registered.redirect_uri, (registered.client_id, "gps_x"))

    with pytest.raises(requests.HTTPError, match="401"):
        introspection.verify(issuing.good())
