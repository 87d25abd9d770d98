"""What went wrong with an application lately: a ring of its last failures, for its owner to see."""

from typing import Final

from pynamodb.attributes import UnicodeAttribute

from chalicelib.store.audit import Origin
from chalicelib.store.reading import Listing, Span, rows_of
from chalicelib.store.record import ExpiryAttribute, IntAttribute, Record, table
from chalicelib.store.writing import Change, put

PROBLEMS: Final = 20
KEPT_DAYS: Final = 30
_PROBLEM: Final = "problem#"
_PLACES: Final = [f"{_PROBLEM}{number}" for number in range(PROBLEMS)]


class ClientNote(Record):
    """One failure: what, when and from where.  `note` is its place in the ring, `problem#0` to `problem#19`."""

    class Meta:
        table_name = table("client_notes")

    client_id = UnicodeAttribute(hash_key=True)
    note = UnicodeAttribute(range_key=True)
    what = UnicodeAttribute()
    at = IntAttribute()
    network = UnicodeAttribute()
    request_id = UnicodeAttribute()
    ttl = ExpiryAttribute()


def problems_of(client_id: str) -> list[ClientNote]:
    """The failures of an application that are kept, newest first."""
    ring = rows_of(Listing(ClientNote, client_id, span=Span("note", prefix=_PROBLEM)), PROBLEMS)
    return sorted(ring, key=lambda row: row.at, reverse=True)


def noted(client_id: str, what: str, ring: list[ClientNote], origin: Origin) -> Change:
    """Note a failure in a free place of the ring, else in place of the oldest; `ring` is as it was read."""
    taken = {row.note for row in ring}
    free = [place for place in _PLACES if place not in taken]
    oldest = None if free else ring[-1]
    row = ClientNote(
        client_id=client_id,
        note=oldest.note if oldest else free[0],
        what=what,
        at=origin.now,
        network=origin.network,
        request_id=origin.request_id,
        ttl=origin.now // 1000 + KEPT_DAYS * 24 * 3600,
    )
    return put(row, ClientNote.at == oldest.at if oldest else ClientNote.note.does_not_exist())
