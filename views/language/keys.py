"""Every Chinese text that a screen may show, found in the sources, with where it stands: the keys of the catalogue.

Sentences with values in them become patterns: an f-string ``f"第 {n} 行有误"`` is the key "第 {0} 行有误", and what goes through
gettext keeps its names, "第 %(n)s 行有误".
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from jinja2.ext import babel_extract

from adminapp.declaration.diff import FORMULAS

ROOT = Path(__file__).parents[2]
HAN = re.compile("[\u4e00-\u9fff]")
PARTS = {
    "templates": "views/templates/**/*.html", "views": "views/**/*.py", "adminapp": "adminapp/**/*.py", "schemas": "schemas/**/*.yaml",
    "help": "views/help/**/*.yaml", "exports": "exports/bankfile.py",
}  # fmt: skip
"""File of the catalogue → its sources."""
PAPER = ("schemas/divisions.yaml", "schemas/legal_basis.yaml", "schemas/notices/", "schemas/golden/", "schemas/layouts/")
"""What is printed on Chinese papers only, or is data: names of places go by rule (rules.py), examples are invented people."""
TABLES = (
    "adminapp/pinyin.py", "adminapp/search/sounds.py", "adminapp/public/",
    "adminapp/commands/", "adminapp/cli.py", "views/language/reader.py", "views/language/rules.py",
)  # fmt: skip
"""Modules whose Chinese is no text for a screen: tables of characters, the public pages (Chinese by decision), commands."""
TEMPLATE_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}


def find() -> dict[str, dict[str, list[str]]]:
    """Return {part: {key: [file:line]}}; a key stands in the first part that has it."""
    found, seen = {}, set()
    for part, pattern in PARTS.items():
        keys: dict[str, list[str]] = {}
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith((*PAPER, *TABLES)):
                for line, key in READERS[path.suffix](path):
                    if key not in seen:
                        keys.setdefault(key, []).append(f"{name}:{line}")
        seen |= keys.keys()
        found[part] = keys
    return found


def of_template(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as file:
        for line, _function, message, _comments in babel_extract(file, ("_",), (), TEMPLATE_OPTIONS):
            for text in message if isinstance(message, tuple) else (message,):
                if text and HAN.search(text):
                    yield line, text


def of_python(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module: no docstrings, no regular expressions."""
    tree = ast.parse(path.read_text("utf-8"))
    passed = {id(node) for node in _passed(tree)}
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            text = pattern_of(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if HAN.search(text):
            yield node.lineno, text


def pattern_of(node: ast.JoinedStr) -> str:
    """Return an f-string with its values numbered: {0}, {1}, …"""
    number, text = 0, ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        else:
            text += f"{{{number}}}"
            number += 1
    return text


def _passed(tree):
    """Yield the nodes that are no texts: strings that stand alone, the parts of f-strings, what `re` compiles."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from (part for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
            yield from (part for argument in node.args for part in ast.walk(argument))


def of_yaml(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file, each with its line."""
    for node in _scalars(yaml.compose(path.read_text("utf-8"))):
        if HAN.search(node.value):
            yield node.start_mark.line + 1, node.value


def _scalars(node):
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _scalars(each)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value not in FORMULAS:
                yield from _scalars(value)


READERS = {".html": of_template, ".py": of_python, ".yaml": of_yaml}
