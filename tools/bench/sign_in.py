"""Somebody signed in, and a client of theirs: the sign-in that is measured, wherever the server is."""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from local.gateway import Answer

ISSUER = "http://localhost:8065"
SAMPLE = "http://127.0.0.1:9090"  # where the demo's client would be

Headers: TypeAlias = list[tuple[str, str]]
Send: TypeAlias = Callable[[str, str, Headers, bytes], Answer]  # method, path with query, headers, body


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a server has what a sign-in needs, and the scope it is asked for."""

    authorize: str
    token: str
    me: str
    scope: str


GATEPOST = Addresses("/oauth/authorize", "/oauth/access_token", "/api/v4/users/me", "user")


class Caller:
    """Sends what a browser with a session (`headers`) and a confidential client send."""

    def __init__(self, send: Send, addresses: Addresses, client: Mapping[str, str], headers: Headers) -> None:
        self.send, self.addresses, self.headers = send, addresses, headers
        self.client_id, self.redirect_uri = client["client_id"], client["redirect_uri"]
        pair = f"{client['client_id']}:{client['client_secret']}"
        self._basic = base64.b64encode(pair.encode()).decode()

    def whole(self) -> None:
        """Sign in with remembered consent, call the API and refresh."""
        tokens = self.sign_in()
        self.me(tokens["access_token"])
        self._token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])

    def sign_in(self) -> dict[str, Any]:
        """Authorize with remembered consent, and exchange the code."""
        verifier = secrets.token_urlsafe(48)
        answer = self.send("GET", f"{self.addresses.authorize}?{urlencode(self.question(verifier))}", self.headers, b"")
        location = next(value for name, value in answer.headers if name.lower() == "location")
        code = parse_qs(urlsplit(location).query)["code"][0]
        return self._token(
            grant_type="authorization_code", code=code, code_verifier=verifier, redirect_uri=self.redirect_uri
        )

    def question(self, verifier: str) -> dict[str, str]:
        """What the client asks the authorization endpoint, with PKCE."""
        digest = hashlib.sha256(verifier.encode()).digest()
        return {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.addresses.scope,
            "state": secrets.token_urlsafe(16),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }

    def me(self, token: str) -> None:
        """Ask who the token is of."""
        answer = self.send("GET", self.addresses.me, [("authorization", f"Bearer {token}")], b"")
        assert answer.status == 200, answer.body

    def _token(self, **form: str) -> dict[str, Any]:
        headers = [
            ("authorization", f"Basic {self._basic}"),
            ("content-type", "application/x-www-form-urlencoded"),
        ]
        answer = self.send("POST", self.addresses.token, headers, urlencode(form).encode())
        assert answer.status == 200, answer.body
        tokens: dict[str, Any] = json.loads(answer.body)
        return tokens


def over_http(url: str, session: requests.Session | None = None) -> Send:
    """Send to a server, over one connection that stays open."""
    session = session or requests.Session()
    session.trust_env = False  # no proxy is between the two

    def send(method: str, target: str, headers: Headers, body: bytes) -> Answer:
        answer = session.request(method, url + target, headers=dict(headers), data=body, allow_redirects=False)
        return Answer(answer.status_code, list(answer.headers.items()), answer.content)

    return send


def gatepost_caller(send: Send, demo: Mapping[str, Any]) -> Caller:
    """Sign the demo's member in to Gatepost, and allow the demo's client, as Mattermost's clients do."""
    account = demo["accounts"][1]
    form = {"login_id": account["username"], "password": account["password"]}
    session = dict(_post(send, "/api/v4/users/login", [], form).headers)["Token"]
    headers = [("cookie", f"gatepost-{urlsplit(demo['base_url']).port}={session}"), ("sec-fetch-site", "same-origin")]
    caller = Caller(send, GATEPOST, demo["sample_client"], headers)
    _post(
        send, GATEPOST.authorize, [("authorization", f"Bearer {session}")], caller.question(secrets.token_urlsafe(48))
    )
    return caller


def _post(send: Send, path: str, headers: Headers, document: object) -> Answer:
    answer = send("POST", path, [*headers, ("content-type", "application/json")], json.dumps(document).encode())
    assert answer.status == 200, answer.body
    return answer
