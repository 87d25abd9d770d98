"""Set-up: one link, one time, one winner (ux 6.1; DESIGN section 2, "first set-up")."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib import config
from chalicelib.accounts import setup
from chalicelib.accounts.people import NewPerson
from chalicelib.accounts.setup import Choices
from chalicelib.credentials import fingerprint, new_id, password_matches
from chalicelib.errors import SetUpClosed
from chalicelib.store.admins import ADMINS, SET_UP, SetUp
from chalicelib.store.audit import Event, Origin
from chalicelib.store.places import Channel, Member, Team
from chalicelib.store.reading import Key, R, read
from chalicelib.store.sessions import Session
from chalicelib.store.settings import Settings, settings_key
from chalicelib.store.users import Name, User

MAYA = NewPerson("Maya Okafor", "maya", "maya@example.com", "otter-lamp-river-42")
DAY = 24 * 3600
NOON = 1_795_435_200_000
ORIGIN = Origin("set-up", "198.51.100.7", "a test", new_id(), NOON)

pytestmark = pytest.mark.usefixtures("store", "clock")


def row(key: Key[R]) -> R | None:
    """A row, or None."""
    return read(key)[key]


def live() -> Settings:
    """The settings as they are."""
    found = row(settings_key())
    assert found is not None
    return found


def offered() -> str:
    """The token of a new link."""
    link = setup.new_link()
    assert link is not None
    return parse_qs(urlsplit(link).query)["token"][0]


def checked(token: str, now: int = NOON) -> SetUp:
    """The link's row, if it is good."""
    return setup.check(token, row(SET_UP), row(ADMINS), now)


def completed(token: str, person: NewPerson = MAYA, *, provider_on: bool = True) -> User:
    """The first System Admin."""
    setup.complete(person, Choices("Harbour", provider_on=provider_on), checked(token), live(), ORIGIN)
    return next(iter(User.scan()))


def test_the_link_is_absolute_and_its_token_is_stored_as_a_hash_only() -> None:
    """DESIGN section 3: `gpu_`, SHA-256."""
    link = setup.new_link()
    assert link is not None
    assert re.fullmatch(re.escape(config.current().issuer) + r"/setup\?token=gpu_[0-9A-Za-z]{49}", link)
    stored = row(SET_UP)
    token = parse_qs(urlsplit(link).query)["token"][0]
    assert stored is not None
    assert stored.token_hash == fingerprint(token)
    assert token not in str(stored.to_dynamodb_dict())


def test_a_new_link_takes_the_place_of_the_old_one() -> None:
    """`run` prints the link again while nobody is there."""
    first, second = offered(), offered()
    with pytest.raises(SetUpClosed):
        checked(first)
    assert checked(second)


def test_there_is_no_link_when_somebody_is_there() -> None:
    """Issue 2 item 1: once."""
    completed(offered())
    assert setup.new_link() is None


@pytest.mark.parametrize("token", ["", "gpu_wrong", "x" * 5000, "gpu_\u20ac"])
def test_without_the_link_nothing_opens_and_it_is_said_how_to_proceed(token: str) -> None:
    """Ux 6.1."""
    offered()
    with pytest.raises(SetUpClosed, match="Restart the server to print a new one") as refusal:
        checked(token)
    assert refusal.value.status == 403


def test_without_any_link_offered_nothing_opens() -> None:
    """A server that nobody started with `run --bare`."""
    with pytest.raises(SetUpClosed):
        checked("gpu_anything")


@pytest.mark.parametrize(("seconds", "good"), [(DAY - 1, True), (DAY, False)])
def test_the_link_lives_24_hours(seconds: int, good: bool) -> None:
    """DESIGN section 3."""
    token, moment = offered(), NOON + seconds * 1000
    if good:
        assert checked(token, moment)
        return
    with pytest.raises(SetUpClosed):
        checked(token, moment)


def test_ten_wrong_guesses_kill_the_link() -> None:
    """DESIGN section 2, `setup`: the right token does not help afterwards."""
    token = offered()
    for _ in range(9):
        with pytest.raises(SetUpClosed):
            checked("gpu_guess")
    assert checked(token)
    with pytest.raises(SetUpClosed):
        checked("gpu_guess")
    with pytest.raises(SetUpClosed):
        checked(token)


def test_looking_without_a_token_is_no_guess() -> None:
    """A crawler does not lock the owner out."""
    token = offered()
    for _ in range(12):
        with pytest.raises(SetUpClosed):
            checked("")
    assert checked(token)


def test_guesses_that_were_counted_after_the_read_stop_the_link_too() -> None:
    """The database decides: the condition repeats the read."""
    token = offered()
    seen = checked(token)
    for _ in range(10):
        with pytest.raises(SetUpClosed):
            checked("gpu_guess")
    with pytest.raises(SetUpClosed):
        setup.complete(MAYA, Choices("Harbour", provider_on=False), seen, live(), ORIGIN)
    assert list(User.scan()) == []


def test_set_up_makes_admin_names_team_and_town_square() -> None:
    """Issue 2 item 1."""
    user = completed(offered())
    assert (user.name, user.roles, user.active) == ("Maya Okafor", "system_admin system_user", True)
    assert password_matches(MAYA.password, user.password_hash)
    admins = row(ADMINS)
    assert admins is not None
    assert admins.user_ids == {user.user_id}
    assert {name.name for name in Name.scan() if name.owner_id == user.user_id} == {"u#maya", "e#maya@example.com"}
    assert [team.display_name for team in Team.scan()] == ["Harbour"]
    assert [(channel.name, channel.display_name) for channel in Channel.scan()] == [("town-square", "Town Square")]
    assert sum(member.user_id == user.user_id for member in Member.scan()) == 2


@pytest.mark.parametrize("provider_on", [True, False])
def test_the_choices_are_settings_at_once(provider_on: bool) -> None:
    """Ux 6.1: the provider is off unless the box is ticked."""
    completed(offered(), provider_on=provider_on)
    assert (live().provider_on, live().site_name) == (provider_on, "Harbour")


def test_the_first_admin_is_signed_in_and_the_link_is_gone() -> None:
    """Ux 6.1, success."""
    token = offered()
    user = completed(token)
    assert [session.user_id for session in Session.scan()] == [user.user_id]
    assert row(SET_UP) is None
    with pytest.raises(SetUpClosed):
        checked(token)


def test_of_two_who_hold_the_link_the_database_chooses_one() -> None:
    """Issue 2 item 1: once, by a database condition; the other leaves nothing behind."""
    token = offered()
    seen, settings = checked(token), live()
    other = NewPerson("Eve Moriarty", "eve", "eve@example.com", "otter-lamp-river-43")
    setup.complete(MAYA, Choices("Harbour", provider_on=False), seen, settings, ORIGIN)
    with pytest.raises(SetUpClosed):
        setup.complete(other, Choices("Evil", provider_on=True), seen, settings, ORIGIN)
    assert [user.username for user in User.scan()] == ["maya"]
    assert (live().site_name, len(list(Session.scan())), len(list(Team.scan()))) == ("Harbour", 1, 1)


def test_a_second_admin_row_stops_set_up_whatever_link_there_is() -> None:
    """A link that outlived set-up opens nothing."""
    completed(offered())
    SetUp(name="setup", token_hash=fingerprint("gpu_late"), until=NOON + 1000, failures=0, ttl=NOON).save()
    with pytest.raises(SetUpClosed):
        checked("gpu_late")


def test_that_somebody_is_there_stops_it_even_with_the_link_back() -> None:
    """DESIGN section 2: the `admins` row is put if it does not exist; the link alone does not decide."""
    token = offered()
    seen = checked(token)
    completed(token)
    seen.save()
    other = NewPerson("Eve Moriarty", "eve", "eve@example.com", "otter-lamp-river-43")
    with pytest.raises(SetUpClosed):
        setup.complete(other, Choices("Evil", provider_on=True), seen, live(), ORIGIN)
    assert [user.username for user in User.scan()] == ["maya"]


def test_set_up_is_recorded_without_a_secret() -> None:
    """DESIGN section 4: never a secret in the audit."""
    token = offered()
    user = completed(token)
    events = list(Event.scan())
    assert [(event.action, event.object, event.user_id) for event in events] == [
        ("server.set_up", "maya", user.user_id)
    ]
    assert not any(secret in str(events[0].to_dynamodb_dict()) for secret in (token, MAYA.password))


@pytest.mark.parametrize(
    ("site_name", "problem"),
    [("H", False), ("n" * 30, False), ("", True), ("n" * 31, True), ("a\u202eb", True)],
)
def test_the_server_name_has_1_to_30_characters(site_name: str, problem: bool) -> None:
    """Ux 6.1."""
    found = setup.problems(MAYA, Choices(site_name, provider_on=False))
    assert ("site_name" in found) is problem


def test_all_problems_are_said_at_once() -> None:
    """Ux 6.1."""
    found = setup.problems(NewPerson("", "", "", ""), Choices("", provider_on=False))
    assert list(found) == ["full_name", "username", "email", "password", "site_name"]
