"""Credentials: their forms, their checksums, what is kept of them and how they are compared (DESIGN section 3)."""

import hashlib
import hmac
import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import credentials
from chalicelib.credentials import (
    BASE62,
    ID_ALPHABET,
    Locator,
    RefreshToken,
    base62,
    code_token,
    fingerprint,
    hash_password,
    id_from,
    is_id,
    mac,
    new_client_secret,
    new_id,
    new_link_token,
    new_secret,
    parse_code,
    parse_refresh,
    parse_session,
    password_matches,
    refresh_token,
    same,
    seal,
    session_token,
    unseal,
)

USER, ROW = new_id(), new_id()
SECRET = bytes(range(32))
CODE, SESSION = code_token(USER, ROW, SECRET), session_token(USER, ROW, SECRET)
REFRESH = refresh_token("ab12", USER, ROW, 7, SECRET)
PARSERS = [parse_code, parse_session, parse_refresh]
anything = st.text(max_size=200)
octets = st.binary(min_size=32, max_size=32)


# --- identifiers ------------------------------------------------------------------------------------------------


def test_an_id_is_26_characters_of_mattermosts_alphabet() -> None:
    """Contract 1.1; DESIGN section 2."""
    assert re.fullmatch("[ybndrfg8ejkmcpqxot1uwisza345h769]{26}", new_id())
    assert len(set(ID_ALPHABET)) == 32


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_ids_of_different_octets_differ(left: bytes, right: bytes) -> None:
    """128 bits, none of them lost."""
    assert is_id(id_from(left))
    assert (id_from(left) == id_from(right)) == (left == right)


@pytest.mark.parametrize(
    "text", ["", "a" * 25, "a" * 27, "A" * 26, "l" * 26, "é" * 26, "a" * 26 + "\n", "a" * 25 + "#"]
)
def test_what_is_no_id_is_refused_before_it_becomes_a_key(text: str) -> None:
    """DESIGN section 1: keys are made of what came in."""
    assert not is_id(text)


# --- forms --------------------------------------------------------------------------------------------------------


def test_a_client_secret_is_42_characters() -> None:
    """DESIGN section 3: `gps_`, 32 random base62, 6 of checksum."""
    secret = new_client_secret()

    assert re.fullmatch("gps_[0-9A-Za-z]{38}", secret)
    assert secret[-6:] == base62(zlib.crc32(secret[:-6].encode()).to_bytes(4, "big"), 6)


def test_secrets_are_drawn_anew() -> None:
    """DESIGN section 3."""
    assert len({new_client_secret() for _ in range(50)} | {new_link_token("gpu_") for _ in range(50)}) == 100
    assert len({new_secret() for _ in range(50)}) == 50
    assert len(new_secret()) == 32


def test_a_code_names_its_row() -> None:
    """DESIGN section 1: keys are known before the first read."""
    assert CODE.startswith("gpc_")
    assert parse_code(CODE) == Locator(USER, ROW)


def test_a_session_token_names_its_row() -> None:
    """DESIGN section 3."""
    assert SESSION.startswith("gpn_")
    assert parse_session(SESSION) == Locator(USER, ROW)


def test_a_refresh_token_names_key_row_and_generation() -> None:
    """Checklists, note A."""
    assert REFRESH.startswith("gpr_")
    assert parse_refresh(REFRESH) == RefreshToken("ab12", USER, ROW, 7, base62(SECRET, 43))


@given(octets, st.integers(min_value=0, max_value=2**32 - 1))
def test_any_refresh_token_is_read_as_it_was_written(made: bytes, generation: int) -> None:
    """Checklists, note A."""
    parsed = parse_refresh(refresh_token("zz99", USER, ROW, generation, made))

    assert parsed == RefreshToken("zz99", USER, ROW, generation, base62(made, 43))


@given(octets, octets)
def test_secrets_do_not_run_together(left: bytes, right: bytes) -> None:
    """Base62 of 32 octets always has 43 characters."""
    assert (base62(left, 43) == base62(right, 43)) == (left == right)
    assert len(base62(left, 43)) == 43
    assert set(base62(left, 43)) <= set(BASE62)


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("token", [CODE, SESSION, REFRESH])
def test_one_credential_is_never_taken_for_another(parse: object, token: str) -> None:
    """DESIGN section 3: prefixes tell them apart."""
    assert callable(parse)
    own = {"gpc_": parse_code, "gpn_": parse_session, "gpr_": parse_refresh}[token[:4]]

    assert (parse(token) is not None) == (parse is own)


@given(st.sampled_from([CODE, SESSION, REFRESH]), st.data())
def test_a_mistyped_credential_costs_no_read(token: str, data: st.DataObject) -> None:
    """DESIGN section 3: the checksum tells it apart."""
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from([letter for letter in BASE62 if letter != token[place]]))
    mistyped = token[:place] + other + token[place + 1 :]

    assert [parse(mistyped) for parse in PARSERS] == [None, None, None]


@given(st.sampled_from([CODE, SESSION, REFRESH]), st.integers(0, 200))
def test_a_truncated_credential_costs_no_read(token: str, length: int) -> None:
    """DESIGN section 3."""
    cut = token[: min(length, len(token) - 1)]

    assert [parse(cut) for parse in PARSERS] == [None, None, None]


@given(anything)
def test_anything_else_is_no_credential(text: str) -> None:
    """DESIGN section 4: nothing a caller sends gives a 500."""
    assert [parse(text) for parse in PARSERS] == [None, None, None]


@pytest.mark.parametrize("text", ["gpc_é", "gpc_\udcff", CODE + "\n", " " + CODE, CODE.upper(), "\x00"])
def test_odd_characters_are_no_credential(text: str) -> None:
    """DESIGN section 4."""
    assert [parse(text) for parse in PARSERS] == [None, None, None]


# --- fingerprints, comparison, MACs --------------------------------------------------------------------------------


def test_a_fingerprint_is_sha_256() -> None:
    """DESIGN section 3: a stolen copy of every table lets nobody in."""
    assert fingerprint("gps_secret") == hashlib.sha256(b"gps_secret").hexdigest()


@given(anything, anything)
def test_comparison_is_of_the_whole_text(left: str, right: str) -> None:
    """DESIGN section 4."""
    assert same(left, right) == (left == right)


def test_half_a_surrogate_pair_is_compared_and_fingerprinted_like_anything() -> None:
    """DESIGN section 4: nothing a caller sends gives a 500."""
    assert not same("\ud800", "x")
    assert len(fingerprint("\ud800")) == 64


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_parts_of_a_mac_cannot_run_into_each_other(left: list[str], right: list[str]) -> None:
    """Note A: the MAC is over all of them."""
    assert (mac(b"k" * 32, *left) == mac(b"k" * 32, *right)) == (left == right)


def test_a_mac_is_hmac_sha_256() -> None:
    """RFC 2104, of length and text."""
    assert mac(b"key", "a") == hmac.digest(b"key", b"\x00\x00\x00\x01a", "sha256")


# --- passwords ----------------------------------------------------------------------------------------------------


def test_a_password_is_kept_as_argon2id_of_owasps_first_choice() -> None:
    """DESIGN section 3: 19 MiB, t=2, p=1."""
    assert hash_password("otter-lamp-river-42").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_matches_its_own_hash_only() -> None:
    """DESIGN section 3."""
    kept = hash_password("otter-lamp-river-42")

    assert password_matches("otter-lamp-river-42", kept)
    assert not password_matches("otter-lamp-river-43", kept)
    assert kept != hash_password("otter-lamp-river-42")


def test_nobody_has_no_password_and_takes_the_same_work() -> None:
    """DESIGN section 2: nobody learns who exists."""
    assert not password_matches("otter-lamp-river-42", None)
    assert credentials._hash_of_nobody().startswith("$argon2id$v=19$m=19456,t=2,p=1$")


# --- sealing ------------------------------------------------------------------------------------------------------


def test_what_is_sealed_opens_with_the_same_token_and_context() -> None:
    """DESIGN section 2, sessions: a client secret to show once."""
    assert unseal("gpn_token", seal("gpn_token", "gps_secret", "app"), "app") == "gps_secret"


@pytest.mark.parametrize(("token", "context"), [("gpn_other", "app"), ("gpn_token", "other")])
def test_it_opens_with_no_other(token: str, context: str) -> None:
    """A copy of the sessions' table shows no secret, and one application's is not shown as another's."""
    assert unseal(token, seal("gpn_token", "gps_secret", "app"), context) is None


def test_sealing_twice_gives_two_texts_and_neither_holds_the_secret() -> None:
    """AES-GCM with a nonce of its own each time."""
    first, second = seal("gpn_token", "gps_secret", "app"), seal("gpn_token", "gps_secret", "app")

    assert first != second
    assert b"gps_secret" not in bytes.fromhex(first)


@given(st.integers(0, 37))
def test_a_changed_seal_does_not_open(place: int) -> None:
    """AES-GCM authenticates."""
    sealed = bytearray.fromhex(seal("gpn_token", "gps_secret", "app"))
    sealed[place] ^= 1

    assert unseal("gpn_token", sealed.hex(), "app") is None


@pytest.mark.parametrize("shown", [repr(parse_refresh(REFRESH))])
def test_a_parsed_refresh_token_shows_no_whole_token(shown: str) -> None:
    """DESIGN section 4: nothing secret in a log."""
    assert REFRESH not in shown
