"""The files of a payment list: the county's 17 columns, a bank line for each award, the same bytes each time."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest

from adminapp.bank.profile import read_profiles
from adminapp.bank.reading import read
from adminapp.errors import Invalid
from adminapp.payments import transfers
from exports import csvfile, payment_list, xlsx

PROFILES = read_profiles()
ID = "433123195603074216"


def row(number, **about):
    return {
        "name": f"虚构{number}", "id": ID, "payee": f"虚构{number}", "account": f"62170000000000{number:05d}",
        "bank": "虚构农商银行",
        "phone": "13800000000", "address": "虚构村 1 号", "age": 70, "amount": 30000, "locked_on": date(2026, 9, 16),
        "township_name": "沱江镇", "village_name": "虚构村", "type_name": "农村低保", "period": "2026-09",
        "kind": "regular", "months": 1, "award": number, "_id": f"all:2026-09/{number}", "number": f"433123109LS2026{number:05d}",
    } | about  # fmt: skip


def batch_of(rows, scope="all"):
    sums = {
        "count": len([each for each in rows if each["kind"] != "adjust"]),
        "people": 3,
        "amount": sum(each["amount"] for each in rows),
    }
    seal = {**sums, "held": {"count": 1}, "digest": "ab" * 32, "at": datetime(2026, 9, 16, tzinfo=UTC)}
    return {
        "_id": f"{scope}:2026-09",
        "scope": scope,
        "month": "2026-09",
        "n": 1,
        "supplement": False,
        "again": False,
        "names": {"dibao": "农村/低保"},
        "seal": seal,
    }


ROWS = [row(1), row(2, payee="代领人"), row(3, kind="arrears", period="2026-08"), row(4, months=3, amount=90000)]


def test_list_has_the_17_columns_and_its_total():
    stream = io.BytesIO()
    assert payment_list.write_list(xlsx, stream, batch_of(ROWS), ROWS) == payment_list.Written(4, 180000)
    sheet = openpyxl.load_workbook(stream).active
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    titles = "序号 支付状态 户主姓名 户主身份证号 收款人姓名 收款人身份证号 银行账号 开户银行 "
    titles += "村（居）委会 村（居）民小组 享受人 享受人身份证号 联系电话 现居住地 年龄 补贴金额 填报日期"
    assert cells[1][:17] == titles.split() and len(payment_list.COLUMNS) == 17
    assert cells[2][3] == ID and cells[2][5] == ID and cells[2][15] == 300
    assert cells[3][4] == "代领人" and cells[3][5] is None  # the number of another payee is not known
    assert [line[19] for line in cells[2:6]] == [None, None, "补发", "3 个月"]
    assert cells[6][15] == 1800 and any("abab" in str(line[0]) for line in cells[7:])


@pytest.mark.parametrize("module", [xlsx, csvfile])
def test_same_rows_give_the_same_bytes(module):
    made = []
    for _ in range(2):
        stream = io.BytesIO()
        payment_list.write_list(module, stream, batch_of(ROWS), iter(ROWS))
        made.append(stream.getvalue())
    assert made[0] == made[1]


def test_list_whose_lines_do_not_make_the_sealed_sum_is_not_written(tmp_path):
    batch = batch_of(ROWS)
    batch["seal"]["amount"] += 1
    with pytest.raises(Invalid):
        payment_list.write_list(csvfile, tmp_path / "list.csv", batch, ROWS)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("key", sorted(set(PROFILES) - {"batch_xlsx"}))
def test_bank_file_has_one_line_for_each_award_with_all_its_amounts(tmp_path, key):
    rows = [*ROWS, row(1, kind="arrears", period="2026-08"), row(1, kind="adjust", amount=-5000, reason="抵扣")]
    path = tmp_path / "bank"
    assert payment_list.write_bank(PROFILES[key], path, batch_of(rows), rows) == payment_list.Written(
        5, 205000, about={"count": 4, "amount": 205000, "encoding": PROFILES[key].encoding}
    )
    found, _ = read(PROFILES[key], path.read_bytes())
    assert [(line["name"], line["amount"]) for line in found] == [
        ("虚构1", 55000), ("代领人", 30000), ("虚构3", 30000), ("虚构4", 90000),
    ]  # fmt: skip


def test_equal_lines_stay_apart_in_the_bank_file(tmp_path):
    rows = [row(1), row(1, award=2)]
    assert payment_list.write_bank(PROFILES["txt_gbk"], tmp_path / "bank", batch_of(rows), rows).problems == []
    found, _ = read(PROFILES["txt_gbk"], (tmp_path / "bank").read_bytes())
    assert [line["summary"] for line in found] == ["农村低保", "农村低保2"]


def test_name_the_bank_cannot_write_is_a_problem_and_no_file(tmp_path):
    rows = [row(1, payee="龙䶮虚构")]
    problems = payment_list.write_bank(PROFILES["txt_gbk"], tmp_path / "bank", batch_of(rows), rows).problems
    assert len(problems) == 1 and "䶮" in str(problems[0]) and not (tmp_path / "bank").exists()


@pytest.mark.parametrize(
    ("name", "summary"),
    [("农村低保", "农村低保"), ("困难残疾人生活补贴", "困难补贴"), ("事实无人抚养儿童", "事实儿童")],
)
def test_summary_fits_a_passbook(name, summary):
    assert transfers.summary_of(name) == summary


def test_file_names_are_chinese_and_safe():
    assert payment_list.list_name(".xlsx", batch_of(ROWS, "dibao")) == "2026年9月农村低保发放名册_abababab.xlsx"
    for profile in PROFILES.values():
        assert not set('/\\:*?"<>|') & set(payment_list.bank_name(profile, batch_of(ROWS, "dibao")))
