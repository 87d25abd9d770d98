"""Journeys: Chromium with scripts on and off, at a Gatepost whose time is real."""

import copy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from chalicelib import config
from local.emulator import Rows, copied_rows, put_back
from local.server import Server
from tests.crew import Crew
from tests.journeys.callback import Callback, listening
from tests.journeys.screen import Screen
from tests.make import App, World
from tests.ports import free_port
from tools import chromium as installed

Windows = dict[bool, list[Screen]]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all journeys; every test has a context of its own."""
    expect.set_options(timeout=30_000)  # milliseconds: a busy machine is slow, not wrong
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed.found(), args=installed.FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def peopled(provisioned: Rows) -> tuple[World, Rows]:
    """What `world` starts from: made now, because Chromium's clock cannot be stopped."""
    put_back(provisioned)
    return World.with_people(), copied_rows()


@pytest.fixture
def world(peopled: tuple[World, Rows], store: None) -> World:
    """A server with the provider on, Maya (System Admin), Leo and Ana (members); time goes on."""
    put_back(peopled[1])
    return copy.copy(peopled[0])


@pytest.fixture(scope="module")
def staged_crew(peopled: tuple[World, Rows]) -> tuple[Crew, Rows]:
    """What `crew` starts from: made now as well, or its sessions would have ended."""
    put_back(peopled[1])
    return Crew.of(peopled[0]), copied_rows()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts: every journey works either way."""
    return bool(request.param)


@pytest.fixture(scope="session")
def windows(chromium: Browser) -> Iterator[Windows]:
    """Windows by whether they run scripts, kept open: a new one costs more than most journeys."""
    kept: Windows = {True: [], False: []}
    yield kept
    for screen in kept[True] + kept[False]:
        screen.context.close()


@pytest.fixture
def open_screen(
    chromium: Browser, server: Server, store: None, scripts: bool, windows: Windows
) -> Iterator[Callable[[], Screen]]:
    """Open the window of a signed-out person; at the end every console must have stayed silent."""
    ready, used = list(windows[scripts]), []

    def opened() -> Screen:
        if not ready:
            ready.append(Screen(chromium.new_context(java_script_enabled=scripts, locale="en-GB")))
            windows[scripts].append(ready[0])
        used.append(ready.pop(0))
        return used[-1]

    yield opened
    assert [fault for screen in used for fault in screen.left()] == []


@pytest.fixture
def screen(open_screen: Callable[[], Screen]) -> Screen:
    """A signed-out person's window."""
    return open_screen()


@pytest.fixture
def callback() -> Iterator[Callback]:
    """Somebody else's server, on another origin."""
    with listening() as server:
        yield server


@pytest.fixture
def elsewhere() -> Iterator[Callback]:
    """And a third origin."""
    with listening() as server:
        yield server


@pytest.fixture(scope="module")
def sample_home() -> Iterator[str]:
    """Where the sample client is: a process of its own, started as `dev.py run` does."""
    port = free_port()
    command = [sys.executable, "-m", "local.sample_client", "--port", str(port), "--server", config.current().issuer]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == f"Sample client at http://127.0.0.1:{port}\n"
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def sample_app(world: World, sample_home: str) -> App:
    """The sample client's registration."""
    return world.app(name="Sample Client", redirect_uris=[f"{sample_home}/callback"])


@pytest.fixture
def sample(sample_home: str, sample_app: App, world: World, screen: Screen) -> Screen:
    """Leo's window at the sample client, which knows an application that somebody registered."""
    screen.holding(world.session(world.leo)).open(sample_home)
    screen.page.get_by_label("Client ID").fill(sample_app.client_id)
    screen.page.locator("#client_secret").fill(sample_app.secret)
    return screen.press("Save").says("Saved. Nothing was sent to the server yet.")
