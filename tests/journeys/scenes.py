"""Every page of the product in every state: signed out, member, System Admin; empty, filled, wrong, too long."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from chalicelib.accounts import setup
from tests.browser import Browser as Visitor
from tests.browser import authorization_request, exchange
from tests.crew import Crew, token, write
from tests.journeys.screen import Screen
from tests.make import App, World

APPS = "/integrations/oauth2-apps"
ALLOWED = "/account/security/oauth2-apps"
CONSOLE = "/admin/integrations/custom"
CHANNEL = "/channels/{channel}"
ELSEWHERE = re.compile("^https:")
ICON = "https://standup.example.net/icon.png"
# The longest of everything, without a place to break.
LONG: dict[str, Any] = {
    "name": "W" * 64,
    "description": "m" * 512,
    "homepage": f"https://{'h' * 60}.example.net/{'p' * 170}",
    "icon_url": f"https://standup.example.net/{'i' * 400}.png",
    "redirect_uris": [f"https://{'c' * 60}.example.net/{'q' * 900}", f"http://127.0.0.1/{'r' * 900}"],
    "trusted": True,
    "pkce_exempt": True,
}

Show = Callable[[Screen, World], object]


@dataclass(frozen=True)
class Scene:
    """A page in one state: the route it is declared at, and how one gets there."""

    route: str
    show: Show
    images_elsewhere: bool = False


def authorize(app: App, **changes: str | None) -> str:
    """Where an application sends people."""
    return f"/oauth/authorize?{urlencode(authorization_request(app, **changes))}"


def admin(screen: Screen, world: World, path: str) -> Screen:
    """Open a page as Maya."""
    return screen.holding(world.session(world.maya)).open(path)


def member(screen: Screen, world: World, path: str) -> Screen:
    """Open a page as Leo."""
    return screen.holding(world.session(world.leo)).open(path)


def off(world: World) -> World:
    """Switch the provider off."""
    world.set(provider_on=False)
    return world


def opened(world: World) -> World:
    """Let members register."""
    world.set(admins_only=False)
    return world


def at(app: App, page: str = "") -> str:
    """The address of one of an application's pages."""
    return f"{APPS}/{app.client_id}/{page}"


def filled(world: World, **changes: Any) -> World:
    """Three applications, of which one has everything as long as it may be; Leo allowed all of them."""
    leo = Visitor().holding(world.session(world.leo))
    first = world.app(icon_url=ICON, **changes)
    for app in (first, world.app(**LONG | changes), world.app(name="Release CLI", public=True, **changes)):
        code = leo.allow(app)
        assert app.client_id == first.client_id or exchange(app, code).json
    return world


def many(world: World) -> World:
    """More applications than one page shows."""
    for number in range(26):
        world.app(name=f"Application {number}")
    return world


def somebody_long(screen: Screen, world: World, path: str) -> Screen:
    """Open a page as somebody whose name does not break, on a server whose name does not either."""
    world.set(site_name="G" * 30)
    return screen.holding(world.session(world.person("x" * 22, "N" * 64))).open(path)


def changed_meanwhile(screen: Screen, world: World) -> Screen:
    """Save settings that somebody else saved just before."""
    admin(screen, world, CONSOLE)
    world.set(code_lifetime=90)
    return screen.press("Save")


def too_long(screen: Screen, world: World) -> Screen:
    """Fill in a form with more than it takes."""
    admin(screen, world, f"{APPS}/new").fill("Display Name", "W" * 200).fill("Description", "m" * 900)
    screen.fill("Homepage", "h" * 300).fill("Icon URL (optional)", "i" * 600)
    screen.fill("Callback URLs (One Per Line)", f"{'c' * 1500}\nhttp://example.net/#\nhttps://*.example.net")
    return screen.press("Save")


def wrong_edit(screen: Screen, world: World) -> Screen:
    """Empty what may not be empty, with a warning beside it."""
    app = world.app(redirect_uris=["http://plain.example.net/callback"])
    return admin(screen, world, at(app, "edit")).fill("Display Name", "").press("Save")


def registered(screen: Screen, world: World) -> Screen:
    """Register an application and see its secret."""
    admin(screen, world, f"{APPS}/new").fill("Display Name", "Standup Notes").fill("Description", "Notes.")
    screen.fill("Homepage", "https://standup.example.net").choose("On a server")
    screen.fill("Callback URLs (One Per Line)", "\n".join(LONG["redirect_uris"]))
    return screen.press("Save")


def handed_over(screen: Screen, world: World) -> Screen:
    """Stay on the page that leads back: an answer without content leaves a browser where it is."""
    screen.page.route(ELSEWHERE, lambda route: route.fulfill(status=204))
    return member(screen, world, authorize(world.app())).press("Allow")


def expired(screen: Screen, world: World) -> Screen:
    """Send a form whose token is gone."""
    screen.open("/login").context.clear_cookies()
    return screen.sign_in("leo")


def menu(screen: Screen, world: World) -> Screen:
    """Open the account menu."""
    admin(screen, world, "/integrations").page.locator("details.account summary").click()
    return screen


def for_developers(screen: Screen, world: World) -> Screen:
    """Open the details of a refusal, with the longest address there is."""
    screen.open(authorize(world.app(**LONG), redirect_uri=f"https://evil.example/{'e' * 3000}"))
    screen.page.get_by_text("For the developer").click()
    return screen


def in_channel(screen: Screen, world: World, path: str = "", *, switched_on: bool = False, **changes: Any) -> Screen:
    """A channel with a post by a person, two by an application and a reply, as Leo; `{root}` is the first post's id."""
    crew = Crew.of(world)
    crew.direct(world.leo, world.ana)
    root = crew.post(crew.square, world.ana, "Good morning.\nWho has news?")
    access = token(world.app(**changes), crew.leo)
    for name in ("Standup Bot", "W" * 200):
        props = {"from_webhook": "true", "override_username": name, "override_icon_url": ICON}
        assert write(access, crew.square, "m" * 300, props=props, root_id=root).status == 201
    world.set(name_override=switched_on, icon_override=switched_on)
    return screen.holding(crew.leo).open(f"/channels/{crew.square}{path.format(root=root)}")


def asked_to_delete(screen: Screen, world: World) -> Screen:
    """The question before a post is gone."""
    in_channel(screen, world).page.get_by_role("link", name="Delete the post").first.click()
    return screen.shows("Delete this post?")


SCENES: dict[str, Scene] = {
    # signed out
    "login": Scene("/login", lambda s, _: s.open("/login")),
    "login for an app": Scene("/login", lambda s, w: s.open(authorize(w.app(**LONG)))),
    "login, wrong": Scene("/login", lambda s, _: s.open("/login").sign_in("leo", "not-the-password")),
    "login, empty": Scene("/login", lambda s, _: s.open("/login").press("Sign in")),
    "help": Scene("/help", lambda s, _: s.open("/help")),
    "nothing there": Scene("/help", lambda s, _: s.open("/nowhere")),
    "form too old": Scene("/login", expired),
    "set-up closed": Scene("/setup", lambda s, _: s.open("/setup")),
    "unknown client": Scene("/oauth/authorize", lambda s, w: s.open(authorize(w.app(), client_id="y" * 26))),
    "unregistered callback": Scene("/oauth/authorize", for_developers),
    # a member
    "integrations, member": Scene("/integrations", lambda s, w: member(s, w, "/integrations")),
    "integrations, member, off": Scene("/integrations", lambda s, w: member(s, off(w), "/integrations")),
    "integrations, member, may register": Scene("/integrations", lambda s, w: member(s, opened(w), "/integrations")),
    "applications, member": Scene(APPS, lambda s, w: member(s, opened(w), APPS)),
    "add, member": Scene(f"{APPS}/new", lambda s, w: member(s, opened(w), f"{APPS}/new")),
    "forbidden": Scene(CONSOLE, lambda s, w: member(s, w, CONSOLE)),
    "account": Scene("/account", lambda s, w: member(s, w, "/account")),
    "allowed, none": Scene(ALLOWED, lambda s, w: member(s, w, ALLOWED)),
    "allowed": Scene(ALLOWED, lambda s, w: member(s, filled(w), ALLOWED), images_elsewhere=True),
    "allowed, off": Scene(ALLOWED, lambda s, w: member(s, off(filled(w)), ALLOWED), images_elsewhere=True),
    "revoked": Scene(
        ALLOWED,
        lambda s, w: member(s, filled(w), ALLOWED).follow("Revoke access for Release CLI").press("Revoke access"),
        images_elsewhere=True,
    ),
    "revoke": Scene(
        f"{ALLOWED}/{{client_id}}/revoke",
        lambda s, w: member(s, filled(w), ALLOWED).follow(f"Revoke access for {'W' * 64}"),
        images_elsewhere=True,
    ),
    "revoke, nothing": Scene(f"{ALLOWED}/{{client_id}}/revoke", lambda s, w: member(s, w, f"{ALLOWED}/x/revoke")),
    "consent": Scene("/oauth/authorize", lambda s, w: member(s, w, authorize(w.app(icon_url=ICON)))),
    "consent, long": Scene(
        "/oauth/authorize", lambda s, w: somebody_long(s, w, authorize(w.app(**LONG), prompt="consent"))
    ),
    "hand-over": Scene("/oauth/authorize", handed_over, images_elsewhere=True),
    # channels
    "channels, none": Scene("/channels", lambda s, w: member(s, w, "/channels")),
    "channels to join": Scene("/channels", lambda s, w: s.holding(Crew.of(w).ana).open("/channels?show=all")),
    "channel, empty": Scene(CHANNEL, lambda s, w: s.holding(Crew.of(w).leo).open("/channels/leos")),
    "channel, to join": Scene(CHANNEL, lambda s, w: s.holding(Crew.of(w).ana).open("/channels/plans")),
    "channel": Scene(CHANNEL, in_channel, images_elsewhere=True),
    "channel, overridden": Scene(CHANNEL, lambda s, w: in_channel(s, w, switched_on=True), images_elsewhere=True),
    "channel, long names": Scene(CHANNEL, lambda s, w: in_channel(s, w, "?seen=1", **LONG), images_elsewhere=True),
    "channel, wrong": Scene(CHANNEL, lambda s, w: in_channel(s, w).fill("Write to Town Square", " ").press("Post")),
    "thread": Scene(
        f"{CHANNEL}/thread/{{post_id}}",
        lambda s, w: in_channel(s, w, "/thread/{root}", switched_on=True),
        images_elsewhere=True,
    ),
    "delete a post": Scene(f"{CHANNEL}/posts/{{post_id}}/delete", asked_to_delete, images_elsewhere=True),
    "no such channel": Scene(CHANNEL, lambda s, w: member(s, w, "/channels/nowhere")),
    # a System Admin
    "integrations": Scene("/integrations", lambda s, w: admin(s, w, "/integrations")),
    "integrations, off": Scene("/integrations", lambda s, w: admin(s, off(w), "/integrations")),
    "integrations, long names": Scene("/integrations", lambda s, w: somebody_long(s, w, "/integrations")),
    "account menu": Scene("/integrations", menu),
    "applications, none": Scene(APPS, lambda s, w: admin(s, w, APPS)),
    "applications": Scene(APPS, lambda s, w: admin(s, filled(w), APPS), images_elsewhere=True),
    "applications, no match": Scene(APPS, lambda s, w: admin(s, filled(w), f"{APPS}?q={'z' * 200}")),
    "applications, none trusted": Scene(APPS, lambda s, w: (w.app(), admin(s, w, f"{APPS}?show=trusted"))),
    "applications, many": Scene(APPS, lambda s, w: admin(s, many(w), APPS)),
    "applications, off": Scene(APPS, lambda s, w: admin(s, off(w), APPS)),
    "add": Scene(f"{APPS}/new", lambda s, w: admin(s, w, f"{APPS}/new")),
    "add, empty": Scene(f"{APPS}/new", lambda s, w: admin(s, w, f"{APPS}/new").press("Save")),
    "add, too long": Scene(f"{APPS}/new", too_long),
    "edit": Scene(f"{APPS}/{{client_id}}/edit", lambda s, w: admin(s, w, at(w.app(**LONG), "edit"))),
    "edit, wrong": Scene(f"{APPS}/{{client_id}}/edit", wrong_edit),
    "edit, device": Scene(f"{APPS}/{{client_id}}/edit", lambda s, w: admin(s, w, at(w.app(public=True), "edit"))),
    "trust": Scene(
        f"{APPS}/{{client_id}}/edit",
        lambda s, w: (
            admin(s, w, at(w.app(**LONG | {"trusted": False}), "edit")).choose("Yes", "Is Trusted").press("Save")
        ),
    ),
    "registered": Scene(f"{APPS}/{{client_id}}/credentials", registered),
    "credentials": Scene(
        f"{APPS}/{{client_id}}/credentials", lambda s, w: admin(s, w, at(w.app(**LONG), "credentials"))
    ),
    "credentials, device": Scene(
        f"{APPS}/{{client_id}}/credentials", lambda s, w: admin(s, w, at(w.app(public=True), "credentials"))
    ),
    "regenerate": Scene(f"{APPS}/{{client_id}}/regenerate", lambda s, w: admin(s, w, at(w.app(**LONG), "regenerate"))),
    "regenerated": Scene(
        f"{APPS}/{{client_id}}/credentials",
        lambda s, w: admin(s, w, at(w.app(**LONG), "regenerate")).press("Regenerate secret"),
    ),
    "delete": Scene(f"{APPS}/{{client_id}}/delete", lambda s, w: admin(s, w, at(w.app(**LONG), "delete"))),
    "deleted": Scene(APPS, lambda s, w: admin(s, w, at(w.app(**LONG), "delete")).press(f"Delete {'W' * 64}")),
    "no such application": Scene(
        f"{APPS}/{{client_id}}/credentials", lambda s, w: admin(s, w, f"{APPS}/x/credentials")
    ),
    "console": Scene(CONSOLE, lambda s, w: admin(s, w, CONSOLE)),
    "console, saved": Scene(CONSOLE, lambda s, w: admin(s, w, CONSOLE).fill("Site name", "G" * 30).press("Save")),
    "console, turned off": Scene(
        CONSOLE,
        lambda s, w: admin(s, w, CONSOLE).choose("False", "Enable OAuth 2.0 Service Provider").press("Save"),
    ),
    "console, wrong": Scene(
        CONSOLE,
        lambda s, w: (
            admin(s, w, CONSOLE).fill("Access token lifetime (minutes)", "9" * 50).fill("Site name", "").press("Save")
        ),
    ),
    "console, changed meanwhile": Scene(CONSOLE, changed_meanwhile),
}


def set_up(screen: Screen) -> Screen:
    """Open the one-time link."""
    return screen.open(setup.new_link() or "")


# Where nobody is there yet.
BARE: dict[str, Callable[[Screen], Screen]] = {
    "set-up": set_up,
    "set-up, wrong": lambda screen: (
        set_up(screen).fill("Username", "X Y").fill("Server name", "").press("Create System Admin")
    ),
}
