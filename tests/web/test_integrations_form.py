"""Adding an application (ux 6.6; issue 2 items 4 and 11)."""

import pytest

from chalicelib.store.clients import Client
from tests.browser import Browser
from tests.make import CALLBACK, SECOND_CALLBACK, World
from tests.web.app_forms import BASE, FILLED, NEW, add, client_id_of, edit, fields

LATE = "This page was open too long. Nothing was saved."


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


@pytest.fixture
def leo(world: World, maya: Browser) -> Browser:
    """A member's browser, while members may register applications."""
    world.set(admins_only=False)
    return Browser().holding(world.session(world.leo))


def stored(world: World, client_id: str) -> Client:
    """An application as it is."""
    return world.client(client_id)


def test_the_fields_are_there_in_order(maya: Browser) -> None:
    """Ux 6.6; the seed's names.  A radio without a choice and an empty box hold nothing."""
    answer = maya.get(NEW)
    assert [*fields(answer, NEW)] == [
        "csrf",
        "ticket",
        "is_trusted",
        "name",
        "description",
        "homepage",
        "icon_url",
        "callback_urls",
        "permissions",
        "sign_out_urls",
    ]
    labels = [
        "Is Trusted",
        "Display Name",
        "Description",
        "Homepage",
        "Icon URL (optional)",
        "Callback URLs (One Per Line)",
        "Where will it run?",
        "Allow sign-in without PKCE (older software)",
        "Permissions it may ask for",
        "Sign-out URLs (One Per Line) (optional)",
    ]
    places = [answer.page.text.index(label) for label in labels]
    assert places == sorted(places)
    assert "Everything here except the secret is shown to people on this server." in answer.page.text


def test_a_member_does_not_see_is_trusted(leo: Browser) -> None:
    """Ux 6.6, field 1."""
    answer = leo.get(NEW)
    assert "is_trusted" not in answer.text
    assert "Is Trusted" not in answer.page.text


def test_saving_registers_and_leads_to_the_credentials(maya: Browser, world: World) -> None:
    """Issue 2 item 4."""
    answer = add(maya, callback_urls=f"  {CALLBACK}\r\n\r\n{SECOND_CALLBACK}  \r\n")
    client_id = client_id_of(answer)
    assert (answer.status, answer.goes_to) == (303, f"{BASE}/{client_id}/credentials?just=registered")
    client = stored(world, client_id)
    flags = (client.trusted, client.public, client.pkce_exempt)
    assert (client.client_name, flags) == ("Standup Notes", (False, False, False))
    assert client.addresses == [CALLBACK, SECOND_CALLBACK]
    assert client.creator_id == world.maya.user_id


@pytest.mark.parametrize(
    ("filled", "public", "exempt"),
    [
        ({"client_type": "server"}, False, False),
        ({"client_type": "server", "pkce_exempt": "true"}, False, True),
        ({"client_type": "device"}, True, False),
        ({"client_type": "device", "pkce_exempt": "true"}, True, False),
    ],
)
def test_where_it_runs_decides_about_secret_and_pkce(
    filled: dict[str, str], public: bool, exempt: bool, maya: Browser, world: World
) -> None:
    """DESIGN section 4, PKCE: a public client is never exempt."""
    client = stored(world, client_id_of(add(maya, **filled)))
    assert (client.public, client.pkce_exempt, client.secret is None) == (public, exempt, public)


def test_a_member_who_sends_trusted_all_the_same_is_not_heard(leo: Browser, world: World) -> None:
    """Ux 6.6: the server ignores it too."""
    client_id = client_id_of(add(leo, is_trusted="true"))
    assert not stored(world, client_id).trusted
    edit(leo, client_id, is_trusted="true", name="Mine")
    assert (stored(world, client_id).client_name, stored(world, client_id).trusted) == ("Mine", False)


@pytest.mark.parametrize("pressed", [1, 2])
def test_trusting_is_asked_about_first_and_names_the_hosts(maya: Browser, world: World, pressed: int) -> None:
    """Ux 6.6, field 1: Yes goes through a confirm page; a second press of its button registers nothing more."""
    asked = add(maya, callback_urls=f"{CALLBACK}\n{SECOND_CALLBACK}", is_trusted="true")
    assert (asked.status, asked.page.h1) == (200, "Trust Standup Notes?")
    assert "People are sent to: standup.example.net." in asked.page.text

    answers = [maya.submit(asked, NEW) for _ in range(pressed)]

    client = stored(world, client_id_of(answers[-1]))
    assert (client.trusted, client.addresses) == (True, [CALLBACK, SECOND_CALLBACK])


def test_trusting_an_application_later_is_asked_about_too(leo: Browser, maya: Browser, world: World) -> None:
    """Ux 6.6, field 1."""
    client_id = client_id_of(add(leo))
    asked = edit(maya, client_id, is_trusted="true")
    assert not stored(world, client_id).trusted
    maya.submit(asked, f"{BASE}/{client_id}/edit")
    assert stored(world, client_id).trusted


def test_a_members_edit_keeps_the_trust_an_admin_gave(leo: Browser, maya: Browser, world: World) -> None:
    """Contract case 19, on the page."""
    client_id = client_id_of(add(leo))
    maya.submit(edit(maya, client_id, is_trusted="true"), f"{BASE}/{client_id}/edit")
    edit(leo, client_id, name="Mine")
    assert stored(world, client_id).trusted


def test_a_member_who_sends_people_elsewhere_loses_the_trust(leo: Browser, maya: Browser, world: World) -> None:
    """Ux 6.6: trust was given to the hosts an administrator saw."""
    client_id = client_id_of(add(leo))
    maya.submit(edit(maya, client_id, is_trusted="true"), f"{BASE}/{client_id}/edit")
    edit(leo, client_id, callback_urls=f"{CALLBACK}\nhttps://elsewhere.example/cb")
    assert not stored(world, client_id).trusted
    assert "People are asked again" in leo.get(f"{BASE}/{client_id}/credentials").page.text


def test_an_empty_form_lists_every_problem_at_once(maya: Browser) -> None:
    """Ux 10, A6: five problems, the title starts with "Error:", and links lead to the fields."""
    answer = maya.submit(maya.get(NEW), NEW)
    assert answer.status == 422
    assert answer.page.title.startswith("Error: ")
    messages = [
        "Nothing was saved yet. Fix 5 things:",
        "Enter a display name",
        "Enter a description",
        "Enter a homepage",
        "Enter at least one callback URL",
        "Choose where it will run",
    ]
    assert [message for message in messages if message not in answer.page.text] == []
    linked = [link for link in answer.page.links if link.startswith("#")]
    assert linked == ["#main", "#name", "#description", "#homepage", "#callback_urls", "#client_type"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "n" * 71, "Shorten the display name to 64 characters, it has 71"),
        ("name", "a\u202eb", "Remove hidden or direction-changing characters"),
        ("description", "d" * 530, "Shorten the description to 512 characters, it has 530"),
        (
            "homepage",
            "standup.example.net",
            "Start the homepage with https:// or http://, for example https://standup.example.net",
        ),
        ("homepage", "https://" + "h" * 250, "Shorten the homepage to 256 characters, it has 258"),
        ("icon_url", "icon.png", "Start the icon URL with https:// or http://"),
        ("callback_urls", f"{CALLBACK}\n{CALLBACK}#x", "Callback URLs, line 2: remove everything from # on"),
        ("callback_urls", "https://*.example.net/", "line 1: * is not allowed, list each address"),
        (
            "callback_urls",
            f"{CALLBACK}\n{CALLBACK}\nhttps://a:b@standup.example.net",
            "line 3: remove the user name and password",
        ),
        ("callback_urls", f"{CALLBACK}\ncom.example.app:/done", "line 2: start with https:// or http://"),
        ("client_type", "cloud", "Choose where it will run"),
    ],
)
def test_a_message_says_what_to_do_and_typing_is_kept(field: str, value: str, message: str, maya: Browser) -> None:
    """Ux 6.6 and 7: the limit and the current value; the same sentence in the summary and at the field."""
    answer = add(maya, **{field: value})
    assert answer.status == 422
    assert "Fix 1 thing:" in answer.page.text
    assert answer.page.text.count(message) == 2
    if field != "client_type":
        assert fields(answer, NEW)[field] == value
    others = {name: text for name, text in FILLED.items() if name != field}
    assert fields(answer, NEW).items() >= others.items()


def test_a_form_can_be_corrected_and_sent_again(maya: Browser, world: World) -> None:
    """Ux 2: never lose typing."""
    answer = maya.submit(add(maya, name=""), NEW, name="Second try")
    assert stored(world, client_id_of(answer)).client_name == "Second try"


def test_pressing_save_twice_registers_once(maya: Browser, world: World) -> None:
    """Ux 3.6: idempotent by the form's ticket."""
    form = maya.get(NEW)
    first, second = (maya.submit(form, NEW, **FILLED) for _ in range(2))
    assert client_id_of(first) == client_id_of(second)
    assert len({client.client_id for client in Client.scan()}) == 1


def test_a_ticket_of_another_session_gives_the_form_back_and_it_can_be_saved(maya: Browser, world: World) -> None:
    """Ux 2 and 3.4: an expired session keeps the form."""
    old = fields(maya.get(NEW), NEW)["ticket"]
    again = Browser().holding(world.session(world.maya))
    answer = add(again, ticket=old)
    assert answer.status == 422
    assert LATE in answer.page.text
    assert fields(answer, NEW).items() >= FILLED.items()
    assert again.submit(answer, NEW).status == 303


@pytest.mark.parametrize("ticket", ["", "x", "a-b.c", "y-99999999999999." + "0" * 64])
def test_a_forged_ticket_registers_nothing(ticket: str, maya: Browser) -> None:
    """The id of an application is never the caller's to choose."""
    assert add(maya, ticket=ticket).status == 422
    assert list(Client.scan()) == []


def test_a_ticket_is_good_for_twelve_hours(maya: Browser, world: World) -> None:
    """The form, the session kept alive meanwhile."""
    form = maya.get(NEW)
    for _ in range(2):
        world.clock.shift(6 * 3600)
        maya.get("/account")
    answer = maya.submit(form, NEW, **FILLED)
    assert LATE in answer.page.text
