"""Passwords: changing one's own, setting somebody's, and links that set a new one (ux 6.14, 6.15)."""

from collections.abc import Callable

import pytest

from chalicelib import config
from chalicelib.accounts import passwords, people
from chalicelib.accounts.joining import invitation_of
from chalicelib.credentials import password_matches
from chalicelib.errors import LinkDead, TooManyTries, WrongCredentials
from chalicelib.store import users
from chalicelib.store.audit import Event
from chalicelib.store.invites import Invite
from chalicelib.store.users import User
from chalicelib.store.writing import ConditionFailed, write_together
from local.server import Server
from tests.browser import Browser, exchange, me
from tests.make import PASSWORD, World

NEW = "copper-kite-meadow-7"
HOUR = 3600


def offered(world: World, user: User | None = None, by: User | None = None) -> str:
    """The token of a reset link for Leo, made by Maya."""
    link = passwords.offer_reset(
        user or world.leo, by or world.maya, world.settings(), world.origin(world.maya.user_id)
    )
    return link.rpartition("/")[2]


def checked(world: World, token: str) -> tuple[Invite, User]:
    """The link's row and whom it is for, if it is good."""
    return passwords.check_reset(world.find(invitation_of(token)), world.settings(), world.now)


def use(world: World, token: str, password: str = NEW) -> str:
    """Set a new password by a link; give the session's token."""
    return passwords.use_reset(*checked(world, token), password, world.settings(), world.origin()).token


def good(world: World, token: str) -> bool:
    """Whether a link would be taken."""
    try:
        checked(world, token)
    except LinkDead:
        return False
    return True


def leo(world: World) -> User:
    """Leo as he is now."""
    return world.user(world.leo.user_id)


# --- changing one's own -------------------------------------------------------------------------------------------


def test_who_knows_the_present_password_sets_a_new_one_and_stays_signed_in(world: World, server: Server) -> None:
    """Ux 6.14; DESIGN section 2, password change: all other sessions end."""
    elsewhere = world.session(world.leo)
    opened = passwords.change_own(leo(world), (PASSWORD, NEW), world.settings(), world.origin())
    assert password_matches(NEW, leo(world).password_hash)
    assert (me(opened.token).status, me(elsewhere).status) == (200, 401)


@pytest.mark.parametrize("guess", ["", "otter-lamp-river-43", PASSWORD.upper(), PASSWORD + " ", "x" * 5000])
def test_who_does_not_know_it_changes_nothing(guess: str, world: World) -> None:
    """Contract 2.12: the id of Mattermost."""
    with pytest.raises(WrongCredentials) as refusal:
        passwords.change_own(leo(world), (guess, NEW), world.settings(), world.origin())
    assert refusal.value.id == "api.user.update_password.incorrect.app_error"
    assert leo(world).attribute_values == world.leo.attribute_values


def test_guesses_are_counted_like_tries_to_sign_in(world: World) -> None:
    """DESIGN section 2: a stolen session does not buy guesses; the right password does not help any more."""
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            passwords.change_own(leo(world), ("wrong", NEW), world.settings(), world.origin())
    with pytest.raises(TooManyTries):
        passwords.change_own(leo(world), (PASSWORD, NEW), world.settings(), world.origin())


def test_a_try_that_was_right_is_given_back(world: World) -> None:
    """DESIGN section 2, sign in."""
    for _ in range(7):
        passwords.change_own(leo(world), (PASSWORD, PASSWORD), world.settings(), world.origin())
    assert leo(world).session_no == 8


@pytest.mark.parametrize("apps_too", [True, False])
def test_applications_lose_their_access_only_if_that_is_asked_for(apps_too: bool, world: World, server: Server) -> None:
    """DESIGN section 2: the option "also apps": `access_no + 1`."""
    app = world.app()
    access_token = exchange(app, Browser().holding(world.session(world.leo)).allow(app)).json["access_token"]
    passwords.change_own(leo(world), (PASSWORD, NEW), world.settings(), world.origin(), apps_too=apps_too)
    assert me(access_token).status == (401 if apps_too else 200)


@pytest.mark.parametrize(
    "change", [passwords.change, lambda user, new, _, origin: passwords.set_for(user, new, origin)]
)
def test_a_change_of_somebody_who_was_changed_in_between_is_refused(
    change: Callable[..., object], world: World
) -> None:
    """DESIGN section 1: the condition repeats the read."""
    people.edit(world.leo, {"nickname": "Lion"}, world.origin())
    with pytest.raises(ConditionFailed):
        change(world.leo, NEW, world.settings(), world.origin())
    assert password_matches(PASSWORD, leo(world).password_hash)


def test_a_system_admin_sets_somebodys_password_and_their_sessions_end(world: World, server: Server) -> None:
    """Contract 3.12."""
    token = world.session(world.leo)
    passwords.set_for(world.leo, NEW, world.origin(world.maya.user_id))
    assert password_matches(NEW, leo(world).password_hash)
    assert me(token).status == 401


def test_when_the_password_was_set_is_kept(world: World) -> None:
    """Contract 1.8, `last_password_update`."""
    world.clock.shift(HOUR)
    passwords.set_for(world.leo, NEW, world.origin())
    assert (leo(world).password_at, leo(world).created_at) == (world.now, world.leo.created_at)


# --- reset links --------------------------------------------------------------------------------------------------


def test_a_reset_link_sets_a_new_password_and_signs_in(world: World, server: Server) -> None:
    """Ux 6.15: whoever holds it is signed in, and nobody else any more."""
    before = world.session(world.leo)
    after = use(world, offered(world))
    assert password_matches(NEW, leo(world).password_hash)
    assert (me(after).json["username"], me(before).status) == ("leo", 401)


def test_looking_at_a_link_does_not_use_it_up(world: World) -> None:
    """A mail scanner or a preview opens it first."""
    token = offered(world)
    assert [good(world, token), good(world, token)] == [True, True]


def test_a_link_works_once(world: World) -> None:
    """DESIGN section 2: the invitation is deleted in the same transaction."""
    token = offered(world)
    use(world, token)
    assert not good(world, token)


def test_the_database_decides_that_it_works_once(world: World) -> None:
    """DESIGN section 1: who read it before it was used is refused by the write."""
    seen = checked(world, token := offered(world))
    use(world, token)
    with pytest.raises(LinkDead):
        passwords.use_reset(*seen, "another-password-8", world.settings(), world.origin())
    assert password_matches(NEW, leo(world).password_hash)


def test_who_was_changed_in_between_keeps_the_password(world: World) -> None:
    """DESIGN section 1: the condition repeats the read of the person too."""
    seen = checked(world, offered(world))
    people.deactivate(world.leo, world.origin())
    with pytest.raises(LinkDead):
        passwords.use_reset(*seen, NEW, world.settings(), world.origin())
    assert password_matches(PASSWORD, leo(world).password_hash)


@pytest.mark.parametrize(("seconds", "alive"), [(HOUR - 1, True), (HOUR, False)])
def test_a_link_lives_an_hour(seconds: int, alive: bool, world: World) -> None:
    """DESIGN section 3."""
    token = offered(world)
    world.clock.shift(seconds)
    assert good(world, token) is alive


def test_a_link_that_grew_too_old_between_look_and_use_is_dead(world: World) -> None:
    """DESIGN section 2: expiry is in the condition too."""
    seen = checked(world, offered(world))
    world.clock.shift(HOUR)
    with pytest.raises(LinkDead):
        passwords.use_reset(*seen, NEW, world.settings(), world.origin())


def by_password(world: World) -> None:
    """Leo changes his password himself."""
    passwords.change(leo(world), NEW, world.settings(), world.origin())


def by_sign_out(world: World) -> None:
    """Leo signs out everywhere."""
    people.sign_out_everywhere(leo(world), world.origin())


def by_another_link(world: World) -> None:
    """Another link was used first."""
    use(world, offered(world))


def by_deactivation(world: World) -> None:
    """Leo's account is deactivated."""
    people.deactivate(leo(world), world.origin())


def by_coming_back(world: World) -> None:
    """Leo's account is deactivated, and opened again."""
    people.deactivate(leo(world), world.origin())
    people.reactivate(leo(world), world.origin())


def by_epoch(world: World) -> None:
    """A backup is restored."""
    world.set(epoch="another")


def by_sweeping(world: World) -> None:
    """There is no such person any more."""
    leo(world).delete()


ENDINGS = [by_password, by_sign_out, by_another_link, by_deactivation, by_coming_back, by_epoch, by_sweeping]


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_what_makes_a_reset_link_worth_nothing(end: Callable[[World], None], world: World) -> None:
    """DESIGN section 2: it hangs on the number of sessions, the epoch and the account."""
    token = offered(world)
    end(world)
    assert not good(world, token)


def test_a_link_for_somebody_who_is_deactivated_already_is_dead(world: World) -> None:
    """Contract 2.12: a new password does not open a closed account, nor does it wait until it is opened."""
    people.deactivate(leo(world), world.origin())
    token = offered(world, leo(world))
    assert not good(world, token)


@pytest.mark.parametrize("leave", [people.deactivate, lambda user, origin: people.set_admin(user, origin, admin=False)])
def test_a_link_of_an_admin_who_was_sent_away_is_dead(leave: Callable[..., None], world: World) -> None:
    """An administrator who leaves leaves no doors open."""
    people.set_admin(world.ana, world.origin(), admin=True)
    token = offered(world, by=world.user(world.ana.user_id))
    assert good(world, token)
    leave(world.user(world.ana.user_id), world.origin())
    assert not good(world, token)


def test_a_link_of_an_admin_who_is_swept_is_dead(world: World) -> None:
    """There is nobody who answers for it."""
    token = offered(world)
    world.maya.delete()
    assert not good(world, token)


@pytest.mark.parametrize("token", ["", "gpw_wrong", "x" * 5000])
def test_what_is_no_link_is_answered_like_a_dead_one(token: str, world: World) -> None:
    """Nobody learns which."""
    offered(world)
    assert not good(world, token)


def test_an_invitation_resets_no_password(world: World) -> None:
    """A link is for what it was made for."""
    token = offered(world)
    row = world.row(invitation_of(token))
    row.kind = "invitation"
    row.save()
    assert not good(world, token)


def test_the_token_is_in_no_table_and_in_no_audit_row(world: World) -> None:
    """DESIGN section 3: `gpw_`, SHA-256."""
    link = passwords.offer_reset(world.leo, world.maya, world.settings(), world.origin(world.maya.user_id))
    assert link.startswith(f"{config.current().issuer}/reset/gpw_")
    token = link.rpartition("/")[2]
    rows = [str(row.attribute_values) for model in (Invite, Event, User) for row in model.scan()]
    assert len([row for row in rows if world.leo.user_id in row]) >= 3
    assert [row for row in rows if token in row] == []


def test_every_change_is_recorded_with_who_did_it(world: World) -> None:
    """DESIGN section 2: audited in their own transaction."""
    admin = world.origin(world.maya.user_id)
    passwords.offer_reset(leo(world), world.maya, world.settings(), admin)
    passwords.set_for(leo(world), NEW, admin)
    passwords.change(leo(world), PASSWORD, world.settings(), world.origin(world.leo.user_id))
    use(world, offered(world, leo(world)))
    about = {(event.action, event.actor_id) for event in Event.scan() if event.user_id == world.leo.user_id}
    assert about == {
        ("user.reset_link", world.maya.user_id),
        ("user.password_set", world.maya.user_id),
        ("user.password", world.leo.user_id),
        ("user.password_reset", "test"),
    }


def test_a_session_opened_with_the_old_number_is_dead(world: World, server: Server) -> None:
    """DESIGN section 2, alive(session): a sign-in that read the person before the change gives nothing."""
    late = world.leo
    passwords.change(leo(world), NEW, world.settings(), world.origin())
    assert me(world.session(late)).status == 401


def test_the_numbers_go_up_by_one_each(world: World) -> None:
    """DESIGN section 2, writes."""
    write_together(users.password_set(world.leo, "hash", world.now, apps_too=True))
    assert (leo(world).session_no, leo(world).access_no, leo(world).version) == (2, 2, 2)
