"""Start a command of Gatepost's on a machine with nothing but Python: `python3 dev.py run`.

Makes .venv, installs the locked requirements when they changed, and hands over to `tools`.
This file must parse on Pythons that are too old to run Gatepost, so that they are told so.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
COMMANDS = {  # what a command is for, and the lock it needs
    "bench": ("show what a request costs on this machine", "requirements-run.txt"),
    "keys": ("list, publish and drop keys, and say which one signs", "requirements-run.txt"),
    "package": ("build the zip that Lambda runs", "requirements-run.txt"),
    "run": ("start Gatepost and the sample client on this machine", "requirements-run.txt"),
    "screens": ("take pictures of the main pages for the README", "requirements-dev.txt"),
    "test": ("format, lint, types, imports and tests", "requirements-dev.txt"),
}
INCLUDED = {"requirements-dev.txt": ["requirements-run.txt"]}  # a lock, and the locks it contains
HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
USAGE, INTERRUPTED = 2, 130


class Stop(Exception):
    """The command cannot be started; the text says why in one line."""


def main(arguments: "list[str]") -> int:
    """Prepare .venv and become the command; returns only when that fails."""
    try:
        command = checked(arguments)
        prepare(os.path.join(HERE, COMMANDS[command][1]))
    except Stop as stop:
        sys.stderr.write("dev.py: {}\n".format(stop))
        return USAGE
    except subprocess.CalledProcessError as error:
        sys.stderr.write("dev.py: installing failed: {}\n".format(" ".join(error.cmd)))
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\ndev.py: stopped.\n")
        return INTERRUPTED
    os.chdir(HERE)
    return os.execv(PYTHON, [PYTHON, "-m", "tools." + command, *arguments[1:]])


def checked(arguments: "list[str]") -> str:
    """Name the command that was asked for."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        raise Stop("Gatepost needs Python 3.11 or newer; this is {}.".format(found))
    if arguments and arguments[0] in COMMANDS:
        return arguments[0]
    if arguments[:1] in (["-h"], ["--help"]):
        lines = ["  {:8} {}".format(name, COMMANDS[name][0]) for name in sorted(COMMANDS)]
        sys.stdout.write("usage: python3 dev.py COMMAND [--help]\n{}\n".format("\n".join(lines)))
        sys.exit(0)
    asked = "unknown command '{}'".format(arguments[0]) if arguments else "no command"
    raise Stop("{}. There is: {}.".format(asked, ", ".join(sorted(COMMANDS))))


def prepare(lock: str) -> None:
    """Make .venv hold what the lock names; at once when it does already."""
    made = os.path.exists(PYTHON)
    if made and stamped(lock) == fingerprint(lock):
        return
    if not made:
        make_venv()
    say("Installing {} (first time, or it changed) ...".format(os.path.basename(lock)))
    install(lock)
    stamp(lock)


def make_venv() -> None:
    """Make .venv with pip in it."""
    try:
        import ensurepip  # noqa: F401  # Debian ships Python without it
        import venv
    except ImportError:
        raise Stop("this Python has no venv module; on Debian and Ubuntu: apt-get install python3-venv.") from None
    say("Making .venv ...")
    try:
        venv.create(VENV, clear=True, with_pip=True)
    except OSError as error:
        raise Stop("cannot make .venv: {}.".format(error.strerror)) from None


def install(lock: str) -> None:
    """Install the lock: with uv, which takes seconds, else with pip."""
    uv = shutil.which("uv") or fetched_uv()
    if uv:
        command = [uv, "pip", "install", "--quiet", "--require-hashes", "-r", lock]
        if subprocess.call(command, env=dict(os.environ, VIRTUAL_ENV=VENV)) == 0:
            return
        say("uv did not succeed; trying pip ...")
    subprocess.check_call(pip("--require-hashes", "-r", lock))


def fetched_uv() -> str:
    """Install uv into .venv; empty when that is not possible."""
    uv, lock = os.path.join(VENV, "bin", "uv"), os.path.join(HERE, "requirements-uv.txt")
    if not os.path.exists(uv) and subprocess.call(pip("--require-hashes", "-r", lock)) != 0:
        return ""
    return uv


def pip(*arguments: str) -> "list[str]":
    """Make a command line of .venv's pip."""
    return [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]


def fingerprint(lock: str) -> str:
    """Hash the lock (SHA-256, hexadecimal)."""
    with open(lock, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def stamped(lock: str) -> str:
    """Read the hash of the lock that was installed last; empty when none was."""
    try:
        with open(stamp_of(lock)) as file:
            return file.read()
    except OSError:
        return ""


def stamp(lock: str) -> None:
    """Note that the lock, and what it includes, is installed."""
    name = os.path.basename(lock)
    for done in [name, *INCLUDED.get(name, [])]:
        with open(stamp_of(done), "w") as file:
            file.write(fingerprint(os.path.join(HERE, done)))


def stamp_of(lock: str) -> str:
    """Name the file that notes which version of a lock is installed."""
    return os.path.join(VENV, os.path.basename(lock) + ".sha256")


def say(text: str) -> None:
    """Tell what takes a while; on standard error, because `run --json` is for programs."""
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
