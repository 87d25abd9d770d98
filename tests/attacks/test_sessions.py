"""Attacks 10, 11 and 27: sessions and cookies of somebody else's making, and one button pressed twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.credentials import parse_session, session_token
from chalicelib.store.authorizations import authorizations_of
from chalicelib.web.browser import cookie_name
from tests.browser import Answer, Browser, authorization_request, call, exchange, me
from tests.make import PASSWORD, App, World


def test_a_token_of_one_form_is_no_token_of_another(leo: Browser, app: App) -> None:
    """Attack 9: per form."""
    consent = leo.authorize(app)
    other = consent.page.form("/logout").fields["csrf"]

    answer = leo.submit(consent, "/oauth/authorize/decision", csrf=other, decision="allow")

    assert answer.status == 403


# --- attack 10 --------------------------------------------------------------------------------------------------


def test_the_session_is_new_after_sign_in(browser: Browser, world: World) -> None:
    """Attack 10: what an attacker planted before is not what counts after."""
    planted = world.session(world.ana)
    browser.holding(planted).sign_in("leo")

    (held,) = [
        cookie.value for cookie in browser.http.cookies if cookie.name == cookie_name() and cookie.value != planted
    ]

    assert held is not None
    assert me(held).json["username"] == "leo"
    assert me(planted).json["username"] == "ana"


def test_a_made_up_session_id_is_not_adopted(browser: Browser) -> None:
    """Attack 10: fixation."""
    browser.http.cookies.set(cookie_name(), "gpn_attacker", domain="localhost.local")

    browser.sign_in("leo")

    assert me("gpn_attacker").status == 401


@pytest.mark.parametrize("by_cookie", [True, False])
def test_who_knows_the_ids_of_a_session_does_not_have_it(by_cookie: bool, world: World) -> None:
    """Attack 10: administrators and lists see ids; only the secret in the token is the session."""
    located = parse_session(world.session(world.leo))
    assert located
    forged = session_token(located.user_id, located.row_id, bytes(32))

    if by_cookie:
        assert Browser().holding(forged).get("/account").goes_to.startswith("/login")
    else:
        assert me(forged).status == 401


def test_nobody_is_signed_in_by_a_form_of_another_browser(browser: Browser) -> None:
    """Attack 10: login CSRF, the attacker's own form and credentials posted by the victim's browser."""
    theirs = Browser().get("/login").page.form("/login").fields
    browser.get("/login")

    answer = browser.post("/login", theirs | {"login_id": "ana", "password": PASSWORD})

    assert answer.status == 403
    assert cookie_name() not in browser.http.cookies


def test_the_form_cookie_from_before_does_not_outlive_sign_in(browser: Browser) -> None:
    """Attack 10: the pre-session token is rotated at sign-in."""
    browser.get("/login")
    before = browser.http.cookies[cookie_name("form")]

    browser.sign_in("leo")

    assert cookie_name("form") not in browser.http.cookies
    assert before


def test_a_signed_out_session_is_over_everywhere(leo: Browser) -> None:
    """Attack 10: a copy of the cookie is worth nothing afterwards."""
    copied = leo.http.cookies[cookie_name()]
    leo.submit(leo.get("/account"), "/logout")

    assert me(copied).status == 401
    assert Browser().holding(copied).get("/account").goes_to.startswith("/login?")


# --- attack 11 --------------------------------------------------------------------------------------------------


def test_parallel_approvals_of_one_page_give_one_code(leo: Browser, app: App, world: World) -> None:
    """Attack 11: two windows, an impatient finger."""
    consent = leo.authorize(app)

    def press(_: int) -> Answer:
        return leo.decide(consent, "allow")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))

    codes = {answer.answer["code"] for answer in answers if answer.status == 200}
    assert len(codes) == 1
    assert len(authorizations_of(world.leo.user_id)) == 1
    assert exchange(app, codes.pop()).status == 200


# --- attack 27 --------------------------------------------------------------------------------------------------


def arrives(cookie: str, app: App) -> str:
    """Where an authorization leads with these cookies."""
    answer = call("GET", "/oauth/authorize", params=authorization_request(app), headers={"Cookie": cookie})
    return answer.goes_to or answer.page.h1


def test_a_cookie_that_came_twice_counts_as_none(browser: Browser, app: App, world: World) -> None:
    """Attack 27: a sibling domain tossed one of them."""
    mine, theirs = world.session(world.leo), world.session(world.ana)
    name = cookie_name()

    assert arrives(f"{name}={mine}", app).startswith("Allow ")
    assert arrives(f"{name}={mine}; {name}={theirs}", app).startswith("/login?")
    assert arrives(f"{name}={theirs}; {name}={mine}", app).startswith("/login?")


@pytest.mark.parametrize(
    "twin", ["gatepost", "__Host-gatepost", "__Secure-gatepost", "Gatepost", "gatepost-1", "MMAUTHTOKEN", "session"]
)
def test_a_twin_of_another_name_is_ignored(browser: Browser, app: App, world: World, twin: str) -> None:
    """Attack 27: pages read one name only."""
    theirs = world.session(world.ana)

    assert arrives(f"{twin}={theirs}", app).startswith("/login?")
    assert arrives(f"{twin}={theirs}; {cookie_name()}={world.session(world.leo)}", app).startswith("Allow ")


def test_our_cookies_name_no_domain_and_are_hidden_from_scripts(browser: Browser) -> None:
    """Attack 27: host-only, so that no sibling reads them."""
    login = browser.get("/login")
    signed_in = browser.submit(login, "/login", login_id="leo", password=PASSWORD)

    for answer in (login, signed_in):
        for cookie in answer.response.raw.headers.getlist("Set-Cookie"):
            parts = cookie.lower().split("; ")
            assert {"path=/", "samesite=lax", "httponly"} <= set(parts)
            assert not [part for part in parts if part.startswith("domain")]
