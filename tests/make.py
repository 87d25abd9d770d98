"""Builders of valid records: people, applications, authorizations; made by the product's own functions."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from time_machine import Traveller

from chalicelib.accounts import sessions
from chalicelib.accounts.people import NewPerson, new_user
from chalicelib.credentials import new_id
from chalicelib.oauth import registration, resource_servers
from chalicelib.oauth.registration import Draft
from chalicelib.store import admins, settings, users
from chalicelib.store.audit import Origin
from chalicelib.store.clients import Client, main_key
from chalicelib.store.reading import Key, R, read
from chalicelib.store.settings import Settings, Value, settings_key
from chalicelib.store.users import ADMIN_ROLES, MEMBER_ROLES, User, user_key
from chalicelib.store.writing import write_together

PASSWORD = "otter-lamp-river-42"
CALLBACK = "https://standup.example.net/oauth/callback"
SECOND_CALLBACK = "https://standup.example.net/second?simply=lovely"
CALENDAR = "https://calendar.example.net/api"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636 appendix B
NETWORK = "127.0.0.1"

DRAFT = Draft(
    name="Standup Notes",
    description="Collects daily updates and posts one summary.",
    homepage="https://standup.example.net",
    icon_url="",
    redirect_uris=[CALLBACK, SECOND_CALLBACK],
)


@dataclass(frozen=True, slots=True)
class App:
    """A registered application and the secret only its owner has."""

    client_id: str
    secret: str
    redirect_uri: str

    @property
    def basic(self) -> tuple[str, str]:
        """Credentials for HTTP Basic."""
        return self.client_id, self.secret


class World:
    """A server with people: what tests change directly, without a browser."""

    clock: Traveller  # not there in journeys, where time is real

    def __init__(self, clock: Traveller | None = None) -> None:
        if clock is not None:
            self.clock = clock
        self.maya = self.person("maya", "Maya Okafor", admin=True)
        self.leo = self.person("leo", "Leo Wong")
        self.ana = self.person("ana", "Ana Duarte")

    @classmethod
    def with_people(cls, clock: Traveller | None = None) -> "World":
        """A server whose provider is on."""
        world = cls(clock)
        world.set(provider_on=True)
        return world

    @property
    def now(self) -> int:
        """The moment it is, in Unix milliseconds."""
        import time

        return time.time_ns() // 1_000_000

    def origin(self, actor_id: str = "test") -> Origin:
        """Where a change of a test comes from: every call is a request of its own."""
        return Origin(actor_id, NETWORK, "a test", new_id(), self.now)

    def person(self, username: str, full_name: str, *, admin: bool = False) -> User:
        """Add somebody; everybody's password is `PASSWORD`."""
        fields = NewPerson(full_name, username, f"{username}@example.com", PASSWORD)
        own = {"user_id": new_id(), "username": username, "email": fields.email}
        own |= {"first_name": fields.first_name, "last_name": fields.last_name}
        own |= {"roles": ADMIN_ROLES} if admin else {}
        user = User(**(_somebody() | own | {"created_at": self.now, "updated_at": self.now}))
        first = [admins.first_admin(user.user_id)] if admin else []
        write_together(*users.added(user), *first)
        return self.user(user.user_id)

    def session(self, user: User) -> str:
        """Sign somebody in without a page; give the token of the session."""
        origin = self.origin(user.user_id)
        opened = sessions.prepare(user, self.settings(), origin)
        write_together(*sessions.opening(opened, user, origin))
        return opened.token

    def app(self, creator: User | None = None, **changes: Any) -> App:
        """Register an application; without changes a confidential one on a server, that needs PKCE."""
        draft = DRAFT._replace(**changes)
        client_id, secret = registration.register(draft, creator or self.maya, self.origin())
        return App(client_id, secret, draft.redirect_uris[0])

    def resource(self, identifier: str = CALENDAR, **changes: Any) -> App:
        """Register another API; gives the client it introspects with, whose `redirect_uri` is the identifier."""
        scopes = [("calendar:read", "See your calendar"), ("calendar:write", "Change your calendar")]
        draft = resource_servers.Draft(identifier, "Calendar", scopes, 300)._replace(**changes)
        resource, secret = resource_servers.register(draft, self.maya, self.origin())
        return App(resource.client_id, secret, identifier)

    def set(self, **values: Value) -> None:
        """Change settings."""
        write_together(*settings.changed(self.settings(), values))

    def settings(self) -> Settings:
        """The settings as they are."""
        return self.row(settings_key())

    def client(self, client_id: str) -> Client:
        """An application as it is."""
        return self.row(main_key(client_id))

    def user(self, user_id: str) -> User:
        """A person as they are."""
        return self.row(user_key(user_id))

    def row(self, key: Key[R]) -> R:
        """A row that is there."""
        row = self.find(key)
        assert row is not None
        return row

    def find(self, key: Key[R]) -> R | None:
        """A row, or None."""
        return read(key)[key]


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@cache
def _somebody() -> dict[str, Any]:
    """A person whose password is hashed once for all tests: hashing is slow on purpose."""
    fields = NewPerson("Any Body", "anybody", "anybody@example.com", PASSWORD)
    return dict(new_user(fields, roles=MEMBER_ROLES, now=0, vouched=True).attribute_values)
