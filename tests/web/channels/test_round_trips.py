"""How often the pages of channels ask DynamoDB: two lists on one page, five round trips (DESIGN 1 and 9)."""

import pytest

from tests.browser import Browser
from tests.crew import Crew
from tests.faults import counted
from tests.web.channels.conftest import Robot

READ, WRITE, TOGETHER, LIST = "BatchGetItem", "PutItem", "TransactWriteItems", "Query"


@pytest.fixture
def busy(crew: Crew, robot: Robot) -> str:
    """A thread, posts by people and an application, and a direct channel at the side; give the thread's id."""
    crew.direct(crew.world.leo, crew.world.maya)
    root = crew.post(crew.square, crew.world.leo, "Root")
    crew.post(crew.square, crew.world.ana, "Reply", root)
    robot.post(crew.square, crew.world.ana)
    return root


@pytest.mark.parametrize("by", ["name", "id"])
def test_a_channel_is_five(crew: Crew, busy: str, leo: Browser, by: str) -> None:
    """Session; what I am in; channels and teams; posts; authors, partners and roots."""
    path = {"name": "town-square", "id": crew.square}[by]

    with counted() as calls:
        assert "Maya Okafor" in leo.get(f"/channels/{path}", posted=busy).page.text

    assert calls == [READ, LIST, READ, LIST, READ]


def test_a_thread_is_five(crew: Crew, busy: str, leo: Browser) -> None:
    """The same, with the replies in the place of the posts."""
    with counted() as calls:
        assert leo.get(f"/channels/{crew.square}/thread/{busy}").status == 200

    assert calls == [READ, LIST, READ, LIST, READ]


def test_a_channel_i_am_not_in_is_one_more_by_its_name_alone(crew: Crew, ana: Browser) -> None:
    """Links to it use its id, which costs no look-up."""
    crew.post(crew.public, crew.world.leo, "A plan")
    with counted() as by_id:
        assert ana.get(f"/channels/{crew.public}").status == 200
    with counted() as by_name:
        assert ana.get("/channels/plans").status == 200

    assert (len(by_id), len(by_name)) == (5, 6)


def test_the_way_to_town_square_is_three(leo: Browser, crew: Crew) -> None:
    """DESIGN section 9: lists 3."""
    with counted() as calls:
        assert leo.get("/channels").status == 302

    assert calls == [READ, LIST, READ]


def test_the_channels_to_join_are_four(leo: Browser, crew: Crew) -> None:
    """Two lists: what I am in, and what there is in the team."""
    with counted() as calls:
        assert leo.get("/channels?show=all").status == 200

    assert calls == [READ, LIST, READ, LIST]


def test_a_post_is_a_read_and_a_write(crew: Crew, leo: Browser) -> None:
    """DESIGN section 1: single objects 2."""
    page = leo.get(path := f"/channels/{crew.square}")

    with counted() as calls:
        assert leo.submit(page, path, message="Hello").status == 303

    assert calls == [READ, WRITE]


def test_a_reply_is_a_read_and_a_write(crew: Crew, busy: str, leo: Browser) -> None:
    """The reply and its root's count in one transaction."""
    page = leo.get(f"/channels/{crew.square}/thread/{busy}")

    with counted() as calls:
        assert leo.submit(page, f"/channels/{crew.square}", message="Hello").status == 303

    assert calls == [READ, TOGETHER]


def test_deleting_and_joining_are_a_read_and_a_write(crew: Crew, busy: str, leo: Browser, ana: Browser) -> None:
    """DESIGN section 1: single objects 2."""
    question = leo.get(gone := f"/channels/{crew.square}/posts/{busy}/delete")
    doorway = ana.get("/channels/plans")

    with counted() as calls:
        assert leo.submit(question, gone).status == 303
        assert ana.submit(doorway, f"/channels/{crew.public}/join").status == 303

    assert calls == [READ, TOGETHER, READ, TOGETHER]
