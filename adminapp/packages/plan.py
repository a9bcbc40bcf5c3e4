"""What taking in a package would do, decided once and sealed: the texts that go out, and what they were planned against.

A plan is plain data, ``{format, package: {name, digest}, base, state, items, conflicts, problems, files,
seal}``: it can be read, stored and sent. `items` are ``{kind, key, title, action, sentences, text, golden}``.
It is carried out only while the database stands as it did.
"""

import hashlib
import json

from adminapp.declaration import DeclarationError, read_text, to_text
from adminapp.declaration.diff import describe
from adminapp.declaration.reader import load_yaml, read_loosely, read_mapping
from adminapp.declaration.successor import with_later_fields
from adminapp.declaration.writer import to_mapping
from adminapp.errors import Conflict, Invalid
from adminapp.golden import store as golden_store
from adminapp.golden.model import GoldenFile
from adminapp.packages.contents import Contents
from adminapp.packages.merging import merge
from adminapp.releases import checking
from adminapp.releases.comparing import compare_standards
from adminapp.standards import Standards, from_text
from adminapp.standards import to_text as table_text

FORMAT = "relief-plan/1"
NEW, CHANGE, MERGE, SAME = "new", "change", "merge", "same"
ACTIONS = {NEW: "新增", CHANGE: "更新", MERGE: "合并", SAME: "不变"}
STANDARDS = "standards"


def make(engine, contents: Contents, base: Contents | None = None, taken: dict[str, str] | None = None, default: str = "") -> dict:
    """Return the sealed plan of a package. `base` is the package that the county's types came from, None when there was none.

    `taken` and `default` say which side conflicts take (packages/merging.py).
    """
    engine.refresh()
    conflicts, problems, items = [], [], []
    if contents.standards:
        items.append(_standards(engine, contents, base, conflicts, taken, default))
    for key in sorted(contents.types):
        try:
            items.append(_type(engine, contents, base, key, conflicts, taken, default))
        except DeclarationError as error:
            problems += [f"types/{key}.yaml（合并后）{problem}" for problem in error.problems]
    going = pinned(engine, items)
    if going and not problems:
        problems += checking.problems_in(checking.check(going, engine))
    plan = {
        "format": FORMAT, "package": {"name": contents.name, "digest": contents.digest}, "base": base.digest if base else "",
        "state": state_of(engine, contents.types), "items": items, "conflicts": conflicts, "problems": problems,
        "files": [[path, text] for path, text in contents.files().items()],
    }  # fmt: skip
    return plan | {"seal": seal_of(plan)}


def seal_of(plan: dict) -> str:
    """Return the digest over everything else in a plan."""
    bare = {name: value for name, value in plan.items() if name != "seal"}
    return hashlib.sha256(json.dumps(bare, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def state_of(engine, keys) -> dict:
    """Return what a plan stands on: the table of standards, and version and golden cases of each of its types."""
    latest, types = engine.registry.latest(), {}
    for key in sorted(keys):
        version, digest = (latest[key].version, latest[key].digest) if key in latest else (0, "")
        types[key] = {"version": version, "digest": digest, "golden": golden_store.get(golden_store.of_type(key))["digest"]}
    return {"standards_rev": engine.standards_store.rev, "types": types}


def check_seal(engine, plan: dict):
    """Raise Invalid for a plan that was edited, Conflict with everything that moved since it was made."""
    if not isinstance(plan, dict) or plan.get("format") != FORMAT or plan.get("seal") != seal_of(plan):
        raise Invalid("这份计划不完整或被改动过，请重新生成")
    now, planned = state_of(engine.refresh(), plan["state"]["types"]), plan["state"]
    moved = [f"“{key}”现在是第 {now['types'][key]['version']} 版或样例有改动" for key, was in planned["types"].items() if now["types"][key] != was]
    if now["standards_rev"] != planned["standards_rev"]:
        moved.insert(0, "标准表已有改动")
    if moved:
        raise Conflict(f"计划生成以后系统里的内容有变化：{'；'.join(moved)}。请重新生成计划。")


def pinned(engine, items: list[dict]) -> list[dict]:
    """Return what a release pins of the items that change something; no draft stands behind them."""
    found, latest = [], engine.registry.latest()
    for item in items:
        if item["action"] != SAME:
            last = latest.get(item["key"]) if item["kind"] == "type" else None
            base = engine.standards_store.rev if item["kind"] == STANDARDS else last.version if last else 0
            found.append({
                "kind": item["kind"], "key": item["key"], "draft": "", "title": item["title"], "text": item["text"], "golden": item["golden"],
                "digest": hashlib.sha256(f"{item['text']}\n{item['golden']}".encode()).hexdigest(), "base": base,
                "parent": last.digest if last else "", "editors": [], "recipe": {"which": "none"}, "draft_rev": 0,
            })  # fmt: skip
    return found


# One type


def _type(engine, contents, base, key, conflicts, taken, default):
    published = engine.registry.latest().get(key)
    in_force = golden_store.get(golden_store.of_type(key))["text"]
    text, examples = contents.types[key], contents.golden.get(key, in_force)
    theirs = read_text(text, key)
    item = {"kind": "type", "key": key, "title": theirs.name, "action": NEW, "sentences": [], "text": text, "golden": examples}
    if published is None:
        return item | {"sentences": [f"新的救助类型，{len(theirs.fields)} 个字段。"]}
    ours, action = published.relief_type, CHANGE
    if base and key in base.types and published.source != base.types[key]:
        made = merge(*map(to_mapping, (read_text(base.types[key], key), ours, theirs)), taken, f"types/{key}.yaml:", default)
        merged = read_mapping(made.value, key)
        conflicts += made.conflicts
        theirs, text, action = merged, to_text(merged), MERGE
        examples = _merged_golden(base, contents, key, in_force, conflicts, taken, default)
    if missing_of(ours, theirs):
        theirs = with_later_fields(theirs, ours)
        text = to_text(theirs)
    if text == published.source or (action == MERGE and theirs == ours):
        text, action = published.source, SAME if examples == in_force else CHANGE
    sentences = describe(ours, theirs) if action != SAME else []
    if action != SAME and examples != in_force:
        sentences = [*sentences, "样例有改动。"]
    return item | {"title": theirs.name, "action": action, "sentences": sentences, "text": text, "golden": examples}


def missing_of(ours, theirs) -> bool:
    """Tell whether a text leaves out a field, column or option that was published; those stay, switched off."""
    return with_later_fields(theirs, ours) != theirs


def _merged_golden(base, contents, key, in_force, conflicts, taken, default):
    """Return the golden cases of both sides, text untouched where only one side changed it."""
    before, theirs = base.golden.get(key, ""), contents.golden.get(key, in_force)
    if in_force == before or theirs == in_force:
        return theirs
    if theirs == before:
        return in_force
    made = merge(*(load_yaml(text, key) if text else {} for text in (before, in_force, theirs)), taken, f"golden/{key}.yaml:", default)
    conflicts += made.conflicts
    found, problems = read_loosely(made.value, GoldenFile)
    if problems:
        raise DeclarationError(problems, key)
    return to_text(found)


# Standards


def _standards(engine, contents, base, conflicts, taken, default):
    ours, theirs = engine.standards, from_text(contents.standards)
    before = from_text(base.standards) if base and base.standards else None
    rows = _united(before, ours, theirs, conflicts, taken, default)
    table = Standards.from_rows(rows)
    same = table_text(table) == table_text(ours) if ours.keys() else False
    sentences = [] if same else [str(each.change) for each in compare_standards(ours, table, engine)]
    action = SAME if same else CHANGE if ours.keys() else NEW
    text = contents.standards if table == theirs and action == NEW else table_text(table)
    return {"kind": STANDARDS, "key": STANDARDS, "title": "标准表", "action": action, "sentences": sentences, "text": text, "golden": ""}


def _united(before, ours, theirs, conflicts, taken, default):
    """Return the rows of both tables; what the county has and the package lacks stays, a value of the package replaces one that differs."""
    rows = [{(row["key"], row["from"].isoformat()): row for row in table.to_rows()} if table else {} for table in (before, ours, theirs)]
    known, own, given = rows
    merged = dict(own)
    for name, row in given.items():
        if name in known and name in own and row != own[name]:
            made = merge(known[name], own[name], row, taken, f"standards.yaml:{name[0]}@{name[1]}", default)
            conflicts += made.conflicts
            merged[name] = made.value
        elif name not in own or row != own[name]:
            merged[name] = row
    labels = {row["key"]: row["label"] for row in (*own.values(), *given.values())}  # one name for all values of a standard
    return [row | {"label": labels[row["key"]]} for row in merged.values()]
