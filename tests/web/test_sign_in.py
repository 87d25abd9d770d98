"""Sign-in and sign-out as pages (ux 6.2; issue 2 item 2)."""

from urllib.parse import urlencode

import pytest

from chalicelib.accounts import people
from chalicelib.web.browser import cookie_name
from tests.browser import Browser
from tests.make import PASSWORD, World

WRONG = "Email, username or password is not right."
# --- sign-in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login_id", ["leo", "leo@example.com", " LEO "])
def test_signing_in_ends_in_a_hand_over_page(login_id: str, browser: Browser) -> None:
    """DESIGN section 4: one 200 page, because the next stop may be a client."""
    answer = browser.submit(browser.get("/login"), "/login", login_id=login_id, password=PASSWORD)
    assert (answer.status, answer.goes_to) == (200, "/")
    assert answer.page.links[-2] == "/"
    assert browser.get("/").goes_to == "/integrations"


def test_the_form_has_its_fields_in_order_and_no_link_to_what_is_not_there(browser: Browser) -> None:
    """Ux 6.2; password managers are served."""
    answer = browser.get("/login")
    assert [*answer.page.form("/login").fields] == ["csrf", "redirect_to", "login_id", "password"]
    assert 'autocomplete="username"' in answer.text
    assert 'autocomplete="current-password"' in answer.text
    assert "/signup" not in answer.page.links


@pytest.mark.parametrize(("login_id", "password"), [("leo", "wrong-password"), ("nobody", PASSWORD)])
def test_wrong_password_and_unknown_person_are_answered_alike(login_id: str, password: str, browser: Browser) -> None:
    """Issue 2 item 2: one message, the identifier kept, the password not."""
    answer = browser.submit(browser.get("/login"), "/login", login_id=login_id, password=password)
    assert answer.status == 401
    assert WRONG in answer.page.text
    assert answer.page.title.startswith("Error: ")
    kept = answer.page.form("/login").fields
    assert (kept["login_id"], kept["password"]) == (login_id, "")
    assert password not in answer.text.replace(login_id, "")


def test_the_two_answers_differ_in_nothing_but_what_was_typed(browser: Browser) -> None:
    """Issue 2 item 2: one and the same answer."""
    page = browser.get("/login")
    answers = [browser.submit(page, "/login", login_id=who, password="wrong-password") for who in ("leo", "nobody")]
    bodies = [answer.text.replace("leo", "?").replace("nobody", "?") for answer in answers]
    assert bodies[0] == bodies[1]
    headers = [{**answer.headers} | {"X-Request-Id": "", "Content-Length": ""} for answer in answers]
    assert headers[0] == headers[1]


def test_a_deactivated_person_is_told_only_after_the_right_password(browser: Browser, world: World) -> None:
    """Ux 6.2."""
    people.deactivate(world.leo, world.origin())
    page = browser.get("/login")
    assert WRONG in browser.submit(page, "/login", login_id="leo", password="wrong-password").page.text
    answer = browser.submit(page, "/login", login_id="leo", password=PASSWORD)
    assert "This account is deactivated. Ask a System Admin." in answer.page.text
    assert browser.get("/account").status == 302


@pytest.mark.parametrize(
    ("login_id", "password", "messages"),
    [
        ("", "", ["Fix 2 things", "Enter your email or username", "Enter your password"]),
        ("leo", "", ["Fix 1 thing", "Enter your password"]),
        ("  ", PASSWORD, ["Fix 1 thing", "Enter your email or username"]),
    ],
)
def test_what_is_missing_is_asked_for(login_id: str, password: str, messages: list[str], browser: Browser) -> None:
    """Ux 6.2, 7."""
    answer = browser.submit(browser.get("/login"), "/login", login_id=login_id, password=password)
    assert answer.status == 422
    assert [message for message in messages if message not in answer.page.text] == []


def test_too_many_tries_say_how_long_to_wait(browser: Browser) -> None:
    """Ux 6.2: the time, not a puzzle."""
    page = browser.get("/login")
    for _ in range(5):
        browser.submit(page, "/login", login_id="leo", password="wrong-password")
    answer = browser.submit(page, "/login", login_id="leo", password=PASSWORD)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
    assert "Too many tries. Wait 1 minute." in answer.page.text
    assert answer.page.form("/login").fields["login_id"] == "leo"


def test_one_comes_back_to_where_one_was_going(browser: Browser) -> None:
    """Ux 6.2: the address with its query, byte for byte."""
    wanted = "/integrations/oauth2-apps?q=a%20%26%20b&show=mine"
    sent = browser.get(wanted)
    assert sent.status == 302
    answer = browser.submit(browser.get(sent.goes_to), "/login", login_id="maya", password=PASSWORD)
    assert answer.goes_to == wanted
    assert browser.get(answer.goes_to).status == 200


def test_a_mistake_in_between_does_not_lose_the_way(browser: Browser) -> None:
    """Ux 2: redundant entry."""
    page = browser.get("/login", redirect_to="/account")
    again = browser.submit(page, "/login", login_id="leo", password="wrong-password")
    assert browser.submit(again, "/login", login_id="leo", password=PASSWORD).goes_to == "/account"


ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "evil.example",
    "http:evil.example",
    "/ü",
    '/"><script>',
    "/a b",
    "mmauth://callback",
    "?x",
    "",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_an_address_elsewhere_leads_home(target: str, browser: Browser) -> None:
    """Contract case 147: same-origin paths only, in any browser's reading; the form itself may be tampered with."""
    page = browser.get("/login", redirect_to=target)
    assert page.page.form("/login").fields["redirect_to"] == "/"
    answer = browser.submit(page, "/login", login_id="leo", password=PASSWORD, redirect_to=target)
    assert (answer.status, answer.goes_to) == (200, "/")


@pytest.mark.parametrize("target", ["/%0d%0aSet-Cookie:x=1", "/%2f%2fevil.example", "/..//evil.example", "/a?b=//c"])
def test_a_path_of_ours_stays_as_it_is(target: str, browser: Browser) -> None:
    """Contract case 147: percent signs are nobody's line break, and dots never leave the host."""
    answer = browser.submit(browser.get("/login", redirect_to=target), "/login", login_id="leo", password=PASSWORD)
    assert answer.goes_to == target
    assert "x" not in browser.http.cookies


def test_nothing_from_before_the_sign_in_counts_after_it(browser: Browser) -> None:
    """Session fixation: the signed-out form cookie goes, the session's token is new."""
    page = browser.get("/login")
    assert cookie_name("form") in browser.http.cookies
    browser.http.cookies.set(cookie_name(), "gpn_planted", domain="localhost.local")
    browser.submit(page, "/login", login_id="leo", password=PASSWORD)
    assert cookie_name("form") not in browser.http.cookies
    assert browser.http.cookies[cookie_name()] != "gpn_planted"


def test_the_session_cookie_is_hidden_and_stays_here(browser: Browser) -> None:
    """DESIGN section 4, cookies: on loopback the port is in the name."""
    answer = browser.submit(browser.get("/login"), "/login", login_id="leo", password=PASSWORD)
    line = next(x for x in answer.response.raw.headers.getlist("Set-Cookie") if x.startswith(cookie_name() + "="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"} <= {part.strip() for part in line.split(";")}
    assert "Domain" not in line


def test_two_cookies_of_one_name_count_as_none(browser: Browser, world: World) -> None:
    """Attack 27: one of them was tossed in by somebody else."""
    token = world.session(world.leo)
    twice = f"{cookie_name()}={token}; {cookie_name()}={token}"
    assert (
        browser.http.get(
            browser.get("/login").response.url.replace("/login", "/account"),
            headers={"Cookie": twice},
            allow_redirects=False,
            timeout=30,
        ).status_code
        == 302
    )


# --- sign-out ---------------------------------------------------------------------------------------------------


def test_signing_out_ends_the_session_and_says_so_once(browser: Browser, world: World) -> None:
    """Issue 2 item 2."""
    token = world.session(world.leo)
    browser.holding(token)
    answer = browser.submit(browser.get("/account"), "/logout")
    assert (answer.status, answer.goes_to) == (303, "/login")
    assert cookie_name() not in browser.http.cookies
    assert "You are signed out." in browser.get("/login").page.text
    assert "You are signed out." not in browser.get("/login").page.text
    assert Browser().holding(token).get("/account").status == 302


def test_signing_out_needs_its_form_token(browser: Browser, world: World) -> None:
    """Attack 9: nobody is signed out by somebody else's page."""
    browser.holding(world.session(world.leo))
    assert browser.post("/logout").status == 403
    assert browser.get("/account").status == 200


def test_switching_the_account_comes_back_to_the_same_address(browser: Browser, world: World) -> None:
    """Issue 2 item 5: by a hand-over page."""
    browser.holding(world.session(world.leo))
    answer = browser.submit(browser.get("/account"), "/logout", redirect_to="/oauth/authorize?client_id=1")
    assert (answer.status, answer.goes_to) == (200, "/oauth/authorize?client_id=1")
    assert cookie_name() not in browser.http.cookies


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example"])
def test_switching_the_account_leads_nowhere_else(target: str, browser: Browser, world: World) -> None:
    """Contract case 147."""
    browser.holding(world.session(world.leo))
    assert browser.submit(browser.get("/account"), "/logout", redirect_to=target).goes_to == "/"


def test_the_page_names_the_application_one_comes_from(browser: Browser, world: World) -> None:
    """Ux 6.2: only with an address it registered."""
    app = world.app()
    sent = browser.authorize(app)
    assert "Sign in to continue to Standup Notes (standup.example.net)" in browser.get(sent.goes_to).page.text
    forged = f"/oauth/authorize?client_id={app.client_id}&redirect_uri=https://evil.example"
    text = browser.get("/login", redirect_to=forged).page.text
    assert "Standup Notes" not in text
    assert "evil.example" not in text


# --- whom the application expects -------------------------------------------------------------------------------


def hinted(browser: Browser, hint: str, path: str = "/oauth/authorize") -> str:
    """What the form is filled in with for a hint in the address to come back to."""
    answer = browser.get("/login", redirect_to=f"{path}?{urlencode({'client_id': 'y' * 26, 'login_hint': hint})}")
    assert answer.status == 200
    return answer.page.form("/login").fields["login_id"]


@pytest.mark.parametrize(
    ("hint", "held"),
    [
        ("leo@example.com", "leo@example.com"),
        ("  leo ", "leo"),
        ("Zoë", "Zoë"),
        ("x" * 129, "x" * 128),
        ('"><script>alert(1)</script>', '"><script>alert(1)</script>'),
        ("", ""),
        ("a\nb", ""),
        ("a\x00b", ""),
        ("a\ufffdb", ""),
    ],
)
def test_the_form_is_filled_in_with_whom_the_application_expects(hint: str, held: str, browser: Browser) -> None:
    """OpenID Connect Core section 3.1.2.1, login_hint: trimmed to 128 characters, and what is no text left out."""
    assert hinted(browser, hint) == held


def test_a_hint_is_an_applications_only(browser: Browser) -> None:
    """No other address to come back to says who signs in."""
    assert hinted(browser, "leo", "/account") == ""


@pytest.mark.parametrize("query", ["", "&login_hint", "&login_hint=&login_hint=b", "&login_hint=%ff"])
def test_an_odd_query_fills_nothing_in(query: str, browser: Browser) -> None:
    """Nothing a caller sends breaks the page, or fills in what could not be sent."""
    answer = browser.get("/login", redirect_to=f"/oauth/authorize?client_id=1{query}")
    assert answer.page.form("/login").fields["login_id"] in {"", "b"}


def test_an_application_that_hints_gets_a_filled_in_form(browser: Browser, world: World) -> None:
    """The whole way: from its request to the form, and what somebody types instead counts."""
    asked = browser.authorize(world.app(), login_hint="leo@example.com")
    page = browser.get(asked.goes_to)
    assert page.page.form("/login").fields["login_id"] == "leo@example.com"
    answer = browser.submit(page, "/login", login_id="ana", password=PASSWORD)
    assert answer.goes_to.startswith("/oauth/authorize?")


def test_a_hint_survives_being_asked_to_sign_in_again(browser: Browser, world: World) -> None:
    """prompt=login comes by another way to the same form."""
    browser.holding(world.session(world.leo))
    asked = browser.authorize(world.app(), login_hint="leo", prompt="login")
    assert browser.get(asked.goes_to).page.form("/login").fields["login_id"] == "leo"
