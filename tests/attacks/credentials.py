"""Every kind of credential, and every door that takes one (attack 29)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from chalicelib.accounts import joining, known_devices, passwords
from chalicelib.credentials import fingerprint, new_link_token, parse_session
from chalicelib.store import admins
from chalicelib.web import mattermost
from chalicelib.web.browser import cookie_name
from tests.browser import Answer, Browser, api, authorization_request, call, exchange, me, refresh, token
from tests.make import CALENDAR, PASSWORD, App, World
from tests.web.api.registering import app_of, manage, registered

DECISION = "/oauth/authorize/decision"


@dataclass(frozen=True)
class Scene:
    """Maya, a System Admin, allows an application; another one waits for her answer; a program registered itself."""

    world: World
    app: App
    other: App
    calendar: App

    @property
    def maya(self) -> Browser:
        """Her browser."""
        return Browser().holding(self.session)

    @property
    def leo(self) -> Browser:
        """The browser of somebody else."""
        return Browser().holding(self.world.session(self.world.leo))

    @cached_property
    def session(self) -> str:
        """Her session."""
        return self.world.session(self.world.maya)

    @cached_property
    def tokens(self) -> dict[str, str]:
        """What the application got for her."""
        found: dict[str, str] = exchange(self.app, self.maya.allow(self.app, scope="openid user")).json
        return found

    @cached_property
    def calendar_token(self) -> str:
        """An access token for another API."""
        code = self.maya.allow(self.app, resource=CALENDAR, scope="calendar:read")
        return str(exchange(self.app, code).json["access_token"])

    @cached_property
    def consent(self) -> dict[str, str]:
        """The fields of a consent page of hers."""
        return self.maya.authorize(self.other).page.form(DECISION).fields

    @cached_property
    def registration(self) -> dict[str, str]:
        """What a program that registered itself was given."""
        return registered()

    def introspects(self, caller: App, text: str) -> bool:
        """Whether a caller learns something about a text."""
        answer = call("POST", "/oauth/introspect", data={"token": text}, auth=caller.basic)
        return bool(answer.status == 200 and answer.json["active"])


def _answered(scene: Scene, fields: dict[str, str]) -> bool:
    """Whether a consent page of somebody else is answered with these fields changed."""
    leo = scene.leo
    return leo.submit(leo.authorize(scene.other), DECISION, decision="deny", **fields).status == 200


def _decided(scene: Scene, text: str) -> bool:
    """Whether Mattermost's decision is taken from a bearer."""
    return (
        call("POST", "/oauth/authorize", json=authorization_request(scene.other), headers=_bearer(text)).status == 200
    )


def _proven(scene: Scene, text: str, *, basic: bool) -> bool:
    """Whether a text is the client's secret."""
    fields = {"grant_type": "refresh_token", "refresh_token": "x"}
    pretending = replace(scene.app, secret=text)
    own = {"client_id": scene.app.client_id, "client_secret": text}
    answer = token(pretending, **fields) if basic else call("POST", "/oauth/access_token", data=fields | own)
    return bool(answer.json["error"] != "invalid_client")


def _signed_out_at_once(scene: Scene, text: str) -> bool:
    """Whether an application may sign Maya out without asking her."""
    browser = Browser().holding(scene.world.session(scene.world.maya))
    return "Sign out?" not in browser.get("/oauth/logout", id_token_hint=text).text


def _revoked(scene: Scene, text: str) -> bool:
    """Whether giving it back ends something: what the application has, or the other authorization."""
    doors = {"own": scene.tokens["access_token"], "text": text}
    before = {name: scene.introspects(scene.app, held) for name, held in doors.items()}
    answer = call("POST", "/oauth/revoke", data={"token": text}, auth=scene.app.basic)
    return answer.status == 200 and before != {name: scene.introspects(scene.app, held) for name, held in doors.items()}


def _cookie(name: str, text: str, path: str) -> bool:
    return call("GET", path, headers={"Cookie": f"{name}={text}"}).status == 200


def _bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def _invited(text: str) -> Answer:
    body = {"username": "kimkim", "email": "kim@example.com", "password": PASSWORD}
    return api("POST", "/users", None, body, params={"t": text})


def _reset(text: str) -> Answer:
    return api("POST", "/users/password/reset", None, {"token": text, "new_password": "short"})


Door = Callable[[Scene, str], bool]
DOORS: dict[str, Door] = {
    "bearer": lambda _, text: me(text).status == 200,
    "management": lambda _, text: api("GET", "/oauth/apps", text).status == 200,
    "decision": _decided,
    "userinfo": lambda _, text: call("GET", "/oauth/userinfo", headers=_bearer(text)).status == 200,
    "API cookie": lambda _, text: _cookie(mattermost.AUTH_COOKIE, text, "/api/v4/users/me"),
    "cookie": lambda _, text: _cookie(cookie_name(), text, "/account"),
    "code": lambda scene, text: exchange(scene.app, text).status == 200,
    "client secret, header": lambda scene, text: _proven(scene, text, basic=True),
    "client secret, body": lambda scene, text: _proven(scene, text, basic=False),
    "password": lambda _, text: api("POST", "/users/login", None, {"login_id": "leo", "password": text}).status == 200,
    "form token": lambda scene, text: _answered(scene, {"csrf": text}),
    "ticket": lambda scene, text: _answered(scene, {"ticket": text}),
    "set-up": lambda _, text: call("GET", "/setup", params={"token": text}).status == 200,
    "invitation": lambda _, text: call("GET", f"/invite/{text}").status == 200,
    "reset": lambda _, text: call("GET", f"/reset/{text}").status == 200,
    "registration": lambda scene, text: manage("GET", scene.registration, text).status == 200,
    "hint": _signed_out_at_once,
    "introspection": lambda scene, text: scene.introspects(scene.app, text),
    "introspection by the other API": lambda scene, text: scene.introspects(scene.calendar, text),
    # Last: these use up what they are tried with.
    "invitation over the API": lambda _, text: _invited(text).status == 201,
    "reset over the API": lambda _, text: "pwd" in _reset(text).json["id"],
    "refresh": lambda scene, text: refresh(scene.app, text).status == 200,
    "revocation": _revoked,
}


def _set_up_link(scene: Scene) -> str:
    """A link that was printed before somebody else set the server up."""
    text = new_link_token("gpu_")
    admins.offer_set_up(fingerprint(text), scene.world.now + 1000)
    return text


def _invitation(scene: Scene) -> str:
    world = scene.world
    made = joining.invite(["kim@example.com"], "member", world.maya, world.settings(), world.origin())
    return made[0].link.rpartition("/")[2]


def _reset_link(scene: Scene) -> str:
    world = scene.world
    return passwords.offer_reset(world.leo, world.maya, world.settings(), world.origin()).rpartition("/")[2]


def _device(scene: Scene) -> str:
    return known_devices.new_device(scene.world.leo.user_id, scene.world.settings())


def _csrf(scene: Scene) -> str:
    located = parse_session(scene.session)
    assert located is not None
    return mattermost.csrf_token(scene.world.settings(), located.row_id)


IN_PERSON = {"bearer", "management", "decision", "userinfo", "API cookie", "cookie"}
PROGRAM = {"client secret, header", "client secret, body"}
# Each kind: how to get one, and the doors it opens; all others stay closed.
KINDS: dict[str, tuple[Callable[[Scene], str], set[str]]] = {
    "session": (lambda scene: scene.session, IN_PERSON),
    "access token": (
        lambda scene: scene.tokens["access_token"],
        {"bearer", "userinfo", "introspection", "revocation"},
    ),
    "access token for another API": (
        lambda scene: scene.calendar_token,
        {"introspection", "introspection by the other API", "revocation"},
    ),
    "ID token": (lambda scene: scene.tokens["id_token"], {"hint"}),
    "refresh token": (lambda scene: scene.tokens["refresh_token"], {"refresh", "introspection", "revocation"}),
    "code": (lambda scene: scene.maya.allow(scene.app), {"code"}),
    "client secret": (lambda scene: scene.app.secret, PROGRAM),
    "client secret of another client": (lambda scene: scene.other.secret, set()),
    "client secret of a program": (lambda scene: app_of(scene.registration).secret, set()),
    "registration access token": (lambda scene: scene.registration["registration_access_token"], {"registration"}),
    "client id": (lambda scene: scene.app.client_id, set()),
    "user id": (lambda scene: scene.world.maya.user_id, set()),
    "password": (lambda _: PASSWORD, {"password"}),
    "form token of another session": (lambda scene: scene.consent["csrf"], set()),
    "ticket of another session": (lambda scene: scene.consent["ticket"], set()),
    "form token of the API": (_csrf, set()),
    "known device": (_device, set()),
    "set-up link after set-up": (_set_up_link, set()),
    "invitation": (_invitation, {"invitation", "invitation over the API"}),
    "reset link": (_reset_link, {"reset", "reset over the API"}),
}
