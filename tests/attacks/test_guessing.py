"""Attacks 21 and 22: guessing passwords and client secrets.  A second factor is not built."""

import pytest

from chalicelib.policy import TRIES_PER_LOGIN_AND_NETWORK, TRIES_PER_NETWORK
from chalicelib.store.audit import Event
from chalicelib.store.limits import Limit
from tests.browser import Answer, Browser, api, exchange, refresh
from tests.make import PASSWORD, App, World


def sign_in(login_id: str, password: str) -> Answer:
    """Sign in over the API."""
    return api("POST", "/users/login", None, {"login_id": login_id, "password": password})


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that is compared from now on: the library does it, and is watched."""
    import argon2

    seen: list[str] = []
    verify = argon2.PasswordHasher.verify

    def watched(self: argon2.PasswordHasher, stored: str | bytes, password: str | bytes) -> bool:
        seen.append(str(password))
        return verify(self, stored, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", watched)
    return seen


def test_guesses_at_one_account_are_slowed_down_before_any_hash(browser: Browser, hashed: list[str]) -> None:
    """Attack 21: a thousand guesses a minute cost five hashes and tell nothing."""
    answers = [sign_in("leo", f"guess {number}").status for number in range(25)]

    assert answers == [401] * TRIES_PER_LOGIN_AND_NETWORK + [429] * (25 - TRIES_PER_LOGIN_AND_NETWORK)
    assert len(hashed) == TRIES_PER_LOGIN_AND_NETWORK


def test_the_right_password_among_too_many_guesses_is_not_told_apart(browser: Browser, hashed: list[str]) -> None:
    """Attack 21: it is not even compared."""
    for number in range(TRIES_PER_LOGIN_AND_NETWORK):
        sign_in("leo", f"guess {number}")

    assert sign_in("leo", PASSWORD).status == 429
    assert PASSWORD not in hashed


def test_one_password_at_many_accounts_is_slowed_down_too(browser: Browser, world: World, hashed: list[str]) -> None:
    """Attack 21, spraying: counted by network, whoever it is tried at; here with most of the window used up."""
    sign_in("somebody", "password1234")
    row = next(row for row in Limit.scan() if row.bucket.startswith("network#"))
    row.tries = TRIES_PER_NETWORK - 3
    row.save()

    answers = [sign_in(f"person{number}", "password1234").status for number in range(10)]

    assert answers == [401] * 3 + [429] * 7
    assert len(hashed) == 1 + 3


def test_the_victim_gets_in_from_a_known_browser(browser: Browser, world: World) -> None:
    """Attack 21: whoever guesses cannot lock out a browser somebody signed in with before."""
    browser.sign_in("leo")
    browser.submit(browser.get("/account"), "/logout")
    assert sign_in("leo", "guess").status == 401
    assert {sign_in("leo", "guess").status for _ in range(8)} == {401, 429}

    assert browser.sign_in("leo").get("/account").status == 200


def test_a_slowed_down_account_is_free_again_after_the_window(browser: Browser, world: World) -> None:
    """Attack 21: slow, not locked."""
    assert {sign_in("leo", "guess").status for _ in range(8)} == {401, 429}

    world.clock.shift(61)

    assert sign_in("leo", PASSWORD).status == 200


def test_a_hundred_wrong_secrets_do_not_keep_the_right_one_out(leo: Browser, app: App) -> None:
    """Attack 22: 190 random bits are not guessed, and a lock would be the attack; it is recorded once."""
    tokens = exchange(app, leo.allow(app)).json
    wrong = App(app.client_id, "gps_" + "x" * 38, app.redirect_uri)

    answers = {refresh(wrong, tokens["refresh_token"]).json["error"] for _ in range(100)}

    assert answers == {"invalid_client"}
    assert refresh(app, tokens["refresh_token"]).status == 200
    assert len([row for row in Event.scan() if row.action == "client.authentication_failed"]) == 1


@pytest.mark.parametrize("guess", ["", "gps_", "gps_" + "0" * 38, "x" * 5000, "\x00", "%00", "null", "undefined"])
def test_no_short_cut_is_a_secret(leo: Browser, app: App, guess: str) -> None:
    """Attack 22, 21-7."""
    code = leo.allow(app)

    answer = exchange(App(app.client_id, guess, app.redirect_uri), code)

    assert answer.json["error"] in {"invalid_client", "invalid_request"}
    assert exchange(app, code).status == 200
