"""Proves what a type declares of its visit, its verification and its appraisal."""

from adminapp.declaration.checks import ENVELOPE, ID, check_field, names_of
from adminapp.declaration.problems import Problem
from adminapp.fields import KINDS
from adminapp.verification.kinds import inquiry_kinds
from adminapp.words import nearest
from adminapp.workflow.asked import asked

SEALED = ("id_number", "bank_account")
"""Kinds whose values stand sealed in the application; a record and its event would show them in the clear."""


def check_survey(relief_type, standards):
    """The form of the visit: known kinds, own ids, sources that exist and are of the same kind."""
    own, seen = asked("record_visit", relief_type).own, {}
    for outer, section in enumerate(relief_type.survey.sections):
        for inner, field in enumerate(section.fields):
            path = f"survey.sections[{outer}].fields[{inner}]"
            yield from check_field(path, field)
            yield from _check_columns(path, field)
            if not ID.fullmatch(field.id):
                yield Problem(f"{path}.id", f"“{field.id}”不能作标识；用小写字母开头，只用小写字母、数字和 _")
            if field.id in own or field.id in ENVELOPE:
                yield Problem(f"{path}.id", f"“{field.id}”是入户调查已有的栏目")
            if field.id in seen:
                yield Problem(f"{path}.id", f"标识“{field.id}”与 {seen[field.id]} 重复")
            seen.setdefault(field.id, f"{path}.id")
            yield from _check_source(path, field, relief_type)
    if relief_type.survey.sections and "survey" not in relief_type.step_by_name:
        yield Problem("survey", "写了入户调查表，步骤里却没有 survey（入户调查）")
    for index, rule in enumerate(relief_type.survey.validation):
        if rule.field and rule.field not in seen and rule.field not in own:
            yield Problem(f"survey.validation[{index}].field", f"调查表没有字段“{rule.field}”{nearest(rule.field, seen)}")


def _check_columns(path, field):
    for index, column in enumerate(field.fields):
        if column.kind in ("table", "attachment", "computed", "note", "multi_choice", *SEALED):
            yield Problem(f"{path}.fields[{index}].kind", f"调查表明细的列不能是“{column.kind}”")
        else:
            yield from check_field(f"{path}.fields[{index}]", column)
    if field.kind in ("attachment", *SEALED):
        yield Problem(f"{path}.kind", f"调查表不能登记“{field.kind}”；号码写在申请内容里，照片随调查上传")


def _check_source(path, field, relief_type):
    if not field.source:
        return
    source = relief_type.fields.get(field.source)
    if source is None:
        yield Problem(f"{path}.source", f"申请没有字段“{field.source}”{nearest(field.source, relief_type.fields)}")
    elif source.kind != field.kind:
        yield Problem(f"{path}.source", f"申请字段“{field.source}”是 {source.kind}，调查栏目要是同一类型，写的是 {field.kind}")
    else:
        for index, column in enumerate(field.fields):
            known = source.column_ids.get(column.id)
            if known and known.kind != column.kind:
                yield Problem(f"{path}.fields[{index}].kind", f"申请明细的列“{column.id}”是 {known.kind}，写的是 {column.kind}")


def check_sources_of_application(relief_type, standards):
    for outer, section in enumerate(relief_type.sections):
        for inner, field in enumerate(section.fields):
            if field.source:
                yield Problem(f"sections[{outer}].fields[{inner}].source", "source 只用在入户调查表（survey）里")


def check_verification(relief_type, standards):
    """Kinds of information that exist, tables that can be asked about, grounds with their own codes."""
    block = relief_type.verification
    if block.by and "verification" not in relief_type.step_by_name:
        yield Problem("verification", "写了核对内容，步骤里却没有 verification（信息核对）")
    if not block.by:
        if block.inquiries or block.exemptions or block.outsiders or block.counted:
            yield Problem("verification.by", "写明由谁核对：township 或 county")
        return
    known = inquiry_kinds()
    if block.by == "county" and not block.inquiries:
        yield Problem("verification.inquiries", f"写明核对哪几类信息{nearest('', known)}")
    codes = [item.kind for item in block.inquiries]
    for index, item in enumerate(block.inquiries):
        if item.kind not in known:
            yield Problem(f"verification.inquiries[{index}].kind", f"没有信息类别“{item.kind}”{nearest(item.kind, known)}")
        elif codes.index(item.kind) != index:
            yield Problem(f"verification.inquiries[{index}].kind", f"信息类别“{item.kind}”写了两次")
        elif item.declared and not known[item.kind].measure:
            yield Problem(f"verification.inquiries[{index}].declared", f"“{known[item.kind].label}”没有数量，不能与申报比较")
    if block.counted and "members" not in relief_type.fields:
        yield Problem("verification.counted", "没有共同生活成员表 members")
    outsiders = relief_type.fields.get(block.outsiders) if block.outsiders else None
    if block.outsiders and (outsiders is None or {"person_name", "id_number"} - {item.kind for item in outsiders.fields}):
        yield Problem("verification.outsiders", f"“{block.outsiders}”要是有姓名和公民身份号码两列的明细表{nearest(block.outsiders, relief_type.fields)}")
    grounds = [item.code for item in block.exemptions]
    for index, code in enumerate(grounds):
        if grounds.index(code) != index:
            yield Problem(f"verification.exemptions[{index}].code", f"代码“{code}”写了两次")


def formulas(relief_type):
    """Yield (path, text, expected type, extra names) of every formula; those of the visit see the application too."""
    visit = names_of(asked("record_visit", relief_type))
    for outer, section in enumerate(relief_type.survey.sections):
        yield f"survey.sections[{outer}].visible_when", section.visible_when, "bool", visit
        for inner, field in enumerate(section.fields):
            path = f"survey.sections[{outer}].fields[{inner}]"
            yield f"{path}.visible_when", field.visible_when, "bool", visit
            yield f"{path}.required_when", field.required_when, "bool", visit
            yield f"{path}.formula", field.formula, field.result or None, visit
    for index, rule in enumerate(relief_type.survey.validation):
        yield f"survey.validation[{index}].rule", rule.rule, "bool", visit
        yield f"survey.validation[{index}].when", rule.when, "bool", visit
    block, members = relief_type.verification, relief_type.fields.get("members")
    if members is not None:
        columns = {column.id: KINDS[column.kind].formula_name(column) for column in members.fields if column.kind in KINDS}
        yield "verification.counted", block.counted, "bool", columns
    for index, item in enumerate(block.inquiries):
        kind = inquiry_kinds().get(item.kind)
        if kind and kind.measure:
            yield f"verification.inquiries[{index}].declared", item.declared, kind.formula_type, {}
    for index, item in enumerate(block.exemptions):
        yield f"verification.exemptions[{index}].when", item.when, "bool", {}
    for index, item in enumerate(relief_type.steps):
        yield f"steps[{index}].required_when", item.required_when, "bool", {}


def check_required_steps(relief_type, standards):
    for index, item in enumerate(relief_type.steps):
        if item.required_when and item.step != "appraisal":
            yield Problem(f"steps[{index}].required_when", "只有民主评议分必经和可选；其他步骤用 when 写明何时有")


CHECKS = (check_sources_of_application, check_survey, check_verification, check_required_steps)
