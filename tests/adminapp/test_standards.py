"""Dated figures: allowance rates, limits, ratios."""

from datetime import date, datetime
from fractions import Fraction

import pytest

from adminapp import standards
from adminapp.errors import Invalid
from adminapp.standards import Standards

TEXT = """\
standards:
- key: dibao.urban
  label: 城市低保标准
  unit: money/month
  values:
  - {from: 2025-01-01, value: 720.10, source: 文件二}
  - {from: 2024-01-01, value: 700.00, source: 文件一, note: 演示参数}
- key: dibao.supplement.ill
  label: 重病患者分类施保
  unit: percent
  values:
  - {from: 2024-01-01, value: 12.5, source: 文件三}
- key: temporary.months_max
  label: 月数上限
  unit: months
  values:
  - {from: 2024-01-01, value: 6, source: 文件四}
- key: tekun.ratio
  label: 与低保标准之比
  unit: number
  values:
  - {from: 2024-01-01, value: 1.3, source: 文件五}
"""
DAY = date(2026, 9, 16)


@pytest.fixture
def table():
    return standards.from_text(TEXT)


@pytest.fixture(scope="module")
def county():
    return standards.read_file()


@pytest.mark.parametrize(
    "on, fen",
    [(date(2024, 1, 1), 70000), (date(2024, 12, 31), 70000), (date(2025, 1, 1), 72010), (date(2030, 1, 1), 72010)],
)
def test_value_holds_from_its_day_until_the_next_one(table, on, fen):
    assert table.value("dibao.urban", on) == fen


def test_values_are_exact(table):
    assert table.value("dibao.supplement.ill", DAY) == Fraction(1, 8)
    assert table.value("tekun.ratio", DAY) == Fraction(13, 10)
    assert table.value("temporary.months_max", DAY) == 6
    assert type(table.value("dibao.urban", DAY)) is int


def test_day_before_the_first_value_is_refused_with_the_first_day(table):
    with pytest.raises(Invalid, match="城市低保标准.*2023-12-31 没有数值，最早自 2024-01-01"):
        table.value("dibao.urban", date(2023, 12, 31))


def test_unknown_key_is_refused_with_the_nearest_known_one(table):
    with pytest.raises(Invalid, match="没有“dibao.urbn”.*dibao.urban"):
        table.value("dibao.urbn", DAY)
    with pytest.raises(Invalid, match="没有"):
        table.unit("dibao.urbn")


def test_entry_tells_where_the_value_comes_from(table):
    assert table.entry("dibao.urban", date(2024, 5, 1)) == {
        "key": "dibao.urban",
        "label": "城市低保标准",
        "unit": "money/month",
        "value": 70000,
        "text": "700.00 元/月",
        "from": date(2024, 1, 1),
        "source": "文件一",
        "note": "演示参数",
    }


def test_entry_text_carries_the_unit(table):
    texts = [table.entry(key, DAY)["text"] for key in table.keys()]  # noqa: SIM118 - a table, not a dict
    assert texts == ["12.5%", "720.10 元/月", "1.3", "6 个月"]


def test_types_serve_the_check_of_formulas(table):
    assert table.types() == {
        "dibao.supplement.ill": "number",
        "dibao.urban": "money",
        "tekun.ratio": "number",
        "temporary.months_max": "number",
    }


def test_rows_give_the_same_table_in_any_order(table):
    rows = table.to_rows()
    assert Standards.from_rows(reversed(rows)) == table
    assert [row["value"] for row in rows] == ["12.5", 70000, 72010, "1.3", 6]


def test_rows_read_back_from_a_database_are_accepted(table):
    rows = [
        {**row, "from": datetime(row["from"].year, row["from"].month, row["from"].day), "_id": 1, "rev": 7}
        for row in table.to_rows()
    ]
    assert Standards.from_rows(rows) == table


def test_new_value_leaves_the_old_table_alone(table):
    raised = table.with_value("dibao.urban", date(2027, 1, 1), "760.00", "文件六")
    assert raised.value("dibao.urban", date(2027, 1, 1)) == 76000
    assert raised.value("dibao.urban", date(2026, 12, 31)) == 72010
    assert table.value("dibao.urban", date(2027, 1, 1)) == 72010
    with pytest.raises(Invalid, match="自 2025-01-01 起的数值重复"):
        table.with_value("dibao.urban", date(2025, 1, 1), "1.00", "文件七")


def test_file_is_written_byte_for_byte_as_read(county):
    text = standards.FILE.read_text("utf-8")
    assert standards.to_text(county) == text
    assert standards.to_text(standards.from_text(text)) == text


@pytest.mark.parametrize("source", ["a: b, {c}", '说"明"', "一\n二\\", " 空格", "#1", "-", "true", "零\u200b宽", "𬬭"])
def test_any_source_text_survives_the_file(table, source):
    changed = table.with_value("dibao.urban", date(2027, 1, 1), "1.00", source)
    assert standards.from_text(standards.to_text(changed)) == changed


def test_written_file_does_not_depend_on_the_order_of_rows(table):
    text = standards.to_text(table)
    assert standards.to_text(Standards.from_rows(reversed(standards.from_text(text).to_rows()))) == text


@pytest.mark.parametrize(
    "old, new, expected",
    [
        ("value: 700.00", "value: 700.001", r"standards\[0\].values\[1\].value: .*700.001"),
        ("value: 700.00", "value: -1", r"values\[1\].value: "),
        ("value: 700.00", "value: .nan", r"values\[1\].value: "),
        ("value: 12.5", "value: 1e3", r"standards\[1\].values\[0\].value: “1e3”不是数字"),
        ("value: 6,", "value: 6.5,", r"standards\[2\].values\[0\].value: “6.5”应为"),
        ("unit: percent", "unit: percnt", r"“percnt”不是单位.*percent"),
        ("from: 2025-01-01", "from: 2024-01-01", "自 2024-01-01 起的数值重复"),
        ("from: 2025-01-01", "from: 2025-02-30", "“2025-02-30”不是日期"),
        ("from: 2025-01-01, ", "", "不是日期"),
        ("source: 文件二", "source: ''", r"values\[0\].source: 缺少依据"),
        ("source: 文件二", "sorce: 文件二", r"values\[0\].sorce: 不认识这一项.*source"),
        ("label: 月数上限", "lable: 月数上限", r"standards\[2\].lable: 不认识这一项.*label"),
        ("key: tekun.ratio", "key: dibao.urban", "“dibao.urban”重复"),
        ("standards:", "standard:", "只有一项 standards"),
        ("values:", "values: [", "不是正确的 YAML"),
    ],
)
def test_broken_file_is_refused_with_its_place(old, new, expected):
    assert old in TEXT
    with pytest.raises(Invalid, match=expected):
        standards.from_text(TEXT.replace(old, new, 1))


def test_all_problems_are_reported_together():
    text = TEXT.replace("700.00", "much").replace("2025-01-01", "soon").replace("unit: percent", "unit: ratio")
    with pytest.raises(Invalid) as caught:
        standards.from_text(text)
    assert len(caught.value.problems) == 3


def test_rows_that_disagree_about_a_unit_are_refused(table):
    rows = table.to_rows()
    rows.append({**rows[1], "unit": "money/year", "from": date(2028, 1, 1)})
    with pytest.raises(Invalid, match="名称或单位与前面的不同"):
        Standards.from_rows(rows)


# The county's own file


@pytest.mark.parametrize(
    "key, on, expected",
    [
        ("dibao.urban", date(2024, 6, 1), 70000),
        ("dibao.rural_year", date(2024, 6, 1), 540000),
        ("tekun.basic.urban", date(2024, 6, 1), 91000),
        ("tekun.basic.rural", date(2024, 6, 1), 58500),
        ("tekun.care.full", date(2024, 6, 1), 51700),
        ("tekun.care.half", date(2024, 6, 1), 25800),
        ("tekun.care.self", date(2024, 6, 1), 15500),
        ("disability.living", DAY, 12000),
        ("disability.nursing", DAY, 12000),
        ("orphan.dispersed", date(2024, 6, 1), 115000),
        ("temporary.township_limit", date(2021, 7, 16), 200000),
        ("dibao.low_income_ratio", DAY, Fraction(3, 2)),
        ("old_age.80", date(2024, 6, 1), 5000),
        ("centenarian", DAY, 60000),
    ],
)
def test_county_figures(county, key, on, expected):
    assert county.value(key, on) == expected


@pytest.mark.parametrize("on", [date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1)])
def test_monthly_figures_agree_with_yearly_ones_and_tekun_with_its_ratio(county, on):
    ratio = county.value("tekun.ratio", on)
    assert county.value("dibao.rural", on) * 12 == county.value("dibao.rural_year", on)
    assert county.value("local_disposable_income.month", on) * 12 == county.value("local_disposable_income", on)
    assert county.value("dibao.urban", on) * ratio == county.value("tekun.basic.urban", on)
    assert county.value("dibao.rural", on) * ratio == county.value("tekun.basic.rural", on)


def test_every_figure_not_of_the_county_is_labelled_as_a_demo(county):
    unlabelled = {row["key"] for row in county.to_rows() if row["note"] != "演示参数"}
    assert unlabelled == {"temporary.township_limit"}
