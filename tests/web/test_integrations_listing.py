"""The doorway and the list of applications (ux 6.4, 6.5; issue 2 items 4 and 11)."""

import re

import pytest

from tests.browser import Answer, Browser
from tests.make import CALLBACK, App, World
from tests.web.app_forms import BASE, NEW, add

RESTRICTED = "Only System Admins can register and manage applications here."


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


@pytest.fixture
def leo(world: World, maya: Browser) -> Browser:
    """A member's browser, while members may register applications."""
    world.set(admins_only=False)
    return Browser().holding(world.session(world.leo))


def names(answer: Answer) -> list[str]:
    """The applications a list shows, in order."""
    return re.findall(r'/credentials"><bdi>(.*?)</bdi>', answer.text)


# --- doorway ----------------------------------------------------------------------------------------------------


def test_an_admin_finds_the_ways_in(maya: Browser) -> None:
    """Ux 6.4; the seed: Main menu > Integrations > OAuth 2.0 Applications."""
    page = maya.get("/integrations").page
    assert {BASE, "/account/security/oauth2-apps", "/admin/integrations/custom"} <= set(page.links)


def test_with_the_provider_off_an_admin_is_led_to_the_switch(maya: Browser, world: World) -> None:
    """Ux 6.4, states."""
    world.set(provider_on=False)
    page = maya.get("/integrations").page
    assert "OAuth 2.0 is off. Apps cannot sign anyone in." in page.text
    assert "/admin/integrations/custom" in page.links
    assert BASE not in page.links


def test_with_the_provider_off_a_member_is_told_who_can_turn_it_on(leo: Browser, world: World) -> None:
    """Ux 6.4, states."""
    world.set(provider_on=False)
    page = leo.get("/integrations").page
    assert "OAuth 2.0 is switched off on this server. A System Admin can turn it on." in page.text
    assert not {"/admin/integrations/custom", BASE} & set(page.links)


def test_a_restricted_member_sees_why_there_is_no_way_in(leo: Browser, world: World) -> None:
    """Ux 6.4: hiding the menu leaves people searching."""
    world.set(admins_only=True)
    page = leo.get("/integrations").page
    assert "Only System Admins can register applications here." in page.text
    assert BASE not in page.links


# --- list -------------------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_would_be_here(maya: Browser) -> None:
    """Ux 6.5, empty."""
    page = maya.get(BASE).page
    text = "No applications yet. Register one to let other software sign people in with Gatepost or call its API."
    assert text in page.text
    assert NEW in page.links


def test_a_line_shows_what_the_seed_names(maya: Browser, world: World) -> None:
    """Ux 6.5, row; no count, no last use in this step."""
    app = world.app(trusted=True, pkce_exempt=True, icon_url="https://standup.example.net/icon.png")
    answer = maya.get(BASE)
    text = answer.text.replace("<wbr>", "")
    wanted = ["Trusted", "Sign-in without PKCE", app.client_id, app.secret[-4:], "23 Nov 2026", ">you<", CALLBACK]
    assert [each for each in wanted if each not in text] == []
    own = f"{BASE}/{app.client_id}"
    assert {f"{own}/credentials", f"{own}/edit", f"{own}/delete", f"{own}/regenerate"} <= set(answer.page.links)
    assert app.secret not in text


def test_icons_tell_their_host_nothing_about_who_looks(maya: Browser, world: World) -> None:
    """Issue 2: `img-src 'self' https:` where icons are listed, with `referrerpolicy="no-referrer"`."""
    world.app(icon_url="https://standup.example.net/icon.png")
    answer = maya.get(BASE)
    picture = re.search(r"<img [^>]*icon\.png[^>]*>", answer.text)
    assert picture is not None
    assert 'referrerpolicy="no-referrer"' in picture[0]
    assert "img-src 'self' https:;" in answer.headers["Content-Security-Policy"]


def test_a_public_client_is_marked(maya: Browser, world: World) -> None:
    """Ux 6.5: None, it uses PKCE."""
    world.app(public=True)
    text = maya.get(BASE).page.text
    assert "Public client, PKCE" in text
    assert "None, it uses PKCE" in text


def test_the_list_is_sorted_by_name_whatever_its_case(maya: Browser, world: World) -> None:
    """Ux 6.5."""
    for name in ("beta", "Alpha", "gamma", "Beta 2"):
        world.app(name=name)
    assert names(maya.get(BASE)) == ["Alpha", "beta", "Beta 2", "gamma"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("standup", ["Standup"]),
        ("STAND", ["Standup"]),
        ("zap", ["Zapier"]),
        ("hooks.example", ["Zapier"]),
        ("example.", ["Standup", "Zapier"]),
        ("/callback", []),
        ("%", []),
        (".*", []),
        ("<b>", []),
    ],
)
def test_search_finds_name_and_callback_host(query: str, found: list[str], maya: Browser, world: World) -> None:
    """Ux 6.5: "which app is it that sends people to X?"."""
    world.app(name="Standup")
    world.app(name="Zapier", redirect_uris=["https://hooks.example.com/callback"])
    assert names(maya.get(BASE, q=query)) == found


def test_search_finds_the_client_id(maya: Browser, world: World) -> None:
    """Ux 6.5."""
    world.app(name="Other")
    app = world.app(name="Standup")
    assert names(maya.get(BASE, q=app.client_id)) == ["Standup"]


def test_nothing_found_says_so_and_offers_a_way_back(maya: Browser, world: World) -> None:
    """Ux 6.5; what was searched for is shown as text."""
    world.app()
    answer = maya.get(BASE, q="<i>standp")
    assert "Nothing matches “ <i>standp ”. Clear search" in answer.page.text
    assert f"{BASE}?show=all" in answer.page.links
    assert "<i>" not in answer.text


def test_an_admin_filters_all_mine_and_trusted_with_counts(maya: Browser, world: World) -> None:
    """Ux 6.5."""
    world.app(name="Mine")
    world.app(world.leo, name="Leo's")
    world.app(world.leo, name="Trusted", trusted=True)
    page = maya.get(BASE, show="nonsense")
    assert "All 3 Mine 1 Trusted 1" in page.page.text
    shown = [names(maya.get(BASE, show=show)) for show in ("all", "mine", "trusted")]
    assert shown == [["Leo&#39;s", "Mine", "Trusted"], ["Mine"], ["Trusted"]]


def test_a_member_sees_only_their_own(leo: Browser, world: World) -> None:
    """Issue 2 item 11; no address changes that."""
    world.app(name="Maya's")
    world.app(world.leo, name="Mine")
    assert names(leo.get(BASE)) == ["Mine"]
    assert names(leo.get(BASE, show="all", q="aya")) == []
    assert "Trusted" not in leo.get(BASE).page.text


def test_25_fit_on_a_page_and_real_links_lead_on(maya: Browser, world: World) -> None:
    """Ux 6.5."""
    for number in range(27):
        world.app(name=f"App {number:02}")
    first = maya.get(BASE, q="app")
    assert len(names(first)) == 25
    onward = next(link for link in first.page.links if "start=" in link)
    second = maya.get(onward)
    assert names(second) == ["App 25", "App 26"]
    assert names(maya.get(next(link for link in second.page.links if "start=0" in link))) == names(first)


@pytest.mark.parametrize("start", ["-1", "x", "999", "²", "1" * 40])
def test_a_start_that_leads_nowhere_is_the_first_page(start: str, maya: Browser, world: World) -> None:
    """Nothing a caller sends gives a 500."""
    world.app()
    assert names(maya.get(BASE, start=start)) == ["Standup Notes"]


def test_names_people_typed_are_text(maya: Browser, world: World) -> None:
    """Attack: markup in every field that may hold it."""
    world.app(name="<script>alert(1)</script>", description='"><img src=x onerror=alert(1)>')
    text = maya.get(BASE).text
    assert "<script>alert" not in text
    assert "<img src=x" not in text


# --- restricted -------------------------------------------------------------------------------------------------


def test_back_to_restricted_they_cannot_manage_even_their_own(leo: Browser, world: World) -> None:
    """Issue 2 item 11: with the next request, on every page."""
    assert add(leo, name="Mine").status == 303
    made: App = world.app(world.leo)
    form = leo.get(f"{BASE}/{made.client_id}/delete")
    world.set(admins_only=True)
    own = [f"{BASE}/{made.client_id}/{page}" for page in ("credentials", "edit", "regenerate", "delete")]
    answers = [leo.get(path) for path in (BASE, NEW, *own)]
    assert {answer.status for answer in answers} == {403}
    assert all(RESTRICTED in answer.page.text for answer in answers)
    assert leo.submit(form, own[-1]).status == 403
    assert world.client(made.client_id).version == 1


@pytest.mark.parametrize("path", [BASE, NEW])
def test_with_the_provider_off_the_pages_say_so(path: str, maya: Browser, world: World) -> None:
    """Ux 6.11: an admin gets the way to the switch."""
    world.set(provider_on=False)
    answer = maya.get(path)
    assert (answer.status, answer.page.h1) == (501, "OAuth 2.0 is off on this server")
    assert "/admin/integrations/custom" in answer.page.links


def test_nobody_is_asked_to_sign_in_first(browser: Browser) -> None:
    """And comes back afterwards."""
    answer = browser.get(BASE, q="a b")
    assert (answer.status, answer.goes_to) == (302, f"/login?redirect_to={BASE.replace('/', '%2F')}%3Fq%3Da%2520b")
