"""Account Settings > Security > OAuth 2.0 Applications (ux 6.13; issue 2 item 9)."""

import re

import pytest

from chalicelib.accounts import people
from tests.browser import Answer, Browser, exchange, me, refresh
from tests.make import App, World

APPS = "/account/security/oauth2-apps"


@pytest.fixture
def leo(browser: Browser, world: World) -> Browser:
    """A member's browser."""
    return browser.holding(world.session(world.leo))


@pytest.fixture
def app(world: World) -> App:
    """An application of Maya's."""
    return world.app()


def names(answer: Answer) -> list[str]:
    """The applications a list shows, in order."""
    return re.findall(r"<h2><bdi>(.*?)</bdi>", answer.text)


def revoke(browser: Browser, app: App) -> Answer:
    """Press Revoke, and Revoke again on the page that asks."""
    path = f"{APPS}/{app.client_id}/revoke"
    return browser.submit(browser.get(path), path)


def test_the_settings_lead_to_security(leo: Browser) -> None:
    """The seed: Account Settings > Security > OAuth 2.0 Applications."""
    page = leo.get("/account").page
    assert "You are signed in as Leo Wong ( leo )." in page.text
    assert APPS in page.links


def test_an_empty_list_says_what_would_be_here(leo: Browser) -> None:
    """Ux 6.13, empty."""
    text = "You have not allowed any application yet. When you do, you can see and revoke it here."
    assert text in leo.get(APPS).page.text


def test_a_line_says_what_it_can_since_when_and_last_used(leo: Browser, app: App, world: World) -> None:
    """Issue 2 item 9: what I allowed, since when, last used, from where."""
    code = leo.allow(app)
    before = leo.get(APPS).page.text
    assert "Can Everything you can do on this server Allowed 23 Nov 2026 Last used Never" in before
    exchange(app, code)
    world.clock.shift(3 * 3600)
    page = leo.get(APPS).page
    assert "Last used about 3 hours ago , from 127.0.0.1" in page.text
    assert "Collects daily updates and posts one summary." in page.text
    assert "https://standup.example.net" in page.links
    assert "Revoke access for Standup Notes" in page.text


def test_the_use_of_one_application_is_not_anothers(leo: Browser, app: App, world: World) -> None:
    """Ux 6.13: and one that was allowed and never came for its tokens was never used."""
    leo.allow(world.app(name="Other"))
    exchange(app, leo.allow(app))

    text = leo.get(APPS).page.text
    assert text.count("Allowed 23 Nov 2026 Last used just now") == 1
    assert text.count("Allowed 23 Nov 2026 Last used Never") == 1
    assert "Not used for" not in text


def test_a_refresh_counts_as_use(leo: Browser, app: App, world: World) -> None:
    """DESIGN section 2: "last used" is the last issue or refresh."""
    tokens = exchange(app, leo.allow(app)).json
    world.clock.shift(7200)
    refresh(app, tokens["refresh_token"])
    assert "Last used just now" in leo.get(APPS).page.text


def test_the_list_is_mine_and_by_name(leo: Browser, app: App, world: World) -> None:
    """Nobody else's, and nothing I did not allow."""
    for other in (world.app(name="zebra"), world.app(name="Alpha")):
        leo.allow(other)
    Browser().holding(world.session(world.ana)).allow(app)
    assert names(leo.get(APPS)) == ["Alpha", "zebra"]


def test_a_trusted_application_says_that_nobody_asked(leo: Browser, world: World) -> None:
    """Ux 6.13 and 6.10."""
    leo.allow(world.app(trusted=True))
    text = leo.get(APPS).page.text
    assert "Trusted by your admin" in text
    assert "without asking you because an admin marked it trusted" in text


def test_revoking_asks_first_and_says_what_happens(leo: Browser, app: App) -> None:
    """Ux 6.13, confirm; looking changes nothing."""
    leo.allow(app)
    page = leo.get(f"{APPS}/{app.client_id}/revoke").page
    assert page.h1 == "Revoke access for Standup Notes?"
    effects = ["all its tokens stop at once", "What it did before stays.", "It can ask you again.", "Keep it"]
    assert [effect for effect in effects if effect not in page.text] == []
    assert names(leo.get(APPS)) == ["Standup Notes"]


def test_for_a_trusted_application_it_says_that_it_comes_back_unasked(leo: Browser, world: World) -> None:
    """Ux 6.13: trusted honesty."""
    app = world.app(trusted=True)
    leo.allow(app)
    text = leo.get(f"{APPS}/{app.client_id}/revoke").page.text
    assert "It can get access again without asking the next time you sign in to it." in text
    assert "It can ask you again." not in text


def test_revoking_ends_access_with_the_next_request_and_says_so(leo: Browser, app: App) -> None:
    """Issue 2 item 9, 21-5; the flash carries the time."""
    tokens = exchange(app, leo.allow(app)).json
    answer = revoke(leo, app)
    assert (answer.status, answer.goes_to) == (303, APPS)
    text = leo.get(APPS).page.text
    assert "Standup Notes can no longer use your account. Its tokens stopped working at 12:00 UTC." in text
    assert "You have not allowed any application yet." in text
    assert me(tokens["access_token"]).status == 401
    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_old_tokens_do_not_revive_when_i_allow_it_again(leo: Browser, app: App) -> None:
    """Issue 2 item 9."""
    old = exchange(app, leo.allow(app)).json
    unused = leo.allow(app)
    revoke(leo, app)
    fresh = exchange(app, leo.allow(app)).json
    assert me(fresh["access_token"]).status == 200
    assert me(old["access_token"]).status == 401
    assert refresh(app, old["refresh_token"]).json["error"] == "invalid_grant"
    assert exchange(app, unused).json["error"] == "invalid_grant"


def test_revoking_one_leaves_others_and_other_people_alone(leo: Browser, app: App, world: World) -> None:
    """Contract 3.11."""
    ana, other = Browser().holding(world.session(world.ana)), world.app(name="Other")
    kept = [exchange(app, ana.allow(app)).json, exchange(other, leo.allow(other)).json]
    leo.allow(app)
    revoke(leo, app)
    assert [me(tokens["access_token"]).status for tokens in kept] == [200, 200]
    assert names(leo.get(APPS)) == ["Other"]


@pytest.mark.parametrize("client_id", ["y" * 26, "junk", "%00"])
def test_what_i_never_allowed_cannot_be_revoked(client_id: str, leo: Browser) -> None:
    """Ux 6.11: a page that says so."""
    answer = leo.get(f"{APPS}/{client_id}/revoke")
    assert (answer.status, answer.page.h1) == (404, "Nothing to revoke")


def test_another_persons_consent_cannot_be_revoked(leo: Browser, app: App, world: World) -> None:
    """The address names the application only; whose consent it is comes from the session."""
    ana = Browser().holding(world.session(world.ana))
    tokens = exchange(app, ana.allow(app)).json
    form = ana.get(f"{APPS}/{app.client_id}/revoke").page.form(f"{APPS}/{app.client_id}/revoke").fields
    assert leo.post(f"{APPS}/{app.client_id}/revoke", form).status in {403, 404}
    assert me(tokens["access_token"]).status == 200


def test_with_the_provider_off_one_can_still_look_and_revoke(leo: Browser, app: App, world: World) -> None:
    """Ux 6.13: taking back never depends on the switch."""
    leo.allow(app)
    world.set(provider_on=False)
    assert "OAuth 2.0 is switched off on this server." in leo.get(APPS).page.text
    assert revoke(leo, app).status == 303
    assert names(leo.get(APPS)) == []


def test_a_deleted_application_is_not_listed(leo: Browser, app: App, world: World) -> None:
    """DESIGN section 2: a grant that does not match is absent."""
    leo.allow(app)
    maya = Browser().holding(world.session(world.maya))
    path = f"/integrations/oauth2-apps/{app.client_id}/delete"
    maya.submit(maya.get(path), path)
    assert names(leo.get(APPS)) == []


def test_after_a_deactivation_nothing_is_allowed_any_more(leo: Browser, app: App, world: World) -> None:
    """DESIGN section 4: `access_no` went up; the person is asked again."""
    leo.allow(app)
    people.deactivate(world.leo, world.origin())
    people.reactivate(world.user(world.leo.user_id), world.origin())
    back = Browser().holding(world.session(world.user(world.leo.user_id)))
    assert names(back.get(APPS)) == []
    assert back.authorize(app).status == 200
