"""How a post is signed: what readers make of the props an application sent (contract 2.14, case 160; ux 6.17).

The store keeps props as they came. Whether they change a name or a picture is decided here, at every look, so that
switching an override off takes effect on posts of the past too.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from chalicelib.store.posts import Post
from chalicelib.store.settings import Settings
from chalicelib.store.users import User

LONGEST_NAME: Final = 64  # characters shown of a name that an application chose
LONGEST_PICTURE: Final = 2_048  # characters of an address that is asked for
# Control, format, private and unassigned characters, and line breaks: what hides or turns the letters around it.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


class Appearance(NamedTuple):
    """How a post is signed.

    `app` is the application that posted and `person` whose account it used: both are shown whatever was overridden,
    and `app` is None where people post themselves. `picture` is an address, "" for the person's own.
    `ignored` names what was overridden in vain.
    """

    name: str
    person: str
    app: str | None = None
    picture: str = ""
    ignored: tuple[str, ...] = ()


def of(post: Post, author: User | None, settings: Settings) -> Appearance:
    """How a post is signed; only an application's can look different from who posted it."""
    person = author.name if author is not None else "Somebody who is gone"
    if not post.client_id:
        return Appearance(person, person)
    name, picture = wanted_name(post.props), wanted_picture(post.props)
    ignored = [
        *(["Name"] if name and not settings.name_override else []),
        *(["Picture"] if picture and not settings.icon_override else []),
    ]
    return Appearance(
        name=name if name and settings.name_override else person,
        person=person,
        app=post.client_name or "An application",
        picture=picture if settings.icon_override else "",
        ignored=tuple(ignored),
    )


def wanted_name(props: Mapping[str, Any]) -> str:
    """The name an application asks for, without characters that hide; "" if it asks for none."""
    name = props.get("override_username")
    if not isinstance(name, str) or props.get("from_webhook") != "true":
        return ""
    seen = "".join(character for character in name if unicodedata.category(character) not in _HIDDEN)
    shown = " ".join(seen.split())
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1]}…"


def wanted_picture(props: Mapping[str, Any]) -> str:
    """The address of the picture an application asks for; "" if it asks for none that is shown."""
    address = props.get("override_icon_url")
    if not isinstance(address, str) or props.get("use_user_icon") == "true":
        return ""
    return address if address.startswith("https://") and len(address) <= LONGEST_PICTURE else ""


def may_see_ignored(post: Post, viewer: User) -> bool:
    """Who is told that an override was ignored: whose account posted, and System Admins."""
    return viewer.is_admin or post.user_id == viewer.user_id
