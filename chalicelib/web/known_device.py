"""The cookie by which a browser is known as somebody's: what it holds is made and checked by `known_devices`."""

from chalice.app import Response

from chalicelib.accounts import known_devices
from chalicelib.policy import KNOWN_DEVICE
from chalicelib.web.answers import with_cookie
from chalicelib.web.browser import cookie, cookie_name
from chalicelib.web.callers import Call

_PART = "device"


def presented(call: Call) -> str | None:
    """What the browser holds; None if nothing."""
    return call.request.cookies.get(cookie_name(_PART))


def remembered(response: Response, call: Call, user_id: str) -> Response:
    """Have the browser known as this person's from now on; one that is already keeps its number."""
    held = presented(call)
    if held is None or known_devices.recognised(held, user_id, call.settings) is None:
        held = known_devices.new_device(user_id, call.settings)
    return with_cookie(response, cookie(cookie_name(_PART), held, int(KNOWN_DEVICE.total_seconds())))
