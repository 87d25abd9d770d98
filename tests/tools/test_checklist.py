"""The lines of the standards: each has a test, and docs/security.md says which."""

from pathlib import Path

import pytest

from tools import checklist


def test_every_line_has_a_test_or_a_reason() -> None:
    """The checklists are the specification; what is left out is said, and why."""
    assert checklist.untested() == []
    assert all(len(reason.split()) > 5 for reason in checklist.OMITTED.values())


def test_nothing_is_left_out_that_has_a_test() -> None:
    """A reason for leaving out what is there would be wrong."""
    assert set(checklist.OMITTED) & set(checklist.tests_by_id()) == set()
    assert set(checklist.OMITTED) <= set(checklist.LINES)


def test_no_test_names_a_line_there_is_none_of() -> None:
    """A mistyped id would prove nothing."""
    assert set(checklist.tests_by_id()) - set(checklist.LINES) == set()


def test_the_table_of_the_document_is_todays() -> None:
    """`python -m tools.checklist` writes it."""
    document = checklist.DOCUMENT.read_text()

    assert checklist.written(document) == document


def test_the_table_is_replaced_and_the_text_around_it_stays() -> None:
    """Only what is between the two marks is written."""
    document = f"Before\n{checklist.BEGIN}\nyesterday\n{checklist.END}\nAfter\n"

    written = checklist.written(document)

    assert written.startswith(f"Before\n{checklist.BEGIN}\n\n| Line |")
    assert written.endswith(f"|\n\n{checklist.END}\nAfter\n")
    assert "yesterday" not in written
    assert checklist.written(written) == written


def test_a_line_is_found_in_the_docstring_of_a_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the docstring of a test, and nowhere else."""
    (tmp_path / "tests").mkdir()
    text = '"""9207-1."""\ndef test_x():\n    """6749-1, oidc-5; not 6749-99x."""\ndef helper():\n    """7009-1."""\n'
    (tmp_path / "tests" / "test_a.py").write_text(text)
    monkeypatch.setattr(checklist, "ROOT", tmp_path)

    assert checklist.tests_by_id() == {"6749-1": ["tests/test_a.py::test_x"], "oidc-5": ["tests/test_a.py::test_x"]}


def test_the_command_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It writes the table all the same, and ends with 1."""
    document = tmp_path / "security.md"
    document.write_text(f"{checklist.BEGIN}\n{checklist.END}\n")
    (tmp_path / "tests").mkdir()
    monkeypatch.setattr(checklist, "DOCUMENT", document)
    monkeypatch.setattr(checklist, "ROOT", tmp_path)

    assert checklist.main() == 1

    assert "6749-1, 6749-2" in capsys.readouterr().out
    assert "not tested" in document.read_text()
