"""The posts of a channel over the API, in Mattermost's pages (contract 2.13)."""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.credentials import is_id
from chalicelib.errors import InvalidParameter
from chalicelib.store.posts import Post, post_key
from chalicelib.store.reading import Key
from chalicelib.web import answers
from chalicelib.web.api.channels import ONE, in_path, readable
from chalicelib.web.api.paging import PAGING, window
from chalicelib.web.api.posts import READ, list_json
from chalicelib.web.callers import Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape
from chalicelib.workspace import posts
from chalicelib.workspace.posts import NoPost, Page

surface = Surface("api_post_lists", ApiShape())
_BEFORE, _AFTER, _SINCE = "before", "after", "since"
_DIGITS: Final = 13  # of a moment in Unix milliseconds


def _with_anchor(request: Request) -> Sequence[Key[Any]]:
    return [*in_path(request), *(post_key(post_id) for post_id in _anchors(request).values())]


@surface.route(
    "GET",
    ONE + "/posts",
    READ,
    reads=_with_anchor,
    query=(*PAGING, _BEFORE, _AFTER, _SINCE),
)
def listed(call: Call) -> Response:
    """A page of a channel, newest first: its newest posts, those next to a post, or those since a moment."""
    channel_id = readable(call).channel_id
    return answers.as_json(list_json(_page(call, channel_id)))


def _page(call: Call, channel_id: str) -> Page:
    moment, anchors = _moment(call.request), _anchors(call.request)
    if moment and anchors:
        raise InvalidParameter(_SINCE, place="url", description="Ask with since, or with before or after, not both.")
    if moment:
        return posts.since(channel_id, moment)
    skip, size = window(call.request)
    if _BEFORE in anchors:
        return posts.before(_anchor(call, channel_id, anchors[_BEFORE]), skip=skip, size=size)
    if _AFTER in anchors:
        return posts.after(_anchor(call, channel_id, anchors[_AFTER]), skip=skip, size=size)
    return posts.latest(channel_id, skip=skip, size=size)


def _anchor(call: Call, channel_id: str, post_id: str) -> Post:
    """A post of this channel, a deleted one too: it still says where to go on."""
    post = call.rows[post_key(post_id)]
    if post is None or post.channel_id != channel_id:
        raise NoPost
    return post


def _anchors(request: Request) -> dict[str, str]:
    given = request.query.only((_BEFORE, _AFTER))
    for name, post_id in given.items():
        if not is_id(post_id):
            raise InvalidParameter(name, place="url")
    return given


def _moment(request: Request) -> int:
    text = request.query.get(_SINCE) or "0"
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        raise InvalidParameter(_SINCE, place="url")
    return int(text)
