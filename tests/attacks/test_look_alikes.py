"""Attack 6: an application that looks like another one.

What is not built, and so not tested: comparing names with those of other applications, a queue for sensitive scopes, a
warning for the first people. What protects is that the consent page always shows where one is sent, who registered it
and when, and that nothing hidden can be in a name.
"""

from typing import Any

import pytest

from tests.browser import Browser, api
from tests.make import CALLBACK, World
from tests.web.api.registering import app_of, register, registered

HIDDEN = {
    "right-to-left override": "Standup\u202esetoN",
    "left-to-right isolate": "Standup \u2066Notes\u2069",
    "zero-width space": "Stand\u200bup Notes",
    "zero-width joiner": "Stand\u200dup Notes",
    "soft hyphen": "Stand\u00adup Notes",
    "byte order mark": "\ufeffStandup Notes",
    "tag characters": "Standup Notes\U000e0041",
    "line separator": "Standup Notes\u2028by Gatepost",
    "line break": "Standup Notes\nby Gatepost",
    "NUL": "Standup\x00Notes",
    "private use": "Standup Notes \uf8ff",
}
LOOK_ALIKES = ["Mattermοst", "Gatepοst", "Ｇatepost", "𝐆atepost", "🦦" * 64, "Standup Notes (verified)"]


def by_api(world: World, name: str) -> tuple[int, str]:
    """Register over the API."""
    body: dict[str, Any] = {"name": name, "description": "Daily.", "homepage": "https://standup.example.net"}
    answer = api("POST", "/oauth/apps", world.session(world.maya), body | {"callback_urls": [CALLBACK]})
    return answer.status, str(answer.json.get("id"))


@pytest.mark.parametrize("name", HIDDEN.values(), ids=HIDDEN)
def test_no_name_has_anything_hidden_in_it(browser: Browser, world: World, name: str) -> None:
    """Attack 6: over the API and where programs register themselves."""
    world.set(dynamic_registration=True)

    assert by_api(world, name) == (400, "model.oauth.is_valid.name.app_error")
    assert register(client_name=name).json["error"] == "invalid_client_metadata"


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_cannot_hide_where_it_sends_people(leo: Browser, world: World, name: str) -> None:
    """Attack 6, mcp-8: the host of the callback, who registered it and since when, beside whatever name it has."""
    app = world.app(creator=world.ana, name=name, redirect_uris=["https://mattermost.evil.example/cb"])

    page = leo.authorize(app).page

    assert page.h1.startswith(f"Allow {name}")
    assert "mattermost.evil.example" in page.text
    assert "Ana Duarte" in page.text


def test_a_program_that_registered_itself_is_shown_as_one_nobody_vouches_for(leo: Browser, world: World) -> None:
    """Attack 6, 7591-5: nobody's name stands beside it."""
    world.set(dynamic_registration=True)
    page = leo.authorize(app_of(registered(client_name="Gatepost Support"))).page

    assert page.h1.startswith("Allow Gatepost Support")
    assert "tool.example.net" in page.text
    assert "Registered itself" in page.text
    assert "Registered by" not in page.text


@pytest.mark.parametrize("host", ["аpp.example.com", "ａpp.example.com", "app。example.com", "app.example.com\u200b"])
def test_no_address_is_spelled_in_letters_that_look_alike(browser: Browser, world: World, host: str) -> None:
    """Attack 6, attack 4: an address is ASCII; the other spelling shows as xn-- on the consent page."""
    world.set(dynamic_registration=True)

    assert register(redirect_uris=[f"https://{host}/cb"]).json["error"] == "invalid_redirect_uri"
