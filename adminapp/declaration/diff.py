"""Says in Chinese sentences what changes between two versions of a relief type. Items are matched by id, never by place."""

from dataclasses import is_dataclass

from adminapp.declaration.reader import shape
from adminapp.declaration.vocabulary import said, word

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
        label = word(type(new), key).label
        place = f"{where}的{label}" if where else label
        if isinstance(after, tuple) or isinstance(before, tuple):
            yield from _list(before, after, place, type(new), key)
        elif is_dataclass(after) and is_dataclass(before):
            yield from _object(before, after, place)
        else:
            yield f"{place}由{_value(type(new), key, before)}改为{_value(type(new), key, after)}。"


def _list(before, after, place, cls, key):
    if not all(is_dataclass(item) for item in (*before, *after)) or not _identified(before, after):
        yield f"{place}由{_value(cls, key, before)}改为{_value(cls, key, after)}。"
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


def _value(cls, key, value):
    """Return a value as a reader says it, codes by their labels."""
    if isinstance(value, tuple):
        value = tuple(said(cls, key, item) if isinstance(item, str) else item for item in value)
    return _show(said(cls, key, value) if isinstance(value, str) else value)


def _show(value):
    if value in ("", None, (), 0) and value is not False:
        return "(空)"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(f"“{_title(item) if is_dataclass(item) else item}”" for item in value)
    return f"“{value}”"
