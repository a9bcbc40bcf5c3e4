"""What a new version may not do to the versions before it, so that every stored value keeps its name and its meaning.

A field is its id for ever: what is no longer wanted is retired, what gets another kind is a new field with a recipe.
"""

from collections.abc import Iterator
from dataclasses import replace

from adminapp.declaration.checks import fields_with_paths
from adminapp.declaration.problems import Problem
from adminapp.words import nearest

FOR_EVER = {"key": "标识", "code": "代码", "programme": "项目"}
"""What case numbers, awards and addresses are made from."""
WORTHLESS = {"note"}
"""Kinds without any value: they may simply go."""


def check_successor(old, new) -> list[Problem]:
    """Return what stands against `new` as the next version after `old`, each with its path in `new` and what to do instead."""
    return [*_head(old, new), *_fields(old, new)]


def _head(old, new) -> Iterator[Problem]:
    for name, word in FOR_EVER.items():
        if getattr(old, name) != getattr(new, name):
            yield Problem(name, f"{word}发布后不能再改：原为“{getattr(old, name)}”，写的是“{getattr(new, name)}”")


def _fields(old, new):
    paths = {field.id: path for path, field in fields_with_paths(new)}
    for field in old.fields.values():
        after = new.fields.get(field.id)
        if after is None:
            if field.kind not in WORTHLESS:
                yield Problem("sections", f"字段“{field.label}”（{field.id}）不能删除，案件里存有它的内容；不再使用请设为停用{nearest(field.id, new.fields)}")
            continue
        yield from _field(field, after, paths[field.id])


def _field(old, new, path):
    if old.kind != new.kind:
        yield Problem(f"{path}.kind", f"“{old.label}”已发布为“{old.kind}”，不能改为“{new.kind}”；请停用它，另建字段，并用转换方案转换原有内容")
        return
    if old.result != new.result:
        yield Problem(f"{path}.result", f"“{old.label}”的结果已发布为“{old.result}”，不能改为“{new.result}”；请停用它，另建计算字段")
    codes = {option.code for option in new.options}
    for option in old.options:
        if option.code not in codes:
            yield Problem(f"{path}.options", f"“{old.label}”的选项“{option.label}”（{option.code}）不能删除；不再使用请设为停用{nearest(option.code, codes)}")
    for column in old.fields:
        after = new.column_ids.get(column.id)
        if after is None:
            yield Problem(f"{path}.fields", f"“{old.label}”的列“{column.label}”（{column.id}）不能删除；不再使用请设为停用{nearest(column.id, new.column_ids)}")
        else:
            yield from _field(column, after, f"{path}.fields[{list(new.column_ids).index(column.id)}]")


def with_later_fields(earlier, latest):
    """Return the `earlier` text as it may be published after `latest`: what was added since stays, retired.

    This is how the effect of a publication is taken back once decisions stand under it.
    """
    missing = [field for field in latest.fields.values() if field.id not in earlier.fields and field.kind not in WORTHLESS]
    homes = {field.id: section for section in latest.sections for field in section.fields}
    sections = tuple(
        replace(section, fields=tuple(_with_later(field, latest.fields.get(field.id)) for field in section.fields)) for section in earlier.sections
    )
    known = {section.id for section in sections}
    for field in missing:
        home = homes[field.id]
        gone = _retired(field)
        if home.id not in known:
            sections, known = (*sections, replace(home, fields=())), {*known, home.id}
        sections = tuple(replace(each, fields=(*each.fields, gone)) if each.id == home.id else each for each in sections)
    return replace(earlier, sections=sections)


def _with_later(field, later):
    if later is None:
        return field
    codes = {option.code for option in field.options}
    options = tuple(replace(option, retired=True) for option in later.options if option.code not in codes)
    columns = tuple(_retired(column) for column in later.fields if column.id not in field.column_ids)
    inner = tuple(_with_later(column, later.column_ids.get(column.id)) for column in field.fields)
    return replace(field, options=(*field.options, *options), fields=(*inner, *columns))


def _retired(field):
    """Return the field switched off: hidden and kept, without what would still read other fields."""
    return replace(field, retired=True, required=False, required_when="", visible_when="", list=False, filter=False)
