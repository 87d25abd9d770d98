"""Writing posts and replies (ux 6.17)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.store import places
from chalicelib.store.places import in_channel_key
from chalicelib.store.writing import write_together
from chalicelib.workspace import posts
from chalicelib.workspace.posts import MAX_MESSAGE
from tests.browser import Answer, Browser
from tests.crew import Crew, unknown


def send(browser: Browser, channel_id: str, message: str, page: str = "") -> Answer:
    """Fill in the box of a page and press its button."""
    path = f"/channels/{channel_id}"
    return browser.submit(browser.get(page or path), path, message=message)


def posted(answer: Answer) -> str:
    """The id of the post that was just written."""
    assert answer.status == 303, answer.page.text
    return answer.goes_to.partition("#post-")[2]


def test_a_post_is_kept_as_it_was_typed(crew: Crew, leo: Browser) -> None:
    """Browsers send line breaks as two characters; nothing else changes."""
    answer = send(leo, crew.square, "One\r\n\r\n  two & <three> ٣")
    post = crew.post_row(posted(answer))

    assert post.message == "One\n\n  two & <three> ٣"
    assert (post.user_id, post.channel_id, post.props) == (crew.world.leo.user_id, crew.square, {})
    assert not post.root_id
    assert not post.client_id
    assert answer.goes_to == f"/channels/{crew.square}?posted={post.post_id}#post-{post.post_id}"
    assert "<three>" in leo.get(answer.goes_to).page.text


def test_a_post_can_be_written_from_the_page_by_name_too(crew: Crew, leo: Browser) -> None:
    """The form names the channel by id, so that a rename in between sends it nowhere else."""
    assert crew.post_row(posted(send(leo, crew.public, "Hi", page="/channels/plans"))).channel_id == crew.public


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ("", "Write something"),
        (" \r\n\t ", "Write something"),
        ("é" * (MAX_MESSAGE + 1), "Shorten the message to 16,383 characters, it has 16,384"),
    ],
)
def test_what_cannot_be_posted_is_said_and_stays_in_the_box(
    crew: Crew, leo: Browser, message: str, problem: str
) -> None:
    """Ux 2: never lose typing; 3.3.1: title, summary and field say it."""
    answer = send(leo, crew.square, message)
    page = answer.page

    assert (answer.status, page.text.count(problem)) == (422, 2)
    assert page.title.startswith("Error: Town Square")
    assert page.form(f"/channels/{crew.square}").fields["message"] == message.strip()


def test_the_longest_message_is_taken(crew: Crew, leo: Browser) -> None:
    """Contract 2.13: 16,383 characters, not bytes."""
    assert crew.post_row(posted(send(leo, crew.square, "é" * MAX_MESSAGE))).message == "é" * MAX_MESSAGE


def test_line_breaks_count_once(crew: Crew, leo: Browser) -> None:
    """A browser's two characters are one of ours."""
    message = "\r\n".join(["x"] * (MAX_MESSAGE // 2 + 1))

    assert len(crew.post_row(posted(send(leo, crew.square, message))).message) == MAX_MESSAGE


def test_what_is_no_text_is_refused(crew: Crew, leo: Browser) -> None:
    """Checklists, input."""
    assert send(leo, crew.square, "a\x00b").status == 400


def test_who_is_not_in_the_channel_is_asked_to_join_and_keeps_what_was_typed(crew: Crew, leo: Browser) -> None:
    """Somebody took them out while they wrote."""
    page = leo.get(f"/channels/{crew.public}")
    write_together(places.left(crew.world.row(in_channel_key(crew.world.leo.user_id, crew.public))))

    answer = leo.submit(page, f"/channels/{crew.public}", message="Long thoughts")

    assert answer.status == 422
    assert "Join this channel to post here" in answer.page.text
    assert answer.page.form(f"/channels/{crew.public}").fields["message"] == "Long thoughts"
    assert answer.page.form(f"/channels/{crew.public}/join")


def test_an_archived_channel_takes_no_post(crew: Crew, leo: Browser) -> None:
    """Archived while somebody wrote."""
    page = leo.get(f"/channels/{crew.public}")
    crew.archive(crew.public)

    answer = leo.submit(page, f"/channels/{crew.public}", message="Too late")

    assert (answer.status, "This channel is archived, nobody can post here" in answer.page.text) == (422, True)
    assert answer.page.form(f"/channels/{crew.public}").fields["message"] == "Too late"


@pytest.mark.parametrize("channel", ["anas", "nowhere", "town-square"])
def test_nothing_is_posted_where_one_may_not_look(crew: Crew, leo: Browser, channel: str) -> None:
    """Nor to an address that is no id."""
    token = leo.get("/channels/town-square").page.form(f"/channels/{crew.square}").fields["csrf"]
    path = {"anas": crew.anas}.get(channel, channel)

    answer = leo.post(f"/channels/{path}", {"csrf": token, "message": "Hello"})

    assert (answer.status, answer.page.h1) == (404, "No such channel")


def test_a_post_needs_the_forms_token(crew: Crew, leo: Browser) -> None:
    """DESIGN section 4; what was typed is given back."""
    answer = leo.post(f"/channels/{crew.square}", {"csrf": "x", "message": "Forged"})

    assert (answer.status, answer.page.h1) == (403, "This page was open too long")


def test_a_reply_belongs_to_its_thread(crew: Crew, leo: Browser) -> None:
    """And counts at the post it answers."""
    root = crew.post(crew.square, crew.world.ana, "Question")
    thread = f"/channels/{crew.square}/thread/{root}"

    answer = send(leo, crew.square, "Answer", page=thread)
    reply = crew.post_row(posted(answer))

    assert answer.goes_to == f"{thread}?posted={reply.post_id}#post-{reply.post_id}"
    assert (reply.root_id, crew.post_row(root).reply_count) == (root, 1)


def test_an_empty_reply_comes_back_in_its_thread(crew: Crew, leo: Browser) -> None:
    """Ux 2."""
    root = crew.post(crew.square, crew.world.ana, "Question")

    answer = send(leo, crew.square, "  ", page=f"/channels/{crew.square}/thread/{root}")

    assert (answer.status, answer.page.h1) == (422, "Thread in Town Square")
    assert answer.page.form(f"/channels/{crew.square}").fields["root_id"] == root


def test_an_empty_reply_to_a_deleted_post_finds_no_thread(crew: Crew, leo: Browser) -> None:
    """There is nothing left to give it back in."""
    root = crew.post(crew.square, crew.world.ana, "Question")
    page = leo.get(f"/channels/{crew.square}/thread/{root}")
    posts.delete_post(crew.post_row(root), crew.world.origin())

    answer = leo.submit(page, f"/channels/{crew.square}", message=" ")

    assert (answer.status, answer.page.h1) == (404, "No such post")


@pytest.mark.parametrize("root", ["other channel", "deleted", "unknown", "junk", "reply"])
def test_a_reply_to_nothing_is_refused(crew: Crew, leo: Browser, root: str) -> None:
    """Whatever the form was made to say."""
    first = crew.post(crew.square, crew.world.leo, "First")
    roots = {
        "other channel": crew.post(crew.public, crew.world.leo, "Elsewhere"),
        "unknown": unknown(),
        "junk": "x" * 4_000,
        "reply": crew.post(crew.square, crew.world.leo, "Reply", first),
        "deleted": crew.post(crew.square, crew.world.leo, "Gone"),
    }
    posts.delete_post(crew.post_row(roots["deleted"]), crew.world.origin())
    form = leo.get(f"/channels/{crew.square}").page.form(f"/channels/{crew.square}").fields

    answer = leo.post(f"/channels/{crew.square}", form | {"message": "Hm", "root_id": roots[root]})

    assert answer.status in {400, 404}
    assert "Hm" not in leo.get(f"/channels/{crew.square}").page.text


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_whatever_is_typed_is_posted_or_given_back_as_it_was(crew: Crew, leo: Browser, message: str) -> None:
    """Ux 2; never a 500. What is no text is refused as a whole."""
    answer = send(leo, crew.square, message)

    assert answer.status in {303, 400, 422}
    if answer.status == 303:
        assert crew.post_row(posted(answer)).message == message.strip().replace("\r\n", "\n")
    assert (answer.status == 422) is (not message.strip())
