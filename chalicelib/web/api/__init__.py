"""Mattermost's API v4: what its clients call, with its statuses and error ids."""

from chalicelib.web.api import apps, server, users

SURFACES = (apps.surface, users.surface, server.surface)
