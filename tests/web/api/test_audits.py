"""The audit over the API: who sees it, how it looks, how far a page reaches (DESIGN section 2; Mattermost's Audit)."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts import people
from chalicelib.store.audit import Event, Origin, event
from chalicelib.store.writing import write_together
from tests.browser import Browser, api, exchange
from tests.faults import counted
from tests.make import World
from tests.web.api.bodies import refused
from tests.web.api.conftest import Callers

FORBIDDEN = (403, "api.context.permissions.app_error")
MEMBERS = {
    "id",
    "create_at",
    "user_id",
    "action",
    "extra_info",
    "ip_address",
    "session_id",
    "about_user_id",
    "client_id",
    "object",
    "result",
    "request_id",
}


def audits(token: str, path: str = "/audits", **query: str) -> list[dict[str, Any]]:
    """What the audit says."""
    answer = api("GET", path, token, params=query)
    assert answer.status == 200, answer.text
    entries: list[dict[str, Any]] = answer.json
    return entries


def actions(token: str, path: str = "/audits", **query: str) -> list[str]:
    """What happened, newest first."""
    return [entry["action"] for entry in audits(token, path, **query)]


def happened(world: World, action: str, **about: str) -> None:
    """Have something happen now."""
    write_together(event(world.origin("operator"), action, "a thing", **about))


@pytest.fixture
def days(world: World, callers: Callers) -> str:
    """Maya's session, and one event a day for 40 days, today's last."""
    world.clock.shift(timedelta(days=-39))
    for number in range(40):
        happened(world, f"day.{number}")
        world.clock.shift(timedelta(days=1))
    world.clock.shift(timedelta(days=-1, seconds=1))
    return callers.maya


# --- who and how ------------------------------------------------------------------------------------------------


def test_an_entry_is_mattermosts_and_says_more(callers: Callers, world: World) -> None:
    """Mattermost's Audit: id, create_at, user_id, action, extra_info, ip_address, session_id."""
    app = world.app()
    write_together(event(world.origin(world.maya.user_id), "a.thing", "it", user_id=world.leo.user_id))
    [entry] = [entry for entry in audits(callers.maya) if entry["action"] == "a.thing"]

    assert entry.keys() == MEMBERS
    assert (entry["user_id"], entry["about_user_id"]) == (world.maya.user_id, world.leo.user_id)
    assert (entry["create_at"], entry["extra_info"], entry["object"]) == (world.now, "it", "it")
    assert (entry["ip_address"], entry["session_id"], entry["result"]) == ("127.0.0.1", "", "done")
    assert app.client_id in {entry["client_id"] for entry in audits(callers.maya)}


def test_the_audit_of_the_server_is_for_system_admins(callers: Callers) -> None:
    """Mattermost's `read_audits`."""
    assert refused(api("GET", "/audits", callers.leo)) == FORBIDDEN
    assert api("GET", "/audits").status == 401


def test_an_oauth_token_does_not_read_the_audit(callers: Callers, world: World) -> None:
    """DESIGN section 4: account security is never open to an OAuth token, not even a System Admin's."""
    app = world.app()
    token = exchange(app, Browser().holding(callers.maya).allow(app)).json["access_token"]

    assert refused(api("GET", "/audits", token)) == FORBIDDEN
    assert refused(api("GET", "/users/me/audits", token)) == FORBIDDEN


def test_ones_own_audit_is_ones_own_and_the_admins(callers: Callers, world: World) -> None:
    """By the index `by_user`: what concerns a person, whoever did it."""
    happened(world, "about.leo", user_id=world.leo.user_id)
    happened(world, "about.ana", user_id=world.ana.user_id)

    own, by_id = "/users/me/audits", f"/users/{world.leo.user_id}/audits"
    assert "about.leo" in actions(callers.leo, own)
    assert "about.ana" not in actions(callers.leo, own)
    assert actions(callers.maya, by_id) == actions(callers.leo, own)
    assert refused(api("GET", by_id, callers.ana)) == FORBIDDEN


def test_nobodys_audit_is_not_found(callers: Callers) -> None:
    """Contract 1.1: 404 for a System Admin, 403 for who may not even ask, 400 for what is no id."""
    path = f"/users/{'y' * 26}/audits"

    assert refused(api("GET", path, callers.maya)) == (404, "app.user.missing_account.const")
    assert refused(api("GET", path, callers.leo)) == FORBIDDEN
    assert refused(api("GET", "/users/nobody/audits", callers.maya))[0] == 400


def test_a_person_sees_where_they_were_used_and_not_where_an_administrator_sits(callers: Callers, world: World) -> None:
    """Nothing more of others than is one's own affair."""
    people.set_admin(world.leo, Origin(world.maya.user_id, "192.0.2.1", "", "r", world.now), admin=True)
    people.set_admin(
        world.user(world.leo.user_id), Origin(world.maya.user_id, "192.0.2.1", "", "r", world.now), admin=False
    )
    write_together(event(Origin("sign-in", "192.0.2.2", "", "r", world.now), "user.sign_in", user_id=world.leo.user_id))
    write_together(event(Origin(world.leo.user_id, "192.0.2.3", "", "r", world.now), "x", user_id=world.leo.user_id))
    path = f"/users/{world.leo.user_id}/audits"

    assert {entry["ip_address"] for entry in audits(callers.leo, path)} >= {"", "192.0.2.2", "192.0.2.3"}
    assert "192.0.2.1" not in {entry["ip_address"] for entry in audits(callers.leo, path)}
    assert "192.0.2.1" in {entry["ip_address"] for entry in audits(callers.maya, path)}


# --- pages ------------------------------------------------------------------------------------------------------


def test_the_newest_comes_first_across_days(days: str) -> None:
    """Day partitions, latest first."""
    assert actions(days, per_page="4") == ["user.sign_in", "day.39", "day.38", "day.37"]


def test_pages_go_on_where_the_one_before_ended(days: str) -> None:
    """Contract 1.1: `page` from 0, `per_page`."""
    everything = actions(days)

    assert [actions(days, page=str(page), per_page="5") for page in range(3)] == [
        everything[0:5],
        everything[5:10],
        everything[10:15],
    ]


def test_a_page_reaches_back_31_days(days: str, world: World) -> None:
    """Never a scan: today and the 30 days before it, a query each; `before` reaches further."""
    assert actions(days)[-1] == "day.9"

    last = audits(days)[-1]["create_at"]

    assert actions(days, before=str(last)) == [f"day.{number}" for number in range(8, -1, -1)]


def test_a_full_page_looks_no_further(days: str) -> None:
    """At most a query for each day that is needed."""
    with counted() as calls:
        assert len(audits(days, per_page="3")) == 3
    assert calls == ["BatchGetItem", "Query", "Query"]

    with counted() as calls:
        audits(days)
    assert calls == ["BatchGetItem", *["Query"] * 31]


def test_what_is_older_than_what_is_kept_is_not_looked_for(days: str, world: World) -> None:
    """400 days: nothing is read, and nothing is there."""
    long_ago = str(world.now - 401 * 24 * 3600 * 1000)

    with counted() as calls:
        assert audits(days, before=long_ago) == []
    assert calls == ["BatchGetItem"]


def test_a_moment_in_the_future_is_now(days: str) -> None:
    """The clock of a caller may be ahead."""
    assert audits(days, before="9999999999999") == audits(days)


@pytest.mark.parametrize("before", ["yesterday", "-1", "1.5", "١", "1" * 14])
def test_a_moment_is_milliseconds(callers: Callers, before: str) -> None:
    """Contract 1.1: 400 for what it is not."""
    answer = api("GET", "/audits", callers.maya, params={"before": before})

    assert refused(answer) == (400, "api.context.invalid_url_param.app_error")


@pytest.mark.parametrize("path", ["/audits", "/users/me/audits"])
def test_pages_end_at_ten_thousand(callers: Callers, path: str) -> None:
    """What a page skips is read all the same: further back it is `before` that helps, and the refusal says so."""
    answer = api("GET", path, callers.maya, params={"page": "50", "per_page": "200"})

    assert refused(answer) == (400, "api.context.invalid_url_param.app_error")
    assert "Use before" in answer.json["message"]
    assert api("GET", path, callers.maya, params={"page": "49", "per_page": "200"}).status == 200


def test_ones_own_audit_is_one_query_whatever_the_days(days: str, world: World) -> None:
    """DESIGN section 9: lists 3; an index, for lists only."""
    world.clock.shift(timedelta(days=-35))
    happened(world, "long.ago", user_id=world.maya.user_id)
    world.clock.shift(timedelta(days=35))

    with counted() as calls:
        assert "long.ago" in actions(days, "/users/me/audits")
    assert calls == ["BatchGetItem", "Query"]
    assert actions(days, "/users/me/audits", before=str(world.now - 40 * 24 * 3600 * 1000)) == []


def test_nothing_secret_is_in_it(callers: Callers, world: World) -> None:
    """DESIGN section 4: never a secret in an audit row."""
    app = world.app()
    answer = api("GET", "/audits", callers.maya)

    assert app.secret not in answer.text
    assert callers.maya not in answer.text
    assert {row.result for row in Event.scan()} == {"done"}
