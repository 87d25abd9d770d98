"""System Console > Users > one person (ux 6.15)."""

import re

import pytest

from chalicelib.accounts import people
from tests.browser import Answer, Browser, api, exchange, me, refresh
from tests.make import PASSWORD, World

LAST = "There must be at least one System Admin. Make somebody else one first."
NEW = "a-new-and-longer-password"

ACTIONS = [
    ("role", "Make Leo Wong a System Admin?", "Make System Admin"),
    ("reset-link", "Make a reset link for Leo Wong?", "works once, within an hour"),
    ("sign-out", "Sign Leo Wong out everywhere?", "0 sessions end at once"),
    ("revoke-apps", "Revoke all apps of Leo Wong?", "0 applications can no longer act"),
    ("deactivate", "Deactivate Leo Wong?", "Applications they registered keep working"),
    ("reactivate", "Reactivate Leo Wong?", "allow applications anew"),
]


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


@pytest.fixture
def leo(world: World) -> str:
    """The address of Leo's page."""
    return f"/admin/users/{world.leo.user_id}"


@pytest.fixture
def own(world: World) -> str:
    """The address of Maya's own page."""
    return f"/admin/users/{world.maya.user_id}"


def do(browser: Browser, path: str) -> Answer:
    """Open the page that asks, and press its button."""
    return browser.submit(browser.get(path), path)


def link_of(answer: Answer) -> str:
    """The reset link a page shows, as a path."""
    return str(re.findall(r"/reset/gpw_\w+", answer.text)[0])


def test_the_page_says_who_it_is_and_nothing_secret(maya: Browser, leo: str, world: World) -> None:
    """Ux 6.15."""
    answer = maya.get(leo)
    assert answer.page.h1 == "Leo Wong"
    facts = ["Username leo", "Email leo@example.com", "Role Member", "State Active", "Here since 23 Nov 2026"]
    assert [fact for fact in facts if fact not in answer.page.text] == []
    assert world.leo.password_hash not in answer.text


@pytest.mark.parametrize("user_id", ["y" * 26, "junk", "%00", "invite2"])
@pytest.mark.parametrize(
    "page", ["", "/role", "/sign-out", "/revoke-apps", "/deactivate", "/reactivate", "/reset-link"]
)
def test_nobody_is_there(user_id: str, page: str, maya: Browser) -> None:
    """Ux 6.11."""
    answer = maya.get(f"/admin/users/{user_id}{page}")
    assert (answer.status, answer.page.h1) == (404, "No such person")


@pytest.mark.parametrize(("page", "heading", "says"), ACTIONS)
def test_everything_is_asked_about_first_and_looking_changes_nothing(
    page: str, heading: str, says: str, maya: Browser, leo: str, world: World
) -> None:
    """Ux 4, confirm page."""
    answer = maya.get(f"{leo}/{page}")
    assert (answer.status, answer.page.h1) == (200, heading)
    assert says in answer.page.text
    assert leo in answer.page.links
    assert world.user(world.leo.user_id).version == world.leo.version


@pytest.mark.parametrize("page", [page for page, _, _ in ACTIONS])
def test_a_members_form_is_not_heard(page: str, maya: Browser, leo: str, world: World) -> None:
    """With everything right but who sends it."""
    form = maya.get(f"{leo}/{page}").page.form(f"{leo}/{page}").fields
    ana = Browser().holding(world.session(world.ana))
    assert ana.post(f"{leo}/{page}", form).status == 403
    assert world.user(world.leo.user_id).version == world.leo.version


def test_a_member_becomes_a_system_admin_with_the_next_request(maya: Browser, leo: str, world: World) -> None:
    """Ux 6.15, change role."""
    their = Browser().holding(world.session(world.leo))
    answer = do(maya, f"{leo}/role")
    assert (answer.status, answer.goes_to) == (303, leo)
    assert "Leo Wong is now a System Admin." in maya.get(leo).page.text
    assert their.get("/admin/users").status == 200


def test_a_system_admin_becomes_a_member_with_the_next_request(maya: Browser, leo: str, world: World) -> None:
    """Ux 6.15."""
    people.set_admin(world.leo, world.origin(), admin=True)
    their = Browser().holding(world.session(world.leo))
    assert their.get("/admin/users").status == 200
    assert maya.get(f"{leo}/role").page.h1 == "Make Leo Wong a member?"
    do(maya, f"{leo}/role")
    assert their.get("/admin/users").status == 403


def test_a_form_that_was_open_does_not_turn_the_role_around(maya: Browser, leo: str, world: World) -> None:
    """The form says what it makes somebody, whatever they became meanwhile."""
    form = maya.get(f"{leo}/role")
    people.set_admin(world.leo, world.origin(), admin=True)
    maya.submit(form, f"{leo}/role")
    assert world.user(world.leo.user_id).is_admin


@pytest.mark.parametrize("page", ["role", "deactivate"])
def test_the_last_system_admin_stays(page: str, maya: Browser, own: str, world: World) -> None:
    """Ux 6.15: "There must be at least one System Admin"."""
    answer = do(maya, f"{own}/{page}")
    assert answer.status == 400
    assert LAST in answer.page.text
    assert answer.page.title.startswith("Error: ")
    assert (world.user(world.maya.user_id).is_admin, world.user(world.maya.user_id).active) == (True, True)


def test_who_gives_the_role_away_lands_where_they_may_be(maya: Browser, own: str, world: World) -> None:
    """Nobody is thanked with a page that says they cannot see it."""
    people.set_admin(world.leo, world.origin(), admin=True)
    answer = do(maya, f"{own}/role")
    assert answer.goes_to == "/account"
    assert "Maya Okafor is now a member." in maya.get("/account").page.text


def test_a_reset_link_sets_a_new_password_once(maya: Browser, leo: str) -> None:
    """Ux 6.15: shown once, an hour."""
    answer = do(maya, f"{leo}/reset-link")
    assert answer.status == 200
    assert "Copy the link now. It is shown once, on this page." in answer.page.text
    assert "until 13:00 UTC" in answer.page.text
    path, visitor = link_of(answer), Browser()
    assert visitor.submit(visitor.get(path), path, password=NEW).status == 303
    assert Browser().get(path).status == 403
    Browser().sign_in("leo", NEW)


def test_a_reset_link_is_over_after_an_hour(maya: Browser, leo: str, world: World) -> None:
    """DESIGN section 3."""
    path = link_of(do(maya, f"{leo}/reset-link"))
    world.clock.shift(3599)
    assert Browser().get(path).status == 200
    world.clock.shift(1)
    assert Browser().get(path).status == 403


def test_a_deactivated_person_gets_no_reset_link(maya: Browser, leo: str, world: World) -> None:
    """It would let nobody in."""
    form = maya.get(f"{leo}/reset-link")
    people.deactivate(world.leo, world.origin())
    assert maya.submit(form, f"{leo}/reset-link").status == 404
    assert f"{leo}/reset-link" not in maya.get(leo).page.links


def test_signing_out_everywhere_ends_every_session_and_counts_them_first(maya: Browser, leo: str, world: World) -> None:
    """Ux 6.15."""
    theirs = [Browser().holding(world.session(world.leo)) for _ in range(2)]
    assert "2 sessions end at once" in maya.get(f"{leo}/sign-out").page.text
    do(maya, f"{leo}/sign-out")
    assert "Leo Wong is signed out everywhere. Every session ended at 12:00 UTC." in maya.get(leo).page.text
    assert [browser.get("/account").status for browser in theirs] == [302, 302]


def test_revoking_all_apps_ends_every_token_and_leaves_the_session(maya: Browser, leo: str, world: World) -> None:
    """Ux 6.15."""
    app, their = world.app(), Browser().holding(world.session(world.leo))
    tokens = exchange(app, their.allow(app)).json
    assert "1 application can no longer act for this person" in maya.get(f"{leo}/revoke-apps").page.text
    do(maya, f"{leo}/revoke-apps")
    assert "No application can act for Leo Wong any more." in maya.get(leo).page.text
    assert me(tokens["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert their.get("/account").status == 200


def test_deactivating_ends_sessions_and_tokens_and_keeps_their_applications(
    maya: Browser, leo: str, world: World
) -> None:
    """Ux 6.15: their registered apps keep working."""
    app, their = world.app(world.leo), Browser().holding(world.session(world.leo))
    ended = exchange(app, their.allow(app)).json
    kept = exchange(app, Browser().holding(world.session(world.ana)).allow(app)).json
    do(maya, f"{leo}/deactivate")
    assert "Leo Wong is deactivated. All sessions and tokens stopped working at 12:00 UTC." in maya.get(leo).page.text
    assert their.get("/account").status == 302
    assert [me(tokens["access_token"]).status for tokens in (ended, kept)] == [401, 200]


def test_reactivating_lets_in_and_brings_nothing_back(maya: Browser, leo: str, world: World) -> None:
    """DESIGN section 4: none of it revives."""
    old = world.session(world.leo)
    do(maya, f"{leo}/deactivate")
    do(maya, f"{leo}/reactivate")
    assert "Leo Wong is active again." in maya.get(leo).page.text
    assert api("GET", "/users/me", old).status == 401
    Browser().sign_in("leo", PASSWORD)
