"""A person's browser without a screen: cookies, forms, links and the hand-over page, over real HTTP.

And an app's own calls.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

from chalicelib import config
from chalicelib.web.browser import cookie_name
from tests.make import CHALLENGE, PASSWORD, VERIFIER, App


@dataclass
class Form:
    """A form as a page shows it: where it posts, and the fields it holds."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """A page taken apart: text, headings, links, forms and where a refresh leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.title, self.h1 = "", "", ""
        self.refresh: str | None = None
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._open: list[str] = []
        self._area = ""
        self.feed(html)
        self.text, self.h1 = " ".join(self.text.split()), " ".join(self.h1.split())

    def form(self, action: str) -> Form:
        """The first form that posts to an address."""
        return next(form for form in self.forms if form.action == action)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what a person could follow or fill in."""
        self._open.append(tag)
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        if tag == "meta" and given.get("http-equiv") == "refresh":
            self.refresh = given["content"].partition("url=")[2]
        if tag == "textarea":
            self._area = given.get("name", "")
        if tag == "input" and self.forms:
            self._field(given)

    def handle_endtag(self, tag: str) -> None:
        """Close what was open."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if "textarea" in self._open and self.forms:
            fields = self.forms[-1].fields
            fields[self._area] = fields.get(self._area, "") + data.removeprefix("\n")
        if not {"script", "style"} & set(self._open):
            self.text += data + " "
        if "h1" in self._open:
            self.h1 += data
        if "title" in self._open:
            self.title += data

    def _field(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"radio", "checkbox"} and "checked" not in given:
            return
        if given.get("name"):
            self.forms[-1].fields[given["name"]] = given.get("value", "")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, with its page read if there is one."""

    response: requests.Response

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def headers(self) -> Any:
        """The headers, whatever their case."""
        return self.response.headers

    @property
    def text(self) -> str:
        """The body."""
        return self.response.text

    @property
    def page(self) -> Page:
        """The body as a page."""
        return Page(self.response.text)

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return self.response.json()

    @property
    def goes_to(self) -> str:
        """Where the answer sends the browser: a redirect or a hand-over page; "" if nowhere."""
        return self.headers.get("Location") or (
            self.page.refresh or "" if "html" in self.headers["Content-Type"] else ""
        )

    @property
    def answer(self) -> dict[str, str]:
        """The parameters a client gets back in the address."""
        return dict(parse_qsl(urlsplit(self.goes_to).query, keep_blank_values=True))


class Browser:
    """A browser: it keeps cookies and sends back what forms hold, but follows nothing by itself."""

    def __init__(self) -> None:
        self.http = requests.Session()

    def get(self, path: str, **query: str) -> Answer:
        """Open an address."""
        return Answer(self.http.get(_url(path), params=query or None, allow_redirects=False, timeout=30))

    def post(self, path: str, data: Any = None, **keywords: Any) -> Answer:
        """Post to an address."""
        return Answer(self.http.post(_url(path), data=data, allow_redirects=False, timeout=30, **keywords))

    def submit(self, page: Answer, action: str, **filled: str) -> Answer:
        """Fill a form in and send it."""
        form = page.page.form(action)
        return self.post(urljoin(page.response.url, form.action or page.response.url), form.fields | filled)

    def sign_in(self, username: str, password: str = PASSWORD) -> "Browser":
        """Sign in at the page."""
        answer = self.submit(self.get("/login"), "/login", login_id=username, password=password)
        assert answer.status == 200, answer.text
        assert answer.goes_to == "/", answer.page.text
        return self

    def holding(self, session_token: str) -> "Browser":
        """Have a session already, as after `sign_in` but without the page and the password."""
        self.http.cookies.set(cookie_name(), session_token, domain="localhost.local")
        return self

    def authorize(self, app: App, **changes: str | None) -> Answer:
        """Arrive from an application that wants somebody to sign in."""
        return self.get("/oauth/authorize", **authorization_request(app, **changes))

    def decide(self, consent: Answer, decision: str) -> Answer:
        """Press Allow or Deny."""
        return self.submit(consent, "/oauth/authorize/decision", decision=decision)

    def allow(self, app: App, **changes: str | None) -> str:
        """Arrive, press Allow if asked, and give the code the application gets."""
        answer = self.authorize(app, **changes)
        if answer.status == 200:
            answer = self.decide(answer, "allow")
        return answer.answer["code"]


def authorization_request(app: App, **changes: str | None) -> dict[str, str]:
    """A complete authorization request, with changes; None leaves a parameter out."""
    request: dict[str, str | None] = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": app.redirect_uri,
        "state": "s t/a&t=e",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (request | changes).items() if value is not None}


def token(app: App, **form: str | None) -> Answer:
    """Call the token endpoint as an application, with HTTP Basic."""
    body = {name: value for name, value in form.items() if value is not None}
    return call("POST", "/oauth/access_token", data=body, auth=app.basic)


def token_by_post(app: App, **form: str | None) -> Answer:
    """Call the token endpoint with the credentials in the body; None leaves a parameter out."""
    body = {"client_id": app.client_id, "client_secret": app.secret} | form
    return call("POST", "/oauth/access_token", data={name: value for name, value in body.items() if value is not None})


def exchange(app: App, code: str, **changes: str | None) -> Answer:
    """Exchange a code."""
    form: dict[str, str | None] = {"redirect_uri": app.redirect_uri, "code_verifier": VERIFIER}
    return token(app, grant_type="authorization_code", code=code, **(form | changes))


def refresh(app: App, refresh_token: str, **changes: str | None) -> Answer:
    """Use a refresh token."""
    return token(app, grant_type="refresh_token", refresh_token=refresh_token, **changes)


def me(access_token: str) -> Answer:
    """Call the API with a token."""
    return api("GET", "/users/me", access_token)


def api(method: str, path: str, bearer: str | None = None, json: Any = None, **keywords: Any) -> Answer:
    """Call the API v4."""
    headers = keywords.pop("headers", {}) | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    return call(method, f"/api/v4{path}", json=json, headers=headers, **keywords)


def call(method: str, path: str, **keywords: Any) -> Answer:
    """Make one call without cookies."""
    return Answer(requests.request(method, _url(path), allow_redirects=False, timeout=30, **keywords))


def _url(path: str) -> str:
    return urljoin(config.current().issuer, path)
