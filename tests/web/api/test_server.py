"""Ping, the flat map clients read, and the settings over the API (contract 2.12, 4; cases 150 and 151)."""

from typing import Any

import pytest

from chalicelib import config
from chalicelib.store.reading import read
from chalicelib.store.settings import settings_key
from tests.browser import Browser, api, call, exchange
from tests.make import World
from tests.web.api.bodies import APPS, create, refused
from tests.web.api.conftest import Callers

CALLBACKS = {"callback_urls": ["http://standup.example.net/callback"]}


def patch(session: str | None, section: str = "ServiceSettings", **values: Any) -> Any:
    """Change settings."""
    return api("PUT", "/config/patch", session, {section: values})


def test_ping_answers_anybody(callers: Callers) -> None:
    """Contract 2.12."""
    assert api("GET", "/system/ping").json == {
        "status": "OK",
        "AndroidLatestVersion": "",
        "AndroidMinVersion": "",
        "IosLatestVersion": "",
        "IosMinVersion": "",
        "ActiveSearchBackend": "database",
    }


@pytest.mark.parametrize("query", ["?format=old", ""])
def test_anybody_hears_that_there_is_no_licence(query: str, callers: Callers) -> None:
    """Contract 2.12: clients ask before they sign in, with `format=old`."""
    assert api("GET", f"/license/client{query}").json == {"IsLicensed": "false"}


def test_the_test_address_answers_a_session(callers: Callers) -> None:
    """Contract 2.11."""
    assert api("GET", "/oauth_test", callers.leo).json == {"status": "OK"}


def test_the_test_address_answers_a_token_until_it_is_taken_back(callers: Callers, world: World) -> None:
    """Contract case 98."""
    app = world.app()
    leo = Browser().holding(callers.leo)
    token = exchange(app, leo.allow(app)).json["access_token"]
    assert api("GET", "/oauth_test", token).json == {"status": "OK"}
    path = f"/account/security/oauth2-apps/{app.client_id}/revoke"
    leo.submit(leo.get(path), path)
    assert refused(api("GET", "/oauth_test", token))[0] == 401


@pytest.mark.parametrize("bearer", [None, "junk"])
def test_the_test_address_refuses_whoever_has_neither(bearer: str | None, callers: Callers) -> None:
    """Contract case 98."""
    assert refused(api("GET", "/oauth_test", bearer)) == (401, "api.context.session_expired.app_error")


@pytest.mark.parametrize("query", ["?format=old", "", "?format=new"])
def test_the_flat_map_is_small_for_nobody(query: str, callers: Callers) -> None:
    """Contract 2.12."""
    flat = api("GET", f"/config/client{query}").json
    assert flat.keys() == {"Version", "BuildNumber", "SiteURL", "SiteName"}
    assert (flat["SiteURL"], flat["SiteName"]) == (config.current().issuer, "Gatepost")


def test_a_session_sees_the_switches_as_strings(callers: Callers) -> None:
    """Contract 2.12: all values are strings."""
    flat = api("GET", "/config/client?format=old", callers.leo).json
    assert flat["EnableOAuthServiceProvider"] == "true"
    assert all(isinstance(value, str) for value in flat.values())


def test_the_config_has_the_contracts_keys(callers: Callers) -> None:
    """DESIGN section 5, the settings of this step."""
    assert api("GET", "/config", callers.maya).json == {
        "ServiceSettings": {
            "SiteURL": config.current().issuer,
            "EnableOAuthServiceProvider": True,
            "EnablePostUsernameOverride": False,
            "EnablePostIconOverride": False,
            "EnableOnlyAdminIntegrations": True,
            "EnableDynamicClientRegistration": False,
            "DCRRedirectURIAllowlist": [],
            "EnableInsecureOAuthAddresses": True,
            "EnableAppSchemeCallbacks": False,
            "RequirePKCE": False,
            "OAuthAccessTokenLifetimeInSeconds": 3600,
            "OAuthCodeLifetimeInSeconds": 60,
            "OAuthRefreshTokenIdleInSeconds": 2_592_000,
            "OAuthRefreshTokenLifetimeInSeconds": 31_536_000,
            "OAuthRefreshGraceInSeconds": 30,
            "OAuthPublicRefreshGraceInSeconds": 10,
            "SessionLengthSSOInHours": 1,
        },
        "TeamSettings": {"EnableOpenServer": False, "SiteName": "Gatepost"},
    }


@pytest.mark.parametrize(("method", "path"), [("GET", "/config"), ("PUT", "/config"), ("PUT", "/config/patch")])
def test_settings_are_for_system_admins(method: str, path: str, callers: Callers) -> None:
    """Contract section 4, "change OAuth settings"."""
    assert refused(api(method, path, callers.leo, {})) == (403, "api.context.permissions.app_error")
    assert refused(api(method, path, None, {})) == (401, "api.context.session_expired.app_error")


def test_switching_the_provider_takes_effect_at_once(callers: Callers, world: World) -> None:
    """Contract case 150."""
    assert create(callers.maya).status == 201
    assert patch(callers.maya, EnableOAuthServiceProvider=False).status == 200
    assert create(callers.maya).status == 501
    patch(callers.maya, EnableOAuthServiceProvider=True)
    assert create(callers.maya).status == 201


def test_the_provider_is_off_until_somebody_switches_it_on(store: None) -> None:
    """Contract case 150: the seed's default."""
    key = settings_key()
    live = read(key)[key]
    assert live is not None
    assert live.provider_on is False


def test_restricting_and_opening_take_effect_at_once(callers: Callers) -> None:
    """Contract case 151: back to True, and even one's own are out of reach."""
    patch(callers.maya, EnableOnlyAdminIntegrations=False)
    app = create(callers.leo).json
    assert api("GET", f"{APPS}/{app['id']}", callers.leo).status == 200
    patch(callers.maya, EnableOnlyAdminIntegrations=True)
    assert api("GET", f"{APPS}/{app['id']}", callers.leo).status == 403
    assert api("DELETE", f"{APPS}/{app['id']}", callers.leo).status == 403
    assert api("GET", f"{APPS}/{app['id']}", callers.maya).status == 200


def test_a_patch_answers_with_everything_and_leaves_the_rest(callers: Callers) -> None:
    """Contract 2.12."""
    before = api("GET", "/config", callers.maya).json
    answer = patch(callers.maya, OAuthCodeLifetimeInSeconds=90)
    before["ServiceSettings"]["OAuthCodeLifetimeInSeconds"] = 90
    assert (answer.status, answer.json) == (200, before)
    assert api("GET", "/config", callers.maya).json == before


def test_a_config_that_is_read_changed_and_sent_back_counts(callers: Callers) -> None:
    """Contract 2.12: `PUT /config`, as the clients' `updateConfig` sends it."""
    whole = api("GET", "/config", callers.maya).json
    whole["ServiceSettings"]["OAuthCodeLifetimeInSeconds"] = 90
    answer = api("PUT", "/config", callers.maya, whole)
    assert (answer.status, answer.json) == (200, whole)
    assert api("GET", "/config", callers.maya).json == whole


def test_what_a_sent_config_lacks_is_not_reset(callers: Callers) -> None:
    """Ours: an older client's config cannot switch off what it does not know."""
    before = api("GET", "/config", callers.maya).json
    answer = api("PUT", "/config", callers.maya, {"ServiceSettings": {}})
    assert (answer.status, answer.json) == (200, before)


def test_the_lifetime_can_be_set_in_mattermosts_hours(callers: Callers, world: World) -> None:
    """DESIGN section 3: `SessionLengthSSOInHours`, whole hours; shown rounded up."""
    patch(callers.maya, SessionLengthSSOInHours=2)
    assert world.settings().access_token_lifetime == 7200
    patch(callers.maya, OAuthAccessTokenLifetimeInSeconds=5400)
    assert api("GET", "/config", callers.maya).json["ServiceSettings"]["SessionLengthSSOInHours"] == 2


def test_the_exact_lifetime_wins_over_the_hours(callers: Callers, world: World) -> None:
    """Ours: a config that is read and sent back unchanged changes nothing."""
    patch(callers.maya, OAuthAccessTokenLifetimeInSeconds=5400)
    whole = api("GET", "/config", callers.maya).json
    assert api("PUT", "/config/patch", callers.maya, whole).json == whole
    assert world.settings().access_token_lifetime == 5400


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("ServiceSettings", "EnableOAuthServiceProvider", "true"),
        ("ServiceSettings", "EnableOAuthServiceProvider", 1),
        ("ServiceSettings", "EnableOAuthServiceProvider", None),
        ("ServiceSettings", "OAuthCodeLifetimeInSeconds", 29),
        ("ServiceSettings", "OAuthCodeLifetimeInSeconds", 601),
        ("ServiceSettings", "OAuthCodeLifetimeInSeconds", True),
        ("ServiceSettings", "OAuthCodeLifetimeInSeconds", 60.5),
        ("ServiceSettings", "OAuthAccessTokenLifetimeInSeconds", 299),
        ("ServiceSettings", "OAuthAccessTokenLifetimeInSeconds", 2_592_001),
        ("ServiceSettings", "SessionLengthSSOInHours", 0),
        ("ServiceSettings", "SessionLengthSSOInHours", 721),
        ("ServiceSettings", "SessionLengthSSOInHours", "2"),
        ("ServiceSettings", "EnableDynamicClientRegistration", "true"),
        ("ServiceSettings", "OAuthRefreshTokenIdleInSeconds", 3599),
        ("ServiceSettings", "OAuthRefreshTokenLifetimeInSeconds", 31_536_001),
        ("ServiceSettings", "OAuthRefreshGraceInSeconds", -1),
        ("ServiceSettings", "OAuthPublicRefreshGraceInSeconds", 61),
        ("ServiceSettings", "DCRRedirectURIAllowlist", "https://a.example/*"),
        ("ServiceSettings", "DCRRedirectURIAllowlist", [7]),
        ("ServiceSettings", "DCRRedirectURIAllowlist", None),
        ("TeamSettings", "SiteName", ""),
        ("TeamSettings", "SiteName", "n" * 31),
        ("TeamSettings", "SiteName", "a\nb"),
        ("TeamSettings", "SiteName", 7),
    ],
)
def test_a_value_out_of_bounds_changes_nothing(section: str, key: str, value: Any, callers: Callers) -> None:
    """DESIGN section 3, bounds."""
    before = api("GET", "/config", callers.maya).json
    answer = patch(callers.maya, section, **{key: value, "EnableInsecureOAuthAddresses": False})
    assert refused(answer) == (400, "api.context.invalid_body_param.app_error")
    assert api("GET", "/config", callers.maya).json == before


@pytest.mark.parametrize("body", ["garbage", "[]", '{"ServiceSettings":[]}', '{"TeamSettings":"x"}'])
def test_a_body_that_is_no_config_is_refused(body: str, callers: Callers) -> None:
    """Contract 1.1."""
    headers = {"Authorization": f"Bearer {callers.maya}"}
    assert refused(call("PUT", "/api/v4/config/patch", data=body, headers=headers))[0] == 400


def test_keys_that_are_not_ours_are_ignored(callers: Callers) -> None:
    """Contract 2.12: Mattermost's config has many more."""
    answer = api("PUT", "/config/patch", callers.maya, {"LdapSettings": {"Enable": True}, "ServiceSettings": {"X": 1}})
    assert answer.status == 200
    assert "LdapSettings" not in answer.json


def test_http_addresses_can_be_switched_off_over_the_api(callers: Callers) -> None:
    """DESIGN section 5, "Allow http addresses"."""
    assert create(callers.maya, **CALLBACKS).status == 201
    patch(callers.maya, EnableInsecureOAuthAddresses=False)
    assert refused(create(callers.maya, **CALLBACKS)) == (400, "model.oauth.is_valid.callback.app_error")


# --- dynamic client registration --------------------------------------------------------------------------------


def test_the_allowlist_is_a_list_and_comes_back_trimmed(callers: Callers, world: World) -> None:
    """Contract 1.9 and 2.9: patterns are trimmed, blank ones ignored."""
    patterns = [" https://*.example.com/** ", "", "  ", "http://127.0.0.1:*/cb"]
    answer = patch(callers.maya, DCRRedirectURIAllowlist=patterns)
    kept = ["https://*.example.com/**", "http://127.0.0.1:*/cb"]
    assert answer.json["ServiceSettings"]["DCRRedirectURIAllowlist"] == kept
    assert api("GET", "/config", callers.maya).json == answer.json
    assert world.settings().registration_allowlist == "\n".join(kept)
    assert patch(callers.maya, DCRRedirectURIAllowlist=[]).json["ServiceSettings"]["DCRRedirectURIAllowlist"] == []


@pytest.mark.parametrize(
    "pattern",
    ["https://***", "example.com", "*", "https://a.b/\tx", "https://a.b/*\nhttps://c.d/*", "\x00", "a://" + "b" * 3997],
)
def test_one_pattern_that_is_none_refuses_the_whole_change(pattern: str, callers: Callers) -> None:
    """Contract 1.9."""
    before = api("GET", "/config", callers.maya).json
    values: dict[str, Any] = {"EnableDynamicClientRegistration": True}
    values |= {"DCRRedirectURIAllowlist": ["https://good.example/*", pattern]}
    answer = patch(callers.maya, **values)
    assert refused(answer) == (400, "model.config.is_valid.dcr_redirect_uri_allowlist.app_error")
    assert "DCRRedirectURIAllowlist: " in answer.json["message"]
    assert api("GET", "/config", callers.maya).json == before


def test_switching_registration_takes_effect_at_once(callers: Callers) -> None:
    """Contract cases 125 and 130."""
    body = {"redirect_uris": ["https://tool.example.net/callback"]}
    assert api("POST", "/oauth/apps/register", json=body).status == 400
    patch(callers.maya, EnableDynamicClientRegistration=True)
    assert api("POST", "/oauth/apps/register", json=body).status == 201
    patch(callers.maya, DCRRedirectURIAllowlist=["https://allowed.example/**"])
    assert api("POST", "/oauth/apps/register", json=body).json["error"] == "invalid_redirect_uri"


def test_a_session_sees_whether_programs_may_register(callers: Callers) -> None:
    """Contract 2.12."""
    assert api("GET", "/config/client", callers.leo).json["EnableDynamicClientRegistration"] == "false"
