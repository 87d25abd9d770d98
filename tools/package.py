"""Build the zip that Lambda runs: `python3 dev.py package` puts it into `build/`.

Chalice fetches the wheels and puts the parts together, from a copy without anything that is not the product's. Two
things are done to what it makes. The SDK's descriptions of services that Gatepost does not call go: two thirds of the
zip. And every module is compiled, because a function cannot keep what it compiles, and would do it at each cold start;
so the zip is for the version of Python that builds it.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from local.environment import REGION

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "build" / "gatepost.zip"
LIMIT = 10_000_000  # bytes (DESIGN section 9)
PRODUCT = ("app.py", "chalicelib", "requirements.txt", ".chalice/config.json", ".chalice/policy-dev.json")
STAGE = "dev"  # stages differ in their environment, which is not in the zip
SERVICES = {"dynamodb": "2012-08-10", "secretsmanager": "2017-10-17"}  # and the version of their API
UNPACKED_AT = "/var/task"  # where Lambda has it: tracebacks name files there
OLDEST_DATE = (1980, 1, 1, 0, 0, 0)  # zip knows no earlier; the same files make the same zip


def main(arguments: list[str]) -> int:
    """Build it; 1 if it cannot be built, or is larger than it may be."""
    parser = argparse.ArgumentParser(prog="dev.py package", description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the zip to write (%(default)s)")
    output = parser.parse_args(arguments).output
    try:
        with TemporaryDirectory() as folder:
            pack(unpacked(Path(folder)), output)
    except subprocess.CalledProcessError:
        sys.stderr.write("No package was built: the lines above say why.\n")
        return 1
    size = output.stat().st_size
    print(f"{output}: {size / 1e6:.1f} MB")
    if size > LIMIT:
        sys.stderr.write(f"That is more than {LIMIT / 1e6:.0f} MB.\n")
        return 1
    return 0


def unpacked(folder: Path) -> Path:
    """Build the package as files, in a folder of its own under `folder`.

    Raises:
        subprocess.CalledProcessError: Chalice did not get everything, and has said why.

    """
    source, made, package = folder / "source", folder / "made", folder / "package"
    _copy(source)
    chalice = Path(sys.executable).with_name("chalice")
    command = [str(chalice), "package", "--stage", STAGE, str(made)]
    # Chalice wants a region, for a template beside the zip; the zip is the same for all of them.
    environment = os.environ | {"AWS_DEFAULT_REGION": REGION}
    subprocess.run(command, cwd=source, env=environment, check=True, stdout=subprocess.DEVNULL)
    with ZipFile(made / "deployment.zip") as archive:
        archive.extractall(package)
    _drop_other_services(package / "botocore" / "data")
    compiled(package)
    return package


def compiled(package: Path) -> None:
    """Compile every module; what is compiled is never compared with its source, whose date the zip does not keep."""
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*command, "-s", str(package), "-p", UNPACKED_AT, str(package)], check=True)


def pack(package: Path, output: Path) -> None:
    """Zip a folder, in the same order and with the same dates each time."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(output, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in package.rglob("*") if path.is_file()):
            entry = ZipInfo(str(path.relative_to(package)), OLDEST_DATE)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16  # everybody may read it: the function is run by another user
            archive.writestr(entry, path.read_bytes())


def _copy(source: Path) -> None:
    """Copy what is the product's alone: Chalice packages whatever it finds."""
    for name in PRODUCT:
        here, there = ROOT / name, source / name
        there.parent.mkdir(parents=True, exist_ok=True)
        if here.is_dir():
            shutil.copytree(here, there, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(here, there)


def _drop_other_services(data: Path) -> None:
    for service in [path for path in data.iterdir() if path.is_dir()]:
        for version in service.iterdir():
            if SERVICES.get(service.name) != version.name:
                shutil.rmtree(version)
        if service.name not in SERVICES:
            service.rmdir()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
