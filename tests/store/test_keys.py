"""The deployment's keys: one secret, read again exactly when the settings say that it changed (DESIGN section 3)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import config
from chalicelib.errors import Unavailable
from chalicelib.store import keys
from tests.make import World
from tests.vault import kept_as_found


@pytest.fixture
def vault(world: World) -> Iterator[Any]:
    """Secrets Manager, left as it was found."""
    with kept_as_found() as client:
        yield client


def held(vault: Any) -> dict[str, Any]:
    """What the secret holds."""
    content: dict[str, Any] = json.loads(vault.get_secret_value(SecretId=config.current().keys_secret)["SecretString"])
    return content


def rotate(vault: Any) -> None:
    """Put a new root before the old one, as an operator does."""
    content = held(vault)
    newer = {"id": "new0", "secret": content["roots"][0]["secret"][:-4] + "AAA="}
    rotated = content | {"roots": [newer, *content["roots"]]}
    vault.put_secret_value(SecretId=config.current().keys_secret, SecretString=json.dumps(rotated))


def test_the_secret_is_read_once_for_a_version(vault: Any) -> None:
    """DESIGN section 3: a warm worker does not ask again."""
    first = keys.at(1)
    rotate(vault)

    assert keys.at(1) is first
    assert keys.newest() == (1, first)


def test_another_version_in_the_settings_makes_the_worker_read_the_secret_again(vault: Any) -> None:
    """DESIGN section 3: a warm worker re-reads the secret exactly when `keys_version` differs."""
    old = keys.at(1).root_id
    rotate(vault)

    assert keys.at(2).root_id == "new0"
    assert keys.at(2).derive("refresh token", old) is not None
    newest = keys.newest()
    assert newest is not None
    assert newest[0] == 2


def test_a_cold_worker_knows_no_keys(vault: Any) -> None:
    """DESIGN section 3: until the settings are read nobody knows which version counts."""
    assert keys.newest() is None


def test_a_key_is_bound_to_what_it_is_for_and_to_its_root(vault: Any) -> None:
    """DESIGN section 3: MAC, CSRF, code and sealing keys by HKDF label."""
    one = keys.at(1)
    old = one.root_id
    rotate(vault)
    two = keys.at(2)

    derived = [one.current("a"), one.current("b"), two.current("a"), two.current("b")]
    assert len(set(derived)) == 4
    assert {len(key) for key in derived} == {32}
    assert two.derive("a", old) == one.current("a")


def test_a_retired_root_derives_nothing(vault: Any) -> None:
    """DESIGN section 3: a dropped key makes no token good."""
    assert keys.at(1).derive("refresh token", "gone") is None


def test_every_signing_key_of_the_secret_is_published(vault: Any) -> None:
    """DESIGN section 3: served until its last token ended."""
    content = held(vault)
    older = content["signing"][0] | {"kid": "older"}
    both = content | {"signing": [*content["signing"], older]}
    vault.put_secret_value(SecretId=config.current().keys_secret, SecretString=json.dumps(both))

    assert list(keys.at(2).public) == [content["signing"][0]["kid"], "older"]


def test_signing_keys_have_2048_bits(vault: Any) -> None:
    """DESIGN section 3."""
    assert {key.key_size for key in keys.at(1).public.values()} == {2048}


def test_no_key_is_shown_when_keys_are_printed(vault: Any) -> None:
    """DESIGN section 4: nothing secret in a log or an error."""
    assert repr(keys.at(1)) == "Keys()"


def test_provisioning_again_keeps_the_keys(vault: Any) -> None:
    """DESIGN section 8: `run` provisions at every start."""
    before = held(vault)

    keys.provision()

    assert held(vault) == before
    assert keys.first_kid() == before["signing"][0]["kid"]


def test_a_secret_that_cannot_be_read_is_503(vault: Any) -> None:
    """DESIGN section 1: busy or unreachable, nothing was changed."""
    content = held(vault)
    name = config.current().keys_secret
    vault.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    try:
        with pytest.raises(Unavailable) as refusal:
            keys.at(9)
    finally:
        vault.create_secret(Name=name, SecretString=json.dumps(content))

    assert refusal.value.status == 503
    assert isinstance(refusal.value.__cause__, ClientError)
