"""The ticket of a consent page.

The request it shows, bound to a session and a time, so that nothing is re-read from an address bar.
"""

import base64
import binascii
import json
from typing import Any, Final, NamedTuple

from chalicelib.credentials import mac, new_id, same
from chalicelib.errors import FormExpired
from chalicelib.policy import DECISION_TICKET, milliseconds
from chalicelib.store.settings import Settings

_LABEL: Final = "decision ticket"


class Decision(NamedTuple):
    """What a person is asked about: the request's parameters, and the ticket they came in."""

    parameters: dict[str, str]
    request_hash: str
    ticket: str


def write(parameters: dict[str, str], request_hash: str, session_id: str, settings: Settings, now: int) -> str:
    """Seal a request for one session and ten minutes."""
    content = {
        "p": parameters,
        "h": request_hash,
        "u": now + milliseconds(DECISION_TICKET),
        "n": new_id(),
    }
    text = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    return f"{text}.{_tag(text, session_id, settings)}"


def read(ticket: str, session_id: str, settings: Settings, now: int) -> Decision:
    """Open a ticket of this session.

    Raises:
        FormExpired: it is not ours, another session's, or too old.

    """
    text, _, tag = ticket.partition(".")
    if not same(tag, _tag(text, session_id, settings)):
        raise FormExpired
    content = _content(text)
    if content["u"] <= now:
        raise FormExpired
    return Decision(content["p"], content["h"], ticket)


def parameters_of(ticket: str) -> dict[str, str]:
    """The parameters in a ticket, not believed yet: what to read before it is opened; none if it cannot be read."""
    try:
        parameters: dict[str, str] = _content(ticket.partition(".")[0])["p"]
    except FormExpired:
        return {}
    return parameters


def _content(text: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text))
        content["p"] = {name: str(value) for name, value in content["p"].items()}
    except (
        binascii.Error,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise FormExpired from error
    return content


def _tag(text: str, session_id: str, settings: Settings) -> str:
    return mac(settings.keys.current(_LABEL), session_id, text).hex()
