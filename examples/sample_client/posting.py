"""Post a hello to a channel as the person who allowed it, under another name if the server shows it."""

from typing import Any, NamedTuple
from urllib.parse import quote

import oauth_flow
from oauth_flow import Browser, StoppedError
from requests import Response

HELLO = "Hello from the sample client."
DIRECT = "D"
NO_CHANNEL = "You are in no channel yet. Join one on the server and try again."


class Channel(NamedTuple):
    """Where the person may post."""

    id: str
    name: str


class Draft(NamedTuple):
    """A post as it was typed; another name and picture are only asked for, the server decides what it shows."""

    channel_id: str = ""
    text: str = HELLO
    name: str = ""
    picture: str = ""


def find_channels(browser: Browser) -> None:
    """Ask the API for the person's teams and their channels there."""
    teams = items(oauth_flow.call_api(browser, "teams", "/users/me/teams"))
    found: list[Channel] = []
    for team in teams:
        answer = oauth_flow.call_api(browser, "channels", f"/users/me/teams/{quote(str(team.get('id')))}/channels")
        # Direct channels are in every team's list, and have no name of their own.
        found += [named(each) for each in items(answer) if each.get("type") != DIRECT]
    if not found:
        raise StoppedError(NO_CHANNEL)
    browser.kept = {"channels": found, "draft": browser.kept.get("draft", Draft())}


def post(browser: Browser, form: dict[str, str]) -> None:
    """Post what was typed; it stays in the form when it is refused."""
    draft = Draft(**{name: form.get(name, "").strip() for name in Draft._fields})
    browser.kept["draft"] = draft
    channels: list[Channel] = browser.kept.get("channels", [])
    name = next((channel.name for channel in channels if channel.id == draft.channel_id), "")
    if not name:
        raise StoppedError("Choose a channel.")
    if not draft.text:
        raise StoppedError("Write something to post.")
    if draft.picture and not draft.picture.startswith("https://"):
        raise StoppedError("Start the address of the picture with https://")
    body = {"channel_id": draft.channel_id, "message": draft.text, "props": props(draft)}
    posted = accepted(oauth_flow.call_api(browser, "post", "/posts", body))
    browser.kept |= {"draft": draft._replace(text=HELLO), "posted": str(posted.get("channel_id"))}
    browser.notice = ("ok", f"Posted in {name}.")


def props(draft: Draft) -> dict[str, str]:
    """Say what the post should look like; the words are those of Mattermost's API v4."""
    asked = {"override_username": draft.name, "override_icon_url": draft.picture}
    return {"from_webhook": "true"} | {name: value for name, value in asked.items() if value}


def accepted(answer: Response) -> dict[str, Any]:
    """Return what the API made, or stop with its own reason."""
    found = oauth_flow.members(answer)
    if not answer.ok:
        raise StoppedError(
            f"The server refused ({answer.status_code}): {found.get('message') or 'it does not say why'}"
        )
    return found


def items(answer: Response) -> list[dict[str, Any]]:
    """Return the objects of a list the API answers with, or stop with its own reason."""
    if not answer.ok:
        accepted(answer)
    found = answer.json()
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def named(channel: dict[str, Any]) -> Channel:
    """Take what the form needs of a channel."""
    private = " (private)" if channel.get("type") == "P" else ""
    return Channel(str(channel.get("id")), f"{channel.get('display_name')}{private}")
