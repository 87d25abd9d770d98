"""The list of tables: infrastructure, emulator and tests make them from these models and from nothing else."""

from chalicelib.store.audit import Event
from chalicelib.store.authorizations import Authorization
from chalicelib.store.client_notes import ClientNote
from chalicelib.store.clients import Client
from chalicelib.store.grants import Grant
from chalicelib.store.invites import Invite
from chalicelib.store.limits import Limit
from chalicelib.store.places import Channel, Member, Team
from chalicelib.store.posts import Post
from chalicelib.store.record import Record
from chalicelib.store.resources import Resource
from chalicelib.store.sessions import Session
from chalicelib.store.settings import Settings
from chalicelib.store.users import Name, User

MODELS: tuple[type[Record], ...] = (
    Settings,
    User,
    Name,
    Session,
    Client,
    ClientNote,
    Grant,
    Authorization,
    Resource,
    Invite,
    Limit,
    Event,
    Team,
    Channel,
    Member,
    Post,
)
