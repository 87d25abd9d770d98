"""Set-up: the first System Admin, team and Town Square, once, by whoever holds the one-time link (ux 6.1)."""

import time
from typing import NamedTuple

from chalicelib import config, policy
from chalicelib.accounts import people, sessions
from chalicelib.accounts.people import NewPerson
from chalicelib.accounts.sessions import Opened
from chalicelib.credentials import fingerprint, new_id, new_link_token, same
from chalicelib.errors import SetUpClosed
from chalicelib.store import admins, places, users
from chalicelib.store import sessions as stored_sessions
from chalicelib.store.admins import ADMINS, SET_UP_TRIES, Admins, SetUp
from chalicelib.store.audit import Origin, event
from chalicelib.store.places import Channel
from chalicelib.store.reading import read
from chalicelib.store.settings import Settings, changed
from chalicelib.store.users import ADMIN_ROLES
from chalicelib.store.writing import Change, ConditionFailed, Contention, write_together

TEAM_NAME = "main"
TOWN_SQUARE = places.TOWN_SQUARE


class Choices(NamedTuple):
    """What the first System Admin decides about the server."""

    site_name: str
    provider_on: bool


def new_link() -> str | None:
    """Make a set-up link, good for 24 hours, in place of any older one; None when a System Admin is there already."""
    if read(ADMINS)[ADMINS] is not None:
        return None
    token = new_link_token("gpu_")
    until = int(time.time() * 1000) + policy.milliseconds(policy.SET_UP_LINK)
    admins.offer_set_up(fingerprint(token), until)
    return config.current().url(f"/setup?token={token}")


def check(token: str, set_up: SetUp | None, there: Admins | None, now: int) -> SetUp:
    """Check the link; a wrong guess is counted, and ten kill it.

    Raises:
        SetUpClosed: somebody set the server up already, or the link is missing, wrong or old.
        Contention: another guess was counted at the same moment: read again and decide again.

    """
    if there is not None or set_up is None or now >= set_up.until or set_up.failures >= SET_UP_TRIES:
        raise SetUpClosed
    if not same(fingerprint(token), set_up.token_hash):
        if token:
            _count_miss(set_up)
        raise SetUpClosed
    return set_up


def complete(person: NewPerson, choices: Choices, set_up: SetUp, settings: Settings, origin: Origin) -> Opened:
    """Create the first System Admin with a session, the team and Town Square: all of it once, or nothing.

    Raises:
        SetUpClosed: somebody else was faster; the database decides who is first.
        Contention: DynamoDB could not decide.

    """
    user = people.new_user(person, roles=ADMIN_ROLES, now=origin.now, vouched=True)
    opened = sessions.prepare(user, settings, origin)
    first = [admins.set_up_used(set_up, origin.now), admins.first_admin(user.user_id), *users.added(user)]
    chosen = changed(settings, {"site_name": choices.site_name, "provider_on": choices.provider_on})
    workspace = _workspace(user.user_id, choices.site_name, origin.now)
    recorded = event(origin, "server.set_up", person.username, user_id=user.user_id)
    try:
        write_together(*first, *chosen, *workspace, stored_sessions.opened(opened.session), recorded)
    except ConditionFailed as failure:
        raise SetUpClosed from failure
    return opened


def _count_miss(set_up: SetUp) -> None:
    try:
        admins.set_up_missed(set_up)
    except ConditionFailed as failure:
        raise Contention from failure


def _workspace(user_id: str, site_name: str, now: int) -> list[Change]:
    team_id, channel_id = new_id(), new_id()
    name, display_name = TOWN_SQUARE
    channel = Channel(
        channel_id=channel_id,
        team_id=team_id,
        name=name,
        display_name=display_name,
        kind=places.OPEN,
        creator_id=user_id,
        created_at=now,
        updated_at=now,
        version=1,
    )
    return [
        *places.team_added(team_id, name=TEAM_NAME, display_name=site_name, now=now),
        *places.channel_added(channel),
        places.joined(user_id, f"t#{team_id}", admin=True),
        places.joined(user_id, f"c#{channel_id}", admin=True),
    ]


def problems(person: NewPerson, choices: Choices) -> dict[str, str]:
    """What is wrong with the set-up form, by field."""
    found = dict(people.problems(person))
    if not choices.site_name or len(choices.site_name) > 30 or not choices.site_name.isprintable():
        found["site_name"] = "Enter a server name of 1 to 30 ordinary characters"
    return found
