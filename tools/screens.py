"""`python3 dev.py screens`: pictures of the main pages, taken of a fresh demo server, into docs/screens/."""

import json
import os
import re
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from tools.chromium import FLAGS, found_or_installed

FOLDER = Path("docs/screens")
LIST = "/integrations/oauth2-apps"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636 appendix B
ELSEWHERE = re.compile("^https:")
# Pictures in the README should look alike wherever they are taken: these fonts, where Debian has installed them.
FONTS = [Path("/usr/share/fonts/opentype/inter"), Path("/usr/share/fonts/truetype/jetbrains-mono")]
FONT_SETTINGS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>{folders}
<alias><family>sans-serif</family><prefer><family>Inter</family></prefer></alias>
<alias><family>monospace</family><prefer><family>JetBrains Mono</family></prefer></alias></fontconfig>"""


class Software(NamedTuple):
    """An application to register: what its form asks for."""

    name: str
    description: str
    homepage: str
    callback: str
    runs: str = "On a server"
    trusted: bool = False


STANDUP = Software(
    "Standup Notes",
    "Collects what each person did, will do and is stuck on, then posts one summary to the team channel.",
    "https://standup.example.net/about",
    "https://standup.example.net/oauth/callback",
)
OTHERS = [
    Software(
        "Field Reports",
        "Site inspection forms for the survey team.",
        "https://field.example.org",
        "https://field.example.org/auth/gatepost",
        trusted=True,
    ),
    Software(
        "Release CLI",
        "Posts release notes from a terminal.",
        "https://release.example.com",
        "http://127.0.0.1/callback",
        runs="On the person's device",
    ),
]


class Studio:
    """One browser window, signed in or not, and where its pictures go."""

    def __init__(self, page: Page, demo: Mapping[str, Any]) -> None:
        self.page, self.server, self.demo = page, str(demo["base_url"]), demo

    def open(self, path: str) -> None:
        """Go to one of Gatepost's pages."""
        self.page.goto(self.server + path)

    def press(self, name: str) -> None:
        """Press a button, and wait for what comes."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def sign_in(self) -> None:
        """Be Maya, the demo's System Admin."""
        account = next(each for each in self.demo["accounts"] if each["role"] == "system_admin")
        self.open("/login")
        self.page.get_by_label("Email or username").fill(account["username"])
        self.page.get_by_label("Password", exact=True).fill(account["password"])
        self.press("Sign in")
        self.page.wait_for_url("**/integrations")

    def fill_in(self, software: Software) -> None:
        """Fill in the form that adds an application."""
        self.open(f"{LIST}/new")
        trusted = self.page.get_by_role("group", name="Is Trusted")
        trusted.get_by_label("Yes" if software.trusted else "No").check()
        self.page.get_by_label("Display Name").fill(software.name)
        self.page.get_by_label("Description").fill(software.description)
        self.page.get_by_label("Homepage").fill(software.homepage)
        self.page.get_by_label("Callback URLs").fill(software.callback)
        self.page.get_by_role("group", name="Where will it run?").get_by_label(software.runs).check()

    def register(self, software: Software) -> str:
        """Register an application; give its client id."""
        self.fill_in(software)
        self.press("Save")
        if software.trusted:
            self.press(f"Trust {software.name}")
        return self.page.locator(".kv code").first.inner_text()

    def take(self, name: str, *, dark: bool = False, width: int = 1280) -> None:
        """Take a picture of the whole page."""
        self.page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.evaluate("document.activeElement.blur()")  # a focus ring would need explaining
        self.page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
        print(f"  {FOLDER / name}.png", flush=True)


def main() -> int:
    """Take every picture: 0, or 2 when there is no browser to take them with."""
    chromium = found_or_installed()
    if not chromium:
        sys.stderr.write("Chromium is missing and could not be installed.\n")
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        demo = stack.enter_context(_demo_server(_options()))
        environment = os.environ | stack.enter_context(_fonts())
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, env=dict(environment))
        stack.callback(browser.close)
        page = browser.new_page(locale="en-GB")
        # The applications' own servers do not exist: an answer without content leaves the window where it is.
        page.route(ELSEWHERE, lambda route: route.fulfill(status=204))
        _take_all(Studio(page, demo))
    return 0


def _take_all(studio: Studio) -> None:
    studio.sign_in()
    others = [studio.register(software) for software in OTHERS]
    studio.fill_in(STANDUP)
    studio.take("add")
    standup = studio.register(STANDUP)
    studio.take("credentials")
    studio.open(LIST)
    studio.take("applications")
    studio.open(_authorize(standup, STANDUP))
    studio.take("consent")
    studio.take("consent-dark", dark=True, width=360)
    studio.press("Allow")
    studio.page.request.get(studio.server + _authorize(others[0], OTHERS[0]), max_redirects=0)  # trusted: not asked
    _sign_in_to_sample(studio)
    _say_hello(studio)
    studio.take("sample-client")
    studio.open("/account/security/oauth2-apps")
    studio.take("allowed")
    studio.open("/admin/integrations/custom")
    studio.take("console")
    studio.page.get_by_role("group", name="Enable integrations to override usernames").get_by_label("True").check()
    studio.press("Save")
    studio.open("/channels")
    studio.take("channel")
    studio.take("channel-dark", dark=True, width=360)


def _sign_in_to_sample(studio: Studio) -> None:
    studio.page.goto(studio.demo["sample_client"]["url"])
    studio.page.get_by_role("link", name="Sign in with Gatepost").click()
    studio.press("Allow")
    studio.page.get_by_role("heading", name="Hello, Maya").wait_for()


def _say_hello(studio: Studio) -> None:
    studio.press("Post a hello")
    studio.page.get_by_label("Channel").select_option("Town Square")
    studio.page.get_by_label("Name to show").fill("Standup Bot")
    studio.press("Post it")


def _authorize(client_id: str, software: Software) -> str:
    request = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": software.callback,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"/oauth/authorize?{urlencode(request)}"


def _options() -> Namespace:
    parser = ArgumentParser("dev.py screens", description=__doc__)
    parser.add_argument("--port", default="8065", help="of the server (%(default)s)")
    parser.add_argument("--sample-port", default="9090", help="(%(default)s)")
    return parser.parse_args()


@contextmanager
def _demo_server(options: Namespace) -> Iterator[dict[str, Any]]:
    where = ["--port", options.port, "--sample-port", options.sample_port]
    command = [sys.executable, "-m", "tools.run", "--fresh", "--json", *where]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        said = running.stdout.readline() if running.stdout else ""
        if not said:  # and on standard error why
            sys.exit(running.wait())
        try:
            yield json.loads(said)
        finally:
            running.terminate()


@contextmanager
def _fonts() -> Iterator[dict[str, str]]:
    if not all(folder.exists() for folder in FONTS):
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="gatepost-") as folder:
        settings = Path(folder) / "fonts.conf"
        settings.write_text(FONT_SETTINGS.format(folders="".join(f"<dir>{each}</dir>" for each in FONTS)))
        yield {"FONTCONFIG_FILE": str(settings)}


if __name__ == "__main__":
    sys.exit(main())
