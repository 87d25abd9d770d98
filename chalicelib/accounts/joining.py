"""How people get an account: by invitation, by open sign-up, or made by a System Admin (ux 6.3, 6.15)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, Literal

from chalicelib import config, policy
from chalicelib.accounts import people, sessions
from chalicelib.accounts.people import NewPerson
from chalicelib.accounts.sessions import Opened
from chalicelib.accounts.setup import TEAM_NAME, TOWN_SQUARE
from chalicelib.accounts.sign_in import login_key, network_of
from chalicelib.credentials import fingerprint, new_link_token
from chalicelib.errors import LinkDead, SignUpClosed, TooManyTries
from chalicelib.store import admins, invites, places
from chalicelib.store import sessions as stored_sessions
from chalicelib.store.audit import Origin, event
from chalicelib.store.invites import INVITATION, Invite, invite_key
from chalicelib.store.limits import Bucket, record_once, tried, window_end
from chalicelib.store.reading import Key, read
from chalicelib.store.settings import Settings
from chalicelib.store.users import ADMIN_ROLES, MEMBER_ROLES, User, name_key, user_key
from chalicelib.store.writing import Change, ConditionFailed, write, write_together

MAX_INVITED: Final = 20  # at once: one line each
Role = Literal["member", "system_admin"]
Verdict = Literal["invited", "member", "not_an_email"]


@dataclass(frozen=True, slots=True)
class Invited:
    """What became of one line of an invitation; the link is here once, to be handed on."""

    email: str
    verdict: Verdict
    link: str = field(default="", repr=False)


def invite(emails: list[str], role: Role, by: User, settings: Settings, origin: Origin) -> list[Invited]:
    """Make a link for everybody who has no account yet: one read, and one transaction each.

    Raises:
        Contention: DynamoDB could not decide.

    """
    keys = {email: login_key(email) for email in emails if people.email_problem(email) is None}
    rows = read(*keys.values()) if keys else None
    members = {email for email, key in keys.items() if rows and rows[key]}
    verdicts = {email: _verdict(email, keys.keys(), members) for email in emails}
    return [
        Invited(email, verdict, _offer(email, role, by, settings, origin) if verdict == "invited" else "")
        for email, verdict in verdicts.items()
    ]


def check(found: Invite | None, settings: Settings, now: int) -> Invite:
    """Check an invitation; looking at it uses nothing up.

    Who invited must still be a System Admin: an administrator who is sent away leaves no doors open.

    Raises:
        LinkDead: it was used or withdrawn, is too old, or is of before a restore.

    """
    if found is None or found.kind != INVITATION or now >= found.until or found.epoch != settings.epoch:
        raise LinkDead
    by = user_key(found.by_id)
    inviter = read(by)[by]
    if inviter is None or not inviter.active or not inviter.is_admin:
        raise LinkDead
    return found


def accept(found: Invite, person: NewPerson, settings: Settings, origin: Origin) -> Opened:
    """Make the account an invitation is for, signed in; the invitation works once.

    Raises:
        LinkDead: somebody used it first.
        NameTaken: the username or e-mail address is somebody else's.
        Contention: DynamoDB could not decide.

    """
    admin = found.role == "system_admin"
    user = people.new_user(person, roles=ADMIN_ROLES if admin else MEMBER_ROLES, now=origin.now, vouched=True)
    promoted = [admins.admin_added(user.user_id)] if admin else []
    try:
        return _joined(user, settings, origin, "user.join", invites.used(found, origin.now), *promoted)
    except ConditionFailed as failure:
        raise LinkDead from failure


def withdraw(found: Invite, origin: Origin) -> None:
    """Take an invitation back.

    Raises:
        ConditionFailed: it is gone already.
        Contention: DynamoDB could not decide.

    """
    write_together(invites.withdrawn(found), event(origin, "user.invitation_withdrawn", found.email or ""))


def check_open(settings: Settings) -> None:
    """Check whether everybody can make an account.

    Raises:
        SignUpClosed: only people with an invitation can.

    """
    if not settings.open_sign_up:
        raise SignUpClosed


def sign_up(person: NewPerson, settings: Settings, origin: Origin) -> Opened:
    """Make an account for whoever comes, where that is open; signed in.

    Raises:
        SignUpClosed: it is not open.
        TooManyTries: too many from this network; counted before the password is hashed.
        NameTaken: the username or e-mail address is somebody else's.
        Contention: DynamoDB could not decide.

    """
    check_open(settings)
    _reserve(origin)
    user = people.new_user(person, roles=MEMBER_ROLES, now=origin.now, vouched=False)
    return _joined(user, settings, origin, "user.sign_up")


def add(person: NewPerson, origin: Origin) -> User:
    """Make an account for somebody else, as a System Admin.

    Raises:
        NameTaken: the username or e-mail address is somebody else's.
        Contention: DynamoDB could not decide.

    """
    user = people.new_user(person, roles=MEMBER_ROLES, now=origin.now, vouched=True)
    recorded = event(origin, "user.add", user.username, user_id=user.user_id)
    people.add(user, *_home(user.user_id), recorded)
    return user


def invitation_of(token: str) -> Key[Invite]:
    """The key of the row a link leads to."""
    return invite_key(fingerprint(token))


def _reserve(origin: Origin) -> None:
    until = window_end(int(policy.SIGN_UP_WINDOW.total_seconds()), origin.now)
    bucket = Bucket(f"sign-up#{network_of(origin.network)}", policy.SIGN_UPS_PER_NETWORK, until)
    try:
        write(tried(bucket))
    except ConditionFailed as failure:
        record_once(bucket, origin, "user.sign_up")
        raise TooManyTries(bucket.left(origin.now)) from failure


def _joined(user: User, settings: Settings, origin: Origin, action: str, *others: Change) -> Opened:
    opened = sessions.prepare(user, settings, origin)
    recorded = event(origin, action, user.username, user_id=user.user_id)
    people.add(user, *_home(user.user_id), stored_sessions.opened(opened.session), recorded, *others)
    return opened


def _home(user_id: str) -> list[Change]:
    """Everybody starts in the first team and in Town Square, while they are there: two look-ups by name."""
    team = name_key("t", TEAM_NAME)
    team_row = read(team)[team]
    if team_row is None:
        return []
    square, held = name_key("c", f"{team_row.owner_id}#{TOWN_SQUARE[0]}"), places.team_key(team_row.owner_id)
    rows = read(square, held)
    there, square_row = rows[held], rows[square]
    if there is None or there.deleted:
        return []
    homes = [f"t#{team_row.owner_id}", *([f"c#{square_row.owner_id}"] if square_row else [])]
    return [places.joined(user_id, place) for place in homes]


def _verdict(email: str, known: Collection[str], members: Collection[str]) -> Verdict:
    if email not in known:
        return "not_an_email"
    return "member" if email in members else "invited"


def _offer(email: str, role: Role, by: User, settings: Settings, origin: Origin) -> str:
    token = new_link_token("gpi_")
    until = origin.now + policy.milliseconds(policy.INVITATION)
    row = Invite(
        token_hash=fingerprint(token),
        kind=INVITATION,
        epoch=settings.epoch,
        by_id=by.user_id,
        by_name=by.name,
        email=email,
        role=role,
        created_at=origin.now,
        until=until,
        ttl=until // 1000,
    )
    write_together(invites.offered(row), event(origin, "user.invite", email))
    return config.current().url(f"/invite/{token}")
