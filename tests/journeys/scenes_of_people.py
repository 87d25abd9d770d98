"""Every page for people in every state: joining, Account Settings, and the console's list of users."""

from chalicelib.accounts import joining, passwords, people
from tests.journeys.scenes import Scene, admin, filled, member, somebody_long
from tests.journeys.screen import Screen
from tests.make import World

USERS = "/admin/users"
PERSON = f"{USERS}/{{user_id}}"
PROFILE = "/account/profile"
PASSWORD_PAGE = "/account/security/password"
SESSIONS = "/account/security/sessions"
LONGEST_EMAIL = f"{'e' * 60}@{'d' * 40}.example.com"


def invitation(world: World, email: str = "priya@example.com") -> str:
    """A link for somebody new, as a path."""
    [made] = joining.invite([email], "member", world.maya, world.settings(), world.origin())
    return "/invite/" + made.link.rpartition("/")[2]


def reset_link(world: World) -> str:
    """A link for Leo, as a path."""
    made = passwords.offer_reset(world.leo, world.maya, world.settings(), world.origin())
    return "/reset/" + made.rpartition("/")[2]


def open_sign_up(world: World) -> World:
    """Let everybody in."""
    world.set(open_sign_up=True)
    return world


def crowded(world: World) -> World:
    """More people than one page shows, one of them as long as can be, one deactivated, and two invitations."""
    for number in range(24):
        world.person(f"p{number:02}{'x' * 19}", f"{'N' * 60} {number}")
    people.deactivate(world.ana, world.origin())
    invitation(world)
    invitation(world, LONGEST_EMAIL)
    return world


def of(world: World, page: str = "") -> str:
    """The address of one of the pages about Leo."""
    return f"{USERS}/{world.leo.user_id}{page}"


def invited(screen: Screen, world: World) -> Screen:
    """Invite somebody new, a member, and what is no address."""
    admin(screen, world, f"{USERS}/invite")
    screen.fill("Email addresses (One Per Line)", f"{LONGEST_EMAIL}\nleo@example.com\n{'n' * 90}")
    return screen.press("Make invitation links")


def withdrawal(screen: Screen, world: World) -> Screen:
    """Ask to withdraw an invitation."""
    invitation(world, LONGEST_EMAIL)
    return admin(screen, world, USERS).follow(f"Withdraw the invitation of {LONGEST_EMAIL}")


def last_admin(screen: Screen, world: World) -> Screen:
    """Try to make the last System Admin a member."""
    return admin(screen, world, f"{USERS}/{world.maya.user_id}/role").press("Make member")


def deactivated(world: World) -> World:
    """Leo is deactivated."""
    people.deactivate(world.leo, world.origin())
    return world


def joining_wrongly(screen: Screen, world: World) -> Screen:
    """Take a name that is taken, with a password that is too short."""
    screen.open(invitation(world, LONGEST_EMAIL)).fill("Full name", "Leo Wong").fill("Username", "leo")
    return screen.fill("Password", "short").press("Create account")


def many_sessions(screen: Screen, world: World, path: str) -> Screen:
    """Leo is signed in three times."""
    for _ in range(2):
        world.session(world.leo)
    return member(screen, world, path)


def wrong_profile(screen: Screen, world: World) -> Screen:
    """Get every field of the profile wrong."""
    member(screen, world, PROFILE).fill("Full name", "").fill("Username", "maya").fill("Email", "leo")
    return screen.fill("Nickname (optional)", "n" * 90).fill("Position (optional)", "p" * 200).press("Save")


def wrong_password(screen: Screen, world: World) -> Screen:
    """Guess the current password, and choose one that is too short."""
    member(screen, world, PASSWORD_PAGE).fill("Current password", "not-the-password")
    return screen.fill("New password", "short").press("Change password")


PEOPLE: dict[str, Scene] = {
    # signed out
    "login, sign-up open": Scene("/login", lambda s, w: open_sign_up(w) and s.open("/login")),
    "sign-up": Scene("/signup", lambda s, w: open_sign_up(w) and s.open("/signup")),
    "sign-up, closed": Scene("/signup", lambda s, _: s.open("/signup")),
    "sign-up, empty": Scene("/signup", lambda s, w: open_sign_up(w) and s.open("/signup").press("Create account")),
    "invitation": Scene("/invite/{token}", lambda s, w: s.open(invitation(w))),
    "invitation, wrong": Scene("/invite/{token}", joining_wrongly),
    "invitation, dead": Scene("/invite/{token}", lambda s, _: s.open("/invite/gpi_1")),
    "reset": Scene("/reset/{token}", lambda s, w: s.open(reset_link(w))),
    "reset, empty": Scene("/reset/{token}", lambda s, w: s.open(reset_link(w)).press("Set password and sign in")),
    # a member
    "profile": Scene(PROFILE, lambda s, w: member(s, w, PROFILE)),
    "profile, long": Scene(PROFILE, lambda s, w: somebody_long(s, w, PROFILE)),
    "profile, wrong": Scene(PROFILE, wrong_profile),
    "profile, saved": Scene(
        PROFILE, lambda s, w: member(s, w, PROFILE).fill("Nickname (optional)", "n" * 64).press("Save")
    ),
    "password": Scene(PASSWORD_PAGE, lambda s, w: member(s, w, PASSWORD_PAGE)),
    "password, wrong": Scene(PASSWORD_PAGE, wrong_password),
    "sessions": Scene(SESSIONS, lambda s, w: many_sessions(s, w, SESSIONS)),
    "sessions, only one": Scene(SESSIONS, lambda s, w: member(s, w, SESSIONS)),
    "sign out everywhere else": Scene(
        f"{SESSIONS}/sign-out-others", lambda s, w: many_sessions(s, w, f"{SESSIONS}/sign-out-others")
    ),
    # a System Admin
    "users": Scene(USERS, lambda s, w: admin(s, crowded(w), USERS)),
    "users, next page": Scene(USERS, lambda s, w: admin(s, crowded(w), f"{USERS}?start=25")),
    "users, no match": Scene(USERS, lambda s, w: admin(s, w, f"{USERS}?q={'z' * 200}&role=member")),
    "invite": Scene(f"{USERS}/invite", lambda s, w: admin(s, w, f"{USERS}/invite")),
    "invite, empty": Scene(
        f"{USERS}/invite", lambda s, w: admin(s, w, f"{USERS}/invite").press("Make invitation links")
    ),
    "invited": Scene(f"{USERS}/invite", invited),
    "withdraw": Scene(f"{USERS}/invitations/{{token_hash}}/withdraw", withdrawal),
    "withdrawn": Scene(USERS, lambda s, w: withdrawal(s, w).press("Withdraw invitation")),
    "user": Scene(PERSON, lambda s, w: admin(s, w, of(w))),
    "user, long": Scene(
        PERSON, lambda s, w: admin(s, w, f"{USERS}/{w.person('x' * 22, 'N' * 64, admin=False).user_id}")
    ),
    "user, last admin": Scene(PERSON, last_admin),
    "user, deactivated": Scene(PERSON, lambda s, w: admin(s, deactivated(w), of(w))),
    "user, nobody": Scene(PERSON, lambda s, w: admin(s, w, f"{USERS}/x")),
    "role": Scene(f"{PERSON}/role", lambda s, w: admin(s, w, of(w, "/role"))),
    "reset link, asked": Scene(f"{PERSON}/reset-link", lambda s, w: admin(s, w, of(w, "/reset-link"))),
    "reset link": Scene(
        f"{PERSON}/reset-link", lambda s, w: admin(s, w, of(w, "/reset-link")).press("Make reset link")
    ),
    "sign out": Scene(f"{PERSON}/sign-out", lambda s, w: admin(s, w, of(w, "/sign-out"))),
    "revoke apps": Scene(f"{PERSON}/revoke-apps", lambda s, w: admin(s, filled(w), of(w, "/revoke-apps"))),
    "deactivate": Scene(f"{PERSON}/deactivate", lambda s, w: admin(s, w, of(w, "/deactivate"))),
    "reactivate": Scene(f"{PERSON}/reactivate", lambda s, w: admin(s, deactivated(w), of(w, "/reactivate"))),
}
