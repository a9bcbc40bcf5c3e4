"""What the page of a bank profile shows: its file in words, its columns, the bank's marks, and what a draft changes."""

from flask_babel import gettext as _

from adminapp.bank import profile as model
from adminapp.bank import profiles
from adminapp.bank.reasons import get as reason_of
from views.bank.profile_form import BACK, CELL_LABELS, ENCODING_LABELS, build


def form_text(form):
    return f"{_(model.LAYOUTS[form.layout])} · {ENCODING_LABELS[form.encoding]} · {_(model.UNITS[form.unit])}"


def facts(profile):
    return [
        {"label": _("文件"), "value": form_text(profile), "sub": _("生僻字改用 %(name)s", name=ENCODING_LABELS[profile.fallback]) if profile.fallback else ""},
        {"label": _("文件名"), "value": profile.file_name + profile.suffix},
        {"label": _("收款人"), "value": "、".join(profile.banks) or _(model.PAYEES[profile.payees])},
        {"label": _("分隔符"), "value": _("空格") if profile.separator == " " else profile.separator} if profile.layout in ("csv", "separated") else None,
        {"label": _("合计行"), "value": "、".join(column.title for column in profile.total) or _("没有")},
        {"label": _("各行区分"), "value": "、".join(_(model.SOURCES[name]) for name in profile.unique)},
    ]  # fmt: skip


def tables(profile):
    """Return [(title, hint, columns, rows)]: columns of the file, of the return file, marks of the bank."""
    heads = [
        {"key": "title", "label": _("列名"), "main": True}, {"key": "kind", "label": _("内容")}, {"key": "source", "label": _("取自")},
        {"key": "bytes", "label": _("字节"), "align": "r"}, {"key": "required", "label": _("必填")},
    ]  # fmt: skip
    found = [(_("送银行的列"), "", heads, [_column(column, model.SOURCES) for column in profile.columns])]
    if not profile.returns:
        return found
    back = profile.returns
    hint = _("按 %(names)s 对账；%(covers)s", names="、".join(_(model.RETURN_SOURCES[name]) for name in back.match), covers=_(model.COVERS[back.covers]))
    found.append((_("回盘的列"), f"{form_text(back)}；{hint}", heads, [_column(column, model.RETURN_SOURCES) for column in back.columns]))
    if back.codes:
        marks = [{"key": "code", "label": _("标志"), "main": True}, {"key": "outcome", "label": _("结果")}, {"key": "reason", "label": _("失败原因")}]
        found.append((_("处理标志"), "", marks, [_mark(item) for item in back.codes]))
    return found


def _mark(item):
    reason = _(reason_of(item.reason).label) if item.reason else ""
    return {"id": item.code, "cells": {"code": item.code, "outcome": _(model.OUTCOMES[item.outcome]), "reason": reason}}


def _column(column, sources):
    cells = {
        "title": column.title, "kind": _(CELL_LABELS[column.kind]), "source": column.value or _(sources.get(column.source, "")),
        "bytes": column.bytes or "", "required": _("必填") if column.required else "",
    }  # fmt: skip
    return {"id": column.title, "cells": cells}


def changed(stored) -> list[tuple[str, str, str]]:
    """Return (what, before, now) of a draft against the version in use, by the words of the form."""
    before = profiles.active().get(stored.profile.key)
    if before is None:
        return []
    old_form, sections = build(profile=before.profile)
    new_form, _sections = build(profile=stored.profile)
    found = []
    for section in sections:
        for name in section["fields"]:
            label = f"{_('回盘') if name.startswith(BACK) else ''} {new_form[name].label.text}".strip()
            then, now = _said(old_form[name]), _said(new_form[name])
            if then != now:
                found += _lines_changed(label, then, now) if isinstance(then, list) else [(label, then, now)]
    return found


def _said(bound):
    if hasattr(bound, "entries"):
        return [" ".join(text for cell in line.form if cell.short_name != "row" and (text := _said(cell))) for line in bound.entries]
    value = bound.data
    labels = {code: label for code, label, *_rest in bound.iter_choices()} if hasattr(bound, "iter_choices") else {}
    if isinstance(value, (list, tuple)):
        return "、".join(str(labels.get(item, item)) for item in value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "" if value is None else str(labels.get(value, value))


def _lines_changed(label, then, now):
    found = []
    for number in range(max(len(then), len(now))):
        before, after = (rows[number] if number < len(rows) else "" for rows in (then, now))
        if before != after:
            found.append((_("%(label)s 第 %(n)s 行", label=label, n=number + 1), before, after))
    return found
