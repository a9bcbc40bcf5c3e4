"""A payment list as files: workbook and CSV for people with the 17 columns, and a file for each bank profile.

The rows come from a locked batch in a fixed order, and nothing here asks the clock, so the bytes are always the same.
"""

import re
from functools import partial

from adminapp import divisions
from adminapp.errors import Invalid
from adminapp.money import format_yuan
from adminapp.payments import batches
from adminapp.payments.release import WRITERS, Writer, add_writer
from exports import bankfile, formats
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
SUMMARY = 5
"""Han characters a bank's summary column of 12 bytes holds, with room for a number."""


def register():
    """Put the writers of payment lists into the engine. Safe to call again."""
    if "xlsx" in WRITERS:
        return
    for key, label in (("xlsx", "发放名册（XLSX）"), ("csv", "发放名册（CSV）")):
        write = partial(write_list, formats.get_format(key))
        add_writer(key, Writer(label, write, partial(list_name, formats.get_format(key).SUFFIX)))
    for profile in bankfile.read_profiles(bankfile.PROFILES).values():
        writer = Writer(
            f"银行文件：{profile.name}", partial(write_bank, profile), partial(bank_name, profile), batches.PAYABLE
        )
        add_writer(f"bank:{profile.key}", writer)


def write_list(module, path, batch: dict, rows):
    """Write the list for people with `module` (exports.xlsx or exports.csvfile); return (payees, fen, no problems)."""
    seal, seen = batch["seal"], _Count()
    notes = [
        f"共 {seal['count']} 行，{seal['people']} 人，合计 {format_yuan(seal['amount'])} 元；"
        f"另有暂缓 {seal['held']['count']} 行。",
        f"批次 {batch['_id']}，校验值（SM3）{seal['digest']}",
    ]
    title = f"{divisions.county().county_name}{batches.title_of(batch)}"
    listed = (_listed(number, row) for number, row in enumerate(seen.through(rows), 1))
    module.write(path, COLUMNS + MORE, listed, title=title, totals={"amount": seal["amount"]}, notes=notes)
    return seen.payees, seen.amount, []


class _Count:
    """Counts payees and fen of the rows that pass through."""

    def __init__(self):
        self.payees = self.amount = 0

    def through(self, rows):
        for row in rows:
            self.payees += row["kind"] != "adjust"
            self.amount += row["amount"]
            yield row


def _listed(number, row):
    return {
        **{key: row[key] for key in AS_THEY_ARE},
        "serial": number, "status": APPLIED, "payee_id": _payee_id(row),
        "place": row["township_name"] + row["village_name"], "person": row["name"], "person_id": row["id"],
        "type_name": row["type_name"], "period": row["period"], "note": _note(row),
    }  # fmt: skip


def _payee_id(row):
    return row["id"] if row["payee"] in ("", row["name"]) else ""  # another payee's number is not known


def _note(row):
    if row["kind"] == "adjust":
        return f"调整：{row['reason']}"
    if row["kind"] == "arrears":
        return "补发"
    return f"{row['months']} 个月" if row["months"] > 1 else ""


def write_bank(profile, path, batch: dict, rows):
    """Write the bank's file, one line for each award with all its amounts; return (payees, fen, problems)."""
    seen = _Count()
    payees = _by_award(seen.through(rows))
    try:
        built = bankfile.write(profile, payees, path)
    except Invalid as error:
        return seen.payees, seen.amount, error.problems
    if (built.count, built.total) != (len(payees), seen.amount):
        raise Invalid(f"“{profile.name}”的合计与明细不符，没有生成文件。")
    return seen.payees, seen.amount, []


def _by_award(rows) -> list[dict]:
    payees = {}
    for row in rows:
        line = payees.get(row["award"])
        if line is None:
            payee, summary = row["payee"] or row["name"], summary_of(row["type_name"])
            line = {
                "name": payee,
                "account": row["account"],
                "amount": 0,
                "id_number": _payee_id(row),
                "summary": summary,
            }
            payees[row["award"]] = line
        line["amount"] += row["amount"]
    found = list(payees.values())
    _number_equals(found)
    return found


def _number_equals(payees):
    """Number the summaries of lines that are otherwise equal: the bank's return file tells lines apart by them."""
    seen = {}
    for line in payees:
        key = line["name"], line["account"], line["amount"], line["summary"]
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            line["summary"] += str(seen[key])


def summary_of(name: str) -> str:
    """Return what the bank prints on the statement: the name of the type, or its first and last two characters.

    困难残疾人生活补贴 becomes 困难补贴: passbooks hold four to six characters (湘财乡〔2017〕8号 asks for four).
    """
    return name if len(name) <= SUMMARY else name[:2] + name[-2:]


def list_name(suffix: str, batch: dict) -> str:
    """Return the file name people see: Chinese, without characters that a file system refuses."""
    name = f"{batches.title_of(batch)}_{batch['seal']['digest'][:8]}"
    return re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|\s]+', "", name) + suffix


def bank_name(profile, batch: dict) -> str:
    values = {"type": batches.scope_name(batch), "month": batch["month"].replace("-", ""), "batch": str(batch["n"])}
    return bankfile.file_name(profile, **values)
