"""Two presses of Save at the same time: an API is registered once (DESIGN section 1)."""

import pytest

from chalicelib.store.clients import Client
from chalicelib.store.resources import Resource, hash_of
from chalicelib.web.browser import cookie_name
from tests.make import CALENDAR, World
from tests.races.racing import in_turns, send

NEW = "/admin/resource-servers/new"
FILLED = {"identifier": CALENDAR, "name": "Calendar", "scopes": "calendar:read See it", "token_lifetime": "5"}


@pytest.mark.parametrize("seed", range(8))
def test_two_presses_register_once_and_lead_to_the_same_page(world: World, seed: int) -> None:
    """Ux 3.6: whoever loses reads again, and sees what this very form registered."""
    headers = {"Cookie": f"{cookie_name()}={world.session(world.maya)}"}
    form = send("GET", NEW, headers=headers).page.form(NEW).fields | FILLED

    answers = in_turns([lambda: send("POST", NEW, data=form, headers=headers)] * 2, seed)

    assert [answer.goes_to for answer in answers] == [
        f"/admin/resource-servers/{hash_of(CALENDAR)}?just=registered"
    ] * 2
    assert len(list(Resource.scan())) == 1
    assert len({client.client_id for client in Client.scan()}) == 1


@pytest.mark.parametrize("seed", range(8))
def test_two_admins_register_it_once_and_one_is_told(world: World, seed: int) -> None:
    """Of two people one registers, the other reads at the field that it is there."""
    sessions = [world.session(world.maya) for _ in range(2)]
    headers = [{"Cookie": f"{cookie_name()}={token}"} for token in sessions]
    forms = [send("GET", NEW, headers=each).page.form(NEW).fields | FILLED for each in headers]

    first, second = forms
    answers = in_turns(
        [
            lambda: send("POST", NEW, data=first, headers=headers[0]),
            lambda: send("POST", NEW, data=second, headers=headers[1]),
        ],
        seed,
    )

    assert sorted(answer.status for answer in answers) == [303, 422]
    assert "This identifier is registered already, as Calendar" in "".join(answer.text for answer in answers)
    assert len(list(Resource.scan())) == 1
