"""The pages as text: what every one of them keeps to, and what they escape."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError

from chalicelib.web import pages
from tests.web.page_samples import PAGES
from tests.web.page_values import (
    CLIENT,
    FORM,
    FORM_PROBLEMS,
    MAYA,
    NASTY,
    app,
    app_form,
    app_list,
    common,
    confirm,
    consent,
    credentials,
    refusal,
)

TEMPLATES = Path(pages.__file__).parent / "templates"
FRAMES = {"base.html", "focus.html", "macros.html", "account/settings.html", "console/frame.html"}
FRAMES |= {"channels/frame.html", "channels/posts.html"}
VOID = {"meta", "link", "input", "br", "img", "path", "rect", "circle", "wbr"}


class Outline(HTMLParser):
    """Elements of a page in order, and the text of its headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> list[str]:
        return [each["id"] or "" for _, each in self.elements if "id" in each]


def outline(name: str) -> Outline:
    return Outline(html(name))


def html(name: str) -> str:
    template, values = PAGES[name]
    return pages.render(template, **values)


every_page = pytest.mark.parametrize("name", PAGES)


def test_every_template_has_a_sample() -> None:
    files = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    assert files - FRAMES == {template for template, _ in PAGES.values()}


@every_page
def test_a_page_is_balanced_and_starts_with_the_doctype(name: str) -> None:
    seen = outline(name)
    assert (seen.unbalanced, seen.open) == ([], [])
    assert html(name).lstrip().startswith("<!doctype html>")


@every_page
def test_a_page_holds_no_inline_style_script_or_handler(name: str) -> None:
    seen = outline(name)
    names = {attribute for _, each in seen.elements for attribute in each}
    assert not [each for each in names if each.startswith("on") or each == "style"]
    assert not seen.all("style")
    assert [sorted(each) for each in seen.all("script")] == [["src", "type"]]


@every_page
def test_a_page_has_one_first_heading_one_main_and_a_title(name: str) -> None:
    seen = outline(name)
    assert [len(seen.all(tag)) for tag in ("h1", "main", "title")] == [1, 1, 1]
    assert seen.all("main")[0]["id"] == "main"
    title = re.search(r"<title>(.*)</title>", html(name))
    assert title
    assert title[1].endswith(" · Gatepost")


@every_page
def test_ids_are_unique_and_everything_that_points_at_one_finds_it(name: str) -> None:
    seen = outline(name)
    ids = seen.ids()
    assert len(ids) == len(set(ids))
    pointed = [each["for"] or "" for each in seen.all("label") if "for" in each]
    for _, each in seen.elements:
        for attribute in ("aria-describedby", "aria-labelledby"):
            pointed += (each.get(attribute) or "").split()
    pointed += [(each["href"] or "")[1:] for each in seen.all("a") if each["href"][:1] == "#"]  # type: ignore[index]
    assert set(pointed) <= set(ids)


@every_page
def test_every_field_has_a_label_and_every_post_its_token(name: str) -> None:
    seen = outline(name)
    labelled = {each.get("for") for each in seen.all("label")}
    visible = [each for each in seen.all("input") if each.get("type") != "hidden"]
    for field in visible + seen.all("textarea"):
        wrapped = field.get("type") in {"radio", "checkbox"}
        assert wrapped or field["id"] in labelled
    posts = [each for each in seen.all("form") if each.get("method") == "post"]
    tokens = [each for each in seen.all("input") if each.get("name") == "csrf"]
    assert len(posts) == len(tokens)


@every_page
def test_every_symbol_of_a_page_is_in_the_icon_file(name: str) -> None:
    sheet = (TEMPLATES.parent / "static" / "icons.svg").read_text()
    for each in outline(name).all("use"):
        address, _, symbol = (each["href"] or "").partition("#")
        assert address == pages.static("icons.svg")
        assert f'id="{symbol}"' in sheet


@every_page
def test_help_is_the_last_link(name: str) -> None:
    assert outline(name).all("a")[-1]["href"] == "/help"


def test_the_footer_names_the_version_of_gatepost_and_the_form_that_of_its_row() -> None:
    for name, version in (("edit", "4"), ("console", "7")):
        assert "version 0.1.0" in html(name)
        assert f'name="version" value="{version}"' in html(name)


def test_what_people_typed_is_escaped_wherever_it_appears() -> None:
    evil = app(**dict.fromkeys(("name", "description", "created_by", "secret_last_four"), NASTY))
    evil.redirect_uris = [NASTY]
    person = SimpleNamespace(**vars(MAYA) | {"name": NASTY, "username": NASTY})
    form = SimpleNamespace(**vars(FORM) | dict.fromkeys(("name", "callback_urls"), NASTY))
    client = SimpleNamespace(**vars(CLIENT) | {"name": NASTY, "redirect_uri": NASTY})
    for text in (
        pages.render("integrations/apps.html", **app_list(apps=[evil], query=NASTY, viewer=person)),
        pages.render("integrations/app_form.html", **app_form(form=form, problems={"name": NASTY})),
        pages.render("integrations/credentials.html", **credentials(app=evil, secret=None)),
        pages.render("oauth/consent.html", **consent(client=client, viewer=person)),
        pages.render("refusal.html", **refusal(heading=NASTY, details=[(NASTY, NASTY)])),
        pages.render("confirm.html", **confirm(effects=[NASTY], hidden={"name": NASTY})),
    ):
        assert "<script>alert" not in text
        assert "&lt;/title&gt;&lt;script&gt;" in text
        assert [sorted(each) for each in Outline(text).all("script")] == [["src", "type"]]


def test_a_homepage_that_is_not_on_the_web_is_no_link() -> None:
    client = SimpleNamespace(**vars(CLIENT) | {"homepage": "javascript:alert(1)"})
    text = pages.render("oauth/consent.html", **consent(client=client))
    assert not [each for each in Outline(text).all("a") if "javascript" in (each["href"] or "")]


def test_a_picture_is_asked_for_only_over_https_and_never_on_consent() -> None:
    pictures = outline("apps-picture").all("img")
    assert [(each["referrerpolicy"], each["loading"]) for each in pictures] == [("no-referrer", "lazy")]
    for plain in ("http://standup.example.net/i.png", "data:image/png,x", None):
        text = pages.render("integrations/apps.html", **app_list(apps=[app(icon_url=plain)]))
        assert not Outline(text).all("img")
    assert not outline("consent").all("img")


def refresh_target(text: str) -> str:
    """Where the meta element leads, read as the HTML standard reads it."""
    content = next(each["content"] for each in Outline(text).all("meta") if "http-equiv" in each)
    matched = re.fullmatch(r"""\s*0\s*[;,]\s*[uU][rR][lL]\s*=\s*(["']?)(.*)""", content or "", re.DOTALL)
    assert matched
    quote, rest = matched.groups()
    return rest.split(quote)[0] if quote else rest


@pytest.mark.parametrize(
    "target",
    [
        "https://app.example/cb?code=1&state=2",
        "https://app.example/cb?a='b'&c=\"d\"",
        "https://app.example/cb?x=1;url=https://evil.example",
        "https://app.example/cb?state=a b  c",
        "https://app.example/cb?state=%22%3E%3Cscript%3E&amp;lt;",
        'https://app.example/cb?"><script>alert(1)</script>',
        "https://app.example/cb?u=,;'\"` ü 日本",
        "com.example.app:/done?code=1;2",
        "/oauth/authorize?client_id=1&state='\"",
    ],
)
def test_the_handover_leads_exactly_to_its_target(target: str) -> None:
    text = pages.render("handover.html", **common(target=target, label="Standup Notes"))
    assert refresh_target(text) == target
    assert target in [each["href"] for each in Outline(text).all("a")]
    assert len(Outline(text).all("script")) == 1


def test_only_a_target_outside_the_browser_lets_people_close_the_tab() -> None:
    words = "You can close this tab"
    assert words in html("handover")
    for target in ("https://app.example/cb", "HTTP://127.0.0.1:9/cb", "/integrations"):
        assert words not in pages.render("handover.html", **common(target=target, label="X"))


def test_a_refused_form_says_so_in_its_title_at_the_top_and_at_the_field() -> None:
    text = html("add-wrong")
    assert "<title>Error: Add OAuth 2.0 Application" in text
    assert "Nothing was saved yet. Fix 2 things:" in text
    assert all(text.count(message) == 2 for message in FORM_PROBLEMS.values())
    assert '<a href="#callback_urls">' in text
    wrong = [each for _, each in Outline(text).elements if each.get("aria-invalid") == "true"]
    assert [each["id"] for each in wrong] == ["homepage", "callback_urls"]


def test_one_problem_of_the_whole_form_is_the_heading_itself() -> None:
    assert '<b id="problems">Email, username or password is not right.</b>' in html("login-wrong")


def test_a_message_of_several_lines_counts_as_several_problems() -> None:
    problems = {"callback_urls": "Callback URLs, line 1: a\nCallback URLs, line 2: b"}
    text = pages.render("integrations/app_form.html", **app_form(problems=problems))
    assert "Fix 2 things:" in text
    assert text.count('<a href="#callback_urls">') == 2


def test_a_form_keeps_what_was_typed_but_never_a_password() -> None:
    form = SimpleNamespace(**vars(FORM) | {"callback_urls": "\nhttps://a.example/\n"})
    text = pages.render("integrations/app_form.html", **app_form(form=form))
    assert ">\n\nhttps://a.example/\n</textarea>" in text
    passwords = [
        each
        for name in ("login-wrong", "setup-wrong")
        for each in outline(name).all("input")
        if each.get("type") == "password"
    ]
    assert [each["value"] for each in passwords] == ["", ""]


def test_is_trusted_is_shown_only_to_those_who_may_set_it() -> None:
    assert "Is Trusted" in html("add")
    assert "Is Trusted" not in html("edit-device")


def test_acting_permissions_come_last_on_the_consent_page() -> None:
    text = html("consent")
    assert text.index("See who you are") < text.index("Read channels") < text.index("Post as you")


def test_everything_is_one_line_and_promises_no_more_than_a_token_can_do() -> None:
    """Ux 6.9; settings refuse OAuth tokens, so the System Console is not named."""
    text = html("consent-everything")
    assert text.count("Everything you can do on this server") == 1
    assert "See who you are" not in text
    assert "System Console" not in text


def test_a_refused_form_is_given_back_with_what_was_typed() -> None:
    """Ux 2, principle 4: never lose typing."""
    fields = outline("refusal-resend").all("input")
    assert [(field["name"], field["value"]) for field in fields][1:] == [("theme", "dark"), ("back", '"><script>')]


def test_consent_offers_deny_and_allow_in_that_order_and_focuses_nothing() -> None:
    decisions = [each for each in outline("consent").all("button") if "value" in each]
    assert [(each["name"], each["value"]) for each in decisions] == [
        ("decision", "deny"),
        ("decision", "allow"),
    ]
    assert "autofocus" not in html("consent")


def test_a_secret_is_on_its_own_page_alone() -> None:
    assert html("credentials").count("gps_saqjf") == 1
    assert "gps_" not in html("credentials-later")


def test_a_missing_value_is_an_error_and_not_a_blank() -> None:
    values = consent()
    del values["ticket"]
    with pytest.raises(UndefinedError):
        pages.render("oauth/consent.html", **values)
