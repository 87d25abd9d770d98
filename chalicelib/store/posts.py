"""What people and applications post: soft-deleted, so that a thread keeps its root."""

from collections.abc import Mapping
from typing import Any, Final

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.store.reading import Key, Listing, Span, rows_of
from chalicelib.store.record import IntAttribute, Record, table
from chalicelib.store.writing import Change, put, update

MOST_REPLIES: Final = 1_000  # of a thread, in one answer


class PostsByChannel(GlobalSecondaryIndex["Post"]):
    """The posts of a channel by time."""

    class Meta:
        index_name = "by_channel"
        projection = AllProjection()

    channel_id = UnicodeAttribute(hash_key=True)
    posted = UnicodeAttribute(range_key=True)


class PostsByRoot(GlobalSecondaryIndex["Post"]):
    """The replies of a thread by time."""

    class Meta:
        index_name = "by_root"
        projection = AllProjection()

    root_id = UnicodeAttribute(hash_key=True)
    posted = UnicodeAttribute(range_key=True)


class Post(Record):
    """A post.  `client_id` and `client_name` are of the application that posted it, copied then; null for people.

    `posted` is time and id, so that no two posts tie; a deleted post has none and is in no index.
    `team_id` is its channel's.
    """

    class Meta:
        table_name = table("posts")

    post_id = UnicodeAttribute(hash_key=True)
    channel_id = UnicodeAttribute()
    team_id = UnicodeAttribute(null=True)
    user_id = UnicodeAttribute()
    root_id = UnicodeAttribute(null=True)
    message = UnicodeAttribute()
    props = JSONAttribute()
    created_at = IntAttribute()
    updated_at = IntAttribute()
    edited_at = IntAttribute(null=True)
    deleted_at = IntAttribute(null=True)
    client_id = UnicodeAttribute(null=True)
    client_name = UnicodeAttribute(null=True)
    reply_count = IntAttribute()
    posted = UnicodeAttribute(null=True)
    version = IntAttribute()
    by_channel = PostsByChannel()
    by_root = PostsByRoot()

    @property
    def deleted(self) -> bool:
        """Whether nobody can read it any more."""
        return bool(self.deleted_at)


def post_key(post_id: str) -> Key[Post]:
    """The key of a post."""
    return Key(Post, post_id)


def moment(created_at: int, post_id: str = "") -> str:
    """Where a post stands among others: its time in Unix milliseconds, then its id."""
    return f"{created_at:013d}#{post_id}"


def added(post: Post) -> Change:
    """Add a post; its id is used once."""
    return put(post, Post.post_id.does_not_exist())


def replied(root: Post, now: int) -> Change:
    """Count a reply: only while the root is there, and in the channel it was read in."""
    actions = (Post.reply_count.add(1), Post.updated_at.set(now))
    return update(root, *actions, condition=_there() & (Post.channel_id == root.channel_id))


def reply_deleted(root_id: str) -> Change:
    """Count a reply no more."""
    return update(Post(post_id=root_id), Post.reply_count.add(-1), condition=Post.reply_count > 0)


def edited(post: Post, values: Mapping[str, Any]) -> Change:
    """Change what a post says, if it is as it was read."""
    actions: list[Action] = [Post.get_attributes()[name].set(value) for name, value in values.items()]
    return update(post, *actions, Post.version.add(1), condition=_there() & (Post.version == post.version))


def deleted(post: Post, now: int) -> Change:
    """Delete a post, if it is as it was read: what it said is gone, that it was there is kept."""
    actions = (
        Post.deleted_at.set(now),
        Post.updated_at.set(now),
        Post.message.set(""),
        Post.props.set({}),
        Post.posted.remove(),
        Post.version.add(1),
    )
    return update(post, *actions, condition=_there() & (Post.version == post.version))


def of_channel(channel_id: str, limit: int, *, span: Span | None = None, newest_first: bool = True) -> list[Post]:
    """The first posts of a channel, in the order asked for."""
    index = ("by_channel", "channel_id")
    return rows_of(Listing(Post, channel_id, index=index, span=span, newest_first=newest_first), limit)


def replies_to(root_id: str) -> list[Post]:
    """The newest replies to a post, newest first."""
    return rows_of(Listing(Post, root_id, index=("by_root", "root_id"), newest_first=True), MOST_REPLIES)


def older_than(post: Post) -> Span:
    """What was posted before a post."""
    return Span("posted", before=moment(post.created_at, post.post_id))


def newer_than(post: Post) -> Span:
    """What was posted after a post."""
    return Span("posted", after=moment(post.created_at, post.post_id))


def since(moment_: int) -> Span:
    """What was posted later than a moment in Unix milliseconds."""
    return Span("posted", after=moment(moment_ + 1))


def _there() -> Condition:
    there: Condition = Post.post_id.exists() & Post.deleted_at.does_not_exist()
    return there
