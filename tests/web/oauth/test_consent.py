"""The consent page: what it shows, Allow, Deny, and what is remembered."""

import pytest

from chalicelib import config
from tests.browser import Browser, exchange, me
from tests.make import CALLBACK, SECOND_CALLBACK, World

QUESTION = "Allow Standup Notes to use your Gatepost account?"


@pytest.fixture
def other(world: World) -> Browser:
    """Ana's browser, signed in."""
    return Browser().holding(world.session(world.ana))


def test_the_page_says_who_asks_for_what_and_where_it_leads(leo: Browser, world: World) -> None:
    """Ux 6.9."""
    page = leo.authorize(world.app()).page

    assert page.h1 == QUESTION
    for text in ("Leo Wong", "Everything you can do on this server", "standup.example.net", "Maya Okafor"):
        assert text in page.text


def test_allow_and_deny_are_two_buttons_of_one_form(leo: Browser, world: World) -> None:
    """Ux 6.9: both real submit buttons; attack 8: no JS-only approve."""
    answer = leo.authorize(world.app())
    form = answer.page.form("/oauth/authorize/decision")

    assert form.method == "post"
    assert set(form.fields) == {"csrf", "ticket"}
    assert 'name="decision" value="deny"' in answer.text
    assert 'name="decision" value="allow"' in answer.text


def test_allow_leads_back_with_code_state_and_issuer(leo: Browser, world: World) -> None:
    """RFC 6749 section 4.1.2; 9207-1."""
    app = world.app()

    answer = leo.decide(leo.authorize(app), "allow")

    assert answer.goes_to.startswith(CALLBACK + "?")
    assert set(answer.answer) == {"code", "state", "iss"}
    assert (answer.answer["state"], answer.answer["iss"]) == ("s t/a&t=e", config.current().issuer)
    assert exchange(app, answer.answer["code"]).status == 200


def test_deny_leads_back_with_the_error_state_and_issuer(leo: Browser, world: World) -> None:
    """RFC 6749 section 4.1.2.1; 9207-1; contract case 158."""
    answer = leo.decide(leo.authorize(world.app()), "deny")

    assert answer.goes_to.startswith(CALLBACK + "?")
    assert set(answer.answer) == {"error", "error_description", "state", "iss"}
    assert (answer.answer["error"], answer.answer["state"]) == ("access_denied", "s t/a&t=e")


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_request_without_state_is_answered_without_one(leo: Browser, world: World, decision: str) -> None:
    """DESIGN section 6: absent when absent."""
    assert "state" not in leo.decide(leo.authorize(world.app(), state=None), decision).answer


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_decision_ends_in_a_hand_over_page(leo: Browser, world: World, decision: str) -> None:
    """DESIGN section 4: one 200 page, meta refresh and a visible link, `form-action 'self'` stays."""
    answer = leo.decide(leo.authorize(world.app()), decision)

    assert (answer.status, answer.headers.get("Location")) == (200, None)
    assert answer.page.refresh in answer.page.links
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_after_allow_nobody_is_asked_again(leo: Browser, world: World) -> None:
    """The seed, "for the first time"; contract case 159; DESIGN section 4: the GET answers 302."""
    app = world.app()
    first = leo.allow(app)

    again = leo.authorize(app)

    assert again.status == 302
    assert again.answer["code"] != first
    assert (again.answer["state"], again.answer["iss"]) == ("s t/a&t=e", config.current().issuer)


def test_what_one_person_allows_another_is_asked_about(leo: Browser, other: Browser, world: World) -> None:
    """The seed: permissions are based on which users go through the flow."""
    app = world.app()
    leo.allow(app)

    assert other.authorize(app).page.h1 == QUESTION


def test_deny_is_not_remembered(leo: Browser, world: World) -> None:
    """Contract case 158; contract section 7: denial looked remembered."""
    app = world.app()
    leo.decide(leo.authorize(app), "deny")

    assert leo.authorize(app).page.h1 == QUESTION


def test_deny_takes_nothing_back(leo: Browser, world: World) -> None:
    """What was allowed before stays allowed until it is revoked."""
    app = world.app()
    tokens = exchange(app, leo.allow(app)).json
    leo.decide(leo.authorize(app, prompt="consent"), "deny")

    assert me(tokens["access_token"]).status == 200
    assert leo.authorize(app).status == 302


def test_prompt_consent_shows_the_page_again(leo: Browser, world: World) -> None:
    """DESIGN section 4."""
    app = world.app()
    leo.allow(app)

    assert leo.authorize(app, prompt="consent").page.h1 == QUESTION


def test_both_callbacks_may_be_used_by_who_allowed_once(leo: Browser, world: World) -> None:
    """The seed: users are redirected to the URL used for the authorization."""
    app = world.app()
    leo.allow(app)

    assert leo.authorize(app, redirect_uri=SECOND_CALLBACK).goes_to.startswith(SECOND_CALLBACK + "&code=")


@pytest.mark.parametrize("scope", ["user", "user unknown", "anything at-all", ""])
def test_an_app_that_may_do_everything_is_shown_as_that(leo: Browser, world: World, scope: str) -> None:
    """DESIGN section 4: unknown scopes ignored, and the page says exactly what is given."""
    app = world.app()

    consent = leo.authorize(app, scope=scope)
    tokens = exchange(app, leo.decide(consent, "allow").answer["code"]).json

    assert "Everything you can do on this server" in consent.page.text
    assert tokens["scope"] == "user"


@pytest.mark.parametrize("path", ["/oauth/authorize", "/oauth/authorize/decision"])
def test_pages_of_the_decision_have_the_policy_of_every_page(leo: Browser, world: World, path: str) -> None:
    """Attack 8; ux 3.2."""
    consent = leo.authorize(world.app())
    answer = consent if path == "/oauth/authorize" else leo.decide(consent, "allow")
    policy = answer.headers["Content-Security-Policy"]

    for part in (
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "img-src 'self'",
        "form-action 'self'",
    ):
        assert part in policy.split("; ")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Cross-Origin-Opener-Policy" not in answer.headers
