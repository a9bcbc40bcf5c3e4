"""What a draft can begin with or take in ready-made: templates of whole types (schemas/templates), sections that many types share
(schemas/parts.yaml)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from adminapp.declaration.model import ReliefType, Section
from adminapp.declaration.reader import load_yaml, read_loosely, shape
from adminapp.declaration.writer import to_mapping
from adminapp.drafts import store
from adminapp.drafts.ids import new_code, new_id
from adminapp.errors import Invalid
from adminapp.text import normalise

SCHEMAS = Path(__file__).parents[2] / "schemas"
LONGEST_NAME = 30
OWN = ("key", "code", "name", "title", "programme", "summary")
"""What a new type never takes from another."""


@dataclass(frozen=True)
class Template:
    key: str
    name: str
    summary: str
    mapping: dict


@cache
def templates() -> dict[str, Template]:
    """Return the templates by key; the blank one comes first."""
    found = {}
    for path in sorted((SCHEMAS / "templates").glob("*.yaml"), key=lambda path: (path.stem != "blank", path.stem)):
        mapping = load_yaml(path.read_text("utf-8"), path.name)
        name, summary = mapping["name"], mapping["summary"]
        written = to_mapping(read_loosely(mapping)[0])
        found[path.stem] = Template(path.stem, name, summary, _without(written, OWN))
    return found


@cache
def parts() -> dict[str, dict]:
    """Return {id: mapping of a section}."""
    given = load_yaml((SCHEMAS / "parts.yaml").read_text("utf-8"), "parts.yaml")["parts"]
    return {part["id"]: to_mapping(read_loosely(part, Section)[0]) for part in given}


def begin_type(name: str, source: str, group: str, actor, engine) -> store.Draft:
    """Store the draft of a new type and return it. `source` is "template:<key>" or "copy:<key of a published type>".

    Key, code and programme are made from the name. Raise Invalid with a sentence.
    """
    name, group = normalise(name), normalise(group)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(f"请写类型的名称，最多 {LONGEST_NAME} 个字。")
    latest, drafts = engine.registry.latest(), store.listed("type")
    mapping = _source(source, engine)
    key = new_id(name, {*latest, *(draft.key for draft in drafts)})
    code = new_code(name, {one.code for one in latest.values()})
    mapping |= {"key": key, "code": code, "name": name, "programme": key, "group": group or mapping.get("group", name)}
    return store.create("type", {key: mapping[key] for key in shape(ReliefType) if key in mapping}, actor)


def _source(source, engine) -> dict:
    what, _colon, key = source.partition(":")
    if what == "copy" and key in engine.registry.latest():
        return _without(to_mapping(engine.registry.get(key).relief_type), OWN)
    if what == "template" and key in templates():
        return dict(templates()[key].mapping)
    raise Invalid("请选择从哪里开始。")


def _without(mapping, names):
    return {name: value for name, value in mapping.items() if name not in names and value not in ("", [], {})}
