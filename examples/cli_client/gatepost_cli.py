#!/usr/bin/env python3
"""A command-line program that acts for the person at the terminal: a public client with PKCE (RFC 8252, RFC 7636).

    gatepost_cli.py --server https://chat.example.com --client-id ... login
    gatepost_cli.py whoami
    gatepost_cli.py logout

Standard library only.
"""

import argparse
import base64
import hashlib
import json
import os
import secrets
import sys
import tempfile
import time
import webbrowser
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

SCOPE = "users:read"  # as little as the program needs
PATIENCE = 300  # seconds in which the person signs in
BACK = b"<!doctype html><title>Done</title><h1>You can close this tab and go back to the terminal.</h1>"
Tokens = dict[str, Any]


class StoppedError(Exception):
    """A step ended badly; the message is the one line the person reads, `status` what the server answered if it did."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Stay(HTTPRedirectHandler):
    """Follow nothing: a token must not travel on to another address."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Take a redirect for the error that it is here."""


class Callback(HTTPServer):
    """Waits on this machine for the one answer that has our `state`."""

    def __init__(self, state: str) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.address = f"http://127.0.0.1:{self.server_port}/callback"
        self.state = state
        self.answer: dict[str, str] = {}

    def wait(self, patience: float) -> dict[str, str]:
        """Return the answer.

        Raises:
            StoppedError: none came in time.

        """
        until = time.monotonic() + patience
        while not self.answer and (left := until - time.monotonic()) > 0:
            self.timeout = left
            self.handle_request()
        if not self.answer:
            raise StoppedError("Nobody signed in. Start again when you are ready.")
        return self.answer


class Visit(BaseHTTPRequestHandler):
    """One visit of a browser; whatever is not our answer counts for nothing."""

    server: Callback
    timeout = 5  # seconds for a browser that connects and then says nothing

    def do_GET(self) -> None:
        """Take the answer; anybody can send a browser here, so the state decides (RFC 6749 section 10.12)."""
        path, _, query = self.path.partition("?")
        answer = dict(parse_qsl(query))
        ours = path == "/callback" and secrets.compare_digest(
            answer.get("state", "").encode(), self.server.state.encode()
        )
        self.send_response(200 if ours else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(BACK if ours else b"")
        if ours:
            self.server.answer = answer

    def log_message(self, *_: Any) -> None:
        """Print nothing: the address holds the code."""


def log_in(server: str, client_id: str, *, open_browser: bool) -> Tokens:
    """Let the person sign in with a browser, and swap the code for tokens (RFC 6749 section 4.1, RFC 8252)."""
    check_server(server)
    found = call(f"{server}/.well-known/oauth-authorization-server")
    if found.get("issuer") != server:
        raise StoppedError(f"The server calls itself {found.get('issuer')}. Use that as its address.")
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    with Callback(state) as callback:
        proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        request = {"response_type": "code", "client_id": client_id, "redirect_uri": callback.address, "scope": SCOPE}
        request |= {"state": state, "code_challenge": proof, "code_challenge_method": "S256"}
        address = f"{found['authorization_endpoint']}?{urlencode(request)}"
        if not open_browser or not webbrowser.open(address):
            print(f"Open this address in a browser on this machine:\n{address}", flush=True)  # noqa: T201
        answer = callback.wait(PATIENCE)
    if answer.get("iss") != server:  # RFC 9207
        raise StoppedError("The answer came from another server. Stopped.")
    if "code" not in answer:
        raise StoppedError(refusal(answer))
    form = {"grant_type": "authorization_code", "code": answer["code"], "code_verifier": verifier}
    form |= {"redirect_uri": callback.address, "client_id": client_id}
    known = {"server": server, "client_id": client_id, "endpoint": found["token_endpoint"]}
    return taken(known | {"revocation": found["revocation_endpoint"]}, call(found["token_endpoint"], form))


def who_am_i(tokens: Tokens, file: Path) -> str:
    """Ask the API whom the token speaks for; a token that ran out is renewed first."""
    if time.time() > tokens["expires_at"] - 30:
        tokens = refresh(tokens, file)
    address = f"{tokens['server']}/api/v4/users/me"
    try:
        person = call(address, token=tokens["access_token"])
    except StoppedError as stopped:
        if stopped.status != 401:
            raise
        person = call(address, token=refresh(tokens, file)["access_token"])
    return f"{person['username']} ({person['email']}) on {tokens['server']}"


def refresh(tokens: Tokens, file: Path) -> Tokens:
    """Swap the refresh token for new ones, and keep those before they are used (RFC 6749 section 6)."""
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": tokens["client_id"]}
    fresh = taken(tokens, call(tokens["endpoint"], form))
    keep(fresh, file)
    return fresh


def log_out(tokens: Tokens, file: Path) -> None:
    """Give the tokens back (RFC 7009 section 2.1), then forget them."""
    try:
        call(tokens["revocation"], {"token": tokens["refresh_token"], "client_id": tokens["client_id"]})
    except StoppedError as stopped:
        if stopped.status != 401:  # 401: the application itself is gone, and its tokens with it
            raise
    file.unlink()


def call(address: str, form: dict[str, str] | None = None, token: str = "") -> dict[str, Any]:
    """GET, or with a form POST; return the JSON object.

    Raises:
        StoppedError: the server refused, could not be reached, or is none of Gatepost's.

    """
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = Request(address, urlencode(form).encode() if form else None, headers)  # noqa: S310  # see `check_server`
    # A proxy from the environment has no business between two programs of one machine.
    proxies = [ProxyHandler({})] if is_loopback(address) else []
    try:
        with build_opener(Stay, *proxies).open(request, timeout=20) as answer:
            found = json.load(answer)
    except HTTPError as error:
        with error:
            raise StoppedError(refusal(said(error)), error.code) from error
    except (OSError, HTTPException) as error:
        raise StoppedError(f"{urlsplit(address).netloc} could not be reached.") from error
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise StoppedError(f"{urlsplit(address).netloc} does not answer as Gatepost does.")
    return found


def said(error: HTTPError) -> dict[str, str]:
    """What a refusal says of itself, or at least its status."""
    try:
        found = json.load(error)
        return found if "error" in found else {"error": found["message"]}
    except (ValueError, KeyError, TypeError):
        return {"error": f"{error.code} {error.reason}"}


def refusal(answer: dict[str, str]) -> str:
    """Put an OAuth error into one line (RFC 6749 sections 4.1.2.1 and 5.2)."""
    error = answer.get("error", "no code")
    if error == "access_denied":
        return "You chose Deny. Nothing was shared."
    if error == "invalid_grant":
        return "Access was taken away or has run out. Log in again."
    told = answer.get("error_description")
    line = f"The server answered: {error}" + (f": {told}" if told else "")
    return "".join(character if character.isprintable() else " " for character in line)


def check_server(server: str) -> None:
    """Plain http is for this machine only: tokens would cross the network in the clear."""
    parts = urlsplit(server)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(server)):
        raise StoppedError("Start the server address with https://, or http:// for this machine.")
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise StoppedError(
            "Give the server address without anything behind the host, for example https://chat.example.com"
        )


def is_loopback(address: str) -> bool:
    """Say whether the host of an address is this machine itself (RFC 8252 section 8.3)."""
    return urlsplit(address).hostname in {"localhost", "127.0.0.1", "::1"}


def taken(known: Tokens, answer: dict[str, Any]) -> Tokens:
    """Put together what is kept; the moment is in Unix seconds."""
    fresh = {name: answer[name] for name in ("access_token", "refresh_token")}
    return {**known, **fresh, "expires_at": time.time() + answer["expires_in"]}


def keep(tokens: Tokens, file: Path) -> None:
    """Write the tokens so that only this person can read them, and never half."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, half = tempfile.mkstemp(dir=file.parent)  # 0600
    with os.fdopen(handle, "w") as written:
        json.dump(tokens, written)
    Path(half).replace(file)


def kept(file: Path) -> Tokens:
    """Read the tokens.

    Raises:
        StoppedError: there are none.

    """
    try:
        found: Tokens = json.loads(file.read_text())
    except FileNotFoundError as error:
        raise StoppedError("You are not logged in.") from error
    except ValueError as error:
        raise StoppedError(f"{file} cannot be read. Delete it and log in again.") from error
    return found


def default_file() -> Path:
    """Where a person's programs keep their settings."""
    folder = os.environ.get("APPDATA") or os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "gatepost-cli" / "tokens.json"


def run(given: argparse.Namespace) -> str:
    """Do what was asked; return the line to print."""
    if given.command == "login":
        if not (given.server and given.client_id):
            raise StoppedError("To log in, give --server and --client-id.")
        keep(log_in(given.server, given.client_id, open_browser=not given.no_browser), given.file)
        return f"You are {who_am_i(kept(given.file), given.file)}."
    if given.command == "logout":
        log_out(kept(given.file), given.file)
        return "You are logged out. The server no longer accepts these tokens."
    return who_am_i(kept(given.file), given.file)


def main() -> int:
    """Read the command line: 0 when it went well, else 1 and one line that says why."""
    parser = argparse.ArgumentParser(description="Act for the person at the terminal, with Gatepost.")
    parser.add_argument("command", choices=["login", "whoami", "logout"])
    parser.add_argument("--server", help="address of Gatepost, for example https://chat.example.com")
    parser.add_argument("--client-id", help="of an application that is registered as public")
    parser.add_argument("--file", type=Path, default=default_file(), help="where tokens are kept")
    parser.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    try:
        print(run(parser.parse_args()))  # noqa: T201
    except StoppedError as stopped:
        print(stopped, file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
