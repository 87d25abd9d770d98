"""Signing in: the same steps for everybody, and tries that are counted before a password is looked at."""

from collections.abc import Callable

import pytest

from chalicelib.accounts import people
from chalicelib.accounts.sign_in import Attempt, login_key, network_of, sign_in
from chalicelib.errors import Deactivated, TooManyTries, WrongCredentials
from chalicelib.store.audit import Event
from chalicelib.store.limits import Limit
from chalicelib.store.users import User
from tests.accounts.conftest import HOME, OFFICE, Steps
from tests.browser import Browser, api
from tests.make import PASSWORD, World


def limits() -> dict[str, int]:
    """Tries by kind of counter."""
    return {row.bucket: row.tries for row in Limit.scan()}


def used_up(tries: int, *, kind: str) -> None:
    """Have this many tries behind us on the counters of one kind: `login`, `login and network` or `network`."""
    for row in Limit.scan():
        parts = row.bucket.partition("@")[0].split("#")
        if {"network": "network", "login": ["login and network", "login"][len(parts) == 2]}[parts[0]] == kind:
            row.tries = tries
            row.save()


def refusals() -> list[Event]:
    """What the audit says about used-up limits."""
    return [event for event in Event.scan() if event.result == "refused"]


# --- one and the same answer ------------------------------------------------------------------------------------


@pytest.mark.parametrize("login_id", ["leo", "LEO", "leo@example.com", "LEO@example.COM"])
def test_username_and_email_lead_to_the_same_person(login_id: str, knock: Callable[..., User], world: World) -> None:
    """Issue 2 item 2."""
    assert knock(login_id).user_id == world.leo.user_id


@pytest.mark.parametrize(
    ("login_id", "password"),
    [("leo", "wrong-password"), ("nobody", PASSWORD), ("", PASSWORD), ("leo", ""), ("leo", PASSWORD + "x" * 1024)],
)
def test_whatever_is_wrong_the_answer_is_the_same(login_id: str, password: str, knock: Callable[..., User]) -> None:
    """DESIGN section 2: nobody learns who exists."""
    with pytest.raises(WrongCredentials, match="Email, username or password is not right"):
        knock(login_id, password)


def test_a_deactivated_person_is_told_only_after_the_right_password(knock: Callable[..., User], world: World) -> None:
    """Issue 2 item 2."""
    people.deactivate(world.leo, world.origin())
    with pytest.raises(WrongCredentials):
        knock("leo", "wrong-password")
    with pytest.raises(Deactivated, match="Ask a System Admin"):
        knock("leo")


@pytest.mark.parametrize("case", ["known", "unknown", "deactivated"])
def test_everybody_who_fails_takes_the_same_steps(
    case: str, steps: Steps, knock: Callable[..., User], world: World
) -> None:
    """Attack: telling by the time taken who has an account.  Argon2 runs once, as many rows are asked for."""
    if case == "deactivated":
        people.deactivate(world.leo, world.origin())
    name, settings = world.find(login_key("nobody" if case == "unknown" else "leo")), world.settings()
    steps.clear()
    with pytest.raises(WrongCredentials):
        sign_in(Attempt("somebody", "wrong-password"), name, settings, world.origin())
    assert steps == ["BatchGetItem of 1", "TransactWriteItems of 3", "verify"]


def test_signing_in_is_three_round_trips_after_the_name(steps: Steps, world: World) -> None:
    """DESIGN section 9: sign-in 4 round trips, one of which read the name."""
    name, settings = world.find(login_key("leo")), world.settings()
    steps.clear()
    sign_in(Attempt("leo", PASSWORD), name, settings, world.origin())
    assert steps == ["BatchGetItem of 1", "TransactWriteItems of 3", "verify", "TransactWriteItems of 5"]


def test_what_was_typed_as_a_login_is_stored_nowhere(knock: Callable[..., User]) -> None:
    """DESIGN section 4, nothing secret: people type passwords into the wrong field."""
    for _ in range(6):
        with pytest.raises((WrongCredentials, TooManyTries)):
            knock("hunter2-in-the-wrong-field")
    written = [str(row.to_dynamodb_dict()) for model in (Limit, Event) for row in model.scan()]
    assert refusals()
    assert not any("hunter2" in row for row in written)


# --- the throttle -----------------------------------------------------------------------------------------------


def test_five_tries_a_minute_for_a_login_from_a_network(knock: Callable[..., User]) -> None:
    """DESIGN section 2: the sixth is refused, the right password with it."""
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            knock("leo", "wrong-password")
    with pytest.raises(TooManyTries) as refusal:
        knock("leo")
    assert refusal.value.headers["Retry-After"] == "60"
    assert refusal.value.description == "Too many tries. Wait 1 minute."


def test_a_try_is_counted_before_the_password_is_looked_at(steps: Steps, knock: Callable[..., User]) -> None:
    """Design note (b) 10: what is reserved first cannot be outrun by parallel tries."""
    with pytest.raises(WrongCredentials):
        knock("leo", "wrong-password")
    used_up(5, kind="login and network")
    steps.clear()
    with pytest.raises(TooManyTries):
        knock("leo")
    assert "verify" not in steps


def test_the_counters_of_another_network_and_another_login_are_their_own(
    knock: Callable[..., User], world: World
) -> None:
    """A stranger cannot lock somebody out from one network."""
    with pytest.raises(WrongCredentials):
        knock("leo", "wrong-password")
    used_up(5, kind="login and network")
    assert knock("leo", network=OFFICE).user_id == world.leo.user_id
    assert knock("ana").user_id == world.ana.user_id


@pytest.mark.parametrize("neighbour", ["198.51.100.7", "198.51.100.200"])
def test_neighbours_share_a_network(neighbour: str, knock: Callable[..., User]) -> None:
    """An IPv4 network is a /24."""
    with pytest.raises(WrongCredentials):
        knock("leo", "wrong-password")
    used_up(5, kind="login and network")
    with pytest.raises(TooManyTries):
        knock("leo", network=neighbour)


@pytest.mark.parametrize(("kind", "limit"), [("login", 100), ("network", 300)])
def test_the_wider_limits(kind: str, limit: int, knock: Callable[..., User]) -> None:
    """DESIGN section 2: 100 a minute for a login from everywhere, 300 from a network for every login."""
    login_id, network = ("leo", OFFICE) if kind == "login" else ("nobody", HOME)
    with pytest.raises(WrongCredentials):
        knock("leo", "wrong-password")
    used_up(limit - 1, kind=kind)
    with pytest.raises(WrongCredentials):
        knock(login_id, "wrong-password", network)
    with pytest.raises(TooManyTries):
        knock(login_id, "wrong-password", network)


def test_a_refused_try_uses_nothing_up(knock: Callable[..., User]) -> None:
    """All three counters or none: somebody at their own limit does not eat the network's."""
    with pytest.raises(WrongCredentials):
        knock("leo", "wrong-password")
    used_up(5, kind="login and network")
    before = limits()
    with pytest.raises(TooManyTries):
        knock("leo")
    assert before.items() <= limits().items()


def test_a_right_password_gives_the_try_back(knock: Callable[..., User]) -> None:
    """People who sign in often are not slowed down."""
    for _ in range(7):
        knock("leo")
    assert set(limits().values()) == {0}


def test_a_deactivated_account_gives_nothing_back(knock: Callable[..., User], world: World) -> None:
    """A right password that opens nothing is a try."""
    people.deactivate(world.leo, world.origin())
    with pytest.raises(Deactivated):
        knock("leo")
    assert set(limits().values()) == {1}


def test_the_window_moves_with_the_clock(knock: Callable[..., User], world: World) -> None:
    """A window is a minute of the clock; the next one is empty, and says how long the last one takes."""
    world.clock.shift(45)
    with pytest.raises(WrongCredentials):
        knock("leo", "wrong-password")
    used_up(5, kind="login and network")
    with pytest.raises(TooManyTries) as refusal:
        knock("leo")
    assert refusal.value.headers["Retry-After"] == "15"
    world.clock.shift(15)
    assert knock("leo").user_id == world.leo.user_id


def test_a_used_up_limit_is_audited_once_a_window(knock: Callable[..., User], world: World) -> None:
    """DESIGN section 2: guessing buys no writes."""
    for _ in range(2):
        with pytest.raises(WrongCredentials):
            knock("leo", "wrong-password")
        used_up(5, kind="login and network")
        for _ in range(3):
            with pytest.raises(TooManyTries):
                knock("leo")
        world.clock.shift(60)
    assert [event.network for event in refusals()] == [HOME, HOME]


def test_counters_are_swept_after_their_window(knock: Callable[..., User], world: World) -> None:
    """DESIGN section 2: `limits` has a TTL."""
    with pytest.raises(WrongCredentials):
        knock("leo", "wrong-password")
    assert {row.ttl for row in Limit.scan()} == {world.now // 1000 + 60}


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100"),
        ("2001:db8:1:2::3", "2001:0db8:0001"),
        ("2001:db8:1::", "2001:0db8:0001"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_networks_are_24_and_48_bits(address: str, network: str) -> None:
    """Design note (b) 10."""
    assert network_of(address) == network


def test_page_and_api_share_the_counters(browser: Browser) -> None:
    """Issue 2 item 2: the throttle is there whichever way one comes."""
    page = browser.get("/login")
    for _ in range(3):
        assert browser.submit(page, "/login", login_id="leo", password="wrong-password").status == 401
    guess = {"login_id": "leo", "password": "wrong-password"}
    assert [api("POST", "/users/login", json=guess).status for _ in range(3)] == [401, 401, 429]
    answer = browser.submit(page, "/login", login_id="leo", password=PASSWORD)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
