"""`dev.py` says in one line what it cannot do, and does nothing twice."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).parents[2]
LOCK = "requirements-run.txt"


def launched(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run dev.py as a person would."""
    command = [sys.executable, str(ROOT / "dev.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Move the launcher to a folder with locks and an empty .venv of its own."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    for lock in ("requirements-run.txt", "requirements-dev.txt"):
        (tmp_path / lock).write_text(f"# {lock}\n")
    monkeypatch.setattr(dev, "HERE", str(tmp_path))
    monkeypatch.setattr(dev, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(dev, "PYTHON", str(tmp_path / ".venv" / "bin" / "python"))
    return tmp_path


def test_an_unknown_command_is_named_in_one_line() -> None:
    done = launched("fly")

    assert done.returncode == 2
    assert done.stderr == "dev.py: unknown command 'fly'. There is: bench, keys, package, run, screens, test.\n"


def test_without_a_command_the_commands_are_named() -> None:
    done = launched()

    assert done.returncode == 2
    assert done.stderr == "dev.py: no command. There is: bench, keys, package, run, screens, test.\n"


def test_help_is_not_an_error() -> None:
    done = launched("--help")

    assert done.returncode == 0
    assert "run" in done.stdout


def test_an_old_python_is_told_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "OLDEST", (99, 0))
    found = platform.python_version()

    assert dev.main(["run"]) == 2
    said = f"dev.py: Gatepost needs Python 3.11 or newer; this is {found}.\n"
    assert capsys.readouterr().err == said


def test_the_launcher_parses_on_old_pythons() -> None:
    source = (ROOT / "dev.py").read_text()

    compile(source, "dev.py", "exec", flags=0, dont_inherit=True, _feature_version=5)


def test_a_python_without_venv_is_told_what_to_install(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / ".venv" / "bin" / "python").unlink()
    monkeypatch.setitem(sys.modules, "ensurepip", None)

    assert dev.main(["run"]) == 2
    assert "no venv module; on Debian and Ubuntu: apt-get install python3-venv" in capsys.readouterr().err


def test_an_installed_lock_is_not_installed_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(dev, "install", installed.append)

    dev.prepare(str(home / LOCK))
    dev.prepare(str(home / LOCK))

    assert installed == [str(home / LOCK)]


def test_a_changed_lock_is_installed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(dev, "install", installed.append)
    dev.prepare(str(home / LOCK))

    (home / LOCK).write_text("# another\n")
    dev.prepare(str(home / LOCK))

    assert len(installed) == 2


def test_what_tests_need_includes_what_a_run_needs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(dev, "install", installed.append)

    dev.prepare(str(home / "requirements-dev.txt"))
    dev.prepare(str(home / LOCK))

    assert installed == [str(home / "requirements-dev.txt")]


def test_the_launcher_stays_short() -> None:
    assert len((ROOT / "dev.py").read_text().splitlines()) <= 150
