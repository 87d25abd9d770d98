"""Posts: writing, editing, deleting them, and pages of them."""

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from chalicelib.errors import InvalidParameter, NotFound, Refusal
from chalicelib.store import posts
from chalicelib.store.audit import Origin
from chalicelib.store.clients import Client
from chalicelib.store.places import Channel, found
from chalicelib.store.posts import Post, post_key
from chalicelib.store.writing import Change, ConditionFailed, write, write_together

MAX_MESSAGE: Final = 16_383  # characters (contract 2.13)
MAX_PROPS: Final = 8_000  # bytes of JSON
MOST_SINCE: Final = 1_000
DEEPEST: Final = 10_000  # posts that a page may skip; who wants older ones says before which post
BY_APP: Final = "from_oauth_app"
CUSTOM: Final = frozenset({"override_username", "override_icon_url", "override_icon_emoji"})


class NoPost(NotFound):
    """There is no such post, or no longer."""

    id = "app.post.get.app_error"
    description = "There is no such post."


class NoRoot(Refusal):
    """What is replied to is no post, no longer one, or a reply itself."""

    id = "api.post.create_post.root_id.app_error"
    description = "root_id names no post that can be replied to."


class Draft(NamedTuple):
    """A post as somebody sends it."""

    message: str
    props: dict[str, Any]


class Author(NamedTuple):
    """Who posts, and with which application; None where people post themselves."""

    user_id: str
    client: Client | None


class Page(NamedTuple):
    """Some posts of a channel or thread, newest first, with the roots their replies belong to.

    `newer_id` and `older_id` are the posts next to them, "" where there is none or nobody looked.
    """

    posts: list[Post]
    roots: list[Post]
    newer_id: str = ""
    older_id: str = ""


def check(draft: Draft) -> None:
    """Check what a post says.

    Raises:
        Refusal: it says nothing or too much.

    """
    if not draft.message.strip():
        raise InvalidParameter("post", description="Give message some text.")
    if len(draft.message) > MAX_MESSAGE:
        raise Refusal(
            f"Shorten message to {MAX_MESSAGE:,} characters.",
            id="model.post.is_valid.message_length.app_error",
        )
    try:
        size = len(json.dumps(draft.props, ensure_ascii=False, allow_nan=False).encode())
    except ValueError as error:  # NaN and Infinity, which are no JSON
        raise InvalidParameter("props") from error
    if size > MAX_PROPS:
        raise Refusal(f"Shorten props to {MAX_PROPS:,} bytes.", id="model.post.is_valid.props.app_error")


def marked(props: dict[str, Any], client_id: str | None) -> dict[str, Any]:
    """Props as they are stored: as sent, but only we say that an application posted (contract 2.14)."""
    own = {name: value for name, value in props.items() if name != BY_APP}
    return own | {BY_APP: "true"} if client_id else own


def create(draft: Draft, channel: Channel, root: Post | None, author: Author, origin: Origin) -> Post:
    """Post something, as a reply where there is a root; in a channel the author may post in.

    Its id is the request's, so that a second attempt of the same request finds its own post.

    Raises:
        Refusal: the draft cannot be, the channel is archived, or the root is none.
        ConditionFailed: the root was deleted in between.
        Contention: DynamoDB could not decide.

    """
    check(draft)
    if channel.archived:
        raise Refusal(
            "This channel is archived. Nobody can post there.",
            id="api.post.create_post.can_not_post_to_deleted.error",
        )
    if root is not None:
        _check_root(root, channel)
    post = _new(draft, channel, root, author, origin)
    if root is None:
        write(posts.added(post), mark=origin.request_id)
        return post
    try:
        write_together(posts.added(post), posts.replied(root, origin.now))
    except ConditionFailed as failure:
        held = failure.now(Post)
        if held is None or held.post_id != post.post_id:
            raise
    return post


def edit(post: Post, draft: Draft, channel: Channel, client: Client | None, origin: Origin) -> Post:
    """Change what a post says; what an application edited carries its mark from then on.

    Raises:
        Refusal: the draft cannot be, or the channel is archived.
        ConditionFailed: somebody changed or deleted it in between.
        Contention: DynamoDB could not decide.

    """
    check(draft)
    if channel.archived:
        raise Refusal(
            "This channel is archived. Nothing in it changes.",
            id="api.post.update_post.can_not_update_post_in_deleted.error",
        )
    by = {"client_id": client.client_id, "client_name": client.client_name} if client else {}
    values = by | {
        "message": draft.message,
        "props": marked(draft.props, by.get("client_id") or post.client_id),
        "updated_at": origin.now,
    }
    values |= {"edited_at": origin.now} if draft.message != post.message else {}
    write(posts.edited(post, values), mark=origin.request_id)
    held = {name: getattr(post, name) for name in Post.get_attributes() if name != "mark"}
    return Post(**held | values | {"version": post.version + 1})


def delete_post(post: Post, origin: Origin) -> None:
    """Delete a post; with a root its whole thread is gone.

    Raises:
        ConditionFailed: somebody changed or deleted it in between.
        Contention: DynamoDB could not decide.

    """
    counted: list[Change] = [posts.reply_deleted(post.root_id)] if post.root_id else []
    write_together(posts.deleted(post, origin.now), *counted)


def readable(post: Post | None, root: Post | None) -> bool:
    """Whether a post is there: a reply only with its root."""
    if post is None or post.deleted:
        return False
    return not post.root_id or (root is not None and not root.deleted)


def latest(channel_id: str, *, skip: int, size: int) -> Page:
    """A page of a channel, counted from its newest post.

    Raises:
        InvalidParameter: so many posts are not skipped.

    """
    if skip + size > DEEPEST:
        raise InvalidParameter("page", place="url", description="Ask with before for posts as old as these.")
    rows = posts.of_channel(channel_id, skip + size + 1)
    newer = rows[skip - 1].post_id if 0 < skip <= len(rows) else ""
    return _page(rows[skip:], size, newer_id=newer)


def before(post: Post, *, skip: int, size: int) -> Page:
    """The posts of a channel that are older than one of its posts, newest first."""
    rows = posts.of_channel(post.channel_id, min(skip + size + 1, DEEPEST), span=posts.older_than(post))
    return _page(rows[skip:], size, newer_id=rows[skip - 1].post_id if 0 < skip <= len(rows) else post.post_id)


def after(post: Post, *, skip: int, size: int) -> Page:
    """The posts of a channel that are newer than one of its posts: the ones next to it, newest first."""
    span = posts.newer_than(post)
    rows = posts.of_channel(post.channel_id, min(skip + size + 1, DEEPEST), span=span, newest_first=False)
    page = _page(rows[skip:], size)
    older = rows[skip - 1].post_id if 0 < skip <= len(rows) else post.post_id
    return page._replace(posts=page.posts[::-1], newer_id=page.older_id, older_id=older)


def since(channel_id: str, moment: int) -> Page:
    """What was posted in a channel later than a moment, newest first."""
    return _page(posts.of_channel(channel_id, MOST_SINCE, span=posts.since(moment)), MOST_SINCE)


def thread(root: Post) -> Page:
    """A root and its replies, newest first."""
    replies = [post for post in posts.replies_to(root.post_id) if not post.deleted]
    return Page([*replies, root], [])


def _page(rows: Sequence[Post], size: int, *, newer_id: str = "") -> Page:
    """Replies come with their roots, and not without: one more read where a root is not on the page itself."""
    shown = [post for post in rows[:size] if not post.deleted]
    here = {post.post_id for post in shown}
    elsewhere = dict.fromkeys(post.root_id for post in shown if post.root_id and post.root_id not in here)
    roots = [root for root in found([post_key(root_id) for root_id in elsewhere]) if not root.deleted]
    there = here | {root.post_id for root in roots}
    kept = [post for post in shown if not post.root_id or post.root_id in there]
    return Page(kept, roots, newer_id, rows[size].post_id if len(rows) > size else "")


def _check_root(root: Post, channel: Channel) -> None:
    if root.channel_id != channel.channel_id:
        raise Refusal("root_id is of another channel.", id="api.post.create_post.channel_root_id.app_error")
    if root.deleted or root.root_id:
        raise NoRoot


def _new(draft: Draft, channel: Channel, root: Post | None, author: Author, origin: Origin) -> Post:
    client = author.client
    return Post(
        post_id=origin.request_id,
        channel_id=channel.channel_id,
        team_id=channel.team_id,
        user_id=author.user_id,
        root_id=root.post_id if root else None,
        message=draft.message,
        props=marked(draft.props, client.client_id if client else None),
        created_at=origin.now,
        updated_at=origin.now,
        client_id=client.client_id if client else None,
        client_name=client.client_name if client else None,
        reply_count=0,
        posted=posts.moment(origin.now, origin.request_id),
        version=1,
    )
