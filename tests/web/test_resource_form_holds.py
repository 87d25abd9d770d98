"""Whatever is typed into the form of a resource server: never a 500, never markup, and it comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser import Browser
from tests.make import World
from tests.web.app_forms import fields
from tests.web.test_forms_hold import TYPED, moderately

NEW = "/admin/resource-servers/new"


@pytest.fixture
def maya(browser: Browser, world: World) -> Browser:
    """The System Admin's browser."""
    return browser.holding(world.session(world.maya))


@moderately
@given(typed=st.fixed_dictionaries({"identifier": TYPED, "name": TYPED, "token_lifetime": TYPED}))
def test_the_form_of_a_resource_server_keeps_what_was_typed(maya: Browser, typed: dict[str, str]) -> None:
    """Ux 2: "Never lose typing"; without a scope nothing is ever registered."""
    answer = maya.submit(maya.get(NEW), NEW, **typed)

    assert answer.status == (400 if {"\x00", "\ufffd"} & set("".join(typed.values())) else 422)
    assert "<script>alert" not in answer.text
    if answer.status == 422:
        held = fields(answer, NEW)
        assert {name: held[name] for name in typed} == {name: text.strip() for name, text in typed.items()}
