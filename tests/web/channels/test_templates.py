"""The pages of channels as text: what they escape, and what no words of others can hide (ux 6.17)."""

import re
from types import SimpleNamespace

import pytest

from chalicelib.web import pages
from tests.web.channel_values import CHANNEL_PAGES, channel, post
from tests.web.page_values import LEO, MAYA


def html(name: str) -> str:
    """A sample page."""
    template, values = CHANNEL_PAGES[name]
    return pages.render(template, **values)


def one(*, viewer: SimpleNamespace = MAYA, **changes: str | None) -> str:
    """A channel with one post."""
    return pages.render("channels/channel.html", **channel(posts=[post("p1", **changes)], viewer=viewer))


def test_everything_others_wrote_is_escaped() -> None:
    """Checklists, markup."""
    text = html("channel-evil")

    assert "<script>alert" not in text
    assert text.count("&lt;/title&gt;&lt;script&gt;") >= 5


def test_names_of_others_stand_alone() -> None:
    """Direction-changing characters end with their bdi."""
    text = one(name="A\u202e", app="B\u202e", person="C\u202e")

    assert [f"<bdi>{name}\u202e</bdi>" in text for name in "ABC"] == [True, True, True]


@pytest.mark.parametrize("picture", ["http://x/i.png", "data:image/png,x", "javascript:1", ""])
def test_a_picture_that_is_not_https_is_none(picture: str) -> None:
    """Ux 3.2."""
    assert "<img" not in one(picture=picture)


def test_a_picture_does_not_learn_who_looks() -> None:
    """As on list pages."""
    assert re.search(r'<img class="av"[^>]* referrerpolicy="no-referrer" loading="lazy">', one())


def test_the_note_links_to_the_console_for_system_admins_alone() -> None:
    """Ux 6.17."""
    link = '<a href="/admin/integrations/custom">System Console</a>'

    assert link in one(ignored="Name")
    assert link not in one(ignored="Name", viewer=LEO)
    assert "Name override ignored: off in System Console" in one(ignored="Name", viewer=LEO)


def test_only_an_applications_post_has_the_mark() -> None:
    """And it does not come from its text."""
    assert ">APP</span>" in one()
    assert ">APP</span>" not in one(app=None)


def test_a_message_that_starts_with_a_line_break_keeps_it() -> None:
    """The box gives back what was typed; browsers drop one line break after the start tag."""
    text = pages.render("channels/channel.html", **channel(typed="\n\nx", problems={"message": "Shorten it"}))

    assert ">\n\n\nx</textarea>" in text
