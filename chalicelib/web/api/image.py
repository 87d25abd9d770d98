"""The picture of a person: their initials on a colour of their own, as on pages."""

from html import escape
from typing import Final

from chalice.app import Response

from chalicelib.credentials import fingerprint
from chalicelib.store.users import User
from chalicelib.web import answers, pages
from chalicelib.web.api import persons
from chalicelib.web.api.persons import USERS
from chalicelib.web.callers import Call, scope
from chalicelib.web.routes import Surface
from chalicelib.web.shapes import ApiShape

surface = Surface("api_image", ApiShape())
_COLOURS: Final = ("#3d4fb8", "#b34700", "#7a3a9c", "#0b6a5e", "#a32e56", "#2c6488")  # `.av--1` to `.av--6` of pages
_KEPT: Final = "private, max-age=86400"


def _picture(call: Call) -> Response:
    svg = _svg(persons.found(call))
    headers = {"ETag": f'"{fingerprint(svg)[:32]}"', "Cache-Control": _KEPT}
    if call.request.headers.get("if-none-match") == headers["ETag"]:
        return answers.nothing(304, headers)
    return answers.as_picture(svg, headers)


@surface.route("GET", USERS + "/{user_id}/image", scope("users:read"), reads=persons.in_path)
def image(call: Call) -> Response:
    """The picture of a person; nobody has another than the default."""
    return _picture(call)


@surface.route("GET", USERS + "/{user_id}/image/default", scope("users:read"), reads=persons.in_path)
def default_image(call: Call) -> Response:
    """The picture of who has chosen none."""
    return _picture(call)


def _svg(user: User) -> str:
    colour = _COLOURS[pages.palette(user.user_id) - 1]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" viewBox="0 0 128 128" role="img">'
        f"<title>{escape(user.name)}</title>"
        f'<circle cx="64" cy="64" r="64" fill="{colour}"/>'
        '<text x="64" y="64" dy=".35em" text-anchor="middle" font-family="sans-serif" font-size="52" '
        f'font-weight="600" fill="#fff">{escape(pages.initials(user.name))}</text></svg>'
    )
