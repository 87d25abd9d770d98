"""Demo data: two people, a team with two channels, and the sample client as a registered application."""

import secrets
import time
from typing import TypedDict

from chalicelib.accounts.people import NewPerson, new_user
from chalicelib.accounts.setup import TEAM_NAME, TOWN_SQUARE
from chalicelib.credentials import new_id
from chalicelib.oauth import registration
from chalicelib.oauth.registration import Draft
from chalicelib.store import admins, places, posts, users
from chalicelib.store.audit import Origin
from chalicelib.store.places import Channel
from chalicelib.store.posts import Post
from chalicelib.store.reading import read
from chalicelib.store.settings import Settings, changed, settings_key
from chalicelib.store.users import ADMIN_ROLES, MEMBER_ROLES, User
from chalicelib.store.writing import Change, write_together

WORDS = [
    "otter",
    "lamp",
    "river",
    "cedar",
    "moon",
    "field",
    "amber",
    "stone",
    "maple",
    "quiet",
    "harbor",
    "violet",
    "ember",
    "meadow",
    "copper",
    "willow",
]
PRIVATE = ("project-lighthouse", "Project Lighthouse")
WELCOME = "Welcome to Town Square.\nAn application you allow can post here for you: let the sample client say hello."


class Account(TypedDict):
    """Somebody to sign in as."""

    username: str
    email: str
    password: str
    role: str


class SampleClient(TypedDict):
    """The sample client's registration."""

    url: str
    client_id: str
    client_secret: str
    redirect_uri: str


class Demo(TypedDict):
    """What `demo.json` holds (DESIGN section 8)."""

    base_url: str
    accounts: list[Account]
    sample_client: SampleClient


def load(issuer: str, sample_url: str) -> Demo:
    """Make the demo data in empty tables, with passwords made anew; the provider is on.

    Raises:
        ConditionFailed: somebody has set this server up already.

    """
    now = time.time_ns() // 1_000_000
    maya, admin = _person("Maya Okafor", "maya", "system_admin", now)
    leo, member = _person("Leo Wong", "leo", "member", now)
    people = [*users.added(maya), *users.added(leo), admins.first_admin(maya.user_id)]
    write_together(*people, *_workspace(maya, leo, now), *changed(_settings(), {"provider_on": True}))
    return {"base_url": issuer, "accounts": [admin, member], "sample_client": _sample(maya, sample_url, now)}


def _person(full_name: str, username: str, role: str, now: int) -> tuple[User, Account]:
    words = [secrets.choice(WORDS) for _ in range(3)]
    password = f"{'-'.join(words)}-{secrets.randbelow(90) + 10}"
    email = f"{username}@example.com"
    roles = ADMIN_ROLES if role == "system_admin" else MEMBER_ROLES
    user = new_user(NewPerson(full_name, username, email, password), roles=roles, now=now, vouched=True)
    return user, {"username": username, "email": email, "password": password, "role": role}


def _workspace(maya: User, leo: User, now: int) -> list[Change]:
    team_id = new_id()
    square, private = _channel(team_id, TOWN_SQUARE, "O", maya, now), _channel(team_id, PRIVATE, "P", maya, now)
    return [
        *places.team_added(team_id, name=TEAM_NAME, display_name="Gatepost", now=now),
        *places.channel_added(square),
        *places.channel_added(private),
        posts.added(_post(square, maya, WELCOME, now)),
        places.joined(maya.user_id, f"t#{team_id}", admin=True),
        places.joined(leo.user_id, f"t#{team_id}"),
        places.joined(maya.user_id, f"c#{square.channel_id}", admin=True),
        places.joined(leo.user_id, f"c#{square.channel_id}"),
        places.joined(maya.user_id, f"c#{private.channel_id}", admin=True),
    ]


def _channel(team_id: str, names: tuple[str, str], kind: str, creator: User, now: int) -> Channel:
    return Channel(
        channel_id=new_id(),
        team_id=team_id,
        name=names[0],
        display_name=names[1],
        kind=kind,
        creator_id=creator.user_id,
        created_at=now,
        updated_at=now,
        version=1,
    )


def _post(channel: Channel, author: User, message: str, now: int) -> Post:
    post_id = new_id()
    return Post(
        post_id=post_id,
        channel_id=channel.channel_id,
        team_id=channel.team_id,
        user_id=author.user_id,
        message=message,
        props={},
        created_at=now,
        updated_at=now,
        reply_count=0,
        posted=posts.moment(now, post_id),
        version=1,
    )


def _sample(creator: User, url: str, now: int) -> SampleClient:
    callback = f"{url}/callback"
    draft = Draft(
        name="Sample Client",
        description="Shows what signing in with Gatepost looks like, step by step.",
        homepage=url,
        icon_url="",
        redirect_uris=[callback],
    )
    origin = Origin(creator.user_id, "127.0.0.1", "demo data", new_id(), now)
    client_id, secret = registration.register(draft, creator, origin)
    return {"url": url, "client_id": client_id, "client_secret": secret, "redirect_uri": callback}


def _settings() -> Settings:
    live = settings_key()
    settings = read(live)[live]
    if settings is None:
        raise LookupError("the tables are not provisioned")
    return settings
