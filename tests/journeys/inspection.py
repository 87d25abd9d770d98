"""What every page must be, as one list of findings: accessible, narrow enough, light, and alone on the network."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import Page

from chalicelib import config
from tests.browser import call
from tests.journeys.screen import Screen

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 390, 360, 320)
Look = tuple[Literal["light", "dark"], int]
LOOKS: list[Look] = [("light", 1280), ("dark", 360)]
EVERY_LOOK: list[Look] = [(scheme, width) for scheme in ("light", "dark") for width in WIDTHS]
BUDGET = 40 * 1024  # bytes of document, stylesheet and script, gzipped (A16)

# Focuses one thing after another, as Tab does, and names those whose focus cannot be seen.
_UNSEEN = """() => {
  const seen = (element) => {
    element.focus();
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const there = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0;
    return document.activeElement !== element || (marked && there);
  };
  const all = document.querySelectorAll("a[href], button, input, textarea, select, summary, [tabindex='0']");
  const shown = [...all].filter((each) => each.checkVisibility() && each.type !== "hidden");
  return shown.filter((each) => !seen(each)).map((each) => each.outerHTML.slice(0, 120));
}"""


def findings(screen: Screen, *, home: str = "", images_elsewhere: bool = False) -> list[str]:
    """Everything that is wrong with the page that is open, at `home` or Gatepost; none is the only good answer."""
    page = screen.page
    return [
        *_went_out(screen, home or config.current().issuer, images_elsewhere=images_elsewhere),
        *_too_heavy(page),
        *_unseen_focus(page),
        *_too_wide(page),
        *inaccessible(page, LOOKS),
    ]


def _went_out(screen: Screen, home: str, *, images_elsewhere: bool) -> list[str]:
    here = urlsplit(home)
    abroad = [url for url in screen.asked if urlsplit(url)[:2] != here[:2]]
    return [f"asked for {url}" for url in abroad if not (images_elsewhere and url.startswith("https://"))]


def _too_heavy(page: Page) -> list[str]:
    addresses = page.locator("link[rel=stylesheet], script[src]").evaluate_all("all => all.map((x) => x.href || x.src)")
    parts = [page.content(), *(call("GET", address).text for address in addresses)]
    size = sum(len(gzip.compress(part.encode())) for part in parts)
    return [f"weighs {size:,} bytes"] if size >= BUDGET else []


def _unseen_focus(page: Page) -> list[str]:
    page.keyboard.press("Tab")  # from now on focus is shown, as for everybody who uses a keyboard
    return [f"focus cannot be seen on {html}" for html in page.evaluate(_UNSEEN)]


def _too_wide(page: Page) -> Iterator[str]:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            yield f"needs {needed} pixels at {width}"


def inaccessible(page: Page, looks: list[Look]) -> Iterator[str]:
    """What axe finds, in these colours and widths."""
    page.evaluate(AXE)
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 800})
        yield from (f"{scheme} at {width}: {found}" for found in _axe(page))


def _axe(page: Page) -> list[str]:
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    result: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {node['target']} {node['html'][:100]}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
