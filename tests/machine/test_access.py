"""People, applications and tokens in any order of events, against a small model of who may still call (issue 4).

The model knows nothing of rows, keys or JSON Web Tokens: an access is alive while nothing it hangs on has ended.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chalicelib.accounts import people
from chalicelib.credentials import new_id
from chalicelib.oauth import grants, registration
from chalicelib.store import clients
from chalicelib.store import settings as stored_settings
from chalicelib.store.grants import grant_key
from chalicelib.store.users import User
from chalicelib.store.writing import write_together
from local.emulator import Rows, put_back
from local.server import Server
from tests.browser import Answer, Browser, call, exchange, me, refresh
from tests.conftest import NOON
from tests.make import App, World

GRACE, HOUR = 30, 3600
LATEST = 4
FIRST = ((False, False), (True, True))  # the first applications: public, trusted
NAMES = st.sampled_from(["leo", "ana"])
GONE = {"active": False}


@dataclass
class Access:
    """One install: whose, of which application, and everything the model knows about it."""

    person: str
    app: App
    grant: int
    scope: str
    tokens: list[dict[str, Any]]
    issued_at: int
    rotated_at: int
    ended: bool = False


@dataclass
class Model:
    """What stands: the provider, people, applications, and the number of the grant between two of them."""

    provider_on: bool = True
    active: dict[str, bool] = field(default_factory=lambda: {"leo": True, "ana": True})
    usable: dict[str, bool] = field(default_factory=dict)
    grants: dict[tuple[str, str], int] = field(default_factory=dict)
    given: int = 0

    def stands(self, access: Access) -> bool:
        """Whether everything an access hangs on is there."""
        held = self.grants.get((access.person, access.app.client_id))
        able = self.provider_on and self.active[access.person] and self.usable.get(access.app.client_id, False)
        return able and not access.ended and held == access.grant

    def forget(self, person: str | None = None, client_id: str | None = None) -> None:
        """Take grants back, of a person, of an application, or all of them."""
        self.grants = {
            key: number
            for key, number in self.grants.items()
            if (person is not None and key[0] != person) or (client_id is not None and key[1] != client_id)
        }


class Machine(RuleBasedStateMachine):
    """Gatepost and the model, side by side."""

    world: World
    rows: Rows
    clock: time_machine.Traveller

    apps = Bundle("apps")
    accesses = Bundle("accesses")

    def __init__(self) -> None:
        super().__init__()
        put_back(self.rows)
        self.clock.move_to(NOON)
        self.model, self.all = Model(), list[Access]()
        # Every run begins with people who use applications: left to chance, most runs would have nobody sign in.
        self.first_apps = [self.registered(public=public, trusted=trusted) for public, trusted in FIRST]
        pairs = [(name, app) for name in ("leo", "ana") for app in self.first_apps]
        self.first_accesses = [self.signed_in(name, app, "user") for name, app in pairs]

    @initialize(target=apps)
    def apps_there_are(self) -> Any:
        """Two applications are registered: one asks, one is trusted and has no secret."""
        return multiple(*self.first_apps)

    @initialize(target=accesses)
    def accesses_there_are(self) -> Any:
        """Both people use both."""
        return multiple(*self.first_accesses)

    # --- applications -------------------------------------------------------------------------------------------

    @rule(target=apps, public=st.booleans(), trusted=st.booleans())
    def register(self, public: bool, trusted: bool) -> App:
        """Somebody registers an application."""
        return self.registered(public=public, trusted=trusted)

    @rule(app=consumes(apps))
    def delete(self, app: App) -> None:
        """An application is deleted: all access through it ends."""
        registration.delete(self.world.client(app.client_id), self.world.origin())
        self.model.usable[app.client_id] = False
        self.model.forget(client_id=app.client_id)

    @rule(app=apps, suspended=st.booleans())
    def suspend_or_resume(self, app: App, suspended: bool) -> None:
        """An application is stopped and started again: what it had comes back."""
        write_together(*clients.changed(self.world.client(app.client_id), {"suspended": suspended}))
        self.model.usable[app.client_id] = not suspended

    @rule(app=apps)
    def regenerate_and_go_back(self, app: App) -> None:
        """A secret is replaced and the old one put back: tokens do not notice."""
        client = self.world.client(app.client_id)
        if client.public:
            return
        registration.regenerate_secret(client, self.world.origin())
        replaced = self.world.client(app.client_id)
        write_together(*clients.changed(replaced, {"secrets": client.secrets}))

    # --- people -------------------------------------------------------------------------------------------------

    @rule(name=NAMES)
    def deactivate(self, name: str) -> None:
        """A person is deactivated: everything they allowed is gone, also after they come back."""
        people.deactivate(self.user(name), self.world.origin())
        if self.model.active[name]:
            self.model.forget(person=name)
        self.model.active[name] = False

    @rule(name=NAMES)
    def reactivate(self, name: str) -> None:
        """A person comes back."""
        people.reactivate(self.user(name), self.world.origin())
        self.model.active[name] = True

    @rule(name=NAMES)
    def revoke_everything(self, name: str) -> None:
        """A person takes back what they allowed, from every application."""
        people.revoke_all_apps(self.user(name), self.world.origin())
        self.model.forget(person=name)

    # --- the server ---------------------------------------------------------------------------------------------

    @rule(on=st.booleans())
    def switch_provider(self, on: bool) -> None:
        """The provider is switched: what stood works again when it is back."""
        self.world.set(provider_on=on)
        self.model.provider_on = on

    @rule()
    def restore(self) -> None:
        """A backup is restored: a new epoch begins and all consent is void."""
        write_together(*stored_settings.changed(self.world.settings(), {"epoch": new_id()}))
        self.model.forget()

    @rule(seconds=st.sampled_from([1, 1, GRACE + 1, HOUR]))
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.clock.shift(seconds)

    # --- the flow -----------------------------------------------------------------------------------------------

    @rule(target=accesses, name=NAMES, app=apps, scope=st.sampled_from(["user", "posts:read", "users:read"]))
    def sign_in(self, name: str, app: App, scope: str) -> Access | None:
        """A person signs in to an application, pressing Allow where they are asked."""
        return self.signed_in(name, app, scope)

    @rule(target=accesses, access=accesses)
    def sign_in_again(self, access: Access | None) -> Access | None:
        """Somebody comes back to an application they used: nothing of before revives by that."""
        if access is None:
            return None
        return self.signed_in(access.person, access.app, access.scope)

    @invariant()
    def the_latest_are_agreed_about(self) -> None:
        """After every step the newest access tokens of the latest installs work or do not, as the model says."""
        for access in self.all[-LATEST:]:
            self.agree(access)

    @rule(access=accesses, times=st.integers(1, 3))
    def refresh(self, access: Access | None, times: int) -> None:
        """An application refreshes, more than once: it works exactly while the access stands."""
        if access is None:
            return
        for _ in range(times):
            self.refresh_once(access)

    def renewed(self, access: Access, count: int) -> bool:
        """Whether there have been so many tokens; an access that stands is refreshed until there have."""
        while len(access.tokens) < count and self.model.stands(access):
            self.refresh_once(access)
        return len(access.tokens) >= count

    def refresh_once(self, access: Access) -> None:
        """Refresh, here and in the model."""
        answer = self.refreshed(access, -1)
        if not self.model.stands(access):
            assert answer.status in {400, 401, 501}
            return
        access.tokens.append(self.granted(answer))
        access.issued_at = access.rotated_at = self.now

    @rule(access=accesses)
    def retry(self, access: Access | None) -> None:
        """An application lost the answer: within the grace it gets the same successor, later it ends the access."""
        if access is None or not self.renewed(access, 2):
            return
        grace = 10 if self.world.find(clients.main_key(access.app.client_id)) and self.public(access) else GRACE
        answer = self.refreshed(access, -2)
        if not self.model.stands(access):
            assert answer.status in {400, 401, 501}
        elif self.now - access.rotated_at <= grace:
            tokens = self.granted(answer)
            assert tokens["refresh_token"] == access.tokens[-1]["refresh_token"]
            access.tokens[-1], access.issued_at = tokens, self.now
        else:
            assert answer.json["error"] == "invalid_grant"
            access.ended = True

    @rule(access=accesses)
    def replay(self, access: Access | None) -> None:
        """Somebody presents a refresh token of long ago: it is refused, and the access ends."""
        if access is None or not self.renewed(access, 3):
            return
        answer = self.refreshed(access, 0)
        assert answer.status in {400, 401, 501}
        access.ended = access.ended or self.model.stands(access)

    @rule(access=accesses, kind=st.sampled_from(["access_token", "refresh_token"]))
    def give_back(self, access: Access | None, kind: str) -> None:
        """An application gives its tokens back (RFC 7009)."""
        if access is None:
            return
        sent = call("POST", "/oauth/revoke", data=self.form(access.app) | {"token": access.tokens[-1][kind]})
        known = self.model.provider_on and self.model.usable.get(access.app.client_id, False)
        assert (sent.status == 200) is known
        fresh = kind == "refresh_token" or self.fresh(access)
        access.ended = access.ended or (known and fresh)

    @rule(access=accesses)
    def take_back(self, access: Access | None) -> None:
        """The person revokes the application: all its installs end."""
        if access is None:
            return
        user = self.user(access.person)
        grant = self.world.find(grant_key(user.user_id, access.app.client_id))
        grants.revoke(grant, self.world.origin())
        self.model.grants.pop((access.person, access.app.client_id), None)

    @precondition(lambda self: self.model.provider_on)
    @rule(access=accesses)
    def introspect(self, access: Access | None) -> None:
        """Introspection says what the API says."""
        if access is None or not self.model.usable.get(access.app.client_id) or self.public(access):
            return
        form = self.form(access.app) | {"token": access.tokens[-1]["access_token"]}
        answer = call("POST", "/oauth/introspect", data=form)
        assert answer.json["active"] is (self.model.stands(access) and self.fresh(access))

    def teardown(self) -> None:
        """In the end the model and Gatepost agree about everything there ever was."""
        for access in self.all:
            self.agree(access)

    # --- what the rules share -----------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """The moment it is, in seconds."""
        return self.world.now // 1000

    def user(self, name: str) -> User:
        """A person as they are."""
        return self.world.user({"leo": self.world.leo, "ana": self.world.ana}[name].user_id)

    def registered(self, *, public: bool, trusted: bool) -> App:
        """Register an application, here and in the model."""
        app = self.world.app(public=public, trusted=trusted)
        self.model.usable[app.client_id] = True
        return app

    def signed_in(self, name: str, app: App, scope: str) -> Access | None:
        """Sign somebody in to an application, here and in the model; None where that cannot be."""
        browser = Browser().holding(self.world.session(self.user(name)))
        answer = browser.authorize(app, scope=scope)
        able = self.model.provider_on and self.model.active[name] and self.model.usable.get(app.client_id, False)
        if not able:
            assert "code" not in answer.answer
            return None
        if answer.status == 200:
            answer = browser.decide(answer, "allow")
        tokens = self.granted(exchange(app, answer.answer["code"]))
        if (name, app.client_id) not in self.model.grants:
            self.model.given += 1
            self.model.grants[name, app.client_id] = self.model.given
        number, now = self.model.grants[name, app.client_id], self.now
        access = Access(name, app, number, scope, [tokens], issued_at=now, rotated_at=now)
        self.all.append(access)
        return access

    def agree(self, access: Access) -> None:
        """The newest access token works exactly while the access stands and the token is fresh."""
        expected = self.model.stands(access) and self.fresh(access)
        status = me(access.tokens[-1]["access_token"]).status
        covered = 200 if access.scope in {"user", "users:read"} else 403
        assert status == (covered if expected else 401), (access.person, access.scope, expected)

    def fresh(self, access: Access) -> bool:
        """Whether the newest access token has not expired."""
        return self.now < access.issued_at + HOUR

    def public(self, access: Access) -> bool:
        """Whether the application has no secret."""
        return access.app.secret == ""

    def refreshed(self, access: Access, number: int) -> Answer:
        """Use one of the refresh tokens there have been."""
        text = access.tokens[number]["refresh_token"]
        if not self.public(access):
            return refresh(access.app, text)
        form = self.form(access.app) | {"grant_type": "refresh_token", "refresh_token": text}
        return call("POST", "/oauth/access_token", data=form)

    def form(self, app: App) -> dict[str, str]:
        """The credentials of an application in a form."""
        return {"client_id": app.client_id} | ({"client_secret": app.secret} if app.secret else {})

    def granted(self, answer: Answer) -> dict[str, Any]:
        """Tokens that were given."""
        assert answer.status == 200, answer.text
        tokens: dict[str, Any] = answer.json
        return tokens


@pytest.fixture
def machine(peopled: tuple[World, Rows], server: Server, world: World) -> type[Machine]:
    """The machine, standing on this test's world."""
    Machine.world, Machine.rows, Machine.clock = world, peopled[1], world.clock
    return Machine


def profile(runs: int, steps: int) -> settings:
    """How often and how far."""
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
    return settings(max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=checks)


def test_no_order_of_events_gives_or_takes_access_that_the_model_does_not(machine: type[Machine]) -> None:
    """Issue 4: 40 runs of 30 steps."""
    run_state_machine_as_test(machine, settings=profile(40, 30))


@pytest.mark.full
def test_no_long_order_of_events_does_either(machine: type[Machine]) -> None:
    """Issue 4: 1,000 runs of 50 steps."""
    run_state_machine_as_test(machine, settings=profile(1000, 50))
