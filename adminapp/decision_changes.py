"""Says why two decisions on the same case differ: each condition that flipped and each term that moved, with what moved it."""

from dataclasses import dataclass

from adminapp.money import ROUNDING_NAMES, format_yuan


@dataclass(frozen=True)
class Cause:
    """One reason of a difference. `label` names the condition or term and tells nothing of the person; `text` is the whole
    sentence with values, for who may read the case.
    """

    kind: str
    id: str
    label: str
    text: str


def explain(before: dict | None, after: dict | None) -> list[Cause]:
    """Return the causes, conditions first; empty when both came to the same by the same way. None could not be decided."""
    if before is None or after is None:
        return []
    causes = list(_conditions(before, after))
    if before["eligible"] and after["eligible"]:
        causes += _terms(before, after)
    if before["confirm_by"] != after["confirm_by"] and before["eligible"] and after["eligible"]:
        bodies = {"township": "乡镇人民政府", "county": "县民政局"}
        text = f"确认主体由{bodies[before['confirm_by']]}变为{bodies[after['confirm_by']]}"
        causes.append(Cause("confirm", "confirm_by", "确认主体改变", text))
    return causes


def _conditions(before, after):
    old, new = ({item["id"]: item for item in side["conditions"]} for side in (before, after))
    for name, item in new.items():
        was = old.get(name)
        if (was is None and not item["passed"]) or (was is not None and was["passed"] != item["passed"]):
            word = "新增条件" if was is None else "条件"
            turned = "符合" if item["passed"] else "不符合"
            past = f"（原 {_sides(was)}）" if was is not None and _sides(was) not in ("", _sides(item)) else ""
            text = f"{word}“{item['label']}”{'' if was is None else '变为'}{turned}：{_sides(item) or item['reason'] or '是'}{past}"
            yield Cause("condition", name, f"{item['label']}：{turned}", text)
    for name, was in old.items():
        if name not in new and not was["passed"]:
            yield Cause("condition", name, f"{was['label']}：不再要求", f"条件“{was['label']}”不再要求或不再适用（原不符合：{_sides(was) or was['reason']}）")


def _sides(item):
    return f"{item['left']} {item['sign']} {item['right']}" if item["left"] or item["right"] else ""


def _terms(before, after):
    old, new = ({item["id"]: item for item in side["terms"]} for side in (before, after))
    for name in [*new, *(key for key in old if key not in new)]:
        was, item = old.get(name), new.get(name)
        if was is None or item is None or was["value"] != item["value"]:
            label = (item or was)["label"]
            shown = f"“{label}”由 {format_yuan(was['value'] if was else 0)} 变为 {format_yuan(item['value'] if item else 0)}"
            why = _why(was, item)
            yield Cause("term", name, label, f"{shown}{f'：{why}' if why else ''}")
    if before["rounding"] != after["rounding"]:
        text = f"取整由“{ROUNDING_NAMES[before['rounding']]}”变为“{ROUNDING_NAMES[after['rounding']]}”"
        yield Cause("rounding", "rounding", "取整方式改变", text)


def _why(was, item):
    """Return what moved a term: values that differ, else that its formula does."""
    if was is None:
        return "新增或开始适用"
    if item is None:
        return "取消或不再适用"
    old, new = ({row["name"]: row for row in side["values"]} for side in (was, item))
    moved = [
        f"{row['label']} {old[name]['text'] if name in old else '（无）'} → {row['text']}"
        for name, row in new.items()
        if name not in old or old[name]["text"] != row["text"]
    ]
    if was["formula"] != item["formula"]:
        moved.append("计算方法改变")
    return "；".join(moved)
