"""Who may do what with applications: the table of contract section 4, cell by cell."""

from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.store.users import User
from tests.browser import Answer, api, call
from tests.make import World
from tests.web.api.bodies import APPS, NEW_APP, create, refused
from tests.web.api.conftest import Callers

PERMISSIONS = "api.context.permissions.app_error"
NO_SESSION = "api.context.session_expired.app_error"
COLUMNS = ("SA", "U+ own", "U+ other", "U- own", "anon")
# The contract's table; None where a cell has no meaning.
TABLE: dict[str, tuple[int | None, ...]] = {
    "create": (201, 201, None, 403, 401),
    "list": (200, 200, None, 403, 401),
    "get": (200, 200, 403, 403, 401),
    "info": (200, 200, 200, 200, 401),
    "update": (200, 200, 403, 403, 401),
    "delete": (200, 200, 403, 403, 401),
    "regenerate": (200, 200, 403, 403, 401),
    "deauthorize": (200, 200, 200, 200, 401),
    "own authorized": (200, 200, None, 200, 401),
    "another's authorized": (200, 403, 403, 403, 401),
    "change settings": (200, 403, 403, 403, 401),
    "read settings": (200, 403, 403, 403, 401),
}
CELLS = [
    pytest.param(action, column, status, id=f"{action}-{column}")
    for action, row in TABLE.items()
    for column, status in zip(COLUMNS, row, strict=True)
    if status is not None
]
CREATED = "api.oauth.register_oauth_app.turn_off.app_error"
OFF = "api.oauth.allow_oauth.turn_off.app_error"


@dataclass(frozen=True)
class Scene:
    """Who calls with which session, and an application: their own or somebody else's."""

    session: str | None
    app: dict[str, Any]
    somebody: User

    def do(self, action: str) -> Answer:
        """Try one line of the table."""
        path = f"{APPS}/{self.app['id']}"
        patch = {"ServiceSettings": {"EnableOnlyAdminIntegrations": True}}
        tries: dict[str, tuple[str, str, Any]] = {
            "create": ("POST", APPS, NEW_APP),
            "list": ("GET", APPS, None),
            "get": ("GET", path, None),
            "info": ("GET", path + "/info", None),
            "update": ("PUT", path, self.app),
            "delete": ("DELETE", path, None),
            "regenerate": ("POST", path + "/regen_secret", None),
            "own authorized": ("GET", "/users/me/oauth/apps/authorized", None),
            "another's authorized": ("GET", f"/users/{self.somebody.user_id}/oauth/apps/authorized", None),
            "change settings": ("PUT", "/config/patch", patch),
            "read settings": ("GET", "/config", None),
        }
        if action == "deauthorize":
            headers = {"Authorization": f"Bearer {self.session}"} if self.session else {}
            return call("POST", "/oauth/deauthorize", json={"client_id": self.app["id"]}, headers=headers)
        method, address, body = tries[action]
        return api(method, address, self.session, body)


@pytest.fixture
def scene(column: str, callers: Callers, world: World) -> Scene:
    """The world of one column: of the restriction only "U+" is not the default."""
    app = world.app(world.ana if column == "U+ other" else world.leo)
    if column.startswith("U+"):
        world.set(admins_only=False)
    session = None if column == "anon" else callers.maya if column == "SA" else callers.leo
    return Scene(session, NEW_APP | {"id": app.client_id}, world.ana)


@pytest.mark.parametrize(("action", "column", "status"), CELLS)
def test_the_permission_table(action: str, column: str, status: int, scene: Scene) -> None:
    """Contract section 4: the status, and the id it has to come with."""
    answer = scene.do(action)
    assert answer.status == status
    if status == 401:
        assert refused(answer) == (401, NO_SESSION)
    if status == 403:
        assert refused(answer) == (403, "api.command.admin_only.app_error" if action == "list" else PERMISSIONS)


@pytest.mark.parametrize("column", ["SA", "U+ own", "U- own", "anon"])
@pytest.mark.parametrize("action", [a for a in TABLE if "settings" not in a])
def test_with_the_provider_off_everything_is_501_after_the_other_checks(
    action: str, column: str, scene: Scene, world: World
) -> None:
    """Contract section 4, last paragraph: who would be refused is refused all the same."""
    world.set(provider_on=False)
    answer = scene.do(action)
    before = TABLE[action][COLUMNS.index(column)]
    assert answer.status == (before if before in {401, 403} else 501)
    if answer.status == 501:
        assert refused(answer) == (501, CREATED if action == "create" else OFF)


def test_a_member_sees_only_their_own_in_the_list_and_an_admin_everybodys(callers: Callers, members_may: None) -> None:
    """Contract section 4, line "list apps"."""
    leos, anas = create(callers.leo).json, create(callers.ana).json
    lists = [{app["id"] for app in api("GET", APPS, who).json} for who in (callers.leo, callers.ana, callers.maya)]
    assert lists == [{leos["id"]}, {anas["id"]}, {leos["id"], anas["id"]}]
