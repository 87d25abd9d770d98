"""Lists of people over the API: everybody, who is in a team or channel, and who is searched for."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib import policy
from chalicelib.accounts.directory import matching
from chalicelib.credentials import is_id
from chalicelib.errors import Forbidden, InsufficientScope, InvalidParameter
from chalicelib.store import places
from chalicelib.store.places import channel_key, in_channel_key, in_team_key
from chalicelib.store.reading import Key
from chalicelib.store.users import User, everybody, user_key
from chalicelib.web import answers
from chalicelib.web.api import persons
from chalicelib.web.api.paging import LIMIT, PAGING, paged
from chalicelib.web.api.persons import USERS
from chalicelib.web.callers import Call, scope
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape
from chalicelib.workspace import channels, permissions
from chalicelib.workspace.channels import NoChannel
from chalicelib.workspace.permissions import Seat

surface = Surface("api_directory", ApiShape())
MAY_READ: Final = scope("users:read")
SEARCHED: Final = 100  # Mattermost's limit of a search that names none
MOST_ASKED: Final = 1000  # Mattermost refuses to be asked for more
_PLACES_OF_LIST: Final = ("in_team", "in_channel")
_PLACES_OF_SEARCH: Final = ("team_id", "in_channel_id")
_SEARCH: Final = ("term", "allow_inactive", "limit", *_PLACES_OF_SEARCH)
Given = Callable[[Request], tuple[str, str]]


def _of_query(request: Request) -> tuple[str, str]:
    """Team and channel that a list is narrowed to, "" where it is not."""
    texts = [request.query.get(name) or "" for name in _PLACES_OF_LIST]
    return _ids(texts, _PLACES_OF_LIST, "url")


def _of_body(request: Request) -> tuple[str, str]:
    """Team and channel that a search is narrowed to, "" where it is not."""
    body = request.json("props")
    return _ids([body.get(name) or "" for name in _PLACES_OF_SEARCH], _PLACES_OF_SEARCH, "body")


def _reading(given: Given) -> Callable[[Request], Sequence[Key[Any]]]:
    def reads(request: Request) -> Sequence[Key[Any]]:
        team_id, channel_id = given(request)
        me = request.claimed_user_id
        return [in_team_key(me, team_id), channel_key(channel_id), in_channel_key(me, channel_id)]

    return reads


@surface.route(
    "GET", USERS, MAY_READ, reads=_reading(_of_query), query=(*PAGING, "active", "inactive", *_PLACES_OF_LIST)
)
def listed(call: Call) -> Response:
    """People by username, a page of them; all of them or who is (not) active, in a team, in a channel."""
    wanted = {name: call.request.query.get(name) == "true" for name in ("active", "inactive")}
    if all(wanted.values()):
        raise InvalidParameter("inactive", place="url")
    found = [
        user
        for user in _people(call, *_of_query(call.request))
        if not (wanted["inactive"] if user.active else wanted["active"])
    ]
    return answers.as_json(_shown(call, paged(call.request, found)))


@surface.route("POST", USERS + "/search", MAY_READ, reads=_reading(_of_body), fields=_SEARCH)
def search(call: Call) -> Response:
    """Who is searched for, active people only unless asked; nicknames are not looked at."""
    body = call.request.json("props")
    term, limit, inactive = body.get("term"), body.get("limit") or SEARCHED, body.get("allow_inactive") or False
    if not isinstance(term, str) or not term.strip():
        raise InvalidParameter("term")
    if type(limit) is not int or not 0 < limit <= MOST_ASKED:
        raise InvalidParameter("limit")
    found = matching(_people(call, *_of_body(call.request)), term)
    chosen = [user for user in found if user.active or inactive is True]
    return answers.as_json(_shown(call, chosen[: min(limit, LIMIT)]))


@surface.route(
    "GET", USERS + "/autocomplete", MAY_READ, reads=_reading(_of_query), query=("name", "limit", *_PLACES_OF_LIST)
)
def autocomplete(call: Call) -> Response:
    """Active people whose username or name begins with what is typed so far."""
    text = call.request.query.get("limit") or ""
    limit = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else SEARCHED
    found = matching(_people(call, *_of_query(call.request)), call.request.query.get("name") or "")
    chosen = [user for user in found if user.active]
    return answers.as_json({"users": _shown(call, chosen[: min(limit, LIMIT)])})


def _people(call: Call, team_id: str, channel_id: str) -> list[User]:
    """Everybody, or who is in the team and the channel, with what the index holds of them.

    Raises:
        Forbidden: the caller cannot see the place.
        NoChannel: there is no such channel.
        InsufficientScope: the token does not cover it.

    """
    inside = [*_in_team(call, team_id), *_in_channel(call, channel_id)]
    members = [set(places.people_of(place, places.MOST_LISTED)) for place in inside]
    return [user for user in everybody() if all(user.user_id in ids for ids in members)]


def _in_team(call: Call, team_id: str) -> list[str]:
    if not team_id:
        return []
    _need(call, "teams:read")
    if not permissions.may_look_into_team(Seat(call.user, call.rows[in_team_key(call.user.user_id, team_id)])):
        raise Forbidden
    return [f"t#{team_id}"]


def _in_channel(call: Call, channel_id: str) -> list[str]:
    if not channel_id:
        return []
    _need(call, "channels:read")
    channel = call.rows[channel_key(channel_id)]
    if channel is None:
        raise NoChannel
    member = call.rows[in_channel_key(call.user.user_id, channel_id)]
    channels.permitted(permissions.may_read, channel, Seat(call.user, in_channel=member))
    return [f"c#{channel_id}"]


def _need(call: Call, name: str) -> None:
    if not policy.covers(call.scopes, name):
        raise InsufficientScope(f"The access token does not cover {name}.")


def _shown(call: Call, chosen: Sequence[User]) -> list[dict[str, Any]]:
    """The people chosen from an index, as they are now."""
    rows = places.found([user_key(user.user_id) for user in chosen])
    return [persons.as_seen_by(call.user, user) for user in rows]


def _ids(values: Sequence[object], names: Sequence[str], place: str) -> tuple[str, str]:
    for value, name in zip(values, names, strict=True):
        if value and not (isinstance(value, str) and is_id(value)):
            raise InvalidParameter(name, place=place)
    first, second = (str(value) if value else "" for value in values)
    return first, second
