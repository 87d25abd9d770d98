"""A person at a screen: one window of Chromium, what it asked the network for, and what its console said."""

from typing import Self
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, WebError, expect

from chalicelib import config
from chalicelib.web.browser import cookie_name
from tests.make import PASSWORD

# Chromium says this of every page whose status is an error, which many of ours rightly are.
_STATUS = "Failed to load resource: the server responded with a status of"


class Screen:
    """A window.

    `faults` is what a developer would not want to see in its console, `asked` every address that was asked for,
    `policy` the Content-Security-Policy of the newest page.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.policy = ""
        context.on("console", self._hear)
        context.on("weberror", self._broke)
        context.on("request", self._note)
        context.on("response", self._check)
        context.set_default_timeout(30_000)
        self.first: Page = context.new_page()
        self.page = self.first

    def open(self, path: str) -> Self:
        """Go to an address; a path is one of Gatepost's."""
        self.page.goto(urljoin(config.current().issuer, path), wait_until="domcontentloaded")
        return self

    def left(self) -> list[str]:
        """Go away and leave nothing behind for who comes next; give what the console said."""
        for page in self.context.pages:
            if page != self.first:
                page.close()
        self.page = self.first
        if self.page.url.startswith(config.current().issuer):
            self.page.wait_for_load_state()  # what it still asks for belongs to this test
        else:
            self.page.goto("about:blank")  # other servers end with the test, in the middle of an answer maybe
        self.context.clear_cookies()
        self.context.clear_permissions()
        said, self.faults, self.asked = self.faults, [], []
        return said

    def holding(self, session_token: str) -> Self:
        """Have a session already, without the page and the password."""
        self.context.add_cookies(
            [{"name": cookie_name(), "value": session_token, "domain": "localhost", "path": "/", "httpOnly": True}]
        )
        return self

    def sign_in(self, login_id: str, password: str = PASSWORD) -> Self:
        """Fill in the sign-in form that is shown."""
        self.fill("Email or username", login_id).fill("Password", password).press("Sign in")
        return self

    def sign_out(self) -> Self:
        """Sign out by the menu under the person's name."""
        self.page.locator("details.account summary").click()
        return self.press("Sign out")

    def fill(self, label: str, text: str) -> Self:
        """Type into a field."""
        self.page.get_by_label(label, exact=True).fill(text)
        return self

    def choose(self, label: str, group: str | None = None) -> Self:
        """Choose a radio button or tick a box; `group` is the legend it stands under."""
        within = self.page.get_by_role("group", name=group) if group else self.page
        within.get_by_label(label).first.check()
        return self

    def press(self, name: str) -> Self:
        """Press a button that sends a form."""
        return self._go(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> Self:
        """Follow a link."""
        return self._go(self.page.get_by_role("link", name=name, exact=True).first)

    def follow_first(self, selector: str) -> Self:
        """Follow the first of some links that only their place tells apart."""
        return self._go(self.page.locator(selector).first)

    def shows(self, heading: str) -> Self:
        """Be on the page with this heading."""
        expect(self.page.locator("h1")).to_have_text(heading)
        return self

    def says(self, *texts: str) -> Self:
        """Read these words on the page."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)
        return self

    def arrives(self, url: str) -> Self:
        """End up at this address, whatever its query."""
        self.page.wait_for_url(lambda found: found.partition("?")[0] == urljoin(config.current().issuer, url))
        return self

    def _go(self, way: Locator) -> Self:
        # Waiting for the next page here is faster than asking again and again whether it is there.
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            way.click()
        return self

    @property
    def path(self) -> str:
        """Where the window is, without the host."""
        return urlsplit(self.page.url).path

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(_STATUS):
            self.faults.append(f"{message.text} ({self.page.url})")

    def _broke(self, error: WebError) -> None:
        self.faults.append(f"{error.error} ({self.page.url})")

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    def _check(self, response: Response) -> None:
        if response.request.resource_type == "document":
            self.policy = response.headers.get("content-security-policy", "")
        elif response.status >= 400:
            self.faults.append(f"{response.status} for {response.url}")
