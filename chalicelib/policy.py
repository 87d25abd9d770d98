"""Who may do what, how long things live, and what "alive" means: pure functions, no I/O, no clock, no randomness."""

from datetime import timedelta
from typing import Final, NamedTuple

from chalicelib.store.authorizations import ACTIVE, Authorization
from chalicelib.store.clients import Client
from chalicelib.store.grants import Grant
from chalicelib.store.sessions import Session
from chalicelib.store.settings import Settings
from chalicelib.store.users import User

# --- how long things live (DESIGN section 3); what an administrator may change is in the settings ---------------

SESSION_IDLE: Final = timedelta(hours=12)
SESSION_ABSOLUTE: Final = timedelta(days=30)
SESSION_SEEN_EVERY: Final = timedelta(minutes=15)
SET_UP_LINK: Final = timedelta(hours=24)
INVITATION: Final = timedelta(days=7)
UNUSED_REGISTRATION: Final = timedelta(days=7)
RESET_LINK: Final = timedelta(hours=1)
SEALED_SECRET: Final = timedelta(minutes=10)
DECISION_TICKET: Final = timedelta(minutes=10)
FORM_TICKET: Final = timedelta(hours=12)

# --- sign-in throttle: tries in a window, reserved before any password is looked at (design-notes (b) 10) -------

TRY_WINDOW: Final = timedelta(minutes=1)
TRIES_PER_LOGIN_AND_NETWORK: Final = 5
TRIES_PER_LOGIN: Final = 100  # 20 times higher, so that a stranger cannot lock somebody out from one network
TRIES_PER_NETWORK: Final = 300
TRIES_PER_DEVICE: Final = 5  # of a known device, which nobody else can use up
KNOWN_DEVICE: Final = timedelta(days=400)  # browsers keep no cookie longer
LINK_GUESSES_PER_NETWORK: Final = 30
SIGN_UP_WINDOW: Final = timedelta(hours=1)
SIGN_UPS_PER_NETWORK: Final = 100  # a whole class on its first day; each costs a password hash and six rows
CLIENT_FAILURE_WINDOW: Final = timedelta(minutes=10)  # a failing client is audited once in it; it is never locked out

# --- dynamic client registration: programs that may register themselves, by network and by everybody (attack 23) -

REGISTRATION_WINDOW: Final = timedelta(hours=1)
REGISTRATIONS_PER_NETWORK: Final = 20
REGISTRATION_DAY: Final = timedelta(days=1)
REGISTRATIONS_A_DAY: Final = 1000

# --- scopes -----------------------------------------------------------------------------------------------------


class Scope(NamedTuple):
    """A permission and what people are told about it; `acts` when it does more than look."""

    name: str
    title: str
    detail: str
    icon: str
    acts: bool


EVERYTHING: Final = "user"
IDENTITY: Final = frozenset({"openid", "profile", "email", "offline_access"})  # good beside any resource's scopes
SELF_REGISTERED: Final = "openid profile users:read"  # what an application that registered itself asks for by default
SCOPES: Final = {
    scope.name: scope
    for scope in (
        Scope(
            EVERYTHING,
            "Everything you can do on this server",
            "For example read the channels you are in, and post under your name",
            icon="all",
            acts=True,
        ),
        Scope("openid", "Sign you in", "It learns which account is yours, by a number", icon="key", acts=False),
        Scope("profile", "See your name", "Your full name, username and picture", icon="user", acts=False),
        Scope("email", "See your email address", "The address of your account", icon="user", acts=False),
        Scope(
            "offline_access",
            "Do this while you are away",
            "Until you revoke it, without asking you to sign in again",
            icon="clock",
            acts=True,
        ),
        Scope(
            "users:read",
            "See who you are, and who else is here",
            "Your name, username, email address and picture, and those of others as you see them",
            icon="user",
            acts=False,
        ),
        Scope("teams:read", "See your teams", "Their names and who is in them", icon="grid", acts=False),
        Scope(
            "channels:read",
            "See the channels you can see",
            "Public channels, and private ones you belong to",
            icon="chat",
            acts=False,
        ),
        Scope(
            "posts:read",
            "Read the posts you can see",
            "In public channels, and in private ones you belong to",
            icon="chat",
            acts=False,
        ),
        Scope("posts:write", "Post as you", "Under your name, with an APP mark beside it", icon="pen", acts=True),
        Scope(
            "posts:write.customize",
            "Choose another name and picture for what it posts",
            "Only where a System Admin permits it; the APP mark and your name stay",
            icon="pen",
            acts=True,
        ),
    )
}


def milliseconds(lifetime: timedelta) -> int:
    """A lifetime in the unit of our moments."""
    return lifetime // timedelta(milliseconds=1)


# --- alive ------------------------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """The five rows that decide about an authorization, as one read found them."""

    settings: Settings
    user: User | None
    client: Client | None
    grant: Grant | None
    authorization: Authorization | None


def client_usable(client: Client | None, now: int) -> bool:
    """Whether an application may act at all: not suspended, and not registered by itself and left unused."""
    return client is not None and not client.suspended and (client.until is None or now < client.until)


def grant_stands(grant: Grant | None, *, user: User, client: Client, settings: Settings, now: int) -> bool:
    """Whether a grant is of this person, this application and this epoch, and in time.

    Any other is as good as absent.
    """
    if grant is None or (grant.until is not None and grant.until <= now):
        return False
    tied = (grant.client_born, grant.access_no, grant.epoch)
    return tied == (client.born, user.access_no, settings.epoch)


def permits(standing: Standing, client_id: str, now: int) -> bool:
    """Whether everything an authorization hangs on still stands, whatever state it is in itself (DESIGN section 2)."""
    settings, user, client = standing.settings, standing.user, standing.client
    if not settings.provider_on or user is None or not user.active:
        return False
    if client is None or client.client_id != client_id or not client_usable(client, now):
        return False
    grant, authorization = standing.grant, standing.authorization
    if not grant_stands(grant, user=user, client=client, settings=settings, now=now) or grant is None:
        return False
    if authorization is None or authorization.client_id != client_id:
        return False
    return authorization.grant_id == grant.grant_id


def alive(standing: Standing, client_id: str, now: int) -> bool:
    """Whether the tokens of an authorization work (DESIGN section 2)."""
    authorization = standing.authorization
    if authorization is None or authorization.state != ACTIVE or not permits(standing, client_id, now):
        return False
    return now < (authorization.idle_until or 0) and now < authorization.until


def session_alive(session: Session | None, user: User | None, settings: Settings, now: int) -> bool:
    """Whether a sign-in still counts; it does not depend on the provider switch (DESIGN section 2)."""
    if session is None or user is None or not user.active:
        return False
    if (session.session_no, session.epoch) != (user.session_no, settings.epoch):
        return False
    return now < session.until and now < session.seen_at + milliseconds(SESSION_IDLE)


def effective_scope(token_scope: str, standing: Standing) -> frozenset[str]:
    """Token, authorization, grant and the client's own list, all at once.

    Narrowing any of them acts at the next call.
    """
    held = frozenset(token_scope.split())
    for row in (standing.authorization, standing.grant, standing.client):
        held = _both(held, frozenset(row.scope.split()) if row else frozenset())
    return held


def covers(held: frozenset[str], needed: str) -> bool:
    """Whether these scopes permit a call that needs `needed`."""
    return needed in held or (EVERYTHING in held and needed in SCOPES)


def uncovered(held: frozenset[str], asked: frozenset[str]) -> frozenset[str]:
    """What is asked and not among what is held; "everything" holds all scopes of our own."""
    return frozenset(scope for scope in asked if not covers(held, scope))


def _both(left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    """What two lists of scopes have in common, where "everything" stands for all scopes of our own."""
    return frozenset(scope for scope in left | right if covers(left, scope) and covers(right, scope))


def gives_refresh_token(scope: str) -> bool:
    """Whether an application may act while the person is away: always without OpenID Connect, else only if asked."""
    held = frozenset(scope.split())
    return "openid" not in held or bool(held & {EVERYTHING, "offline_access"})


# --- who may (contract section 4) -------------------------------------------------------------------------------


def may_use_console(user: User) -> bool:
    """Only System Admins see or change the System Console."""
    return user.is_admin


def may_register(user: User, settings: Settings) -> bool:
    """Mattermost's `manage_oauth`: System Admins, and members while integrations are not restricted to admins."""
    return user.is_admin or not settings.admins_only


def may_trust(user: User) -> bool:
    """Only System Admins mark an application as trusted (the seed)."""
    return user.is_admin


def may_see_all_clients(user: User) -> bool:
    """Mattermost's `manage_system_wide_oauth`."""
    return user.is_admin


def may_manage(user: User, client: Client, settings: Settings) -> bool:
    """Edit, regenerate, delete: the creator, who must still be allowed to manage applications, or a System Admin."""
    return user.is_admin or (may_register(user, settings) and client.creator_id == user.user_id)


def pkce_required(client: Client, settings: Settings) -> bool:
    """PKCE is for everybody but those who are visibly exempt; the console can require it of all (DESIGN section 4)."""
    return client.public or not client.pkce_exempt or settings.pkce_for_all


def refresh_grace(client: Client, settings: Settings) -> timedelta:
    """How long a used refresh token may be presented again by a client that lost the answer.

    Shorter for a public client, which cannot prove that the retry is its own.
    """
    return timedelta(seconds=settings.refresh_grace_public if client.public else settings.refresh_grace)
