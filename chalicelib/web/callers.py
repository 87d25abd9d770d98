"""Who is calling: reading every row a request needs in one round trip, and deciding whose call it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from chalicelib import policy
from chalicelib.credentials import Locator, fingerprint, parse_session, same
from chalicelib.errors import Forbidden, InvalidToken, NotSignedIn, Refusal, Unavailable
from chalicelib.oauth import access_tokens
from chalicelib.oauth.access_tokens import Recognised
from chalicelib.policy import Standing
from chalicelib.store.authorizations import authorization_key
from chalicelib.store.clients import client_key
from chalicelib.store.grants import grant_key
from chalicelib.store.reading import Key, Rows, read
from chalicelib.store.sessions import Session, session_key
from chalicelib.store.settings import Settings, settings_key
from chalicelib.store.users import User, user_key
from chalicelib.web.http import Request


class Access(NamedTuple):
    """Who may call a route: anybody, a client that proves itself, a signed-in person, or also a token with a scope."""

    kind: Literal["fixed", "public", "client", "person", "scope"]
    scope: str = ""


FIXED: Final = Access("fixed")
"""Anybody, and no row is read (see `Surface.fixed`)."""
PUBLIC: Final = Access("public")
CLIENT: Final = Access("client")
PERSON: Final = Access("person")
"""First-party session only: an OAuth token is refused, whatever its scope."""


def scope(name: str) -> Access:
    """A first-party session, or an OAuth token that has this scope."""
    return Access("scope", name)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is calling, by session: the rows, and the token only the caller has."""

    user: User
    session: Session
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Presented:
    """A credential as it came, and how: only a cookie can be sent by somebody else's page."""

    token: str = field(repr=False)
    by_cookie: bool


class Claim(NamedTuple):
    """A credential taken apart: what it says about its caller before any row was read."""

    presented: Presented | None = None
    session: Locator | None = None
    token: Recognised | None = None

    @property
    def user_id(self) -> str:
        """Whom it names; "" for nobody."""
        if self.session is not None:
            return self.session.user_id
        return self.token.claims.user_id if self.token else ""


NOBODY: Final = Claim()


class Call(NamedTuple):
    """A request whose rows are read and whose caller is known.

    `scopes` is what the token really has; whoever is signed in may do everything they may do.
    """

    request: Request
    rows: Rows
    settings: Settings
    person: Person | None = None
    by_token: Standing | None = None
    scopes: frozenset[str] = frozenset({policy.EVERYTHING})

    @property
    def user(self) -> User:
        """Who the call is for: the person of the session, or the one who allowed the application."""
        if self.person is not None:
            return self.person.user
        if self.by_token is not None and self.by_token.user is not None:
            return self.by_token.user
        raise NotSignedIn

    @property
    def session(self) -> Person:
        """The signed-in person of a first-party call."""
        if self.person is None:
            raise NotSignedIn
        return self.person


def claim(access: Access, presented: Presented | None) -> Claim:
    """Take a credential apart, and refuse what no row could make good: a forged or foreign one costs no read.

    Raises:
        InvalidToken: what was sent as a token could never be one.
        Forbidden: an OAuth token was sent where only a signed-in person may act.
        NotSignedIn: what was sent instead of a session could never be one.

    """
    if presented is None:
        return NOBODY
    located = parse_session(presented.token)
    # A token in a cookie would be sent by any page that can make the browser post: tokens come in the header.
    by_header = not presented.by_cookie
    recognised = access_tokens.recognise(presented.token) if by_header and not located else None
    if access.kind == "person" and recognised is not None:
        raise Forbidden
    if access.kind in {"person", "scope"} and by_header and not located and not recognised:
        raise InvalidToken if access.kind == "scope" else NotSignedIn
    return Claim(presented, located, recognised)


def load(access: Access, claimed: Claim, keys: Sequence[Key[Any]], request: Request) -> Call:
    """Read every row the request needs in one round trip, and say who is calling.

    Raises:
        InvalidToken: an OAuth token was sent that is not good (any more).
        InsufficientScope: it does not cover this route.

    """
    live = settings_key()
    rows = read(live, *_credential_keys(claimed.session, claimed.token), *keys)
    settings = rows[live]
    if settings is None:
        raise Unavailable  # not provisioned, or a deployment that is half done
    call = Call(request, rows, settings)
    if claimed.token is not None:
        return _by_token(access, call, claimed.token)
    return call._replace(person=_person(call, claimed.presented, claimed.session))


def require(access: Access, presented: Presented | None, call: Call) -> None:
    """Make sure that somebody is calling, where somebody is needed.

    Raises:
        InvalidToken: a token came and is not good.
        NotSignedIn: a browser has no session, or no longer.

    """
    if access.kind not in {"person", "scope"} or call.person is not None or call.by_token is not None:
        return
    raise InvalidToken if access.kind == "scope" and presented and not presented.by_cookie else NotSignedIn


def nobody(presented: Presented | None) -> Refusal:
    """The refusal for a caller who is not a signed-in person.

    An OAuth token is known and not allowed, anything else is nobody.
    """
    if presented is not None and access_tokens.recognise(presented.token) is not None:
        return Forbidden()
    return NotSignedIn()


def _by_token(access: Access, call: Call, recognised: Recognised) -> Call:
    """The call of an OAuth token; at a public address one that is not good is as good as none."""
    standing = _standing(call.rows, call.settings, recognised)
    needed = access.scope if access.kind == "scope" else None
    try:
        claims = access_tokens.verify(recognised, call.settings)
        held = access_tokens.check(claims, standing, needed=needed, now=call.request.now)
    except Refusal:
        if access.kind == "public":
            return call
        raise
    return call._replace(by_token=standing, scopes=held)


def _credential_keys(located: Locator | None, recognised: Recognised | None) -> list[Key[Any]]:
    if located is not None:
        return [user_key(located.user_id), session_key(located.user_id, located.row_id)]
    if recognised is None:
        return []
    claims = recognised.claims
    return [
        user_key(claims.user_id),
        client_key(claims.client_id),
        grant_key(claims.user_id, claims.client_id),
        authorization_key(claims.user_id, claims.authorization_id),
    ]


def _standing(rows: Rows, settings: Settings, recognised: Recognised) -> Standing:
    claims = recognised.claims
    return Standing(
        settings,
        rows[user_key(claims.user_id)],
        rows[client_key(claims.client_id)],
        rows[grant_key(claims.user_id, claims.client_id)],
        rows[authorization_key(claims.user_id, claims.authorization_id)],
    )


def _person(call: Call, presented: Presented | None, located: Locator | None) -> Person | None:
    if presented is None or located is None:
        return None
    user = call.rows[user_key(located.user_id)]
    session = call.rows[session_key(located.user_id, located.row_id)]
    if user is None or session is None:
        return None
    if not policy.session_alive(session, user, call.settings, call.request.now):
        return None
    if not same(fingerprint(presented.token), session.token_hash):
        return None
    return Person(user, session, presented.token)
