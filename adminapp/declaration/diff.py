"""Says in Chinese sentences what changes between two versions of a relief type. Items are matched by id, never by place."""

from dataclasses import is_dataclass

from adminapp.declaration.reader import shape

WORDS = {
    "label": "名称", "name": "名称", "title": "标题", "help": "填写说明", "kind": "类型", "required": "必填", "required_when": "必填条件",
    "visible_when": "显示条件", "formula": "计算公式", "options": "选项", "fields": "字段", "min": "最小值", "max": "最大值", "unit": "单位",
    "list": "列表显示", "filter": "可筛选", "disclosure": "公开级别", "retired": "停用", "sections": "分组", "documents": "材料",
    "validation": "校验", "eligibility": "资格条件", "amount": "金额", "terms": "金额项", "cap": "上限", "rounding": "取整",
    "confirm": "确认主体", "steps": "步骤", "clocks": "时限", "limit": "期限", "extended": "延长期限", "days": "天数", "notices": "文书",
    "posted": "公示内容", "payment": "发放", "cycle": "发放周期", "start": "起始", "review": "复核", "months": "月数",
    "excludes": "不能同享", "requires": "前提待遇", "legal_basis": "法律依据", "text": "内容", "from": "生效日期", "to": "失效日期",
    "rule": "条件", "value": "公式", "when": "适用条件", "unless": "除外条件", "reason": "理由", "clause": "条款", "summary": "说明",
    "group": "菜单分组", "programme": "项目", "code": "代码", "width": "宽度", "default": "默认值", "by": "承办", "total": "合计公式",
    "message": "提示", "end_reasons": "终止原因", "refusal_reasons": "不予确认原因", "adjustable": "可调整金额", "label_": "名称",
}  # fmt: skip
IDENTITY = ("id", "step", "code", "programme", "notice", "key")


def describe(old, new) -> list[str]:
    """Return sentences for the change from `old` to `new`, empty when they mean the same. `old` None means a new type."""
    if old is None:
        return [f"新增救助类型“{new.name}”（{new.key}）：{len(new.fields)} 个字段，{len(new.eligibility)} 项资格条件，{len(new.steps)} 个步骤。"]
    return list(_object(old, new, ""))


def _object(old, new, where):
    for key, (item, _) in shape(type(new)).items():
        before, after = getattr(old, item.name), getattr(new, item.name)
        if before == after:
            continue
        word = WORDS.get(key, key)
        place = f"{where}的{word}" if where else word
        if isinstance(after, tuple) or isinstance(before, tuple):
            yield from _list(before, after, place)
        elif is_dataclass(after) and is_dataclass(before):
            yield from _object(before, after, place)
        else:
            yield f"{place}由{_show(before)}改为{_show(after)}。"


def _list(before, after, place):
    if not all(is_dataclass(item) for item in (*before, *after)) or not _identified(before, after):
        yield f"{place}由{_show(before)}改为{_show(after)}。"
        return
    old, new = ({_identity(item): item for item in side} for side in (before, after))
    for key, item in old.items():
        if key not in new:
            yield f"{place}删去“{_title(item)}”。"
    for key, item in new.items():
        if key not in old:
            yield f"{place}新增“{_title(item)}”。"
        elif item != old[key]:
            yield from _object(old[key], item, f"{place}“{_title(item)}”")
    if [key for key in old if key in new] != [key for key in new if key in old]:
        yield f"{place}的顺序改变。"


def _identified(*sides):
    for side in sides:
        keys = [_identity(item) for item in side]
        if None in keys or len(set(keys)) != len(keys):
            return False
    return True


def _identity(item):
    return next((getattr(item, name) for name in IDENTITY if getattr(item, name, None)), None)


def _title(item):
    return next((getattr(item, name) for name in ("label", "title", "name", "text", "reason") if getattr(item, name, None)), _identity(item))


def _show(value):
    if value in ("", None, (), 0) and value is not False:
        return "(空)"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(f"“{_title(item) if is_dataclass(item) else item}”" for item in value)
    return f"“{value}”"
