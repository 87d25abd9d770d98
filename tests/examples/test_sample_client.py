"""The sample client by itself: what it shows, what it refuses, and that it keeps secrets."""

import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "sample_client"))

import oauth_flow
import sample_client
import sample_page

from tests.ports import free_port

SECRET = "gps_a-secret-that-nobody-may-see-9f3k"


@pytest.fixture
def address() -> Iterator[str]:
    """Run the sample client, set up for a server that is not there; yield its address."""
    app = oauth_flow.App(f"http://localhost:{free_port()}", "a-client-id", SECRET)
    server = sample_client.SampleServer(0, app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://{server.host}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visitor() -> Iterator[requests.Session]:
    """Yield a browser of sorts: it keeps cookies, and uses no proxy."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


def form_token(page: str) -> str:
    """Find what the page's forms carry against forged posts."""
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found
    return found[1]


def save(visitor: requests.Session, address: str, **fields: str) -> str:
    """Fill in the set-up box and return the page that follows."""
    fields["form_token"] = form_token(visitor.get(address).text)
    return visitor.post(f"{address}/setup", data=fields).text


def test_the_page_is_served_with_a_strict_policy(address: str, visitor: requests.Session) -> None:
    """Nothing inline, nothing from elsewhere, nothing kept, no frame."""
    page = visitor.get(address)

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script>", page.text)


def test_the_cookie_is_closed_to_scripts_and_other_sites(address: str, visitor: requests.Session) -> None:
    """Its name carries the port, because cookies know no ports."""
    cookie = visitor.get(address).headers["Set-Cookie"]

    assert cookie.startswith(f"gatepost-sample-{address.rpartition(':')[2]}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_secret_never_comes_back(address: str, visitor: requests.Session) -> None:
    """The page says its last four characters, so that one can tell which it is."""
    page = visitor.get(address).text

    assert SECRET not in page
    assert "ends in …9f3k" in page


def test_a_secret_does_not_follow_to_another_server(address: str, visitor: requests.Session) -> None:
    """Else a changed server address would be enough to read it."""
    page = save(visitor, address, server="https://elsewhere.example", client_id="a-client-id")

    assert "9f3k" not in page


def test_a_secret_stays_when_its_field_is_left_empty(address: str, visitor: requests.Session) -> None:
    """The field is never filled in, so empty means unchanged."""
    shown = re.search(r'name="server" id="server" value="([^"]+)"', visitor.get(address).text)
    assert shown

    page = save(visitor, address, server=shown[1], client_id="a-client-id")

    assert "ends in …9f3k" in page


def test_what_was_typed_is_kept_and_escaped(address: str, visitor: requests.Session) -> None:
    """An address that cannot be used is refused in words, and still there to be mended."""
    page = save(visitor, address, server='javascript:"<b>', client_id="<i>x")

    assert "Start the server address with https://" in page
    assert 'value="javascript:&quot;&lt;b&gt;"' in page
    assert "<i>" not in page


def test_a_post_from_elsewhere_does_nothing(address: str, visitor: requests.Session) -> None:
    """Another program on this machine shares the cookie but not the form token."""
    visitor.get(address)

    answer = visitor.post(f"{address}/setup", data={"server": "https://elsewhere.example"})

    assert answer.status_code == 403
    assert "elsewhere" not in visitor.get(address).text


def test_another_name_for_this_machine_is_refused(address: str, visitor: requests.Session) -> None:
    """DNS rebinding would make this page part of somebody else's site."""
    answer = visitor.get(address, headers={"Host": "attacker.example"})

    assert answer.status_code == 421
    assert "Set-Cookie" not in answer.headers


def test_an_answer_nobody_asked_for_is_stopped(address: str, visitor: requests.Session) -> None:
    """RFC 6749 section 10.12: without our state neither a code nor an error counts."""
    page = visitor.get(f"{address}/callback?code=gpc_somebody-elses-code&state=made-up").text

    assert "This answer does not belong to this browser. Stopped." in page
    assert "somebody-elses-code" not in page


def test_a_server_that_is_not_there_is_named(address: str, visitor: requests.Session) -> None:
    """The person learns it here, not from a browser's error page."""
    page = visitor.get(f"{address}/sign-in").text

    assert "could not be reached. Is it running?" in page
    assert "<title>Error: " in page


def test_an_oversized_form_is_not_read(address: str, visitor: requests.Session) -> None:
    """What is not read carries no form token."""
    token = form_token(visitor.get(address).text)

    answer = visitor.post(f"{address}/setup", data={"form_token": token, "server": "x" * 10_000})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "server",
    ["https://chat.example.com", "http://localhost:8065", "http://127.0.0.1", "http://[::1]:1"],
)
def test_https_and_this_machine_are_good_servers(server: str) -> None:
    """RFC 8252 section 8.3: plain http does not leave the machine."""
    oauth_flow.check_server(server)


@pytest.mark.parametrize(
    "server",
    [
        "http://chat.example.com",
        "http://localhost.example.com",
        "https://chat.example.com/path",
        "https://",
        "https://someone@chat.example.com",
        "http://[::1",
        "ftp://localhost",
        "javascript:alert(1)",
        "",
    ],
)
def test_other_servers_are_refused(server: str) -> None:
    """Secrets would cross the network in the clear, or go to no server at all."""
    with pytest.raises(oauth_flow.StoppedError, match="Start the server address"):
        oauth_flow.check_server(server)


def test_secrets_are_cut_to_their_end() -> None:
    """Everything that is not known to be harmless counts as secret."""
    told = oauth_flow.cut("grant_type=refresh_token&refresh_token=gpr_1234567890&new=short")

    assert told == "grant_type=refresh_token refresh_token=…7890 new=…"


@pytest.mark.parametrize(
    ("error", "signed_in", "words"),
    [
        ("access_denied", False, "You chose Deny. Nothing was shared."),
        ("invalid_client", False, "The server did not accept the client secret."),
        ("invalid_grant", False, "The server did not accept the code"),
        ("invalid_grant", True, "You took this app's access away."),
        ("invalid_scope", False, "The server answered: invalid_scope: what it said"),
    ],
)
def test_refusals_are_put_into_words(error: str, signed_in: bool, words: str) -> None:
    """RFC 6749 sections 4.1.2.1 and 5.2; the same code means another thing at a refresh."""
    assert oauth_flow.refusal(error, "what it said", signed_in).startswith(words)


def test_every_step_is_escaped() -> None:
    """A server chooses its addresses; it does not choose our markup."""
    step = oauth_flow.Step("discover", "GET http://x/<b>", "<i>", "200", "12:00:00")

    assert "GET http://x/&lt;b&gt;" in sample_page.told(step)
    assert "<i>" not in sample_page.told(step)
