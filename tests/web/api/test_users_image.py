"""The picture of a person over the API: initials on a colour of their own."""

from xml.etree import ElementTree

import pytest

from chalicelib.accounts import people
from chalicelib.web import pages
from tests.browser import Answer, api
from tests.make import World
from tests.web.api.conftest import Callers
from tests.web.api.people import user_path

PATHS = ["/image", "/image/default"]


def picture(callers: Callers, world: World, rest: str = "/image", **headers: str) -> Answer:
    """Ana's picture as Leo gets it."""
    return api("GET", user_path(world, "ana", rest), callers.leo, headers=headers)


@pytest.mark.parametrize("rest", PATHS)
def test_a_picture_is_a_drawing_of_the_initials(rest: str, callers: Callers, world: World) -> None:
    """Ux 3.2: initials, where there is no picture."""
    answer = picture(callers, world, rest)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    drawing = ElementTree.fromstring(answer.text)  # noqa: S314  # our own
    texts = [element.text for element in drawing.iter() if element.text]
    assert texts == ["Ana Duarte", "AD"]


def test_a_picture_has_the_colour_that_pages_show(callers: Callers, world: World) -> None:
    """Ux 3.2: one of six, by the id; pages have them as classes."""
    shown = pages.static_file(pages.static("app.css").rpartition("/")[2])
    assert shown is not None
    css = shown[0].decode()
    colour = css.partition(f".av--{pages.palette(world.ana.user_id)} {{ background: ")[2].partition(" ")[0]
    assert f'fill="{colour}"' in picture(callers, world).text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><x-marker>', "&lt;", "]]>", "' onload='x"])
def test_no_name_becomes_markup(name: str, callers: Callers, world: World) -> None:
    """Checklists, markup: nothing a caller sends is executed."""
    people.edit(world.ana, {"first_name": name, "last_name": ""}, world.origin())
    drawing = ElementTree.fromstring(picture(callers, world).text)  # noqa: S314  # our own
    assert {element.tag.rpartition("}")[2] for element in drawing.iter()} == {"svg", "title", "circle", "text"}
    assert [element.text for element in drawing.iter() if element.tag.endswith("title")] == [name]


def test_a_picture_opened_by_itself_may_run_nothing(callers: Callers, world: World) -> None:
    """Checklists, headers."""
    headers = picture(callers, world).headers
    assert headers["Content-Security-Policy"] == "default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_picture_is_kept_by_its_viewer_alone_until_it_changes(callers: Callers, world: World) -> None:
    """RFC 9110 section 13: ETag; whoever has no account sees no picture."""
    first = picture(callers, world)
    assert first.headers["Cache-Control"] == "private, max-age=86400"
    again = picture(callers, world, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    people.edit(world.ana, {"first_name": "Zoe"}, world.origin())
    assert picture(callers, world, **{"If-None-Match": first.headers["ETag"]}).status == 200
