"""What the pages of channels share: the surface, addresses, and the rows that an address names."""

from collections.abc import Sequence
from typing import Any, Final

from chalicelib.credentials import is_id
from chalicelib.store.places import Channel, channel_key, in_channel_key
from chalicelib.store.posts import Post, post_key
from chalicelib.store.reading import Key
from chalicelib.web.callers import Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import PageShape
from chalicelib.workspace import posts
from chalicelib.workspace.channels import NoChannel
from chalicelib.workspace.permissions import Seat

surface = Surface("channels", PageShape())
CHANNELS: Final = "/channels"
ONE: Final = CHANNELS + "/{channel}"
THREAD: Final = ONE + "/thread/{post_id}"
DELETE: Final = ONE + "/posts/{post_id}/delete"
IMAGES: Final = "'self' https:"  # the pictures that applications choose


def path_of(channel_id: str, *parts: str) -> str:
    """The address of a channel, or of something in it."""
    return "/".join((CHANNELS, channel_id, *parts))


def with_channel(request: Request) -> Sequence[Key[Any]]:
    """The channel of the address, by id, and the caller's membership."""
    channel_id = request.path_id("channel")
    return [channel_key(channel_id), in_channel_key(request.claimed_user_id, channel_id)]


def with_post(request: Request) -> Sequence[Key[Any]]:
    """The channel of the address and one of its posts."""
    return [*with_channel(request), post_key(request.path_id("post_id"))]


def named_post(text: str) -> Key[Post]:
    """The key of a post that a query or a form names; of what could not be an id there is no row."""
    return post_key(text if is_id(text) else "")


def channel_of(call: Call) -> Channel:
    """The channel of the address.

    Raises:
        NoChannel: there is none.

    """
    channel = call.rows[channel_key(call.request.path_id("channel"))]
    if channel is None:
        raise NoChannel(heading="No such channel")
    return channel


def post_of(call: Call) -> Post:
    """The post of the address.

    Raises:
        NoPost: there is none, or no longer.

    """
    post = call.rows[post_key(call.request.path_id("post_id"))]
    if post is None or post.deleted:
        raise posts.NoPost("There is no such post. It may have been deleted.", heading="No such post")
    return post


def seat_of(call: Call) -> Seat:
    """What the caller belongs to of the channel of the address; its team is looked up where that matters."""
    key = in_channel_key(call.user.user_id, call.request.path_id("channel"))
    return Seat(call.user, in_channel=call.rows[key])
