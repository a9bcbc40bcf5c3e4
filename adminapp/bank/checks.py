"""What a bank profile must obey beyond its shape; every fault is found, each with its place."""

import codecs
import re

from adminapp.bank import profile as model
from adminapp.bank.cells import CELLS
from adminapp.bank.reasons import reasons
from adminapp.words import nearest

FREE = ("constant", "serial", "blank")
"""Kinds of columns that need no source."""


def check_profile(profile):
    """Yield a sentence for each fault of a profile."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", profile.key):
        yield "key：应以小写字母开头，只用小写字母、数字和下划线，2 至 40 个字符。"
    yield from _check_form(profile, "", model.SOURCES, model.TOTAL_SOURCES)
    if not any(column.kind == "amount" and column.source == "amount" for column in profile.columns):
        yield "columns：没有金额列（kind: amount，source: amount）。"
    missing = set(profile.unique) - set(profile.sources)
    if missing:
        yield f"unique：{'、'.join(sorted(missing))} 不在 columns 的 source 中。"
    if profile.fallback and profile.fallback not in model.ENCODINGS:
        yield f"fallback：“{profile.fallback}”不认识，可用：{'、'.join(model.ENCODINGS)}。"
    if not re.fullmatch(r"\.[a-z]{2,4}", profile.suffix):
        yield "suffix：应为 .txt、.csv 这样的后缀。"
    for name in re.findall(r"\{([^}]*)\}", profile.file_name):
        if name not in model.PLACEHOLDERS:
            yield f"file_name：不认识 {{{name}}}，可用：{'、'.join(model.PLACEHOLDERS)}。"
    yield from _check_word(profile.payees, "payees", model.PAYEES)
    if (profile.payees == "all") == bool(profile.banks):
        yield "banks：按开户银行分文件时填写银行名称中的字，全部收款人时不填。"
    if profile.returns:
        yield from _check_returns(profile)


def _check_returns(profile):
    form = profile.returns
    yield from _check_form(form, "returns.", model.RETURN_SOURCES, model.RETURN_TOTALS)
    yield from _check_word(form.covers, "returns.covers", model.COVERS)
    found = set(form.sources)
    if missing := [name for name in form.match if name not in found]:
        yield f"returns.match：{'、'.join(missing)} 不在回盘各列的 source 中。"
    if unsent := [name for name in form.match if name not in profile.sources]:
        yield f"returns.match：{'、'.join(unsent)} 没有写入送银行的文件，回盘无法对上。"
    if not form.match:
        yield "returns.match：至少填写一项。"
    if "code" not in found and "paid" not in found:
        yield "returns.columns：处理标志（source: code）和实处理金额（source: paid）至少要有一列。"
    if ("code" in found) != bool(form.codes):
        yield "returns.codes：有处理标志列时要写明每个标志的含义，没有时不写。"
    if form.codes and not any(code.outcome == "paid" for code in form.codes) and form.covers == "all":
        yield "returns.codes：没有一个标志表示成功。"
    seen = set()
    for index, code in enumerate(form.codes):
        place = f"returns.codes[{index}]."
        yield from _check_word(code.outcome, f"{place}outcome", model.OUTCOMES)
        if code.code in seen:
            yield f"{place}code：“{code.code}”重复。"
        seen.add(code.code)
        if code.outcome == "paid" and code.reason:
            yield f"{place}reason：成功的标志没有失败原因。"
        if code.outcome != "paid":
            yield from _check_word(code.reason, f"{place}reason", reasons())


def _check_form(form, place, sources, totals):
    words = (("encoding", model.ENCODINGS), ("layout", model.LAYOUTS), ("unit", model.UNITS), ("line_end", model.LINE_ENDS),
             ("total_place", ("first", "last")))  # fmt: skip
    wrong = [fault for name, known in words for fault in _check_word(getattr(form, name), place + name, known)]
    yield from wrong
    if wrong:
        return
    for name, columns, known in (("columns", form.columns, sources), ("total", form.total, totals)):
        for index, column in enumerate(columns):
            for fault in _check_column(form, column, known, reads=bool(place)):
                yield f"{place}{name}[{index}].{fault}"
    repeated = {source for source in form.sources if form.sources.count(source) > 1} if place else ()
    if repeated:
        yield f"{place}columns：source {'、'.join(sorted(repeated))} 重复。"
    if form.layout == "xlsx" and not (
        form.header and form.total_place == "last" and len(form.total) <= len(form.columns)
    ):
        yield f"{place}header：表格格式必须有表头，合计行在最后，且不宽于明细。"
    if form.layout in ("csv", "separated") and len(form.separator) != 1:
        yield f"{place}separator：应为一个字符。"


def _check_column(form, column, sources, reads):
    if column.kind not in CELLS:
        yield f"kind：“{column.kind}”不认识{nearest(column.kind, CELLS)}"
    if column.source and column.source not in sources:
        yield f"source：“{column.source}”不认识{nearest(column.source, sources)}"
    if not column.source and column.kind not in FREE and not reads:
        yield "source：必须填写。"
    if column.kind == "constant" and not column.value:
        yield "value：常数列必须填写。"
    if form.layout == "fixed" and not column.bytes:
        yield "bytes：定长格式必须填写宽度。"
    if column.bytes is not None and column.bytes < 1:
        yield "bytes：应大于 0。"
    if column.align not in ("left", "right"):
        yield f"align：“{column.align}”不认识，可用：left、right。"
    if len(column.pad.encode(codecs.lookup(form.encoding).name, "replace")) != 1:
        yield "pad：应为一个单字节字符。"


def _check_word(value, place, known):
    if value not in known:
        yield f"{place}：“{value}”不认识{nearest(value, known)}"
