"""Everything that must hold before a release is published, in one report: declarations, standards, golden cases, recipes.

``{at, ok, count, seq, standards_rev, items: [{kind, key, title, problems, golden: {passed, failed: [{id, name, differences}]},
remarks}], others: [{key, title, failed}]}``. Remarks do not stand in the way.
"""

from adminapp import conflicts, dates, drafts, golden
from adminapp.conflicts.matrix import ALLOWED, REQUIRES
from adminapp.declaration import DeclarationError, Problem, read_text
from adminapp.declaration.uses import standards_read
from adminapp.errors import Invalid
from adminapp.golden import store as golden_store
from adminapp.golden.reader import check as check_golden
from adminapp.recipes import store as recipes
from adminapp.recipes.check import check as check_recipe
from adminapp.recipes.preview import standing, versions_in_use
from adminapp.recipes.states import stranded
from adminapp.standards import Standards, from_text
from adminapp.workflow.machine import STATES

MOST = 100
"""Problems listed for one item."""


def check(items: list[dict], engine) -> dict:
    """Return the report of what is pinned, against everything that is published now."""
    engine.refresh()
    table, wrong = _table(items, engine)
    reports = [_standards_report(item, wrong) if item["kind"] == "standards" else _type_report(item, items, table, engine) for item in items]
    others = [] if wrong else _others(items, table, engine)
    count = sum(len(each["problems"]) + len(each["golden"]["failed"]) for each in reports) + sum(len(each["failed"]) for each in others)
    return {
        "at": dates.now(), "ok": count == 0, "count": count, "seq": engine.registry.seq, "standards_rev": engine.standards_store.rev,
        "items": reports, "others": others,
    }  # fmt: skip


def problems_in(report: dict) -> list[str]:
    """Return every sentence that stands in the way."""
    found = [f"“{item['title']}”{problem}" for item in report["items"] for problem in item["problems"]]
    for item in (*report["items"], *report["others"]):
        failed = item["golden"]["failed"] if "golden" in item else item["failed"]
        found += [f"“{item['title']}”的样例“{each['name']}”：{each['differences'][0]}" for each in failed]
    return found


# Standards


def _table(items, engine) -> tuple[Standards, list[str]]:
    """Return the table that will be in force and what is wrong with it; the one in force when it cannot be read."""
    item = next((item for item in items if item["kind"] == "standards"), None)
    if item is None:
        return engine.standards, []
    if not item["text"]:
        return engine.standards, ["还有没有填写完整的内容"]
    try:
        table = from_text(item["text"])
    except Invalid as error:
        return engine.standards, [str(problem) for problem in error.problems or [error]][:MOST]
    wrong = [*_lost(engine.standards, table), *_rewritten(engine.standards, table)]
    if item["base"] != engine.standards_store.rev:
        wrong.insert(0, "起草以后标准表已发布过新的内容，请按现行标准表重新起草")
    return table, wrong


def _lost(old, new):
    kinds = new.types()
    for key, kind in old.types().items():
        if kinds.get(key) != kind:
            yield f"已经发布的标准“{old.standard(key).label}”不能缺少或换单位"


def _rewritten(old, new):
    """What was in force stands in decisions: it is superseded by a later value, never edited."""
    today, known = dates.today(), set(new.keys())
    for standard in (old.standard(key) for key in old if key in known):
        values = {value.since: value.value for value in new.standard(standard.key).values}
        for value in standard.values:
            if value.since <= today and values.get(value.since) != value.value:
                yield f"“{standard.label}”自 {value.since.isoformat()} 起的数值已经生效，不能修改或删除；请新增一个数值取代它"


def _standards_report(item, wrong):
    return {"kind": "standards", "key": item["key"], "title": item["title"], "problems": wrong, "golden": {"passed": 0, "failed": []}, "remarks": []}


# Types


def _type_report(item, items, table, engine):
    relief_type, problems = _read(item)
    found, remarks = {"passed": 0, "failed": []}, []
    if relief_type is not None:
        problems += engine.registry.problems_of(relief_type, table.types())
        problems += _among(relief_type, item, items)
        problems += _follows(item, engine)
        problems += _recipe_problems(item, relief_type, table, engine)
        remarks += _unheard(relief_type)
        examples, wrong = read_golden(item, relief_type)
        problems += wrong
        if examples is not None and not problems:
            found = _run(examples, relief_type, table)
            remarks += [] if examples.cases else ["还没有样例：建议从手册和实际案件中各取几个，发布前自动核对"]
    said = _said(item, problems[:MOST], engine)
    return {"kind": "type", "key": item["key"], "title": item["title"], "problems": said, "golden": found, "remarks": remarks}


def _said(item, problems, engine) -> list[str]:
    """Return problems in the words of the designer, with all that a draft lacks which cannot be read yet."""
    draft = drafts.get(item["draft"]) if item["draft"] else None
    if draft is None or draft.digest != item["digest"]:
        return [str(each) for each in problems]
    return drafts.in_words(draft, engine, problems if item["text"] else None)[:MOST]


def _read(item):
    if not item["text"]:
        return None, [Problem("", "还有没有填写完整的内容，请在设计器中改正")]
    try:
        return read_text(item["text"], item["title"]), []
    except DeclarationError as error:
        return None, list(error.problems)


def read_golden(item: dict, relief_type):
    """Return (golden cases of an item, problems); None while they cannot be read."""
    if not item["golden"]:
        return golden.GoldenFile(key=relief_type.key, cases=()), []
    try:
        examples = golden.read_text(item["golden"])
    except DeclarationError as error:
        return None, [Problem(f"样例 {problem.path}", problem.text) for problem in error.problems]
    return examples, [Problem(f"样例 {problem.path}", problem.text) for problem in check_golden(examples, relief_type)]


def _run(examples, relief_type, table):
    outcomes = golden.run_all(examples, relief_type, table)
    failed = [{"id": one.example.id, "name": one.example.name, "differences": one.differences} for one in outcomes if not one.passed]
    return {"passed": len(outcomes) - len(failed), "failed": failed}


def _among(relief_type, item, items):
    """Two new types of one release may not share a code: neither is published yet."""
    for other in items:
        if other is not item and other["kind"] == "type" and (found := _read(other)[0]) and found.code == relief_type.code:
            yield Problem("code", f"代码“{relief_type.code}”也写在“{found.name}”中")


def _follows(item, engine):
    last = engine.registry.latest().get(item["key"])
    if item["parent"] != (last.digest if last else ""):
        why = f"起草以后已发布第 {last.version} 版" if last else "原来的版本已经撤回"
        yield Problem("", f"{why}，请把改动合并到现行版本后再发布")


def _recipe_problems(item, relief_type, table, engine):
    """A step that running cases stand on may go only when it is said what becomes of them."""
    before = engine.registry.latest().get(item["key"])
    if before is None:
        return
    recipe, versions = recipes.read(item["recipe"]), versions_in_use(item["key"])
    found = standing(item["key"], versions)
    for state in set(stranded(relief_type)) - set(stranded(before.relief_type)):
        if found.get(state) and state not in recipe.states:
            yield Problem("steps", f"停用的步骤上还有 {found[state]} 件“{STATES[state].label}”的案件，请在“已有案件”中写明它们在哪里继续办理")
    if recipe.which != "none" and versions:
        olds = [engine.registry.get(item["key"], version).relief_type for version in versions]
        for problem in check_recipe(recipe, olds, relief_type, table.types(), found):
            yield Problem(f"转换方案 {problem.path}", problem.text)


def _unheard(relief_type):
    """Name what a declaration says of another programme and the county's matrix decides otherwise."""
    rules = {rule.beside: rule.rule for rule in conflicts.matrix().of(relief_type.programme, dates.today())}
    for item in relief_type.excludes:
        if rules.get(item.programme) == ALLOWED:
            yield f"“{item.reason}”没有作用：待遇叠加规则写明可以同时享受“{item.programme}”"
    for item in relief_type.requires:
        if item.programme in rules and rules[item.programme] != REQUIRES:
            yield f"“{item.reason}”没有作用：待遇叠加规则对“{item.programme}”另有规定"


# Types that are not drafted, and read a standard that is


def _others(items, table, engine):
    if table is engine.standards:
        return []
    drafted, changed = {item["key"] for item in items}, _moved(engine.standards, table)
    found = []
    for key, published in engine.registry.latest().items():
        if key in drafted or not changed & standards_read(published.relief_type):
            continue
        text = golden_store.get(golden_store.of_type(key))["text"]
        failed = _run(golden.read_text(text), published.relief_type, table)["failed"] if text else []
        if failed:
            found.append({"key": key, "title": published.name, "failed": failed})
    return found


def _moved(old, new) -> set[str]:
    known = set(old.keys())
    return {key for key in new.keys() if key not in known or old.standard(key) != new.standard(key)}  # noqa: SIM118 - a table, no dict
