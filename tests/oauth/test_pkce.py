"""Proof Key for Code Exchange."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidGrant, InvalidRequest
from chalicelib.oauth import pkce
from tests.make import CHALLENGE, VERIFIER, challenge_of

UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
verifiers = st.text(UNRESERVED, min_size=43, max_size=128)


def test_the_example_of_the_rfc_is_right() -> None:
    """RFC 7636 appendix B."""
    pkce.verify(VERIFIER, pkce.checked_challenge(CHALLENGE, "S256", required=True))


def test_the_example_of_the_rfc_is_wrong_with_another_last_character() -> None:
    """RFC 7636 section 4.6."""
    with pytest.raises(InvalidGrant):
        pkce.verify(VERIFIER[:-1] + "j", CHALLENGE)


@pytest.mark.parametrize("method", ["plain", None, "s256", "S256 ", "S512", "none"])
@pytest.mark.parametrize("required", [True, False])
def test_only_s256_is_taken(method: str | None, required: bool) -> None:
    """7636-1: absent means plain, and plain is refused."""
    with pytest.raises(InvalidRequest) as refused:
        pkce.checked_challenge(CHALLENGE, method, required=required)

    assert refused.value.id == "model.authorize.is_valid.code_challenge_method.unsupported.app_error"


@pytest.mark.parametrize(
    "challenge",
    [None, CHALLENGE[:-1], CHALLENGE + "A", CHALLENGE + "=", CHALLENGE[:-1] + "+", CHALLENGE[:-1] + "/", "ä" * 43],
)
def test_a_challenge_is_exactly_43_characters_of_base64url(challenge: str | None) -> None:
    """7636-2."""
    with pytest.raises(InvalidRequest) as refused:
        pkce.checked_challenge(challenge, "S256", required=False)

    assert refused.value.id == "model.authorize.is_valid.code_challenge.format.app_error"


def test_a_missing_challenge_is_refused_where_pkce_is_required() -> None:
    """DESIGN section 4; contract case 79: the id contains `pkce_required`."""
    with pytest.raises(InvalidRequest) as refused:
        pkce.checked_challenge(None, None, required=True)

    assert "pkce_required" in refused.value.id


def test_a_missing_challenge_is_fine_where_pkce_is_not_required() -> None:
    """DESIGN section 4: the exemption."""
    assert pkce.checked_challenge(None, None, required=False) is None


@pytest.mark.parametrize(
    "verifier",
    ["", "a" * 42, "a" * 129, "a" * 42 + "+", "a" * 42 + " ", "a" * 42 + "=", "ä" * 43, "a" * 43 + "\n"],
)
@pytest.mark.parametrize("challenge", [CHALLENGE, None])
def test_a_verifier_is_43_to_128_unreserved_characters(verifier: str, challenge: str | None) -> None:
    """7636-2: wrong length is `invalid_request`."""
    with pytest.raises(InvalidRequest):
        pkce.verify(verifier, challenge)


def test_a_verifier_without_a_challenge_is_a_downgrade() -> None:
    """7636-3; RFC 9700 section 4.8.2."""
    with pytest.raises(InvalidGrant):
        pkce.verify(VERIFIER, None)


def test_a_challenge_without_a_verifier_is_refused() -> None:
    """7636-3; contract case 108: the id contains `pkce`."""
    with pytest.raises(InvalidGrant) as refused:
        pkce.verify(None, CHALLENGE)

    assert "pkce" in refused.value.id


def test_the_answer_does_not_say_which_part_failed() -> None:
    """7636-4."""
    with pytest.raises(InvalidGrant) as missing:
        pkce.verify(None, CHALLENGE)
    with pytest.raises(InvalidGrant) as wrong:
        pkce.verify("a" * 43, CHALLENGE)

    assert (missing.value.id, missing.value.description) == (wrong.value.id, wrong.value.description)


@pytest.mark.parametrize("length", [43, 128])
def test_verifiers_of_both_limits_work(length: int) -> None:
    """RFC 7636 section 4.1."""
    pkce.verify("~" * length, challenge_of("~" * length))


@given(mine=verifiers, other=verifiers)
def test_a_verifier_opens_its_own_challenge_only(mine: str, other: str) -> None:
    """RFC 7636 section 4.6."""
    challenge = pkce.checked_challenge(challenge_of(mine), "S256", required=True)
    pkce.verify(mine, challenge)
    if other != mine:
        with pytest.raises(InvalidGrant):
            pkce.verify(other, challenge)
