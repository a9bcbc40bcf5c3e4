"""Proves a declaration before it can be published: every check reports all it finds, each with path and nearest known.

Formulas are parsed and typed, ids unique and stable in form, steps known, codes valid, clauses present.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from adminapp.declaration.model import ReliefType
from adminapp.declaration.problems import Problem
from adminapp.declaration.vocabulary import POSTABLE
from adminapp.declaration.writer import to_mapping
from adminapp.disclosure import SEALED, class_of
from adminapp.fields import KINDS
from adminapp.fields.base import DISCLOSURES
from adminapp.formula import FormulaError, check_types, parse
from adminapp.formula.functions import FUNCTIONS
from adminapp.formula.types import Name
from adminapp.words import nearest
from adminapp.workflow.machine import MILESTONES, STEPS

ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED = {"and", "or", "not", "in", "if", "else", "is", "for", "true", "false", "none", "True", "False", "None", "row"}
CORE = {"applicant_name": "person_name", "applicant_id": "id_number"}
"""Every type has an applicant: the person whose relief it is, or the one who speaks for the household."""
CORE_OPTIONAL = {
    "phone": "phone", "account_name": "person_name", "account_number": "bank_account", "bank_name": None, "members": "table",
    "main_cause": "choice",
}  # fmt: skip
MEMBER_COLUMNS = {"name": "person_name", "relation": "choice", "id_number": "id_number"}
ENVELOPE = {
    "applied_on": Name("date", "申请日期", group="案件"),
    "accepted_on": Name("date", "受理日期", group="案件"),
    "relative": Name("bool", "近亲属备案", group="案件"),
    "complaint": Name("bool", "有投诉举报", group="案件"),
    "objected": Name("bool", "公示有异议", group="案件"),
    "urban": Name("bool", "户籍为社区", group="案件"),
}
"""Names that every case gives to formulas besides its fields."""
MAX_FIELDS = 300
MAX_CYCLE = 120
"""Months between two reviews."""
RECIPE_ONLY = {name for name, function in FUNCTIONS.items() if function.recipe}
MARKUP = re.compile(r"[<>{}\x00-\x08\x0b-\x1f\x7f]")


def check(relief_type: ReliefType, standards: dict[str, str]) -> list[Problem]:
    """Return all problems; `standards` maps each known key to "money" or "number"."""
    from adminapp.declaration import evidence_checks, notice_checks  # they stand on this module

    return [problem for rule in (*CHECKS, *evidence_checks.CHECKS, *notice_checks.CHECKS) for problem in rule(relief_type, standards)]


def names_of(relief_type: ReliefType) -> dict[str, Name]:
    """Return what formulas of this type may know, worked out once for each type."""
    if "names" not in vars(relief_type):
        names = dict(ENVELOPE)
        for section in relief_type.sections:
            for field in section.fields:
                name = KINDS[field.kind].formula_name(field) if field.kind in KINDS else None
                if name:
                    names[field.id] = replace(name, group=section.title)
        vars(relief_type)["names"] = names
    return vars(relief_type)["names"]


def check_head(relief_type, standards) -> Iterator[Problem]:
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", relief_type.key):
        yield Problem("key", f"“{relief_type.key}”要以小写字母开头，只用小写字母、数字和 _，2 到 40 个")
    if not re.fullmatch(r"[A-Z0-9-]{2,6}", relief_type.code):
        yield Problem("code", f"“{relief_type.code}”要是 2 到 6 个大写字母、数字或 -")
    for path, text in (("name", relief_type.name), ("group", relief_type.group)):
        if not text.strip() or len(text) > 30:
            yield Problem(path, "要有 1 到 30 个字")
    if not relief_type.legal_basis:
        yield Problem("legal_basis", "至少写一条法律依据")
    if not ID.fullmatch(relief_type.programme):
        yield Problem("programme", f"“{relief_type.programme}”要以小写字母开头，只用小写字母、数字和 _")


def check_texts(relief_type, standards):
    """No text that people read may hold markup: it stands in pages, notices and sheets."""
    yield from _texts(to_mapping(relief_type), "")


def _texts(value, path):
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in WRITTEN_OTHERWISE:
                yield from _texts(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")
    elif isinstance(value, str) and MARKUP.search(value):
        yield Problem(path, "不能含有 < > { } 和控制字符")


WRITTEN_OTHERWISE = {
    "rule", "when", "unless", "visible_when", "required_when", "formula", "value", "total", "cap", "months", "reserve", "covered", "template", "paragraphs",
}  # fmt: skip
"""Keys whose text is a formula or a template, checked by those who read them."""


def check_ids(relief_type, standards):
    seen = {}
    for where, group in _groups(relief_type):
        for index, item in enumerate(group):
            path = f"{where}[{index}].id"
            if not ID.fullmatch(item.id) or item.id in RESERVED:
                yield Problem(path, f"“{item.id}”不能作标识；用小写字母开头，只用小写字母、数字和 _")
            key = (re.sub(r"^sections\[\d+\]\.fields$", "sections", where), item.id)
            if key in seen:
                yield Problem(path, f"标识“{item.id}”与 {seen[key]} 重复")
            seen.setdefault(key, path)


def _groups(relief_type):
    yield "sections", relief_type.sections
    for index, section in enumerate(relief_type.sections):
        yield f"sections[{index}].fields", section.fields
        for place, field in enumerate(section.fields):
            if field.fields:
                yield f"sections[{index}].fields[{place}].fields", field.fields
    yield "documents", relief_type.documents
    yield "eligibility", relief_type.eligibility
    yield "amount.terms", relief_type.amount.terms
    yield "clocks", relief_type.clocks


def check_fields(relief_type, standards):
    count = 0
    for path, field in fields_with_paths(relief_type):
        count += 1
        yield from check_field(path, field)
        for index, column in enumerate(field.fields):
            if column.kind in KINDS and not KINDS[column.kind].in_tables:
                yield Problem(f"{path}.fields[{index}].kind", f"明细表的列不能是“{column.kind}”")
            else:
                yield from check_field(f"{path}.fields[{index}]", column)
        if field.id in ENVELOPE:
            yield Problem(f"{path}.id", f"“{field.id}”是系统已有的名称")
    if count > MAX_FIELDS:
        yield Problem("sections", f"有 {count} 个字段，最多 {MAX_FIELDS} 个")


def fields_with_paths(relief_type):
    for outer, section in enumerate(relief_type.sections):
        for inner, field in enumerate(section.fields):
            yield f"sections[{outer}].fields[{inner}]", field


def check_field(path, field):
    if field.kind not in KINDS:
        yield Problem(f"{path}.kind", f"没有字段类型“{field.kind}”{nearest(field.kind, KINDS)}")
        return
    yield from KINDS[field.kind].check(field, path)
    if not field.label.strip() or len(field.label) > 40:
        yield Problem(f"{path}.label", "要有 1 到 40 个字")
    if field.disclosure and field.disclosure not in DISCLOSURES:
        yield Problem(f"{path}.disclosure", f"没有公开级别“{field.disclosure}”{nearest(field.disclosure, DISCLOSURES)}")
    if field.filter and class_of(field) in SEALED:
        yield Problem(f"{path}.filter", f"公开级别为“{DISCLOSURES[class_of(field)]}”的字段不能用于筛选，筛选会说出每件的内容")
    if field.list and not KINDS[field.kind].in_lists:
        yield Problem(f"{path}.list", "这类字段不能放进列表")


def check_core(relief_type, standards):
    fields = relief_type.live_fields
    for name, kind in CORE.items():
        if name not in fields:
            yield Problem("sections", f"缺少字段 {name}（{KINDS[kind].title}）；设计器的“常用分组”里有")
    for name, kind in {**CORE, **CORE_OPTIONAL}.items():
        if kind and name in fields and fields[name].kind != kind:
            yield Problem("sections", f"字段 {name} 的类型要是 {kind}（{KINDS[kind].title}），写的是 {fields[name].kind}")
    if "members" in fields:
        columns = {column.id: column.kind for column in fields["members"].fields}
        for name, kind in MEMBER_COLUMNS.items():
            if columns.get(name) != kind:
                yield Problem("sections", f"家庭成员表 members 要有列 {name}（{KINDS[kind].title}）")


def check_formulas(relief_type, standards):
    names = names_of(relief_type)
    for path, text, expect, extra in formulas(relief_type):
        if text:
            try:
                formula = parse(text)
                check_types(formula, {**names, **extra}, standards, expect)
            except FormulaError as error:
                yield Problem(path, str(error))
                continue
            for name in formula.calls & RECIPE_ONLY:
                yield Problem(path, f"函数 {name} 只能用在转换方案里")


def formulas(relief_type):
    """Yield (path, text, expected type, extra names) of every formula."""
    from adminapp.declaration import evidence_checks  # it stands on this module

    for index, section in enumerate(relief_type.sections):
        yield f"sections[{index}].visible_when", section.visible_when, "bool", {}
    for path, field in fields_with_paths(relief_type):
        yield f"{path}.visible_when", field.visible_when, "bool", {}
        yield f"{path}.required_when", field.required_when, "bool", {}
        yield f"{path}.formula", field.formula, field.result or None, {}
        columns = {column.id: KINDS[column.kind].formula_name(column) for column in field.fields if column.kind in KINDS}
        for index, column in enumerate(field.fields):
            yield f"{path}.fields[{index}].visible_when", column.visible_when, "bool", columns
            yield f"{path}.fields[{index}].required_when", column.required_when, "bool", columns
    for index, item in enumerate(relief_type.documents):
        yield f"documents[{index}].required_when", item.required_when, "bool", {}
    for name in ("validation", "eligibility"):
        for index, item in enumerate(getattr(relief_type, name)):
            yield f"{name}[{index}].rule", item.rule, "bool", {}
            yield f"{name}[{index}].when", item.when, "bool", {}
    terms = {term.id: Name("money", term.label) for term in relief_type.amount.terms}
    for index, term in enumerate(relief_type.amount.terms):
        earlier = {item.id: terms[item.id] for item in relief_type.amount.terms[:index]}
        yield f"amount.terms[{index}].value", term.value, "money", earlier
        yield f"amount.terms[{index}].when", term.when, "bool", earlier
    yield "amount.total", relief_type.amount.total, "money", terms
    yield "amount.cap", relief_type.amount.cap, "money", terms
    amount = {"amount": Name("money", "核定金额")}
    for index, item in enumerate(relief_type.confirm):
        yield f"confirm[{index}].when", item.when, "bool", amount
    for index, item in enumerate(relief_type.steps):
        yield f"steps[{index}].when", item.when, "bool", {}
        yield f"steps[{index}].unless", item.unless, "bool", {}
    for index, item in enumerate(relief_type.clocks):
        yield f"clocks[{index}].when", item.when, "bool", {}
    for index, item in enumerate(relief_type.review.by):
        yield f"review.by[{index}].when", item.when, "bool", {}
    for name in ("excludes", "requires"):
        for index, item in enumerate(getattr(relief_type, name)):
            yield f"{name}[{index}].when", item.when, "bool", {}
    yield "payment.months", relief_type.payment.months, "number", amount
    yield "payment.reserve", relief_type.payment.reserve, "money", amount
    if relief_type.household:
        table = relief_type.fields.get(relief_type.household.table)
        columns = {item.id: KINDS[item.kind].formula_name(item) for item in table.fields if item.kind in KINDS} if table else {}
        yield "household.covered", relief_type.household.covered, "bool", columns
    yield from evidence_checks.formulas(relief_type)


def check_cycles(relief_type, standards):
    """A computed field may use computed fields, never itself by a detour."""
    uses = {}
    for path, field in fields_with_paths(relief_type):
        if field.formula:
            try:
                uses[field.id] = (path, parse(field.formula).names)
            except FormulaError:
                continue
    done = set()

    def walk(name, trail):
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name in done or name not in uses:
            return None
        found = next((loop for used in uses[name][1] if (loop := walk(used, [*trail, name]))), None)
        done.add(name)
        return found

    for name, (path, _) in uses.items():
        if loop := walk(name, []):
            labels = " → ".join(relief_type.fields[one].label for one in loop)
            yield Problem(f"{path}.formula", f"计算字段互相引用：{labels}")


def check_steps(relief_type, standards):
    order = list(STEPS)
    last, seen = -1, set()
    for index, step in enumerate(relief_type.steps):
        path = f"steps[{index}]"
        if step.step not in STEPS:
            yield Problem(f"{path}.step", f"没有步骤“{step.step}”{nearest(step.step, STEPS)}")
            continue
        if step.step in seen:
            yield Problem(f"{path}.step", f"步骤“{step.step}”写了两次")
        seen.add(step.step)
        if order.index(step.step) < last:
            yield Problem(f"{path}.step", f"“{STEPS[step.step].label}”要排在前一步之前；顺序是 {'、'.join(order)}")
        last = max(last, order.index(step.step))
        if step.step == "posting" and not step.days:
            yield Problem(f"{path}.days", "公示要写天数")
        if step.step == "posting" and not step.unit:
            yield Problem(f"{path}.unit", "公示的天数要写明按工作日（workday）还是自然日（day）算")
        if step.days and step.step != "posting":
            yield Problem(f"{path}.days", "只有公示有天数；其他步骤的期限写在办理时限（clocks）里")
    for name, kind in STEPS.items():
        if kind.always and name not in seen:
            yield Problem("steps", f"缺少步骤 {name}（{kind.label}）")
    if relief_type.protected and "posting" in seen:
        yield Problem("steps", "儿童等受保护对象的类型不能有公示步骤（民发〔2019〕62号 二）")
    if "posting" in seen and not relief_type.posted:
        yield Problem("posted", "有公示步骤时要写明公示哪些内容")
    for index, name in enumerate(relief_type.posted):
        if name not in POSTABLE:
            yield Problem(f"posted[{index}]", f"“{name}”不能公示{nearest(name, POSTABLE)}")


def check_confirm(relief_type, standards):
    if not relief_type.confirm:
        yield Problem("confirm", "至少写一个确认主体")
    elif all(item.when for item in relief_type.confirm):
        yield Problem("confirm", "最后一个确认主体不能带条件，否则有的金额没人确认")
    for index, clock in enumerate(relief_type.clocks):
        for key, value in (("from", clock.start), ("to", clock.stop)):
            if value not in MILESTONES:
                yield Problem(f"clocks[{index}].{key}", f"没有节点“{value}”{nearest(value, MILESTONES)}")
        if clock.limit < 1 or clock.extended and clock.extended < clock.limit:
            yield Problem(f"clocks[{index}].limit", "期限要大于 0，延长期限不能比它短")
    for index, rule in enumerate(relief_type.validation):
        if rule.field and rule.field not in relief_type.fields:
            yield Problem(f"validation[{index}].field", f"没有字段“{rule.field}”{nearest(rule.field, relief_type.fields)}")


def check_payment(relief_type, standards):
    """The reserve pays one-off relief alone: what is paid each month goes through lists."""
    if relief_type.payment.reserve and relief_type.payment.cycle != "once":
        yield Problem("payment.reserve", "只有一次性发放的类型可以由备用金支付")


def check_household(relief_type, standards):
    """The table of the household has the columns by which people are known, whatever it is called."""
    if relief_type.household:
        field = relief_type.live_fields.get(relief_type.household.table)
        if field is None or field.kind != "table":
            tables = [key for key, item in relief_type.live_fields.items() if item.kind == "table"]
            yield Problem("household.table", f"没有明细表“{relief_type.household.table}”{nearest(relief_type.household.table, tables)}")
        else:
            columns = {column.id: column.kind for column in field.fields}
            for name, kind in MEMBER_COLUMNS.items():
                if columns.get(name) != kind:
                    yield Problem("household.table", f"家庭成员表 {field.id} 要有列 {name}（{KINDS[kind].title}）")


def check_ongoing(relief_type, standards):
    """What happens later fits the form: the column of refusals exists and has the code, ages are ages, reviews come within years."""
    ongoing, home, review = relief_type.ongoing, relief_type.home, relief_type.review
    for path, rule in (("review", review), *((f"review.by[{index}]", item) for index, item in enumerate(review.by))):
        if not 1 <= rule.months <= MAX_CYCLE:
            yield Problem(f"{path}.months", f"间隔要在 1 到 {MAX_CYCLE} 个月之间，写的是 {rule.months}")
    for index, item in enumerate(ongoing.birthdays):
        if not 1 <= item.age <= 120:
            yield Problem(f"ongoing.birthdays[{index}].age", "年龄要在 1 到 120 之间")
    if ongoing.life_checks not in (0, 1, 2, 3, 4, 6, 12):
        yield Problem("ongoing.life_checks", "每年认证次数要能把一年平分：1、2、3、4、6 或 12")
    if ongoing.refusals:
        table = relief_type.live_fields.get(home.table) if home else None
        column = table.column_ids.get(ongoing.refusals.column) if table else None
        if column is None:
            known = table.column_ids if table else ()
            yield Problem("ongoing.refusals.column", f"成员表没有列“{ongoing.refusals.column}”{nearest(ongoing.refusals.column, known)}")
        elif ongoing.refusals.value not in {option.code for option in column.options}:
            codes = [option.code for option in column.options]
            yield Problem("ongoing.refusals.value", f"“{ongoing.refusals.value}”不是“{column.label}”的选项{nearest(ongoing.refusals.value, codes)}")


CHECKS = (check_head, check_texts, check_ids, check_fields, check_core, check_formulas, check_cycles, check_steps, check_confirm, check_household,
          check_payment, check_ongoing)  # fmt: skip
