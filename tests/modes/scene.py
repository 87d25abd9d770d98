"""Everything somebody can get in with, and every door it opens (DESIGN sections 2 and 4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.accounts import joining, passwords, people
from chalicelib.store.users import User
from tests.browser import Answer, Browser, api, call, exchange, me, refresh
from tests.crew import Crew
from tests.make import CALENDAR, App, World
from tests.web.api.registering import app_of, manage, registered


@dataclass(frozen=True)
class Scene:
    """Leo allowed an application of Zoe's; Maya made an invitation and a reset link; a program registered itself.

    Zoe is another System Admin, so that Maya can be sent away.
    """

    world: World
    zoe: User
    app: App
    members: App
    calendar: App
    sessions: dict[str, str]
    tokens: dict[str, str]
    spent_code: str
    code: str
    calendar_token: str
    invitation: str
    reset: str
    registration: dict[str, Any]
    channel: str

    @classmethod
    def of(cls, world: World) -> "Scene":
        """Set the scene."""
        world.set(admins_only=False, dynamic_registration=True)
        zoe, crew = world.person("zoe", "Zoe Lind"), Crew.of(world)
        people.set_admin(zoe, world.origin(), admin=True)
        app, calendar = world.app(creator=zoe), world.resource()
        sessions = {user.username: world.session(user) for user in (world.maya, world.leo, zoe)}
        leo, settings, origin = Browser().holding(sessions["leo"]), world.settings(), world.origin(world.maya.user_id)
        spent = leo.allow(app)
        tokens = exchange(app, spent).json
        for_calendar = exchange(app, leo.allow(app, resource=CALENDAR, scope="calendar:read")).json
        return cls(
            world=world,
            zoe=zoe,
            app=app,
            members=world.app(creator=world.leo, name="Leo's"),
            calendar=calendar,
            sessions=sessions,
            tokens=tokens,
            spent_code=spent,
            code=leo.allow(app),
            calendar_token=for_calendar["access_token"],
            invitation=_last(joining.invite(["kim@example.com"], "member", world.maya, settings, origin)[0].link),
            reset=_last(passwords.offer_reset(world.leo, world.maya, settings, origin)),
            registration=registered(),
            channel=crew.leos,
        )

    def as_person(self, username: str, method: str, path: str, json: Any = None) -> Answer:
        """Call the API as somebody with a session from before."""
        return api(method, path, self.sessions[username], json)

    def done(self, username: str, method: str, path: str, json: Any = None) -> None:
        """Call the API as somebody, who may do that."""
        answer = self.as_person(username, method, path, json)
        assert answer.status == 200, answer.text

    def at_browser(self, username: str) -> Browser:
        """Somebody's browser, which holds that session."""
        return Browser().holding(self.sessions[username])

    def pressed(self, username: str, path: str, **filled: str) -> None:
        """Open a page that asks before something ends, and press its button."""
        browser = self.at_browser(username)
        assert browser.submit(browser.get(path), path, **filled).status == 303

    def worth(self, caller: App, token: str) -> bool:
        """Whether introspection says that a token is good."""
        answer = call("POST", "/oauth/introspect", data={"token": token}, auth=caller.basic)
        return answer.status == 200 and answer.json["active"] is True


def _last(link: str) -> str:
    return link.rpartition("/")[2]


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _allowed_without_asking(scene: Scene) -> bool:
    return "code" in scene.at_browser("leo").authorize(scene.app).answer


def _proves_itself(scene: Scene) -> bool:
    body = {"token": "x"}
    return call("POST", "/oauth/revoke", data=body, auth=scene.app.basic).status == 200


DOORS: dict[str, Callable[[Scene], bool]] = {
    "API": lambda scene: me(scene.tokens["access_token"]).status == 200,
    "teams": lambda scene: api("GET", "/users/me/teams", scene.tokens["access_token"]).status == 200,
    "userinfo": lambda scene: (
        call("GET", "/oauth/userinfo", headers=_bearer(scene.tokens["access_token"])).status == 200
    ),
    "introspection": lambda scene: scene.worth(scene.app, scene.tokens["access_token"]),
    "other API": lambda scene: scene.worth(scene.calendar, scene.calendar_token),
    "no question": _allowed_without_asking,
    "client": _proves_itself,
    "session": lambda scene: scene.as_person("leo", "GET", "/users/me").status == 200,
    "pages": lambda scene: scene.at_browser("leo").get("/account").status == 200,
    "channel": lambda scene: scene.as_person("leo", "GET", f"/channels/{scene.channel}/posts").status == 200,
    "own app": lambda scene: scene.as_person("leo", "GET", f"/oauth/apps/{scene.members.client_id}").status == 200,
    "any app": lambda scene: scene.as_person("maya", "GET", f"/oauth/apps/{scene.app.client_id}").status == 200,
    "console": lambda scene: scene.at_browser("maya").get("/admin/users").status == 200,
    "invitation": lambda scene: call("GET", f"/invite/{scene.invitation}").status == 200,
    "reset": lambda scene: call("GET", f"/reset/{scene.reset}").status == 200,
    "registration": lambda scene: manage("GET", scene.registration).status == 200,
    "program": lambda scene: (
        call("POST", "/oauth/revoke", data={"token": "x"}, auth=app_of(scene.registration).basic).status == 200
    ),
    # Last: they use up what they are tried with.
    "refresh": lambda scene: refresh(scene.app, scene.tokens["refresh_token"]).status == 200,
    "code": lambda scene: exchange(scene.app, scene.code).status == 200,
}


def open_doors(scene: Scene) -> set[str]:
    """Which doors open."""
    return {name for name, opens in DOORS.items() if opens(scene)}
