"""Attack 25, continued: markup in whatever people and programs call themselves and write, on every page that shows it.

Pictures that people upload are not built; a person's picture is a drawing of ours, with letters of their name.
"""

from typing import Any

import pytest

from tests.browser import Answer, Browser, api, call, exchange
from tests.hostile import harmless
from tests.make import CALLBACK, PASSWORD, App, World
from tests.web.api.registering import app_of, register

# One for each way out: of text, of either kind of quotes, of a field that holds text, and of the template itself.
SAYING = [
    "<script>marker()</script>",
    '"><x-marker data-marker=1>',
    "' data-marker='1",
    "</textarea><x-marker>",
    "{{ 7777 * 7777 }}",
]
CUSTOM = {"name_override": True, "icon_override": True}


class Place:
    """A team with a channel of Maya's, all of it named and filled by somebody who means harm."""

    def __init__(self, world: World, payload: str) -> None:
        world.set(**CUSTOM)
        self.world, self.payload = world, payload
        self.session = world.session(world.maya)
        self.maya = Browser()
        self.maya.http.headers["User-Agent"] = payload.encode("ascii", "ignore").decode()
        self.maya.sign_in("maya")
        person = {"username": "mallory", "email": "m'x@example.com", "password": PASSWORD}
        self.mallory = self._made("/users", **person)["id"]
        self.patched = self._patched(f"/users/{self.mallory}/patch", "first_name", "last_name", "nickname", "position")
        self._patched(f"/users/{world.maya.user_id}/patch", "first_name", "nickname")
        team = self._made("/teams", name="otters", display_name="Otters", type="O")["id"]
        self._patched(f"/teams/{team}/patch", "display_name", "description")
        self.channel = self._made("/channels", team_id=team, name="river", display_name="River", type="O")["id"]
        self._patched(f"/channels/{self.channel}/patch", "display_name", "header", "purpose")
        self.post = self._made("/posts", channel_id=self.channel, message=payload, props=self._props())["id"]
        self._made("/posts", channel_id=self.channel, message=payload, root_id=self.post)
        self.app = world.app(name="Robot")
        bearer = exchange(self.app, self.maya.allow(self.app)).json["access_token"]
        props = self._props()
        answer = api("POST", "/posts", bearer, {"channel_id": self.channel, "message": payload, "props": props})
        assert answer.status == 201, answer.text

    def _props(self) -> dict[str, str]:
        return {
            "from_webhook": "true",
            "override_username": self.payload,
            "override_icon_url": f"https://standup.example.net/{self.payload}",
        }

    def _made(self, path: str, **members: Any) -> dict[str, Any]:
        answer = harmless(api("POST", path, self.session, members))
        assert answer.status == 201, answer.text
        made: dict[str, Any] = answer.json
        return made

    def _patched(self, path: str, *names: str) -> set[str]:
        """The fields that took it; each is tried by itself."""
        tried = {name: harmless(api("PUT", path, self.session, {name: self.payload})).status for name in names}
        return {name for name, status in tried.items() if status == 200}

    def pages(self) -> list[Answer]:
        """Every page that shows any of it."""
        one, channel = f"/admin/users/{self.mallory}", f"/channels/{self.channel}"
        invite = self.maya.get("/admin/users/invite")
        asking = ("role", "reset-link", "sign-out", "revoke-apps", "deactivate")
        shown = [self.maya.get(f"{one}/{page}") for page in asking]
        return [
            *shown,
            self.maya.get("/admin/users"),
            self.maya.get("/admin/users", q=self.payload),
            self.maya.get(one),
            self.maya.submit(shown[1], f"{one}/reset-link"),
            self.maya.submit(invite, "/admin/users/invite", emails=f"{self.payload}\nkim@example.com", role="member"),
            self.maya.get("/admin/integrations/custom"),
            self.maya.get("/channels", show="all"),
            self.maya.get(channel),
            self.maya.get(f"{channel}/thread/{self.post}"),
            self.maya.get(f"{channel}/posts/{self.post}/delete"),
            self.maya.get("/account"),
            self.maya.get("/account/profile"),
            self.maya.get("/account/security/sessions"),
            self.maya.get("/account/security/sessions/sign-out-others"),
            self.maya.get("/account/security/password"),
            self.maya.authorize(self.world.app(name="Another")),
        ]


@pytest.mark.parametrize("payload", SAYING, ids=lambda payload: ascii(payload)[:40])
def test_nothing_people_write_is_ever_markup(browser: Browser, world: World, payload: str) -> None:
    """Attack 25: names, positions, teams, channels, posts, the names programs post under, the browsers people use."""
    place = Place(world, payload)

    shown = place.pages()

    assert {answer.status for answer in shown} <= {200, 302, 422}
    assert [harmless(answer).status for answer in shown].count(200) >= len(shown) - 1
    assert place.patched  # some field took it
    assert not [
        link for answer in shown for link in answer.page.links if not link.startswith(("/", "#", "https://", "http://"))
    ]


@pytest.mark.parametrize("payload", SAYING, ids=lambda payload: ascii(payload)[:40])
def test_nothing_a_program_registers_is_ever_markup(leo: Browser, world: World, payload: str) -> None:
    """Attack 25: what nobody looked at before people are asked about it."""
    world.set(dynamic_registration=True)
    answer = harmless(register(client_name=payload, client_uri="https://tool.example.net", redirect_uris=[CALLBACK]))
    assert answer.status == 201, answer.text
    app = app_of(answer.json)

    consent = harmless(leo.authorize(app))
    handed_over = harmless(leo.decide(consent, "allow"))
    listed = harmless(leo.get("/account/security/oauth2-apps"))

    assert [page.status for page in (consent, handed_over, listed)] == [200, 200, 200]


@pytest.mark.parametrize("payload", SAYING, ids=lambda payload: ascii(payload)[:40])
def test_nothing_an_administrator_is_tricked_into_is_ever_markup(leo: Browser, world: World, payload: str) -> None:
    """Attack 25: the name of the server, and what another API says its scopes mean."""
    world.set(site_name=payload[:30])
    calendar = world.resource(name=payload[:64], scopes=[("calendar:read", payload)])
    app: App = world.app()

    consent = harmless(leo.authorize(app, resource=calendar.redirect_uri, scope="calendar:read"))

    assert consent.page.h1.startswith("Allow ")
    assert [harmless(call("GET", path)).status for path in ("/login", "/help", "/nothing")] == [200, 200, 404]
