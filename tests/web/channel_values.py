"""Sample values of the pages of channels."""

from __future__ import annotations

from types import SimpleNamespace

from tests.web.page_values import MINUTE, NASTY, NOW, common

HERE = "/channels/yb4fmqmhz3yodjeadrefwifm1e"


def room(name: str, icon: str = "chat", **changes: object) -> SimpleNamespace:
    """A channel at the side."""
    values: dict[str, object] = {"name": name, "href": HERE, "icon": icon, "private": icon == "lock", "here": False}
    return SimpleNamespace(**(values | changes))


def post(post_id: str = "p1", **changes: object) -> SimpleNamespace:
    """A post; without changes an application's, under another name, that somebody answered."""
    values: dict[str, object] = {
        "post_id": post_id,
        "user_id": "tu7fmqmhz3yodjeadrefwifmyr",
        "name": "Standup Bot",
        "person": "Maya Okafor",
        "app": "Standup Notes",
        "picture": "https://standup.example.net/bot.png",
        "ignored": None,
        "message": "Three updates:\n  all is well.",
        "created_at": NOW - 5 * MINUTE,
        "edited": False,
        "replies": 1,
        "answers": None,
        "thread": f"{HERE}/thread/{post_id}",
        "delete": None,
    }
    return SimpleNamespace(**(values | changes))


OWN = post(
    "p2",
    name="Leo Wong",
    person="Leo Wong",
    app=None,
    picture="",
    delete=f"{HERE}/posts/p2/delete",
    answers="",
    replies=0,
)
IGNORED = post("p3", name="Maya Okafor", picture="", ignored="Name and picture", edited=True, answers="Any news?")
EVIL = post("p4", name=NASTY, person=NASTY, app=NASTY, message=NASTY, answers=NASTY, picture=f"https://x/{NASTY}")


def channel(**changes: object) -> dict[str, object]:
    """A channel with posts of every kind."""
    groups = [
        SimpleNamespace(name="Gatepost", channels=[room("Town Square", here=True), room("Project Lighthouse", "lock")]),
        SimpleNamespace(name="Direct messages", channels=[room("Ana Duarte", "user")]),
    ]
    values: dict[str, object] = {
        "path": HERE,
        "groups": groups,
        "more_href": "/channels?show=all",
        "channel": SimpleNamespace(name="Town Square", icon="chat", private=False, purpose="Talk", href=HERE),
        "posts": [post(), OWN, IGNORED],
        "may_write": True,
        "may_join": False,
        "archived": False,
        "typed": "",
        "problems": {},
        "older_href": f"{HERE}?before=p1",
        "in_past": False,
        "seen": 0,
    }
    return common(**(values | changes))


def joining(**changes: object) -> dict[str, object]:
    """Public channels to join."""
    one = SimpleNamespace(name="Plans", href=HERE, join=f"{HERE}/join")
    values: dict[str, object] = {"path": "/channels", "teams": [], "team": "Gatepost", "channels": [one], "home": HERE}
    return common(**(values | changes))


TEAMS = [
    SimpleNamespace(name=name, href="/channels?show=all", here=name == "Gatepost") for name in ("Gatepost", "Crew")
]
PROBLEM = {"problems": {"message": "Write something"}, "typed": "x"}

CHANNEL_PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "channel": ("channels/channel.html", channel()),
    "channel-new": ("channels/channel.html", channel(seen=NOW - 10 * MINUTE)),
    "channel-nothing-new": ("channels/channel.html", channel(seen=NOW)),
    "channel-past": ("channels/channel.html", channel(in_past=True, older_href=None)),
    "channel-empty": ("channels/channel.html", channel(posts=[], older_href=None)),
    "channel-wrong": ("channels/channel.html", channel(**PROBLEM)),
    "channel-join": ("channels/channel.html", channel(may_write=False, may_join=True)),
    "channel-join-wrong": ("channels/channel.html", channel(may_write=False, may_join=True, **PROBLEM)),
    "channel-archived": ("channels/channel.html", channel(may_write=False, archived=True)),
    "channel-evil": ("channels/channel.html", channel(posts=[EVIL])),
    "thread": ("channels/thread.html", channel(root_id="p1")),
    "thread-wrong": ("channels/thread.html", channel(root_id="p1", **PROBLEM)),
    "join-channels": ("channels/join.html", joining()),
    "join-channels-teams": ("channels/join.html", joining(teams=TEAMS, channels=[])),
    "join-channels-none": ("channels/join.html", joining(team=None, channels=[], home=None)),
}
