"""The command-line client, run as people run it: a process of its own, and their browser (RFC 8252)."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from chalicelib import config
from tests.browser import Browser, me
from tests.make import App, World
from tests.ports import free_port

FOLDER = Path(__file__).parents[2] / "examples" / "cli_client"
sys.path.insert(0, str(FOLDER))

import gatepost_cli  # noqa: E402


@dataclass(frozen=True, slots=True)
class Terminal:
    """Leo's terminal."""

    app: App
    file: Path

    @contextmanager
    def started(self, *arguments: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
        """A command that is running."""
        command = [sys.executable, str(FOLDER / "gatepost_cli.py"), "--file", str(self.file), *arguments]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=os.environ | environment) as process:
            try:
                yield process
            finally:
                process.kill()  # should a test fail while it waits for somebody to sign in

    def login(self, server: str | None = None) -> tuple[str, ...]:
        """The arguments that log in."""
        return ("--server", server or config.current().issuer, "--client-id", self.app.client_id, "login")

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """A command that ends by itself: its status, what it says, and what it complains of."""
        with self.started(*arguments) as process:
            said, complained = process.communicate(timeout=30)
        return process.returncode, said, complained

    @property
    def tokens(self) -> dict[str, Any]:
        """What is in the file."""
        found: dict[str, Any] = json.loads(self.file.read_text())
        return found


@pytest.fixture
def terminal(world: World, tmp_path: Path) -> Terminal:
    """A terminal, and an application that is registered as public for any port of this machine."""
    app = world.app(name="Terminal", public=True, redirect_uris=["http://127.0.0.1/callback"])
    return Terminal(app, tmp_path / "deep" / "tokens.json")


def address_of(process: "subprocess.Popen[str]") -> str:
    """The address it says to open."""
    assert process.stdout
    assert process.stdout.readline() == "Open this address in a browser on this machine:\n"
    return process.stdout.readline().strip()


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """How it ended."""
    said, complained = process.communicate(timeout=30)
    return process.returncode, said, complained


def log_in(terminal: Terminal, leo: Browser, decision: str = "allow") -> tuple[int, str, str]:
    """Log in with the browser."""
    with terminal.started("--no-browser", *terminal.login()) as process:
        back = leo.decide(leo.get(address_of(process)), decision).goes_to
        page = requests.get(back, timeout=30)
        assert "You can close this tab" in page.text
        return ended(process)


def test_somebody_logs_in_with_their_browser(terminal: Terminal, leo: Browser) -> None:
    """RFC 8252 section 7.3: PKCE, and a callback on whatever port is free."""
    line = f"You are leo (leo@example.com) on {config.current().issuer}.\n"

    assert log_in(terminal, leo) == (0, line, "")


def test_the_browser_is_opened_by_itself(terminal: Terminal, leo: Browser, tmp_path: Path) -> None:
    """RFC 8252 section 6: the person's own browser."""
    opened, script = tmp_path / "opened", tmp_path / "browser.py"
    os.mkfifo(opened)
    script.write_text(f"import sys\nopen({str(opened)!r}, 'w').write(sys.argv[1])\n")

    with terminal.started(*terminal.login(), BROWSER=f"{sys.executable} {script} %s") as process:
        requests.get(leo.decide(leo.get(opened.read_text()), "allow").goes_to, timeout=30)
        status, said, _ = ended(process)

    assert (status, said.startswith("You are leo ")) == (0, True)


def test_it_asks_for_no_more_than_it_needs(terminal: Terminal, leo: Browser) -> None:
    """9700-6: the page says so."""
    with terminal.started("--no-browser", *terminal.login()) as process:
        page = leo.get(address_of(process)).page

    assert "See who you are" in page.text
    assert "Everything you can do" not in page.text


def test_tokens_are_for_the_eyes_of_their_person(terminal: Terminal, leo: Browser) -> None:
    """0600, in a folder made for it."""
    log_in(terminal, leo)

    assert terminal.file.stat().st_mode & 0o777 == 0o600
    assert terminal.file.parent.stat().st_mode & 0o077 == 0
    assert [path.name for path in terminal.file.parent.iterdir()] == ["tokens.json"]


def test_who_logged_in_stays_logged_in(terminal: Terminal, leo: Browser) -> None:
    """The next command needs no browser."""
    log_in(terminal, leo)

    assert terminal.run("whoami") == (0, f"leo (leo@example.com) on {config.current().issuer}\n", "")


@pytest.mark.parametrize("told", [True, False], ids=["it knows", "the server says so"])
def test_a_token_that_ran_out_is_renewed(terminal: Terminal, leo: Browser, world: World, told: bool) -> None:
    """RFC 6749 section 6: and the new refresh token takes the place of the old one."""
    log_in(terminal, leo)
    old = terminal.tokens
    world.clock.shift(0 if told else 3601)
    terminal.file.write_text(json.dumps(old | ({"expires_at": 0} if told else {})))

    status, said, _ = terminal.run("whoami")

    assert (status, said.startswith("leo ")) == (0, True)
    assert terminal.tokens["refresh_token"] != old["refresh_token"]
    assert terminal.file.stat().st_mode & 0o777 == 0o600


def test_access_that_was_taken_away_is_said_in_one_line(terminal: Terminal, leo: Browser) -> None:
    """RFC 6749 section 5.2."""
    log_in(terminal, leo)
    path = f"/account/security/oauth2-apps/{terminal.app.client_id}/revoke"
    leo.submit(leo.get(path), path)

    assert terminal.run("whoami") == (1, "", "Access was taken away or has run out. Log in again.\n")


def test_who_logs_out_gives_the_tokens_back(terminal: Terminal, leo: Browser) -> None:
    """RFC 7009: at the server, not only here."""
    log_in(terminal, leo)
    tokens = terminal.tokens

    assert terminal.run("logout") == (0, "You are logged out. The server no longer accepts these tokens.\n", "")

    assert me(tokens["access_token"]).status == 401
    assert not terminal.file.exists()
    assert terminal.run("whoami") == (1, "", "You are not logged in.\n")


def test_who_logs_out_of_an_application_that_is_gone_is_logged_out(
    terminal: Terminal, leo: Browser, world: World
) -> None:
    """7009-1: `invalid_client`; there is nothing left to give back."""
    from chalicelib.oauth import registration

    log_in(terminal, leo)
    registration.delete(world.client(terminal.app.client_id), world.origin())

    assert terminal.run("logout")[0] == 0
    assert not terminal.file.exists()


def test_while_the_server_cannot_be_reached_nobody_is_logged_out(terminal: Terminal, leo: Browser) -> None:
    """Else the tokens would live on, and nobody could give them back."""
    log_in(terminal, leo)
    nowhere = f"localhost:{free_port()}"
    terminal.file.write_text(json.dumps(terminal.tokens | {"revocation": f"http://{nowhere}/oauth/revoke"}))

    assert terminal.run("logout") == (1, "", f"{nowhere} could not be reached.\n")
    assert terminal.file.exists()


def test_deny_is_said_in_one_line(terminal: Terminal, leo: Browser) -> None:
    """RFC 6749 section 4.1.2.1."""
    assert log_in(terminal, leo, "deny") == (1, "", "You chose Deny. Nothing was shared.\n")
    assert not terminal.file.exists()


def test_an_answer_nobody_asked_for_counts_for_nothing(terminal: Terminal, leo: Browser) -> None:
    """RFC 6749 section 10.12: any page could send a browser to the callback."""
    with terminal.started("--no-browser", *terminal.login()) as process:
        back = leo.decide(leo.get(address_of(process)), "allow").goes_to
        callback = back.partition("?")[0]
        forged = [requests.get(url, timeout=30).status_code for url in (callback, f"{callback}?code=x&state=%C3%A4")]
        elsewhere = requests.get(back.replace("/callback", "/"), timeout=30).status_code
        requests.get(back, timeout=30)
        status, _, _ = ended(process)

    assert (forged, elsewhere, status) == ([404, 404], 404, 0)


def test_an_answer_of_another_server_is_stopped(terminal: Terminal, leo: Browser) -> None:
    """Attack 3, RFC 9207: the code goes nowhere."""
    with terminal.started("--no-browser", *terminal.login()) as process:
        back = leo.decide(leo.get(address_of(process)), "allow").goes_to
        requests.get(back.replace("iss=http%3A", "iss=https%3A"), timeout=30)

        assert ended(process) == (1, "", "The answer came from another server. Stopped.\n")


def test_nobody_is_waited_for_for_ever() -> None:
    """A terminal is closed, a person goes home."""
    with gatepost_cli.Callback("state") as callback, pytest.raises(gatepost_cli.StoppedError, match="Nobody signed in"):
        callback.wait(0)


def test_a_server_that_goes_by_another_name_is_not_trusted(terminal: Terminal, leo: Browser) -> None:
    """RFC 8414 section 3.3."""
    issuer = config.current().issuer

    outcome = terminal.run(*terminal.login(issuer.replace("localhost", "127.0.0.1")))

    assert outcome == (1, "", f"The server calls itself {issuer}. Use that as its address.\n")


def test_a_server_that_is_not_there_is_named(terminal: Terminal) -> None:
    """One line, no traceback."""
    nowhere = f"localhost:{free_port()}"

    assert terminal.run(*terminal.login(f"http://{nowhere}")) == (1, "", f"{nowhere} could not be reached.\n")


def test_a_provider_that_is_off_is_said_in_one_line(terminal: Terminal, leo: Browser, world: World) -> None:
    """DESIGN section 4: 501 on the metadata."""
    world.set(provider_on=False)

    status, said, complained = terminal.run(*terminal.login())

    assert (status, said) == (1, "")
    assert complained.startswith("The server answered: temporarily_unavailable: ")
    assert complained.count("\n") == 1


@pytest.mark.parametrize(
    "server",
    [
        "http://chat.example.com",
        "ftp://localhost",
        "chat.example.com",
        "https://chat.example.com/",
        "https://x@chat.example.com",
        "https://chat.example.com?x",
        "",
    ],
)
def test_an_address_that_would_show_tokens_to_the_network_is_refused(server: str) -> None:
    """RFC 8252 section 8.3; and one with more behind it would be another issuer."""
    with pytest.raises(gatepost_cli.StoppedError, match=r"server address"):
        gatepost_cli.check_server(server)


@pytest.mark.parametrize("server", ["https://chat.example.com", "http://localhost:8065", "http://[::1]:1"])
def test_https_and_this_machine_are_good_servers(server: str) -> None:
    """RFC 8252 section 8.3."""
    gatepost_cli.check_server(server)


def test_a_login_without_a_server_is_explained(terminal: Terminal) -> None:
    """What to type."""
    assert terminal.run("login") == (1, "", "To log in, give --server and --client-id.\n")


def test_a_file_that_is_damaged_is_named(terminal: Terminal) -> None:
    """And what to do with it."""
    terminal.file.parent.mkdir()
    terminal.file.write_text("{")

    assert terminal.run("whoami") == (1, "", f"{terminal.file} cannot be read. Delete it and log in again.\n")


def test_what_a_server_says_cannot_write_to_the_terminal() -> None:
    """Escape sequences of a hostile server stay letters on one line."""
    line = gatepost_cli.refusal({"error": "x\x1b[2J", "error_description": "a\nb"})

    assert line == "The server answered: x [2J: a b"
