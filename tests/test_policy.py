"""Who may do what and what "alive" means, as tables: each clause has a case that only it refuses (DESIGN section 2)."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import policy
from chalicelib.policy import Standing
from chalicelib.store.authorizations import ACTIVE, ENDED, PENDING, Authorization
from chalicelib.store.clients import Client
from chalicelib.store.grants import Grant
from chalicelib.store.sessions import Session
from chalicelib.store.settings import Settings
from chalicelib.store.users import ADMIN_ROLES, MEMBER_ROLES, User

NOW = 1_000_000
HOURS_12 = 12 * 3600 * 1000


def settings(**changes: Any) -> Settings:
    """A provider that is on."""
    held: dict[str, Any] = {"provider_on": True, "admins_only": True, "epoch": "epoch"}
    return Settings(**held | changes)


def user(**changes: Any) -> User:
    """Leo, active."""
    held: dict[str, Any] = {"user_id": "leo", "active": True, "access_no": 3, "session_no": 5}
    return User(**held | {"roles": MEMBER_ROLES} | changes)


def client(**changes: Any) -> Client:
    """An application of Leo's."""
    held: dict[str, Any] = {
        "client_id": "app",
        "born": "born",
        "suspended": False,
        "scope": "user",
        "creator_id": "leo",
    }
    return Client(**held | {"public": False, "pkce_exempt": False} | changes)


def grant(**changes: Any) -> Grant:
    """What Leo allowed it."""
    held: dict[str, Any] = {
        "grant_id": "grant",
        "client_id": "app",
        "client_born": "born",
        "access_no": 3,
        "epoch": "epoch",
    }
    return Grant(**held | {"scope": "user", "until": None} | changes)


def authorization(**changes: Any) -> Authorization:
    """One sign-in of Leo's to it, with tokens."""
    held: dict[str, Any] = {"state": ACTIVE, "client_id": "app", "grant_id": "grant", "scope": "user"}
    return Authorization(**held | {"idle_until": NOW + 1, "until": NOW + 1} | changes)


def session(**changes: Any) -> Session:
    """A sign-in of Leo's to Gatepost."""
    held: dict[str, Any] = {"session_no": 5, "epoch": "epoch", "until": NOW + 1, "seen_at": NOW}
    return Session(**held | changes)


GOOD = Standing(settings(), user(), client(), grant(), authorization())

# The clauses of alive(authorization) that an authorization hangs on, whatever state it is in itself.
NOT_PERMITTED: dict[str, dict[str, Any]] = {
    "the provider is off": {"settings": settings(provider_on=False)},
    "there is no such person": {"user": None},
    "the person is deactivated": {"user": user(active=False)},
    "there is no such application": {"client": None},
    "the application is suspended": {"client": client(suspended=True)},
    "the row is another application's": {"client": client(client_id="other")},
    "there is no grant": {"grant": None},
    "the grant is over": {"grant": grant(until=NOW)},
    "the grant is of an application that had this id before": {"grant": grant(client_born="older")},
    "the grant is of before all access was ended": {"grant": grant(access_no=2)},
    "the grant is of another epoch": {"grant": grant(epoch="older")},
    "the application was born again": {"client": client(born="again")},
    "all access of the person was ended": {"user": user(access_no=4)},
    "the server was restored": {"settings": settings(epoch="newer")},
    "there is no authorization": {"authorization": None},
    "the authorization is another application's": {"authorization": authorization(client_id="other")},
    "the authorization hangs on an older grant": {"authorization": authorization(grant_id="older")},
}
NOT_ALIVE: dict[str, dict[str, Any]] = NOT_PERMITTED | {
    "its code was not exchanged": {"authorization": authorization(state=PENDING)},
    "it was ended": {"authorization": authorization(state=ENDED)},
    "nobody used it for long": {"authorization": authorization(idle_until=NOW)},
    "it has no idle limit": {"authorization": authorization(idle_until=None)},
    "it is too old": {"authorization": authorization(until=NOW)},
}


def test_an_authorization_with_everything_in_order_is_alive() -> None:
    """DESIGN section 2, alive(authorization)."""
    assert policy.alive(GOOD, "app", NOW)


@pytest.mark.parametrize("change", NOT_ALIVE.values(), ids=NOT_ALIVE)
def test_one_thing_out_of_order_and_it_is_not(change: dict[str, Any]) -> None:
    """DESIGN section 2, alive(authorization): every clause."""
    assert not policy.alive(GOOD._replace(**change), "app", NOW)


def test_it_is_not_alive_for_another_application() -> None:
    """DESIGN section 2: the client id presented."""
    assert not policy.alive(GOOD, "other", NOW)


@pytest.mark.parametrize("change", NOT_PERMITTED.values(), ids=NOT_PERMITTED)
def test_a_code_is_not_exchanged_for_what_would_not_live(change: dict[str, Any]) -> None:
    """DESIGN section 2: the exchange asks for everything but the state."""
    assert not policy.permits(GOOD._replace(**change), "app", NOW)


def test_a_pending_authorization_is_permitted_and_not_alive() -> None:
    """DESIGN section 2."""
    pending = GOOD._replace(authorization=authorization(state=PENDING, idle_until=None))

    assert policy.permits(pending, "app", NOW)
    assert not policy.alive(pending, "app", NOW)


@pytest.mark.parametrize(("until", "stands"), [(None, True), (NOW + 1, True), (NOW, False)])
def test_a_grant_may_have_an_end(until: int | None, stands: bool) -> None:
    """DESIGN section 2: chosen by the person."""
    asked = grant(until=until)

    assert policy.grant_stands(asked, user=user(), client=client(), settings=settings(), now=NOW) is stands


NO_SESSION = {
    "there is none": {"session": None},
    "there is no such person": {"user": None},
    "the person is deactivated": {"user": user(active=False)},
    "all sessions were ended": {"user": user(session_no=6)},
    "the server was restored": {"settings": settings(epoch="newer")},
    "it is too old": {"session": session(until=NOW)},
    "nobody used it for twelve hours": {"session": session(seen_at=NOW - HOURS_12)},
}
A_SESSION: dict[str, Any] = {"session": session(), "user": user(), "settings": settings(), "now": NOW}


def test_a_session_with_everything_in_order_is_alive() -> None:
    """DESIGN section 2, alive(session)."""
    assert policy.session_alive(**A_SESSION)


@pytest.mark.parametrize("change", NO_SESSION.values(), ids=NO_SESSION)
def test_one_thing_out_of_order_and_the_session_is_over(change: dict[str, Any]) -> None:
    """DESIGN section 2, alive(session): every clause (the hash is compared where the token is)."""
    assert not policy.session_alive(**A_SESSION | change)


def test_sessions_do_not_depend_on_the_provider() -> None:
    """DESIGN section 2: System Admins must be able to switch it on."""
    assert policy.session_alive(**A_SESSION | {"settings": settings(provider_on=False)})


@pytest.mark.parametrize(
    ("token", "authorized", "granted", "listed", "held"),
    [
        ("a b c", "a b c", "a b c", "a b c", "a b c"),
        ("a", "a b c", "a b c", "a b c", "a"),
        ("a b c", "a", "a b c", "a b c", "a"),
        ("a b c", "a b c", "a", "a b c", "a"),
        ("a b c", "a b c", "a b c", "a", "a"),
        ("a b", "b c", "a b c", "a b c", "b"),
        ("a", "b", "c", "d", ""),
        ("posts:read", "user", "user", "user", "posts:read"),
        ("user", "user", "user", "posts:read", "posts:read"),
        ("user", "posts:read teams:read", "user", "posts:read", "posts:read"),
        ("x/own", "user", "user", "user", ""),
        ("", "a", "a", "a", ""),
    ],
)
def test_the_scope_of_a_call_is_what_all_four_have(
    token: str, authorized: str, granted: str, listed: str, held: str
) -> None:
    """DESIGN section 2, effective scope: token, authorization, grant and the client's list."""
    standing = GOOD._replace(
        authorization=authorization(scope=authorized), grant=grant(scope=granted), client=client(scope=listed)
    )

    assert policy.effective_scope(token, standing) == frozenset(held.split())


@pytest.mark.parametrize("missing", ["authorization", "grant", "client"])
def test_without_one_of_the_rows_there_is_no_scope(missing: str) -> None:
    """DESIGN section 2."""
    changed: dict[str, Any] = {missing: None}
    assert policy.effective_scope("user", GOOD._replace(**changed)) == frozenset()


@pytest.mark.parametrize(
    ("held", "needed", "covered"),
    [
        ("user", "user", True),
        ("user", "posts:read", True),
        ("posts:read", "posts:read", True),
        ("posts:read", "user", False),
        ("posts:read", "posts:write", False),
        ("user", "resource/posts:read", False),
        ("", "user", False),
    ],
)
def test_everything_covers_everything_and_a_scope_itself(held: str, needed: str, covered: bool) -> None:
    """DESIGN section 4: `user` is everything the person can do."""
    assert policy.covers(frozenset(held.split()), needed) is covered


# --- contract section 4: SA a System Admin; U+ a member while anybody may register, U- while only admins may -----

ADMIN, MEMBER, OTHER = user(user_id="maya", roles=ADMIN_ROLES), user(), user(user_id="ana")
OPEN, RESTRICTED = settings(admins_only=False), settings(admins_only=True)


@pytest.mark.parametrize(
    ("who", "server", "may"),
    [(ADMIN, OPEN, True), (ADMIN, RESTRICTED, True), (MEMBER, OPEN, True), (MEMBER, RESTRICTED, False)],
    ids=["SA", "SA restricted", "U+", "U-"],
)
def test_who_may_register(who: User, server: Settings, may: bool) -> None:
    """Contract section 4, create app and list apps."""
    assert policy.may_register(who, server) is may


@pytest.mark.parametrize(
    ("who", "server", "may"),
    [
        (ADMIN, OPEN, True),
        (ADMIN, RESTRICTED, True),
        (MEMBER, OPEN, True),
        (MEMBER, RESTRICTED, False),
        (OTHER, OPEN, False),
        (OTHER, RESTRICTED, False),
    ],
    ids=["SA", "SA restricted", "U+ own", "U- own", "U+ other's", "U- other's"],
)
def test_who_may_manage_an_application_of_leos(who: User, server: Settings, may: bool) -> None:
    """Contract section 4, get, update, delete, regenerate: U- not even their own."""
    assert policy.may_manage(who, client(), server) is may


@pytest.mark.parametrize(("who", "may"), [(ADMIN, True), (MEMBER, False)], ids=["SA", "U"])
@pytest.mark.parametrize("rule", [policy.may_trust, policy.may_see_all_clients, policy.may_use_console])
def test_what_only_system_admins_may(rule: Any, who: User, may: bool) -> None:
    """Contract section 4: trusted, everybody's apps, settings."""
    assert rule(who) is may


@pytest.mark.parametrize("server", [OPEN, RESTRICTED], ids=["open", "restricted"])
def test_an_application_without_a_creator_is_for_system_admins(server: Settings) -> None:
    """Contract section 4: apps that registered themselves have no owner."""
    nobodys = client(creator_id="")

    assert policy.may_manage(ADMIN, nobodys, server)
    assert not policy.may_manage(MEMBER, nobodys, server)


@pytest.mark.parametrize(
    ("public", "exempt", "required"),
    [(False, False, True), (False, True, False), (True, False, True), (True, True, True)],
)
def test_pkce_is_for_all_but_the_visibly_exempt(public: bool, exempt: bool, required: bool) -> None:
    """DESIGN section 4: never exempt is a public client."""
    assert policy.pkce_required(client(public=public, pkce_exempt=exempt), OPEN) is required


@pytest.mark.parametrize("public", [False, True])
def test_the_console_can_require_pkce_of_all(public: bool) -> None:
    """DESIGN section 4: an exemption counts for nothing then."""
    assert policy.pkce_required(client(public=public, pkce_exempt=True), settings(pkce_for_all=True))


@pytest.mark.parametrize(
    ("scope", "given"),
    [("posts:read", True), ("user", True), ("openid", False), ("openid offline_access", True), ("openid user", True)],
)
def test_with_openid_a_refresh_token_has_to_be_asked_for(scope: str, given: bool) -> None:
    """Issue 4, scopes; oidc-6."""
    assert policy.gives_refresh_token(scope) is given


@pytest.mark.parametrize(("until", "usable"), [(NOW + 1, True), (NOW, False), (None, True)])
def test_an_unused_registration_ends(until: int | None, usable: bool) -> None:
    """DESIGN section 3: unused dynamic registration."""
    assert policy.client_usable(client(until=until), NOW) is usable


@pytest.mark.parametrize(("public", "seconds"), [(False, 30), (True, 10)])
def test_the_grace_of_a_retry_is_shorter_for_who_cannot_prove_it(public: bool, seconds: int) -> None:
    """DESIGN section 3, refresh retry grace."""
    assert policy.refresh_grace(client(public=public), OPEN) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("held", "usable"), [(None, False), (client(), True), (client(suspended=True), False)])
def test_a_suspended_application_is_as_good_as_none(held: Client | None, usable: bool) -> None:
    """DESIGN section 2."""
    assert policy.client_usable(held, NOW) is usable


@pytest.mark.parametrize(
    ("lifetime", "default"),
    [
        (timedelta(seconds=OPEN.refresh_idle), timedelta(days=30)),
        (timedelta(seconds=OPEN.refresh_absolute), timedelta(days=365)),
        (policy.INVITATION, timedelta(days=7)),
        (policy.RESET_LINK, timedelta(hours=1)),
        (policy.UNUSED_REGISTRATION, timedelta(days=7)),
        (policy.SESSION_IDLE, timedelta(hours=12)),
        (policy.SESSION_ABSOLUTE, timedelta(days=30)),
        (policy.SET_UP_LINK, timedelta(hours=24)),
    ],
)
def test_lifetimes_are_those_of_the_design(lifetime: timedelta, default: timedelta) -> None:
    """DESIGN section 3, the table of lifetimes."""
    assert lifetime == default
