"""The ticket of a consent page: whose it is, for what, how long, and how often."""

import base64
import json

import pytest

from chalicelib.oauth import registration
from chalicelib.policy import DECISION_TICKET
from chalicelib.store.authorizations import authorizations_of
from tests.browser import Answer, Browser, exchange
from tests.make import DRAFT, SECOND_CALLBACK, World

PATH = "/oauth/authorize/decision"


def refused(answer: Answer, status: int = 403) -> bool:
    """Whether a decision was refused on a page, and led nowhere."""
    return answer.status == status and answer.goes_to == "" and "code=" not in answer.text


def test_a_double_click_gives_one_code(leo: Browser, world: World) -> None:
    """Attack 11; DESIGN section 4."""
    app = world.app()
    consent = leo.authorize(app)

    first, second = leo.decide(consent, "allow"), leo.decide(consent, "allow")

    assert first.goes_to == second.goes_to
    assert len(authorizations_of(world.leo.user_id)) == 1
    assert exchange(app, first.answer["code"]).status == 200


def test_a_ticket_answered_again_after_the_code_was_spent_buys_nothing(leo: Browser, world: World) -> None:
    """Attack 9: a replayed decision."""
    app = world.app()
    consent = leo.authorize(app)
    code = leo.decide(consent, "allow").answer["code"]
    assert exchange(app, code).status == 200

    again = leo.decide(consent, "allow")

    assert refused(again, 409)
    assert again.page.h1 == "You already answered"
    assert len(authorizations_of(world.leo.user_id)) == 1


def test_two_pages_give_two_codes(leo: Browser, world: World) -> None:
    """Two windows are two authorizations."""
    app = world.app()
    pages = leo.authorize(app), leo.authorize(app)

    codes = {leo.decide(page, "allow").answer["code"] for page in pages}

    assert len(codes) == 2


def test_a_ticket_works_until_it_is_ten_minutes_old(leo: Browser, world: World) -> None:
    """DESIGN section 4."""
    consent = leo.authorize(world.app())
    world.clock.shift(DECISION_TICKET.total_seconds() - 0.001)

    assert "code" in leo.decide(consent, "allow").answer


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_ticket_of_ten_minutes_is_too_old(leo: Browser, world: World, decision: str) -> None:
    """DESIGN section 4: session, request hash, nonce, 10 min."""
    consent = leo.authorize(world.app())
    world.clock.shift(DECISION_TICKET)

    assert refused(leo.decide(consent, decision))


def test_a_ticket_of_another_person_is_refused(leo: Browser, world: World) -> None:
    """Attack 9: one cannot make somebody else allow what one was asked."""
    app = world.app()
    ana = Browser().holding(world.session(world.ana))
    theirs = leo.authorize(app).page.form(PATH).fields["ticket"]

    answer = ana.submit(ana.authorize(app), PATH, ticket=theirs, decision="allow")

    assert refused(answer)
    assert authorizations_of(world.ana.user_id) == []


def test_a_ticket_of_another_session_of_the_same_person_is_refused(leo: Browser, world: World) -> None:
    """DESIGN section 4: bound to the session."""
    app = world.app()
    elsewhere = Browser().holding(world.session(world.leo))
    theirs = leo.authorize(app).page.form(PATH).fields["ticket"]

    assert refused(elsewhere.submit(elsewhere.authorize(app), PATH, ticket=theirs, decision="allow"))


def changed(ticket: str, **parameters: str) -> str:
    """A ticket whose request says something else, under the old tag."""
    text, _, tag = ticket.partition(".")
    content = json.loads(base64.urlsafe_b64decode(text))
    content["p"] |= parameters
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode() + "." + tag


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "code_challenge"])
def test_no_part_of_the_request_can_be_changed_in_the_form(leo: Browser, world: World, name: str) -> None:
    """Ux 6.9: sealed in the form, nothing is re-read from the address bar."""
    app, other = world.app(), world.app(name="Other")
    values = {
        "client_id": other.client_id,
        "redirect_uri": SECOND_CALLBACK,
        "scope": "more",
        "state": "theirs",
        "code_challenge": "A" * 43,
    }
    consent = leo.authorize(app)
    ticket = changed(consent.page.form(PATH).fields["ticket"], **{name: values[name]})

    assert refused(leo.submit(consent, PATH, ticket=ticket, decision="allow"))


def test_parameters_beside_the_ticket_are_not_looked_at(leo: Browser, world: World) -> None:
    """Ux 6.9."""
    consent = leo.authorize(world.app())

    answer = leo.submit(consent, PATH, decision="allow", redirect_uri="https://evil.example", state="theirs")

    assert answer.goes_to.startswith("https://standup.example.net/oauth/callback?")
    assert answer.answer["state"] == "s t/a&t=e"


@pytest.mark.parametrize(
    "ticket",
    [
        "",
        "x",
        ".",
        "e30=.",
        "bnVsbA==.x",
        "W10=.x",
        "eyJwIjogMX0=.x",
        "eyJwIjoge319.x",
        "ä.ö",
        "\ud7ff" * 9,
        "x" * 9000,
    ],
    ids=lambda ticket: ticket[:8],
)
def test_what_is_no_ticket_is_refused(leo: Browser, world: World, ticket: str) -> None:
    """6749-16."""
    assert refused(leo.submit(leo.authorize(world.app()), PATH, ticket=ticket, decision="allow"))


@pytest.mark.parametrize("decision", ["", "Allow", "yes", "allow "])
def test_only_allow_is_allow(leo: Browser, world: World, decision: str) -> None:
    """A choice has to be made, and nothing else counts as one."""
    answer = leo.submit(leo.authorize(world.app()), PATH, decision=decision)

    assert refused(answer, 400)
    assert authorizations_of(world.leo.user_id) == []


def test_a_callback_that_was_removed_meanwhile_is_not_led_to(leo: Browser, world: World) -> None:
    """DESIGN section 1: what decides is read again at every use."""
    app = world.app()
    consent = leo.authorize(app)
    draft = DRAFT._replace(redirect_uris=[SECOND_CALLBACK])
    registration.edit(world.client(app.client_id), draft, world.origin())

    assert refused(leo.decide(consent, "allow"), 400)
    assert refused(leo.decide(consent, "deny"), 400)


def test_an_app_that_was_deleted_meanwhile_gets_nothing(leo: Browser, world: World) -> None:
    """Contract 3.10."""
    app = world.app()
    consent = leo.authorize(app)
    registration.delete(world.client(app.client_id), world.origin())

    assert refused(leo.decide(consent, "allow"), 404)


def test_an_app_made_again_under_the_same_id_is_not_the_one_that_asked(leo: Browser, world: World) -> None:
    """Design notes B1."""
    app = world.app()
    consent = leo.authorize(app)
    registration.delete(world.client(app.client_id), world.origin())
    registration.register(DRAFT, world.maya, world.origin(), client_id=app.client_id)

    assert refused(leo.decide(consent, "allow"))


def test_a_decision_without_a_page_is_refused(leo: Browser, world: World) -> None:
    """Attack 9: the form's token."""
    consent = leo.authorize(world.app())

    assert refused(leo.submit(consent, PATH, decision="allow", csrf=""))
    assert refused(leo.submit(consent, PATH, decision="allow", csrf="0" * 64))


def test_the_decision_cannot_be_opened_as_a_link(leo: Browser, world: World) -> None:
    """Attack 9; RFC 9110: a GET changes nothing."""
    fields = leo.authorize(world.app()).page.form(PATH).fields

    answer = leo.get(PATH, **fields, decision="allow")

    assert (answer.status, answer.headers["Allow"]) == (405, "OPTIONS, POST")
    assert authorizations_of(world.leo.user_id) == []
