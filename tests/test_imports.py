"""Imports point inward: schemas → adminapp; views, exports, seed → schemas, adminapp; never each other."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "adminapp": set(),
    "schemas": {"adminapp"},
    "views": {"adminapp", "schemas"},
    "exports": {"adminapp", "schemas"},
    "seed": {"adminapp", "schemas"},
}
COMPOSITION_ROOT = {"adminapp.app", "adminapp.cli"}
MODULES = sorted(path.relative_to(ROOT) for name in MAY_IMPORT for path in (ROOT / name).rglob("*.py"))


def read_imports(path, source):
    """Return the absolute dotted names that a module imports, also inside functions."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = list(path.with_suffix("").parts[: -node.level]) if node.level else []
            base = ".".join(package + ([node.module] if node.module else []))
            names += [f"{base}.{alias.name}" for alias in node.names]
    return names


def check_imports(path, source):
    """Return a sentence for each import that points the wrong way."""
    if ".".join(path.with_suffix("").parts) in COMPOSITION_ROOT:
        return []
    home = path.parts[0]
    wrong = []
    for name in read_imports(path, source):
        top = name.split(".")[0]
        outward = top != home and top in MAY_IMPORT and top not in MAY_IMPORT[home]
        if outward or ".".join(name.split(".")[:2]) in COMPOSITION_ROOT or top == "tests":
            wrong.append(f"{path} imports {name}")
    return wrong


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_inward(path):
    assert check_imports(path, (ROOT / path).read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("schemas/case.py", "import views.cases"),
        ("schemas/case.py", "from views import cases"),
        ("views/cases.py", "def show():\n    from exports import xlsx"),
        ("exports/xlsx.py", "from adminapp.app import create_app"),
        ("exports/xlsx.py", "from adminapp import cli"),
        ("adminapp/auth/login.py", "from schemas.user import User"),
        ("adminapp/auth/login.py", "from ..app import create_app"),
        ("seed/people.py", "import tests.people"),
    ],
)
def test_the_rule_catches_a_wrong_import(path, source):
    assert len(check_imports(Path(path), source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("adminapp/app.py", "from views import cases\nimport exports.xlsx"),
        ("adminapp/auth/login.py", "from ..errors import Forbidden"),
        ("views/cases.py", "from schemas.case import Case\nfrom adminapp import dates\nfrom .base import View"),
        ("exports/xlsx.py", "import xlsxwriter"),
    ],
)
def test_the_rule_allows_a_right_import(path, source):
    assert check_imports(Path(path), source) == []
