"""The local server hands requests to the app as API Gateway does, and is as careful with bodies."""

import http.client
import json
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import Chalice, Response

from local.gateway import Routes
from local.http1 import CHUNKED_LIMIT, HEADER_LIMIT
from local.server import Exchange, Server, serve


def echoing() -> Chalice:
    """Make an app that tells what reached it."""
    app = Chalice(app_name="echo")

    def echo(**captured: str) -> Response:
        request = app.current_request
        assert request
        event = request.to_original_event()
        seen = {
            "route": request.path,
            "parameters": event["pathParameters"],
            "query": event["multiValueQueryStringParameters"],
            "headers": event["multiValueHeaders"],
            "body": event["body"] or "",
            "captured": captured,
        }
        return Response(seen, headers={"Set-Cookie": ["a=1", "b=2"]})

    every = {"methods": ["GET", "POST", "HEAD", "OPTIONS"], "content_types": ["*/*"]}
    for number, path in enumerate(["/", "/people/me", "/people/{id}", "/{proxy+}"]):
        app.route(path, name=f"echo{number}", **every)(echo)
    app.route("/empty", name="empty")(lambda: Response("", status_code=204))
    return app


@pytest.fixture
def exchanges() -> list[Exchange]:
    """Collect what the server tells about its requests."""
    return []


@pytest.fixture
def server(exchanges: list[Exchange]) -> Iterator[Server]:
    """Run the echoing app."""
    running = serve(echoing(), on_request=exchanges.append)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def connection(server: Server) -> Iterator[http.client.HTTPConnection]:
    """Connect to it."""
    opened = http.client.HTTPConnection(server.server_name, server.server_port, timeout=10)
    yield opened
    opened.close()


def get(connection: http.client.HTTPConnection, path: str, **more: Any) -> dict[str, Any]:
    """Ask for a path and read the echo."""
    connection.request("GET", path, **more)
    seen: dict[str, Any] = json.loads(connection.getresponse().read())
    return seen


def raw(server: Server, request: str) -> bytes:
    """Send octets and read everything until the server hangs up."""
    with socket.create_connection((server.server_name, server.server_port), timeout=10) as opened:
        opened.sendall(request.encode())
        answer = b""
        while received := opened.recv(65536):
            answer += received
    return answer


@pytest.mark.parametrize(
    ("path", "route", "captured"),
    [
        ("/", "/", {}),
        ("/people/me", "/people/me", {}),
        ("/people/you", "/people/{id}", {"id": "you"}),
        ("/people/you/", "/people/{id}", {"id": "you"}),
        ("/people/a%2Fb", "/people/{id}", {"id": "a%2Fb"}),
        ("/people/you/friends", "/{proxy+}", {"proxy": "people/you/friends"}),
        ("/nowhere", "/{proxy+}", {"proxy": "nowhere"}),
    ],
)
def test_the_most_exact_route_is_chosen(path: str, route: str, captured: dict[str, str]) -> None:
    routes = Routes(["/{proxy+}", "/people/{id}", "/", "/people/me"])

    assert routes.match(path) == (route, captured)


def test_without_a_greedy_route_an_unknown_path_has_none() -> None:
    assert Routes(["/", "/people/{id}"]).match("/people/you/friends") is None


def test_a_request_reaches_the_app_whole(connection: http.client.HTTPConnection) -> None:
    seen = get(connection, "/deep/er?a=1&a=2&b=&c=x+%2B", headers={"X-Custom": "v"})

    assert seen["parameters"] == {"proxy": "deep/er"}
    assert seen["query"] == {"a": ["1", "2"], "b": [""], "c": ["x +"]}
    assert seen["headers"]["x-custom"] == ["v"]


def test_a_connection_is_kept_and_repeated_headers_are_sent(
    connection: http.client.HTTPConnection,
) -> None:
    get(connection, "/")
    kept = connection.sock

    connection.request("GET", "/people/me")
    answer = connection.getresponse()

    assert connection.sock is kept
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    answer.read()


def test_a_chunked_body_is_read(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/", body=iter([b"grant_type=", b"refresh_token"]), encode_chunked=True)

    assert json.loads(connection.getresponse().read())["body"] == "grant_type=refresh_token"
    assert get(connection, "/people/me")["route"] == "/people/me"


def test_headers_after_the_body_are_none(server: Server) -> None:
    """RFC 9110 section 6.5.1: a trailer could claim what no header said."""
    head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"

    answer = raw(server, f"{head}2\r\nab\r\n0\r\nAuthorization: Bearer x\r\n\r\n")

    assert b'"body":"ab"' in answer
    assert b"Bearer" not in answer


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ("Transfer-Encoding: chunked", f"{CHUNKED_LIMIT + 1:x}\r\n" + "a" * (CHUNKED_LIMIT + 1), b"413"),
        ("Transfer-Encoding: chunked", "-5\r\n", b"400"),
        ("Transfer-Encoding: chunked", "2\r\nabcd\r\n", b"400"),
        ("Transfer-Encoding: gzip, chunked", "0\r\n\r\n", b"501"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n", b"400"),
        ("Content-Length: 5\r\nContent-Length: 6", "12345", b"400"),
        ("Content-Length: -5", "", b"400"),
        ("Content-Length: 99999999", "", b"413"),
    ],
)
def test_a_body_whose_end_is_not_clear_ends_the_connection(
    server: Server, headers: str, body: str, status: bytes
) -> None:
    answer = raw(server, f"POST / HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n{body}")

    assert answer.split(b" ")[1] == status
    assert b"Connection: close" in answer


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        ("nonsense\r\n\r\n", b"400"),
        ("GET / HTTP/1.1\r\nHost: x\r\nCookie: a=\x7f\r\n\r\n", b"400"),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a" * 2 * HEADER_LIMIT, b"431"),
    ],
    ids=["nonsense", "a control character", "headers without end"],
)
def test_what_is_no_request_ends_the_connection(server: Server, octets: str, status: bytes) -> None:
    assert raw(server, octets).split(b" ")[1] == status


def test_a_request_before_nonsense_is_answered(server: Server) -> None:
    answers = raw(server, "GET /people/me HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n")

    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"400"]


def test_requests_may_come_one_after_the_other_without_waiting(server: Server) -> None:
    one, last = "GET /people/me HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    assert raw(server, one + last).count(b"HTTP/1.1 200 OK") == 2


def test_an_offer_of_another_protocol_is_left_alone(server: Server) -> None:
    """RFC 9110 section 7.8; curl and Java offer HTTP/2 with their first request."""
    offer = "GET /people/me HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    assert raw(server, offer + last).count(b"HTTP/1.1 200 OK") == 2


def test_who_waits_to_send_the_body_is_told_to(server: Server) -> None:
    """RFC 9110 section 10.1.1: curl waits with what is longer than a kilobyte."""
    with socket.create_connection((server.server_name, server.server_port), timeout=10) as opened:
        opened.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        told = opened.recv(65536)
        opened.sendall(b"ab")
        answer = opened.recv(65536)

    assert told == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b'"body":"ab"' in answer


def test_who_sends_too_much_still_hears_why(server: Server) -> None:
    """RFC 9112 section 9.6: hung up on at once, the sender would see a reset and no answer."""
    answer = raw(server, f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{'a' * 8_000_000}")

    assert answer.split(b" ")[1] == b"413"


def test_an_answer_to_head_has_no_body(server: Server) -> None:
    """RFC 9110 section 9.3.2."""
    assert raw(server, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").endswith(b"\r\n\r\n")


def test_an_address_with_two_slashes_has_no_host_in_it(server: Server) -> None:
    answer = raw(server, "GET //people/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert b'"route":"/people/me"' in answer


def test_an_old_client_gets_one_answer(server: Server) -> None:
    answer = raw(server, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"Connection: close" in answer


def test_head_and_options_reach_the_app(connection: http.client.HTTPConnection) -> None:
    connection.request("HEAD", "/people/me")
    head = connection.getresponse()

    assert (head.status, head.read()) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0
    connection.request("OPTIONS", "/people/me")
    assert json.loads(connection.getresponse().read())["route"] == "/people/me"


def test_an_answer_without_a_body_has_no_length(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/empty")
    answer = connection.getresponse()

    assert answer.status == 204
    assert "Content-Length" not in answer.headers
    answer.read()


def test_a_request_is_told_without_its_query(connection: http.client.HTTPConnection, exchanges: list[Exchange]) -> None:
    get(connection, "/people/me?code=gpc_secret")
    get(connection, "/")

    assert (exchanges[0].method, exchanges[0].path, exchanges[0].status) == ("GET", "/people/me", 200)


def test_parallel_requests_do_not_see_each_other(server: Server) -> None:
    seen: dict[str, str] = {}

    def ask(name: str) -> None:
        connection = http.client.HTTPConnection(server.server_name, server.server_port, timeout=10)
        for _ in range(20):
            seen[name] = get(connection, f"/people/{name}")["captured"]["id"]
        connection.close()

    threads = [threading.Thread(target=ask, args=(f"p{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == {f"p{number}": f"p{number}" for number in range(8)}
