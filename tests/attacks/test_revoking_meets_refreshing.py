"""Attack 14: a refresh that is being answered while somebody takes the access back.

Two hundred orders of both, call by call, are in `tests/races/test_endings`; here is the worst one of each.
"""

from collections.abc import Callable

import pytest

from chalicelib.accounts import people
from tests.browser import Browser, call, exchange, me, refresh
from tests.faults import just_before
from tests.make import App, World

Act = Callable[[World, App], object]


def revoke(world: World, app: App) -> None:
    """Leo takes back what he allowed."""
    headers = {"Authorization": f"Bearer {world.session(world.leo)}"}
    assert call("POST", "/oauth/deauthorize", json={"client_id": app.client_id}, headers=headers).status == 200


def deactivate(world: World, _: App) -> None:
    """Leo's account is deactivated."""
    people.deactivate(world.user(world.leo.user_id), world.origin())


ENDINGS: dict[str, Act] = {
    "revoke": revoke,
    "deactivate": deactivate,
    "switch off": lambda world, _: world.set(provider_on=False),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("kind", ["refresh", "exchange"])
def test_what_was_issued_while_it_ended_is_dead_at_its_first_use(
    leo: Browser, world: World, app: App, kind: str, ending: str
) -> None:
    """Attack 14; DESIGN section 1: it ends between the read and the write, and what permits is read at every use."""
    tokens, code = exchange(app, leo.allow(app)).json, leo.allow(app)

    with just_before("UpdateItem", lambda: ENDINGS[ending](world, app)):
        late = refresh(app, tokens["refresh_token"]) if kind == "refresh" else exchange(app, code)

    access, again = late.json.get("access_token", "none"), late.json.get("refresh_token", "none")
    assert me(access).status == 401
    assert refresh(app, again).status in {400, 501}


def test_a_revocation_by_the_client_wins_over_a_refresh_that_read_before(leo: Browser, app: App) -> None:
    """Attack 14: both write the same row, and its condition decides."""
    tokens = exchange(app, leo.allow(app)).json

    def give_back() -> None:
        call("POST", "/oauth/revoke", data={"token": tokens["refresh_token"]}, auth=app.basic)

    with just_before("UpdateItem", give_back):
        late = refresh(app, tokens["refresh_token"])

    assert late.json["error"] == "invalid_grant"
    assert me(tokens["access_token"]).status == 401
