"""Attack 25, the part HTTP can show: markup in every field of an application, on every page that shows it."""

import pytest

from tests.browser import Answer, Browser, api
from tests.hostile import PAYLOADS, Markup, harmless
from tests.make import CALLBACK, App, World

ADDRESS_PAYLOADS = [
    'https://standup.example.net/"><x-marker>',
    "https://standup.example.net/'><x-marker>",
    'https://standup.example.net/"onmouseover="marker()',
    "https://standup.example.net/?a=<script>marker()</script>",
]
TEXT_PAYLOADS = [payload for payload in PAYLOADS if payload.isprintable()]
CASES = [
    *({"name": payload} for payload in TEXT_PAYLOADS if set(payload) & set("<>\"'")),
    {"name": "{{ 7777 * 7777 }}", "description": "\n".join(TEXT_PAYLOADS)},
    *({field: payload} for payload in ADDRESS_PAYLOADS for field in ("homepage", "icon_url", "callback_urls")),
]


def register(world: World, changes: dict[str, str]) -> App | None:
    """Register an app over the API with markup in some fields; None if it was refused."""
    body: dict[str, object] = {
        "name": "Standup Notes",
        "description": "Daily.",
        "homepage": "https://standup.example.net",
        **changes,
        "callback_urls": [CALLBACK, *([changes["callback_urls"]] if "callback_urls" in changes else [])],
    }
    answer = harmless(api("POST", "/oauth/apps", world.session(world.maya), body))
    assert answer.status in {201, 400}
    return App(answer.json["id"], answer.json["client_secret"], CALLBACK) if answer.status == 201 else None


def pages(world: World, app: App, callback: str) -> list[Answer]:
    """Every page that shows an application, to its owner and to others."""
    maya = Browser().holding(world.session(world.maya))
    consent = maya.authorize(app, redirect_uri=callback)
    one = f"/integrations/oauth2-apps/{app.client_id}"
    return [
        Browser().get(Browser().authorize(app, redirect_uri=callback).goes_to),
        consent,
        maya.decide(consent, "deny"),
        maya.decide(consent, "allow"),
        maya.get("/account/security/oauth2-apps"),
        maya.get(f"/account/security/oauth2-apps/{app.client_id}/revoke"),
        maya.get("/integrations/oauth2-apps"),
        maya.get(f"{one}/credentials"),
        maya.get(f"{one}/edit"),
        maya.get(f"{one}/regenerate"),
        maya.get(f"{one}/delete"),
    ]


@pytest.mark.parametrize("changes", CASES, ids=lambda changes: ascii(changes)[:60])
def test_no_field_of_an_application_is_ever_markup(browser: Browser, world: World, changes: dict[str, str]) -> None:
    """Attack 25: autoescaping, http(s) only, CSP without `unsafe-inline`."""
    app = register(world, changes)
    if app is None:
        assert not changes.keys() & {"name", "description"}  # text is shown as what it is; an address may be refused
        return

    shown = pages(world, app, changes.get("callback_urls", CALLBACK))

    assert [harmless(answer).status for answer in shown] == [200] * len(shown)
    for answer in shown:
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert not [link for link in answer.page.links if not link.startswith(("/", "#", "https://", "http://"))]


@pytest.mark.parametrize("field", ["homepage", "icon_url", "callback_urls"])
@pytest.mark.parametrize("scheme", ["javascript:", "JaVaScRiPt:", "data:text/html,", "vbscript:", "file:///", "//"])
def test_no_address_of_an_application_is_a_script(browser: Browser, world: World, field: str, scheme: str) -> None:
    """Attack 25: http(s)-only URL parser."""
    assert register(world, {field: f"{scheme}marker()"}) is None


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "response_type", "scope"])
def test_nothing_that_was_sent_is_markup_on_a_refusal(browser: Browser, app: App, name: str) -> None:
    """Attack 25: reflection of unknown client, address and error descriptions."""
    answers = [harmless(browser.authorize(app, **{name: payload})) for payload in PAYLOADS]

    assert not [answer for answer in answers if "marker" in answer.answer.get("error_description", "")]


def test_the_check_itself_notices_markup() -> None:
    """A test that cannot fail shows nothing."""
    found = Markup('<p title=""><x-marker data-marker=1 onclick=x></p><script>y</script>')

    assert {"x-marker", "data-marker", "onclick"} <= found.names
    assert found.scripts == "y"
