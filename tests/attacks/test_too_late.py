"""Attack 17: DynamoDB deletes what has expired when it finds the time, so every row is still there when its time is up.

One row for each kind that has a time; codes, sessions, refresh tokens and grants are in `test_codes` as well. Device
codes, pushed requests and proofs of possession have rows that are not built.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts import joining, passwords, setup
from chalicelib.policy import (
    DECISION_TICKET,
    INVITATION,
    RESET_LINK,
    SEALED_SECRET,
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    SET_UP_LINK,
    UNUSED_REGISTRATION,
)
from local.emulator import copied_rows
from tests.browser import Browser, call, exchange, me, refresh
from tests.make import CALENDAR, App, World
from tests.web.api.registering import app_of, manage, registered

Works = Callable[[], bool]
Made = Callable[[World, App], Works]
ABSOLUTE = timedelta(days=365)


@dataclass(frozen=True)
class Term:
    """Something with a time: how to get one, which gives a way to try it, and when it ends."""

    make: Made
    lasts: timedelta


def a_code(world: World, app: App) -> Works:
    """An authorization code."""
    code = Browser().holding(world.session(world.leo)).allow(app)
    return lambda: exchange(app, code).status == 200


def an_access_token(world: World, app: App) -> Works:
    """An access token."""
    tokens = _tokens(world, app)
    return lambda: me(tokens["access_token"]).status == 200


def an_access_token_for_another_api(world: World, app: App) -> Works:
    """An access token of 5 minutes, as introspection sees it."""
    calendar = world.resource(f"{CALENDAR}/{app.client_id}")
    text = _tokens(world, app, resource=calendar.redirect_uri, scope="calendar:read")["access_token"]
    form = {"token": text}
    return lambda: call("POST", "/oauth/introspect", data=form, auth=calendar.basic).json["active"] is True


def a_refresh_token(world: World, app: App) -> Works:
    """A refresh token that nobody used."""
    tokens = _tokens(world, app)
    return lambda: refresh(app, tokens["refresh_token"]).status == 200


def a_session(world: World, _: App) -> Works:
    """A session that nobody used."""
    session = world.session(world.leo)
    return lambda: me(session).status == 200


def a_page_that_asks(world: World, app: App) -> Works:
    """A consent page that is open, by who is still there: signed in anew, its session would be another."""
    leo = Browser().holding(world.session(world.leo))
    consent = leo.authorize(app)
    return lambda: "error" in leo.decide(consent, "deny").answer


def an_invitation(world: World, _: App) -> Works:
    """An invitation."""
    made = joining.invite(["kim@example.com"], "member", world.maya, world.settings(), world.origin())
    return _opens(made[0].link)


def a_reset_link(world: World, _: App) -> Works:
    """A link for a new password."""
    return _opens(passwords.offer_reset(world.leo, world.maya, world.settings(), world.origin()))


def a_registration(world: World, _: App) -> Works:
    """A program that registered itself, and that nobody allowed."""
    world.set(dynamic_registration=True)
    body = registered()
    form, program = {"token": "x"}, app_of(body)
    return lambda: (
        {manage("GET", body).status, call("POST", "/oauth/revoke", data=form, auth=program.basic).status} == {200}
    )


def a_secret_shown_once(world: World, _: App) -> Works:
    """The page that shows a new secret."""
    maya = Browser().holding(world.session(world.maya))
    fields = {"name": "New", "homepage": "https://new.example", "callback_urls": "https://new.example/cb"}
    more = {"description": "x", "client_type": "server"}
    page = maya.submit(maya.get("/integrations/oauth2-apps/new"), "/integrations/oauth2-apps/new", **fields, **more)
    return lambda: "gps_" in maya.get(page.goes_to).text


TERMS = {
    "code": Term(a_code, timedelta(seconds=60)),
    "access token": Term(an_access_token, timedelta(hours=1)),
    "access token for another API": Term(an_access_token_for_another_api, timedelta(minutes=5)),
    "refresh token": Term(a_refresh_token, timedelta(days=30)),
    "session": Term(a_session, SESSION_IDLE),
    "consent page": Term(a_page_that_asks, DECISION_TICKET),
    "invitation": Term(an_invitation, INVITATION),
    "reset link": Term(a_reset_link, RESET_LINK),
    "unused registration": Term(a_registration, UNUSED_REGISTRATION),
    "secret shown once": Term(a_secret_shown_once, SEALED_SECRET),
}


@pytest.mark.parametrize("kind", TERMS)
def test_what_is_past_its_time_is_refused_though_its_row_is_there(
    browser: Browser, world: World, app: App, kind: str
) -> None:
    """Attack 17: good until the last moment, and not a moment longer; nothing was deleted."""
    term = TERMS[kind]
    first, second = term.make(world, app), term.make(world, world.app(name="Second"))
    held = rows_held()

    world.clock.shift(term.lasts - timedelta(milliseconds=1) - skew(kind))
    assert first()
    world.clock.shift(timedelta(milliseconds=1) + skew(kind))
    assert not second()

    assert rows_held() >= held


def test_no_use_moves_the_last_end_of_a_refresh_token(browser: Browser, world: World, app: App) -> None:
    """Attack 17: the row says active, and idle for a minute only; after a year it ends all the same."""
    tokens = _tokens(world, app)
    for _ in range(13):  # months
        world.clock.shift(timedelta(days=28))
        tokens = refresh(app, tokens["refresh_token"]).json
    assert me(tokens["access_token"]).status == 200

    world.clock.shift(ABSOLUTE - 13 * timedelta(days=28))

    assert refresh(app, tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_no_use_moves_the_last_end_of_a_session(browser: Browser, world: World) -> None:
    """Attack 17: 30 days, though it was used all the time."""
    session = world.session(world.leo)
    leo = Browser().holding(session)
    hours = int((SESSION_ABSOLUTE - timedelta(hours=10)).total_seconds()) // 36_000
    statuses = {_after_ten_hours(world, leo) for _ in range(hours)}
    assert statuses == {200}

    world.clock.shift(timedelta(hours=10))

    assert me(session).status == 401


def test_a_set_up_link_is_refused_a_day_later(store: None, server: object, clock: Any) -> None:
    """Attack 17: on a server nobody has set up."""
    link = setup.new_link()
    assert link is not None
    path = "/setup?" + link.partition("?")[2]

    clock.shift(SET_UP_LINK - timedelta(seconds=1))
    assert call("GET", path).status == 200
    clock.shift(timedelta(seconds=1))

    assert call("GET", path).status == 403


def rows_held() -> int:
    """How many rows there are."""
    return sum(len(rows) for rows in copied_rows().values())


def skew(kind: str) -> timedelta:
    """The times in a signed token are whole seconds."""
    return timedelta(seconds=1) if kind.startswith("access token") else timedelta(0)


def _after_ten_hours(world: World, leo: Browser) -> int:
    world.clock.shift(timedelta(hours=10))
    return leo.get("/account").status


def _tokens(world: World, app: App, **changes: str | None) -> dict[str, Any]:
    tokens: dict[str, Any] = exchange(app, Browser().holding(world.session(world.leo)).allow(app, **changes)).json
    return tokens


def _opens(link: str) -> Works:
    path = "/" + link.split("/", 3)[3]
    return lambda: call("GET", path).status == 200
