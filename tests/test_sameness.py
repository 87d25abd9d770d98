"""Attack 19: whatever somebody holds or guesses, the server takes the same steps; so no clock tells them apart.

Steps are recorded instead of timed: every operation of DynamoDB with its tables and how many rows it names, every
password that is hashed, every secret that is compared. A stopwatch would measure the machine.
"""

import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import argon2
import pytest

from chalicelib.accounts import joining, passwords, people
from chalicelib.credentials import (
    code_token,
    fingerprint,
    new_id,
    new_link_token,
    new_secret,
    refresh_token,
    session_token,
)
from chalicelib.store.invites import invite_key
from tests.browser import Answer, Browser, api, call, exchange, me, refresh, token_by_post
from tests.faults import hooked
from tests.make import App, World

Steps = list[str]
Ask = Callable[[], Answer]


@pytest.fixture
def leo(world: World, browser: Browser) -> Browser:
    """Leo's browser, signed in."""
    return browser.holding(world.session(world.leo))


@pytest.fixture
def app(world: World) -> App:
    """An application."""
    return world.app()


@pytest.fixture
def tokens(leo: Browser, app: App) -> dict[str, str]:
    """What it got for Leo; this worker is warm."""
    found: dict[str, str] = exchange(app, leo.allow(app)).json
    assert me(found["access_token"]).status == 200
    return found


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[[Ask], Steps]:
    """How to see the steps of a request; the libraries that hash and compare are watched and do their work."""
    seen: Steps = []
    verify, digest = argon2.PasswordHasher.verify, hmac.compare_digest

    def hashed(self: argon2.PasswordHasher, stored: str | bytes, password: str | bytes) -> bool:
        seen.append("hash")
        return verify(self, stored, password)

    def compared(left: Any, right: Any) -> bool:
        seen.append(f"compare {len(left)} with {len(right)}")
        return digest(left, right)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", hashed)
    monkeypatch.setattr(hmac, "compare_digest", compared)

    def taken(ask: Ask) -> Steps:
        seen.clear()
        with _operations(seen):
            ask()
        return list(seen)

    return taken


@contextmanager
def _operations(seen: Steps) -> Iterator[None]:
    def note(model: Any, params: Any, **_: Any) -> None:
        seen.append(f"{model.name} {_named(json.loads(params['body']))}")

    with hooked("before-call.dynamodb", note):
        yield


def _named(body: dict[str, Any]) -> dict[str, int]:
    """How many rows of which tables a request names."""
    if "RequestItems" in body:
        return {table: len(wanted["Keys"]) for table, wanted in body["RequestItems"].items()}
    items = [item for change in body.get("TransactItems", []) for item in change.values()] or [body]
    tables = [item["TableName"] for item in items]
    return {table: tables.count(table) for table in tables}


def written(answers: list[Answer]) -> set[tuple[int, str, tuple[str, ...]]]:
    """What tells answers apart, but for the id of the request."""
    return {
        (answer.status, answer.text.replace(answer.headers["X-Request-Id"], ""), tuple(sorted(answer.headers)))
        for answer in answers
    }


def other(text: str) -> str:
    """A secret of the same form with its first half wrong; the checksum is not what would be compared."""
    return "x" * (len(text) // 2) + text[len(text) // 2 :]


def test_the_record_itself_sees_differences(leo: Browser, world: World, steps: Callable[[Ask], Steps]) -> None:
    """Attack 19: a record that cannot differ shows nothing."""
    page, program = steps(lambda: leo.get("/account")), steps(lambda: call("GET", "/oauth/jwks"))

    assert page != program
    assert [step for step in page if step.startswith("compare")]
    assert steps(lambda: api("POST", "/users/login", None, {"login_id": "leo", "password": "x"})).count("hash") == 1


def test_a_sign_in_takes_the_same_steps_for_everybody(
    browser: Browser, world: World, steps: Callable[[Ask], Steps]
) -> None:
    """Attacks 19 and 20: known, unknown, deactivated; by name and by e-mail address."""
    people.deactivate(world.ana, world.origin())
    names = ["leo", "ana", "nobody", "leo@example.com", "ana@example.com", "nobody@example.com", "x" * 200]

    taken = {name: steps(partial(sign_in, name)) for name in names}

    assert taken["leo"].count("hash") == 1
    assert {name: each for name, each in taken.items() if each != taken["leo"]} == {}
    assert len(written([sign_in(name) for name in names])) == 1


def sign_in(login_id: str) -> Answer:
    """Try a password that is not right."""
    return api("POST", "/users/login", None, {"login_id": login_id, "password": "heron-lamp-river-43"})


def test_a_client_takes_the_same_steps_whether_there_is_one_or_not(
    browser: Browser, app: App, steps: Callable[[Ask], Steps]
) -> None:
    """Attack 19: unknown client, wrong secret, nearly right secret; the failure is counted for each."""
    there = App(app.client_id, other(app.secret), "")
    near = App(app.client_id, app.secret[:-1] + "!", "")
    gone, gone_too = App(new_id(), app.secret, ""), App(new_id(), other(app.secret), "")

    def ask(presented: App) -> Ask:
        return lambda: token_by_post(presented, grant_type="refresh_token", refresh_token="x")

    first = [steps(ask(each)) for each in (there, gone)]
    again = [steps(ask(each)) for each in (there, near, gone, gone_too)]

    assert first[0][1] == "compare 64 with 64"
    assert first[0] == first[1]
    assert again == [again[0]] * 4
    assert len(written([ask(each)() for each in (there, near, gone, gone_too)])) == 1


def test_a_code_is_looked_for_the_same_way_whether_there_is_one_or_not(
    leo: Browser, app: App, world: World, steps: Callable[[Ask], Steps]
) -> None:
    """Attack 19: a right code with a wrong secret in it, one of nobody, one that is spent by a wrong proof."""
    code, mine = leo.allow(app), world.leo.user_id
    guesses = {
        "its row, another secret": code_token(mine, code[30:56], new_secret()),
        "no such row": code_token(mine, new_id(), new_secret()),
        "nobody's": code_token(new_id(), new_id(), new_secret()),
    }

    taken = {name: reads(steps(partial(exchange, app, text))) for name, text in guesses.items()}
    answers = [exchange(app, text) for text in guesses.values()]

    assert len({str(each) for each in taken.values()}) == 1
    assert len(written(answers)) == 1
    assert exchange(app, code).status == 200


def reads(taken: Steps) -> Steps:
    """The operations of DynamoDB among steps."""
    return [step for step in taken if not step.startswith("compare")]


def test_a_refresh_token_is_looked_for_the_same_way_whether_there_is_one_or_not(
    tokens: dict[str, str], app: App, world: World, steps: Callable[[Ask], Steps]
) -> None:
    """Attack 19: a token of an existing install with another MAC, of no install, of nobody."""
    good = tokens["refresh_token"]
    key_id, user_id, row_id = good[4:8], good[8:34], good[34:60]
    guesses = {
        "its row, another MAC": refresh_token(key_id, user_id, row_id, 1, new_secret()),
        "its row, another generation": refresh_token(key_id, user_id, row_id, 9, new_secret()),
        "no such row": refresh_token(key_id, user_id, new_id(), 1, new_secret()),
        "nobody's": refresh_token(key_id, new_id(), new_id(), 1, new_secret()),
    }

    taken = {name: reads(steps(partial(refresh, app, text))) for name, text in guesses.items()}
    answers = [refresh(app, text) for text in guesses.values()]

    assert user_id == world.leo.user_id
    assert len({str(each) for each in taken.values()}) == 1
    assert len(written(answers)) == 1
    assert refresh(app, good).status == 200


def test_a_token_that_is_over_is_found_out_like_one_that_is_good(
    leo: Browser, tokens: dict[str, str], app: App, steps: Callable[[Ask], Steps]
) -> None:
    """Attack 19: one read for a live token, a revoked one and one of a deleted install; none for a forged one."""
    over = exchange(app, leo.allow(app)).json
    call("POST", "/oauth/revoke", data={"token": over["refresh_token"]}, auth=app.basic)

    alive, revoked = (steps(partial(me, text)) for text in (tokens["access_token"], over["access_token"]))
    forged = {tuple(steps(partial(me, text))) for text in (tokens["access_token"][:-8] + "AAAAAAAA", "x.y.z")}

    assert alive == revoked
    assert len(alive) == 1
    assert forged == {()}


def test_a_session_is_looked_for_the_same_way_whether_there_is_one_or_not(
    world: World, tokens: dict[str, str], steps: Callable[[Ask], Steps]
) -> None:
    """Attack 19: right ids with another secret, and ids of nobody."""
    good = world.session(world.leo)
    known, unknown = (
        session_token(user_id, row_id, new_secret())
        for user_id, row_id in ((good[4:30], good[30:56]), (new_id(), new_id()))
    )

    taken = [reads(steps(partial(me, text))) for text in (known, unknown)]

    assert taken[0] == taken[1]
    assert len(written([me(known), me(unknown)])) == 1


@pytest.mark.parametrize("kind", ["invite", "reset"])
def test_a_link_that_is_over_and_one_that_never_was_are_answered_alike(
    browser: Browser, world: World, steps: Callable[[Ask], Steps], kind: str
) -> None:
    """Attacks 19 and 20: nobody learns that a link was once good.

    They are looked for by the hash of 256 random bits, so there is nothing to come nearer to.
    """
    settings, origin = world.settings(), world.origin()
    invited = joining.invite(["kim@example.com"], "member", world.maya, settings, origin)[0].link
    link = invited if kind == "invite" else passwords.offer_reset(world.leo, world.maya, settings, origin)
    token = link.rpartition("/")[2]
    row = world.row(invite_key(fingerprint(token)))
    row.epoch = "another"  # over, and still there
    row.save()
    unknown = new_link_token(token[:4])

    over, never = (steps(partial(call, "GET", f"/{kind}/{text}")) for text in (token, unknown))
    pages = [call("GET", f"/{kind}/{text}") for text in (token, unknown)]

    assert [step for step in over if "compare" in step] == [step for step in never if "compare" in step]
    assert over[0] == never[0]
    assert {(page.status, page.page.text.replace(page.headers["X-Request-Id"], "")) for page in pages} == {
        (403, pages[0].page.text.replace(pages[0].headers["X-Request-Id"], ""))
    }
