"""Roles, invitations, names, passwords in many hands at once: real threads on one emulated DynamoDB."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from chalicelib.accounts import joining, passwords, people
from chalicelib.credentials import password_matches
from chalicelib.store.admins import ADMINS
from chalicelib.store.sessions import Session
from chalicelib.store.users import Name, User, name_key
from local.server import Server
from tests.browser import Answer
from tests.faults import conflicting, just_before
from tests.make import PASSWORD, World
from tests.races.racing import in_turns, me, send, together

BOTH = pytest.mark.parametrize("share", [0.0, 0.2])  # of writes that meet a conflict
SEEDS = pytest.mark.parametrize("seed", range(8))
USERS = "/api/v4/users"
TAKEN, LAST, DENIED, DEAD, BUSY = 400, 400, 403, 404, 503


@pytest.fixture(autouse=True)
def gateway(world: World, server: Server) -> None:
    """The emulated API Gateway, made before anybody races."""
    assert send("GET", "/api/v4/system/ping").status == 200


def asked(method: str, path: str, session: str | None = None, body: Any = None) -> Answer:
    """Call the API with a session."""
    headers = {"Authorization": f"Bearer {session}"} if session else {}
    return send(method, USERS + path, json=body, headers=headers)


def statuses(answers: list[Answer]) -> Counter[int]:
    """How often each status was answered."""
    return Counter(answer.status for answer in answers)


# --- System Admins ------------------------------------------------------------------------------------------------


def demote(session: str, user: User) -> Answer:
    """Make somebody a member."""
    return asked("PUT", f"/{user.user_id}/roles", session, {"roles": "system_user"})


def deactivate(session: str, user: User) -> Answer:
    """Deactivate somebody."""
    return asked("DELETE", f"/{user.user_id}", session)


def one_admin_is_left(world: World) -> bool:
    """Whether the set has one, who is one and is active, and nobody else is both."""
    acting = {user.user_id for user in User.scan() if user.is_admin and user.active}
    return len(acting) == 1 and world.row(ADMINS).user_ids == acting


ENDS: list[tuple[Callable[[str, User], Answer], Callable[[str, User], Answer]]] = [
    (demote, demote),
    (demote, deactivate),
    (deactivate, deactivate),
]


@SEEDS
@pytest.mark.parametrize("ends", ENDS, ids=lambda ends: f"{ends[0].__name__}-{ends[1].__name__}")
def test_two_admins_who_end_each_other_leave_one(
    world: World, ends: tuple[Callable[[str, User], Answer], Callable[[str, User], Answer]], seed: int
) -> None:
    """DESIGN section 2: `admins` minus the id on condition of size > 1, in any order of reads and writes."""
    people.set_admin(world.ana, world.origin(), admin=True)
    maya, ana = world.session(world.maya), world.session(world.user(world.ana.user_id))

    with conflicting(seed, 0.2 if seed % 2 else 0):
        answers = in_turns([partial(ends[0], maya, world.ana), partial(ends[1], ana, world.maya)], seed)

    assert statuses(answers)[200] == 1 or BUSY in statuses(answers)
    assert set(statuses(answers)) <= {200, LAST, 401, DENIED, BUSY}
    assert one_admin_is_left(world) or statuses(answers)[200] == 0


@BOTH
def test_of_many_who_demote_the_last_two_one_stays(world: World, share: float) -> None:
    """DESIGN section 2: however many ask."""
    people.set_admin(world.ana, world.origin(), admin=True)
    maya, ana = world.session(world.maya), world.session(world.user(world.ana.user_id))
    acts = [partial(demote, maya, world.maya), partial(demote, ana, world.ana)] * 5

    with conflicting(3, share):
        together(acts)

    assert len(world.row(ADMINS).user_ids) >= 1
    assert {user.user_id for user in User.scan() if user.is_admin} == world.row(ADMINS).user_ids


# --- invitations and names ----------------------------------------------------------------------------------------


def join(token: str, number: int) -> Answer:
    """Accept an invitation under a name of one's own."""
    body = {"username": f"robin{number}", "password": PASSWORD, "first_name": "Robin"}
    return send("POST", USERS, json=body, params={"t": token})


@BOTH
def test_one_invitation_used_by_ten_at_once_is_one_account(world: World, share: float) -> None:
    """DESIGN section 2: deleted in the transaction that makes the account; the losers leave nothing behind."""
    [line] = joining.invite(["robin@example.com"], "member", world.maya, world.settings(), world.origin())
    token = line.link.rpartition("/")[2]

    with conflicting(1, share):
        answers = together([partial(join, token, number) for number in range(10)])

    assert statuses(answers)[201] == 1
    assert set(statuses(answers)) <= {201, TAKEN, DEAD, BUSY}  # "taken" is the e-mail address, the winner's by then
    assert (len(list(User.scan())), len(list(Name.scan())), len(list(Session.scan()))) == (4, 8, 1)


def rename(session: str, username: str) -> Answer:
    """Take another username."""
    return asked("PUT", "/me/patch", session, {"username": username})


@BOTH
@SEEDS
def test_two_who_take_one_username_at_once_are_one(world: World, share: float, seed: int) -> None:
    """DESIGN section 2: `names` decides; the loser keeps the old name."""
    sessions = [world.session(world.leo), world.session(world.ana)]

    with conflicting(seed, share):
        answers = in_turns([partial(rename, session, "sam") for session in sessions], seed)

    assert statuses(answers)[200] == 1 or BUSY in statuses(answers)
    assert set(statuses(answers)) <= {200, TAKEN, BUSY}
    held = {user.username: user.user_id for user in User.scan()}
    names = {row.name.removeprefix("u#"): row.owner_id for row in Name.scan() if row.name.startswith("u#")}
    assert held == names


def sign_up(number: int) -> Answer:
    """Make an account under a name that others want too."""
    body = {"username": "robin", "email": f"robin{number}@example.com", "password": PASSWORD}
    return send("POST", USERS, json=body)


@BOTH
def test_ten_who_sign_up_under_one_name_are_one(world: World, share: float) -> None:
    """DESIGN section 2, new user: names on condition that they are not there, all of it or nothing."""
    world.set(open_sign_up=True)

    with conflicting(2, share):
        answers = together([partial(sign_up, number) for number in range(10)])

    assert statuses(answers)[201] == 1
    assert set(statuses(answers)) <= {201, TAKEN, BUSY}
    assert (len(list(User.scan())), len(list(Name.scan())), len(list(Session.scan()))) == (4, 8, 1)


# --- passwords ----------------------------------------------------------------------------------------------------


def reset(token: str, password: str) -> Answer:
    """Use a reset link."""
    return asked("POST", "/password/reset", None, {"token": token, "new_password": password})


@BOTH
def test_a_reset_link_used_by_many_at_once_sets_one_password(world: World, share: float) -> None:
    """DESIGN section 2: the link is deleted with the change; one new session, the winner's."""
    link = passwords.offer_reset(world.leo, world.maya, world.settings(), world.origin())
    words = [f"copper-kite-meadow-{number}" for number in range(6)]

    with conflicting(4, share):
        answers = together([partial(reset, link.rpartition("/")[2], word) for word in words])

    assert set(statuses(answers)) <= {200, 400, BUSY}
    [won] = [number for number, answer in enumerate(answers) if answer.status == 200]
    assert password_matches(words[won], world.user(world.leo.user_id).password_hash)
    assert me(answers[won].headers["Token"]).status == 200
    assert len(list(Session.scan())) == 1


def log_in(password: str) -> Answer:
    """Sign in as Leo."""
    return send("POST", USERS + "/login", json={"login_id": "leo", "password": password})


def change(session: str, new: str) -> Answer:
    """Change one's own password."""
    return asked("PUT", "/me/password", session, {"current_password": PASSWORD, "new_password": new})


@SEEDS
def test_a_sign_in_with_the_old_password_gives_nothing_after_the_change(world: World, seed: int) -> None:
    """DESIGN section 2: in whatever order; a session of the old number is dead the moment it is stored."""
    session = world.session(world.leo)
    new = "copper-kite-meadow-7"

    changed, *logins = in_turns([partial(change, session, new), *[partial(log_in, PASSWORD)] * 3], seed)

    assert changed.status == 200
    opened = [answer.headers["Token"] for answer in logins if answer.status == 200]
    assert [me(token).status for token in opened] == [401] * len(opened)
    assert (me(session).status, me(changed.headers["Token"]).status) == (401, 200)


def test_a_session_that_is_stored_after_the_change_is_dead(world: World) -> None:
    """DESIGN section 2, alive(session): the sign-in had read the old number."""
    gone: list[int] = []

    def overtake() -> None:
        passwords.set_for(world.leo, "copper-kite-meadow-7", world.origin())
        gone.append(1)

    # The first transaction of a sign-in reserves the try: the person was read before it.
    with just_before("TransactWriteItems", overtake):
        late = log_in(PASSWORD)

    assert gone
    assert (late.status, me(late.headers["Token"]).status) == (200, 401)


def test_two_changes_of_one_password_at_once_end_in_one_that_works(world: World) -> None:
    """DESIGN section 1: the loser reads again, and does not know the present password any more."""
    session = world.session(world.leo)
    words = ["copper-kite-meadow-7", "copper-kite-meadow-8"]

    answers = together([partial(change, session, word) for word in words])

    assert statuses(answers)[200] == 1
    won = [answer.status for answer in answers].index(200)
    assert password_matches(words[won], world.user(world.leo.user_id).password_hash)
    assert me(answers[won].headers["Token"]).status == 200


@SEEDS
def test_promotion_against_deactivation_leaves_the_set_right(world: World, seed: int) -> None:
    """DESIGN section 2: the set is of active System Admins, in whatever order."""
    maya = world.session(world.maya)
    promote = partial(asked, "PUT", f"/{world.leo.user_id}/roles", maya, {"roles": "system_admin system_user"})

    answers = in_turns([promote, partial(deactivate, maya, world.leo)], seed)

    assert statuses(answers) == {200: 2}
    leo = world.user(world.leo.user_id)
    assert (leo.is_admin, leo.active) == (True, False)
    assert world.row(ADMINS).user_ids == {world.maya.user_id}
    assert world.row(name_key("u", "leo")).owner_id == leo.user_id
