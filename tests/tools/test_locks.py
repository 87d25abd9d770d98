"""The locks pin every package with hashes, agree with each other, and name no place of origin."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.txt", "requirements-run.txt", "requirements-dev.txt"]


def pins(lock: str) -> set[str]:
    """Read `name==version` (and marker) of every package."""
    lines = (ROOT / lock).read_text().splitlines()
    return {line.removesuffix(" \\") for line in lines if not line.startswith(" ")}


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-uv.txt", "requirements-node.txt"])
def test_every_package_is_pinned_and_hashed(lock: str) -> None:
    packages = re.split(r"\n(?! )", (ROOT / lock).read_text().strip())

    assert all(re.match(r"[a-z0-9-]+==\S+", package) for package in packages)
    assert all("--hash=sha256:" in package for package in packages)


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-uv.txt", "requirements-node.txt"])
def test_a_lock_names_no_index(lock: str) -> None:
    assert not re.search(r"index|://|file:", (ROOT / lock).read_text())


def test_larger_locks_contain_the_smaller_ones() -> None:
    product, run, everything = map(pins, LOCKS)

    assert product <= run <= everything


def test_the_product_does_not_carry_boto3() -> None:
    assert not any(pin.startswith("boto3==") for pin in pins("requirements.txt"))
