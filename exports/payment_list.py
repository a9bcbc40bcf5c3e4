"""A payment list as files: workbook and CSV for people with the 17 columns, and a file for each bank profile.

The rows come from a locked batch in a fixed order, and nothing here asks the clock, so the bytes are always the same.
"""

import re
from functools import partial

from adminapp import divisions
from adminapp.errors import Invalid
from adminapp.money import format_yuan
from adminapp.payments import batches, lines, transfers
from adminapp.payments.release import BANK, WRITERS, Writer, Written, add_writer
from exports import bank_preview, bankfile, formats
from exports.columns import Column

COLUMNS = (
    Column("serial", "序号", "integer"),
    Column("status", "支付状态", width=10),
    Column("name", "户主姓名", width=12),
    Column("id", "户主身份证号", width=22),
    Column("payee", "收款人姓名", width=12),
    Column("payee_id", "收款人身份证号", width=22),
    Column("account", "银行账号", width=24),
    Column("bank", "开户银行", width=20),
    Column("place", "村（居）委会", width=24),
    Column("group", "村（居）民小组", width=12),
    Column("person", "享受人", width=12),
    Column("person_id", "享受人身份证号", width=22),
    Column("phone", "联系电话", width=16),
    Column("address", "现居住地", width=28),
    Column("age", "年龄", "integer"),
    Column("amount", "补贴金额", "money"),
    Column("locked_on", "填报日期", "date"),
)
"""The columns of 社会化发放花名册 (一卡通)."""
MORE = (
    Column("type_name", "补贴项目", width=20),
    Column("period", "所属月份", "month"),
    Column("note", "备注", width=20),
)
AS_THEY_ARE = ("name", "id", "payee", "account", "bank", "phone", "address", "age", "amount", "locked_on")
APPLIED = "已申请"


def register():
    """Put the writers of payment lists into the engine. Safe to call again."""
    if "xlsx" in WRITERS:
        return
    for key, label in (("xlsx", "发放名册（XLSX）"), ("csv", "发放名册（CSV）")):
        write = partial(write_list, formats.get_format(key))
        add_writer(key, Writer(label, write, partial(list_name, formats.get_format(key).SUFFIX)))
    BANK.update(write=write_bank, name=bank_name, preview=bank_preview.preview)


def write_list(module, path, batch: dict, rows):
    """Write the list for people with `module` (exports.xlsx or exports.csvfile)."""
    seal, seen = batch["seal"], _Count()
    notes = [
        f"共 {seal['count']} 行，{seal['people']} 人，合计 {format_yuan(seal['amount'])} 元；"
        f"另有暂缓 {seal['held']['count']} 行。",
        f"批次 {batch['_id']}，校验值（SM3）{seal['digest']}",
    ]
    title = f"{divisions.county().county_name}{batches.title_of(batch)}"
    listed = (_listed(number, row) for number, row in enumerate(seen.through(rows), 1))
    module.write(path, COLUMNS + MORE, listed, title=title, totals={"amount": seal["amount"]}, notes=notes)
    return Written(seen.payees, seen.amount)


class _Count:
    """Counts payees and fen of the rows that pass through."""

    def __init__(self):
        self.payees = self.amount = 0

    def through(self, rows):
        for row in rows:
            self.payees += row["kind"] not in lines.BESIDE
            self.amount += row["amount"]
            yield row


def _listed(number, row):
    return {
        **{key: row[key] for key in AS_THEY_ARE},
        "serial": number, "status": APPLIED, "payee_id": transfers.payee_id(row),
        "place": row["township_name"] + row["village_name"], "person": row["name"], "person_id": row["id"],
        "type_name": row["type_name"], "period": row["period"], "note": _note(row),
    }  # fmt: skip


def _note(row):
    if row["kind"] in lines.BESIDE:
        return f"{lines.KINDS[row['kind']]}：{row['reason']}"
    if row["kind"] != lines.REGULAR:
        return lines.KINDS[row["kind"]]
    return f"{row['months']} 个月" if row["months"] > 1 else ""


def write_bank(profile, path, batch: dict, rows):
    """Write the bank's file: a row for each transfer to a payee whose bank it serves."""
    seen = _Count()
    payees = [item for item in transfers.of_batch(batch, seen.through(rows)) if profile.serves(item["bank"])]
    try:
        built = bankfile.write(profile, payees, path)
    except Invalid as error:
        return Written(seen.payees, seen.amount, error.problems)
    if (built.count, built.total) != (len(payees), sum(item["amount"] for item in payees)):
        raise Invalid(f"“{profile.name}”的合计与明细不符，没有生成文件。")
    warnings = [f"{problem} 文件因此改用 {profile.fallback.upper()} 编码。" for problem in built.warnings]
    about = {"count": built.count, "amount": built.total, "encoding": built.profile.encoding}
    return Written(seen.payees, seen.amount, warnings=warnings, about=about)


def list_name(suffix: str, batch: dict) -> str:
    """Return the file name people see: Chinese, without characters that a file system refuses."""
    name = f"{batches.title_of(batch)}_{batch['seal']['digest'][:8]}"
    return re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|\s]+', "", name) + suffix


def bank_name(profile, batch: dict) -> str:
    values = {"type": batches.scope_name(batch), "month": batch["month"].replace("-", ""), "batch": str(batch["n"])}
    return bankfile.file_name(profile, **values)
