"""What the error matrix is made of: a scene, what may be wrong on our side, and requests that would be answered."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Final

from chalicelib.store.connection import connection
from chalicelib.store.grants import Grant
from chalicelib.store.settings import Settings
from tests.browser import Answer, Browser, authorization_request, call, exchange
from tests.faults import refused
from tests.make import App, World

SUPERSET: Final = {"error", "error_description", "id", "message", "detailed_error", "request_id", "status_code"}
THROTTLED: Final = "ProvisionedThroughputExceededException"


@dataclass(frozen=True)
class Scene:
    """An application Leo allowed, one he did not, one of somebody else's, a public one, another API."""

    world: World
    app: App
    new: App
    public: App
    listed: App
    calendar: App
    leo: str
    tokens: dict[str, str]
    narrow: str
    code: str

    @classmethod
    def of(cls, world: World) -> "Scene":
        """Set the scene."""
        session, app = world.session(world.leo), world.app()
        leo = Browser().holding(session)
        tokens = exchange(app, leo.allow(app)).json
        return cls(
            world=world,
            app=app,
            new=world.app(name="New"),
            public=world.app(name="Public", public=True),
            listed=world.app(name="Listed", scope="users:read"),
            calendar=world.resource(),
            leo=session,
            tokens=tokens,
            narrow=exchange(app, leo.allow(app, scope="posts:read")).json["access_token"],
            code=leo.allow(app),
        )

    @property
    def browser(self) -> Browser:
        """Leo's."""
        return Browser().holding(self.leo)

    def ask(self, app: App | None = None, **changes: str | None) -> Answer:
        """Leo arrives with an authorization request."""
        return self.browser.authorize(app or self.app, **changes)


# --- what goes wrong on our side --------------------------------------------------------------------------------


def well(_: Scene) -> AbstractContextManager[object]:
    """Nothing is wrong on our side."""
    return nullcontext()


def unwritable(_: Scene) -> AbstractContextManager[object]:
    """DynamoDB takes no write."""
    return refused("PutItem", "UpdateItem", "TransactWriteItems")


def unreadable(_: Scene) -> AbstractContextManager[object]:
    """DynamoDB answers no read."""
    return refused("BatchGetItem", code=THROTTLED)


@contextmanager
def off(scene: Scene) -> Iterator[None]:
    """The provider is switched off."""
    scene.world.set(provider_on=False)
    yield


@contextmanager
def broken(scene: Scene) -> Iterator[None]:
    """The settings are as no code of ours writes them: a mistake of ours, at every address."""
    table = str(Settings.Meta.table_name)
    for row in connection().dispatch("Scan", {"TableName": table})["Items"]:
        put_raw(table, row | {"keys_version": {"S": "x"}})
    yield


@contextmanager
def broken_grant(scene: Scene) -> Iterator[None]:
    """What Leo allowed cannot be read: a mistake that shows when it is known where to answer."""
    names = {"user_id": scene.world.leo.user_id, "client_id": scene.app.client_id}
    key = {name: {"S": value} for name, value in names.items()}
    put_raw(str(Grant.Meta.table_name), key | {"since": {"S": "x"}})
    yield


def put_raw(table: str, item: dict[str, Any]) -> None:
    """Write a row as it is."""
    connection().dispatch("PutItem", {"TableName": table, "Item": item})


# --- requests ---------------------------------------------------------------------------------------------

Asked = Callable[[Scene], Answer]
Broken = Callable[[Scene], AbstractContextManager[object]]


@dataclass(frozen=True)
class Case:
    """A request, and what is refused in it; `challenge` is how WWW-Authenticate begins, "" where there is none."""

    endpoint: str
    status: int
    error: str
    ask: Asked
    challenge: str = ""
    wrong: Broken = well

    def __str__(self) -> str:
        return f"{self.endpoint}: {self.status} {self.error}"


BEARER: Final = "Bearer resource_metadata="
BASIC: Final = 'Basic realm="Gatepost"'
TOKEN, REVOKE, INTROSPECT = "/oauth/access_token", "/oauth/revoke", "/oauth/introspect"
DEAUTHORIZE, USERINFO, AUTHORIZE = "/oauth/deauthorize", "/oauth/userinfo", "/oauth/authorize"
DOCUMENTS = (
    "/oauth/jwks",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/api/v4",
)
GOOD: dict[str, Asked] = {
    TOKEN: lambda scene: exchange(scene.app, scene.code),
    REVOKE: lambda scene: form(scene, REVOKE, token=scene.tokens["refresh_token"]),
    INTROSPECT: lambda scene: form(scene, INTROSPECT, token=scene.tokens["refresh_token"]),
    DEAUTHORIZE: lambda scene: as_leo(scene, DEAUTHORIZE, client_id=scene.app.client_id),
    USERINFO: lambda scene: bearer(scene.tokens["access_token"]),
    AUTHORIZE: lambda scene: as_leo(scene, AUTHORIZE, **authorization_request(scene.app)),
} | {path: lambda _, path=path: call("GET", path) for path in DOCUMENTS}


def form(scene: Scene, path: str, app: App | None = None, **fields: str) -> Answer:
    """Post a form as an application, with HTTP Basic."""
    return call("POST", path, data=fields, auth=(app or scene.app).basic)


def as_leo(scene: Scene, path: str, **members: Any) -> Answer:
    """Post JSON with Leo's session."""
    return call("POST", path, json=members, headers={"Authorization": f"Bearer {scene.leo}"})


def bearer(text: str) -> Answer:
    """Ask who it is."""
    return call("GET", USERINFO, headers={"Authorization": f"Bearer {text}"})


def wrong_secret(app: App) -> App:
    """The application as somebody else would have it."""
    return replace(app, secret=app.secret[:-1] + ("A" if app.secret[-1] != "A" else "B"))


def on_our_side(path: str) -> list[Case]:
    """What can be wrong on our side, at an endpoint that would have answered."""
    return [
        Case(path, 503, "temporarily_unavailable", GOOD[path], wrong=unreadable),
        Case(path, 500, "server_error", GOOD[path], wrong=broken),
    ]
