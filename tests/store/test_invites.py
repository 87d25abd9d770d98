"""One-time links as they are stored (DESIGN section 2, `invites`)."""

import pytest

from chalicelib.store.invites import INVITATION, RESET, Invite, invitations, invite_key, offered, used, withdrawn
from chalicelib.store.writing import ConditionFailed, write_together
from tests.make import World


def link(world: World, token_hash: str, kind: str = INVITATION) -> Invite:
    """A link that is good for a minute."""
    until = world.now + 60_000
    return Invite(
        token_hash=token_hash,
        kind=kind,
        epoch="e",
        by_id="maya",
        by_name="Maya",
        created_at=world.now,
        until=until,
        ttl=until // 1000,
    )


def test_a_link_is_used_once(world: World) -> None:
    """DESIGN section 1: the condition is in the write."""
    write_together(offered(row := link(world, "a")))
    write_together(used(row, world.now))
    with pytest.raises(ConditionFailed):
        write_together(used(row, world.now))
    assert world.find(invite_key("a")) is None


def test_a_link_whose_time_is_over_is_not_used(world: World) -> None:
    """DESIGN section 2: expiry is checked in the condition, whatever the reader saw."""
    write_together(offered(row := link(world, "a")))
    with pytest.raises(ConditionFailed):
        write_together(used(row, row.until))
    assert world.find(invite_key("a")) is not None


def test_a_link_is_taken_back_once(world: World) -> None:
    """DESIGN section 1."""
    write_together(offered(row := link(world, "a")))
    write_together(withdrawn(row))
    with pytest.raises(ConditionFailed):
        write_together(withdrawn(row))


def test_a_link_is_not_written_over_another(world: World) -> None:
    """Two of 256 bits do not meet; a mistake would."""
    write_together(offered(link(world, "a")))
    with pytest.raises(ConditionFailed):
        write_together(offered(link(world, "a")))


def test_only_invitations_are_listed(world: World) -> None:
    """Ux 6.15: nobody browses reset links."""
    write_together(offered(link(world, "a")), offered(link(world, "b", RESET)))
    assert [row.token_hash for row in invitations(9)] == ["a"]
