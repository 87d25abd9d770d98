"""Attacks 15 and 16: whatever ends access ends it, with stale indexes and in a worker that was warm before.

One table: what is done, and which doors of the scene it closes. All others stay open.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from chalicelib.credentials import parse_session
from chalicelib.store import clients, key_rotation
from chalicelib.store.writing import write_together
from tests.browser import api, call, exchange, refresh
from tests.make import PASSWORD
from tests.modes.adverse import Mode
from tests.modes.scene import DOORS, Scene, open_doors
from tests.web.api.registering import manage

TOKENS = {"API", "teams", "userinfo", "introspection"}
INSTALL = TOKENS | {"refresh"}
ALLOWED = INSTALL | {"code", "other API", "no question"}
SIGNED_IN = {"session", "pages", "channel", "own app", "no question"}
ADMINISTERED = {"any app", "console"}
HANDED_OUT = {"invitation", "reset"}


@dataclass(frozen=True)
class Ending:
    """Something that ends access, and what it closes."""

    act: Callable[[Scene], object]
    closes: set[str]


def revoke_at_the_endpoint(scene: Scene) -> None:
    """RFC 7009: the application gives one of its tokens back."""
    form = {"token": scene.tokens["refresh_token"]}
    assert call("POST", "/oauth/revoke", data=form, auth=scene.app.basic).status == 200


def replay_a_refresh_token(scene: Scene) -> None:
    """Somebody uses one that was used twice since."""
    first = scene.tokens["refresh_token"]
    second = refresh(scene.app, first).json["refresh_token"]
    refresh(scene.app, second)
    assert refresh(scene.app, first).status == 400


def replay_a_code(scene: Scene) -> None:
    """Somebody exchanges a spent code again, with the right proof."""
    assert exchange(scene.app, scene.spent_code).status == 400


def suspend(scene: Scene) -> None:
    """A System Admin stops an application without deleting it."""
    write_together(*clients.changed(scene.world.client(scene.app.client_id), {"suspended": True}))


def narrow(scene: Scene) -> None:
    """An application's list of scopes gets shorter."""
    write_together(*clients.changed(scene.world.client(scene.app.client_id), {"scope": "users:read openid"}))


def take_away_the_address(scene: Scene) -> None:
    """The owner registers another callback instead."""
    body = {
        "id": scene.app.client_id,
        "name": "Standup Notes",
        "description": "Daily.",
        "homepage": "https://standup.example.net",
        "callback_urls": ["https://standup.example.net/another"],
    }
    scene.done("zoe", "PUT", f"/oauth/apps/{scene.app.client_id}", body)


def be_deactivated_and_come_back(scene: Scene) -> None:
    """Nothing revives with the account."""
    path = f"/users/{scene.world.leo.user_id}/active"
    scene.done("zoe", "PUT", path, {"active": False})
    scene.done("zoe", "PUT", path, {"active": True})


def change_the_password(scene: Scene) -> None:
    """Leo does, at his own page."""
    new = {"current_password": PASSWORD, "new_password": "heron-lamp-river-43"}
    scene.done("leo", "PUT", "/users/me/password", new)


def use_the_reset_link(scene: Scene) -> None:
    """Leo sets a new password by the link."""
    body = {"token": scene.reset, "new_password": "heron-lamp-river-43"}
    assert call("POST", "/api/v4/users/password/reset", json=body).status == 200


def sign_out(scene: Scene) -> None:
    """Leo signs out at his browser."""
    leo = scene.at_browser("leo")
    assert leo.submit(leo.get("/account"), "/logout").status == 303


def end_this_session(scene: Scene) -> None:
    """Leo ends the session from another of his."""
    other, located = scene.world.session(scene.world.leo), parse_session(scene.sessions["leo"])
    assert located is not None
    assert api("POST", "/users/me/sessions/revoke", other, {"session_id": located.row_id}).status == 200


def use_the_invitation(scene: Scene) -> None:
    """Kim makes the account it was for."""
    body = {"username": "kimkim", "email": "kim@example.com", "password": PASSWORD}
    assert call("POST", "/api/v4/users", json=body, params={"t": scene.invitation}).status == 201


def withdraw_the_invitation(scene: Scene) -> None:
    """A System Admin takes it back, on the page that lists it."""
    maya = scene.at_browser("maya")
    links = maya.get("/admin/users").page.links
    scene.pressed("maya", next(link for link in links if link.endswith("/withdraw")))


def drop_the_signing_key(scene: Scene) -> None:
    """The operator drops a key that leaked, when another signs."""
    operator = key_rotation.operator(scene.world.now)
    old = scene.world.settings().signing_kid
    key_rotation.sign_with(key_rotation.publish(operator), operator, at_once=True)
    key_rotation.drop(old, key_rotation.operator(scene.world.now))


def unregister(scene: Scene) -> None:
    """The program that registered itself ends its registration (RFC 7592 section 2.3)."""
    assert manage("DELETE", scene.registration).status == 204


def deauthorize(scene: Scene) -> None:
    """Leo takes back what he allowed."""
    headers, body = {"Authorization": f"Bearer {scene.sessions['leo']}"}, {"client_id": scene.app.client_id}
    assert call("POST", "/oauth/deauthorize", json=body, headers=headers).status == 200


def over_the_api(username: str, method: str, path: str, json: object = None) -> Callable[[Scene], None]:
    """A call of the API; the path may name people of the scene."""
    return lambda scene: scene.done(
        username,
        method,
        path.format(
            leo=scene.world.leo.user_id,
            maya=scene.world.maya.user_id,
            app=scene.app.client_id,
            channel=scene.channel,
        ),
        json,
    )


def in_the_console(page: str) -> Callable[[Scene], None]:
    """A System Admin does something about Leo."""
    return lambda scene: scene.pressed("zoe", f"/admin/users/{scene.world.leo.user_id}/{page}")


MEMBER, INACTIVE = {"roles": "system_user"}, {"active": False}
ENDINGS = {
    # What a person, an application or a thief ends.
    "the person revokes the app": Ending(deauthorize, ALLOWED),
    "the person revokes the app on its page": Ending(
        lambda scene: scene.pressed("leo", f"/account/security/oauth2-apps/{scene.app.client_id}/revoke"), ALLOWED
    ),
    "the app revokes its token": Ending(revoke_at_the_endpoint, INSTALL),
    "a refresh token is replayed": Ending(replay_a_refresh_token, INSTALL),
    "a code is replayed": Ending(replay_a_code, INSTALL),
    # The application.
    "the app is deleted": Ending(over_the_api("zoe", "DELETE", "/oauth/apps/{app}"), ALLOWED | {"client", "any app"}),
    "the app is suspended": Ending(suspend, ALLOWED | {"client"}),
    "the app gets a new secret": Ending(
        over_the_api("zoe", "POST", "/oauth/apps/{app}/regen_secret"), {"client", "introspection", "refresh", "code"}
    ),
    "the app loses scopes": Ending(narrow, {"teams"}),
    "the app loses its callback": Ending(take_away_the_address, {"no question"}),
    "a program unregisters": Ending(unregister, {"registration", "program"}),
    # The person.
    "the person is deactivated": Ending(
        over_the_api("zoe", "PUT", "/users/{leo}/active", INACTIVE), ALLOWED | SIGNED_IN | {"reset"}
    ),
    "the person was deactivated for a while": Ending(be_deactivated_and_come_back, ALLOWED | SIGNED_IN | {"reset"}),
    "the person changes the password": Ending(change_the_password, SIGNED_IN | {"reset"}),
    "the person uses the reset link": Ending(use_the_reset_link, SIGNED_IN | {"reset"}),
    "the person signs out": Ending(sign_out, SIGNED_IN),
    "the person ends this session": Ending(end_this_session, SIGNED_IN),
    "the person ends all sessions": Ending(
        over_the_api("leo", "POST", "/users/me/sessions/revoke/all"), ALLOWED | SIGNED_IN | {"reset"}
    ),
    "the person leaves a private channel": Ending(
        over_the_api("leo", "DELETE", "/channels/{channel}/members/{leo}"), {"channel"}
    ),
    "an admin signs the person out": Ending(in_the_console("sign-out"), SIGNED_IN | {"reset"}),
    "an admin revokes all apps of the person": Ending(in_the_console("revoke-apps"), ALLOWED),
    # Who administers.
    "an admin is demoted": Ending(over_the_api("zoe", "PUT", "/users/{maya}/roles", MEMBER), ADMINISTERED | HANDED_OUT),
    "an admin is deactivated": Ending(
        over_the_api("zoe", "PUT", "/users/{maya}/active", INACTIVE), ADMINISTERED | HANDED_OUT
    ),
    "an invitation is used": Ending(use_the_invitation, {"invitation"}),
    "an invitation is withdrawn": Ending(withdraw_the_invitation, {"invitation"}),
    # The server.
    "the provider is switched off": Ending(
        lambda scene: scene.world.set(provider_on=False),
        ALLOWED | {"client", "own app", "any app", "registration", "program"},
    ),
    "integrations are for admins": Ending(lambda scene: scene.world.set(admins_only=True), {"own app"}),
    "a signing key is dropped": Ending(drop_the_signing_key, TOKENS | {"other API"}),
    "a backup is restored": Ending(
        lambda scene: scene.world.set(epoch="another"), ALLOWED | SIGNED_IN | ADMINISTERED | HANDED_OUT
    ),
}


def test_every_door_is_open_before(scene: Scene) -> None:
    """Without this a closed door would show nothing."""
    assert open_doors(scene) == set(DOORS)


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_ended_is_over_at_once_and_nothing_else(scene: Scene, mode: Mode, ending: str) -> None:
    """Attacks 15 and 16; DESIGN section 4: it ends with the next request, wherever that arrives."""
    assert DOORS["API"](scene)
    mode.warm()

    with mode.where_it_ends():
        ENDINGS[ending].act(scene)

    with mode.where_it_is_used():
        assert set(DOORS) - open_doors(scene) == ENDINGS[ending].closes
