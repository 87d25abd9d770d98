"""The form of an application, filled in."""

from typing import Any

from tests.browser import Answer, Browser
from tests.make import CALLBACK

BASE = "/integrations/oauth2-apps"
NEW = f"{BASE}/new"
FILLED = {
    "name": "Standup Notes",
    "description": "Collects daily updates.",
    "homepage": "https://standup.example.net",
    "icon_url": "",
    "callback_urls": CALLBACK,
    "client_type": "server",
}


def add(browser: Browser, **filled: str) -> Answer:
    """Fill the add form in and save it."""
    return browser.submit(browser.get(NEW), NEW, **(FILLED | filled))


def edit(browser: Browser, client_id: str, **filled: str) -> Answer:
    """Change an application's form and save it."""
    path = f"{BASE}/{client_id}/edit"
    return browser.submit(browser.get(path), path, **filled)


def client_id_of(answer: Answer) -> str:
    """The application a form leads to."""
    return str(answer.goes_to.removeprefix(f"{BASE}/").partition("/")[0])


def fields(answer: Answer, action: str) -> dict[str, Any]:
    """What a form holds."""
    return {**answer.page.form(action).fields}
