"""What is wrong with an authorization request, and who is told: a page for people, a redirect for clients."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from chalicelib import config
from chalicelib.credentials import new_id
from chalicelib.oauth import registration
from tests.browser import Answer, Browser, authorization_request, call
from tests.make import CALLBACK, World


def answered(answer: Answer) -> dict[str, list[str]]:
    """The parameters of a redirect to the registered callback, each with all its values."""
    assert answer.status == 302, answer.text
    assert answer.goes_to.startswith(CALLBACK + "?")
    return parse_qs(urlsplit(answer.goes_to).query, keep_blank_values=True)


@pytest.mark.parametrize("client_id", [None, "", "junk", "x" * 26, "x" * 5000, "../settings", "live#0", "ä" * 26])
def test_an_unknown_client_is_a_page_before_sign_in(browser: Browser, world: World, client_id: str | None) -> None:
    """6749-3; contract case 76."""
    answer = browser.authorize(world.app(), client_id=client_id)

    assert (answer.status, answer.goes_to) == (404, "")
    assert answer.page.h1 == "This app is not registered here"


@pytest.mark.parametrize(
    "redirect_uri", [None, "", CALLBACK + "/", CALLBACK + "?x=1", "https://evil.example", "javascript:alert(1)"]
)
def test_an_unregistered_address_is_a_page_before_sign_in(
    browser: Browser, world: World, redirect_uri: str | None
) -> None:
    """6749-3; contract cases 72 and 73; DESIGN section 6: checked before sign-in."""
    answer = browser.authorize(world.app(), redirect_uri=redirect_uri)

    assert (answer.status, answer.goes_to) == (400, "")
    assert answer.page.h1 == "The return address does not match"


def test_a_deleted_client_is_a_page(leo: Browser, world: World) -> None:
    """Contract 3.10."""
    app = world.app()
    registration.delete(world.client(app.client_id), world.origin())

    assert leo.authorize(app).status == 404


def test_an_address_that_is_refused_is_shown_as_text_only(browser: Browser, world: World) -> None:
    """Ux 6.11: received values escaped, never a link."""
    answer = browser.authorize(world.app(), redirect_uri='https://evil.example/"><a href=//evil.example>')

    assert "evil.example" in answer.page.text
    assert not [link for link in answer.page.links if "evil" in link]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "", "code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "x" * 44}, "invalid_request"),
        ({"scope": 'a"b'}, "invalid_scope"),
        ({"scope": "ä"}, "invalid_scope"),
        ({"scope": "x" * 1025}, "invalid_scope"),
    ],
    ids=str,
)
def test_every_other_error_goes_to_the_client_with_state_and_issuer(
    browser: Browser, world: World, changes: dict[str, str | None], error: str
) -> None:
    """6749-3, 6749-4, 9207-1, 7636-1; before anybody is asked to sign in."""
    given = answered(browser.authorize(world.app(), **changes))

    assert given["error"] == [error]
    assert given["state"] == ["s t/a&t=e"]
    assert given["iss"] == [config.current().issuer]
    assert set(given) == {"error", "error_description", "state", "iss"}


@pytest.mark.parametrize(
    "name", ["response_type", "scope", "code_challenge", "code_challenge_method", "prompt"], ids=str
)
def test_a_repeated_parameter_is_told_to_the_client(browser: Browser, world: World, name: str) -> None:
    """6749-2: repeated parameter is `invalid_request`; 6749-3: told by redirect."""
    request = authorization_request(world.app())
    query = urlencode([*request.items(), (name, request.get(name, "x")), (name, "x")])

    given = answered(browser.get(f"/oauth/authorize?{query}"))

    assert given["error"] == ["invalid_request"]
    assert given["state"] == ["s t/a&t=e"]


def test_a_repeated_state_is_told_to_the_client_without_one(browser: Browser, world: World) -> None:
    """6749-2: which of them is meant nobody can say."""
    query = urlencode([*authorization_request(world.app()).items(), ("state", "other")])

    given = answered(browser.get(f"/oauth/authorize?{query}"))

    assert set(given) == {"error", "error_description", "iss"}


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_repeated_client_or_address_is_a_page(browser: Browser, world: World, name: str) -> None:
    """6749-3: who asks and where to answer is not known."""
    request = authorization_request(world.app())
    query = urlencode([*request.items(), (name, request[name])])

    answer = browser.get(f"/oauth/authorize?{query}")

    assert (answer.status, answer.goes_to) == (400, "")


@pytest.mark.parametrize("name", ["acr_values", "display", "utm_source", "code", "ui_locales"])
def test_an_unknown_parameter_is_ignored_even_twice(leo: Browser, world: World, name: str) -> None:
    """6749-2; oidc-3."""
    query = urlencode([*authorization_request(world.app()).items(), (name, "a"), (name, "b")])

    assert leo.get(f"/oauth/authorize?{query}").page.h1.startswith("Allow ")


def test_a_state_longer_than_the_limit_is_refused_and_not_echoed(browser: Browser, world: World) -> None:
    """DESIGN section 6: state 4,096."""
    given = answered(browser.authorize(world.app(), state="x" * 4097))

    assert given["error"] == ["invalid_request"]
    assert "state" not in given


@pytest.mark.parametrize("raw", ["%00", "a%00b", "%FF", "%E4", "%ED%A0%80", "%C0%AF"])
def test_a_state_that_is_no_text_is_refused_and_not_echoed(browser: Browser, world: World, raw: str) -> None:
    """6749-16: NUL and invalid UTF-8."""
    query = urlencode(authorization_request(world.app(), state=None)) + f"&state={raw}"

    given = answered(browser.get(f"/oauth/authorize?{query}"))

    assert given["error"] == ["invalid_request"]
    assert "state" not in given


def test_no_state_means_no_state(browser: Browser, world: World) -> None:
    """DESIGN section 6: absent when absent; 6749-2: empty is absent."""
    app = world.app()

    assert "state" not in answered(browser.authorize(app, state=None, response_type="token"))
    assert "state" not in answered(browser.authorize(app, state="", response_type="token"))


def test_the_description_of_an_error_is_of_the_rfcs_characters(browser: Browser, world: World) -> None:
    """6750-4, RFC 6749 section 4.1.2.1: printable ASCII without quotes and backslashes."""
    (text,) = answered(browser.authorize(world.app(), scope='"\\'))["error_description"]

    assert text.isascii()
    assert not set(text) & set('"\\')


def test_refusals_come_in_the_order_of_the_contract(browser: Browser, world: World) -> None:
    """DESIGN section 4: client, address, then everything else; all of it before sign-in."""
    app = world.app()
    all_wrong = {"response_type": "token", "scope": '"', "code_challenge": "x"}

    unknown = browser.authorize(app, client_id=new_id(), redirect_uri="https://evil.example", **all_wrong)
    unregistered = browser.authorize(app, redirect_uri="https://evil.example", **all_wrong)
    wrong = browser.authorize(app, **all_wrong)
    right = browser.authorize(app)

    assert (unknown.status, unregistered.status) == (404, 400)
    assert answered(wrong)["error"] == ["unsupported_response_type"]
    assert right.goes_to.startswith("/login?redirect_to=")


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_no_other_origin_may_read_an_authorization(world: World, browser: Browser, origin: str) -> None:
    """21-1: no CORS at the authorization endpoint."""
    answer = call("GET", "/oauth/authorize", params=authorization_request(world.app()), headers={"Origin": origin})

    assert "Access-Control-Allow-Origin" not in answer.headers
