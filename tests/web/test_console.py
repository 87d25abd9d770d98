"""System Console > Integrations > Custom Integrations (ux 6.15; issue 2 item 3)."""

import pytest

from chalicelib.store.settings import SETTINGS
from tests.browser import Browser, call
from tests.make import World
from tests.web.app_forms import BASE, add, fields

PATH = "/admin/integrations/custom"
LABELS = [
    "Enable OAuth 2.0 Service Provider",
    "Enable integrations to override usernames",
    "Enable integrations to override profile picture icons",
    "Restrict managing integrations to Admins",
    "Enable Dynamic Client Registration",
    "Callback URLs of programs that register themselves",
    "Allow http addresses",
    "Allow app-scheme callbacks for public clients",
    "Require PKCE of every client",
    "Open sign-up",
    "Access token lifetime (minutes)",
    "Authorization code lifetime (seconds)",
    "Refresh token idle time (hours)",
    "Refresh token lifetime (hours)",
    "Refresh retry grace (seconds)",
    "Refresh retry grace of public clients (seconds)",
    "Site name",
]


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


def test_the_console_opens_at_its_settings(maya: Browser) -> None:
    """Ux 6.15."""
    assert maya.get("/admin").goes_to == PATH


def test_every_setting_is_there_in_order_with_help_and_default(maya: Browser) -> None:
    """The seed's path and names; DESIGN section 5."""
    answer = maya.get(PATH)
    text = answer.page.text
    places = [text.index(label) for label in LABELS]
    assert places == sorted(places)
    held = fields(answer, PATH)
    assert held.pop("csrf")
    assert held == {
        "version": "2",
        "provider_on": "true",
        "name_override": "false",
        "icon_override": "false",
        "admins_only": "true",
        "dynamic_registration": "false",
        "registration_allowlist": "",
        "http_allowed": "true",
        "app_schemes": "false",
        "pkce_for_all": "false",
        "open_sign_up": "false",
        "access_token_lifetime": "60",
        "code_lifetime": "60",
        "refresh_idle": "720",
        "refresh_absolute": "8760",
        "refresh_grace": "30",
        "refresh_grace_public": "10",
        "site_name": "Gatepost",
    }
    assert [setting.help for setting in SETTINGS if setting.help not in text] == []
    assert [default for default in ("Default: False.", "Default: 60.") if default not in text] == []
    assert "From 5 to 43,200. Default: 60." in text


@pytest.mark.parametrize("path", ["/admin", PATH])
def test_a_member_does_not_get_in(path: str, browser: Browser, world: World) -> None:
    """Issue 2 item 2."""
    leo = browser.holding(world.session(world.leo))
    assert leo.get(path).status == 403
    assert "/admin" not in leo.get("/integrations").page.links
    assert Browser().get(path).status == 302


def test_a_members_form_is_not_heard(maya: Browser, world: World) -> None:
    """With everything right but who sends it."""
    leo = Browser().holding(world.session(world.leo))
    held = fields(maya.get(PATH), PATH) | {"provider_on": "false"}
    assert leo.post(PATH, held).status == 403
    assert world.settings().provider_on


def test_saving_says_what_changed_and_acts_at_once(maya: Browser, world: World) -> None:
    """Ux 6.15: "Saved. Enable OAuth 2.0 Service Provider: True to False."."""
    answer = maya.submit(maya.submit(maya.get(PATH), PATH, provider_on="false"), PATH)
    assert (answer.status, answer.goes_to) == (303, PATH)
    page = maya.get(PATH).page
    assert "Saved. Enable OAuth 2.0 Service Provider: True to False." in page.text
    assert page.form(PATH).fields["provider_on"] == "false"
    assert maya.get(BASE).status == 501
    assert "Saved." not in maya.get(PATH).page.text


def test_turning_the_provider_off_is_asked_about_first(maya: Browser, world: World) -> None:
    """Ux 6.15: a page says what stops, and what works again later; nothing is changed before."""
    answer = maya.submit(maya.get(PATH), PATH, provider_on="false", code_lifetime="45")
    assert (answer.status, answer.page.h1) == (200, "Turn OAuth 2.0 off?")
    assert world.settings().provider_on
    maya.submit(answer, PATH)
    assert (world.settings().provider_on, world.settings().code_lifetime) == (False, 45)


def test_saving_without_a_change_says_so(maya: Browser, world: World) -> None:
    """Ux 6.15: "Nothing changed."."""
    before = world.settings().version
    maya.submit(maya.get(PATH), PATH)
    assert "Nothing changed." in maya.get(PATH).page.text
    assert world.settings().version == before


def test_opening_registration_to_members_acts_at_once(maya: Browser, world: World) -> None:
    """Issue 2 items 3 and 11."""
    leo = Browser().holding(world.session(world.leo))
    assert leo.get(BASE).status == 403
    maya.submit(maya.get(PATH), PATH, admins_only="false")
    assert leo.get(BASE).status == 200


def test_the_switch_for_http_addresses_acts_at_once(maya: Browser) -> None:
    """Issue 2 item 3; the person's own computer is always allowed."""
    maya.submit(maya.get(PATH), PATH, http_allowed="false")
    answer = add(maya, callback_urls="http://standup.example.net/callback")
    assert "Callback URLs, line 1: start with https://" in answer.page.text
    assert add(maya, callback_urls="http://localhost:1/callback").status == 303


def test_the_site_name_is_on_every_page(maya: Browser) -> None:
    """DESIGN section 5."""
    maya.submit(maya.get(PATH), PATH, site_name="Harbour & <b>Co</b>")
    answer = maya.get("/integrations")
    assert answer.page.title == "Integrations · Harbour & <b>Co</b>"
    assert "<b>Co" not in answer.text


def test_all_problems_come_at_once_and_typing_is_kept(maya: Browser, world: World) -> None:
    """Ux 2; 422."""
    typed = {"access_token_lifetime": "4", "code_lifetime": "soon", "site_name": "", "admins_only": "false"}
    answer = maya.submit(maya.get(PATH), PATH, **typed)
    page = answer.page
    assert answer.status == 422
    assert page.title.startswith("Error: ")
    messages = [
        "Nothing was saved yet. Fix 3 things:",
        "Access token lifetime: enter a whole number of minutes from 5 to 43,200",
        "Authorization code lifetime: enter a whole number of seconds from 30 to 600",
        "Site name: enter 1 to 30 ordinary characters",
    ]
    assert [message for message in messages if message not in page.text] == []
    assert fields(answer, PATH).items() >= typed.items()
    assert world.settings().admins_only


def test_a_form_without_fields_changes_nothing(maya: Browser, world: World) -> None:
    """An absent choice is not False."""
    held = fields(maya.get(PATH), PATH)
    answer = maya.post(PATH, {name: held[name] for name in ("csrf", "version")})
    assert answer.status == 422
    assert "Enable OAuth 2.0 Service Provider: choose True or False" in answer.page.text
    assert world.settings().provider_on


@pytest.mark.parametrize("version", ["1", "", "x", "99"])
def test_a_form_from_another_version_is_shown_again_with_what_was_typed(
    version: str, maya: Browser, world: World
) -> None:
    """Ux 6.6's conflict, here too: what somebody else saved is not overwritten unseen."""
    answer = maya.submit(maya.get(PATH), PATH, version=version, site_name="Mine")
    assert answer.status == 409
    assert "Somebody else changed the settings in the meantime." in answer.page.text
    assert fields(answer, PATH)["site_name"] == "Mine"
    assert world.settings().site_name == "Gatepost"
    assert maya.submit(answer, PATH).status == 303
    assert world.settings().site_name == "Mine"


def test_two_admins_saving_at_once_see_each_other(maya: Browser, world: World) -> None:
    """The second gets the conflict, not the first's work undone."""
    form = maya.get(PATH)
    world.set(code_lifetime=90)
    answer = maya.submit(form, PATH, site_name="Mine")
    assert answer.status == 409
    assert world.settings().code_lifetime == 90


def test_a_list_is_typed_a_line_each(maya: Browser, world: World) -> None:
    """DESIGN section 5, redirect allowlist; contract 2.9: trimmed, blank lines ignored."""
    maya.submit(maya.get(PATH), PATH, registration_allowlist=" https://*.a.example/** \r\n\r\nhttps://b.example/*")
    page = maya.get(PATH).page
    patterns = "https://*.a.example/**\nhttps://b.example/*"
    assert world.settings().registration_allowlist == patterns
    assert page.form(PATH).fields["registration_allowlist"] == patterns
    assert "nothing to https://*.a.example/**, https://b.example/*." in page.text
    maya.submit(maya.get(PATH), PATH)
    assert "Nothing changed." in maya.get(PATH).page.text


def test_a_line_that_is_no_pattern_is_named_and_typing_is_kept(maya: Browser, world: World) -> None:
    """Ux 2 and 7; contract 1.9: the whole change is refused."""
    typed = "https://a.example/*\r\n<b>"
    answer = maya.submit(maya.get(PATH), PATH, registration_allowlist=typed, code_lifetime="90")
    assert answer.status == 422
    assert "line 2: enter a pattern like https://*.example.com/**" in answer.page.text
    assert fields(answer, PATH)["registration_allowlist"].splitlines() == typed.splitlines()
    assert (world.settings().registration_allowlist, world.settings().code_lifetime) == ("", 60)


def test_turning_the_provider_off_keeps_a_list_that_was_typed_with_it(maya: Browser, world: World) -> None:
    """Ux 6.15: the page in between carries everything."""
    patterns = "https://a.example/*\nhttps://b.example/*"
    asked = maya.submit(maya.get(PATH), PATH, provider_on="false", registration_allowlist=patterns)
    maya.submit(asked, PATH)
    assert world.settings().registration_allowlist == patterns


def test_the_switches_for_programs_act_at_once(maya: Browser, world: World) -> None:
    """DESIGN section 5; contract case 130."""
    body = {"redirect_uris": ["com.example.tool:/done"], "token_endpoint_auth_method": "none"}
    path = "/api/v4/oauth/apps/register"
    assert call("POST", path, json=body).json["error"] == "unsupported_operation"
    maya.submit(maya.get(PATH), PATH, dynamic_registration="true")
    assert call("POST", path, json=body).json["error"] == "invalid_redirect_uri"
    maya.submit(maya.get(PATH), PATH, app_schemes="true")
    assert call("POST", path, json=body).status == 201


def test_requiring_pkce_acts_at_once(maya: Browser, world: World) -> None:
    """DESIGN section 5, "Require PKCE of every client"."""
    app = world.app(pkce_exempt=True)
    without = {"code_challenge": None, "code_challenge_method": None}
    assert maya.authorize(app, **without).status == 200
    maya.submit(maya.get(PATH), PATH, pkce_for_all="true")
    assert maya.authorize(app, **without).answer["error"] == "invalid_request"
