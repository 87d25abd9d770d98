"""Account Settings > Security > OAuth 2.0 Applications: single sign-ins, and revoking everything (ux 6.13; 21-5)."""

import re

import pytest

from chalicelib.oauth import registration
from chalicelib.store.audit import Event
from chalicelib.store.authorizations import Authorization, authorizations_of
from chalicelib.store.resources import resource_key
from tests.browser import Answer, Browser, exchange, me, refresh
from tests.faults import counted
from tests.make import CALENDAR, App, World

APPS = "/account/security/oauth2-apps"
ALL = f"{APPS}/revoke-all"
HOUR, DAY = 3600, 24 * 3600


@pytest.fixture
def leo(browser: Browser, world: World) -> Browser:
    """A member's browser."""
    return browser.holding(world.session(world.leo))


@pytest.fixture
def app(world: World) -> App:
    """An application of Maya's."""
    return world.app()


def signed_in(browser: Browser, app: App, **changes: str | None) -> dict[str, str]:
    """Sign in to an application; give its tokens."""
    tokens: dict[str, str] = exchange(app, browser.allow(app, **changes)).json
    return tokens


def revocations(answer: Answer) -> list[str]:
    """Where each sign-in that is shown can be revoked."""
    return [link for link in answer.page.links if "/installs/" in link]


def revoke(browser: Browser, path: str) -> Answer:
    """Press Revoke, and Revoke again on the page that asks."""
    return browser.submit(browser.get(path), path)


def events(action: str) -> list[Event]:
    """What was recorded of an action."""
    return [event for event in Event.scan() if event.action == action]


def test_each_sign_in_says_since_when_where_and_until_when(leo: Browser, app: App, world: World) -> None:
    """Issue 4: since, last used, network, when it ends, what it can."""
    signed_in(leo, app)
    world.clock.shift(3 * HOUR)
    text = leo.get(APPS).page.text
    assert "1 sign-in of Standup Notes" in text
    assert (
        "Since 23 Nov 2026, 12:00 UTC Last used about 3 hours ago , from 127.0.0.1 "
        "Ends 23 Dec 2026, 12:00 UTC, if it is not used before Can Everything you can do on this server" in text
    )


def test_sign_ins_are_counted_and_the_one_used_last_comes_first(leo: Browser, app: App, world: World) -> None:
    """Ux 6.13, `<details>` per row."""
    first = signed_in(leo, app)
    world.clock.shift(HOUR)
    signed_in(leo, app)
    world.clock.shift(HOUR)
    refresh(app, first["refresh_token"])
    answer = leo.get(APPS)
    assert "2 sign-ins of Standup Notes" in answer.page.text
    since = re.findall(r"the sign-in of Standup Notes since (.*?)<", answer.text)
    assert since == ["23 Nov 2026, 12:00 UTC", "23 Nov 2026, 13:00 UTC"]


def test_a_sign_in_without_a_refresh_token_ends_with_its_access_token(leo: Browser, app: App) -> None:
    """OpenID Connect without offline access: nothing renews it, and the page does not say so."""
    signed_in(leo, app, scope="openid")
    text = leo.get(APPS).page.text
    assert "Ends 23 Nov 2026, 13:00 UTC Can Sign you in" in text
    assert "if it is not used before" not in text


def test_what_each_sign_in_can_is_its_own(leo: Browser, app: App) -> None:
    """The row says what was allowed altogether, each sign-in what it got."""
    signed_in(leo, app, scope="posts:read")
    signed_in(leo, app, scope="teams:read")
    text = leo.get(APPS).page.text
    assert "Can Read the posts you can see, see your teams Allowed" in text
    assert text.count("Can Read the posts you can see Revoke") == 1
    assert text.count("Can See your teams Revoke") == 1


def test_a_scope_of_another_api_is_named_with_its_host(leo: Browser, app: App, world: World) -> None:
    """Scopes of other APIs are kept by the API's id; the sign-in knows its address."""
    world.resource()
    signed_in(leo, app, resource=CALENDAR, scope="calendar:read")
    assert "Can calendar:read at calendar.example.net Allowed" in leo.get(APPS).page.text


def test_without_a_sign_in_that_knows_it_it_is_at_another_api(leo: Browser, app: App, world: World) -> None:
    """No read is spent on its name."""
    world.resource()
    signed_in(leo, app, resource=CALENDAR, scope="calendar:read")
    [row] = authorizations_of(world.leo.user_id)
    Authorization(row.user_id, row.authorization_id).delete()
    text = leo.get(APPS).page.text
    assert "Can calendar:read at another API Allowed" in text
    assert world.row(resource_key(CALENDAR)).resource_id not in text


def test_only_sign_ins_that_live_are_shown(leo: Browser, app: App, world: World) -> None:
    """A code nobody exchanged, one that the application ended, one that was idle too long: none has tokens."""
    leo.allow(app)
    replayed = leo.allow(app)
    exchange(app, replayed)
    exchange(app, replayed)
    assert revocations(leo.get(APPS)) == []
    signed_in(leo, app)
    assert len(revocations(leo.get(APPS))) == 1
    world.clock.shift(30 * DAY)
    again = Browser().holding(world.session(world.leo)).get(APPS)
    assert revocations(again) == []
    assert "Standup Notes" in again.page.text


def test_sign_ins_of_an_earlier_consent_are_not_shown(leo: Browser, app: App) -> None:
    """They died with it, and do not revive with the next."""
    signed_in(leo, app)
    revoke(leo, f"{APPS}/{app.client_id}/revoke")
    signed_in(leo, app)
    assert len(revocations(leo.get(APPS))) == 1


def test_an_application_nobody_used_for_long_is_marked(leo: Browser, app: App, world: World) -> None:
    """Ux 6.13, idle badge, from 90 days."""
    signed_in(leo, app)
    world.clock.shift(90 * DAY - 1)
    assert "Not used for" not in Browser().holding(world.session(world.leo)).get(APPS).page.text
    world.clock.shift(4 * DAY)
    assert "Not used for 93 days" in Browser().holding(world.session(world.leo)).get(APPS).page.text


def test_revoking_one_asks_first_and_says_what_stays(leo: Browser, app: App) -> None:
    """Ux 4, confirm page: looking changes nothing."""
    tokens = signed_in(leo, app)
    page = leo.get(revocations(leo.get(APPS))[0]).page
    assert page.h1 == "Revoke one sign-in of Standup Notes?"
    effects = [
        "The one since 23 Nov 2026, 12:00 UTC, last used from 127.0.0.1.",
        "Other sign-ins of Standup Notes live on.",
        "it can sign in again without asking you",
        "Keep it",
    ]
    assert [effect for effect in effects if effect not in page.text] == []
    assert me(tokens["access_token"]).status == 200


def test_revoking_one_ends_it_at_once_and_the_others_live_on(leo: Browser, app: App, world: World) -> None:
    """Issue 4: every authorization is revocable on its own."""
    first = signed_in(leo, app)
    [path] = revocations(leo.get(APPS))
    second = signed_in(leo, app)
    answer = revoke(leo, path)
    assert (answer.status, answer.goes_to) == (303, APPS)
    text = leo.get(APPS).page.text
    assert "One sign-in of Standup Notes is revoked. Its tokens stopped working at 12:00 UTC." in text
    assert "1 sign-in of Standup Notes" in text
    assert (me(first["access_token"]).status, me(second["access_token"]).status) == (401, 200)
    assert refresh(app, first["refresh_token"]).json["error"] == "invalid_grant"
    assert refresh(app, second["refresh_token"]).status == 200
    assert leo.authorize(app).status == 302  # the consent stays, as the page said


def test_revoking_one_is_recorded(leo: Browser, app: App, world: World) -> None:
    """DESIGN section 2: changes of state are audited in their own transaction."""
    signed_in(leo, app)
    revoke(leo, revocations(leo.get(APPS))[0])
    [recorded] = events("authorization.revoked_by_person")
    assert (recorded.actor_id, recorded.user_id, recorded.client_id) == (
        world.leo.user_id,
        world.leo.user_id,
        app.client_id,
    )


def test_revoking_one_is_a_read_and_a_write(leo: Browser, app: App) -> None:
    """DESIGN section 9: revoke 2."""
    signed_in(leo, app)
    [path] = revocations(leo.get(APPS))
    page = leo.get(path)
    with counted() as calls:
        assert leo.submit(page, path).status == 303
    assert calls == ["BatchGetItem", "TransactWriteItems"]


def test_what_is_revoked_already_is_said(leo: Browser, app: App) -> None:
    """Two windows."""
    signed_in(leo, app)
    [path] = revocations(leo.get(APPS))
    asked = leo.get(path)
    leo.submit(asked, path)
    again = leo.submit(asked, path)
    assert (again.status, again.page.h1) == (404, "Nothing to revoke")


def test_another_persons_sign_in_cannot_be_revoked(leo: Browser, app: App, world: World) -> None:
    """Whose it is comes from the session, whatever the address says."""
    ana = Browser().holding(world.session(world.ana))
    tokens = signed_in(ana, app)
    signed_in(leo, app)
    [path], [own] = revocations(ana.get(APPS)), revocations(leo.get(APPS))
    assert leo.get(path).status == 404
    assert leo.post(path, leo.get(own).page.form(own).fields).status == 404
    assert me(tokens["access_token"]).status == 200


def test_a_sign_in_is_of_its_application(leo: Browser, app: App, world: World) -> None:
    """An address put together from two applications leads nowhere."""
    other = world.app(name="Other")
    leo.allow(other)
    tokens = signed_in(leo, app)
    [path] = revocations(leo.get(APPS))
    assert leo.get(path.replace(app.client_id, other.client_id)).status == 404
    assert me(tokens["access_token"]).status == 200


@pytest.mark.parametrize("odd", ["y" * 26, "junk", "%00"])
def test_a_sign_in_that_never_was_is_a_page(odd: str, leo: Browser, app: App) -> None:
    """Ux 6.11."""
    leo.allow(app)
    answer = leo.get(f"{APPS}/{app.client_id}/installs/{odd}/revoke")
    assert (answer.status, answer.page.h1) == (404, "Nothing to revoke")


def test_with_the_provider_off_one_sign_in_can_still_be_revoked(leo: Browser, app: App, world: World) -> None:
    """Taking back never depends on the switch; it does not come back with it."""
    tokens = signed_in(leo, app)
    world.set(provider_on=False)
    assert revoke(leo, revocations(leo.get(APPS))[0]).status == 303
    world.set(provider_on=True)
    assert me(tokens["access_token"]).status == 401


# --- everything at once -----------------------------------------------------------------------------------------


def test_everything_can_be_revoked_at_once_where_there_is_more_than_one(leo: Browser, app: App, world: World) -> None:
    """Ux 6.13, foot: "Revoke all 2 applications"."""
    leo.allow(app)
    assert ALL not in leo.get(APPS).page.links
    leo.allow(world.app(name="Other"))
    page = leo.get(APPS).page
    assert ALL in page.links
    assert "Revoke all 2 applications" in page.text


@pytest.mark.parametrize(
    ("apps", "heading"), [(1, "Revoke this application?"), (3, "Revoke all 3 applications?")], ids=["one", "three"]
)
def test_revoking_all_asks_first_with_their_number(apps: int, heading: str, leo: Browser, world: World) -> None:
    """Ux 2, principle 3: the effect before."""
    allowed = [world.app(name=f"Number {number}") for number in range(apps)]
    tokens = [signed_in(leo, app)["access_token"] for app in allowed]
    assert leo.get(ALL).page.h1 == heading
    assert {me(token).status for token in tokens} == {200}


def test_revoking_all_ends_every_application_and_says_so(leo: Browser, app: App, world: World) -> None:
    """Ux 6.13: one write; other people's access stays."""
    ana = signed_in(Browser().holding(world.session(world.ana)), app)
    tokens = [signed_in(leo, each) for each in (app, world.app(name="Other"))]
    phone = Browser().holding(world.session(world.leo))
    answer = revoke(leo, ALL)
    assert (answer.status, answer.goes_to) == (303, APPS)
    text = leo.get(APPS).page.text
    assert "No application can use your account any more. All their tokens stopped working at 12:00 UTC." in text
    assert "You have not allowed any application yet." in text
    assert [me(each["access_token"]).status for each in (*tokens, ana)] == [401, 401, 200]
    assert leo.authorize(app).status == 200
    assert phone.get("/account").status == 200


def test_with_the_box_ticked_other_devices_are_signed_out_too(leo: Browser, app: App, world: World) -> None:
    """Ux 6.13: "and sign out my other devices"; this browser gets a new session."""
    tokens = signed_in(leo, app)
    phone = Browser().holding(world.session(world.leo))
    answer = leo.submit(leo.get(ALL), ALL, sign_out="true")
    assert "your other devices are signed out" in leo.get(answer.goes_to).page.text
    assert me(tokens["access_token"]).status == 401
    assert phone.get("/account").status == 302
    assert [len(events(f"user.{action}")) for action in ("sign_out_others", "revoke_all_apps")] == [1, 1]


@pytest.mark.parametrize("filled", [{}, {"sign_out": "true"}], ids=["apps", "devices too"])
def test_revoking_all_is_a_read_and_a_write(filled: dict[str, str], leo: Browser, app: App) -> None:
    """DESIGN section 9; whatever the number."""
    leo.allow(app)
    page = leo.get(ALL)
    with counted() as calls:
        assert leo.submit(page, ALL, **filled).status == 303
    assert calls == ["BatchGetItem", "TransactWriteItems"]


def test_with_nothing_allowed_there_is_nothing_to_revoke(leo: Browser) -> None:
    """Ux 6.11."""
    answer = leo.get(ALL)
    assert (answer.status, answer.page.h1) == (404, "Nothing to revoke")


def test_a_form_of_another_page_revokes_nothing(leo: Browser, app: App) -> None:
    """Attack 9: every form has a token of its own."""
    tokens = signed_in(leo, app)
    [path] = revocations(leo.get(APPS))
    wrong = leo.get(f"{APPS}/{app.client_id}/revoke").page.forms[-1].fields
    assert [leo.post(each, wrong).status for each in (path, ALL)] == [403, 403]
    assert me(tokens["access_token"]).status == 200


def test_a_deleted_application_has_no_sign_ins(leo: Browser, app: App, world: World) -> None:
    """DESIGN section 2: what does not match is absent."""
    signed_in(leo, app)
    [path] = revocations(leo.get(APPS))
    registration.delete(world.client(app.client_id), world.origin())
    assert leo.get(path).status == 404
