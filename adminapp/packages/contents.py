"""What is in a package: read and proven to be what its names say, or collected from what is published."""

import hashlib
import json
from dataclasses import dataclass, field

from adminapp import golden
from adminapp.declaration import DeclarationError, read_text
from adminapp.declaration.problems import Problem
from adminapp.declaration.reader import load_yaml
from adminapp.errors import Invalid
from adminapp.golden import store as golden_store
from adminapp.packages.files import MANIFEST, STANDARDS
from adminapp.standards import from_text, to_text

FORMAT = "relief-package/1"
LONGEST_NAME = 60
MOST_PROBLEMS = 100


@dataclass(frozen=True)
class Contents:
    """Texts by key, exactly as they lie in the files; `name` says whose package it is: 湖南省."""

    name: str = ""
    types: dict = field(default_factory=dict)
    golden: dict = field(default_factory=dict)
    standards: str = ""

    def files(self) -> dict[str, str]:
        """Return {path: text}, in a fixed order."""
        found = {MANIFEST: f"format: {FORMAT}\nname: {json.dumps(self.name, ensure_ascii=False)}\n"}
        found |= {f"golden/{key}.yaml": text for key, text in sorted(self.golden.items())}
        found |= {STANDARDS: self.standards} if self.standards else {}
        return found | {f"types/{key}.yaml": text for key, text in sorted(self.types.items())}

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.files(), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def collect(engine, keys=(), name: str = "", standards: bool = True) -> Contents:
    """Return what is published, all types or those of `keys`. Raise NotFound for a type that is not there."""
    engine.refresh()
    types = {key: engine.registry.get(key).source for key in keys or engine.registry.latest()}
    examples = {key: golden_store.get(golden_store.of_type(key))["text"] for key in types}
    table = to_text(engine.standards) if standards and engine.standards.keys() else ""
    return Contents(name, types, {key: text for key, text in examples.items() if text}, table)


def read(files: dict[str, str]) -> Contents:
    """Return the contents of files. Raise Invalid with every problem, each with file and path."""
    problems: list[Problem] = []
    name = _read_manifest(files.get(MANIFEST), problems)
    types = {_key(path): text for path, text in files.items() if path.startswith("types/")}
    examples = {_key(path): text for path, text in files.items() if path.startswith("golden/")}
    for key, text in types.items():
        _prove(f"types/{key}.yaml", key, lambda text=text, key=key: read_text(text, key), problems)
    for key, text in examples.items():
        _prove(f"golden/{key}.yaml", key, lambda text=text, key=key: golden.read_text(text, key), problems)
    if table := files.get(STANDARDS, ""):
        _prove(STANDARDS, "", lambda: load_yaml(table, STANDARDS) and from_text(table, STANDARDS), problems)
    if not types and not table and not problems:
        problems.append(Problem("", "配置包里既没有救助类型，也没有标准表"))
    if problems:
        raise Invalid(problems[:MOST_PROBLEMS])
    return Contents(name, types, examples, table)


def _key(path):
    return path.partition("/")[2].removesuffix(".yaml")


def _read_manifest(text, problems):
    if text is None:
        return ""
    try:
        data = load_yaml(text, MANIFEST)
    except DeclarationError as error:
        problems += [Problem(f"{MANIFEST} {each.path}".strip(), each.text) for each in error.problems]
        return ""
    data = data if isinstance(data, dict) else {}
    if data.get("format") != FORMAT:
        problems.append(Problem(f"{MANIFEST} format", f"应为 {FORMAT}，本系统读不了别的格式"))
    name = str(data.get("name", ""))
    if len(name) > LONGEST_NAME or not name.isprintable():
        problems.append(Problem(f"{MANIFEST} name", f"最多 {LONGEST_NAME} 个字"))
    return name


def _prove(path, key, reads, problems):
    try:
        made = reads()
    except Invalid as error:
        problems += [Problem(path, str(each)) for each in error.problems]
        return
    if key and made.key != key:
        problems.append(Problem(f"{path} key", f"是“{made.key}”，与文件名不同"))
