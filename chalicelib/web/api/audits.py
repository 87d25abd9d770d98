"""The audit over the API: Mattermost's shape, and what it has no word for.

A page reaches back 31 days at most, a query for each day it looks at: `before` (Unix milliseconds) says from where.
"""

from collections.abc import Sequence
from typing import Any, Final

from chalice.app import Response

from chalicelib.credentials import is_id
from chalicelib.errors import InvalidParameter
from chalicelib.store import audit
from chalicelib.store.audit import Event
from chalicelib.web import answers
from chalicelib.web.api import persons
from chalicelib.web.api.paging import PAGING, paged, window
from chalicelib.web.api.persons import USERS
from chalicelib.web.callers import PERSON, Call
from chalicelib.web.http import Request
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape

surface = Surface("api_audits", ApiShape())
MOST_LOOKED_AT: Final = 10_000
_QUERY: Final = (*PAGING, "before")
_DIGITS: Final = 13


@surface.route("GET", "/api/v4/audits", PERSON, may=persons.admin, query=_QUERY)
def listed(call: Call) -> Response:
    """What happened on the server, newest first, for System Admins."""
    request = call.request
    found = audit.newest(_limit(request), before=_before(request), now=request.now)
    return _page(call, found)


@surface.route("GET", USERS + "/{user_id}/audits", PERSON, reads=persons.in_path, query=_QUERY)
def listed_of_user(call: Call) -> Response:
    """What happened to a person, newest first: for themselves and for System Admins."""
    user = persons.own_or_admins(call)
    found = audit.newest_of(user.user_id, _limit(call.request), before=_before(call.request))
    return _page(call, found)


def _limit(request: Request) -> int:
    """How many events a page has to look at.

    Raises:
        InvalidParameter: too many; `before` reaches further.

    """
    start, size = window(request)
    if start + size > MOST_LOOKED_AT:
        told = f"Pages reach {MOST_LOOKED_AT} entries back. Use before, with the create_at of the last one."
        raise InvalidParameter("page", place="url", description=told)
    return start + size


def _before(request: Request) -> int:
    """The moment before which an event has to be: now, unless another is asked for.

    Raises:
        InvalidParameter: it is no moment.

    """
    text = request.query.get("before")
    if text is None:
        return request.now + 1  # what this very moment brought is in it
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        raise InvalidParameter("before", place="url")
    return int(text)


def _page(call: Call, found: Sequence[Event]) -> Response:
    return answers.as_json([_json(event, call) for event in paged(call.request, found)])


def _json(event: Event, call: Call) -> dict[str, Any]:
    """Mattermost's Audit; `about_user_id` and what follows are our own."""
    return {
        "id": event.event_id,
        "create_at": event.at,
        "user_id": event.actor_id,
        "action": event.action,
        "extra_info": event.object,
        "ip_address": event.network if _may_see_network(event, call) else "",
        "session_id": "",
        "about_user_id": event.user_id or "",
        "client_id": event.client_id or "",
        "object": event.object,
        "result": event.result,
        "request_id": event.request_id,
    }


def _may_see_network(event: Event, call: Call) -> bool:
    """Where somebody signed in with one's own name is one's own affair; where a System Admin sits is not."""
    return call.user.is_admin or event.actor_id == call.user.user_id or not is_id(event.actor_id)
