"""Form tokens, refused forms given back, the one-time message (DESIGN section 4; ux 3, 6.11; attack 9)."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from chalicelib import config
from chalicelib.store.clients import Client
from chalicelib.web.browser import cookie_name
from local.server import Server
from tests.browser import Answer, Browser
from tests.make import World
from tests.web.app_forms import BASE, FILLED, NEW, edit, fields

EXPIRED = "This page was open too long"
Fields = dict[str, Any]


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


@pytest.fixture
def form(maya: Browser) -> Fields:
    """The add form, filled in, with a good token."""
    return fields(maya.get(NEW), NEW) | FILLED


def registered() -> int:
    """How many applications there are."""
    return len({client.client_id for client in Client.scan()})


def refused(answer: Answer) -> bool:
    """Whether a form was not heard, and nothing came of it."""
    assert registered() == 0
    assert answer.page.h1 == EXPIRED
    return answer.status == 403


def form_token(browser: Browser, path: str, action: str) -> str:
    """The token of a form on some page."""
    return str(fields(browser.get(path), action)["csrf"])


# --- tokens -----------------------------------------------------------------------------------------------------


def test_the_right_token_is_heard(maya: Browser, form: Fields) -> None:
    """The tests below differ from this one in one thing each."""
    assert maya.post(NEW, form).status == 303
    assert registered() == 1


@pytest.mark.parametrize("csrf", ["", "x", "0" * 64, "ü" * 10, "\x00"])
def test_a_missing_or_made_up_token_is_not(csrf: str, maya: Browser, form: Fields) -> None:
    """Attack 9."""
    answer = maya.post(NEW, form | {"csrf": csrf})
    assert answer.status in {400, 403}
    assert registered() == 0


def test_no_token_at_all_is_not(maya: Browser, form: Fields) -> None:
    """Attack 9."""
    del form["csrf"]
    assert refused(maya.post(NEW, form))


def test_another_forms_token_is_not(maya: Browser, form: Fields) -> None:
    """A token is bound to the form's name."""
    assert refused(maya.post(NEW, form | {"csrf": form_token(maya, "/account", "/logout")}))


def test_another_sessions_token_is_not(maya: Browser, form: Fields, world: World) -> None:
    """A token is bound to the session, be it the same person's."""
    other = Browser().holding(world.session(world.maya))
    assert refused(maya.post(NEW, form | {"csrf": form_token(other, NEW, NEW)}))


def test_another_persons_token_is_not(maya: Browser, form: Fields, world: World) -> None:
    """A token is bound to the session."""
    leo = Browser().holding(world.session(world.leo))
    world.set(admins_only=False)
    assert refused(maya.post(NEW, form | {"csrf": form_token(leo, NEW, NEW)}))


def test_a_token_from_before_the_sign_in_is_not(maya: Browser, form: Fields) -> None:
    """The signed-out browser's cookie holds nothing for a session."""
    signed_out = Browser()
    token = form_token(signed_out, "/login", "/login")
    maya.http.cookies.update(signed_out.http.cookies)
    assert refused(maya.post(NEW, form | {"csrf": token}))


def test_a_repeated_token_is_not(maya: Browser, form: Fields) -> None:
    """RFC 6749 section 3.1's rule, for every form."""
    answer = maya.post(NEW, [*form.items(), ("csrf", form["csrf"])])
    assert answer.status == 400
    assert registered() == 0


def test_a_token_in_the_query_is_not(maya: Browser, form: Fields) -> None:
    """DESIGN section 4: nothing secret in a query."""
    token = form.pop("csrf")
    assert refused(maya.post(f"{NEW}?csrf={token}", form))


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense", ""])
def test_a_browser_that_says_it_comes_from_elsewhere_is_not_heard(site: str, maya: Browser, form: Fields) -> None:
    """Sec-Fetch-Site: a good token does not help."""
    assert refused(maya.post(NEW, form, headers={"Sec-Fetch-Site": site}))


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost", "http://localhost.evil.example", ""])
def test_another_origin_is_not_heard(origin: str, maya: Browser, form: Fields) -> None:
    """Origin, for browsers without Sec-Fetch-Site."""
    assert refused(maya.post(NEW, form, headers={"Origin": origin}))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "null"},
        {"Origin": config.current().issuer},
    ],
)
def test_our_own_pages_are_heard(headers: dict[str, str], maya: Browser, form: Fields) -> None:
    """Our pages send no referrer, and browsers write `Origin: null` then."""
    assert maya.post(NEW, form, headers=headers).status == 303


@pytest.mark.parametrize("path", ["/login", "/theme", "/logout"])
def test_forms_for_everybody_have_tokens_too(path: str, browser: Browser) -> None:
    """Login CSRF: nobody is signed in to somebody else's account."""
    answer = browser.post(path, {"login_id": "leo", "password": "otter-lamp-river-42", "theme": "dark"})
    assert (answer.status, answer.page.h1) == (403, EXPIRED)
    assert not {cookie_name(), cookie_name("theme")} & set(browser.http.cookies.keys())


# --- a refused form is given back -------------------------------------------------------------------------------


def test_an_expired_form_is_given_back_and_can_be_sent_again(maya: Browser, form: Fields) -> None:
    """Ux 6.11: "Nothing was changed.", and "Send it again" with everything typed."""
    answer = maya.post(NEW, form | {"csrf": "old", "description": 'A "quoted" <b>line</b>\nand another'})
    assert refused(answer)
    assert "Nothing was changed." in answer.page.text
    assert "Send it again" in answer.page.text
    assert fields(answer, NEW)["description"] == 'A "quoted" <b>line</b>\nand another'
    assert maya.submit(answer, NEW).status == 303
    assert registered() == 1


def test_a_password_is_never_sent_back(browser: Browser) -> None:
    """Ux 2: secrets excepted."""
    answer = browser.post("/login", {"csrf": "old", "login_id": "leo", "password": "otter-lamp-river-42"})
    assert answer.status == 403
    assert "otter-lamp" not in answer.text
    assert fields(answer, "/login")["login_id"] == "leo"


def test_a_form_from_elsewhere_is_not_given_back(maya: Browser, form: Fields) -> None:
    """What somebody else filled in must not be one press away."""
    answer = maya.post(NEW, form | {"name": "Planted"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused(answer)
    assert "Send it again" not in answer.page.text
    assert "Planted" not in answer.text


def test_a_form_after_the_session_ended_keeps_what_was_typed(maya: Browser, form: Fields, world: World) -> None:
    """Ux 3.4, timing: sign in in another window, then send it again, twice at most."""
    world.clock.shift(13 * 3600)
    answer = maya.post(NEW, form)
    assert answer.status == 401
    assert "/login" in answer.page.links
    maya.holding(world.session(world.maya))
    again = maya.submit(answer, NEW)
    assert refused(again)
    shown = maya.submit(again, NEW)
    assert shown.status == 422
    assert fields(shown, NEW).items() >= FILLED.items()
    assert maya.submit(shown, NEW).status == 303


# --- the one-time message ---------------------------------------------------------------------------------------


def test_a_message_is_shown_once(maya: Browser, world: World) -> None:
    """Ux 4: carried in a signed cookie."""
    app = world.app()
    path = edit(maya, app.client_id, name="Other").goes_to
    assert "Saved. 1 thing changed: Display Name." in maya.get(path).page.text
    assert "Saved." not in maya.get(path).page.text


@pytest.mark.parametrize("tag", ["", ".", ".00", ".ü"])
def test_a_message_somebody_wrote_is_not_shown(tag: str, maya: Browser) -> None:
    """Attack: a cookie tossed in from a neighbouring host or port."""
    text = urlsafe_b64encode(json.dumps({"title": "Call 555-0100"}).encode()).decode()
    maya.http.cookies.set(cookie_name("flash"), (text + tag).encode().decode("latin-1"), domain="localhost.local")
    answer = maya.get(BASE)
    assert answer.status == 200
    assert "555-0100" not in answer.text


def test_a_message_is_text(maya: Browser, world: World) -> None:
    """Names in it were typed by people."""
    app = world.app(name="<b>Bold</b>")
    path = f"{BASE}/{app.client_id}/delete"
    maya.submit(maya.get(path), path)
    answer = maya.get(BASE)
    assert "<b>Bold</b> was deleted." in answer.page.text
    assert "<b>Bold" not in answer.text


def test_before_anything_can_be_read_a_refusal_is_still_a_page(server: Server, store: None) -> None:
    """A body larger than anything here takes: no form, no name, the usual headers."""
    answer = Browser().post("/login", "x" * 300_001, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status, answer.page.h1) == (413, "Too much at once")
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
