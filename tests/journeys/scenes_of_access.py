"""Every page about who may do what: single sign-ins, consent with warnings, resource servers, signing out."""

from collections.abc import Callable
from typing import Any

from chalicelib.store.resources import hash_of
from tests.browser import Browser as Visitor
from tests.browser import call
from tests.journeys.scenes import ALLOWED, LONG, Scene, admin, authorize, filled, member
from tests.journeys.screen import Screen
from tests.make import CALENDAR, CALLBACK, App, World

RESOURCES = "/admin/resource-servers"
RESOURCE = f"{RESOURCES}/{{identifier_hash}}"
OWN = f"{RESOURCES}/{hash_of(CALENDAR)}"
SIGN_OUT = "/oauth/logout"
LONG_IDENTIFIER = f"https://{'c' * 60}.example.net/{'q' * 400}"
LONG_RESOURCE: dict[str, Any] = {
    "name": "W" * 64,
    "scopes": [(f"{number:02}{'s' * 62}", "m" * 120) for number in range(20)],
    "token_lifetime": 60,
}


def sign_ins(screen: Screen, world: World) -> Screen:
    """Open the sign-ins of every application Leo allowed."""
    member(screen, filled(world), ALLOWED)
    for summary in screen.page.locator(".installs summary").all():
        summary.click()
    return screen


def registered_itself(world: World, name: str = "Helper") -> App:
    """A program that nobody registered."""
    world.set(dynamic_registration=True)
    body = {"redirect_uris": [CALLBACK], "client_name": name}
    made = call("POST", "/api/v4/oauth/apps/register", json=body).json
    return App(made["client_id"], made["client_secret"], CALLBACK)


def asked_for_more(screen: Screen, world: World) -> Screen:
    """Leo allowed something, and is asked for more; what he allowed is opened."""
    app = world.app()
    Visitor().holding(world.session(world.leo)).allow(app, scope="posts:read teams:read openid")
    member(screen, world, authorize(app, scope="posts:read posts:write posts:write.customize"))
    screen.page.get_by_text("Already allowed").click()
    return screen


def careless(world: World) -> App:
    """An application with everything there is to be careful about, and long."""
    host = f"{'c' * 60}.example.org"
    return world.app(**LONG | {"redirect_uris": [f"http://{host}/{'q' * 900}"], "trusted": False})


def no_permission(screen: Screen, world: World) -> Screen:
    """Choose to tick, and tick nothing."""
    admin(screen, world, "/integrations/oauth2-apps/new").choose("Only what is ticked here")
    return screen.press("Save")


def with_resources(world: World) -> World:
    """Two APIs, one with everything as long as it may be."""
    world.resource()
    world.resource(LONG_IDENTIFIER, **LONG_RESOURCE)
    return world


def added(screen: Screen, world: World) -> Screen:
    """Register an API and see its secret."""
    admin(screen, world, f"{RESOURCES}/new").fill("Identifier", LONG_IDENTIFIER).fill("Name", "W" * 64)
    return screen.fill("Scopes (One Per Line)", f"{'s' * 64} {'m' * 120}").press("Save")


def wrongly_added(screen: Screen, world: World) -> Screen:
    """Get every field wrong."""
    admin(screen, world, f"{RESOURCES}/new").fill("Identifier", "i" * 600).fill("Name", "n" * 90)
    screen.fill("Scopes (One Per Line)", f"{'s' * 90}\nread").fill("Token lifetime (minutes)", "9" * 50)
    return screen.press("Save")


def of_calendar(page: str = "") -> Callable[[Screen, World], Screen]:
    """One of the pages about an API."""
    return lambda screen, world: admin(screen, with_resources(world), OWN + page)


ACCESS: dict[str, Scene] = {
    # a member
    "sign-ins": Scene(ALLOWED, sign_ins, images_elsewhere=True),
    "revoke a sign-in": Scene(
        f"{ALLOWED}/{{client_id}}/installs/{{authorization_id}}/revoke",
        lambda s, w: sign_ins(s, w).follow_first(".installs a"),
        images_elsewhere=True,
    ),
    "revoke all": Scene(f"{ALLOWED}/revoke-all", lambda s, w: member(s, filled(w), f"{ALLOWED}/revoke-all")),
    "consent, more": Scene("/oauth/authorize", asked_for_more),
    "consent, careful": Scene("/oauth/authorize", lambda s, w: member(s, w, authorize(careless(w)))),
    "consent, registered itself": Scene(
        "/oauth/authorize", lambda s, w: member(s, w, authorize(registered_itself(w, "W" * 64)))
    ),
    "sign out, asked": Scene(SIGN_OUT, lambda s, w: member(s, w, SIGN_OUT)),
    "signed out": Scene(SIGN_OUT, lambda s, w: member(s, w, SIGN_OUT).press("Sign out")),
    # a System Admin
    "add, no permission": Scene("/integrations/oauth2-apps/new", no_permission),
    "resource servers, none": Scene(RESOURCES, lambda s, w: admin(s, w, RESOURCES)),
    "resource servers": Scene(RESOURCES, lambda s, w: admin(s, with_resources(w), RESOURCES)),
    "resource server, add": Scene(f"{RESOURCES}/new", lambda s, w: admin(s, w, f"{RESOURCES}/new")),
    "resource server, wrong": Scene(f"{RESOURCES}/new", wrongly_added),
    "resource server, added": Scene(RESOURCE, added),
    "resource server": Scene(RESOURCE, of_calendar()),
    "resource server, long": Scene(
        RESOURCE, lambda s, w: admin(s, with_resources(w), f"{RESOURCES}/{hash_of(LONG_IDENTIFIER)}")
    ),
    "resource server, nothing": Scene(RESOURCE, lambda s, w: admin(s, w, OWN)),
    "resource server, edit": Scene(f"{RESOURCE}/edit", of_calendar("/edit")),
    "resource server, regenerate": Scene(f"{RESOURCE}/regenerate", of_calendar("/regenerate")),
    "resource server, delete": Scene(f"{RESOURCE}/delete", of_calendar("/delete")),
}
