"""A team at work: two members with a channel each that the other is not in, and a System Admin who is in none of it."""

from dataclasses import dataclass
from typing import Any

from chalicelib.credentials import new_id
from chalicelib.store import places, writing
from chalicelib.store.places import Channel, Team, channel_key, in_channel_key, in_team_key, team_key
from chalicelib.store.posts import Post, post_key
from chalicelib.store.reading import read
from chalicelib.store.users import User
from chalicelib.workspace import channels, posts, teams
from chalicelib.workspace.channels import Draft as ChannelDraft
from chalicelib.workspace.posts import Author
from chalicelib.workspace.posts import Draft as PostDraft
from chalicelib.workspace.teams import Draft as TeamDraft
from tests.browser import Answer, Browser, api, exchange
from tests.make import App, World

Json = dict[str, Any]
FORBIDDEN = (403, "api.context.permissions.app_error")
NO_CHANNEL = (404, "app.channel.get.existing.app_error")
NO_TEAM = (404, "app.team.get.find.app_error")
NO_POST = (404, "app.post.get.app_error")
BAD_BODY = (400, "api.context.invalid_body_param.app_error")
BAD_URL = (400, "api.context.invalid_url_param.app_error")


@dataclass(frozen=True)
class Crew:
    """Leo's open team "crew" with Ana in it; sessions by name, and ids of what is there."""

    world: World
    maya: str
    leo: str
    ana: str
    team: str
    square: str
    public: str
    leos: str
    anas: str

    @classmethod
    def of(cls, world: World) -> "Crew":
        """Set the team up: "plans" is public and Leo's, "leos" and "anas" are private."""
        maya, leo, ana = (world.session(user) for user in (world.maya, world.leo, world.ana))
        draft = TeamDraft("crew", "The Crew", "", "O")
        team = teams.create(draft, None, world.leo.user_id, world.origin(world.leo.user_id))
        square = read(key := teams.square_key(team.team_id))[key]
        assert square is not None
        teams.join(team, world.ana.user_id, square, world.origin(world.ana.user_id))
        public = channel(world, team.team_id, "plans", "O", world.leo)
        leos = channel(world, team.team_id, "leos", "P", world.leo)
        anas = channel(world, team.team_id, "anas", "P", world.ana)
        return cls(world, maya, leo, ana, team.team_id, square.owner_id, public, leos, anas)

    def post(self, channel_id: str, user: User, message: str = "Hello", root: str = "") -> str:
        """Post something, as its author; give its id."""
        place = self.world.row(channel_key(channel_id))
        draft, origin = PostDraft(message, {}), self.world.origin(user.user_id)
        above = self.world.row(post_key(root)) if root else None
        return posts.create(draft, place, above, Author(user.user_id, None), origin).post_id

    def channel(self, name: str, kind: str, creator: User) -> str:
        """Another channel of the team; give its id."""
        return channel(self.world, self.team, name, kind, creator)

    def join(self, channel_id: str, user: User) -> None:
        """Put somebody into a channel."""
        channels.join(self.world.row(channel_key(channel_id)), user.user_id, self.world.origin(user.user_id))

    def fill(self, user: User, count: int) -> None:
        """Put somebody into many more channels of the team, row by row: a transaction each would take long."""
        rows = [
            Channel(channel_id=new_id(), team_id=self.team, name=f"more-{number}", display_name="More", kind="O")
            for number in range(count)
        ]
        for row in rows:
            row.creator_id, row.created_at = user.user_id, self.world.now
            writing.write(writing.put(row))
            writing.write(places.joined(user.user_id, f"c#{row.channel_id}"))

    def direct(self, one: User, other: User) -> str:
        """The direct channel of two people; give its id."""
        return channels.create_direct(one.user_id, other.user_id, self.world.origin(one.user_id)).channel_id

    def archive(self, channel_id: str) -> None:
        """Archive a channel."""
        channels.archive(self.world.row(channel_key(channel_id)), self.world.origin())

    def person(self, username: str = "kim") -> tuple[User, str]:
        """Somebody with an account and no team; with a session."""
        user = self.world.person(username, "Kim Novak")
        return user, self.world.session(user)

    def team_row(self) -> Team:
        """The team as it is."""
        return self.world.row(team_key(self.team))

    def channel_row(self, channel_id: str) -> Channel:
        """A channel as it is."""
        return self.world.row(channel_key(channel_id))

    def post_row(self, post_id: str) -> Post:
        """A post as it is."""
        return self.world.row(post_key(post_id))

    def in_team(self, user: User) -> bool:
        """Whether somebody is in the team."""
        return self.world.find(in_team_key(user.user_id, self.team)) is not None

    def in_channel(self, user: User, channel_id: str) -> bool:
        """Whether somebody is in a channel."""
        return self.world.find(in_channel_key(user.user_id, channel_id)) is not None


def channel(world: World, team_id: str, name: str, kind: str, creator: User) -> str:
    """Make a channel; give its id."""
    draft = ChannelDraft(name, name.title(), "", "", kind)
    return channels.create(draft, team_id, None, creator.user_id, world.origin(creator.user_id)).channel_id


def names(answer: Answer) -> list[str]:
    """The names in a list of teams or channels."""
    assert answer.status == 200, answer.text
    return [item["name"] for item in answer.json]


def messages(answer: Answer) -> list[str]:
    """What the posts of a list say, in its order."""
    assert answer.status == 200, answer.text
    return [answer.json["posts"][post_id]["message"] for post_id in answer.json["order"]]


def write(session: str, channel_id: str, message: Any = "Hello", **changes: Any) -> Answer:
    """Post over the API."""
    return api("POST", "/posts", session, {"channel_id": channel_id, "message": message} | changes)


def unknown() -> str:
    """A well-formed id that nothing has."""
    return new_id()


def token(app: App, session: str, scope: str | None = None) -> str:
    """An access token of an application that somebody allowed; with no scope for everything."""
    answer = exchange(app, Browser().holding(session).allow(app, scope=scope))
    assert answer.status == 200, answer.text
    return str(answer.json["access_token"])
