"""Posts over the API: write, read, change, delete (contract 2.13)."""

import json
from typing import Any

import pytest

from chalicelib.accounts import people
from chalicelib.store.audit import Event
from chalicelib.workspace.posts import MAX_MESSAGE, MAX_PROPS
from tests.browser import Answer, api, call
from tests.crew import BAD_BODY, BAD_URL, FORBIDDEN, NO_POST, Crew, messages, unknown, write
from tests.faults import answers_lost, just_before
from tests.web.api.bodies import refused

NO_ROOT = (400, "api.post.create_post.root_id.app_error")
FIELDS = {
    "id",
    "create_at",
    "update_at",
    "edit_at",
    "delete_at",
    "is_pinned",
    "user_id",
    "channel_id",
    "root_id",
    "original_id",
    "message",
    "type",
    "props",
    "hashtags",
    "pending_post_id",
    "reply_count",
    "last_reply_at",
    "participants",
    "metadata",
}


def get(session: str, post_id: str) -> Answer:
    """Read a post."""
    return api("GET", f"/posts/{post_id}", session)


def patch(session: str, post_id: str, **changes: Any) -> Answer:
    """Change some of a post."""
    return api("PUT", f"/posts/{post_id}/patch", session, changes)


def delete(session: str, post_id: str) -> Answer:
    """Delete a post."""
    return api("DELETE", f"/posts/{post_id}", session)


# --- writing ------------------------------------------------------------------------------------------------------


def test_a_post_is_answered_as_it_is_kept(crew: Crew) -> None:
    """Contract 2.13: 201 and Mattermost's Post."""
    answer = write(crew.leo, crew.public, "Ahoy\n*all*", props={"card": {"n": 1.5}})
    assert answer.status == 201
    assert answer.json.keys() == FIELDS
    assert (answer.json["message"], answer.json["props"]) == ("Ahoy\n*all*", {"card": {"n": 1.5}})
    assert (answer.json["channel_id"], answer.json["user_id"]) == (crew.public, crew.world.leo.user_id)
    assert answer.json["create_at"] == answer.json["update_at"] == crew.world.now
    assert (answer.json["edit_at"], answer.json["delete_at"], answer.json["root_id"]) == (0, 0, "")
    assert answer.json == get(crew.ana, answer.json["id"]).json


def test_who_posts_and_when_is_never_the_bodys_to_say(crew: Crew) -> None:
    """Contract 2.13: `user_id` is the caller's, `create_at` is ignored."""
    answer = write(crew.leo, crew.public, user_id=crew.world.ana.user_id, create_at=1, id=unknown())
    assert (answer.json["user_id"], answer.json["create_at"]) == (crew.world.leo.user_id, crew.world.now)


def test_a_clients_own_id_comes_back(crew: Crew) -> None:
    """Mattermost's clients find their post by it."""
    assert write(crew.leo, crew.public, pending_post_id="leo:17").json["pending_post_id"] == "leo:17"


@pytest.mark.parametrize("who", ["ana", "maya"])
@pytest.mark.parametrize("place", ["public", "leos"])
def test_posting_is_for_who_is_in_the_channel(who: str, place: str, crew: Crew) -> None:
    """A public channel is joined first, by System Admins too."""
    assert refused(write(getattr(crew, who), getattr(crew, place))) == FORBIDDEN
    assert messages(api("GET", f"/channels/{getattr(crew, place)}/posts", crew.leo)) == []


def test_an_unknown_channel_is_answered_like_anothers(crew: Crew) -> None:
    """Contract 2.13."""
    assert refused(write(crew.leo, unknown())) == FORBIDDEN


def test_nobody_posts_in_an_archived_channel(crew: Crew) -> None:
    """Contract 2.13."""
    crew.archive(crew.public)
    answer = write(crew.leo, crew.public)
    assert refused(answer) == (400, "api.post.create_post.can_not_post_to_deleted.error")


@pytest.mark.parametrize("message", ["", "   ", "\n\t", None])
def test_an_empty_post_is_refused(message: str | None, crew: Crew) -> None:
    """There are no files that could be all of a post."""
    assert refused(write(crew.leo, crew.public, message)) == BAD_BODY


@pytest.mark.parametrize(("length", "status"), [(MAX_MESSAGE, 201), (MAX_MESSAGE + 1, 400)])
def test_a_message_has_16383_characters_at_most(length: int, status: int, crew: Crew) -> None:
    """Contract 2.13: characters, not bytes."""
    answer = write(crew.leo, crew.public, "ä" * length)
    assert answer.status == status
    if status == 400:
        assert refused(answer) == (400, "model.post.is_valid.message_length.app_error")


@pytest.mark.parametrize(("size", "status"), [(MAX_PROPS, 201), (MAX_PROPS + 1, 400)])
def test_props_have_8000_bytes_at_most(size: int, status: int, crew: Crew) -> None:
    """As JSON."""
    props = {"a": "x" * (size - len(json.dumps({"a": ""})))}
    answer = write(crew.leo, crew.public, props=props)
    assert answer.status == status
    if status == 400:
        assert refused(answer) == (400, "model.post.is_valid.props.app_error")


@pytest.mark.parametrize(
    "changes",
    [
        {"message": 7},
        {"message": ["x"]},
        {"channel_id": None},
        {"channel_id": "junk"},
        {"root_id": "junk"},
        {"root_id": 7},
        {"props": []},
        {"props": "x"},
        {"file_ids": ["y" * 26]},
        {"file_ids": "x"},
        {"pending_post_id": 7},
    ],
)
def test_a_field_of_another_type_is_a_bad_body(changes: dict[str, Any], crew: Crew) -> None:
    """Contract 1.1; files are refused in so many words."""
    body = {"channel_id": crew.public, "message": "Hello"} | changes
    assert refused(api("POST", "/posts", crew.leo, body)) == BAD_BODY
    assert messages(api("GET", f"/channels/{crew.public}/posts", crew.leo)) == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_no_json_is_not_kept(number: str, crew: Crew) -> None:
    """Python reads it, and readers would choke on it."""
    body = f'{{"channel_id": "{crew.public}", "message": "x", "props": {{"n": {number}}}}}'
    headers = {"Authorization": f"Bearer {crew.leo}"}
    assert refused(call("POST", "/api/v4/posts", data=body, headers=headers)) == BAD_BODY


@pytest.mark.parametrize("body", ["garbage", "[]", "null", "", "\ud800".encode("utf-8", "surrogatepass")])
def test_garbage_is_a_bad_body(body: str | bytes, crew: Crew) -> None:
    """Contract 1.1."""
    headers = {"Authorization": f"Bearer {crew.leo}"}
    assert refused(call("POST", "/api/v4/posts", data=body, headers=headers)) == BAD_BODY


@pytest.mark.parametrize("reply", [False, True])
def test_a_post_whose_answer_was_lost_is_there_once(reply: bool, crew: Crew) -> None:
    """DESIGN section 1: its id is the request's, so that a second attempt finds it."""
    root = crew.post(crew.public, crew.world.leo, "Root")
    with answers_lost("PutItem", "TransactWriteItems", times=3):
        answer = write(crew.leo, crew.public, "Once", root_id=root if reply else "")
    assert answer.status == 201
    assert sorted(messages(api("GET", f"/channels/{crew.public}/posts", crew.leo))) == ["Once", "Root"]
    assert crew.post_row(root).reply_count == (1 if reply else 0)


def test_posting_is_content_and_not_audited(crew: Crew) -> None:
    """Nobody's security changes."""
    before = len(list(Event.scan()))
    write(crew.leo, crew.public)
    assert len(list(Event.scan())) == before


# --- replies ------------------------------------------------------------------------------------------------------


def test_a_reply_is_counted_at_its_root(crew: Crew) -> None:
    """One transaction."""
    root = crew.post(crew.public, crew.world.leo)
    crew.world.clock.shift(5)
    reply = write(crew.leo, crew.public, "Re", root_id=root)
    assert (reply.status, reply.json["root_id"], reply.json["reply_count"]) == (201, root, 0)
    counted = get(crew.leo, root).json
    assert (counted["reply_count"], counted["update_at"], counted["edit_at"]) == (1, crew.world.now, 0)


def test_what_is_replied_to_has_to_be_a_root_that_is_there(crew: Crew) -> None:
    """Contract 2.13."""
    root = crew.post(crew.public, crew.world.leo)
    reply = crew.post(crew.public, crew.world.leo, "Re", root)
    assert refused(write(crew.leo, crew.public, root_id=unknown())) == NO_ROOT
    assert refused(write(crew.leo, crew.public, root_id=reply)) == NO_ROOT
    delete(crew.leo, root)
    assert refused(write(crew.leo, crew.public, root_id=root)) == NO_ROOT


def test_a_reply_is_in_the_channel_of_its_root(crew: Crew) -> None:
    """Contract 2.13."""
    root = crew.post(crew.leos, crew.world.leo)
    answer = write(crew.leo, crew.public, root_id=root)
    assert refused(answer) == (400, "api.post.create_post.channel_root_id.app_error")
    assert crew.post_row(root).reply_count == 0


def test_a_root_that_is_deleted_at_the_last_moment_gets_no_reply(crew: Crew) -> None:
    """The transaction's condition, not the read before it, decides."""
    root = crew.post(crew.public, crew.world.leo)
    with just_before("TransactWriteItems", lambda: delete(crew.leo, root)):
        assert refused(write(crew.leo, crew.public, root_id=root)) == NO_ROOT
    assert (crew.post_row(root).deleted, crew.post_row(root).reply_count) == (True, 0)


def test_a_thread_is_its_root_and_all_replies_whichever_is_asked_for(crew: Crew) -> None:
    """Mattermost's PostList, newest first."""
    root = crew.post(crew.public, crew.world.leo, "Root")
    crew.world.clock.shift(1)
    reply = crew.post(crew.public, crew.world.leo, "First", root)
    crew.world.clock.shift(1)
    crew.post(crew.public, crew.world.leo, "Second", root)
    crew.post(crew.public, crew.world.leo, "Beside")
    threads = [api("GET", f"/posts/{post_id}/thread", crew.ana) for post_id in (root, reply)]
    assert messages(threads[0]) == ["Second", "First", "Root"]
    assert threads[0].json == threads[1].json


def test_a_deleted_reply_is_counted_no_more(crew: Crew) -> None:
    """And is in no list."""
    root = crew.post(crew.public, crew.world.leo, "Root")
    reply = crew.post(crew.public, crew.world.leo, "Re", root)
    assert delete(crew.leo, reply).status == 200
    assert get(crew.leo, root).json["reply_count"] == 0
    assert messages(api("GET", f"/posts/{root}/thread", crew.leo)) == ["Root"]


def test_with_its_root_a_thread_is_gone(crew: Crew) -> None:
    """As in Mattermost."""
    root = crew.post(crew.public, crew.world.leo)
    reply = crew.post(crew.public, crew.world.leo, "Re", root)
    delete(crew.leo, root)
    assert refused(get(crew.leo, reply)) == NO_POST
    assert refused(api("GET", f"/posts/{reply}/thread", crew.leo)) == NO_POST
    assert refused(patch(crew.leo, reply, message="x")) == NO_POST
    assert messages(api("GET", f"/channels/{crew.public}/posts", crew.leo)) == []


# --- reading, changing, deleting ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("leo", 200), ("ana", 200), ("maya", 200), ("kim", 403)])
@pytest.mark.parametrize("path", ["", "/thread"])
def test_a_post_of_a_public_channel_is_read_by_its_team(who: str, status: int, path: str, crew: Crew) -> None:
    """And by System Admins."""
    post = crew.post(crew.public, crew.world.leo)
    session = crew.person()[1] if who == "kim" else getattr(crew, who)
    answer = api("GET", f"/posts/{post}{path}", session)
    assert answer.status == status
    if status == 403:
        assert refused(answer) == FORBIDDEN


@pytest.mark.parametrize("place", ["leos", "direct"])
def test_a_system_admin_reads_no_post_of_a_channel_they_are_not_in(place: str, crew: Crew) -> None:
    """Private or direct: a difference from Mattermost that is meant."""
    channel_id = crew.leos if place == "leos" else crew.direct(crew.world.leo, crew.world.ana)
    post = crew.post(channel_id, crew.world.leo)
    assert refused(get(crew.maya, post)) == FORBIDDEN
    assert refused(delete(crew.maya, post)) == FORBIDDEN
    assert refused(api("GET", f"/channels/{channel_id}/posts", crew.maya)) == FORBIDDEN


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "/thread"), ("PUT", ""), ("PUT", "/patch"), ("DELETE", "")]
)
def test_an_unknown_or_deleted_post_is_not_found(method: str, path: str, crew: Crew) -> None:
    """Mattermost's ids; whose channel it is not hears nothing new of a deleted one."""
    gone, nobodys = crew.post(crew.leos, crew.world.leo), unknown()
    delete(crew.leo, gone)
    assert refused(api(method, f"/posts/{nobodys}{path}", crew.leo, {"id": nobodys, "message": "x"})) == NO_POST
    assert refused(api(method, f"/posts/{gone}{path}", crew.leo, {"id": gone, "message": "x"})) == NO_POST
    assert refused(api(method, f"/posts/{gone}{path}", crew.ana, {"id": gone, "message": "x"})) == FORBIDDEN
    assert refused(api(method, f"/posts/junk{path}", crew.leo, {"id": "junk", "message": "x"})) == BAD_URL


def test_a_patch_changes_what_it_names_and_says_when(crew: Crew) -> None:
    """Mattermost's `edit_at`: of the message."""
    post = write(crew.leo, crew.public, "Helo", props={"a": 1}).json["id"]
    crew.world.clock.shift(5)
    answer = patch(crew.leo, post, message="Hello")
    assert (answer.status, answer.json["message"], answer.json["props"]) == (200, "Hello", {"a": 1})
    assert answer.json["edit_at"] == answer.json["update_at"] == crew.world.now > answer.json["create_at"]
    assert answer.json == get(crew.leo, post).json


def test_other_props_are_no_edition_of_the_message(crew: Crew) -> None:
    """Mattermost's `edit_at`."""
    post = crew.post(crew.public, crew.world.leo)
    answer = patch(crew.leo, post, props={"b": 2})
    assert (answer.json["props"], answer.json["message"], answer.json["edit_at"]) == ({"b": 2}, "Hello", 0)


def test_an_update_has_the_id_of_its_path(crew: Crew) -> None:
    """Contract 1.1."""
    post = crew.post(crew.public, crew.world.leo)
    assert api("PUT", f"/posts/{post}", crew.leo, {"id": post, "message": "New"}).json["message"] == "New"
    assert refused(api("PUT", f"/posts/{post}", crew.leo, {"id": unknown(), "message": "New"})) == BAD_BODY
    assert refused(api("PUT", f"/posts/{post}", crew.leo, {"message": "New"})) == BAD_BODY


@pytest.mark.parametrize("changes", [{"message": ""}, {"message": 7}, {"props": []}, {"file_ids": ["x"]}])
def test_a_change_that_cannot_be_changes_nothing(changes: dict[str, Any], crew: Crew) -> None:
    """A failed write changes nothing."""
    post = crew.post(crew.public, crew.world.leo)
    assert refused(patch(crew.leo, post, **changes)) == BAD_BODY
    assert get(crew.leo, post).json["message"] == "Hello"


def test_nobody_edits_what_another_wrote(crew: Crew) -> None:
    """Not the channel's admin, not a System Admin."""
    crew.join(crew.public, crew.world.ana)
    post = crew.post(crew.public, crew.world.ana)
    assert refused(patch(crew.leo, post, message="x")) == FORBIDDEN
    assert refused(patch(crew.maya, post, message="x")) == FORBIDDEN


def test_who_left_the_channel_edits_nothing_there(crew: Crew) -> None:
    """An author edits while they may post."""
    crew.join(crew.public, crew.world.ana)
    post = crew.post(crew.public, crew.world.ana)
    api("DELETE", f"/channels/{crew.public}/members/me", crew.ana)
    assert refused(patch(crew.ana, post, message="x")) == FORBIDDEN
    assert get(crew.ana, post).status == 200


def test_nothing_in_an_archived_channel_is_edited(crew: Crew) -> None:
    """Mattermost's id."""
    post = crew.post(crew.public, crew.world.leo)
    crew.archive(crew.public)
    answer = patch(crew.leo, post, message="x")
    assert refused(answer) == (400, "api.post.update_post.can_not_update_post_in_deleted.error")
    assert get(crew.leo, post).json["message"] == "Hello"


@pytest.mark.parametrize(("who", "status"), [("ana", 200), ("leo", 200), ("maya", 200), ("kim", 403)])
def test_author_and_who_looks_after_the_channel_delete(who: str, status: int, crew: Crew) -> None:
    """Of a public channel; Kim is in it and neither."""
    kim, session = crew.person()
    api("POST", f"/teams/{crew.team}/members", session, {"user_id": kim.user_id})
    crew.join(crew.public, crew.world.ana)
    crew.join(crew.public, kim)
    post = crew.post(crew.public, crew.world.ana)
    answer = delete(session if who == "kim" else getattr(crew, who), post)
    assert answer.status == status
    assert crew.post_row(post).deleted == (status == 200)


def test_of_a_deleted_post_nothing_it_said_is_kept(crew: Crew) -> None:
    """That it was there is."""
    post = write(crew.leo, crew.public, "Secret", props={"a": "secret"}).json["id"]
    assert delete(crew.leo, post).json == {"status": "OK"}
    row = crew.post_row(post)
    assert (row.message, dict(row.props), row.deleted_at) == ("", {}, crew.world.now)
    assert "posted" not in row.attribute_values


def test_the_posts_of_a_deactivated_person_stay(crew: Crew) -> None:
    """What was said was said."""
    crew.join(crew.public, crew.world.ana)
    post = crew.post(crew.public, crew.world.ana)
    people.deactivate(crew.world.ana, crew.world.origin())
    assert get(crew.leo, post).json["user_id"] == crew.world.ana.user_id
