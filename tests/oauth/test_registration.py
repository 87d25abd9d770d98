"""The rules of an application's fields, and what registering, editing and deleting write."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.credentials import fingerprint, parse_session, unseal
from chalicelib.oauth import registration
from chalicelib.oauth.registration import Draft, Shown
from chalicelib.store.clients import COPIES, Client
from chalicelib.store.reading import Key
from chalicelib.store.sessions import session_key
from chalicelib.store.writing import ConditionFailed
from tests.make import DRAFT, World

LONGEST = "https://standup.example.net/" + "x" * 996


def found(draft: Draft, *, http_allowed: bool = True, description_required: bool = True) -> list[tuple[str, str]]:
    """The problems of a draft: field and message."""
    problems = registration.problems(draft, http_allowed=http_allowed, description_required=description_required)
    return [(problem.field, problem.message) for problem in problems]


def test_a_good_draft_has_no_problems() -> None:
    """Contract 1.2."""
    assert found(DRAFT) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x" * 64},
        {"name": "ü" * 64},
        {"name": "👍" * 64},
        {"name": "a"},
        {"description": "ü" * 512},
        {"description": "two\r\nlines\tand a tab"},
        {"homepage": "http://standup.example.net"},
        {"homepage": "https://standup.example.net/" + "x" * 228},
        {"homepage": "https://standup.example.net/#about"},
        {"icon_url": ""},
        {"icon_url": "http://standup.example.net/icon.png"},
        {"icon_url": "https://standup.example.net/" + "x" * 484},
        {"redirect_uris": [LONGEST, LONGEST, LONGEST, "https://a.example/" + "x" * 900]},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_what_the_limits_allow_is_taken(changes: dict[str, Any]) -> None:
    """The seed: up to 64 characters; contract 1.2 and case 152; limits in characters (DESIGN section 6)."""
    assert found(DRAFT._replace(**changes)) == []


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": ""}, "name", "Enter a display name"),
        ({"name": "x" * 71}, "name", "Shorten the display name to 64 characters, it has 71"),
        ({"name": "x" * 65}, "name", "Shorten the display name to 64 characters, it has 65"),
        ({"name": "Zapier\u202e"}, "name", "Remove hidden or direction-changing characters"),
        ({"name": "Zap\u200bier"}, "name", "Remove hidden or direction-changing characters"),
        ({"name": "Zapier\x00"}, "name", "Remove hidden or direction-changing characters"),
        ({"name": "Zapier\n"}, "name", "Remove hidden or direction-changing characters"),
        ({"name": "Zapier\ud800"}, "name", "Remove hidden or direction-changing characters"),
        ({"description": ""}, "description", "Enter a description"),
        ({"description": "x" * 530}, "description", "Shorten the description to 512 characters, it has 530"),
        (
            {"description": "a\u2066b"},
            "description",
            "Remove hidden or direction-changing characters from the description",
        ),
        ({"homepage": ""}, "homepage", "Enter a homepage"),
        (
            {"homepage": "standup.example.net"},
            "homepage",
            "Start the homepage with https:// or http://, for example https://standup.example.net",
        ),
        (
            {"homepage": "javascript:alert(1)"},
            "homepage",
            "Start the homepage with https:// or http://, for example https://standup.example.net",
        ),
        (
            {"homepage": "https://"},
            "homepage",
            "Enter a full address as the homepage, for example https://standup.example.net",
        ),
        (
            {"homepage": 'https://a.example/" onmouseover=alert(1) x="'},
            "homepage",
            "Enter a full address as the homepage, for example https://standup.example.net",
        ),
        (
            {"homepage": "https://standup.example.net/" + "x" * 229},
            "homepage",
            "Shorten the homepage to 256 characters, it has 257",
        ),
        (
            {"icon_url": "data:image/png;base64,AAAA"},
            "icon_url",
            "Start the icon URL with https:// or http://, for example https://standup.example.net",
        ),
        (
            {"icon_url": "https://standup.example.net/" + "x" * 485},
            "icon_url",
            "Shorten the icon URL to 512 characters, it has 513",
        ),
        ({"redirect_uris": []}, "callback_urls", "Enter at least one callback URL"),
        (
            {"redirect_uris": ["https://a.example/*"]},
            "callback_urls",
            "Callback URLs, line 1: * is not allowed, list each address",
        ),
        (
            {"redirect_uris": ["https://a.example", "https://a.example/#x"]},
            "callback_urls",
            "Callback URLs, line 2: remove everything from # on",
        ),
        (
            {"redirect_uris": ["https://a@b.example"]},
            "callback_urls",
            "Callback URLs, line 1: remove the user name and password",
        ),
        (
            {"redirect_uris": ["myapp://done"]},
            "callback_urls",
            "Callback URLs, line 1: start with https:// or http://",
        ),
        (
            {"redirect_uris": [LONGEST] * 4},
            "callback_urls",
            "All callback URLs together are 4,101 bytes, the limit is 4,096",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_every_rule_says_what_to_do(changes: dict[str, Any], field: str, message: str) -> None:
    """Ux 6.6; contract 1.2."""
    assert found(DRAFT._replace(**changes)) == [(field, message)]


def test_all_problems_are_said_at_once_in_the_contracts_order() -> None:
    """Ux 6.6, all errors at once; contract 1.2, first failure wins for the API."""
    draft = Draft(name="", description="x" * 513, homepage="x", icon_url="x", redirect_uris=["x", "y"])

    assert [field for field, _ in found(draft)] == [
        "name",
        "callback_urls",
        "callback_urls",
        "homepage",
        "description",
        "icon_url",
    ]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": ""}),
        ("callback", {"redirect_uris": []}),
        ("homepage", {"homepage": ""}),
        ("description", {"description": "x" * 513}),
        ("icon_url", {"icon_url": "x"}),
    ],
)
def test_every_field_has_mattermosts_error_id(field: str, changes: dict[str, Any]) -> None:
    """Contract 1.2 and case 153."""
    (problem,) = registration.problems(DRAFT._replace(**changes), http_allowed=True, description_required=False)

    assert problem.id == f"model.oauth.is_valid.{field}.app_error"


def test_the_api_needs_no_description() -> None:
    """Contract 1.2: optional at API level."""
    assert found(DRAFT._replace(description=""), description_required=False) == []


@pytest.mark.parametrize("field", ["homepage", "icon_url"])
def test_http_off_this_machine_can_be_forbidden(field: str) -> None:
    """DESIGN section 5: homepage, icon, callbacks off this machine."""
    changes: list[dict[str, Any]] = [{field: "http://standup.example.net"}, {field: "http://localhost:9090/"}]
    refused, allowed = (DRAFT._replace(**change) for change in changes)

    assert [name for name, _ in found(refused, http_allowed=False)] == [field]
    assert found(allowed, http_allowed=False) == []


@given(st.builds(Draft, *[st.text(max_size=80)] * 4, st.lists(st.text(max_size=80), max_size=3)))
def test_any_draft_is_judged_without_an_error(draft: Draft) -> None:
    """6749-16; what passes holds nothing that could break out of a page's attribute or a header."""
    if not found(draft):
        assert draft.homepage.startswith(("https://", "http://"))
        assert all(text.isprintable() for text in (draft.name, draft.homepage, draft.icon_url, *draft.redirect_uris))


# --- writing ----------------------------------------------------------------------------------------------------


def test_all_four_copies_are_written_together(world: World) -> None:
    """DESIGN section 2, copies."""
    app = world.app()

    copies = [world.row(Key(Client, app.client_id, copy=number)) for number in range(COPIES)]

    assert len({copy.born for copy in copies}) == 1
    assert [copy.listed for copy in copies] == ["c", None, None, None]


def test_the_secret_is_kept_as_its_hash_only(world: World) -> None:
    """DESIGN section 3: SHA-256 and last four."""
    app = world.app()
    client = world.client(app.client_id)

    assert client.secret is not None
    assert client.secret["hash"] == fingerprint(app.secret)
    assert client.secret["last_four"] == app.secret[-4:]
    assert app.secret not in str(client.attribute_values)
    assert len(app.secret) == 42


def test_a_public_client_has_no_secret(world: World) -> None:
    """Contract case 9."""
    app = world.app(public=True)

    assert app.secret == ""
    assert world.client(app.client_id).secret is None


def test_regenerating_replaces_the_secret_and_nothing_else(world: World) -> None:
    """Contract case 62; the seed: tokens and consents live on, which `born` decides."""
    app = world.app()
    before = world.client(app.client_id)

    secret = registration.regenerate_secret(before, world.origin())

    after = world.client(app.client_id)
    assert after.secret is not None
    assert after.secret["hash"] == fingerprint(secret) != fingerprint(app.secret)
    changed = {"secrets", "updated_at", "version", "client_key"}
    kept = set(Client.get_attributes()) - changed
    assert {name: getattr(after, name) for name in kept} == {name: getattr(before, name) for name in kept}


def test_an_edit_cannot_change_who_the_client_is(world: World) -> None:
    """Attack list, mass assignment; contract case 10."""
    app = world.app()
    before = world.client(app.client_id)

    registration.edit(before, DRAFT._replace(name="New", public=True), world.origin())

    after = world.client(app.client_id)
    assert after.client_name == "New"
    for name in ("client_id", "born", "secrets", "public", "creator_id", "created_at", "scope"):
        assert getattr(after, name) == getattr(before, name)


def test_of_two_edits_from_the_same_reading_the_second_fails(world: World) -> None:
    """DESIGN section 1: never write without the condition that repeats the read."""
    client = world.client(world.app().client_id)
    registration.edit(client, DRAFT._replace(name="First"), world.origin())

    with pytest.raises(ConditionFailed):
        registration.edit(client, DRAFT._replace(name="Second"), world.origin())


def test_an_id_is_registered_once(world: World) -> None:
    """DESIGN section 2: condition not exists; a form sent twice."""
    app = world.app()

    with pytest.raises(ConditionFailed):
        registration.register(DRAFT, world.maya, world.origin(), client_id=app.client_id)


def test_the_secret_to_show_is_sealed_for_one_session(world: World) -> None:
    """Issue 2 item 4: shown once, in the session row, and only its token opens it."""
    token = world.session(world.maya)
    located = parse_session(token)
    assert located is not None
    key = session_key(located.user_id, located.row_id)

    client_id, secret = registration.register(DRAFT, world.maya, world.origin(), shown=Shown(world.row(key), token))

    session = world.row(key)
    assert session.sealed is not None
    assert secret not in str(session.attribute_values)
    assert unseal(token, session.sealed, client_id) == secret
    assert unseal(world.session(world.maya), session.sealed, client_id) is None
