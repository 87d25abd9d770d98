"""The rules of the house that no type and no linter states: routes, rooms, sizes, words (DESIGN sections 4 and 7)."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = sorted([ROOT / "app.py", *(ROOT / "chalicelib").rglob("*.py")])
TEMPLATES = sorted((ROOT / "chalicelib").rglob("*.html"))
TEXTS = {".py", ".md", ".toml", ".json", ".html", ".css", ".js", ".txt", ".in", ".yml", ".sh"}
NOT_OURS = {"__pycache__", "node_modules"}
# What lets somebody in; `token` is one where it is text, else what was read from one.
SECRETS = re.compile(r"(secret|password|code|code_verifier|mac|pem|\w*token): (str|bytes)")
# Written apart, so that this file does not name them.
MACHINE = re.compile("|".join(["/" + "work/", "/" + "tmp/", "/" + "opt/", "/" + "root/", "/" + "home/"]))

every_module = pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))


@cache
def tree(path: Path) -> ast.Module:
    """A module, parsed."""
    return ast.parse(path.read_text())


def calls(path: Path) -> Iterator[str]:
    """What a module calls: the name, or `.name` for a method."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = node.func
            yield f".{called.attr}" if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def is_value(node: ast.ClassDef) -> bool:
    """Whether a class is a dataclass or a named tuple."""
    makers = map(ast.unparse, [*node.decorator_list, *node.bases])
    return any(maker.startswith(("dataclass", "NamedTuple")) for maker in makers)


def in_store(path: Path) -> bool:
    """Whether a module is in the room that knows DynamoDB."""
    return "store" in path.relative_to(ROOT).parts


@every_module
def test_a_module_has_at_most_300_lines(path: Path) -> None:
    """DESIGN section 7."""
    assert len(path.read_text().splitlines()) <= 300


@every_module
def test_a_function_has_at_most_40_lines(path: Path) -> None:
    """DESIGN section 7."""
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    assert [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= 40] == []


@every_module
def test_a_value_that_holds_a_secret_does_not_print_it(path: Path) -> None:
    """DESIGN section 4: no log, traceback or failing test may show what lets somebody in."""
    classes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef) and is_value(node)]
    shown = [f"{c.name}: {field}" for c in classes for field in map(ast.unparse, c.body) if SECRETS.match(field)]

    assert [field for field in shown if "repr=False" not in field] == []


@every_module
def test_records_are_written_by_named_transitions_only(path: Path) -> None:
    """DESIGN section 1: PynamoDB's own writes carry no condition, no mark and no audit."""
    called = [ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    suspicious = [
        name for name in called if re.search(r"\.(save|update|delete|refresh|(put|update|delete)_item)$", name)
    ]

    # Headers are a dictionary, the administrators a set; the rest are functions of ours with these names.
    harmless = re.compile(
        r".*headers\.update|Admins\.user_ids\.delete|registration\.delete|resource_servers\.delete|tokens\.refresh"
    )
    assert [name for name in suspicious if not harmless.fullmatch(name)] == []


@every_module
def test_only_the_checker_of_redirect_uris_makes_a_place_to_send_a_browser_to(path: Path) -> None:
    """DESIGN section 4: redirect only to a `RedirectTarget`."""
    if path.name == "redirect_uris.py":
        return
    assert {"ClientAddress", "RedirectTarget"} & set(calls(path)) == set()


@every_module
def test_only_the_configuration_reads_the_environment(path: Path) -> None:
    """DESIGN section 8: no branch on "local" inside the product."""
    if path.name == "config.py":
        return
    assert not re.search(r"\benviron\b|\bgetenv\b", path.read_text())


@every_module
def test_only_the_store_asks_dynamodb(path: Path) -> None:
    """DESIGN section 7: one door per library."""
    if in_store(path):
        return
    assert {".dispatch", ".from_raw_data"} & set(calls(path)) == set()


@every_module
def test_a_module_says_what_it_is(path: Path) -> None:
    """DESIGN section 7."""
    assert ast.get_docstring(tree(path)) is not None


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_escape_everything(path: Path) -> None:
    """Checklists, markup: nothing a caller sends is executed."""
    text = path.read_text()

    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup\(", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", text)  # the CSP would not run it


def texts() -> list[Path]:
    """Every text of the repository."""
    top = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXTS]
    rooms = [path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")]
    deep = [path for room in rooms for path in room.rglob("*") if path.is_file() and path.suffix in TEXTS]
    return sorted(path for path in [*top, *deep] if not NOT_OURS & set(path.parts))


@pytest.mark.parametrize("path", texts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_names_a_place_on_somebodys_machine(path: Path) -> None:
    """A clone works wherever it is."""
    assert not MACHINE.search(path.read_text())
