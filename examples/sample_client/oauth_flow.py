"""The part to copy: sign a person in with Gatepost by Authlib, call the API (RFC 6749, 6750, 7636, 8414, 9207)."""

import ipaddress
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlsplit

from authlib.integrations.requests_client import OAuth2Session, OAuthError
from requests import RequestException, Response

REFUSALS = {
    "access_denied": "You chose Deny. Nothing was shared.",
    "invalid_client": "The server did not accept the client secret.",
    "invalid_grant": "The server did not accept the code: it was used before or is too old.",
}
TAKEN_AWAY = "You took this app's access away. Sign in again to give it back."
STRANGE = "This address does not answer as Gatepost does. Check the server address."
SWITCHED_OFF = "The OAuth 2.0 Service Provider of this server is switched off."
# Everything else in a form is cut before it is shown.
SHOWN_WHOLE = {
    *("response_type", "client_id", "redirect_uri", "code_challenge_method", "scope"),
    *("grant_type", "token_type_hint", "iss", "error", "error_description"),
}


class StoppedError(Exception):
    """A step ended badly; the message is what the person reads."""


class App(NamedTuple):
    """What registering this application on the server gave; a public client has no secret."""

    server: str
    client_id: str
    client_secret: str


class Step(NamedTuple):
    """One request of the flow as the page tells it; `fields` holds nothing secret."""

    kind: str
    request: str
    fields: str
    result: str
    at: str


@dataclass
class Browser:
    """Everything known about one browser; kept in memory only."""

    app: App
    callback: str
    form_token: str = field(default_factory=secrets.token_urlsafe)
    endpoints: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)  # state -> PKCE code_verifier
    token: dict[str, Any] = field(default_factory=dict)
    person: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)  # what the application remembers for this person
    notice: tuple[str, str] = ("", "")  # kind and words, shown once
    steps: deque[Step] = field(default_factory=lambda: deque(maxlen=40))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Forget the tokens, the person, and what was kept for them."""
        self.token, self.person, self.kept = {}, {}, {}


def sign_in(browser: Browser) -> str:
    """Return the address that asks the person (RFC 6749 section 4.1.1, RFC 7636 section 4.3)."""
    check_server(browser.app.server)
    browser.steps.clear()
    browser.forget()
    browser.endpoints = discover(browser)
    verifier = secrets.token_urlsafe(48)
    address, state = session(browser, "authorize").create_authorization_url(
        browser.endpoints["authorization_endpoint"], code_verifier=verifier
    )
    browser.pending = {state: verifier}
    note(browser, "authorize", f"GET {address}")
    return str(address)


def discover(browser: Browser) -> dict[str, str]:
    """Read the server's metadata; it must speak for this very server (RFC 8414 section 3.3)."""
    address = f"{browser.app.server}/.well-known/oauth-authorization-server"
    found = members(session(browser, "discover").request("GET", address, withhold_token=True))
    if not {"authorization_endpoint", "token_endpoint", "revocation_endpoint"} <= found.keys():
        raise StoppedError(STRANGE)
    if found.get("issuer") != browser.app.server:
        raise StoppedError(f"The server calls itself {found.get('issuer')}. Use that as its address.")
    return found


def finish(browser: Browser, query: str) -> None:
    """Check the answer, swap its code for tokens (RFC 6749 section 4.1.3), see who it is."""
    note(browser, "callback", f"GET {browser.callback}?{query}")
    answer = {name: values[-1] for name, values in parse_qs(query).items() if len(values) == 1}
    # State first: anybody can send a browser here with a code or an error of their own making.
    verifier = browser.pending.pop(answer.get("state", ""), "")
    if not verifier:
        raise StoppedError("This answer does not belong to this browser. Stopped.")
    if answer.get("iss") != browser.app.server:
        raise StoppedError("This answer came from another server than the one you went to. Stopped.")
    if "code" not in answer:
        raise OAuthError(answer.get("error", "no code"), answer.get("error_description"))
    browser.token = session(browser, "exchange").fetch_token(
        browser.endpoints["token_endpoint"], code=answer["code"], code_verifier=verifier
    )
    see_account(browser)


def see_account(browser: Browser) -> None:
    """Ask the API whom the token speaks for."""
    answer = call_api(browser, "account", "/users/me")
    browser.person = members(answer)
    if "username" not in browser.person:
        raise StoppedError(f"The API answered {answer.status_code} and did not say who you are.")


def call_api(browser: Browser, step: str, path: str, body: dict[str, Any] | None = None) -> Response:
    """Call the API with the access token, GET or with a body POST; a refused token is renewed once (RFC 6750)."""
    method, address = "POST" if body else "GET", f"{browser.app.server}/api/v4{path}"
    answer = session(browser, step).request(method, address, json=body)
    if answer.status_code == 401:
        person, browser.person = browser.person, {}  # see `act`: nobody, should the refresh be refused too
        refresh(browser)
        browser.person = person
        answer = session(browser, step).request(method, address, json=body)
    return answer


def refresh(browser: Browser) -> None:
    """Swap the refresh token for new tokens (RFC 6749 section 6)."""
    if not browser.token.get("refresh_token"):
        raise OAuthError("invalid_grant")
    browser.token = session(browser, "refresh").refresh_token(
        browser.endpoints["token_endpoint"], refresh_token=browser.token["refresh_token"]
    )


def revoke(browser: Browser) -> None:
    """Give the tokens back (RFC 7009 section 2.1)."""
    token = browser.token.get("refresh_token") or browser.token.get("access_token")
    endpoint = browser.endpoints["revocation_endpoint"]
    client = session(browser, "revoke")
    answer = client.revoke_token(endpoint, token=token)  # type: ignore[no-untyped-call]  # stubs
    if not answer.ok:
        raise OAuthError(members(answer).get("error", str(answer.status_code)))
    sign_out(browser)
    browser.notice = ("ok", "Revoked. The server no longer accepts these tokens.")


def sign_out(browser: Browser) -> None:
    """Forget the tokens here; the server is not told."""
    browser.forget()
    browser.notice = ("ok", "Signed out here. The server still lists this app as allowed.")


def act(browser: Browser, action: Callable[[Browser], str | None]) -> str:
    """Do one thing for a browser and put what goes wrong into words; return where to go next."""
    browser.notice = ("", "")
    try:
        return action(browser) or "/"
    except StoppedError as stopped:
        browser.notice = ("bad", str(stopped))
    except OAuthError as error:
        browser.notice = ("bad", refusal(error.error, error.description, bool(browser.token)))
        # An unknown person means that the API has just refused the access token as well.
        if error.error == "invalid_grant" or not browser.person:
            browser.forget()
    except RequestException:
        browser.notice = ("bad", f"{browser.app.server} could not be reached. Is it running?")
    except ValueError:
        browser.notice = ("bad", STRANGE)
    return "/"


def refusal(error: str, description: str | None, signed_in: bool) -> str:
    """Put an OAuth error code into words (RFC 6749 sections 4.1.2.1 and 5.2)."""
    if error == "invalid_grant" and signed_in:
        return TAKEN_AWAY
    said = f"{error}: {description}" if description else error
    return REFUSALS.get(error, f"The server answered: {said}")


def session(browser: Browser, step: str) -> OAuth2Session:
    """Make Authlib's client for one request, which the account tells as `step`."""
    made = OAuth2Session(
        browser.app.client_id,
        browser.app.client_secret or None,
        redirect_uri=browser.callback,
        code_challenge_method="S256",
        # Without its expiry, so that the server decides and every refresh is a step of its own.
        token={**browser.token, "expires_at": None} if browser.token else None,
        default_timeout=10,
    )
    # A proxy from the environment has no business between two programs of one machine.
    made.trust_env = not is_loopback(browser.app.server)
    made.hooks["response"].append(partial(hear, browser, step))
    return made


def hear(browser: Browser, step: str, answer: Response, *_rest: object, **_named: object) -> None:
    """Write an answer down, and stop at those that mean the same at every step."""
    result = f"{answer.status_code} in {answer.elapsed.total_seconds() * 1000:.0f} ms"
    sent = answer.request
    body = sent.body.decode() if isinstance(sent.body, bytes) else str(sent.body or "")
    note(browser, step, f"{sent.method} {sent.url}", result, body)
    if answer.status_code == 501:
        raise StoppedError(SWITCHED_OFF)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise StoppedError("The server cannot answer just now. Wait a moment and try again.")
    if answer.is_redirect:
        raise StoppedError(STRANGE)


def note(browser: Browser, step: str, request: str, result: str = "in your browser", body: str = "") -> None:
    """Add a step to the account; what is secret is cut before it is kept."""
    address, _, query = request.partition("?")
    fields = cut(query or body)
    browser.steps.append(Step(step, address, fields, result, time.strftime("%H:%M:%S")))


def members(answer: Response) -> dict[str, Any]:
    """Return the members of a JSON object, none for anything else."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def check_server(address: str) -> None:
    """Refuse an address that would show secrets to the network: plain http is for loopback only."""
    # No path, no user name: the address is compared with `iss` as it stands.
    plain = re.fullmatch(r"(https?)://[^\s/?#@\\]+", address)
    if not plain or (plain[1] == "http" and not is_loopback(address)):
        raise StoppedError("Start the server address with https://, or http:// for this machine.")


def is_loopback(address: str) -> bool:
    """Say whether the host of an address is this machine itself (RFC 8252 section 8.3)."""
    try:
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def cut(form: str) -> str:
    """Leave four characters of every code, token, secret and random value of an encoded form.

    What the API is sent is JSON and holds no secret: the access token goes in a header.
    """
    if form.startswith("{"):
        return form
    fields = parse_qsl(form, keep_blank_values=True)
    return " ".join(f"{key}={text if key in SHOWN_WHOLE else tail(text)}" for key, text in fields)


def tail(secret: str) -> str:
    """Return the last four characters of a secret, none of a short one."""
    return f"…{secret[-4:]}" if len(secret) > 8 else "…"
