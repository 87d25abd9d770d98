"""A team at work, seen by people at their browsers."""

from dataclasses import dataclass

import pytest

from chalicelib.store.places import channel_key
from chalicelib.store.posts import Post
from chalicelib.store.users import User
from chalicelib.workspace import posts
from chalicelib.workspace.posts import Author, Draft
from tests.browser import Browser
from tests.crew import Crew
from tests.make import App, World

BOT = {
    "from_webhook": "true",
    "override_username": "Standup Bot",
    "override_icon_url": "https://standup.example.net/bot.png",
}


@dataclass(frozen=True)
class Robot:
    """An application that posts for people."""

    world: World
    app: App

    def post(self, channel_id: str, user: User, message: str = "Three updates", **props: str) -> Post:
        """Post something for somebody, under another name unless `props` say otherwise."""
        place, origin = self.world.row(channel_key(channel_id)), self.world.origin(user.user_id)
        author = Author(user.user_id, self.world.client(self.app.client_id))
        return posts.create(Draft(message, BOT | props), place, None, author, origin)


@pytest.fixture
def leo(crew: Crew) -> Browser:
    """Leo's browser: he made the team, "plans" and "leos"."""
    return Browser().holding(crew.leo)


@pytest.fixture
def ana(crew: Crew) -> Browser:
    """Ana's browser: she is in the team and in "anas", and not in "plans"."""
    return Browser().holding(crew.ana)


@pytest.fixture
def maya(crew: Crew) -> Browser:
    """The System Admin's browser: she is in no team."""
    return Browser().holding(crew.maya)


@pytest.fixture
def robot(crew: Crew) -> Robot:
    """Standup Notes."""
    return Robot(crew.world, crew.world.app())
