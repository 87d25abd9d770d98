"""Writing a post or a reply, deleting a post, joining a channel (ux 6.17)."""

from collections.abc import Sequence
from typing import Any

from chalice.app import Response

from chalicelib.errors import Forbidden
from chalicelib.store.places import OPEN, Channel
from chalicelib.store.posts import Post
from chalicelib.store.reading import Key
from chalicelib.web import answers, browser
from chalicelib.web.browser import Flash
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.channels import looking
from chalicelib.web.channels.shared import (
    DELETE,
    ONE,
    channel_of,
    named_post,
    path_of,
    post_of,
    seat_of,
    surface,
    with_channel,
    with_post,
)
from chalicelib.web.http import Request
from chalicelib.workspace import channels, permissions, posts
from chalicelib.workspace.posts import MAX_MESSAGE, Author, Draft, NoPost


def _with_root(request: Request) -> Sequence[Key[Any]]:
    return [*with_channel(request), named_post(request.form.text("root_id"))]


@surface.route("POST", ONE, PERSON, reads=_with_root, form="post", fields=("message", "root_id"))
def write(call: Call) -> Response:
    """Post something, as a reply where the form says to what; what is not taken stays in the form."""
    here, root_id = channel_of(call), call.request.form.text("root_id")
    typed = call.request.form.text("message").replace("\r\n", "\n")
    problem = _problem(here, call, typed)
    if problem and root_id:
        return looking.thread_page(call, here.channel_id, root_id, typed=typed, problem=problem)
    if problem:
        return looking.channel_page(call, here.channel_id, typed=typed, problem=problem)
    root = call.rows[named_post(root_id)]
    if root_id and root is None:
        raise NoPost("The post you answered is gone.", heading="No such post")
    origin = call.request.origin(call.user.user_id)
    post = posts.create(Draft(typed, {}), here, root, Author(call.user.user_id, None), origin)
    thread = ("thread", root.post_id) if root else ()
    return answers.go(f"{path_of(here.channel_id, *thread)}?posted={post.post_id}#post-{post.post_id}")


@surface.route("GET", DELETE, PERSON, reads=with_post)
def ask_delete(call: Call) -> Response:
    """Ask before a post is gone."""
    here, post = _deletable(call)
    return browser.page(
        call,
        "confirm.html",
        heading="Delete this post?",
        intro=post.message if len(post.message) <= 200 else f"{post.message[:199]}…",
        effects=_effects(post),
        action=path_of(here.channel_id, "posts", post.post_id, "delete"),
        form_name="delete-post",
        hidden={},
        button="Delete post",
        keep_href=path_of(here.channel_id),
        keep_label="Keep it",
        danger=True,
        crumbs=[("Channels", "/channels"), ("Delete post", None)],
    )


@surface.route("POST", DELETE, PERSON, reads=with_post, form="delete-post")
def delete(call: Call) -> Response:
    """Delete a post; with a first post its whole thread."""
    here, post = _deletable(call)
    posts.delete_post(post, call.request.origin(call.user.user_id))
    return browser.go_with_flash(call, path_of(here.channel_id), Flash("The post was deleted."))


@surface.route("POST", ONE + "/join", PERSON, reads=with_channel, form="join-channel")
def join(call: Call) -> Response:
    """Join a public channel of one's team."""
    here = channel_of(call)
    if here.kind != OPEN:
        raise Forbidden("Somebody who is in this channel has to add you.")
    channels.join(here, call.user.user_id, call.request.origin(call.user.user_id))
    return browser.go_with_flash(call, path_of(here.channel_id), Flash(f"You are in {here.display_name} now."))


def _problem(here: Channel, call: Call, typed: str) -> str:
    if here.archived:
        return "This channel is archived, nobody can post here"
    if not permissions.may_post(here, seat_of(call)):
        return "Join this channel to post here"
    if not typed:
        return "Write something"
    if len(typed) > MAX_MESSAGE:
        return f"Shorten the message to {MAX_MESSAGE:,} characters, it has {len(typed):,}"
    return ""


def _effects(post: Post) -> list[str]:
    replies = "Its reply goes with it." if post.reply_count == 1 else f"Its {post.reply_count} replies go with it."
    gone = "Nobody can read it any more, on this page or through the API."
    return [gone, *([replies] if post.reply_count else []), "This cannot be undone."]


def _deletable(call: Call) -> tuple[Channel, Post]:
    """The post of the address, if the person may delete it.

    Raises:
        NoPost: there is none in this channel.
        Forbidden: it is somebody else's.

    """
    here, post = channel_of(call), post_of(call)
    if post.channel_id != here.channel_id:
        raise NoPost("There is no such post in this channel.", heading="No such post")

    def may(channel: Channel, seat: permissions.Seat, /) -> bool:
        return permissions.may_delete_post(post, channel, seat)

    channels.permitted(may, here, seat_of(call))
    return here, post
