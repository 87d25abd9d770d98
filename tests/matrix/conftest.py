"""One server for all routes of a module: what is refused changes nothing, and the rest is undone."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine

from app import app
from chalicelib.accounts import joining, passwords, setup
from chalicelib.credentials import fingerprint, parse_session
from chalicelib.store.admins import Admins
from chalicelib.store.resources import hash_of
from chalicelib.web.api.registration import ONE, REGISTER
from local.emulator import Rows, copied_rows, put_back
from local.gateway import Gateway
from tests.browser import authorization_request
from tests.conftest import NOON
from tests.make import CALLBACK, App, World
from tests.matrix.asking import Asker, attributes_of
from tests.matrix.plausible import Known
from tests.oauth import flow

TABLE_OF_SETTINGS = str(Admins.Meta.table_name)
PERMISSIVE = ("provider_on", "open_sign_up", "dynamic_registration", "name_override", "icon_override")
NAMING_A_TEAM = (
    "/api/v4/teams/name/{name}",
    "/api/v4/teams/name/{name}/exists",
    "/api/v4/teams/name/{name}/channels/name/{channel_name}",
)
ONES_OWN = (
    "/api/v4/users/{user_id}/channels",
    "/api/v4/users/{user_id}/teams/{team_id}/channels",
    "/api/v4/users/{user_id}/teams/{team_id}/channels/members",
    "/api/v4/channels/members/{user_id}/view",
)


@pytest.fixture(scope="module")
def asker(peopled: tuple[World, Rows]) -> Iterator[Asker]:
    """Who sends the requests of the matrix."""
    world = peopled[0]
    put_back(peopled[1])
    with time_machine.travel(NOON, tick=False):
        yield _asker(world)


def _asker(world: World) -> Asker:
    settings = world.settings()
    world.set(**{name: True for name in PERMISSIVE if hasattr(settings, name)})
    app_, asking = world.app(), world.app(name="Asking")
    session = world.session(world.maya)
    asker = Asker(world, Gateway(app), Known(session, _oauth(world, app_)), {})
    asker.known.values |= _people(world, session)
    asker.known.of_route |= _links(world) | _odd(asker) | _granted(world, app_)
    asker.known.lists["user_ids"] = [world.maya.user_id, world.leo.user_id]
    _places(asker)
    _register_itself(asker)
    asker.rows = copied_rows()
    asker.shown_at["/oauth/authorize/decision"] = f"/oauth/authorize?{urlencode(authorization_request(asking))}"
    asker.rows_of["/setup"] = _nobody_there(asker)
    put_back(asker.rows)
    return asker


def _oauth(world: World, app: App) -> dict[str, str]:
    """An application Maya allowed: its credentials, tokens that are good and a code that is still to be exchanged."""
    tokens = flow.exchange(world, app, flow.allow(world, app, world.maya))
    code = flow.allow(world, app, world.maya)
    assert tokens.refresh_token is not None
    return {
        "client_id": app.client_id,
        "app_id": app.client_id,
        "client_secret": app.secret,
        "code": code,
        "token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "authorization_id": flow.authorization_of(world, code).authorization_id,
    }


def _granted(world: World, app: App) -> dict[tuple[str, str], str]:
    """A sign-in of an application Maya allowed, whose tokens live, and another API with its client."""
    code = flow.allow(world, app, world.maya)
    flow.exchange(world, app, code)
    installed = flow.authorization_of(world, code).authorization_id
    one = "/admin/resource-servers/{identifier_hash}"
    pages = [one + page for page in ("", "/edit", "/regenerate", "/delete", "/saved", "/extend")]
    client = world.resource("https://files.example.net/api")
    return {
        ("/account/security/oauth2-apps/{client_id}/installs/{authorization_id}/revoke", "authorization_id"): installed,
        **{(page, "identifier_hash"): hash_of(client.redirect_uri) for page in pages},
        **{(page, "client_id"): client.client_id for page in pages},
    }


def _people(world: World, session: str) -> dict[str, str]:
    located = parse_session(session)
    assert located is not None
    return {"session_id": located.row_id, "user_id": world.leo.user_id}


def _places(asker: Asker) -> None:
    """A team, a channel, a post and an archived channel of Maya's with Leo in them, made over the API."""
    known, leo = asker.known, asker.world.leo.user_id
    team_id = _made(asker, "/api/v4/teams", name="otters", display_name="Otters", type="O")
    channel = {"team_id": team_id, "display_name": "River", "type": "O"}
    channel_id = _made(asker, "/api/v4/channels", **channel, name="river")
    archived_id = _made(asker, "/api/v4/channels", **channel, name="archived")
    post_id = _made(asker, "/api/v4/posts", channel_id=channel_id, message="Hello")
    for user_id in (leo, asker.world.ana.user_id):
        _made(asker, f"/api/v4/teams/{team_id}/members", team_id=team_id, user_id=user_id)
    _made(asker, f"/api/v4/channels/{channel_id}/members", user_id=leo)
    assert asker.call("DELETE", f"/api/v4/channels/{archived_id}").status == 200
    known.values |= {"team_id": team_id, "channel_id": channel_id, "post_id": post_id, "root_id": post_id}
    known.values |= {"in_team": team_id, "in_channel": channel_id, "in_channel_id": channel_id, "channel": channel_id}
    known.values |= {"channel_name": "river", "posted": post_id, "seen": "0", "after": "", "since": ""}
    known.of_route |= {
        ("/api/v4/channels/{channel_id}/restore", "channel_id"): archived_id,
        ("/api/v4/channels/{channel_id}/members", "user_id"): asker.world.ana.user_id,
        ("/api/v4/channels/{channel_id}/posts", "before"): post_id,
        ("/channels/{channel}", "before"): post_id,
        **{(path, "name"): "otters" for path in NAMING_A_TEAM},
        **{(path, "user_id"): "me" for path in ONES_OWN},
    }


def _register_itself(asker: Asker) -> None:
    """A program's own registration, and the token it looks after it with."""
    answer = asker.post_json(REGISTER, {"redirect_uris": [CALLBACK]})
    assert answer.status == 201, answer.text
    asker.bearer_at[ONE] = answer.json["registration_access_token"]
    asker.known.of_route |= {(ONE, name): answer.json[name] for name in ("client_id", "client_secret")}


def _made(asker: Asker, path: str, **members: str) -> str:
    """The id of what was made, if it has one."""
    answer = asker.post_json(path, members)
    assert answer.status == 201, answer.text
    return str(answer.json.get("id"))


def _links(world: World) -> dict[tuple[str, str], str]:
    """One-time links that are good: an invitation, and a new password for Leo."""
    settings, origin = world.settings(), world.origin(world.maya.user_id)
    invited = joining.invite(["invited@example.com"], "member", world.maya, settings, origin)
    reset = passwords.offer_reset(world.user(world.leo.user_id), world.maya, settings, origin)
    invitation, new_password = _token(invited[0].link), _token(reset)
    return {
        ("/invite/{token}", "token"): invitation,
        ("/admin/users/invitations/{token_hash}/withdraw", "token_hash"): fingerprint(invitation),
        ("/api/v4/users", "t"): invitation,
        ("/reset/{token}", "token"): new_password,
        ("/api/v4/users/password/reset", "token"): new_password,
    }


def _odd(asker: Asker) -> dict[tuple[str, str], str]:
    """What one route takes and no other does: a name, an address, a file, a session of Leo's."""
    located = parse_session(asker.world.session(asker.world.leo))
    style = re.search(r"/static/([\w.-]+\.css)", asker.call("GET", "/help").text)
    assert located is not None
    assert style is not None
    return {
        ("/api/v4/users/username/{username}", "username"): "leo",
        ("/api/v4/users/email/{email}", "email"): "leo@example.com",
        ("/static/{name}", "name"): style[1],
        ("/api/v4/users/{user_id}/sessions/revoke", "session_id"): located.row_id,
    }


def _nobody_there(asker: Asker) -> Rows:
    """The same rows, but that there is no System Admin and a link to make the first."""
    bare = copied_rows()
    held = bare[TABLE_OF_SETTINGS]
    bare[TABLE_OF_SETTINGS] = {key: row for key, row in held.items() if attributes_of(row)["name"] != {"S": "admins"}}
    put_back(bare)
    link = setup.new_link()
    assert link is not None
    asker.known.of_route["/setup", "token"] = link.rpartition("=")[2]
    asker.shown_at["/setup"] = link.removeprefix(f"{urlsplit(link).scheme}://{urlsplit(link).netloc}")
    return copied_rows()


def _token(link: str) -> str:
    found = re.search(r"gp[a-z]_\w+", link)
    assert found is not None
    return found[0]
