"""Workbooks of imports: the template of a type, made from its declaration, and the rows that could not be taken in.

Both go to and fro: what comes back marked can be corrected and uploaded again as it is.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import xlsxwriter

from adminapp import divisions
from adminapp.fields import KINDS
from adminapp.imports.columns import DRAFT, KEY, MODES, VILLAGE, Target, tables, targets
from adminapp.imports.gathering import Household
from adminapp.imports.guessing import EXAMPLE, GUIDE, LISTS, MARKER
from adminapp.outputs import outputs
from adminapp.scope import Actor
from exports.marked import HEADING

ROWS = 5000
"""Rows of a template that have drop-downs and formats."""
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - fixed, so that the same declaration gives the same bytes
SHEET_NAME = 31
WIDTHS = {"id_number": 22, "bank_account": 24, "text": 20, "long_text": 36, "money": 12, "date": 13, "phone": 15, "division": 24}


@dataclass
class _Book:
    """A workbook being written, with its formats and the lists its drop-downs use."""

    workbook: xlsxwriter.Workbook
    lists: dict[tuple, str] = field(default_factory=dict)

    def __post_init__(self):
        base = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
        kinds = {
            "head": {"bold": True, "align": "center", "text_wrap": True, "border": 1, "bg_color": "#EEF2F6"},
            "must": {"bold": True, "align": "center", "text_wrap": True, "border": 1, "bg_color": "#FDF1E3"},
            "text": {"num_format": "@"}, "example": {"num_format": "@", "italic": True, "font_color": "#7A8594"},
            "bad": {"num_format": "@", "bg_color": "#FFC7CE"}, "told": {"num_format": "@", "bg_color": "#FFF3F4", "text_wrap": True},
            "tell": {"bold": True, "font_color": "#9C0006", "text_wrap": True}, "title": {"bold": True, "font_size": 14},
            "wrap": {"text_wrap": True, "valign": "top"},
        }  # fmt: skip
        self.formats = {name: self.workbook.add_format(base | more) for name, more in kinds.items()}

    def mark(self, relief_key: str, version: int, mode: str):
        """Write which declaration the workbook was made from where nobody edits it."""
        sheet = self.workbook.add_worksheet(MARKER)
        for number, pair in enumerate((("type", relief_key), ("version", str(version)), ("mode", mode))):
            sheet.write_row(number, 0, pair)
        sheet.very_hidden()

    def drop_down(self, sheet, place: int, first: int, last: int, target: Target, villages: Sequence[str]):
        """Offer the options of a column to choose from."""
        words = tuple(_words(target, villages))
        if not words:
            return
        if words not in self.lists:
            self.lists[words] = f"='{LISTS}'!{_range(len(self.lists), len(words))}"
        sheet.data_validation(first, place, last, place, {
            "validate": "list", "source": self.lists[words], "error_title": "请从下拉列表选择", "error_message": f"“{target.title}”只能填列表中的内容。",
        })  # fmt: skip

    def write_lists(self):
        sheet = self.workbook.add_worksheet(LISTS)
        for place, words in enumerate(self.lists):
            sheet.write_column(0, place, words)
        sheet.very_hidden()


def _words(target, villages):
    if target.key == VILLAGE:
        return villages
    if target.field.kind == "choice":
        return [option.label for option in target.field.options if not option.retired]
    return ("是", "否") if target.field.kind == "yes_no" else ()


def _range(column, length):
    letters = xlsxwriter.utility.xl_col_to_name(column, True)
    return f"{letters}$1:{letters}${length}"


def _opened(path):
    workbook = xlsxwriter.Workbook(path, OPTIONS)
    workbook.set_properties({"created": CREATED})
    return workbook


def sheet_name(text: str) -> str:
    """Return a text as the name of a sheet."""
    return re.sub(r"[\[\]:*?/\\']", " ", text)[:SHEET_NAME].strip() or "表"


# The template


def template(path, published, mode: str, actor: Actor) -> str:
    """Write the template of a type for this actor's places and return the name people see."""
    relief_type, known = published.relief_type, targets(published.relief_type, mode)
    villages = _villages(actor)
    with _opened(path) as workbook:
        book = _Book(workbook)
        cases = [target for target in known.values() if target.table is None and target.key != "_township"]
        _form(book, sheet_name(relief_type.name), cases, villages)
        for table in tables(relief_type):
            columns = [known[KEY], *(target for target in known.values() if target.table is table)]
            _form(book, sheet_name(table.label), columns, villages)
        _guide(book, relief_type, published.version, mode, known)
        book.write_lists()
        book.mark(published.key, published.version, mode)
    return f"{relief_type.name}_导入模板{'' if mode == DRAFT else '_接收现有对象'}_第{published.version}版.xlsx"


def _villages(actor):
    found = []
    for township in divisions.townships():
        found += [township.name + village.name for village in divisions.villages(township.code) if actor.reaches(township.code, village.code)]
    return found


def _form(book, name, columns, villages):
    sheet = book.workbook.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    for place, target in enumerate(columns):
        width = max(WIDTHS.get(target.field.kind, 12), 2 * len(target.title) + 3)
        sheet.set_column(place, place, min(width, 40), book.formats["text"])
        must = target.field.required or target.key == KEY
        sheet.write_string(0, place, target.title + ("*" if must else ""), book.formats["must" if must else "head"])
        if note := _note(target):
            sheet.write_comment(0, place, note, {"x_scale": 1.6, "author": "relief"})
        sheet.write_string(1, place, EXAMPLE if target.key == KEY else _example(target, villages), book.formats["example"])
        book.drop_down(sheet, place, 2, ROWS, target, villages)


def _note(target):
    item = target.field
    must = "必填" if item.required else "满足条件时必填" if item.required_when else ""
    return "\n".join(filter(None, [must, item.help, item.unit and f"单位：{item.unit}", _format_of(target), item.clause and f"依据：{item.clause}"]))


def _format_of(target):
    kind = target.field.kind
    if target.key == VILLAGE:
        return "从列表选择，或写乡镇名加村名"
    forms = {
        "date": "写成 2026-09-01", "month": "写成 2026-09", "money": "元，最多两位小数", "yes_no": "填“是”或“否”", "choice": "从列表选择",
        "multi_choice": "从选项中选，几项之间用“、”", "id_number": "18 位，末位 X 大写", "bank_account": "按文本填写，不要用科学计数",
    }  # fmt: skip
    return forms.get(kind, "")


def _example(target, villages):
    if target.key == VILLAGE:
        return villages[0] if villages else ""
    item = target.field
    value = KINDS[item.kind].sample(item)
    return KINDS[item.kind].text(value, item) if value not in (None, [], "") else ""


def _guide(book, relief_type, version, mode, known):
    sheet = book.workbook.add_worksheet(GUIDE)
    sheet.set_column(0, 0, 26, book.formats["wrap"])
    sheet.set_column(1, 1, 14, book.formats["wrap"])
    sheet.set_column(2, 2, 70, book.formats["wrap"])
    sheet.write_string(0, 0, f"{relief_type.name}导入模板（{MODES[mode]}）", book.formats["title"])
    lines = [
        f"按第 {version} 版填报内容生成。带 * 的栏目必填；有下拉列表的从列表选择。",
        "第一张表一户一行；其他表一人（一项）一行，用“户号”说明属于哪一户，户号由您自己编，文件里不重复即可。",
        f"“{EXAMPLE}”一行不会导入，可以留着，也可以删去。表头不要改，列的顺序可以换，多出来的列会忽略。",
        "上传后先试导入：不会存任何内容，有问题的格会标红并写明原因。改好后整份再传。",
    ]
    for number, line in enumerate(lines, 2):
        sheet.merge_range(number, 0, number, 2, line, book.formats["wrap"])
    first = len(lines) + 3
    for place, title in enumerate(("栏目", "是否必填", "说明")):
        sheet.write_string(first, place, title, book.formats["head"])
    for number, target in enumerate(known.values(), first + 1):
        where = f"{target.table.label} · {target.title}" if target.table else target.title
        must = "必填" if target.field.required else "按条件" if target.field.required_when else ""
        options = "、".join(option.label for option in target.field.options if not option.retired)
        told = "；".join(filter(None, [target.field.help, _format_of(target), options and f"选项：{options}", target.field.clause]))
        for place, text in enumerate((where, must, told)):
            sheet.write_string(number, place, text, book.formats["wrap"])


# What comes back


def marked(path, batch: dict, sheets: dict, known: dict[str, Target], refused: Iterable[Household]) -> None:
    """Write the refused households in sheets like those that came: bad cells red with a note, the sentences in a last column."""
    wanted, told, marks = _by_sheet(refused)
    villages = _villages(_maker(batch))
    with _opened(path) as workbook:
        book = _Book(workbook)
        for plan in batch["sheets"]:
            table = sheets[plan["name"]]
            sheet = workbook.add_worksheet(sheet_name(plan["name"] or "导入"))
            last = _heads(book, sheet, plan, table)
            number = plan["header"]
            for row in wanted.get(plan["name"], ()):
                number += 1
                _row(book, sheet, number, table.rows[row], row, marks.get(plan["name"], {}), last)
                if sentences := told.get((plan["name"], row)):
                    sheet.write_string(number, last, "；".join(dict.fromkeys(sentences)), book.formats["told"])
            for place, key in plan["places"].items():
                book.drop_down(sheet, int(place), plan["header"] + 1, max(number, plan["header"] + 1), known[key], villages)
        if batch.get("template"):
            book.mark(batch["type"], batch["template"], batch["mode"])
        book.write_lists()


def _maker(batch):
    from adminapp.jobs.model import actor_of

    return actor_of({"_id": batch["_id"], "actor": batch["maker"]})


def _by_sheet(refused):
    """Return rows to write by sheet, sentences by (sheet, row), and marks {sheet: {(row, place): sentence}}."""
    wanted, told, marks = {}, {}, {}
    for household in refused:
        for sheet, row in sorted(household.lines()):
            wanted.setdefault(sheet, []).append(row)
        for fault in household.faults:
            if fault.row not in wanted.setdefault(fault.sheet, []):
                wanted[fault.sheet].append(fault.row)
            told.setdefault((fault.sheet, fault.row), []).append(fault.text)
            if fault.place >= 0:
                marks.setdefault(fault.sheet, {}).setdefault((fault.row, fault.place), fault.text)
    return wanted, told, marks


def _heads(book, sheet, plan, table):
    """Write everything down to the headings and return the place of the column of sentences."""
    heads = table.rows[plan["header"]]
    last = heads.index(HEADING) if HEADING in heads else max(len(heads), max(map(len, table.rows)))
    for number, cells in enumerate(table.rows[: plan["header"] + 1]):
        for place, text in enumerate(cells):
            if place != last:
                sheet.write_string(number, place, text, book.formats["head" if number == plan["header"] else "text"])
    sheet.write_string(plan["header"], last, HEADING, book.formats["tell"])
    sheet.set_column(0, max(last - 1, 0), 16)
    sheet.set_column(last, last, 56)
    sheet.freeze_panes(plan["header"] + 1, 0)
    return last


def _row(book, sheet, number, cells, row, marks, last):
    for place in range(last):
        text, fault = cells[place] if place < len(cells) else "", marks.get((row, place))
        if text or fault:
            sheet.write_string(number, place, text, book.formats["bad" if fault else "text"])
        if fault:
            sheet.write_comment(number, place, fault, {"author": "relief", "x_scale": 1.8, "y_scale": 0.8})


def register():
    """Let screens and jobs make these workbooks."""
    outputs.add("import_template", template)
    outputs.add("import_marked", marked)
