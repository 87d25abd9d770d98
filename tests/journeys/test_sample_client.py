"""Issue item 12: the sample client, a process of its own, at the real server."""

import pytest
from playwright.sync_api import expect

from tests.crew import Crew
from tests.journeys.screen import Screen
from tests.make import App, World

pytestmark = pytest.mark.browser
SIGN_IN = "Sign in with Gatepost"


def signed_in(sample: Screen) -> Screen:
    """Sign in for the first time."""
    sample.follow(SIGN_IN).shows("Allow Sample Client to use your Gatepost account?").press("Allow")
    return sample.shows("Hello, Leo")


def steps(sample: Screen) -> list[str]:
    """The sentences of the account of what happened."""
    return [text.partition(" RFC ")[0] for text in sample.page.locator("ol li p:first-child").all_inner_texts()]


def test_a_sign_in_is_told_step_by_step(sample: Screen) -> None:
    """UX 6.16."""
    signed_in(sample).says("leo@example.com")

    assert steps(sample) == [
        "Asked the server for its name and addresses.",
        "Sent you there with a state and the hash of a PKCE secret.",
        "You came back with an answer; its state and iss are checked.",
        "Swapped the code for tokens, with the PKCE secret as proof.",
        "Called the API with the access token: who are you?",
    ]


def test_the_token_is_used_again_refreshed_and_given_back(sample: Screen, world: World) -> None:
    """RFC 6749 section 6, RFC 7009."""
    signed_in(sample).press("Call the API again").press("Refresh token")
    sample.says("Swapped the refresh token for new tokens.")
    sample.press("Call the API again").shows("Hello, Leo")

    sample.press("Revoke here").says("Revoked. The server no longer accepts these tokens.")

    assert steps(sample)[-1] == "Asked the server to end the tokens of this sign-in."


def test_access_that_was_taken_away_is_said_in_words(sample: Screen) -> None:
    """Issue item 12; ux section 5, minute 4:00."""
    signed_in(sample)
    address = sample.page.url
    sample.follow("Manage access on Gatepost").follow("Revoke access for Sample Client").press("Revoke access")

    sample.open(address).press("Call the API again")

    sample.says("You took this app's access away. Sign in again to give it back.")
    sample.follow(SIGN_IN).shows("Allow Sample Client to use your Gatepost account?")


def test_deny_is_said_in_words(sample: Screen) -> None:
    """UX 6.16."""
    sample.follow(SIGN_IN).press("Deny")

    sample.says("You chose Deny. Nothing was shared.").follow("Try again").press("Allow").shows("Hello, Leo")


def test_a_wrong_secret_is_said_in_words_and_can_be_mended(sample: Screen, sample_app: App) -> None:
    """The set-up box takes the credentials of an application one registered oneself."""
    sample.page.locator("#client_secret").fill("gps_not-the-secret")
    sample.press("Save").follow(SIGN_IN).press("Allow").says("The server did not accept the client secret.")

    sample.page.locator("#client_secret").fill(sample_app.secret)
    sample.press("Save").follow(SIGN_IN).shows("Hello, Leo")


def test_a_switched_off_provider_is_said_in_words(sample: Screen, world: World) -> None:
    """DESIGN section 4: 501 on the metadata; and for who is signed in already, at the refresh."""
    signed_in(sample)
    world.set(provider_on=False)

    sample.press("Call the API again").says("The OAuth 2.0 Service Provider of this server is switched off.")
    sample.press("Sign out").follow(SIGN_IN).says("The OAuth 2.0 Service Provider of this server is switched off.")

    expect(sample.page.get_by_role("link", name="Switch it on in the System Console")).to_be_visible()


def ready_to_post(sample: Screen, world: World) -> Screen:
    """Sign in as somebody who is in a team, and press "Post a hello"."""
    Crew.of(world)
    signed_in(sample).press("Post a hello")
    sample.page.get_by_label("Channel").select_option("Town Square")
    return sample.fill("Name to show", "Standup Bot").fill("Picture to show", "https://standup.example.net/bot.png")


def test_a_hello_is_posted_and_seen_in_gatepost(sample: Screen, world: World) -> None:
    """UX 6.16 and section 5, minute 3:15; the name is ignored until a System Admin permits it."""
    ready_to_post(sample, world).press("Post it").says("Posted in Town Square.")

    assert steps(sample)[-3:] == [
        "Asked the API which teams you are in.",
        "Asked the API which channels of a team you are in.",
        "Posted as you; the name and picture you typed went along in props.",
    ]
    sample.follow("See it in Gatepost").shows("Town Square").says("Leo Wong APP", "Sample Client, for Leo Wong")


def test_a_hello_is_refused_in_words_after_access_was_taken_away(sample: Screen, world: World) -> None:
    """UX section 5, minute 4:00."""
    ready_to_post(sample, world)
    address = sample.page.url
    sample.follow("Manage access on Gatepost").follow("Revoke access for Sample Client").press("Revoke access")
    sample.open(address).press("Post it")

    sample.says("You took this app's access away. Sign in again to give it back.")
    expect(sample.page.get_by_role("link", name=SIGN_IN)).to_be_visible()


def test_a_hello_that_cannot_be_posted_stays_in_the_form(sample: Screen, world: World) -> None:
    """UX 2: never lose typing."""
    ready_to_post(sample, world).fill("Picture to show", "ftp://nowhere").press("Post it")

    sample.says("Start the address of the picture with https://")
    expect(sample.page.get_by_label("Name to show")).to_have_value("Standup Bot")
