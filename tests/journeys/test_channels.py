"""Channels and posts on the screen, and the tour of ux section 5: post with another name, see it, revoke."""

from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from chalicelib import config
from tests.crew import Crew, token, write
from tests.journeys.scenes import ELSEWHERE
from tests.journeys.screen import Screen
from tests.make import App, World

pytestmark = pytest.mark.browser
CONSOLE = "/admin/integrations/custom"
PICTURE = "https://standup.example.net/bot.png"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="#3d4fb8"/></svg>'
BOT = {"from_webhook": "true", "override_username": "Standup Bot", "override_icon_url": PICTURE}


def quiet(screen: Screen) -> Screen:
    """See one of our pictures in the place of other people's: nothing leaves this machine."""
    screen.page.unroute_all()
    screen.page.route(ELSEWHERE, lambda route: route.fulfill(body=DRAWING, content_type="image/svg+xml"))
    return screen


def permit(screen: Screen, *settings: str) -> None:
    """Switch overrides on, as a System Admin."""
    screen.open(CONSOLE)
    [screen.choose("True", setting) for setting in settings]
    screen.press("Save").says("Saved.")


def test_the_tour_from_a_hello_to_the_revoke(
    crew: Crew, sample_home: str, sample_app: App, open_screen: Callable[[], Screen]
) -> None:
    """Ux section 5; the seed, step 4: customizable usernames and profile pictures."""
    leo, maya = quiet(open_screen()).holding(crew.leo), open_screen().holding(crew.maya)
    leo.open(sample_home).fill("Client ID", sample_app.client_id)
    leo.page.locator("#client_secret").fill(sample_app.secret)
    leo.press("Save").follow("Sign in with Gatepost").press("Allow").shows("Hello, Leo").press("Post a hello")
    leo.page.get_by_label("Channel").select_option("Town Square")
    leo.fill("Name to show", "Standup Bot").fill("Picture to show", PICTURE).press("Post it")

    leo.follow("See it in Gatepost").shows("Town Square").says("Leo Wong APP", "Sample Client, for Leo Wong")
    leo.says("Name and picture override ignored: off in System Console")
    assert PICTURE not in leo.asked

    permit(
        maya,
        "Enable integrations to override usernames",
        "Enable integrations to override profile picture icons",
    )
    leo.follow("Show new posts").says("Standup Bot APP", "Sample Client, for Leo Wong")
    expect(leo.page.locator("main")).not_to_contain_text("ignored")
    assert PICTURE in leo.asked

    leo.open("/account/security/oauth2-apps").follow("Revoke access for Sample Client").press("Revoke access")
    leo.open(sample_home).press("Post it")
    leo.says("You took this app's access away. Sign in again to give it back.")


def test_a_system_admin_follows_the_note_to_the_switch(crew: Crew, world: World, screen: Screen) -> None:
    """Ux 6.17."""
    write(token(world.app(), crew.leo), crew.square, "Three updates", props=BOT)
    screen.holding(crew.maya).open(f"/channels/{crew.square}").says("Name and picture override ignored")

    screen.page.locator(".post__note a").click()

    screen.shows("Custom Integrations")


def test_people_write_reply_and_delete(crew: Crew, screen: Screen) -> None:
    """Ux 6.17: a box to write, a thread, a confirm page."""
    screen.holding(crew.leo).open("/integrations").follow("Channels").shows("Town Square").says("No posts yet.")
    screen.fill("Write to Town Square", "Who has\nthe keys?").press("Post").says("Leo Wong just now")
    expect(screen.page.locator(".post__text")).to_have_text("Who has\nthe keys?", use_inner_text=True)

    screen.follow("Reply to the post by Leo Wong").shows("Thread in Town Square")
    screen.fill("Write a reply", "I have").press("Reply").says("I have")
    screen.follow("Town Square").says("1 reply", "In reply to Who has the keys?")

    screen.follow("Delete the post by Leo Wong").shows("Delete this post?").says("Its reply goes with it.")
    screen.press("Delete post").says("The post was deleted.", "No posts yet.")


def test_an_empty_post_is_said_at_the_top_and_at_the_box(crew: Crew, screen: Screen) -> None:
    """Ux 3.4: the summary takes the focus and leads to the box, in whose place it is."""
    screen.holding(crew.leo).open("/channels/town-square").fill("Write to Town Square", "   ").press("Post")

    expect(screen.page).to_have_title("Error: Town Square · Channels · Gatepost")
    assert screen.page.locator(":focus").get_attribute("role") == "alert"
    screen.page.get_by_role("link", name="Write something").click()
    expect(screen.page.get_by_label("Write to Town Square")).to_be_focused()


def test_a_public_channel_is_found_and_joined(crew: Crew, screen: Screen) -> None:
    """Public channels of the team that one is not in."""
    screen.holding(crew.ana).open("/channels").follow("More channels").shows("More channels").says("Plans")

    screen.press("Join Plans").shows("Plans").says("You are in Plans now.")

    screen.fill("Write to Plans", "Hello").press("Post").says("Ana Duarte")


def test_a_stranger_signs_in_and_lands_in_the_channel(crew: Crew, screen: Screen) -> None:
    """The link of the sample client works for who is signed out."""
    screen.open(f"/channels/{crew.square}").sign_in("leo").shows("Town Square")

    assert screen.page.url == urljoin(config.current().issuer, f"/channels/{crew.square}")


def test_new_posts_come_into_view(crew: Crew, world: World, screen: Screen) -> None:
    """Ux 6.17: a link, and no script that asks by itself."""
    [crew.post(crew.square, world.ana, f"Line {number}\n\n\n") for number in range(20)]
    screen.holding(crew.leo).open("/channels/town-square")
    crew.post(crew.square, world.ana, "Fresh")

    screen.follow("Show new posts").says("New since")

    expect(screen.page.locator("#new")).to_be_in_viewport()
