"""Revoke, delete, deactivate, regenerate against exchange and refresh, in any order: what ended is over for good."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest
import time_machine

from chalicelib.accounts import people
from chalicelib.credentials import new_id
from chalicelib.oauth import registration
from chalicelib.store.writing import ConditionFailed, Contention
from local.emulator import Rows, copied_rows, put_back
from tests.browser import Answer
from tests.conftest import NOON
from tests.faults import conflicting
from tests.make import DRAFT, App, World
from tests.races.racing import allow, exchange, in_turns, me, refresh, send, together

INTERLEAVINGS = 50  # of each of the four endings: 200 in all
DEAD = {400, 401}  # invalid_grant; invalid_token, or invalid_client where the application is gone


@dataclass(frozen=True)
class Scene:
    """Leo uses an application of Maya's: one install has tokens, another waits with a code."""

    world: World
    app: App
    leo: str
    maya: str
    access_token: str
    refresh_token: str
    code: str

    @classmethod
    def of(cls, world: World) -> "Scene":
        """Set the scene."""
        app, leo, maya = world.app(), world.session(world.leo), world.session(world.maya)
        tokens = exchange(app, allow(app, leo)).json
        return cls(world, app, leo, maya, tokens["access_token"], tokens["refresh_token"], allow(app, leo))


@pytest.fixture(scope="module")
def staged(peopled: tuple[World, Rows]) -> tuple[Scene, Rows]:
    """The scene, set once: two hundred tests start from its rows."""
    put_back(peopled[1])
    with time_machine.travel(NOON, tick=False):
        return Scene.of(peopled[0]), copied_rows()


@pytest.fixture
def scene(staged: tuple[Scene, Rows], clock: time_machine.Traveller) -> Scene:
    """The scene as it was set."""
    put_back(staged[1])
    return staged[0]


# --- the endings --------------------------------------------------------------------------------------------------


def revoke(scene: Scene) -> Answer:
    """Leo takes back what he allowed."""
    return send("POST", "/oauth/deauthorize", json={"client_id": scene.app.client_id}, headers=bearer(scene.leo))


def delete(scene: Scene) -> Answer:
    """Maya deletes the application."""
    return send("DELETE", f"/api/v4/oauth/apps/{scene.app.client_id}", headers=bearer(scene.maya))


def regenerate(scene: Scene) -> Answer:
    """Maya makes a new secret."""
    return send("POST", f"/api/v4/oauth/apps/{scene.app.client_id}/regen_secret", headers=bearer(scene.maya))


def deactivate(scene: Scene) -> None:
    """Leo's account is deactivated."""
    while scene.world.user(scene.world.leo.user_id).active:
        try:
            people.deactivate(scene.world.user(scene.world.leo.user_id), scene.world.origin())
        except (ConditionFailed, Contention):
            continue


def answered(ending: Callable[[Scene], Answer], scene: Scene) -> Answer:
    """Ask until the server is not too busy to say that it is done."""
    while (answer := ending(scene)).status == 503:
        continue
    assert answer.status == 200, answer.text
    return answer


def bearer(session: str) -> dict[str, str]:
    """A session, as an API client sends it."""
    return {"Authorization": f"Bearer {session}"}


ENDINGS: dict[str, Callable[[Scene], Answer | None]] = {
    "revoke": partial(answered, revoke),
    "delete": partial(answered, delete),
    "deactivate": deactivate,
}


# --- and what might bring it back ---------------------------------------------------------------------------------


def allowed_again(scene: Scene) -> App:
    """Leo allows the application anew."""
    assert exchange(scene.app, allow(scene.app, scene.leo)).status == 200
    return scene.app


def created_again(scene: Scene) -> App:
    """An application with the same client id is registered, and Leo allows it."""
    draft = DRAFT._replace(name="Standup Notes again")
    client_id = scene.app.client_id
    _, secret = registration.register(draft, scene.world.maya, scene.world.origin(), client_id=client_id)
    return allowed_again(replace(scene, app=replace(scene.app, secret=secret)))


def reactivated(scene: Scene) -> App:
    """Leo's account is opened again, he signs in and allows the application anew."""
    people.reactivate(scene.world.user(scene.world.leo.user_id), scene.world.origin())
    leo = scene.world.session(scene.world.user(scene.world.leo.user_id))
    return allowed_again(replace(scene, leo=leo))


REVIVALS = {"revoke": allowed_again, "delete": created_again, "deactivate": reactivated}


# --- the tests ----------------------------------------------------------------------------------------------------


def acts_of(scene: Scene, ending: Callable[[Scene], Answer | None]) -> list[Callable[[], Answer | None]]:
    """A code is exchanged and a token refreshed, by two at once, while the end comes."""
    renew = partial(refresh, scene.app, scene.refresh_token)
    return [partial(ending, scene), partial(exchange, scene.app, scene.code), renew, renew]


@dataclass(frozen=True)
class Held:
    """Every token anybody holds, the code included; each once."""

    access_tokens: frozenset[str]
    refresh_tokens: frozenset[str]
    code: str

    @classmethod
    def of(cls, scene: Scene, answers: list[Answer | None]) -> "Held":
        """What the scene began with and what came of the race."""
        given = [answer.json for answer in answers[1:] if answer and answer.status == 200]
        access_tokens = {scene.access_token, *(tokens["access_token"] for tokens in given)}
        refresh_tokens = {scene.refresh_token, *(tokens["refresh_token"] for tokens in given)}
        return cls(frozenset(access_tokens), frozenset(refresh_tokens), scene.code)

    def answers(self, app: App) -> list[int]:
        """What each of them is answered when it is used."""
        renewing = [partial(refresh, app, token) for token in self.refresh_tokens]
        return self.calls() + statuses([*renewing, partial(exchange, app, self.code)])

    def calls(self) -> list[int]:
        """What the API answers each access token."""
        return statuses([partial(me, token) for token in self.access_tokens])


def statuses(acts: list[partial[Answer]]) -> list[int]:
    """What is answered to everybody at once."""
    return [answer.status for answer in together(acts)]


@pytest.mark.parametrize("seed", range(INTERLEAVINGS))
@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_lives_after_an_ending_has_answered(scene: Scene, ending: str, seed: int) -> None:
    """DESIGN section 4: access ends with the next request, in whatever order things happened before."""
    with conflicting(seed, 0.2 if seed % 2 else 0):
        answers = in_turns(acts_of(scene, ENDINGS[ending]), seed)
    held = Held.of(scene, answers)

    assert set(held.calls()) == {401}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_revives_when_access_is_given_anew(scene: Scene, ending: str, seed: int) -> None:
    """DESIGN section 4: allowing again, the same client id again, an active account again bring nothing back."""
    held = Held.of(scene, in_turns(acts_of(scene, ENDINGS[ending]), 1000 + seed))

    [app] = together([partial(REVIVALS[ending], scene)])
    assert set(held.answers(app)) <= DEAD


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_works_after_an_ending(scene: Scene, ending: str) -> None:
    """DESIGN section 4: neither access token nor refresh token nor code."""
    ENDINGS[ending](scene)

    assert set(Held.of(scene, []).answers(scene.app)) <= DEAD


@pytest.mark.parametrize("seed", range(INTERLEAVINGS))
def test_after_a_new_secret_the_old_one_is_over_and_tokens_live_on(scene: Scene, seed: int) -> None:
    """The seed: regenerate; contract 2.4: tokens and consents live on, the old secret stops now."""
    with conflicting(seed, 0.2 if seed % 2 else 0):
        answers = in_turns(acts_of(scene, partial(answered, regenerate)), seed)
    assert answers[0] is not None
    renewed = replace(scene.app, secret=answers[0].json["client_secret"])
    held = Held.of(scene, answers)

    assert set(statuses([partial(refresh, scene.app, token) for token in held.refresh_tokens])) == {401}
    assert exchange(scene.app, scene.code).status == 401
    assert set(held.calls()) == {200}
    newest = held.refresh_tokens - {scene.refresh_token} or held.refresh_tokens
    assert set(statuses([partial(refresh, renewed, token) for token in newest])) == {200}


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_revives_in_a_new_epoch(scene: Scene, ending: str) -> None:
    """DESIGN section 2, restore of a backup: a new random epoch ends every grant and session."""
    ENDINGS[ending](scene)
    scene.world.set(epoch=new_id())

    assert set(Held.of(scene, []).answers(scene.app)) <= DEAD


def test_a_new_epoch_ends_what_lived_before_it(scene: Scene) -> None:
    """DESIGN section 2: alive(authorization) and alive(session) both name the epoch."""
    scene.world.set(epoch=new_id())

    assert set(Held.of(scene, []).answers(scene.app)) <= DEAD
    assert me(scene.leo).status == 401
    leo = scene.world.session(scene.world.leo)
    allowed_again(replace(scene, leo=leo))
    assert set(Held.of(scene, []).answers(scene.app)) <= DEAD


def test_a_session_does_not_revive_with_the_account(scene: Scene) -> None:
    """DESIGN section 2, deactivate: `session_no` goes up."""
    deactivate(scene)
    reactivated(scene)

    assert me(scene.leo).status == 401
