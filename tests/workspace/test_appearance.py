"""How posts are signed, as tables (contract 2.14, case 160; ux 6.17)."""

from typing import Any

import pytest

from chalicelib.store.posts import Post
from chalicelib.store.settings import Settings
from chalicelib.store.users import ADMIN_ROLES, MEMBER_ROLES, User
from chalicelib.workspace import appearance
from chalicelib.workspace.appearance import Appearance

PICTURE = "https://standup.example.net/bot.png"
SENT = {"from_webhook": "true", "override_username": "Standup Bot", "override_icon_url": PICTURE}
MAYA = User(user_id="maya", first_name="Maya", last_name="Okafor", username="maya", roles=ADMIN_ROLES)
LEO = User(user_id="leo", first_name="Leo", last_name="Wong", username="leo", roles=MEMBER_ROLES)


def signed(props: dict[str, Any], *, app: bool = True, name_on: bool = True, icon_on: bool = True) -> Appearance:
    """How a post of Leo's is signed; by default an application's, with both overrides on."""
    post = Post(user_id="leo", props=props)
    if app:
        post.client_id, post.client_name = "a-client", "Standup Notes"
    return appearance.of(post, LEO, Settings(name_override=name_on, icon_override=icon_on))


@pytest.mark.parametrize(
    ("name_on", "icon_on", "name", "picture", "ignored"),
    [
        (True, True, "Standup Bot", PICTURE, ()),
        (True, False, "Standup Bot", "", ("Picture",)),
        (False, True, "Leo Wong", PICTURE, ("Name",)),
        (False, False, "Leo Wong", "", ("Name", "Picture")),
    ],
)
def test_each_override_has_a_switch_of_its_own(
    name_on: bool, icon_on: bool, name: str, picture: str, ignored: tuple[str, ...]
) -> None:
    """Case 160: only when the settings are on; ux 6.17: what was ignored is known, and only that."""
    seen = signed(SENT, name_on=name_on, icon_on=icon_on)

    assert (seen.name, seen.picture, seen.ignored) == (name, picture, ignored)


@pytest.mark.parametrize(("name_on", "icon_on"), [(True, True), (False, False)])
@pytest.mark.parametrize("props", [{}, SENT, SENT | {"override_username": "", "from_oauth_app": "false"}])
def test_no_override_hides_the_application_or_the_person(name_on: bool, icon_on: bool, props: dict[str, Any]) -> None:
    """Ux 6.17: always the APP mark, and for whom."""
    seen = signed(props, name_on=name_on, icon_on=icon_on)

    assert (seen.app, seen.person) == ("Standup Notes", "Leo Wong")


@pytest.mark.parametrize("props", [SENT, SENT | {"from_oauth_app": "true"}])
def test_a_person_cannot_look_like_somebody_else(props: dict[str, Any]) -> None:
    """Only an application's post is overridden; nothing of it is shown, and no note either."""
    assert signed(props, app=False) == Appearance("Leo Wong", "Leo Wong")


@pytest.mark.parametrize(
    "changes",
    [
        {"from_webhook": "false"},
        {"from_webhook": True},
        {"from_webhook": None},
        {"override_username": ""},
        {"override_username": "  \u200b\u202e "},
        {"override_username": None},
        {"override_username": ["Standup Bot"]},
        {"override_username": {"a": 1}},
        {"override_username": 7},
    ],
)
@pytest.mark.parametrize("on", [True, False])
def test_a_name_counts_only_as_a_text_with_from_webhook(changes: dict[str, Any], on: bool) -> None:
    """Contract 2.14: `override_username`, and `from_webhook` is exactly "true"; else nothing was overridden."""
    seen = signed(SENT | changes, name_on=on)

    assert (seen.name, seen.ignored) == ("Leo Wong", ())


@pytest.mark.parametrize(
    "changes",
    [
        {"use_user_icon": "true"},
        {"override_icon_url": ""},
        {"override_icon_url": None},
        {"override_icon_url": "http://standup.example.net/bot.png"},
        {"override_icon_url": "javascript:alert(1)"},
        {"override_icon_url": "data:image/png,x"},
        {"override_icon_url": "//standup.example.net/bot.png"},
        {"override_icon_url": " https://standup.example.net/bot.png"},
        {"override_icon_url": [PICTURE]},
        {"override_icon_url": f"https://standup.example.net/{'x' * 2_048}"},
    ],
)
@pytest.mark.parametrize("on", [True, False])
def test_a_picture_counts_only_over_https_and_where_it_is_wanted(changes: dict[str, Any], on: bool) -> None:
    """Contract 2.14: `override_icon_url`, unless `use_user_icon` is "true"; ux 3.2: https alone."""
    seen = signed(SENT | changes, icon_on=on)

    assert (seen.picture, seen.ignored) == ("", ())


@pytest.mark.parametrize("props", [{}, {"from_webhook": "false"}])
def test_a_picture_needs_no_from_webhook(props: dict[str, Any]) -> None:
    """Contract 2.14: that is asked of the name alone."""
    assert signed({"override_icon_url": PICTURE} | props).picture == PICTURE


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("  Standup \n Bot\t", "Standup Bot"),
        ("Bot\u202e\u2066evil\u2069", "Botevil"),
        ("\u200bMaya\u00adOkafor\ufeff", "MayaOkafor"),
        ("حلقة", "حلقة"),
        ("W" * 64, "W" * 64),
        ("W" * 65, f"{'W' * 63}…"),
    ],
)
def test_a_name_is_one_line_of_visible_characters(sent: str, shown: str) -> None:
    """Hidden characters cannot reorder the line; a long name cannot push the mark out of sight."""
    assert signed(SENT | {"override_username": sent}).name == shown


def test_a_post_outlives_the_name_of_its_author() -> None:
    """A row that is gone makes no page fail."""
    assert appearance.of(Post(user_id="x", props={}), None, Settings()).name == "Somebody who is gone"


@pytest.mark.parametrize(("viewer", "told"), [(LEO, True), (MAYA, True), (User(user_id="ana", roles=""), False)])
def test_the_author_and_system_admins_are_told_what_was_ignored(viewer: User, told: bool) -> None:
    """Ux 6.17."""
    assert appearance.may_see_ignored(Post(user_id="leo"), viewer) is told
