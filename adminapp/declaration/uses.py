"""What reads what: every place of a declaration, and of what lies around it, that a field, option, step or standard is used.

One function finds them all, by parsing the formulas. The comparison of versions, the guard against removal and the
designer ask it, so they can never disagree.

A target is a tuple: ("field", id), ("column", table, id), ("option", field, code), ("option", table, column, code),
("step", name), ("standard", key), ("programme", key), ("document", id), ("term", id).
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from adminapp.declaration.checks import CORE, CORE_OPTIONAL, ENVELOPE, fields_with_paths, formulas
from adminapp.declaration.lexicons import reading_lexicon
from adminapp.disclosure import class_of
from adminapp.fields import KINDS
from adminapp.fields.base import DISCLOSURES
from adminapp.formula import FormulaError, parse
from adminapp.formula.functions import ROW_FUNCTIONS
from adminapp.formula.written import write
from adminapp.verification.kinds import inquiry_kinds
from adminapp.workflow.actions import ACTIONS
from adminapp.workflow.machine import MILESTONES, STEPS

GROUPS = {
    "rule": "资格条件",
    "amount": "金额",
    "computed": "计算字段",
    "form": "表单的显示、必填和校验",
    "procedure": "步骤、时限、确认和复核",
    "programme": "与其他待遇的关系",
    "list": "列表、筛选和查找",
    "posting": "公示",
    "notice": "文书",
    "payment": "发放",
    "role": "谁能看到",
    "golden": "样例",
    "view": "保存的视图",
    "other": "其他",
}
PROGRAMME_QUESTIONS = ("holds", "household_holds", "award")


@dataclass(frozen=True)
class Use:
    """One place that reads `target`. `place` is its path in the declaration or a name outside; `label` and `text` are for people.

    `via` names the computed field through which it is read, "" when the target itself stands there.
    """

    target: tuple[str, ...]
    group: str
    place: str
    label: str
    text: str = ""
    via: str = ""

    def __str__(self):
        more = "；".join(filter(None, (self.text, self.via and f"经“{self.via}”")))
        return f"{GROUPS[self.group]}：{self.label}{f'（{more}）' if more else ''}"


READERS: dict[str, Callable] = {}
"""Readers outside the declaration, by name: ``function(engine, relief_type) -> iterable of Use``; see `register`."""


def register(name: str, function: Callable):
    """Add a reader (saved views, golden cases, exports). One name for two functions raises ValueError."""
    if READERS.get(name, function) is not function:
        raise ValueError(f"reader {name!r} is registered twice")
    READERS[name] = function


def uses(relief_type, standards: dict[str, str] | None = None, engine=None) -> list[Use]:
    """Return every use in reading order; `standards` are labels by key; with an engine the registered readers are asked too."""
    found = [*_formula_uses(relief_type, standards or {}), *_plain_uses(relief_type), *_program_uses(relief_type)]
    for reader in READERS.values() if engine is not None else ():
        found += reader(engine, relief_type)
    return list(dict.fromkeys(found))


def uses_of(relief_type, target: tuple[str, ...], found: list[Use] | None = None) -> list[Use]:
    """Return what reads the target, each place once, then what reads it through computed fields.

    A field's options and columns count as the field. `found` is what `uses` gave, for asking about several targets.
    """
    found = uses(relief_type) if found is None else found
    places, waiting = {}, [(target, "")]
    asked = {target}
    while waiting:
        wanted, via = waiting.pop(0)
        for use in found:
            if not covers(wanted, use.target) or use.place in places:
                continue
            if not via:
                places[use.place] = use
            elif use.group not in OWN:
                places[use.place] = replace(use, via=via)
            computed = _computed_at(relief_type, use)
            if computed and ("field", computed.id) not in asked:
                asked.add(("field", computed.id))
                waiting.append((("field", computed.id), computed.label))
    return list(places.values())


OWN = {"role", "list"}
"""Groups that tell of a field alone and not of what it is made from."""


def _computed_at(relief_type, use):
    if use.group != "computed" or not use.place.endswith(".formula"):
        return None
    section, _, field = use.place.removeprefix("sections[").removesuffix("].formula").partition("].fields[")
    return relief_type.sections[int(section)].fields[int(field)]


def covers(target: tuple, used: tuple) -> bool:
    """Tell whether a use of `used` is a use of `target`: a column belongs to its table, an option to its field."""
    if target[0] == "field" and used[0] in ("column", "option"):
        return used[1] == target[1]
    if target[0] == "column" and used[0] == "option" and len(used) == 4:
        return used[1:3] == target[1:]
    return used == target


# Formulas


def references(text: str, relief_type) -> list[tuple[str, ...]]:
    """Return the targets a formula reads, each once, in reading order; a formula that cannot be parsed reads nothing."""
    try:
        tree = parse(text).tree
    except FormulaError:
        return []
    return list(dict.fromkeys(_References(relief_type).read(tree)))


def standards_read(relief_type) -> set[str]:
    """Return the keys of the standards that a type's formulas read."""
    return {target[1] for _, text, _, _ in formulas(relief_type) if text for target in references(text, relief_type) if target[0] == "standard"}


class _References:
    def __init__(self, relief_type):
        self.fields = relief_type.fields
        self.terms = {term.id for term in relief_type.amount.terms}

    def read(self, node, table=None) -> Iterator[tuple[str, ...]]:
        """Yield the targets below a node; within a row function the columns of `table` hide fields of the same id."""
        if isinstance(node, ast.Name):
            yield from self._name(node.id, table)
        elif isinstance(node, ast.Call):
            yield from self._call(node, table)
        elif isinstance(node, ast.Compare):
            yield from self._compare(node, table)
        else:
            for child in ast.iter_child_nodes(node):
                yield from self.read(child, table)

    def _name(self, name, table):
        if table is not None and name in table.column_ids:
            yield "column", table.id, name
        elif name in self.fields:
            yield "field", name
        elif name in self.terms:
            yield "term", name

    def _call(self, node, table):
        name, arguments = node.func.id, node.args
        if name in ROW_FUNCTIONS:
            yield from self.read(arguments[0], table)
            rows = self.fields.get(arguments[0].id) if isinstance(arguments[0], ast.Name) else None
            for argument in arguments[1:]:
                yield from self.read(argument, rows or table)
            return
        if name == "standard":
            yield from self._standard(arguments, table)
        if name in PROGRAMME_QUESTIONS and _is_text(arguments[0]):
            yield "programme", arguments[0].value
        if name == "has" and len(arguments) == 2:
            yield from self._options(arguments[0], [arguments[1]], table)
        for argument in arguments:
            yield from self.read(argument, table)

    def _standard(self, arguments, table):
        if not (arguments and _is_text(arguments[0])):
            return
        key = arguments[0].value
        if len(arguments) == 1:
            yield "standard", key
            return
        _target, field = self._choice(arguments[1], table)
        for option in field.options if field else ():
            yield "standard", f"{key}.{option.code}"

    def _compare(self, node, table):
        sides = [node.left, *node.comparators]
        for left, right in zip(sides, sides[1:], strict=False):
            for one, other in ((left, right), (right, left)):
                constants = other.elts if isinstance(other, (ast.List, ast.Tuple)) else [other]
                yield from self._options(one, constants, table)
        for side in sides:
            yield from self.read(side, table)

    def _options(self, name, constants, table):
        target, field = self._choice(name, table)
        if field is not None and field.options:
            for constant in constants:
                if _is_text(constant) and constant.value:
                    yield ("option", *target, constant.value)

    def _choice(self, node, table):
        if not isinstance(node, ast.Name):
            return (), None
        if table is not None and node.id in table.column_ids:
            return (table.id, node.id), table.column_ids[node.id]
        return (node.id,), self.fields.get(node.id)


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _formula_uses(relief_type, standards):
    words = reading_lexicon(relief_type, standards)
    labels = _Labels(relief_type)
    for path, text, _expect, _extra in formulas(relief_type):
        if not text:
            continue
        group, label = labels.of(path)
        # The condition of a row reads columns: asked as the function over rows that it stands for.
        table = ROWS_OF[path](relief_type) if path in ROWS_OF else ""
        read = f"count({table}, {text})" if table else text
        for target in references(read, relief_type):
            yield Use(target, group, path, label, write(text, words))


class _Labels:
    """Says of a path in which group it stands and what people call it."""

    WHAT = {"visible_when": "显示条件", "required_when": "必填条件", "formula": "计算公式", "when": "适用条件", "unless": "除外条件"}

    def __init__(self, relief_type):
        self.relief_type = relief_type

    def of(self, path: str) -> tuple[str, str]:
        head, _, rest = path.partition("[")
        what = self.WHAT.get(path.rpartition(".")[2], "")
        if head in ("sections", "survey.sections"):
            return self._form(path, what)
        if not rest:
            return PLAIN_PATHS[path]
        item = self._item(head, int(rest.partition("]")[0]))
        if head == "eligibility":
            return "rule", _named("条件", item.label, what)
        if head == "amount.terms":
            return "amount", _named("金额项", item.label, what)
        if head in ("validation", "survey.validation"):
            return "form", _named("校验", item.message, what)
        if head == "documents":
            return "form", _named("材料", item.label, what)
        if head in ("excludes", "requires"):
            return "programme", _named("不能同享" if head == "excludes" else "前提待遇", item.reason, what)
        return "procedure", self._procedure(head, item, what)

    def _procedure(self, head, item, what):
        if head == "steps":
            return _named("步骤", item.label or STEPS[item.step].label if item.step in STEPS else item.step, what)
        if head == "clocks":
            return _named("时限", item.label, what)
        if head == "confirm":
            return _named("确认主体", {"township": "乡镇人民政府", "county": "县民政局"}[item.by], what)
        if head == "verification.inquiries":
            return _named("核对项目", inquiry_kinds()[item.kind].label if item.kind in inquiry_kinds() else item.kind, "申报的数量")
        if head == "verification.exemptions":
            return _named("免于核对", item.label, what)
        return _named("复核周期", item.label or f"{item.months} 个月", what)

    def _form(self, path, what):
        visit = path.startswith("survey.")
        section, _, rest = path.removeprefix("survey.").removeprefix("sections[").partition("]")
        found = (self.relief_type.survey if visit else self.relief_type).sections[int(section)]
        if not rest.startswith(".fields["):
            return "form", _named("分组", found.title, what)
        place, _, rest = rest.removeprefix(".fields[").partition("]")
        field = found.fields[int(place)]
        if rest.startswith(".fields["):
            column = field.fields[int(rest.removeprefix(".fields[").partition("]")[0])]
            return "form", _named("列", f"{field.label}·{column.label}", what)
        if visit:
            return "form", _named("入户调查", field.label, what)
        if what == "计算公式":
            return "computed", _named("计算字段", field.label, "")
        return "form", _named("字段", field.label, what)

    def _item(self, head, index):
        value = self.relief_type
        for name in head.split("."):
            value = getattr(value, name)
        return value[index]


PLAIN_PATHS = {
    "amount.total": ("amount", "合计公式"),
    "amount.cap": ("amount", "上限"),
    "payment.months": ("payment", "发放月数"),
    "payment.reserve": ("payment", "备用金每笔限额"),
    "household.covered": ("procedure", "保障对象"),
    "verification.counted": ("procedure", "须核对的成员"),
}
ROWS_OF = {"household.covered": lambda relief_type: relief_type.household.table, "verification.counted": lambda relief_type: "members"}
"""Path of a condition on the rows of a table → the table."""


def _named(what, name, more):
    return f"{what}“{name}”{f'的{more}' if more else ''}"


# Without formulas


def _plain_uses(relief_type):
    for path, field in fields_with_paths(relief_type):
        yield from _field_uses(path, field, ("field", field.id), field.label)
        for index, column in enumerate(field.fields):
            yield from _field_uses(f"{path}.fields[{index}]", column, ("column", field.id, column.id), f"{field.label}·{column.label}")
    for index, rule in enumerate(relief_type.validation):
        if rule.field in relief_type.fields:
            yield Use(("field", rule.field), "form", f"validation[{index}].field", _named("校验", rule.message, "提示位置"))
    for index, step in enumerate(relief_type.steps):
        yield Use(("step", step.step), "procedure", f"steps[{index}]", _named("步骤", step.label or STEPS[step.step].label, ""))
    for index, document in enumerate(relief_type.documents):
        if document.step in relief_type.step_by_name:
            yield Use(("step", document.step), "procedure", f"documents[{index}].step", _named("材料", document.label, "提交时点"))
    for index, clock in enumerate(relief_type.clocks):
        for key, milestone in (("from", clock.start), ("to", clock.stop)):
            for step in _steps_of(milestone):
                if step in relief_type.step_by_name:
                    label = _named("时限", clock.label, f"{'起点' if key == 'from' else '终点'}“{MILESTONES[milestone]}”")
                    yield Use(("step", step), "procedure", f"clocks[{index}].{key}", label)
    for outer, section in enumerate(relief_type.survey.sections):
        for inner, field in enumerate(section.fields):
            if field.source in relief_type.fields:
                yield Use(("field", field.source), "form", f"survey.sections[{outer}].fields[{inner}].source", _named("入户调查", field.label, "核实"))
    if relief_type.verification.outsiders in relief_type.fields:
        yield Use(("field", relief_type.verification.outsiders), "procedure", "verification.outsiders", "须核对的其他人")
    if relief_type.household:
        yield Use(("field", relief_type.household.table), "procedure", "household.table", "家庭成员表")
    if relief_type.home and (refusals := relief_type.ongoing.refusals):
        table = relief_type.home.table
        for target in (("field", table), ("column", table, refusals.column), ("option", table, refusals.column, refusals.value)):
            yield Use(target, "procedure", "ongoing.refusals.column", "拒绝就业停发本人份额")
    for name, word in (("excludes", "不能同享"), ("requires", "前提待遇")):
        for index, item in enumerate(getattr(relief_type, name)):
            yield Use(("programme", item.programme), "programme", f"{name}[{index}].programme", _named(word, item.reason, ""))


def _field_uses(path, field, target, label):
    if field.kind not in KINDS:
        return
    yield Use(target, "role", f"{path}.disclosure", f"公开级别：{DISCLOSURES[class_of(field)]}")
    if field.retired:
        return
    if field.list:
        yield Use(target, "list", f"{path}.list", "列表中的一列")
    if field.filter and KINDS[field.kind].filterable:
        yield Use(target, "list", f"{path}.filter", "列表的筛选条件")
        for option in field.options:
            yield Use(("option", *target[1:], option.code), "list", f"{path}.filter", _named("筛选条件", label, "选项"))
    if field.default:
        yield Use(("option", *target[1:], field.default) if field.options else target, "form", f"{path}.default", "新申请的默认值")


def _steps_of(milestone):
    """Return the steps whose actions reach a milestone."""
    return {action.step for action in ACTIONS.values() if action.step and milestone in action.milestones}


PROGRAM = {
    "applicant_name": (("list", "姓名列、查找和首字母"), ("posting", "公示的姓名"), ("notice", "文书中的申请人"), ("payment", "发放名册的户主")),
    "applicant_id": (("list", "按证件号查找"), ("payment", "发放名册的身份证号"), ("programme", "核对是否已享受其他待遇")),
    "phone": (("payment", "发放名册的联系电话"),),
    "account_name": (("payment", "发放名册的收款人"),),
    "account_number": (("payment", "发放名册和银行文件的账号"), ("notice", "确认通知书的账户尾号"), ("procedure", "确认和纳入发放前要填写")),
    "bank_name": (("payment", "发放名册的开户银行"),),
    "home_address": (("payment", "发放名册的现居住地"), ("notice", "文书中的住址")),
    "hukou_address": (("notice", "文书中的住址"),),
    "main_cause": (("posting", "公示的救助原因"),),
    "members": (("posting", "公示的家庭人口"), ("notice", "文书中的保障对象"), ("payment", "发放名册的家庭人口"), ("programme", "核对共同生活成员的其他待遇")),
}  # fmt: skip
"""Fields that the program reads by their name, and for what; only names of CORE and CORE_OPTIONAL and addresses may stand here."""


def _program_uses(relief_type):
    for name, reasons in PROGRAM.items():
        if name in relief_type.live_fields:
            for group, label in reasons:
                if group != "posting" or relief_type.posted:
                    yield Use(("field", name), group, f"program:{group}", label)
    for name, field in relief_type.live_fields.items():
        columns = field.column_ids if field.fields else {}
        if {"id_number", "name"} <= set(columns) and name != "members":
            yield Use(("field", name), "programme", "program:people", "表中的人算作本件的人，核对其他待遇")


assert not set(PROGRAM) & set(ENVELOPE) and set(CORE) <= set(PROGRAM) and set(PROGRAM) <= {*CORE, *CORE_OPTIONAL, "home_address", "hukou_address"}


def grouped(found: Iterable[Use]) -> list[tuple[str, list[Use]]]:
    """Return [(title of the group, its uses)] in the order of GROUPS, empty groups left out."""
    found = list(found)
    return [(title, mine) for key, title in GROUPS.items() if (mine := [use for use in found if use.group == key])]
