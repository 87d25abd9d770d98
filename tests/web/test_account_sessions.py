"""Account Settings > Security > Sessions (ux 6.14)."""

import re

import pytest

from chalicelib.web.account.devices import described
from chalicelib.web.browser import cookie_name
from tests.browser import Answer, Browser
from tests.make import World

PATH = "/account/security/sessions"
OTHERS = f"{PATH}/sign-out-others"
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.0 Mobile/15E148 Safari/604.1"
)
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def signed_in(device: str) -> Browser:
    """Leo, signed in with a browser of this kind."""
    browser = Browser()
    browser.http.headers["User-Agent"] = device
    return browser.sign_in("leo")


@pytest.fixture
def leo(browser: Browser, world: World) -> Browser:
    """Leo's browser on Linux."""
    return signed_in(LINUX)


def devices(answer: Answer) -> list[str]:
    """The devices a page shows, in order."""
    return re.findall(r"<h2><bdi>(.*?)</bdi>", answer.text)


def sign_out_links(answer: Answer) -> list[str]:
    """Where the forms of the rows post to, in order."""
    return [form.action for form in answer.page.forms if form.action.endswith("/sign-out")]


def test_this_device_is_first_and_marked(leo: Browser, world: World) -> None:
    """Ux 6.14."""
    world.clock.shift(60)
    signed_in(IPHONE)
    answer = leo.get(PATH)
    assert devices(answer) == ["Firefox on Linux", "Safari on iPhone"]
    assert "Firefox on Linux This device Active now Sign out this device" in answer.page.text
    assert answer.page.text.count("This device") == 1


def test_a_row_says_network_signed_in_and_last_active(leo: Browser, world: World) -> None:
    """Ux 6.14."""
    signed_in(IPHONE)
    world.clock.shift(2 * 3600)
    text = leo.get(PATH).page.text
    assert "Safari on iPhone Last active about 2 hours ago" in text
    assert "Network address 127.0.0.1 Signed in 23 Nov 2026" in text


def test_the_others_are_ordered_by_last_use_and_mine_alone(leo: Browser, world: World) -> None:
    """Nobody sees anybody else's."""
    world.session(world.ana)
    signed_in("first/1")
    world.clock.shift(60)
    signed_in("second/1")
    assert devices(leo.get(PATH)) == ["Firefox on Linux", "second/1", "first/1"]


def test_an_only_session_says_so(leo: Browser) -> None:
    """Ux 6.14, empty."""
    answer = leo.get(PATH)
    assert "This is your only session." in answer.page.text
    assert OTHERS not in answer.page.links
    assert "/account/security/oauth2-apps" in answer.page.links


def test_signing_one_out_ends_that_one(leo: Browser) -> None:
    """Ux 6.14."""
    phone, laptop = signed_in(IPHONE), signed_in("laptop")
    page = leo.get(PATH)
    [action] = [link for link, name in zip(sign_out_links(page), devices(page), strict=True) if name.endswith("iPhone")]
    assert leo.submit(page, action).goes_to == PATH
    assert "Safari on iPhone is signed out. Its session ended at 12:00 UTC." in leo.get(PATH).page.text
    assert [browser.get("/account").status for browser in (phone, laptop, leo)] == [302, 200, 200]


def test_signing_this_device_out_is_a_sign_out(leo: Browser) -> None:
    """The same words as the menu's."""
    page = leo.get(PATH)
    assert leo.submit(page, sign_out_links(page)[0]).goes_to == "/login"
    assert cookie_name() not in leo.http.cookies
    assert "You are signed out." in leo.get("/login").page.text


def test_what_ended_meanwhile_is_said(leo: Browser) -> None:
    """Two windows."""
    signed_in(IPHONE)
    page = leo.get(PATH)
    action = sign_out_links(page)[1]
    leo.submit(page, action)
    leo.submit(page, action)
    assert "Nothing to sign out. That session had ended already." in leo.get(PATH).page.text


@pytest.mark.parametrize("session_id", ["y" * 26, "junk", "%00"])
def test_a_session_that_is_not_there_ends_nothing(session_id: str, leo: Browser) -> None:
    """Whatever is sent."""
    token = leo.get(PATH)
    form = token.page.form(sign_out_links(token)[0]).fields
    assert leo.post(f"{PATH}/{session_id}/sign-out", form).goes_to == PATH
    assert leo.get("/account").status == 200


def test_another_persons_session_is_out_of_reach(leo: Browser, world: World) -> None:
    """The address names the session only; whose it is comes from the cookie."""
    ana = Browser().holding(world.session(world.ana))
    action = sign_out_links(ana.get(PATH))[0]
    page = leo.get(PATH)
    leo.post(action, page.page.form(sign_out_links(page)[0]).fields)
    assert ana.get("/account").status == 200


def test_signing_out_everywhere_else_asks_first_with_the_count(leo: Browser) -> None:
    """Ux 6.14, 4."""
    others = [signed_in(IPHONE), signed_in("laptop")]
    asked = leo.get(OTHERS)
    assert asked.page.h1 == "Sign out everywhere else?"
    assert "2 other sessions end at once. You stay signed in here." in asked.page.text
    assert [browser.get("/account").status for browser in others] == [200, 200]


def test_signing_out_everywhere_else_keeps_this_browser(leo: Browser) -> None:
    """One write ends all; this browser gets a new session, and its old one is over."""
    other, before = signed_in(IPHONE), leo.http.cookies[cookie_name()]
    assert leo.submit(leo.get(OTHERS), OTHERS).goes_to == PATH
    answer = leo.get(PATH)
    assert "You are signed out everywhere else. 1 other session ended at 12:00 UTC." in answer.page.text
    assert devices(answer) == ["Firefox on Linux"]
    assert [browser.get("/account").status for browser in (other, Browser().holding(before))] == [302, 302]


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (LINUX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME}", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Edg/140.0", "Edge on Windows"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME}", "Chrome on ChromeOS"),
        (f"Mozilla/5.0 (Linux; Android 14; SM-S918B) {CHROME}", "Chrome on Android"),
        (f"Mozilla/5.0 (Linux; Android 14) {CHROME} SamsungBrowser/28.0", "Samsung Internet on Android"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {CHROME} OPR/120.0", "Opera on macOS"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1",
            "Safari on macOS",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Safari/604.1",
            "Chrome on iPad",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox on macOS"),
        ("Mozilla/5.0 (Plan9) Firefox/142.0", "Firefox"),
        ("curl/8.14.1", "curl/8.14.1"),
        ("python-requests/2.32 on Windows Chrome/1", "python-requests/2.32 on Windows Chrome/1"),
        ("x" * 60, "x" * 40),
        ("Mozilla/5.0 (compatible; SomethingElse/1.0; with a long story)", "Mozilla/5.0 (compatible; SomethingElse/1"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_said_in_words(user_agent: str, words: str) -> None:
    """Ux 6.14: browser and system; of what is unknown the first 40 characters."""
    assert described(user_agent) == words
