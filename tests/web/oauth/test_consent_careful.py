"""What the consent page tells people to be careful about, and what is new to them (ux 6.9; mcp-8)."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.policy import SELF_REGISTERED
from chalicelib.store.clients import Client
from chalicelib.web.oauth.consent import warnings
from tests.browser import Answer, Browser, call, exchange
from tests.make import CALENDAR, CALLBACK, App, World

NEW_HERE = "New here: nobody checked this application. Make sure you started this."
EVERYTHING = "This includes reading your private channels, and posting under your name."
HOME = "https://standup.example.net"


def client(**changes: Any) -> Client:
    """An application that gives no reason to be careful."""
    values: dict[str, Any] = {"dynamic": False, "client_uri": HOME}
    held: Any = SimpleNamespace(**values | changes)
    found: Client = held
    return found


def elsewhere(host: str) -> str:
    """What is said of a callback that is not where the homepage is."""
    return f"It sends you back to {host}, which is not where its homepage is."


def plain(host: str) -> str:
    """What is said of a callback that is not encrypted."""
    return f"The way back to {host} is not encrypted. Others on the network could read it."


def titles(answer: Answer) -> list[str]:
    """The permissions a page shows, each with its badge."""
    shown = re.findall(r"</span><b>(.*?)</b><small>", answer.text)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in shown]


# --- warnings, as a table ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "redirect_uri", "scope", "said"),
    [
        ({}, CALLBACK, "posts:read", []),
        ({}, CALLBACK, "", []),
        ({}, CALLBACK, "user", [EVERYTHING]),
        ({"dynamic": True}, CALLBACK, "posts:read", [NEW_HERE]),
        ({}, "http://standup.example.net/cb", "posts:read", [plain("standup.example.net")]),
        ({}, "http://127.0.0.1:9/cb", "posts:read", []),
        ({}, "http://[::1]/cb", "posts:read", []),
        ({}, "http://localhost:9/cb", "posts:read", []),
        ({}, "https://evil.example/cb", "posts:read", [elsewhere("evil.example")]),
        ({}, "https://evil.example:8443/cb", "posts:read", [elsewhere("evil.example:8443")]),
        ({}, "https://STANDUP.example.net/cb", "posts:read", []),
        ({}, "https://auth.standup.example.net/cb", "posts:read", []),
        ({}, "https://notstandup.example.net/cb", "posts:read", [elsewhere("notstandup.example.net")]),
        ({}, "https://example.net/cb", "posts:read", [elsewhere("example.net")]),
        ({"client_uri": "https://www.example.net/about"}, "https://app.example.net/cb", "posts:read", []),
        ({"client_uri": "https://example.net"}, "https://www.example.net/cb", "posts:read", []),
        ({"client_uri": ""}, "https://evil.example/cb", "posts:read", []),
        ({}, "com.example.app:/done", "posts:read", []),
        (
            {"dynamic": True},
            "http://evil.example/cb",
            "user",
            [NEW_HERE, plain("evil.example"), elsewhere("evil.example"), EVERYTHING],
        ),
    ],
)
def test_what_there_is_to_be_careful_about(
    changes: dict[str, Any], redirect_uri: str, scope: str, said: list[str]
) -> None:
    """Ux 6.9, warning strip: self-registered, http off this machine, a host that is not the homepage's, everything."""
    assert warnings(client(**changes), redirect_uri, scope) == said


# --- on the page ------------------------------------------------------------------------------------------------


def test_warnings_are_above_the_buttons(leo: Browser, world: World) -> None:
    """Ux 6.9: read before one presses."""
    answer = leo.authorize(world.app(redirect_uris=["http://evil.example/cb"]))
    places = [answer.text.index(text) for text in (plain("evil.example"), elsewhere("evil.example"), 'value="deny"')]
    assert places == sorted(places)
    assert EVERYTHING in answer.page.text


def test_without_a_reason_nothing_warns(leo: Browser, world: World) -> None:
    """A strip that is always there is not read."""
    assert "flash--warn" not in leo.authorize(world.app(scope="posts:read")).text


def test_a_program_that_registered_itself_is_nobodys_word(leo: Browser, world: World) -> None:
    """DESIGN section 4: "Registered itself" where others have a person, and the strip says what that means."""
    world.set(dynamic_registration=True)
    body = {"redirect_uris": [CALLBACK], "client_name": "Helper"}
    made = call("POST", "/api/v4/oauth/apps/register", json=body).json
    app = App(made["client_id"], made["client_secret"], CALLBACK)
    page = leo.authorize(app).page
    assert "Registered itself on 23 Nov 2026" in page.text
    assert "Registered by" not in page.text
    assert NEW_HERE in page.text
    assert len(titles(leo.authorize(app))) == len(SELF_REGISTERED.split())


def test_a_callback_on_this_computer_is_said_in_words(leo: Browser, world: World) -> None:
    """Ux 6.9: loopback is "a program on this computer"."""
    page = leo.authorize(world.app(redirect_uris=["http://127.0.0.1:9/cb"], scope="posts:read")).page
    assert "Sends you back to a program on this computer (127.0.0.1)" in page.text


def test_the_first_time_nothing_is_marked_new(leo: Browser, world: World) -> None:
    """Everything is; a mark on all says nothing."""
    assert titles(leo.authorize(world.app(scope="posts:read teams:read"), scope="posts:read")) == [
        "Read the posts you can see"
    ]


def test_what_is_new_is_marked_and_what_was_allowed_is_folded(leo: Browser, world: World) -> None:
    """Ux 6.9, re-consent."""
    app = world.app()
    leo.allow(app, scope="posts:read teams:read")
    answer = leo.authorize(app, scope="posts:read posts:write")
    assert "Already allowed: 2 permissions" in answer.page.text
    assert titles(answer) == ["Post as you New", "Read the posts you can see", "See your teams"]
    assert "<details" in answer.text[: answer.text.index("Already allowed")]


def test_what_is_asked_besides_what_is_held_is_new_too(leo: Browser, world: World) -> None:
    """The request names only the new; what is held is told all the same."""
    app = world.app()
    leo.allow(app, scope="posts:read")
    answer = leo.authorize(app, scope="posts:write")
    assert titles(answer) == ["Post as you New", "Read the posts you can see"]
    assert "Already allowed: 1 permission" in answer.page.text


def test_allowing_more_keeps_what_was_allowed(leo: Browser, world: World) -> None:
    """Nobody is asked about the folded part again."""
    app = world.app()
    leo.allow(app, scope="posts:read")
    leo.allow(app, scope="posts:write")
    assert leo.authorize(app, scope="posts:read posts:write").status == 302


def test_prompt_consent_shows_all_of_it_and_marks_nothing(leo: Browser, world: World) -> None:
    """DESIGN section 4: asked again about the same."""
    app = world.app()
    leo.allow(app, scope="posts:read")
    answer = leo.authorize(app, scope="posts:read", prompt="consent")
    assert titles(answer) == ["Read the posts you can see"]
    assert "Already allowed" not in answer.page.text


def test_after_a_revocation_everything_is_asked_anew(leo: Browser, world: World) -> None:
    """A grant that is gone was never there."""
    app = world.app()
    leo.allow(app, scope="posts:read")
    path = f"/account/security/oauth2-apps/{app.client_id}/revoke"
    leo.submit(leo.get(path), path)
    assert titles(leo.authorize(app, scope="posts:read posts:write")) == ["Read the posts you can see", "Post as you"]


def test_what_trust_gave_was_never_allowed(leo: Browser, world: World) -> None:
    """DESIGN section 4: a grant made by trust is no consent, so nothing is "already allowed"."""
    app = world.app(trusted=True)
    leo.allow(app, scope="posts:read")
    answer = leo.authorize(app, scope="posts:read posts:write", prompt="consent")
    assert titles(answer) == ["Read the posts you can see", "Post as you"]


def test_a_permission_at_another_api_is_told_in_its_words(leo: Browser, world: World) -> None:
    """RFC 8707: with the name of the API."""
    world.resource()
    app = world.app()
    leo.allow(app, scope="posts:read")
    answer = leo.authorize(app, resource=CALENDAR, scope="calendar:read")
    assert titles(answer) == ["See your calendar New", "Read the posts you can see"]
    assert "At Calendar" in answer.page.text


def test_what_is_held_at_an_api_that_is_not_asked_for_is_left_out(leo: Browser, world: World) -> None:
    """The page tells what it knows; nothing is read for the rest."""
    world.resource()
    app = world.app()
    exchange(app, leo.allow(app, resource=CALENDAR, scope="calendar:read"))
    answer = leo.authorize(app, scope="posts:read")
    assert titles(answer) == ["Read the posts you can see New"]
    assert "Already allowed" not in answer.page.text
