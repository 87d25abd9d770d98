"""Posts by applications: how they are signed, and who is told what (ux 6.17; contract 2.14, case 160)."""

import re

import pytest

from chalicelib.store import users
from chalicelib.store.users import user_key
from chalicelib.store.writing import write_together
from tests.browser import Answer, Browser
from tests.crew import Crew, token, write
from tests.make import World
from tests.web.channels.conftest import BOT, Robot

CONSOLE = "/admin/integrations/custom"
PICTURE = '<img class="av" src="https://standup.example.net/bot.png" alt="" width="44" height="44" '
PICTURE += 'referrerpolicy="no-referrer" loading="lazy">'


def square(browser: Browser) -> Answer:
    """Town Square, as somebody sees it."""
    answer = browser.get("/channels/town-square")
    assert answer.status == 200
    return answer


def head(answer: Answer) -> str:
    """What stands above the text of the only post."""
    found = re.search(r'<article.*?>(.*?)<p class="post__text"', answer.text, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_while_overrides_are_off_a_post_has_the_persons_name_and_the_mark(
    crew: Crew, robot: Robot, ana: Browser
) -> None:
    """A14: the account's own name and picture, and the line that says which application, for whom."""
    robot.post(crew.square, crew.world.leo)
    answer = square(ana)

    assert head(answer) == "Leo Wong APP just now Standup Notes , for Leo Wong"
    assert "standup.example.net" not in answer.text


def test_while_overrides_are_on_a_post_has_the_other_name_and_picture_and_still_the_mark(
    crew: Crew, robot: Robot, ana: Browser
) -> None:
    """A14, case 160."""
    robot.post(crew.square, crew.world.leo)
    crew.world.set(name_override=True, icon_override=True)
    answer = square(ana)

    assert head(answer) == "Standup Bot APP just now Standup Notes , for Leo Wong"
    assert PICTURE in answer.text


def test_switching_an_override_off_acts_on_posts_of_the_past(crew: Crew, robot: Robot, ana: Browser) -> None:
    """Contract 2.14: readers decide, with the setting as it is now."""
    crew.world.set(name_override=True)
    robot.post(crew.square, crew.world.leo)
    crew.world.set(name_override=False)

    assert head(square(ana)).startswith("Leo Wong APP")


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ({}, "Name and picture override ignored: off in System Console"),
        ({"icon_override": True}, "Name override ignored: off in System Console"),
        ({"name_override": True}, "Picture override ignored: off in System Console"),
        ({"name_override": True, "icon_override": True}, ""),
    ],
)
def test_the_author_is_told_what_was_ignored(
    crew: Crew, robot: Robot, leo: Browser, on: dict[str, bool], words: str
) -> None:
    """Ux 6.17: only what applies, and without a link to a page the author may not open."""
    robot.post(crew.square, crew.world.leo)
    crew.world.set(**on)
    page = square(leo).page

    assert ("override ignored" in page.text) is bool(words)
    assert words in page.text
    assert CONSOLE not in page.links


def test_a_system_admin_is_told_with_a_link(crew: Crew, robot: Robot, maya: Browser) -> None:
    """Ux 6.17."""
    robot.post(crew.square, crew.world.leo)
    page = maya.get(f"/channels/{crew.square}").page

    assert "Name and picture override ignored: off in System Console" in page.text
    assert CONSOLE in page.links


def test_nobody_else_is_told(crew: Crew, robot: Robot, ana: Browser) -> None:
    """It is between the author, the application and who runs the server."""
    robot.post(crew.square, crew.world.leo)

    assert "ignored" not in square(ana).page.text


def test_a_post_without_override_has_no_note(crew: Crew, robot: Robot, leo: Browser) -> None:
    """Nothing was ignored."""
    robot.post(crew.square, crew.world.leo, override_username="", override_icon_url="")

    assert "ignored" not in square(leo).page.text


def test_a_person_who_sends_the_same_over_the_api_looks_like_themselves(crew: Crew, ana: Browser) -> None:
    """Only an application's post is overridden; a session cannot say that it is one."""
    crew.world.set(name_override=True, icon_override=True)
    sent = write(crew.leo, crew.square, "Trust me", props=BOT | {"from_oauth_app": "true"})
    answer = square(ana)

    assert (sent.status, head(answer)) == (201, "Leo Wong just now")
    assert "Standup Bot" not in answer.page.text


def test_a_token_posts_under_another_name_from_end_to_end(crew: Crew, robot: Robot, ana: Browser) -> None:
    """The seed: applications post with customizable usernames and profile pictures."""
    crew.world.set(name_override=True, icon_override=True)
    access = token(robot.app, crew.leo)

    assert write(access, crew.square, "Three updates", props=BOT).status == 201
    assert head(square(ana)) == "Standup Bot APP just now Standup Notes , for Leo Wong"


def test_a_name_that_turns_letters_around_turns_nothing(crew: Crew, robot: Robot, ana: Browser) -> None:
    """The name stands alone in its bdi, without the characters that hide or turn."""
    crew.world.set(name_override=True)
    robot.post(crew.square, crew.world.leo, override_username="Maya\u202e Okafor\u2066")
    text = square(ana).text

    assert "<b><bdi>Maya Okafor</bdi></b>" in text
    assert "<bdi>Standup Notes</bdi>, for <bdi>Leo Wong</bdi>" in text


def test_a_name_is_no_markup(crew: Crew, robot: Robot, ana: Browser) -> None:
    """Checklists, markup."""
    crew.world.set(name_override=True)
    robot.post(crew.square, crew.world.leo, override_username='<b>"APP"</b>')

    assert "<b><bdi>&lt;b&gt;&#34;APP&#34;&lt;/b&gt;</bdi></b>" in square(ana).text


def test_pictures_may_come_from_elsewhere_by_https_on_these_pages_alone(crew: Crew, robot: Robot, leo: Browser) -> None:
    """Ux 3.2, as list pages do."""
    post = robot.post(crew.square, crew.world.leo)
    pages = [square(leo), leo.get(f"/channels/{crew.square}/thread/{post.post_id}"), leo.get("/channels?show=all")]

    policies = [re.search(r"img-src ([^;]+)", page.headers["Content-Security-Policy"]) for page in pages]
    assert [found[1] for found in policies if found] == ["'self' https:", "'self' https:", "'self'"]


def test_a_deleted_applications_posts_stay_with_its_name(crew: Crew, robot: Robot, ana: Browser, maya: Browser) -> None:
    """Ux 6.12: its posts stay, marked with its name."""
    robot.post(crew.square, crew.world.leo)
    path = f"/integrations/oauth2-apps/{robot.app.client_id}/delete"
    assert maya.submit(maya.get(path), path).status == 303

    assert head(square(ana)) == "Leo Wong APP just now Standup Notes , for Leo Wong"


def test_a_renamed_person_is_renamed_in_the_line_below(crew: Crew, world: World, robot: Robot, ana: Browser) -> None:
    """Whose account it was is read anew at every look."""
    robot.post(crew.square, crew.world.leo)
    leo = world.row(user_key(crew.world.leo.user_id))
    write_together(*users.edited(leo, {"last_name": "Wong-Ito"}, world.now))

    assert head(square(ana)) == "Leo Wong-Ito APP just now Standup Notes , for Leo Wong-Ito"
