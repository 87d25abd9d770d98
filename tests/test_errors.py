"""Every refusal can be sent out as it is: printable ASCII for clients, an id for Mattermost's, a heading for people."""

import re
from collections.abc import Callable

import pytest

from chalicelib import errors
from chalicelib.errors import Refusal
from chalicelib.web.oauth import token
from tests.browser import Browser, refresh
from tests.make import World

# RFC 6749 section 5.2: %x20-21 / %x23-5B / %x5D-7E
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")
RFC_ERRORS = {
    errors.InvalidRequest: (400, "invalid_request"),
    errors.InvalidClient: (401, "invalid_client"),
    errors.InvalidGrant: (400, "invalid_grant"),
    errors.UnsupportedGrantType: (400, "unsupported_grant_type"),
    errors.InvalidScope: (400, "invalid_scope"),
    errors.UnsupportedResponseType: (400, "unsupported_response_type"),
    errors.AccessDenied: (400, "access_denied"),
    errors.InvalidToken: (401, "invalid_token"),
    errors.InsufficientScope: (403, "insufficient_scope"),
    errors.ProviderOff: (501, "temporarily_unavailable"),
    errors.Unavailable: (503, "temporarily_unavailable"),
}


def kinds(kind: type[Refusal] = Refusal) -> list[type[Refusal]]:
    """A refusal and everything derived from it, as far as the room `errors` declares it."""
    derived = [found for child in kind.__subclasses__() for found in kinds(child)]
    return [kind, *(found for found in derived if found.__module__.startswith(errors.__name__))]


every_kind = pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)


def refusal(kind: type[Refusal]) -> Refusal:
    """One of a kind."""
    made: dict[type[Refusal], Callable[[], Refusal]] = {
        errors.TooManyTries: lambda: errors.TooManyTries(60),
        errors.InvalidParameter: lambda: errors.InvalidParameter("name"),
        errors.NameTaken: lambda: errors.NameTaken("email"),
        errors.RequestNotSupported: lambda: errors.RequestNotSupported("request"),
        errors.InsufficientScope: lambda: errors.InsufficientScope("posts:read"),
    }
    return made.get(kind, kind)()


@every_kind
def test_a_description_can_be_sent_to_a_client(kind: type[Refusal]) -> None:
    """RFC 6749 section 5.2: no quote, no backslash, nothing outside ASCII."""
    assert DESCRIPTION.fullmatch(refusal(kind).description)


@every_kind
def test_an_error_code_is_a_word(kind: type[Refusal]) -> None:
    """RFC 6749 section 5.2."""
    assert re.fullmatch("[a-z_]+", refusal(kind).error)


@every_kind
def test_an_error_has_an_id_and_a_heading(kind: type[Refusal]) -> None:
    """Contract 1.1: Mattermost's clients look at the id; UX 6.11: people at the heading."""
    said = refusal(kind)

    assert re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)+", said.id)
    assert said.heading


@every_kind
def test_a_refusal_is_an_error_status(kind: type[Refusal]) -> None:
    """RFC 9110 section 15."""
    assert 400 <= refusal(kind).status <= 503


@pytest.mark.parametrize(("kind", "said"), RFC_ERRORS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_an_error_of_the_rfcs_has_their_status_and_word(kind: type[Refusal], said: tuple[int, str]) -> None:
    """RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3.1; DESIGN section 4, provider off."""
    assert (refusal(kind).status, refusal(kind).error) == said


def test_a_busy_server_says_when_to_come_back() -> None:
    """DESIGN section 1: 503 with Retry-After."""
    assert errors.Unavailable().headers == {"Retry-After": "2"}


@pytest.mark.parametrize(
    ("seconds", "wait"), [(1, "Wait 1 minute"), (60, "Wait 1 minute"), (61, "Wait 2 minutes"), (600, "Wait 10 minutes")]
)
def test_who_tried_too_often_is_told_how_long_to_wait(seconds: int, wait: str) -> None:
    """UX 6.2; RFC 6585 section 4."""
    said = errors.TooManyTries(seconds)

    assert wait in said.description
    assert said.headers == {"Retry-After": str(seconds)}


@pytest.mark.parametrize("place", ["body", "url", "query"])
def test_a_missing_field_is_named_in_mattermosts_words(place: str) -> None:
    """Contract 1.1."""
    said = errors.InvalidParameter("client_id", place=place)

    assert said.id == f"api.context.invalid_{place}_param.app_error"
    assert "client_id" in said.description


def test_one_refusal_does_not_change_the_next_of_its_kind() -> None:
    """Headers and details are each refusal's own."""
    errors.InvalidGrant("Only here.", headers={"X-Only": "here"}, details={"only": "here"})

    assert (errors.InvalidGrant().headers, errors.InvalidGrant().details) == ({}, {})
    assert errors.InvalidGrant().description != "Only here."


def test_a_refusal_that_serves_every_request_keeps_none_of_them(world: World, browser: Browser) -> None:
    """DESIGN section 4, nothing secret is kept: a traceback holds the frames, and they the request's body."""
    app = world.app()
    world.set(provider_on=False)

    assert [refresh(app, "gpr_x").status for _ in range(3)] == [501, 501, 501]

    assert token.OFF.__traceback__ is None
