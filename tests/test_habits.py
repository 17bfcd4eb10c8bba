"""The habits of this test suite, held by itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parent.rglob("test_*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_test_says_what_would_be_broken(file: Path) -> None:
    """A developer who breaks a test would not learn for whom it matters."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
            text = ast.get_docstring(node) or ""
            assert text.endswith("."), f"{file.name}: {node.name} has no sentence"
            assert "\n\n" not in text, f"{file.name}: {node.name} has more than one sentence"
