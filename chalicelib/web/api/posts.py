"""Posts over the API: write, read, change, delete (contract 2.13, 2.14)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib import policy
from chalicelib.errors import Forbidden, InsufficientScope, InvalidParameter
from chalicelib.store.places import Channel, channel_key, in_team_key
from chalicelib.store.posts import Post, post_key
from chalicelib.store.reading import Key, read
from chalicelib.web import answers
from chalicelib.web.api.places import OK, caller_in_channel, id_in, id_of, seat_in_channel, text_of
from chalicelib.web.callers import Call, scope
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape
from chalicelib.workspace import permissions, posts
from chalicelib.workspace.permissions import Seat
from chalicelib.workspace.posts import CUSTOM, Author, Draft, NoPost, NoRoot, Page

surface = Surface("api_posts", ApiShape())
POSTS: Final = "/api/v4/posts"
ONE: Final = POSTS + "/{post_id}"
READ: Final = scope("posts:read")
WRITE: Final = scope("posts:write")
CUSTOMIZE: Final = "posts:write.customize"


def _new(request: Request) -> Sequence[Key[Any]]:
    body = request.json("post")
    channel_id = id_of(body, "channel_id")
    return [channel_key(channel_id), caller_in_channel(request, channel_id), post_key(_root_of(body))]


def _in_path(request: Request) -> Sequence[Key[Any]]:
    return [post_key(id_in(request, "post_id"))]


@surface.route(
    "POST",
    POSTS,
    WRITE,
    reads=_new,
    fields=("channel_id", "message", "root_id", "file_ids", "props", "pending_post_id"),
)
def create(call: Call) -> Response:
    """Post in a channel the caller is in, always as the caller."""
    body = call.request.json("post")
    channel_id, root_id = id_of(body, "channel_id"), _root_of(body)
    pending_id = text_of(body, "pending_post_id")
    channel = call.rows[channel_key(channel_id)]
    # What is not there is refused like what is not the caller's, as in Mattermost.
    if channel is None or not permissions.may_post(channel, seat_in_channel(call, channel_id)):
        raise Forbidden
    draft = _draft(call, body, Draft("", {}))
    root = call.rows[post_key(root_id)] if root_id else None
    if root_id and root is None:
        raise NoRoot
    author = Author(call.user.user_id, call.by_token.client if call.by_token else None)
    post = posts.create(draft, channel, root, author, call.request.origin(call.user.user_id))
    return answers.as_json(post_json(post) | {"pending_post_id": pending_id}, 201)


@surface.route("GET", ONE, READ, reads=_in_path)
def get(call: Call) -> Response:
    """One post."""
    post, _channel, _root, _seat = _found(call)
    return answers.as_json(post_json(post))


@surface.route("PUT", ONE, WRITE, reads=_in_path, fields=("id", "message", "props", "file_ids"))
def update(call: Call) -> Response:
    """Replace what a post says; only its author."""
    body = call.request.json("post")
    if body.get("id") != call.request.path_values["post_id"]:
        raise InvalidParameter("id")
    return answers.as_json(post_json(_edited(call, body)))


@surface.route("PUT", ONE + "/patch", WRITE, reads=_in_path, fields=("message", "props", "file_ids"))
def patch(call: Call) -> Response:
    """Change some of what a post says; only its author."""
    return answers.as_json(post_json(_edited(call, call.request.json("post"))))


@surface.route("DELETE", ONE, WRITE, reads=_in_path)
def delete(call: Call) -> Response:
    """Delete a post: its author, and who looks after the channel or its team."""
    post, channel, _root, seat = _found(call)
    _require(permissions.may_delete_post(post, channel, seat))
    posts.delete_post(post, call.request.origin(call.user.user_id))
    return answers.as_json(OK)


@surface.route("GET", ONE + "/thread", READ, reads=_in_path)
def thread(call: Call) -> Response:
    """The thread a post is in: its root and all replies."""
    post, _channel, root, _seat = _found(call)
    return answers.as_json(list_json(posts.thread(root or post)))


def post_json(post: Post) -> dict[str, Any]:
    """Mattermost's Post; who may show an overridden name is decided by readers (contract 2.14)."""
    return {
        "id": post.post_id,
        "create_at": post.created_at,
        "update_at": post.updated_at,
        "edit_at": post.edited_at or 0,
        "delete_at": post.deleted_at or 0,
        "is_pinned": False,
        "user_id": post.user_id,
        "channel_id": post.channel_id,
        "root_id": post.root_id or "",
        "original_id": "",
        "message": post.message,
        "type": "",
        "props": post.props,
        "hashtags": "",
        "pending_post_id": "",
        "reply_count": post.reply_count,
        "last_reply_at": 0,
        "participants": None,
        "metadata": {},
    }


def list_json(page: Page) -> dict[str, Any]:
    """Mattermost's PostList: the order of the page, and its posts with the roots of its replies by id."""
    return {
        "order": [post.post_id for post in page.posts],
        "posts": {post.post_id: post_json(post) for post in [*page.posts, *page.roots]},
        "next_post_id": page.newer_id,
        "prev_post_id": page.older_id,
    }


def _found(call: Call) -> tuple[Post, Channel, Post | None, Seat]:
    """The post of the address with its channel, its root and the caller's seat there: one more read for all.

    Raises:
        NoPost: there is none, or no longer.
        Forbidden: the caller may not read its channel.

    """
    post = call.rows[post_key(id_in(call.request, "post_id"))]
    if post is None:
        raise NoPost
    channel, root = channel_key(post.channel_id), post_key(post.root_id or "")
    in_channel = caller_in_channel(call.request, post.channel_id)
    in_team = in_team_key(call.user.user_id, post.team_id or "")
    rows = read(channel, root, in_channel, in_team)
    there = rows[channel]
    if there is None:
        raise NoPost
    seat = Seat(call.user, rows[in_team], rows[in_channel])
    # Whose channel it is not hears the same of a post that is deleted.
    _require(permissions.may_read(there, seat))
    if not posts.readable(post, rows[root]):
        raise NoPost
    return post, there, rows[root], seat


def _edited(call: Call, body: Mapping[str, Any]) -> Post:
    post, channel, _root, seat = _found(call)
    _require(permissions.may_edit_post(post, channel, seat))
    draft = _draft(call, body, Draft(post.message, dict(post.props)))
    client = call.by_token.client if call.by_token else None
    return posts.edit(post, draft, channel, client, call.request.origin(call.user.user_id))


def _draft(call: Call, body: Mapping[str, Any], held: Draft) -> Draft:
    if body.get("file_ids") not in (None, []):
        raise InvalidParameter("file_ids", description="There are no files here: leave file_ids empty.")
    props = body.get("props")
    if props is not None and not isinstance(props, dict):
        raise InvalidParameter("props")
    draft = Draft(text_of(body, "message", held.message), held.props if props is None else props)
    chosen = {name for name in CUSTOM & draft.props.keys() if draft.props[name] != held.props.get(name)}
    if chosen and not policy.covers(call.scopes, CUSTOMIZE):
        raise InsufficientScope(CUSTOMIZE)
    return draft


def _root_of(body: Mapping[str, Any]) -> str:
    return id_of(body, "root_id") if body.get("root_id") else ""


def _require(permitted_: bool) -> None:
    if not permitted_:
        raise Forbidden
