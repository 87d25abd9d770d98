"""Set-up, administrators, the Add form and the sign-in throttle, in many hands at once."""

import re
from collections import Counter
from functools import partial

import pytest

from chalicelib.accounts import people, setup
from chalicelib.errors import LastAdmin
from chalicelib.store import clients, settings
from chalicelib.store.admins import ADMINS, SET_UP, SET_UP_TRIES, admin_added
from chalicelib.store.clients import all_clients
from chalicelib.store.connection import connection
from chalicelib.store.reading import Key, read
from chalicelib.store.tables import MODELS
from chalicelib.store.users import ADMIN_ROLES, User, name_key
from chalicelib.store.writing import ConditionFailed, Contention, update, write_together
from local import emulator
from tests.browser import Answer, Browser, call, token
from tests.faults import conflicting
from tests.make import PASSWORD, App, World
from tests.races.racing import send, together

CALM, BUSY = 0.0, 0.25
BOTH = pytest.mark.parametrize("share", [CALM, BUSY])
ADD = "/integrations/oauth2-apps/new"
FILLED = {
    "name": "Standup Notes",
    "description": "Collects daily updates.",
    "homepage": "https://standup.example.net",
    "callback_urls": "https://standup.example.net/oauth/callback",
    "client_type": "server",
}


@pytest.fixture
def set_up_link(world: World) -> str:
    """The link of a server that nobody has set up."""
    emulator.empty([str(model.Meta.table_name) for model in MODELS])
    settings.provision()
    link = setup.new_link()
    assert link is not None
    return link


def filled_in(link: str, number: int) -> partial[Answer]:
    """A browser with the set-up form filled in, ready to send."""
    browser = Browser()
    page = browser.get(link)
    name = f"first{number}"
    person = {"full_name": "First Person", "username": name, "email": f"{name}@example.com", "password": PASSWORD}
    return partial(browser.submit, page, "/setup", **person, site_name="Race", enable_provider="true")


def rows_of(table: str) -> int:
    """How many rows a table has."""
    [name] = {str(model.Meta.table_name) for model in MODELS if str(model.Meta.table_name).endswith(f"-{table}")}
    return int(connection().dispatch("Scan", {"TableName": name, "Select": "COUNT"})["Count"])


@BOTH
def test_of_ten_who_set_the_server_up_at_once_one_is_the_admin(
    set_up_link: str, browser: Browser, share: float
) -> None:
    """DESIGN section 2, first set-up: once, and all of it or nothing."""
    racers = [filled_in(set_up_link, number) for number in range(10)]

    with conflicting(5, share / 2):
        answers = together(racers)

    statuses = Counter(answer.status for answer in answers)
    assert statuses[303] == 1
    assert set(statuses) <= {303, 403, 503}
    admins = read(ADMINS)[ADMINS]
    assert admins is not None
    assert len(admins.user_ids) == 1
    # two names of the person, one of the team and one of its channel: the losers left nothing behind
    counts = {table: rows_of(table) for table in ("users", "names", "sessions", "teams", "channels", "members")}
    assert counts == {"users": 1, "names": 4, "sessions": 1, "teams": 1, "channels": 1, "members": 2}
    assert read(SET_UP)[SET_UP] is None


def test_parallel_guesses_at_the_set_up_link_are_all_counted(set_up_link: str, browser: Browser) -> None:
    """DESIGN section 2: ten wrong guesses kill the link, however fast they come."""
    guesses = [partial(call, "GET", "/setup", params={"token": f"gpu_{number}"}) for number in range(20)]

    answers = together(guesses)

    refused = [answer for answer in answers if answer.status == 403]
    link = read(SET_UP)[SET_UP]
    assert link is not None
    assert link.failures == min(SET_UP_TRIES, len(refused))
    assert {answer.status for answer in answers} <= {403, 503}


@pytest.mark.parametrize("seed", range(5))
@BOTH
def test_two_admins_who_deactivate_each_other_leave_one(world: World, share: float, seed: int) -> None:
    """DESIGN section 2, deactivate: `admins` minus id with size > 1."""
    second = promoted(world)

    with conflicting(seed, share):
        results = together([partial(deactivated, world, world.maya), partial(deactivated, world, second)])

    assert sorted(results) == [False, True]
    admins = world.row(ADMINS)
    assert len(admins.user_ids) == 1
    [left] = admins.user_ids
    assert world.user(left).active


def promoted(world: World) -> User:
    """Ana as a second System Admin."""
    roles = update(world.ana, User.roles.set(ADMIN_ROLES), condition=User.user_id.exists())
    write_together(roles, admin_added(world.ana.user_id))
    return world.user(world.ana.user_id)


def deactivated(world: World, user: User) -> bool:
    """Deactivate somebody, going on after conflicts; whether it was done."""
    while True:
        try:
            people.deactivate(user, world.origin())
        except (ConditionFailed, LastAdmin):
            return False
        except Contention:
            continue
        return True


@BOTH
def test_a_form_sent_twice_at_once_registers_one_application_whose_secret_works(
    world: World, browser: Browser, share: float
) -> None:
    """UX 6.6: the id comes from the form's ticket, so that a double click is one application."""
    browser.holding(world.session(world.maya))
    page = browser.get(ADD)

    with conflicting(2, share):
        answers = together([partial(browser.submit, page, ADD, **FILLED)] * 2)

    assert {answer.status for answer in answers} <= {303, 503}
    [line] = all_clients()
    [shown] = {answer.goes_to.partition("?")[0] for answer in answers if answer.status == 303}
    assert line.client_id in shown
    [secret] = set(re.findall(r"gps_\w{38}", browser.get(shown).text))
    refused = token(App(line.client_id, secret, ""), grant_type="refresh_token", refresh_token="x")
    assert (refused.status, refused.json["error"]) == (400, "invalid_grant")  # not invalid_client: the secret is right


def guess(login_id: str, password: str) -> Answer:
    """Try to sign in over the API."""
    return send("POST", "/api/v4/users/login", json={"login_id": login_id, "password": password})


@BOTH
def test_parallel_guesses_cannot_outrun_the_throttle(world: World, share: float) -> None:
    """DESIGN section 2, sign in: the try is counted before the password is looked at; five for a login and network."""
    with conflicting(4, share / 2):
        answers = together([partial(guess, "leo", f"wrong-{number}") for number in range(24)])

    statuses = Counter(answer.status for answer in answers)
    assert set(statuses) <= {401, 429, 503}
    assert statuses[401] <= 5
    assert statuses[401] == 5 or share
    assert guess("leo", PASSWORD).status == 429 or statuses[401] < 5


def test_the_right_password_among_parallel_guesses_does_not_widen_the_throttle(world: World) -> None:
    """DESIGN section 2: only the try that was right is given back."""
    acts = [partial(guess, "leo", PASSWORD)] + [partial(guess, "leo", f"wrong-{number}") for number in range(19)]

    statuses = Counter(answer.status for answer in together(acts))

    assert statuses[401] <= 6 - statuses[200]
    assert statuses[401] + statuses[200] <= 6


def test_two_people_who_reserve_one_name_at_once_are_one(world: World) -> None:
    """DESIGN section 2: `names` decides; case does not tell names apart."""
    results = together([partial(added, world, name) for name in ("Robin", "robin", "ROBIN")])

    assert sorted(results) == [False, False, True]
    assert world.find(name_key("u", "robin")) is not None


def added(world: World, username: str) -> bool:
    """Add somebody; whether the name was free."""
    try:
        world.person(username, "Robin Doe")
    except ConditionFailed:
        return False
    return True


@BOTH
def test_two_editions_at_once_are_one_and_a_refusal(world: World, share: float) -> None:
    """DESIGN section 2: the four copies of a client are conditioned on copy 0's version."""
    app = world.app()
    held = world.client(app.client_id)

    with conflicting(6, share):
        results = together([partial(edited, held, name) for name in ("One", "Two")])

    assert sorted(results) == [False, True]
    names = {world.row(Key(clients.Client, app.client_id, copy=copy)).client_name for copy in range(4)}
    assert names == {["One", "Two"][results.index(True)]}


def edited(held: clients.Client, name: str) -> bool:
    """Rename an application as it was read; whether nobody was faster."""
    while True:
        try:
            write_together(*clients.changed(held, {"client_name": name}))
        except ConditionFailed:
            return False
        except Contention:
            continue
        return True
