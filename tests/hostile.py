"""What somebody who means harm would type, and how to see that it did none."""

from html.parser import HTMLParser

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.browser import Answer

PAYLOADS = [
    "<x-marker>",
    '"><x-marker data-marker=1>',
    "'><x-marker data-marker=1>",
    '" data-marker="1',
    "' data-marker='1",
    "</title><x-marker>",
    "</textarea><x-marker>",
    "<!--<x-marker>-->",
    "<script>marker()</script>",
    "javascript:marker()",
    "data:text/html,<x-marker>",
    "{{ 7777 * 7777 }}",
    "{% for x in y %}",
    "\r\nX-Marker: 1",
    "\r\n\r\n<x-marker>",
    "\nSet-Cookie: marker=1",
    "%0d%0aX-Marker:%201",
    "\u0085X-Marker: 1",
    "\u2028X-Marker: 1",
    "\x00",
    "\u202egp",
    "0;url=https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
]
HEADERS = {
    "access-control-allow-origin",
    "access-control-expose-headers",
    "allow",
    "cache-control",
    "content-length",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "date",
    "etag",
    "location",
    "permissions-policy",
    "pragma",
    "referrer-policy",
    "retry-after",
    "server",
    "set-cookie",
    "token",
    "www-authenticate",
    "x-content-type-options",
    "x-frame-options",
    "x-request-id",
    "x-version-id",
}

plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
hostile = st.one_of(plain, st.sampled_from(PAYLOADS), st.builds(str.__add__, plain, st.sampled_from(PAYLOADS)))
many = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Markup(HTMLParser):
    """Every tag and attribute name of a page, and what its scripts hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.scripts = ""
        self._in_script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what there is."""
        self.names |= {tag, *(name for name, _ in attrs)}
        self._in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        """A script ends."""
        self._in_script = False

    def handle_data(self, data: str) -> None:
        """Note what would be executed."""
        self.scripts += data if self._in_script else ""


def harmless(answer: Answer) -> Answer:
    """Make sure that an answer is no failure of ours, and has no header, cookie or markup somebody else wrote."""
    assert answer.status < 500, answer.text
    assert {name.lower() for name in answer.headers} <= HEADERS, dict(answer.headers)
    assert "marker" not in answer.headers.get("Set-Cookie", "")
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        found = Markup(answer.text)
        assert not {"x-marker", "data-marker"} & found.names
        assert not [name for name in found.names if name.startswith("on")]
        assert not found.scripts.strip()
        assert "60481729" not in answer.text
    return answer
