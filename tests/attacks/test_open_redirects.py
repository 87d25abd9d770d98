"""Attack 5: an address of ours that sends people on to wherever a link says.

Every place that takes an address to go to: sign-in, sign-up, "Switch account", the colours, signing out from an
application. Callbacks have their own table (attack 4, `test_redirects`).
"""

from itertools import product
from urllib.parse import quote, urljoin, urlsplit

import pytest

from chalicelib import config
from tests.browser import Answer, Browser
from tests.hostile import harmless
from tests.make import PASSWORD, World

AWAY = [
    "https://evil.example",
    "http://evil.example/x",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/%0d%0aLocation:%20https://evil.example\r\n",
    " //evil.example",
    "\x01//evil.example",
    "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "mmauth://callback",
    "evil.example",
    "@evil.example",
    "http://localhost@evil.example",
    "http://localhost.evil.example",
    "/;url=https://evil.example\"'",
    "?x",
    "#x",
    "\u2028//evil.example",
    "/ü",
]


BEFORE = [
    "/",
    "/./",
    "//",
    "///",
    "/\\",
    "\\\\",
    "/.//",
    "/x/..//",
    "/%2f",
    "/%5c",
    "\t//",
    "/\t/",
    "https:",
    "https://",
    "http://a@",
]
HOSTS = ["evil.example", "evil%2eexample", "ｅvil.example", "[::1]", "2130706433", "localhost.evil.example"]
AFTER = ["/account", "?a=/account", "#/account", ":443", "\r\nLocation: https://evil.example"]
OFFERED = [
    *AWAY,
    *map(quote, AWAY),
    *("".join(parts) for parts in product(BEFORE, HOSTS)),
    *("".join(parts) for parts in product(BEFORE, HOSTS[:1], AFTER)),
]
SIGNED_OUT = "https://standup.example.net/bye"


def browser_goes_to(answer_target: str) -> str:
    """The host a browser would go to: it drops tabs and line ends, and reads a backslash as a slash."""
    cleaned = "".join(c for c in answer_target if c not in "\t\r\n").strip("".join(map(chr, range(33))))
    return urlsplit(urljoin(config.current().issuer, cleaned.replace("\\", "/"))).netloc


def leads(answer: Answer) -> str:
    """The host an answer leads to; our own for one that leads nowhere."""
    return browser_goes_to(harmless(answer).goes_to)


@pytest.fixture
def ours() -> str:
    """The only host anything may lead to."""
    return config.current().host


def test_there_are_two_hundred_addresses_to_offer() -> None:
    """Attack 5: and most would lead away, if they were followed."""
    assert len(set(OFFERED)) >= 200
    assert len([target for target in OFFERED if browser_goes_to(target) != config.current().host]) >= 100


@pytest.mark.parametrize("path", ["/login", "/signup"])
def test_no_page_carries_another_address_along(browser: Browser, world: World, ours: str, path: str) -> None:
    """Attack 5, 9700-5: what the form would come back to."""
    world.set(open_sign_up=True)

    shown = {target: harmless(browser.get(path, redirect_to=target)).page for target in OFFERED}

    carried = {target: browser_goes_to(page.form(path).fields["redirect_to"]) for target, page in shown.items()}
    assert {target: host for target, host in carried.items() if host != ours} == {}


@pytest.mark.parametrize(
    ("action", "field", "offered"), [("/theme", "back", OFFERED), ("/logout", "redirect_to", AWAY)]
)
def test_no_form_of_a_page_leads_away(leo: Browser, ours: str, action: str, field: str, offered: list[str]) -> None:
    """Attack 5, 9700-5: the colours and "Switch account" come back to where one was."""
    page = leo.get("/account")

    led = {target: leads(leo.submit(page, action, **{field: target})) for target in offered}

    assert {target: host for target, host in led.items() if host != ours} == {}


def test_signing_out_from_an_application_leads_to_what_it_registered(leo: Browser, world: World) -> None:
    """Attack 5, oidc-7: compared exactly, on a page where it is not."""
    app = world.app(post_logout_redirect_uris=[SIGNED_OUT])

    def asked(target: str) -> str:
        answer = leo.get("/oauth/logout", client_id=app.client_id, post_logout_redirect_uri=target)
        return harmless(answer).goes_to

    near = [SIGNED_OUT + "/", SIGNED_OUT + "?x", SIGNED_OUT + "#", SIGNED_OUT.upper(), SIGNED_OUT[:-1]]
    assert {target: led for target in [*OFFERED, *near] if (led := asked(target))} == {}
    leo.http.cookies.clear()
    assert asked(SIGNED_OUT) == SIGNED_OUT


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"])
def test_getting_an_account_leads_nowhere_else(browser: Browser, world: World, target: str) -> None:
    """Attack 5: sign-up goes on to where one was going, if that is here."""
    world.set(open_sign_up=True)
    person = {"full_name": "Kim Novak", "username": "kimkim", "email": "kim@example.com", "password": PASSWORD}

    answer = harmless(browser.submit(browser.get("/signup"), "/signup", redirect_to=target, **person))

    assert answer.status in {200, 303}
    assert answer.goes_to == "/integrations"


@pytest.mark.parametrize("target", AWAY, ids=ascii)
def test_signing_in_leads_nowhere_else(browser: Browser, target: str) -> None:
    """Attack 5; contract case 147."""
    login = browser.submit(browser.get("/login"), "/login", login_id="", password="", redirect_to=target)

    signed_in = harmless(browser.submit(login, "/login", login_id="leo", password=PASSWORD))

    assert signed_in.goes_to == "/"
