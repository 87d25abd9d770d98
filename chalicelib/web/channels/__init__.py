"""Channels: what people and applications posted, and a box to write (ux 6.17)."""

from chalicelib.web.channels import changing, looking
from chalicelib.web.channels.shared import surface

SURFACES = (surface,)
PAGES = (looking, changing)
