"""A web application that signs people in with Gatepost and tells what happened at each step."""

import argparse
import os
import re
import secrets
import sys
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qsl

import oauth_flow
import posting
import sample_page
from oauth_flow import App, Browser

ACTIONS: dict[str, Callable[[Browser], None]] = {
    "/again": oauth_flow.see_account,
    "/refresh": oauth_flow.refresh,
    "/revoke": oauth_flow.revoke,
    "/sign-out": oauth_flow.sign_out,
    "/channels": posting.find_channels,
}


class SampleServer(ThreadingHTTPServer):
    """Serves this machine alone, and remembers the browsers that came."""

    daemon_threads = True

    def __init__(self, port: int, app: App) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.app = app
        self.host = f"127.0.0.1:{self.server_port}"
        self.cookie = f"gatepost-sample-{self.server_port}"
        self.browsers: dict[str, Browser] = {}

    def remember(self, browser: Browser) -> str:
        """Keep a browser under a new random name; of a thousand the oldest is forgotten."""
        while len(self.browsers) >= 1000:
            self.browsers.pop(next(iter(self.browsers)), None)
        name = secrets.token_urlsafe(32)
        self.browsers[name] = browser
        return name


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: SampleServer
    server_version, sys_version = "SampleClient", ""
    timeout = 20
    headers_of_all: ClassVar = {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
        "img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
    }

    def do_GET(self) -> None:
        """Show the page, or take one of the two steps that are plain links."""
        path, _, query = self.path.partition("?")
        if not self.named_rightly():
            return
        if path in sample_page.FILES:
            self.answer(200, *sample_page.FILES[path])
        elif path in {"/", "/sign-in", "/callback"}:
            self.visit(path, query)
        else:
            self.answer(404, "text/plain", "There is nothing at this address.")

    def visit(self, path: str, query: str) -> None:
        """Answer a browser, known by its cookie or new here."""
        name, browser = self.browser()
        with browser.lock:
            if path == "/sign-in":
                self.go(oauth_flow.act(browser, oauth_flow.sign_in), name)
            elif path == "/callback":
                oauth_flow.act(browser, partial(oauth_flow.finish, query=query))
                self.go("/", self.rename(name, browser))
            else:
                self.answer(200, "text/html", sample_page.page(browser), name)

    def do_POST(self) -> None:
        """Do what a button of the page says, then show the page."""
        if not self.named_rightly():
            return
        form, (name, browser) = self.form(), self.browser()
        # Cookies know no ports: a page of another program here could post with this one's cookie.
        if not secrets.compare_digest(form.get("form_token", "").encode(), browser.form_token.encode()):
            self.answer(403, "text/plain", "This form is not from this page. Go back and reload.")
            return
        action = ACTIONS.get(self.path)
        with browser.lock:
            if self.path == "/setup":
                oauth_flow.act(browser, partial(set_up, form=form))
            elif self.path == "/hello" and browser.token:
                oauth_flow.act(browser, partial(posting.post, form=form))
            elif action and browser.token:
                oauth_flow.act(browser, action)
            self.go("/", name)

    def named_rightly(self) -> bool:
        """Refuse other names of this machine: they have other cookies, or are another site's."""
        if self.headers.get("Host") == self.server.host:
            return True
        self.answer(421, "text/plain", f"Open http://{self.server.host}/ instead.")
        return False

    def browser(self) -> tuple[str, Browser]:
        """Find the browser that the cookie names, else start a new one."""
        cookie = re.search(rf"{self.server.cookie}=([\w-]+)", self.headers.get("Cookie", ""))
        name = cookie[1] if cookie else ""
        known = self.server.browsers.get(name)
        if known:
            return name, known
        new = Browser(self.server.app, f"http://{self.server.host}/callback")
        return self.server.remember(new), new

    def rename(self, name: str, browser: Browser) -> str:
        """Give a browser that signed in a new cookie, so that nobody knows it from before."""
        if not browser.token:
            return name
        self.server.browsers.pop(name, None)
        return self.server.remember(browser)

    def form(self) -> dict[str, str]:
        """Read a posted form of at most 10,000 bytes; a longer one counts as empty."""
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,4}", length):
            return {}
        return dict(parse_qsl(self.rfile.read(int(length)).decode("utf-8", "replace")))

    def go(self, address: str, cookie: str) -> None:
        """Send the browser on with a GET."""
        self.answer(303, "text/plain", "", cookie, address)

    def answer(self, status: int, kind: str, text: str, cookie: str = "", location: str = "") -> None:
        """Send an answer with the headers that every one carries."""
        self.send_response(status)
        own = {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(text.encode())),
            "Set-Cookie": cookie and f"{self.server.cookie}={cookie}; Path=/; HttpOnly; SameSite=Lax",
            "Location": location,
        }
        for header, value in {**self.headers_of_all, **own}.items():
            if value:
                self.send_header(header, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Write no log: the address of the callback holds the code."""


def set_up(browser: Browser, form: dict[str, str]) -> None:
    """Take other credentials; a secret is never carried over to another server or client."""
    typed = App(form.get("server", "").strip().rstrip("/"), form.get("client_id", "").strip(), "")
    secret = form.get("client_secret", "").strip()
    if typed[:2] == browser.app[:2]:
        secret = secret or browser.app.client_secret
    else:
        browser.forget()
        browser.pending = {}
    browser.app = typed._replace(client_secret=secret)
    oauth_flow.check_server(typed.server)
    browser.notice = ("ok", "Saved. Nothing was sent to the server yet.")


def main() -> int:
    """Run until stopped; 2 when the port is taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9090)
    parser.add_argument("--server", default="http://localhost:8065")
    options, known = parser.parse_args(), os.environ.get
    app = App(
        options.server.rstrip("/"),
        known("GATEPOST_CLIENT_ID", ""),
        known("GATEPOST_CLIENT_SECRET", ""),
    )
    try:
        server = SampleServer(options.port, app)
    except (OSError, OverflowError) as error:
        sys.stderr.write(f"Port {options.port} cannot be used ({error}). Try another --port.\n")
        return 2
    sys.stdout.write(f"Sample client at http://{server.host}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
