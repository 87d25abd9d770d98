"""Known devices: a browser somebody signed in with proves that by a cookie, and is never locked out by strangers.

It proves no more than that: a password is asked for as ever (design-notes (b) 10).
"""

from typing import Final

from chalicelib.credentials import is_id, mac, new_id, same
from chalicelib.store.settings import Settings

_LABEL: Final = "known device"


def new_device(user_id: str, settings: Settings) -> str:
    """Make what the browser keeps: key id, random device id, and a MAC over person and device."""
    device_id = new_id()
    return _written(settings.keys.root_id, settings.keys.current(_LABEL), user_id, device_id)


def recognised(text: str | None, user_id: str, settings: Settings) -> str | None:
    """The id of the device, if this is one of the person's; None if it is forged, somebody else's, or none."""
    key_id, _, rest = (text or "").partition(".")
    device_id = rest.partition(".")[0]
    key = settings.keys.derive(_LABEL, key_id)
    if key is None or not is_id(device_id):
        return None
    return device_id if same(text or "", _written(key_id, key, user_id, device_id)) else None


def _written(key_id: str, key: bytes, user_id: str, device_id: str) -> str:
    return f"{key_id}.{device_id}.{mac(key, user_id, device_id).hex()}"
