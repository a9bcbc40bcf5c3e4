"""The form of a bank profile: plain data of adminapp/bank/profile.py as inputs, and its faults at the inputs they are about."""

import re

from adminapp.bank import profile as model
from adminapp.bank.cells import CELLS
from adminapp.bank.profile import BankProfile
from adminapp.bank.reasons import reasons
from adminapp.declaration.model import Option
from adminapp.workflow.action import entry
from views.plainforms import form_class

CELL_LABELS = {
    "text": "文字", "digits": "数字串", "amount": "金额", "number": "整数", "serial": "序号", "constant": "固定文字", "blank": "留空", "date": "日期",
}  # fmt: skip
ENCODING_LABELS = {"gbk": "GBK", "gb18030": "GB18030", "utf-8": "UTF-8"}
ENDS = {"crlf": "CRLF（Windows）", "lf": "LF"}
PLACES = {"last": "最后一行", "first": "第一行"}
MARKS = {
    "comma": ("逗号", ","), "blank": ("空格", " "), "tab": ("制表符", "\t"), "bar": ("竖线 |", "|"), "semicolon": ("分号", ";"), "caret": ("^", "^"),
}  # fmt: skip
"""What may stand between the cells of a line: an input would lose a blank."""
SIDES = {"left": "左对齐", "right": "右对齐"}
BACK = "back_"
"""What the inputs of the return form begin with."""
LISTS = ("unique", "match")
MOST_COLUMNS = 40


def pick(pairs: dict) -> tuple[Option, ...]:
    return tuple(Option(code=code, label=label) for code, label in pairs.items())


def column_fields(sources, returns=False):
    """Return the columns of a table of file columns."""
    kinds = {key: label for key, label in CELL_LABELS.items() if key in CELLS}
    found = [
        entry("title", "列名", max_length=40),
        entry("kind", "内容", "choice", required=False, options=pick(kinds)),
        entry("source", "取自", "choice", required=False, options=pick(sources)),
        entry("bytes", "字节", "integer", required=False, min="1", max="200"),
        entry("need", "必填", "yes_no", required=False),
    ]
    if not returns:
        found[4:4] = [entry("value", "固定文字", required=False, max_length=60)]
        found.append(entry("most", "最大金额", "money", required=False))
    sides = entry("align", "对齐", "choice", required=False, options=pick(SIDES))
    return (*found, sides, entry("pad", "填充", required=False, max_length=1))


def layout_fields(prefix="", required=True):
    """Return the inputs of a file form; those of the return form bear a prefix."""
    when = f'{prefix}layout in ["separated", "csv"]'
    return [
        entry(f"{prefix}layout", "文件类型", "choice", required, options=pick(model.LAYOUTS)),
        entry(f"{prefix}encoding", "编码", "choice", required, options=pick(ENCODING_LABELS)),
        entry(f"{prefix}separator", "分隔符", "choice", required=False, options=pick({key: label for key, (label, _mark) in MARKS.items()}), visible_when=when),
        entry(f"{prefix}unit", "金额单位", "choice", required, options=pick(model.UNITS)),
        entry(f"{prefix}header", "有表头", "yes_no", required=False),
        entry(f"{prefix}line_end", "换行", "choice", required=False, options=pick(ENDS)),
        entry(f"{prefix}total_place", "合计行位置", "choice", required=False, options=pick(PLACES)),
    ]


def parts():
    """Return [(id, title, hint, fields)] of the form, in order."""
    sources, back = model.SOURCES, model.RETURN_SOURCES
    names = "、".join(f"{{{name}}} {label}" for name, label in model.PLACEHOLDERS.items())
    return [
        ("bank", "银行", "", [
            entry("key", "代码", max_length=40, help="小写字母、数字和下划线，以后不能改"),
            entry("name", "名称", max_length=40),
            entry("payees", "收款人", "choice", options=pick(model.PAYEES)),
            entry("banks", "开户银行名称中的字", required=False, max_length=200, help="如“农商银行”，几个的用顿号隔开", visible_when='payees != "all"'),
        ]),
        ("file", "送银行的文件", "每一笔一行；编码写不出的字、超长的字段在导出时逐行列出，不会悄悄改掉。", [
            *layout_fields(),
            entry("fallback", "生僻字改用编码", "choice", required=False, options=pick(ENCODING_LABELS), help="有写不出的字时整个文件改用并列出；不填则不导出"),
            entry("file_name", "文件名", max_length=80, help=f"可用 {names}"),
            entry("suffix", "后缀", max_length=5, help="如 .txt"),
            entry("unique", "各行不能全部相同的项", "multi_choice", required=False, options=pick(sources), help="回盘按这些项对账"),
            entry("columns", "明细列", "table", max_rows=MOST_COLUMNS, fields=column_fields(sources)),
            entry("total", "合计行", "table", required=False, max_rows=MOST_COLUMNS, fields=column_fields(model.TOTAL_SOURCES)),
        ]),
        ("returns", "回盘文件", "银行处理以后送回的文件。", [
            entry("answers", "银行送回盘文件", "yes_no", required=False),
        ]),
        ("back", "回盘的格式", "", [
            *layout_fields(BACK, required=False),
            entry("back_covers", "回盘内容", "choice", required=False, options=pick(model.COVERS)),
            entry("back_match", "按什么对账", "multi_choice", required=False, options=pick(back), help="这些项合在一起认出一笔"),
            entry("back_columns", "回盘列", "table", required=False, max_rows=MOST_COLUMNS, fields=column_fields(back, returns=True)),
            entry("back_total", "回盘合计行", "table", required=False, max_rows=MOST_COLUMNS, fields=column_fields(model.RETURN_TOTALS, returns=True)),
            entry("back_codes", "处理标志", "table", required=False, max_rows=60, fields=(
                entry("code", "标志", max_length=20),
                entry("outcome", "结果", "choice", options=pick(model.OUTCOMES)),
                entry("reason", "失败原因", "choice", required=False, options=pick({key: item.label for key, item in reasons().items()})),
            ), help="没有处理标志的，按实处理金额判断"),
        ]),
    ]  # fmt: skip


def build(posted=None, profile: BankProfile | None = None, locked_key: bool = False):
    """Return (form, sections): bound to what was posted, or filled from a profile."""
    made = parts()
    values = filled(profile) if profile else DEFAULTS
    blank = {field.id: [{}] for *_head, fields in made for field in fields if field.kind == "table" and not values.get(field.id)}
    form = form_class([field for *_head, fields in made for field in fields])(posted, data=values | blank)
    form.decorate()
    if locked_key:
        form.key.render_kw = {**(form.key.render_kw or {}), "readonly": True}
    sections = []
    for key, title, hint, fields in made:
        when = form.names.to_json("answers", standards=None, on=None) if key == "back" else ""
        sections.append({"id": key, "title": title, "hint": hint, "fields": [field.id for field in fields], "visible_when": when})
    return form, sections


DEFAULTS = {"payees": "all", "layout": "csv", "encoding": "gb18030", "separator": "comma", "unit": "yuan", "header": True, "line_end": "crlf",
            "total_place": "last", "file_name": "{bank}_{month}_{batch}", "suffix": ".csv", "answers": True, "columns": [{}, {}, {}]}  # fmt: skip


def filled(profile: BankProfile) -> dict:
    """Return the values of the inputs for a profile."""
    back = profile.returns
    values = {name: getattr(profile, name) for name in ("key", "name", "payees", "fallback", "file_name", "suffix", "unique")}
    values |= {"banks": "、".join(profile.banks), "answers": back is not None, **_layout(profile, "")}
    if back:
        codes = [{"code": item.code, "outcome": item.outcome, "reason": item.reason} for item in back.codes]
        values |= {**_layout(back, BACK), "back_covers": back.covers, "back_match": back.match, "back_codes": codes}
    return values


def _layout(form, prefix):
    plain = ("layout", "encoding", "separator", "unit", "header", "line_end", "total_place")
    values = {prefix + name: getattr(form, name) for name in plain}
    values[f"{prefix}separator"] = next((key for key, (_label, mark) in MARKS.items() if mark == form.separator), "comma")
    for name in ("columns", "total"):
        values[prefix + name] = [
            {"need": column.required, **{key: getattr(column, key) for key in ("title", "kind", "source", "value", "bytes", "most", "align", "pad")}}
            for column in getattr(form, name)
        ]
    return values


def data_of(form) -> dict:
    """Return the plain data of a profile as the form holds it; what is as usual is left out."""
    typed = form.typed()
    data = {name: typed[name] for name in ("key", "name", "payees", "fallback", "file_name", "suffix") if typed[name]}
    data |= {"unique": list(typed["unique"] or ()), "banks": [word for word in re.split("[、，,;；\\s]+", typed["banks"] or "") if word]}
    data |= _layout_data(typed, "")
    if typed["answers"]:
        codes = [{key: row[key] for key in ("code", "outcome", "reason") if row.get(key)} for row in typed["back_codes"] if _is_filled(row)]
        data["returns"] = {**_layout_data(typed, BACK), "match": list(typed["back_match"] or ()), "codes": codes}
        if typed["back_covers"]:
            data["returns"]["covers"] = typed["back_covers"]
    return data


def _layout_data(typed, prefix):
    words = ("layout", "encoding", "separator", "unit", "line_end", "total_place")
    data = {name: typed[prefix + name] for name in words if typed[prefix + name]} | {"header": bool(typed[f"{prefix}header"])}
    data["separator"] = MARKS.get(data.get("separator"), MARKS["comma"])[1]
    for name in ("columns", "total"):
        data[name] = [_column(row) for row in typed[prefix + name] if _is_filled(row)]
    return data


def _column(row):
    keys = ("title", "kind", "source", "value", "bytes", "most", "align", "pad")
    found = {key: row[key] for key in keys if row.get(key)}
    return found | ({"required": False} if row.get("need") is False else {})


def _is_filled(row):
    return any(value not in (None, "", False) for key, value in row.items() if key not in ("row", "need"))


PLACE = re.compile(r"(?P<returns>returns\.)?(?P<name>\w+)(\[(?P<row>\d+)\](\.(?P<cell>\w+))?)?：(?P<text>.*)", re.S)
CELL_NAMES = {"required": "need"}


def put_faults(form, faults: list[str]):
    """Put the faults of a profile (``columns[2].bytes：…``) at their inputs; what has none goes on top."""
    for fault in faults:
        place = PLACE.fullmatch(fault)
        bound = _bound(form, place) if place else None
        if bound is None:
            form.form_errors = [*form.form_errors, fault]
        else:
            bound.errors = [*bound.errors, place["text"]]


def _bound(form, place):
    name = (BACK if place["returns"] else "") + place["name"]
    if name not in form:
        return None
    bound = form[name]
    if place["row"] is None or not hasattr(bound, "entries"):
        return bound
    rows = [line for line in bound.entries if _is_filled(line.form.data)]
    if int(place["row"]) >= len(rows):
        return bound
    line, cell = rows[int(place["row"])], CELL_NAMES.get(place["cell"], place["cell"] or "title")
    return line.form[cell] if cell in line.form else bound  # noqa: SIM401 (a form is no dict)
