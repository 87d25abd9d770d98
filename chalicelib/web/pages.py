"""Pages: the one door to Jinja, the words its filters make, and the static files pages refer to."""

from __future__ import annotations

import ipaddress
import re
import zlib
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_BARE_HOST = re.compile(r"[^/:\s]+(:\d+)?")
_MINUTE = 60_000  # moments are Unix milliseconds
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def render(template: str, /, **values: object) -> str:
    """The HTML of `template` (a path below templates/), every value escaped.

    Raises jinja2.UndefinedError when a value the template names is missing.
    """
    return _environment().get_template(template).render(**values)


def static(name: str) -> str:
    """The address of a static file; its content is in the name, so it can be kept for ever."""
    return f"/static/{_hashed_name(name)}"


def static_file(path_name: str) -> tuple[bytes, str] | None:
    """Bytes and content type of `app.<hash>.css`, None when no file has exactly that content."""
    name = _names().get(path_name)
    if name is None:
        return None
    return _content(name), _CONTENT_TYPES[Path(name).suffix]


def date(moment: int) -> str:
    """`3 Nov 2026`, in UTC."""
    when = _utc(moment)
    return f"{when.day} {when:%b %Y}"


def full_moment(moment: int) -> str:
    """`3 Nov 2026, 12:44 UTC`."""
    return f"{date(moment)}, {clock(moment)}"


def clock(moment: int) -> str:
    """`12:44 UTC`."""
    return f"{_utc(moment):%H:%M} UTC"


def iso(moment: int) -> str:
    """`2026-11-03T12:44:05Z`, for <time datetime>."""
    return f"{_utc(moment):%Y-%m-%dT%H:%M:%SZ}"


def ago(moment: int, now: int) -> str:
    """How long before `now`, as roughly as it is known; after a day the date."""
    gone = now - moment
    if gone < _MINUTE:
        return "just now"
    if gone < 45 * _MINUTE:
        return _counted(gone // _MINUTE, "minute")
    if gone < _DAY:
        return _about(gone)
    return date(moment)


def host(url: str) -> str:
    """Where a URL leads, in words a person can check; takes a bare host as well.

    A host with letters beyond ASCII is shown in both spellings: look-alikes differ in one.
    """
    parts = _split(url)
    if parts is None:
        return url
    if not parts.hostname:
        return f"an app on this device ({parts.scheme})" if parts.scheme else url
    if _is_loopback(parts.hostname):
        return f"a program on this computer ({parts.hostname})"
    return _both_spellings(parts.hostname) + _port(parts)


def site(url: str) -> str:
    """Host and port of a homepage: what its link says, because anything may stand in a path."""
    parts = _split(url)
    return _both_spellings(parts.hostname) + _port(parts) if parts and parts.hostname else url


def initials(name: str) -> str:
    """One or two capital letters that stand for a name."""
    letters = [word[0] for word in re.findall(r"[^\W_]+", name)]
    return "".join(letters[:2]).upper() or "?"


def palette(key: str) -> int:
    """1 to 6, always the same for one id: the avatar's colour class."""
    return zlib.crc32(key.encode()) % 6 + 1


@cache
def _environment() -> Environment:
    # Imported here because token endpoints load this module and never render a page.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "date": date,
        "moment": full_moment,
        "clock": clock,
        "iso": iso,
        "ago": ago,
        "host": host,
        "site": site,
        "initials": initials,
        "palette": palette,
    }
    environment.globals["static"] = static
    return environment


@cache
def _content(name: str) -> bytes:
    return (_HERE / "static" / name).read_bytes()


@cache
def _hashed_name(name: str) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.{sha256(_content(name)).hexdigest()[:12]}.{suffix}"


@cache
def _names() -> dict[str, str]:
    """Hashed name -> plain name. A list made beforehand, so that no request ever names a path."""
    files = (path.name for path in (_HERE / "static").iterdir() if path.suffix in _CONTENT_TYPES)
    return {_hashed_name(name): name for name in files}


def _utc(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'} ago"


def _about(gone: int) -> str:
    hours = (gone + _HOUR // 2) // _HOUR
    return "about an hour ago" if hours <= 1 else f"about {hours} hours ago"


def _split(url: str) -> SplitResult | None:
    """The parts of a URL or of a bare host, None for what is neither."""
    try:
        parts = urlsplit(f"//{url}" if _BARE_HOST.fullmatch(url) else url)
        _ = parts.port  # the standard library looks at the port only when asked
    except ValueError:
        return None
    return parts


def _is_loopback(hostname: str) -> bool:
    if hostname == "localhost" or hostname.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(hostname).is_loopback
    except ValueError:
        return False


def _port(parts: SplitResult) -> str:
    return f":{parts.port}" if parts.port else ""


def _both_spellings(hostname: str) -> str:
    if ":" in hostname:
        return f"[{hostname}]"
    try:
        ascii_form = hostname.encode("idna").decode()
        unicode_form = ascii_form.encode().decode("idna")
    except UnicodeError:
        return hostname
    if ascii_form == unicode_form or not unicode_form.isprintable():
        return ascii_form
    return f"{unicode_form} ({ascii_form})"
