"""Known devices: a browser somebody signed in with is not locked out by strangers (attack 21, design note (b) 10)."""

from collections.abc import Callable

import pytest

from chalicelib.accounts.known_devices import new_device, recognised
from chalicelib.accounts.sign_in import Attempt, login_key, sign_in
from chalicelib.credentials import new_id
from chalicelib.errors import TooManyTries, WrongCredentials
from chalicelib.store.key_rotation import drop, operator, publish_root
from chalicelib.store.limits import Limit
from chalicelib.store.users import User
from chalicelib.web.browser import cookie_name
from tests.accounts.conftest import OFFICE, Steps
from tests.browser import Answer, Browser, api
from tests.make import PASSWORD, World
from tests.vault import kept_as_found, root_ids


def filled_by_strangers(knock: Callable[..., User]) -> None:
    """Have every counter of Leo's login and of the network used up."""
    with pytest.raises(WrongCredentials):
        knock("leo", "wrong-password")
    for row in Limit.scan():
        row.tries = 1000
        row.save()
    with pytest.raises(TooManyTries):
        knock("leo")


def test_strangers_do_not_lock_out_a_known_device(knock: Callable[..., User], world: World) -> None:
    """Attack 21, design note (b) 10: whatever they use up, the victim's own browser gets in, from any network."""
    device = new_device(world.leo.user_id, world.settings())
    filled_by_strangers(knock)

    assert knock("leo", device=device).user_id == world.leo.user_id
    assert knock("leo@example.com", network=OFFICE, device=device).user_id == world.leo.user_id


def test_a_known_device_has_five_tries_a_minute_of_its_own(knock: Callable[..., User], world: World) -> None:
    """A device is no way around the throttle, and using its tries up takes none of anybody else's."""
    device = new_device(world.leo.user_id, world.settings())
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            knock("leo", "wrong-password", device=device)
    with pytest.raises(TooManyTries) as refusal:
        knock("leo", device=device, network=OFFICE)

    assert refusal.value.headers["Retry-After"] == "60"
    assert knock("leo").user_id == world.leo.user_id
    assert knock("leo", device=new_device(world.leo.user_id, world.settings())).user_id == world.leo.user_id


def test_a_right_password_gives_a_devices_try_back(knock: Callable[..., User], world: World) -> None:
    """People who sign in often are not slowed down, and touch no shared counter."""
    device = new_device(world.leo.user_id, world.settings())
    for _ in range(6):
        knock("leo", device=device)

    [row] = Limit.scan()
    assert (row.tries, row.bucket.rpartition("#")[0]) == (0, f"device#{world.leo.user_id}")


@pytest.mark.parametrize("which", ["somebody else's", "forged", "renumbered", "cut", "of a root that is gone", "junk"])
def test_a_device_that_is_not_ones_own_has_no_tries_of_its_own(
    which: str, knock: Callable[..., User], world: World
) -> None:
    """Attack 21: else whoever guesses would bring a new device with every guess."""
    own = new_device(world.leo.user_id, world.settings())
    key_id, device_id, tag = own.split(".")
    presented = {
        "somebody else's": new_device(world.ana.user_id, world.settings()),
        "forged": f"{key_id}.{device_id}.{'0' * 64}",
        "renumbered": f"{key_id}.{new_id()}.{tag}",
        "cut": own[:-1],
        "of a root that is gone": f"gone.{device_id}.{tag}",
        "junk": "\u00fc.\ud800",
    }[which]
    filled_by_strangers(knock)

    with pytest.raises(TooManyTries):
        knock("leo", device=presented)


def test_a_known_device_costs_no_round_trip(steps: Steps, world: World) -> None:
    """DESIGN section 9: sign-in 4, the name's read among them; one counter instead of three."""
    name, settings = world.find(login_key("leo")), world.settings()
    attempt = Attempt("leo", PASSWORD, new_device(world.leo.user_id, settings))
    steps.clear()

    sign_in(attempt, name, settings, world.origin())

    assert steps == ["BatchGetItem of 1", "TransactWriteItems of 1", "verify", "TransactWriteItems of 3"]


def test_a_device_stays_known_after_a_rotation_of_roots_until_the_old_one_is_dropped(world: World) -> None:
    """The cookie names its key, as refresh tokens do."""
    with kept_as_found():
        device, [old] = new_device(world.leo.user_id, world.settings()), root_ids()
        publish_root(operator(world.now))
        assert recognised(device, world.leo.user_id, world.settings())

        drop(old, operator(world.now))

        assert recognised(device, world.leo.user_id, world.settings()) is None


def test_a_browser_is_known_after_it_signed_in(browser: Browser, world: World) -> None:
    """Design note (b) 10: 400 days, for the server alone to read; it keeps its number from one sign-in to the next."""
    page = browser.get("/login")
    answer = browser.submit(page, "/login", login_id="leo", password=PASSWORD)
    line = device_line(answer)
    assert "Max-Age=34560000" in line
    assert "HttpOnly" in line

    browser.submit(browser.get("/integrations"), "/logout")
    again = browser.submit(browser.get("/login"), "/login", login_id="leo", password=PASSWORD)

    assert device_line(again) == line


@pytest.mark.parametrize("way", ["page", "api"])
def test_a_known_browser_gets_in_past_strangers(browser: Browser, knock: Callable[..., User], way: str) -> None:
    """Attack 21 over HTTP, by the page and by Mattermost's login."""
    browser.sign_in("leo")
    del browser.http.cookies[cookie_name()]
    strangers_use_everything_up()

    assert signing_in(Browser(), way).status == 429
    assert signing_in(browser, way).status == 200


def test_a_browser_that_signed_in_by_xmlhttprequest_is_known_too(browser: Browser, world: World) -> None:
    """Contract 2.12: cookies are for who sends X-Requested-With."""
    answer = signing_in(browser, "api")

    device = browser.http.cookies[cookie_name("device")]
    assert recognised(device, world.leo.user_id, world.settings())
    assert device in device_line(answer)


def strangers_use_everything_up() -> None:
    """Guess over HTTP from the network of the tests until it is enough, and then some."""
    guess = {"login_id": "leo", "password": "wrong-password"}
    api("POST", "/users/login", json=guess)
    for row in Limit.scan():
        row.tries = 1000
        row.save()


def signing_in(browser: Browser, way: str) -> Answer:
    """Sign Leo in by the page or over the API."""
    if way == "page":
        return browser.submit(browser.get("/login"), "/login", login_id="leo", password=PASSWORD)
    body = {"login_id": "leo", "password": PASSWORD}
    return browser.post("/api/v4/users/login", json=body, headers={"X-Requested-With": "XMLHttpRequest"})


def device_line(answer: Answer) -> str:
    """The header that has a browser known."""
    lines = answer.response.raw.headers.getlist("Set-Cookie")
    return str(next(line for line in lines if line.startswith(cookie_name("device") + "=")))
