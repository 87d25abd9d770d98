"""Whatever is typed into a form: never a 500, never markup, and it comes back as it was (issue 2, "How good")."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.web.browser import cookie_name
from tests.browser import Answer, Browser, call
from tests.make import App, World
from tests.web.app_forms import BASE, FILLED, NEW, fields

# What is no text (NUL, half a surrogate pair) is refused as a whole; everything else is kept.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffd"), max_size=80)
NASTY = st.sampled_from(
    ['"><script>alert(1)</script>', "{{7*7}}", "' onload=x", "</textarea><b>", "\r\n\r\n", "&lt;b&gt;"]
)
TYPED = st.one_of(TEXT, NASTY, st.sampled_from(["a\x00b", "\ufffd"]))
CONSOLE = "/admin/integrations/custom"
moderately = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


def check(answer: Answer, action: str, typed: Mapping[str, str]) -> None:
    """No 500; what was refused comes back as it was typed, but for spaces around it; what is no text does not."""
    assert answer.status in {303, 400, 409, 422}, answer.text
    assert "<script>alert" not in answer.text
    assert "</textarea><b>" not in answer.text
    if answer.status in {409, 422}:
        held = fields(answer, action)
        assert {name: held[name] for name in typed} == {name: text.strip() for name, text in typed.items()}
    if answer.status == 400:
        assert any("\x00" in text or "\ufffd" in text for text in typed.values())


@moderately
@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("name", "description", "homepage", "icon_url", "callback_urls"), TYPED)
    )
)
def test_the_form_of_an_application_keeps_what_was_typed(maya: Browser, typed: dict[str, str]) -> None:
    """Ux 2: "Never lose typing"; a line break a browser writes as two characters is kept as it came."""
    form = fields(maya.get(NEW), NEW)
    check(maya.post(NEW, form | FILLED | typed | {"client_type": "?"}), NEW, typed)


@pytest.fixture
def app(world: World) -> App:
    """An application of Maya's."""
    return world.app()


@moderately
@given(typed=st.fixed_dictionaries({"name": TYPED, "description": TYPED}))
def test_an_edit_keeps_what_was_typed(maya: Browser, app: App, typed: dict[str, str]) -> None:
    """Ux 2; saved or not."""
    path = f"{BASE}/{app.client_id}/edit"
    check(maya.submit(maya.get(path), path, **typed), path, typed)
    assert maya.get(f"{BASE}/{app.client_id}/credentials").status == 200


@moderately
@given(
    typed=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("access_token_lifetime", "code_lifetime", "site_name", "version"), TYPED)
    )
)
def test_the_console_keeps_what_was_typed(maya: Browser, typed: dict[str, str]) -> None:
    """Ux 2; the version is the server's to write."""
    answer = maya.submit(maya.get(CONSOLE), CONSOLE, **typed)
    kept = {name: text for name, text in typed.items() if name != "version" or answer.status == 400}
    check(answer, CONSOLE, kept)


@moderately
@given(typed=st.fixed_dictionaries({"login_id": TYPED, "redirect_to": TYPED}))
def test_signing_in_keeps_the_login_and_leads_nowhere_else(browser: Browser, typed: dict[str, str]) -> None:
    """Ux 6.2, contract case 147; without a password nothing is looked up or counted."""
    answer = browser.submit(browser.get("/login"), "/login", **typed)
    assert answer.status in {400, 422}
    if answer.status == 422:
        held = fields(answer, "/login")
        assert held["login_id"] == typed["login_id"].strip()
        assert held["redirect_to"] in {"/", typed["redirect_to"]}
        assert held["redirect_to"].startswith("/")


@moderately
@given(query=st.dictionaries(st.sampled_from(["q", "show", "start", "just", "x"]), TYPED))
@pytest.mark.parametrize("path", [BASE, "/login", "/integrations", "/account/security/oauth2-apps", "/setup"])
def test_no_query_breaks_a_page(path: str, maya: Browser, query: dict[str, str]) -> None:
    """Issue 2: nothing a caller sends gives a 500."""
    assert maya.get(path, **query).status in {200, 303, 400, 403}


@moderately
@given(query=st.dictionaries(TYPED, TYPED, max_size=4))
def test_no_query_breaks_the_way_to_the_sign_in(browser: Browser, query: dict[str, str]) -> None:
    """The address is carried along, whatever it holds."""
    answer = browser.get("/account", **query)
    assert (answer.status, answer.goes_to.partition("=")[0]) == (302, "/login?redirect_to")


@moderately
@given(cookie=st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"), max_size=200))
def test_no_cookie_breaks_a_page(browser: Browser, cookie: str) -> None:
    """Issue 2: cookies are the caller's too; control characters never come this far (RFC 9110 section 5.5)."""
    header = "; ".join(f"{cookie_name(part)}={cookie}" for part in ("", "flash", "form", "theme"))
    sent = {"Cookie": header.encode("latin-1")}
    assert call("GET", "/account", headers=sent).status == 302
    assert [call("GET", path, headers=sent).status for path in ("/login", "/help")] == [200, 200]
