"""The protocol by function calls, as the web layer makes them: read the rows, decide, write."""

from urllib.parse import parse_qs, urlsplit

from chalicelib.credentials import Locator, parse_code, parse_refresh, parse_session
from chalicelib.oauth import authorization, issuing, tokens
from chalicelib.oauth.authorization import Person, Question
from chalicelib.oauth.tokens import CodeExchange, Issued, Refresh
from chalicelib.policy import Standing
from chalicelib.store.authorizations import Authorization, authorization_key
from chalicelib.store.clients import client_key
from chalicelib.store.grants import grant_key
from chalicelib.store.reading import read
from chalicelib.store.sessions import session_key
from chalicelib.store.settings import settings_key
from chalicelib.store.users import User, user_key
from tests.browser import authorization_request
from tests.make import VERIFIER, App, World


def question(world: World, app: App, user: User, **changes: str | None) -> Question:
    """A valid authorization request of an app, put to a signed-in person."""
    parameters = authorization_request(app, **changes)
    known = authorization.identify(parameters, world.client(app.client_id), world.now)
    request = authorization.validate(parameters, *known, found={}, settings=world.settings())
    located = _session(world, user)
    session = world.row(session_key(located.user_id, located.row_id))
    grant = world.find(grant_key(user.user_id, app.client_id))
    return Question(request, Person(world.user(user.user_id), session), grant, world.settings())


def allow(world: World, app: App, user: User, **changes: str | None) -> str:
    """Press Allow; give the code."""
    asked = question(world, app, user, **changes)
    address = issuing.proceed(asked, seed=issuing.random_seed(), allowed=True, origin=world.origin(user.user_id))
    return parse_qs(urlsplit(address).query)["code"][0]


def standing(app: App, user_id: str, row_id: str) -> Standing:
    """The five rows that decide, as one read finds them."""
    keys = (
        settings_key(),
        user_key(user_id),
        client_key(app.client_id),
        grant_key(user_id, app.client_id),
        authorization_key(user_id, row_id),
    )
    rows = read(*keys)
    settings = rows[keys[0]]
    assert settings is not None
    return Standing(settings, rows[keys[1]], rows[keys[2]], rows[keys[3]], rows[keys[4]])


def exchange(
    world: World, app: App, code: str, redirect_uri: str | None = "", verifier: str | None = VERIFIER
) -> Issued:
    """Exchange a code as an app that has authenticated."""
    located = parse_code(code)
    assert located is not None
    presented = CodeExchange(code, app.redirect_uri if redirect_uri == "" else redirect_uri, verifier)
    client = world.client(app.client_id)
    there = standing(app, located.user_id, located.row_id)
    return tokens.exchange(presented, there, client, origin=world.origin(app.client_id))


def refresh(world: World, app: App, text: str | None, scope: str | None = None) -> Issued:
    """Use a refresh token as an app that has authenticated."""
    presented = parse_refresh(text or "")
    assert presented is not None
    there = standing(app, presented.user_id, presented.authorization_id)
    client = world.client(app.client_id)
    return tokens.refresh(Refresh(presented, scope), there, client, origin=world.origin(app.client_id))


def renewal(issued: Issued) -> str:
    """The refresh token of an answer that has one."""
    assert issued.refresh_token is not None
    return issued.refresh_token


def authorization_of(world: World, text: str | None) -> Authorization:
    """The row a code or a refresh token points at."""
    assert text is not None
    code, token = parse_code(text), parse_refresh(text)
    if code is not None:
        return world.row(authorization_key(code.user_id, code.row_id))
    assert token is not None
    return world.row(authorization_key(token.user_id, token.authorization_id))


def _session(world: World, user: User) -> Locator:
    located = parse_session(world.session(user))
    assert located is not None
    return located
