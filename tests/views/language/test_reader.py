"""Chinese texts read in English: whole, by pattern, by rule, piece by piece; what nobody wrote for a screen stays."""

import pytest

from views.language import catalogue, keys, reader, rules


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("登记申请", "Register an application"),
        ("第 3 行的证件号码与另一行（或本人）相同", "The document number of row 3 is that of another row (or of the person)"),
        ("按 2026-09-01 的标准计算", "By the standards of 2026-09-01"),
        ("农村低保标准 6,000.00 元 → 6,300.00 元", "Rural Dibao standard 6,000.00 yuan → 6,300.00 yuan"),
        ("特困人员认定办法（民发〔2021〕43号）第十条、第二十一条", "Measures for recognising the destitute (Minfa [2021] No. 43) Art. 10, Art. 21"),
        ("凤凰县廖家桥镇人民政府", "People's Government of Liaojiaqiao Town, Fenghuang County"),
        ("可用 {month} 年月、{date} 锁定日期", "Available: {month} Year and month, {date} Date of locking"),
        ("新增 1 个数值", "1 value added"),
        ("“农村低保标准（年）”的“数值”新增“2027-01-01”", "“Rural Dibao standard (year)”: “2027-01-01” added to “Value”"),
        ("“农村低保标准（年）”的“数值”由“1”改为“2”", "“Rural Dibao standard (year)”: “Value” changed from “1” to “2”"),
        (
            "“补差金额”由 3,460.00 变为 3,660.00：城市低保标准 740.00 → 780.00；“分类施保：老年人”由 4.00 变为 6.00",
            "“Top-up amount” changed from 3,460.00 to 3,660.00: Urban Dibao standard 740.00 → 780.00; "
            "“Category supplement: elderly” changed from 4.00 to 6.00",
        ),
        ("户名“龙清”不是本户成员", "the account holder “龙清” is not a member of this household"),
        ("杨浩平（虚构） 已发布", "杨浩平 (Fictitious) Published"),
        ("依据：社会救助法第二条", "Basis: Social Assistance Law Art. 2"),
        ("十分之三（县方案 五(二)1）", "3/10 (County plan 5(2)1)"),
        ("169.0 万元", "1,690 thousand yuan"),
        ("凤凰县沱江镇", "Tuojiang Town, Fenghuang County"),
        ("2026年9月1日", "2026-09-01"),
        ("1 人", "1 person"),
        ("2 人", "2 persons"),
        ("龙昌清", "龙昌清"),
        ("龙昌清（民政助理员）", "龙昌清 (Civil affairs officer)"),
        ("2026 年 7 月全部类型发放名册", "Payment list 2026-7 All types"),
        ("  登记申请 ", "  Register an application "),
        ("您反映的问题已核查，结果如下：与申报情况一致（虚构）", "您反映的问题已核查，结果如下：与申报情况一致 (Fictitious)"),
        ("“说明”由空改为“对考上大学、有困难的学生给予救助。”", "“Note” changed from empty to “对考上大学、有困难的学生给予救助。”"),
        ("姓名：龙霞爱、石桂思", "Name: 龙霞爱, 石桂思"),
        ("At least 十分之三 of the recipients（县方案 五(二)1）", "At least 3/10 of the recipients (County plan 5(2)1)"),
        ("唐义智（虚构）2026-10-08", "唐义智 (Fictitious) 2026-10-08"),
        ("沱江镇 2026 年第 1 期", "Tuojiang Town 2026 No. 1"),
        ("沱江镇 杏树寨社区", "Xingshuzhai Community, Tuojiang Town"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_a_text_is_read(chinese, english):
    assert reader.read(chinese) == english


@pytest.mark.parametrize(("text", "number"), [("九", 9), ("十", 10), ("十二", 12), ("二十", 20), ("六十七", 67), ("一百零三", 103), ("45", 45)])
def test_articles_are_numbered(text, number):
    assert rules.number_of(text) == number and rules.read(f"第{text}条") == f"Art. {number}"


def test_a_place_is_read_by_its_sound_and_kind_and_a_stranger_is_none():
    assert rules.read("沱江镇") == "Tuojiang Town" and rules.read("沱江镇9组78号") is not None and rules.read("某某镇") is None


def test_every_text_of_the_sources_has_english_with_the_same_values():
    known, wrong = catalogue.english(), []
    for found in keys.find().values():
        for key, places in found.items():
            held = sorted(reader.HELD.findall(key))
            if sorted(reader.HELD.findall(known.get(key, ""))) != held or not known.get(key):
                wrong.append(f"{places[0]}: {key}")
    assert wrong == [], "run python -m views.language and fill in what it names"


def test_the_catalogue_holds_no_text_that_nobody_says_any_more():
    found = {key for part in keys.find().values() for key in part}
    assert sorted(catalogue.english().keys() - found) == []


def test_english_holds_no_chinese_but_what_is_typed_in_chinese():
    kept = {key for key, text in catalogue.english().items() if keys.HAN.search(text)}
    assert len(kept) == 5, "the name of the language, sheets of a workbook, and what is typed: days (2), an ID number"


def test_patterns_win_by_how_much_they_say():
    weights = [pattern.weight for pattern in reader.patterns()]
    assert weights == sorted(weights, reverse=True) and all(pattern.known for pattern in reader.patterns())


def test_a_long_text_is_read_in_a_moment():
    text = "没有这样的句子，" * 500 + "（" * 200
    assert isinstance(reader.read(text), str)
