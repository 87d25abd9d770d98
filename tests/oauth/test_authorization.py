"""The authorization endpoint's decisions: identify, validate, ask or remember, issue."""

from typing import Any

import pytest

from chalicelib import config
from chalicelib.credentials import parse_code
from chalicelib.errors import (
    AlreadyAnswered,
    InvalidRequest,
    OAuthError,
    UnknownClient,
    UnknownRedirect,
    UnsupportedResponseType,
)
from chalicelib.oauth import authorization, grants, issuing, registration
from chalicelib.oauth.authorization import MAX_STATE
from chalicelib.oauth.issuing import ticket_seed
from chalicelib.policy import EVERYTHING
from chalicelib.store.audit import Event
from chalicelib.store.authorizations import authorization_key
from chalicelib.store.clients import Client
from chalicelib.store.grants import grant_key
from chalicelib.store.settings import Settings
from tests.browser import authorization_request
from tests.make import CALLBACK, CHALLENGE, DRAFT, App, World
from tests.oauth.flow import allow, question

DEFAULTS = Settings()


def client(**changes: Any) -> Client:
    """A confidential client that is not stored anywhere."""
    values: dict[str, Any] = {
        "client_id": "wj3drgzdpnf54rxf5d8qd3dqne",
        "born": "b",
        "redirect_uris": [CALLBACK],
        "scope": EVERYTHING,
        "public": False,
        "trusted": False,
        "pkce_exempt": False,
        "suspended": False,
    }
    return Client(**(values | changes))


def validated(held: Client, **changes: str | None) -> authorization.Request:
    """A complete request of a client, with changes, checked."""
    parameters = authorization_request(App(held.client_id, "", CALLBACK), **changes)
    known = authorization.identify(parameters, held, 0)
    return authorization.validate(parameters, *known, found={}, settings=DEFAULTS)


@pytest.mark.parametrize("held", [None, client(suspended=True)], ids=["unknown", "suspended"])
def test_an_unusable_client_is_unknown(held: Client | None) -> None:
    """6749-3."""
    with pytest.raises(UnknownClient):
        authorization.identify({"client_id": "x", "redirect_uri": CALLBACK}, held, 0)


@pytest.mark.parametrize("redirect_uri", [None, CALLBACK + "/", "https://evil.example"])
def test_an_address_that_is_missing_or_not_registered_is_unknown(redirect_uri: str | None) -> None:
    """6749-3; contract 3.4: no default."""
    parameters = {"redirect_uri": redirect_uri} if redirect_uri else {}

    with pytest.raises(UnknownRedirect):
        authorization.identify(parameters, client(), 0)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, InvalidRequest),
        ({"response_type": "token"}, UnsupportedResponseType),
        ({"response_type": "code token"}, UnsupportedResponseType),
        ({"response_type": "Code"}, UnsupportedResponseType),
        ({"state": "x" * (MAX_STATE + 1)}, InvalidRequest),
        ({"code_challenge": None, "code_challenge_method": None}, InvalidRequest),
        ({"code_challenge_method": "plain"}, InvalidRequest),
        ({"code_challenge_method": None}, InvalidRequest),
        ({"code_challenge": "short"}, InvalidRequest),
        ({"scope": 'a"b'}, OAuthError),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_to_the_client(changes: dict[str, str | None], error: type[OAuthError]) -> None:
    """6749-4, 6749-17, 7636-1."""
    with pytest.raises(error):
        validated(client(), **changes)


@pytest.mark.parametrize(
    ("held", "fine"),
    [
        (client(), False),
        (client(pkce_exempt=True), True),
        (client(public=True), False),
        (client(public=True, pkce_exempt=True), False),
        (client(trusted=True), False),
    ],
    ids=["confidential", "exempt", "public", "public is never exempt", "trusted"],
)
def test_pkce_is_for_everybody_but_the_exempt(held: Client, fine: bool) -> None:
    """7636-6; DESIGN section 4."""
    if fine:
        assert validated(held, code_challenge=None, code_challenge_method=None).code_challenge is None
    else:
        with pytest.raises(InvalidRequest):
            validated(held, code_challenge=None, code_challenge_method=None)


def test_an_exempt_client_that_uses_pkce_is_held_to_it() -> None:
    """7636-3; contract 3.6: once started it is enforced."""
    assert validated(client(pkce_exempt=True)).code_challenge == CHALLENGE


def test_no_scope_means_everything() -> None:
    """DESIGN section 4."""
    assert validated(client(), scope=None).scope == EVERYTHING


@pytest.mark.parametrize(
    "changes",
    [{"state": "other"}, {"state": None}, {"code_challenge": "A" * 43}],
    ids=str,
)
def test_another_request_has_another_fingerprint(changes: dict[str, str | None]) -> None:
    """Attack 9: a decision is bound to its request."""
    assert validated(client()).fingerprint != validated(client(), **changes).fingerprint


def test_an_app_made_again_under_the_same_id_has_another_fingerprint() -> None:
    """Design notes B1."""
    assert validated(client()).fingerprint != validated(client(born="c")).fingerprint


# --- whether to ask ---------------------------------------------------------------------------------------------


def asked(world: World, app: App, **changes: str | None) -> bool:
    """Whether Leo would see the consent page."""
    return authorization.must_ask(question(world, app, world.leo, **changes), world.now)


def use(world: World, app: App) -> None:
    """Use a trusted app once, without a page."""
    seed = issuing.random_seed()
    issuing.proceed(question(world, app, world.leo), seed=seed, allowed=False, origin=world.origin())


def set_trusted(world: World, app: App, *, trusted: bool) -> None:
    """Change "Is Trusted"."""
    draft = DRAFT._replace(trusted=trusted)
    registration.edit(world.client(app.client_id), draft, world.origin())


def test_people_are_asked_the_first_time_and_not_again(world: World) -> None:
    """The seed; contract case 159."""
    app = world.app()
    assert asked(world, app)

    allow(world, app, world.leo)

    assert not asked(world, app)
    assert authorization.must_ask(question(world, app, world.ana), world.now)


def test_prompt_consent_asks_whatever_was_allowed(world: World) -> None:
    """DESIGN section 4; oidc-2."""
    app, trusted = world.app(), world.app(trusted=True)
    allow(world, app, world.leo)

    assert asked(world, app, prompt="consent")
    assert asked(world, app, prompt="login consent")
    assert asked(world, trusted, prompt="consent")


def test_a_trusted_app_is_never_asked_about(world: World) -> None:
    """The seed, loopback or not (DESIGN section 4)."""
    app = world.app(trusted=True)
    loopback = world.app(trusted=True, redirect_uris=["http://localhost:9/cb"])

    assert not asked(world, app)
    assert not asked(world, loopback)


def test_when_trust_goes_people_are_asked(world: World) -> None:
    """DESIGN section 4: a grant made by trust is marked so and is no consent."""
    app = world.app(trusted=True)
    use(world, app)
    assert world.row(grant_key(world.leo.user_id, app.client_id)).how == "trusted"

    set_trusted(world, app, trusted=False)

    assert asked(world, app)


def test_consent_survives_that_an_app_was_trusted_for_a_while(world: World) -> None:
    """DESIGN section 4: what a person said stays said."""
    app = world.app()
    allow(world, app, world.leo)
    set_trusted(world, app, trusted=True)
    use(world, app)
    set_trusted(world, app, trusted=False)

    assert not asked(world, app)


def test_consent_to_a_trusted_app_counts_as_consent_and_ends_nothing(world: World) -> None:
    """DESIGN section 4: pressing Allow turns the same grant into a consent."""
    app = world.app(trusted=True)
    use(world, app)
    before = world.row(grant_key(world.leo.user_id, app.client_id))

    allow(world, app, world.leo, prompt="consent")

    after = world.row(grant_key(world.leo.user_id, app.client_id))
    assert (after.how, after.grant_id, after.since) == ("consent", before.grant_id, before.since)


def test_a_revoked_grant_is_asked_about_again_and_is_a_new_one(world: World) -> None:
    """Design notes B1: nothing older revives."""
    app = world.app()
    allow(world, app, world.leo)
    before = world.row(grant_key(world.leo.user_id, app.client_id))
    grants.revoke(before, world.origin())
    assert asked(world, app)

    allow(world, app, world.leo)

    assert world.row(grant_key(world.leo.user_id, app.client_id)).grant_id != before.grant_id


# --- issuing ----------------------------------------------------------------------------------------------------


def test_one_ticket_gives_one_code_however_often_it_is_sent(world: World) -> None:
    """Attack 11."""
    app = world.app()
    seed = ticket_seed("a ticket", world.settings())

    first, second = (
        issuing.proceed(question(world, app, world.leo), seed=seed, allowed=True, origin=world.origin())
        for _ in range(2)
    )

    assert first == second
    assert ticket_seed("another ticket", world.settings()) != seed


def test_a_ticket_used_before_a_revocation_gives_nothing_after_it(world: World) -> None:
    """Attack 9: a replayed decision; the grant that was taken back stays taken back."""
    app = world.app()
    seed = ticket_seed("a ticket", world.settings())
    issuing.proceed(question(world, app, world.leo), seed=seed, allowed=True, origin=world.origin())
    grants.revoke(world.row(grant_key(world.leo.user_id, app.client_id)), world.origin())

    with pytest.raises(AlreadyAnswered):
        issuing.proceed(question(world, app, world.leo), seed=seed, allowed=True, origin=world.origin())

    assert world.find(grant_key(world.leo.user_id, app.client_id)) is None


def test_a_code_is_stored_as_its_hash_and_lives_for_a_minute(world: World) -> None:
    """DESIGN section 3; 6749-7."""
    app = world.app()
    code = allow(world, app, world.leo)
    located = parse_code(code)
    assert located is not None

    row = world.row(authorization_key(located.user_id, located.row_id))

    assert code not in str(row.attribute_values)
    assert row.code_until - world.now == 60_000
    assert (row.user_id, row.client_id, row.code_challenge) == (world.leo.user_id, app.client_id, CHALLENGE)


def test_a_new_consent_is_recorded_and_a_remembered_one_is_not(world: World) -> None:
    """DESIGN section 2: changes of state are audited, issuing is recorded by the row itself."""
    app = world.app()
    allow(world, app, world.leo)
    allow(world, app, world.leo)

    assert sorted(row.action for row in Event.scan() if row.client_id == app.client_id) == ["app.allow", "app.register"]


def test_the_answer_names_the_issuer_on_success_and_on_failure() -> None:
    """9207-1."""
    target = validated(client()).target

    good = authorization.answer(target, code="c", state="s")
    bad = authorization.answer(target, state="s", error=UnsupportedResponseType())

    assert all(f"iss={config.current().issuer.replace(':', '%3A').replace('/', '%2F')}" in text for text in (good, bad))
    assert "code=" not in bad
