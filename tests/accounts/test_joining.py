"""How people get an account: invitations, open sign-up, made by a System Admin (ux 6.3, 6.15)."""

from collections.abc import Callable

import pytest

from chalicelib import config
from chalicelib.accounts import joining, people
from chalicelib.accounts.joining import Role, invitation_of
from chalicelib.accounts.people import NewPerson
from chalicelib.accounts.setup import TEAM_NAME
from chalicelib.credentials import fingerprint
from chalicelib.errors import LinkDead, NameTaken, SignUpClosed, TooManyTries
from chalicelib.store.admins import ADMINS
from chalicelib.store.audit import Event
from chalicelib.store.invites import Invite, invitations
from chalicelib.store.limits import Limit, window_end
from chalicelib.store.places import Member, Team, in_channel_key, in_team_key
from chalicelib.store.sessions import Session
from chalicelib.store.users import Name, User, name_key
from chalicelib.store.writing import ConditionFailed
from chalicelib.workspace import teams
from chalicelib.workspace.teams import Draft, square_key
from local.server import Server
from tests.browser import me
from tests.make import PASSWORD, World

WEEK = 7 * 24 * 3600
ROBIN = NewPerson("Robin Doe", "robin", "robin@example.com", PASSWORD)


def invited(world: World, *emails: str, role: Role = "member", by: User | None = None) -> list[joining.Invited]:
    """What becomes of an invitation of Maya's."""
    by = by or world.maya
    return joining.invite(list(emails), role, by, world.settings(), world.origin(by.user_id))


def offered(world: World, *, role: Role = "member", by: User | None = None) -> str:
    """The token of an invitation for Robin."""
    [line] = invited(world, ROBIN.email, role=role, by=by)
    return line.link.rpartition("/")[2]


def checked(world: World, token: str) -> Invite:
    """The invitation's row, if it is good."""
    return joining.check(world.find(invitation_of(token)), world.settings(), world.now)


def accept(world: World, token: str, person: NewPerson = ROBIN) -> str:
    """Accept an invitation; give the session's token."""
    return joining.accept(checked(world, token), person, world.settings(), world.origin()).token


def good(world: World, token: str) -> bool:
    """Whether an invitation would be taken."""
    try:
        checked(world, token)
    except LinkDead:
        return False
    return True


def named(world: World, username: str = "robin") -> User:
    """The person with a username."""
    return world.user(world.row(name_key("u", username)).owner_id)


# --- inviting -----------------------------------------------------------------------------------------------------


def test_every_line_has_a_verdict_in_the_order_it_was_written(world: World) -> None:
    """Ux 6.15: invited, already a member, not an email address."""
    lines = invited(world, "kim@example.com", "LEO@example.com", "kim", "sam@example.com")
    assert [line.verdict for line in lines] == ["invited", "member", "not_an_email", "invited"]
    assert [bool(line.link) for line in lines] == [True, False, False, True]


@pytest.mark.parametrize("emails", [[], ["not an address"]])
def test_nobody_invited_is_nobody_asked_for(emails: list[str], world: World) -> None:
    """Nothing is read or written for what is no address."""
    assert [line.verdict for line in invited(world, *emails)] == ["not_an_email"] * len(emails)
    assert list(Invite.scan()) == []


def test_a_link_is_absolute_shown_once_and_stored_as_a_hash(world: World) -> None:
    """DESIGN section 3: `gpi_`, SHA-256; in no table and in no audit row."""
    [line] = invited(world, ROBIN.email)
    assert line.link.startswith(f"{config.current().issuer}/invite/gpi_")
    token = line.link.rpartition("/")[2]
    rows = [str(row.attribute_values) for model in (Invite, Event) for row in model.scan()]
    assert [fingerprint(token) in row for row in rows].count(True) == 1
    assert [row for row in rows if token in row] == []
    assert "gpi_" not in repr(line)


def test_invitations_are_listed_newest_first(world: World) -> None:
    """Ux 6.15: an index, for lists only."""
    tokens = []
    for email in ("kim@example.com", "sam@example.com"):
        tokens.append(invited(world, email)[0].link.rpartition("/")[2])
        world.clock.shift(60)
    assert [row.token_hash for row in invitations(9)] == [fingerprint(token) for token in reversed(tokens)]


def test_an_invitation_can_be_taken_back_once(world: World) -> None:
    """Ux 6.15: withdraw."""
    row = checked(world, token := offered(world))
    joining.withdraw(row, world.origin())
    assert not good(world, token)
    with pytest.raises(ConditionFailed):
        joining.withdraw(row, world.origin())


# --- what an invitation is worth ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "alive"), [(WEEK - 1, True), (WEEK, False)])
def test_an_invitation_lives_seven_days(seconds: int, alive: bool, world: World) -> None:
    """DESIGN section 3."""
    token = offered(world)
    world.clock.shift(seconds)
    assert good(world, token) is alive


def test_looking_at_an_invitation_does_not_use_it_up(world: World) -> None:
    """A mail scanner or a preview opens it first."""
    token = offered(world)
    assert [good(world, token), good(world, token)] == [True, True]


@pytest.mark.parametrize("token", ["", "gpi_wrong", "x" * 5000])
def test_what_is_no_invitation_is_answered_like_a_dead_one(token: str, world: World) -> None:
    """Nobody learns which."""
    offered(world)
    assert not good(world, token)


def test_a_reset_link_invites_nobody(world: World) -> None:
    """A link is for what it was made for."""
    row = world.row(invitation_of(token := offered(world)))
    row.kind = "reset"
    row.save()
    assert not good(world, token)


def demoted(world: World) -> None:
    """Ana is a member again."""
    people.set_admin(world.user(world.ana.user_id), world.origin(), admin=False)


def deactivated(world: World) -> None:
    """Ana's account is deactivated."""
    people.deactivate(world.user(world.ana.user_id), world.origin())


def swept(world: World) -> None:
    """There is no Ana any more."""
    world.user(world.ana.user_id).delete()


def restored(world: World) -> None:
    """A backup is restored."""
    world.set(epoch="another")


@pytest.mark.parametrize("end", [demoted, deactivated, swept, restored], ids=lambda end: end.__name__)
def test_what_makes_an_invitation_worth_nothing(end: Callable[[World], None], world: World) -> None:
    """An administrator who is sent away leaves no doors open; nor does a restore."""
    people.set_admin(world.ana, world.origin(), admin=True)
    token = offered(world, by=world.user(world.ana.user_id))
    assert good(world, token)
    end(world)
    assert not good(world, token)


# --- accepting ----------------------------------------------------------------------------------------------------


def test_who_accepts_has_an_account_and_is_signed_in(world: World, server: Server) -> None:
    """Ux 6.3: success."""
    token = accept(world, offered(world))
    assert me(token).json["username"] == "robin"
    robin = named(world)
    assert (robin.name, robin.roles, robin.active) == ("Robin Doe", "system_user", True)
    assert not robin.is_admin


def test_an_invitation_works_once(world: World) -> None:
    """DESIGN section 2: it is deleted in the transaction that makes the account."""
    seen = checked(world, token := offered(world))
    accept(world, token)
    assert not good(world, token)
    other = NewPerson("Eve Doe", "eve", "eve@example.com", PASSWORD)
    with pytest.raises(LinkDead):
        joining.accept(seen, other, world.settings(), world.origin())
    assert world.find(name_key("u", "eve")) is None


def test_an_invitation_that_grew_too_old_between_look_and_use_is_dead(world: World) -> None:
    """DESIGN section 2: expiry is in the condition too."""
    seen = checked(world, offered(world))
    world.clock.shift(WEEK)
    with pytest.raises(LinkDead):
        joining.accept(seen, ROBIN, world.settings(), world.origin())


def test_an_invitation_of_a_system_admin_makes_one(world: World) -> None:
    """Ux 6.15: the role; `admins` changes in the same transaction."""
    accept(world, offered(world, role="system_admin"))
    robin = named(world)
    assert robin.is_admin
    assert world.row(ADMINS).user_ids == {world.maya.user_id, robin.user_id}


@pytest.mark.parametrize(
    ("person", "field"),
    [
        (NewPerson("Robin Doe", "leo", "robin@example.com", PASSWORD), "username"),
        (NewPerson("Robin Doe", "robin", "Leo@example.com", PASSWORD), "email"),
    ],
)
def test_a_taken_name_leaves_the_invitation_open_and_nothing_behind(
    person: NewPerson, field: str, world: World
) -> None:
    """Ux 6.3: all of it or nothing; the person chooses another name."""
    token = offered(world)
    with pytest.raises(NameTaken) as refusal:
        accept(world, token, person)
    assert refusal.value.field == field
    assert good(world, token)
    assert (len(list(User.scan())), len(list(Name.scan())), list(Session.scan())) == (3, 6, [])


# --- open sign-up and by a System Admin ---------------------------------------------------------------------------


def test_nobody_signs_up_where_that_is_closed(world: World) -> None:
    """DESIGN section 5: off by default."""
    with pytest.raises(SignUpClosed):
        joining.sign_up(ROBIN, world.settings(), world.origin())
    assert world.find(name_key("u", "robin")) is None


def test_everybody_signs_up_where_that_is_open(world: World, server: Server) -> None:
    """DESIGN section 5: open sign-up; always a member."""
    world.set(open_sign_up=True)
    opened = joining.sign_up(ROBIN, world.settings(), world.origin())
    assert (me(opened.token).json["username"], named(world).roles) == ("robin", "system_user")


def test_one_network_makes_a_hundred_accounts_an_hour_and_no_more(world: World) -> None:
    """DESIGN section 2: counted before the password is hashed; recorded once; the next hour is another."""
    world.set(open_sign_up=True)
    until = window_end(3600, world.now)
    Limit(bucket=f"sign-up#127.0.0@{until}", tries=99, ttl=until).save()
    joining.sign_up(ROBIN, world.settings(), world.origin())
    kim = NewPerson("Kim Doe", "kim", "kim@example.com", PASSWORD)
    for _ in range(2):
        with pytest.raises(TooManyTries):
            joining.sign_up(kim, world.settings(), world.origin())
    assert [event.action for event in Event.scan() if event.result == "refused"] == ["user.sign_up"]
    assert world.find(name_key("u", "kim")) is None
    world.clock.shift(3600)
    assert joining.sign_up(kim, world.settings(), world.origin())


def test_a_system_admin_makes_an_account_and_nobody_is_signed_in(world: World) -> None:
    """Mattermost's `POST /users` as an administrator."""
    user = joining.add(ROBIN, world.origin(world.maya.user_id))
    assert user.attribute_values == named(world).attribute_values
    assert list(Session.scan()) == []


@pytest.mark.parametrize("username", ["leo", "LEO"])
def test_a_system_admin_does_not_make_a_second_person_of_one_name(username: str, world: World) -> None:
    """DESIGN section 2: names are reserved whatever their case."""
    with pytest.raises(NameTaken):
        joining.add(NewPerson("Leo Two", username, "two@example.com", PASSWORD), world.origin())
    with pytest.raises(NameTaken):
        joining.add(NewPerson("Leo Two", "two", "LEO@example.com", PASSWORD), world.origin())
    assert len(list(User.scan())) == 3


def test_fields_that_came_by_themselves_are_kept_as_they_came(world: World) -> None:
    """Contract 1.8: API clients send first and last name apart."""
    apart = {"first_name": "Robin", "last_name": "van der Doe", "nickname": "Bird", "position": "Singer"}
    user = joining.add(NewPerson("", "robin", "robin@example.com", PASSWORD, apart), world.origin())
    assert {name: getattr(user, name) for name in apart} == apart


def test_everybody_starts_in_the_first_team_and_town_square(world: World, server: Server) -> None:
    """Ux 6.17: there is something to see."""
    team, square = world_with_team(world)
    user = joining.add(ROBIN, world.origin())
    assert {member.place for member in Member.scan() if member.user_id == user.user_id} == {f"t#{team}", f"c#{square}"}
    assert world.row(in_team_key(user.user_id, team)).role == "member"
    assert world.row(in_channel_key(user.user_id, square)).role == "member"


def test_without_the_first_team_people_start_nowhere(world: World) -> None:
    """It may have been renamed."""
    joining.add(ROBIN, world.origin())
    assert list(Team.scan()) == []
    assert list(Member.scan()) == []


def test_a_team_without_town_square_is_home_enough(world: World) -> None:
    """The channel may be gone; the team is not."""
    team, _ = world_with_team(world)
    world.row(square_key(team)).delete()
    user = joining.add(ROBIN, world.origin())
    assert [member.place for member in Member.scan() if member.user_id == user.user_id] == [f"t#{team}"]


def world_with_team(world: World) -> tuple[str, str]:
    """The ids of the team that a set-up makes and of its Town Square."""
    draft = Draft(TEAM_NAME, "Harbour", "", "O")
    team = teams.create(draft, None, world.maya.user_id, world.origin(world.maya.user_id))
    return team.team_id, world.row(square_key(team.team_id)).owner_id


def test_every_way_in_is_recorded_with_who_opened_it(world: World) -> None:
    """DESIGN section 2: audited in the same transaction."""
    world.set(open_sign_up=True)
    accept(world, offered(world))
    joining.sign_up(NewPerson("Kim Doe", "kim", "kim@example.com", PASSWORD), world.settings(), world.origin("sign-up"))
    joining.add(NewPerson("Sam Doe", "sam", "sam@example.com", PASSWORD), world.origin(world.maya.user_id))
    joining.withdraw(checked(world, offered_to(world, "bo@example.com")), world.origin(world.maya.user_id))
    events = [(event.action, event.actor_id, event.object) for event in Event.scan()]
    assert sorted(events) == sorted(
        [
            ("user.invite", world.maya.user_id, "robin@example.com"),
            ("user.join", "test", "robin"),
            ("user.sign_up", "sign-up", "kim"),
            ("user.add", world.maya.user_id, "sam"),
            ("user.invite", world.maya.user_id, "bo@example.com"),
            ("user.invitation_withdrawn", world.maya.user_id, "bo@example.com"),
        ]
    )


def offered_to(world: World, email: str) -> str:
    """The token of an invitation for somebody."""
    return invited(world, email)[0].link.rpartition("/")[2]


def test_no_password_slips_into_a_table_or_a_log(world: World) -> None:
    """DESIGN section 4."""
    accept(world, offered(world))
    rows = [str(row.attribute_values) for model in (User, Event, Session, Invite) for row in model.scan()]
    assert rows
    assert not [row for row in rows if PASSWORD in row]
    assert PASSWORD not in repr(ROBIN)
