"""Looking at channels: one with its posts, a thread, and the public ones to join (ux 6.17)."""

from collections.abc import Sequence
from typing import Any

from chalice.app import Response

from chalicelib.errors import NotFound
from chalicelib.store.posts import Post, post_key
from chalicelib.store.reading import Key
from chalicelib.web import answers, browser
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.channels import shown
from chalicelib.web.channels.shared import CHANNELS, IMAGES, ONE, THREAD, named_post, path_of, post_of, surface
from chalicelib.web.http import Request
from chalicelib.workspace import overview


def _named(request: Request) -> Sequence[Key[Any]]:
    return [named_post(request.query.text(name)) for name in ("before", "posted")]


def _thread(request: Request) -> Sequence[Key[Any]]:
    return [post_key(request.path_id("post_id")), named_post(request.query.text("posted"))]


@surface.route("GET", CHANNELS, PERSON, query=("show", "team"))
def start(call: Call) -> Response:
    """Go to Town Square of one's first team; with `show=all`, or nowhere to go, see what there is to join."""
    own = overview.belongings(call.user)
    if own.home is not None and call.request.query.text("show") != "all":
        return answers.go(shown.address(own, own.home), 302)
    wanted = call.request.query.text("team")
    team = next((each for each in own.teams if each.team_id == wanted), next(iter(own.teams), None))
    return browser.page(
        call,
        "channels/join.html",
        teams=shown.teams(own, team),
        team=team.display_name if team else None,
        channels=[shown.to_join(each) for each in overview.joinable(own, team.team_id)] if team else [],
        home=shown.address(own, own.home) if own.home else None,
    )


@surface.route("GET", ONE, PERSON, reads=_named, query=("before", "seen", "posted"))
def channel(call: Call) -> Response:
    """A channel, by name in one's first team or by id: five round trips with everything beside it."""
    return channel_page(call, call.request.path_values["channel"])


@surface.route("GET", THREAD, PERSON, reads=_thread, query=("posted",))
def thread(call: Call) -> Response:
    """A post and its replies."""
    root = post_of(call)
    if root.root_id:
        return answers.go(path_of(root.channel_id, "thread", root.root_id), 302)
    return thread_page(call, call.request.path_values["channel"], root.post_id)


def channel_page(call: Call, wanted: str, *, typed: str = "", problem: str = "") -> Response:
    """Show a channel; after a post that was not taken with what was typed, and why."""
    own, here = overview.look(call.user, wanted)
    before, just = (None, None) if problem else (_row(call, "before"), _row(call, "posted"))
    sight = overview.posts_of(own, here, before, just)
    return browser.page(
        call,
        "channels/channel.html",
        422 if problem else 200,
        images=IMAGES,
        **shown.common(call, own, here, sight),
        older_href=f"{path_of(here.channel_id)}?before={sight.older_id}" if sight.older_id else None,
        in_past=before is not None and before.channel_id == here.channel_id,
        seen=0 if problem else _seen(call),
        typed=typed,
        problems={"message": problem} if problem else {},
    )


def thread_page(call: Call, wanted: str, root_id: str, *, typed: str = "", problem: str = "") -> Response:
    """Show a thread; after a reply that was not taken with what was typed, and why.

    Raises:
        NotFound: the post is of another channel.

    """
    own, here = overview.look(call.user, wanted)
    root = call.rows[named_post(root_id)]
    if root is None or root.channel_id != here.channel_id:
        raise NotFound("There is no such post in this channel.", heading="No such post")
    sight = overview.thread_of(own, here, root, None if problem else _row(call, "posted"))
    return browser.page(
        call,
        "channels/thread.html",
        422 if problem else 200,
        images=IMAGES,
        **shown.common(call, own, here, sight),
        root_id=root_id,
        typed=typed,
        problems={"message": problem} if problem else {},
    )


def _row(call: Call, name: str) -> Post | None:
    """The post that the query names."""
    return call.rows[named_post(call.request.query.text(name))]


def _seen(call: Call) -> int:
    """Until when somebody has read, in Unix milliseconds; 0 if they do not say."""
    text = call.request.query.text("seen")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 13 else 0  # digits
