"""Attack 16: what an administrator changes in one process counts in another at its next request."""

import pytest

from chalicelib.store import key_rotation
from tests.browser import exchange, refresh
from tests.modes.adverse import TwoWorkers
from tests.modes.scene import DOORS, Scene

NO_PKCE: dict[str, str | None] = {"code_challenge": None, "code_challenge_method": None}


@pytest.fixture
def workers(scene: Scene) -> TwoWorkers:
    """Two processes that answered requests before."""
    assert DOORS["API"](scene)
    both = TwoWorkers()
    both.warm()
    return both


def test_a_setting_changed_in_one_counts_in_the_other(scene: Scene, workers: TwoWorkers) -> None:
    """Attack 16: settings are read with every request."""
    exempt = scene.world.app(pkce_exempt=True)
    with workers.where_it_is_used():
        assert scene.at_browser("leo").authorize(exempt, **NO_PKCE).page.h1.startswith("Allow ")

    with workers.where_it_ends():
        scene.world.set(pkce_for_all=True)

    with workers.where_it_is_used():
        assert scene.at_browser("leo").authorize(exempt, **NO_PKCE).answer["error"] == "invalid_request"


def test_a_page_of_one_is_answered_in_the_other_after_the_root_was_replaced(scene: Scene, workers: TwoWorkers) -> None:
    """Attack 16: the other process reads the new root, and takes no token of the old one for a form."""
    other = scene.world.app(name="Other")
    with workers.where_it_is_used():
        before = scene.at_browser("leo").authorize(other)

    with workers.where_it_ends():
        key_rotation.publish_root(key_rotation.operator(scene.world.now))
        after = scene.at_browser("leo").authorize(other)

    with workers.where_it_is_used():
        assert scene.at_browser("leo").decide(before, "allow").status == 403
        assert exchange(other, scene.at_browser("leo").decide(after, "allow").answer["code"]).status == 200


def test_a_refresh_token_of_one_is_good_in_the_other_after_the_root_was_replaced(
    scene: Scene, workers: TwoWorkers
) -> None:
    """Attack 16: it names the root it was made under."""
    with workers.where_it_ends():
        key_rotation.publish_root(key_rotation.operator(scene.world.now))
        next_one = refresh(scene.app, scene.tokens["refresh_token"]).json["refresh_token"]

    with workers.where_it_is_used():
        assert refresh(scene.app, next_one).status == 200


def test_an_app_registered_in_one_signs_people_in_at_the_other(scene: Scene, workers: TwoWorkers) -> None:
    """Attack 16: nothing about clients is remembered, not even that there is none."""
    unknown = scene.world.app(name="Soon gone")
    with workers.where_it_ends():
        scene.done("maya", "DELETE", f"/oauth/apps/{unknown.client_id}")
    with workers.where_it_is_used():
        assert scene.at_browser("leo").authorize(unknown).status == 404

    with workers.where_it_ends():
        new = scene.world.app(name="New")

    with workers.where_it_is_used():
        assert exchange(new, scene.at_browser("leo").allow(new)).status == 200
