"""Which redirect URIs may be registered, which match, and how a client is answered there."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.oauth.redirect_uris import RedirectTarget, match, opens_app, problem
from tests.oauth.redirect_tricks import REGISTERED, TRICKS, WEB

printable = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=40)


def test_a_target_cannot_be_made_by_hand() -> None:
    """DESIGN section 4: redirect only to a type that only the checker can make."""
    with pytest.raises(TypeError):
        RedirectTarget("https://evil.example", object())


@pytest.mark.parametrize("uri", REGISTERED)
@pytest.mark.parametrize("public", [True, False])
def test_what_is_registered_matches(uri: str, public: bool) -> None:
    """9700-1."""
    target = match(uri, REGISTERED, public=public)

    assert target is not None
    assert target.uri == uri


@pytest.mark.parametrize("uri", TRICKS)
@pytest.mark.parametrize("public", [True, False])
def test_nothing_else_matches(uri: str, public: bool) -> None:
    """Attack 4."""
    assert match(uri, REGISTERED, public=public) is None


def test_the_table_of_tricks_is_as_long_as_the_checklist_asks() -> None:
    """Attack 4: a table of 60 vectors."""
    assert len(set(TRICKS)) >= 60


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:1/cb",
        "http://127.0.0.1:65535/cb",
        "http://127.0.0.1:9/second",
        "http://127.0.0.1/second",
        "http://localhost:50123/cb",
        "http://[::1]:50123/cb",
    ],
)
def test_a_loopback_port_may_differ_for_public_clients_only(uri: str) -> None:
    """RFC 8252 section 7.3; DESIGN section 4."""
    assert match(uri, REGISTERED, public=True) is not None
    assert match(uri, REGISTERED, public=False) is None


def test_one_loopback_name_is_not_another() -> None:
    """9700-1: only the port may differ."""
    assert match("http://localhost:80/cb", ["http://127.0.0.1/cb"], public=True) is None


@given(presented=st.text(max_size=60), registered=st.lists(printable, max_size=3))
def test_whatever_matches_for_a_confidential_client_is_on_its_list(presented: str, registered: list[str]) -> None:
    """9700-1."""
    target = match(presented, registered, public=False)

    assert (target is not None) == (presented in registered)


@given(text=st.one_of(st.text(max_size=60), st.sampled_from(REGISTERED).flatmap(lambda u: printable.map(u.__add__))))
@settings(max_examples=200)
def test_whatever_matches_for_a_public_client_differs_in_a_loopback_port_at_most(text: str) -> None:
    """9700-1."""
    target = match(text, REGISTERED, public=True)

    if target is not None and target.uri not in REGISTERED:
        parts = urlsplit(target.uri)
        assert parts.hostname in {"127.0.0.1", "localhost", "::1"}
        assert parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl() in {
            "http://127.0.0.1/cb",
            "http://127.0.0.1/second",
            "http://localhost/cb",
            "http://[::1]/cb",
        }


# --- registration -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example.com",
        "https://app.example.com/",
        "https://app.example.com/cb?simply=lovely",
        "http://app.example.com/cb",
        "http://localhost:9090/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:8/cb",
        "https://[2001:db8::1]/cb",
        "https://xn--bcher-kva.example/cb",
        "https://a.example/" + "x" * 1006,
    ],
)
def test_addresses_of_the_web_can_be_registered(uri: str) -> None:
    """The seed: each URL must start with http:// or https://; contract 1.2."""
    assert problem(uri, http_allowed=True) is None


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("", "remove spaces"),
        ("https://app.example.com/a b", "remove spaces"),
        ("https://app.example.com/\n", "remove spaces"),
        ("https://app.example.com/\x7f", "remove spaces"),
        ("https://bücher.example/", "remove spaces"),
        ("https://app.example.com\\@evil.example", "remove spaces"),
        ("ftp://app.example.com/", "start with https:// or http://"),
        ("javascript:alert(1)", "start with https:// or http://"),
        ("com.example.app:/done", "start with https:// or http://"),
        ("HTTPS://app.example.com", "start with https:// or http://"),
        ("//app.example.com", "start with https:// or http://"),
        ("https://*.example.com/", "* is not allowed"),
        ("https://app.example.com/*", "* is not allowed"),
        ("https://app.example.com/#", "from # on"),
        ("https://app.example.com/#x", "from # on"),
        ("https://a.example/" + "x" * 1007, "shorten to 1,024"),
        ("https://", "full address"),
        ("https:///path", "full address"),
        ("https://:80/", "full address"),
        ("https://app.example.com:port/", "full address"),
        ("https://app.example.com:99999/", "full address"),
        ("https://[::1", "full address"),
        ("https://user@app.example.com/", "user name and password"),
        ("https://user:word@app.example.com/", "user name and password"),
        ("https://@app.example.com/", "user name and password"),
    ],
)
def test_what_cannot_be_registered_is_said_with_what_to_do(uri: str, said: str) -> None:
    """DESIGN section 4: fragment, userinfo, wildcard, control characters and other schemes are refused."""
    found = problem(uri, http_allowed=True)

    assert found is not None
    assert said in found


@pytest.mark.parametrize(
    ("uri", "refused"),
    [
        ("http://app.example.com/cb", True),
        ("http://localhost.evil.com/cb", True),
        ("http://127.0.0.1/cb", False),
        ("http://localhost:8/cb", False),
        ("http://[::1]/cb", False),
        ("https://app.example.com/cb", False),
    ],
)
def test_http_off_this_machine_can_be_forbidden(uri: str, refused: bool) -> None:
    """DESIGN section 5, "Allow http addresses"; 21-6."""
    assert (problem(uri, http_allowed=False) is not None) == refused


@given(st.one_of(st.text(max_size=60), st.text(max_size=60).map("https://".__add__), printable.map("http://".__add__)))
@settings(max_examples=200)
def test_whatever_can_be_registered_is_a_plain_address_of_the_web(uri: str) -> None:
    """DESIGN section 4; 6749-16: any text is judged without an error."""
    if problem(uri, http_allowed=True) is None:
        parts = urlsplit(uri)
        assert parts.scheme in {"http", "https"}
        assert parts.hostname
        assert parts.username is None
        assert not set(uri) & set(" *#\\")
        assert uri.isascii()


# --- schemes of an app ------------------------------------------------------------------------------------------

APP = "com.example.app:/done"


@pytest.mark.parametrize("uri", [APP, "com.example.app://done/x?y=z", "net.x-y.app1:/", "a.b+c:///x"])
def test_the_scheme_of_an_app_can_be_registered_where_it_is_permitted(uri: str) -> None:
    """RFC 8252 section 7.1; DESIGN section 5, "Allow app-scheme callbacks for public clients"."""
    assert problem(uri, http_allowed=False, app_schemes=True) is None
    assert problem(uri, http_allowed=True) == "start with https:// or http://"


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "javascript:/x",
        "javascript://a.b/x",
        "data:text/html,x",
        "vbscript:/x",
        "file:///x",
        "blob:https://a.example",
        "about:/blank",
        "myapp:/done",
        "mailto:a@b.example",
        "ftp://a.example/",
        "COM.example.app:/done",
        "com.example.app:done",
        "com.example.app:",
        ".example:/x",
        "com..app:/x",
        "1com.example:/x",
        "com.example.app:/a b",
        "com.example.app:/a\nb",
        "com.example.app:/*",
        "com.example.app:/done#x",
        "com.example.app://user@host/x",
        "com.example.app:/" + "x" * 1024,
    ],
)
def test_a_scheme_that_is_no_apps_own_is_refused_wherever_they_are_permitted(uri: str) -> None:
    """Contract 1.2's note: the dangerous schemes never; RFC 8252 section 7.1: a domain in reverse."""
    assert problem(uri, http_allowed=True, app_schemes=True) is not None


def test_the_message_names_the_scheme_only_where_it_is_permitted() -> None:
    """Ux 7: say what to do."""
    assert "com.example.app:/" in (problem("myapp:/x", http_allowed=True, app_schemes=True) or "")


@pytest.mark.parametrize(
    ("public", "app_schemes", "matches"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_a_registered_scheme_matches_for_public_clients_while_they_are_permitted(
    public: bool, app_schemes: bool, matches: bool
) -> None:
    """Contract 1.2's note: consistently, wherever an address counts."""
    assert (match(APP, [APP], public=public, app_schemes=app_schemes) is not None) == matches


@pytest.mark.parametrize("uri", ["com.example.app:/done/", "com.example.app://done", "COM.example.app:/done", "x.y:/"])
def test_an_apps_address_is_compared_as_it_is(uri: str) -> None:
    """9700-1."""
    assert match(uri, [APP], public=True, app_schemes=True) is None


def test_an_app_is_answered_like_a_page() -> None:
    """RFC 6749 section 4.1.2."""
    target = match(APP, [APP], public=True, app_schemes=True)

    assert target is not None
    assert target.answer({"code": "c"}) == f"{APP}?code=c"


@given(st.one_of(st.text(max_size=60), printable.map("com.example:/".__add__), printable.map("a.b".__add__)))
@settings(max_examples=200)
def test_whatever_opens_an_app_is_no_address_of_the_web(uri: str) -> None:
    """6749-16: any text is judged without an error; a period in the scheme is what no browser's own has."""
    if problem(uri, http_allowed=True, app_schemes=True) is None and opens_app(uri):
        assert "." in uri.partition(":")[0]
        assert not uri.startswith(("http:", "https:"))


# --- the answer -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        (WEB, f"{WEB}?code=c&state=s+t%26"),
        (f"{WEB}?", f"{WEB}?code=c&state=s+t%26"),
        (f"{WEB}?simply=lovely", f"{WEB}?simply=lovely&code=c&state=s+t%26"),
        (f"{WEB}?a=%2F+x&a=y&b", f"{WEB}?a=%2F+x&a=y&b&code=c&state=s+t%26"),
        (f"{WEB}?state=theirs&x=1", f"{WEB}?x=1&code=c&state=s+t%26"),
        (f"{WEB}?c%6Fde=theirs", f"{WEB}?code=c&state=s+t%26"),
    ],
)
def test_the_registered_query_is_kept_and_ours_comes_once(uri: str, address: str) -> None:
    """6749-15: existing query kept, no second `state` or `code`."""
    target = match(uri, [uri], public=False)

    assert target is not None
    assert target.answer({"code": "c", "state": "s t&", "error": None}) == address


@given(state=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_state_comes_back_as_it_was_sent(state: str) -> None:
    """6749-3: `state` byte for byte, and nothing in it becomes a parameter of its own."""
    target = match(f"{WEB}?kept=1", REGISTERED, public=False)
    assert target is not None

    address = target.answer({"state": state})

    assert parse_qsl(urlsplit(address).query, keep_blank_values=True) == [("kept", "1"), ("state", state)]
    assert address.isascii()
    assert address.isprintable()
