"""Settings: sixteen copies written together, each as good as the other (DESIGN sections 2 and 5)."""

import pytest

from chalicelib.store import settings
from chalicelib.store.reading import Key, read
from chalicelib.store.settings import COPIES, SETTINGS, Setting, Settings, settings_key
from chalicelib.store.writing import ConditionFailed, write_together
from tests.make import World

# DESIGN section 5, the settings there are: default and API v4 key; section 3 for lifetimes, in seconds.
TABLE = {
    "provider_on": (False, "EnableOAuthServiceProvider"),
    "name_override": (False, "EnablePostUsernameOverride"),
    "icon_override": (False, "EnablePostIconOverride"),
    "admins_only": (True, "EnableOnlyAdminIntegrations"),
    "dynamic_registration": (False, "EnableDynamicClientRegistration"),
    "registration_allowlist": ("", "DCRRedirectURIAllowlist"),
    "http_allowed": (True, "EnableInsecureOAuthAddresses"),
    "app_schemes": (False, "EnableAppSchemeCallbacks"),
    "pkce_for_all": (False, "RequirePKCE"),
    "open_sign_up": (False, "EnableOpenServer"),
    "access_token_lifetime": (3600, "OAuthAccessTokenLifetimeInSeconds"),
    "code_lifetime": (60, "OAuthCodeLifetimeInSeconds"),
    "refresh_idle": (30 * 24 * 3600, "OAuthRefreshTokenIdleInSeconds"),
    "refresh_absolute": (365 * 24 * 3600, "OAuthRefreshTokenLifetimeInSeconds"),
    "refresh_grace": (30, "OAuthRefreshGraceInSeconds"),
    "refresh_grace_public": (10, "OAuthPublicRefreshGraceInSeconds"),
    "site_name": ("Gatepost", "SiteName"),
}
BOUNDS = {
    "access_token_lifetime": (300, 30 * 24 * 3600),
    "code_lifetime": (30, 600),
    "refresh_idle": (3600, 365 * 24 * 3600),
    "refresh_absolute": (3600, 365 * 24 * 3600),
    "refresh_grace": (0, 60),
    "refresh_grace_public": (0, 60),
}


def copy(number: int) -> Settings | None:
    """One copy as it is."""
    key = Key(Settings, "live", copy=number)
    return read(key)[key]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_new_deployment_has_the_defaults(store: None, setting: Setting) -> None:
    """DESIGN section 5."""
    live = read(key := settings_key())[key]
    assert live is not None

    assert (live.value(setting.name), setting.api_key) == TABLE[setting.name]
    assert setting.default == TABLE[setting.name][0]


def test_every_setting_of_the_table_is_there(store: None) -> None:
    """DESIGN section 5."""
    assert {setting.name for setting in SETTINGS} == set(TABLE)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_the_rows_own_default_is_the_tables(setting: Setting) -> None:
    """A deployment that is older than a setting has its default."""
    own = Settings(name="live#0").attribute_values.get(setting.name, setting.default)

    assert own == setting.default


@pytest.mark.parametrize("name", BOUNDS)
def test_a_lifetime_keeps_its_bounds(name: str) -> None:
    """DESIGN section 3."""
    [setting] = [setting for setting in SETTINGS if setting.name == name]

    assert (setting.minimum, setting.maximum) == BOUNDS[name]


@pytest.mark.parametrize("number", range(COPIES))
def test_a_change_is_in_every_copy(world: World, number: int) -> None:
    """DESIGN section 2: written together, so the next request sees it whichever copy it reads."""
    before = world.settings().version

    world.set(code_lifetime=90, site_name="Elsewhere")

    there = copy(number)
    assert there is not None
    assert (there.code_lifetime, there.site_name, there.version) == (90, "Elsewhere", before + 1)


def test_there_are_sixteen_copies(world: World) -> None:
    """DESIGN section 2."""
    assert COPIES == 16
    assert copy(15) is not None
    assert copy(16) is None


def test_readers_spread_over_all_copies() -> None:
    """DESIGN section 2: each request reads one copy chosen at random."""
    assert {settings_key().copy for _ in range(1000)} == set(range(COPIES))


def test_of_two_changes_of_what_was_read_the_second_fails_whole(world: World) -> None:
    """DESIGN section 2: conditioned on copy 0's version."""
    seen = world.settings()
    write_together(*settings.changed(seen, {"site_name": "First"}))

    with pytest.raises(ConditionFailed):
        write_together(*settings.changed(seen, {"site_name": "Second"}))

    names = {there.site_name for there in map(copy, range(COPIES)) if there}
    assert names == {"First"}


def test_a_change_keeps_everything_else(world: World) -> None:
    """DESIGN section 2: the epoch and the key version are no settings, and survive a change of them."""
    before = world.settings()

    world.set(admins_only=False)

    after = world.settings()
    kept = ("epoch", "keys_version", "signing_kid", "provider_on", "http_allowed", "access_token_lifetime")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert after.admins_only is False


def test_provisioning_again_changes_nothing(world: World) -> None:
    """DESIGN section 8: `run` provisions at every start."""
    before = world.settings()

    settings.provision()

    after = world.settings()
    assert (after.epoch, after.version, after.provider_on) == (before.epoch, before.version, True)
