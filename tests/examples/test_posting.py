"""The sample client posts a hello: what it asks the API for, what it sends, and what it says when it is refused."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib import config
from chalicelib.workspace import channels
from tests.browser import Browser as Visitor
from tests.browser import api, exchange
from tests.crew import Crew
from tests.make import App, World

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "sample_client"))

import oauth_flow
import posting
import sample_page

PICTURE = "https://standup.example.net/bot.png"
ENDPOINTS = {"token_endpoint": "/oauth/access_token", "revocation_endpoint": "/oauth/revoke"}


@pytest.fixture
def app(world: World) -> App:
    """The sample client's registration."""
    return world.app(name="Sample Client")


@pytest.fixture
def browser(crew: Crew, app: App) -> oauth_flow.Browser:
    """The sample client after Leo signed in, before anything was posted."""
    return signed_in(crew, app)


def signed_in(crew: Crew, app: App, scope: str | None = None) -> oauth_flow.Browser:
    """What the sample client knows when Leo has signed in, with a scope if he gave less than everything."""
    here = config.current().issuer
    code = Visitor().holding(crew.leo).allow(app, scope=scope)
    return oauth_flow.Browser(
        oauth_flow.App(here, app.client_id, app.secret),
        app.redirect_uri,
        endpoints={name: here + path for name, path in ENDPOINTS.items()},
        token=exchange(app, code).json,
        person={"username": "leo", "first_name": "Leo"},
    )


def find(browser: oauth_flow.Browser) -> oauth_flow.Browser:
    """Press "Post a hello"."""
    oauth_flow.act(browser, posting.find_channels)
    return browser


def hello(browser: oauth_flow.Browser, **typed: str) -> oauth_flow.Browser:
    """Fill in the form and press "Post it"."""
    oauth_flow.act(browser, lambda known: posting.post(known, typed))
    return browser


def newest(crew: Crew, channel_id: str) -> Any:
    """The newest post of a channel, as the API gives it."""
    found = api("GET", f"/channels/{channel_id}/posts", crew.leo).json
    return found["posts"][found["order"][0]] if found["order"] else None


def test_the_form_offers_my_channels_and_says_which_are_private(crew: Crew, browser: oauth_flow.Browser) -> None:
    """Ux 6.16: from the API, in two kinds of steps; a direct channel has no name to offer."""
    channels.create_direct(crew.world.leo.user_id, crew.world.ana.user_id, crew.world.origin())

    page = sample_page.page(find(browser))

    assert {each.name for each in browser.kept["channels"]} == {"Town Square", "Plans", "Leos (private)"}
    assert f'<option value="{crew.leos}">Leos (private)</option>' in page
    assert [step.kind for step in browser.steps] == ["teams", "channels"]


def test_a_hello_is_posted_as_the_person_under_another_name(crew: Crew, browser: oauth_flow.Browser) -> None:
    """Contract 2.14 and 3.14: the props of a Zapier-like client."""
    find(browser)

    hello(browser, channel_id=crew.square, text="Hi", name="Standup Bot", picture=PICTURE)
    post = newest(crew, crew.square)

    assert (post["message"], post["user_id"]) == ("Hi", crew.world.leo.user_id)
    assert post["props"] == {
        "from_webhook": "true",
        "override_username": "Standup Bot",
        "override_icon_url": PICTURE,
        "from_oauth_app": "true",
    }


def test_without_another_name_nothing_is_overridden(crew: Crew, browser: oauth_flow.Browser) -> None:
    """An empty field asks for nothing."""
    hello(find(browser), channel_id=crew.square, text="Hi")

    assert newest(crew, crew.square)["props"] == {"from_webhook": "true", "from_oauth_app": "true"}


def test_the_page_says_where_it_is_with_a_link_this_once(crew: Crew, browser: oauth_flow.Browser) -> None:
    """Task: "See it in Gatepost"."""
    hello(find(browser), channel_id=crew.square, text="Hi", name="Standup Bot")
    link = f'<a href="{config.current().issuer}/channels/{crew.square}">See it in Gatepost</a>'

    first, second = sample_page.page(browser), sample_page.page(browser)

    assert "Posted in Town Square." in first
    assert (link in first, link in second) == (True, False)


def test_what_was_sent_is_told_and_the_token_is_not(crew: Crew, browser: oauth_flow.Browser) -> None:
    """Ux 6.16: "What just happened"."""
    hello(find(browser), channel_id=crew.square, text="Hi", name="Standup Bot")
    step = browser.steps[-1]

    assert (step.kind, step.result.partition(" ")[0]) == ("post", "201")
    assert '"override_username": "Standup Bot"' in step.fields
    assert browser.token["access_token"] not in sample_page.page(browser)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"channel_id": "y" * 26}, "Choose a channel."),
        ({"channel_id": ""}, "Choose a channel."),
        ({"text": " "}, "Write something to post."),
        ({"picture": "http://standup.example.net/bot.png"}, "Start the address of the picture with https://"),
    ],
)
def test_what_cannot_be_posted_is_said_before_anything_is_sent(
    crew: Crew, browser: oauth_flow.Browser, changes: dict[str, str], words: str
) -> None:
    """And what was typed stays."""
    typed = {"channel_id": crew.square, "text": "Hi", "name": 'A "Bot" <b>', "picture": ""} | changes
    hello(find(browser), **typed)
    page = sample_page.page(browser)

    assert words in page
    assert 'value="A &quot;Bot&quot; &lt;b&gt;"' in page
    assert "post" not in [step.kind for step in browser.steps]


def test_after_a_revoke_posting_is_refused_in_words(crew: Crew, app: App, browser: oauth_flow.Browser) -> None:
    """Ux section 5, minute 4:00."""
    find(browser)
    visitor, path = Visitor().holding(crew.leo), f"/account/security/oauth2-apps/{app.client_id}/revoke"
    visitor.submit(visitor.get(path), path)

    hello(browser, channel_id=crew.square, text="Hi")

    assert browser.notice == ("bad", "You took this app's access away. Sign in again to give it back.")
    assert (browser.token, browser.kept) == ({}, {})
    assert newest(crew, crew.square) is None


def test_an_expired_token_is_renewed_and_the_hello_posted_once(
    crew: Crew, world: World, browser: oauth_flow.Browser
) -> None:
    """RFC 6750: the refused call changed nothing, so it can be made again; the person stays known."""
    find(browser)
    world.clock.shift(2 * 3600)

    hello(browser, channel_id=crew.square, text="Hi")

    assert [step.kind for step in browser.steps][-3:] == ["post", "refresh", "post"]
    assert browser.notice == ("ok", "Posted in Town Square.")
    assert browser.person["username"] == "leo"
    found = api("GET", f"/channels/{crew.square}/posts", world.session(world.leo)).json
    assert [post["message"] for post in found["posts"].values()] == ["Hi"]


def test_a_name_without_the_permission_for_it_is_refused_in_words(crew: Crew, app: App) -> None:
    """`posts:write.customize` is a permission of its own (ux 1, Slack)."""
    scope = "users:read teams:read channels:read posts:write"
    browser = find(signed_in(crew, app, scope))

    hello(browser, channel_id=crew.square, text="Hi", name="Standup Bot")

    assert browser.notice[1].startswith("The server refused (403):")
    assert browser.kept["draft"].name == "Standup Bot"


def test_an_archived_channel_is_refused_with_the_servers_reason(crew: Crew, browser: oauth_flow.Browser) -> None:
    """The API's own words."""
    find(browser)
    crew.archive(crew.public)

    hello(browser, channel_id=crew.public, text="Hi")

    assert browser.notice == ("bad", "The server refused (400): This channel is archived. Nobody can post there.")


def test_who_is_in_no_channel_is_told_so(crew: Crew, app: App) -> None:
    """There is nothing to choose."""
    alone = replace(crew, leo=crew.person()[1])

    assert find(signed_in(alone, app)).notice == ("bad", posting.NO_CHANNEL)


def test_signing_out_forgets_the_channels(crew: Crew, browser: oauth_flow.Browser) -> None:
    """The next person has others."""
    oauth_flow.sign_out(find(browser))

    assert browser.kept == {}
    assert "Post it" not in sample_page.page(browser)
