"""`dev.py package` builds what Lambda runs: all of it, nothing else, small, and the same each time."""

import struct
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

from tools import package

UNCHECKED_HASH = 0b01  # PEP 552: named by its source's hash, which nobody compares


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it once: as files, and packed."""
    folder = tmp_path_factory.mktemp("package")
    package.pack(package.unpacked(folder), folder / "gatepost.zip")
    return folder


@pytest.fixture
def names(built: Path) -> list[PurePosixPath]:
    """What is in the zip."""
    with ZipFile(built / "gatepost.zip") as archive:
        return [PurePosixPath(name) for name in archive.namelist()]


def test_it_is_at_most_ten_megabytes(built: Path) -> None:
    """DESIGN section 9."""
    assert (built / "gatepost.zip").stat().st_size <= package.LIMIT == 10_000_000


def test_the_same_files_make_the_same_zip(built: Path) -> None:
    package.pack(built / "package", built / "again.zip")

    assert (built / "again.zip").read_bytes() == (built / "gatepost.zip").read_bytes()


def test_of_gatepost_it_has_the_product_alone(names: list[PurePosixPath], repository: Path) -> None:
    ours = {str(name) for name in names if name.parts[0] == "chalicelib" and name.suffix != ".pyc"}
    here = {path.relative_to(repository) for path in (repository / "chalicelib").rglob("*") if path.is_file()}

    assert ours == {path.as_posix() for path in here if path.suffix != ".pyc"}
    assert {"tests", "tools", "local", "examples", "infra"}.isdisjoint(name.parts[0] for name in names)
    assert [name for name in names if name.name.startswith(".")] == []


def test_every_module_is_compiled_and_never_looks_at_its_source(built: Path, names: list[PurePosixPath]) -> None:
    compiled = [name for name in names if name.suffix == ".pyc"]
    with ZipFile(built / "gatepost.zip") as archive:
        flags = {struct.unpack("<I", archive.read(str(name))[4:8])[0] for name in compiled}

    assert len(compiled) == len([name for name in names if name.suffix == ".py"])
    assert flags == {UNCHECKED_HASH}


def test_the_sdk_describes_the_two_services_that_are_called(names: list[PurePosixPath]) -> None:
    data = PurePosixPath("botocore/data")
    described = {name.relative_to(data).parts[0] for name in names if name.is_relative_to(data)}

    assert {name for name in described if "." not in name} == {"dynamodb", "secretsmanager"}


def test_a_package_that_is_too_large_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """DESIGN section 9."""
    monkeypatch.setattr(package, "LIMIT", 1_000_000)

    assert package.main(["--output", str(tmp_path / "build" / "gatepost.zip")]) == 1
    assert capsys.readouterr().err == "That is more than 1 MB.\n"
