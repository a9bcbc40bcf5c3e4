"""Formulas for people: what is written is read back as the same formula, every name has one way to be written, and a mistake is
marked where it stands in the text that was typed."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adminapp.declaration import read_file
from adminapp.declaration.lexicons import lexicon_of, places_of
from adminapp.formula import FormulaError, parse
from adminapp.formula.functions import FUNCTIONS, ROW_FUNCTIONS
from adminapp.formula.lexicon import CALLS, KEYWORDS, Lexicon
from adminapp.formula.printing import to_source
from adminapp.formula.reading import explain, read, understand
from adminapp.formula.types import Name
from adminapp.formula.written import write
from adminapp.standards import read_file as read_standards

FILES = sorted((Path(__file__).parents[3] / "schemas" / "relief_types").glob("*.yaml"))
STANDARDS = read_standards()
PROGRAMMES = {"dibao": "最低生活保障", "tekun": "特困人员救助供养"}

CHOICE = {"urgent": "急难型", "expense": "支出型", "other": "急难型", "#x": "#y", "急难型": "别的"}
"""Options of the same label, and codes that look like labels."""
COLUMNS = {
    "wages": Name("money", "工资"),
    "name": Name("text", "姓名"),
    "number": Name("text", "公民身份号码"),
    "ill": Name("bool", "重病"),
    "relation": Name("text", "关系", ("self", "son"), labels={"self": "本人", "son": "儿子"}),
    "kind": Name("text", "类别", ("a",), labels={"a": "甲"}),
}
NAMES = {
    "income": Name("money", "家庭年收入", group="家庭"),
    "persons": Name("number", "家庭人口", group="家庭"),
    "kind": Name("text", "救助类别", tuple(CHOICE), labels=CHOICE, group="申请"),
    "name": Name("text", "姓名", group="申请人"),
    "guardian": Name("text", "姓名", group="监护人"),
    "third": Name("text", "姓名", group="监护人"),
    "born": Name("date", "出生日期", group="申请人"),
    "on": Name("date", "2026年起", group="申请人"),
    "account": Name("text", "银行账号（一卡通）", group="账户"),
    "rate": Name("number", "甲/乙", group="账户"),
    "and_": Name("bool", "并且", group="怪名"),
    "yes": Name("bool", "是", group="怪名"),
    "sum": Name("bool", "求和", group="怪名"),
    "corner": Name("bool", "「引号」", group="怪名"),
    "collides": Name("bool", "申请人·姓名", group="怪名"),
    "means": Name("list", "救助方式", ("cash", "goods"), labels={"cash": "现金", "goods": "实物"}, group="方式"),
    "members": Name("rows", "共同生活成员", columns=COLUMNS, group="家庭"),
}
LEXICON = Lexicon(NAMES, {key: STANDARDS.standard(key).label for key in STANDARDS}, PROGRAMMES, STANDARDS.types())


def dump(tree):
    """Return a tree as text; a tuple of codes is the same as a list."""
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.Tuple):
                setattr(node, name, ast.List(value.elts, ast.Load()))
            elif isinstance(value, list):
                value[:] = [ast.List(item.elts, ast.Load()) if isinstance(item, ast.Tuple) else item for item in value]
    return ast.dump(tree)


# There and back


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_formula_is_written_and_read_back(path):
    relief_type = read_file(path)
    places = places_of(relief_type, lexicon_of(relief_type, STANDARDS, PROGRAMMES))
    written = {where: place for where, place in places.items() if place[0]}
    assert written
    for where, (stored, expect, lexicon) in written.items():
        shown = write(stored, lexicon)
        assert dump(understand(shown, lexicon, expect).tree) == dump(parse(stored).tree), (where, shown)
        assert write(understand(shown, lexicon).text, lexicon) == shown


def call(name, *arguments):
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def named(*keys):
    return st.sampled_from(keys).map(lambda key: ast.Name(key, ast.Load()))


def constant(values):
    return values.map(ast.Constant)


def compared(operators, left, right):
    return st.builds(lambda op, a, b: ast.Compare(a, [op()], [b]), st.sampled_from(operators), left, right)


ORDER = [ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE]
numbers = constant(st.integers(1, 10**15) | st.floats(0.001, 10**6, allow_nan=False).map(lambda value: round(value, 7)))
codes = constant(st.sampled_from(tuple(CHOICE)))


def money_of(inner, extra=()):
    keys = [key for key, name in {**NAMES, **dict(extra)}.items() if name.type == "money"]
    leaf = (
        named(*keys) | numbers.map(lambda number: call("yuan", number)) | st.just(call("award", ast.Constant("dibao")))
    )
    standard = st.sampled_from([key for key, kind in STANDARDS.types().items() if kind == "money"])
    leaf |= standard.map(lambda key: call("standard", ast.Constant(key)))
    pair = st.builds(lambda op, a, b: ast.BinOp(a, op(), b), st.sampled_from([ast.Add, ast.Sub]), inner, inner)
    times = st.builds(
        lambda op, a, b: ast.BinOp(a, op(), b),
        st.sampled_from([ast.Mult, ast.Div]),
        inner,
        named("persons", "rate") | numbers,
    )
    more = st.builds(lambda a, b: call("max", a, b), inner, inner) | st.builds(
        lambda a: ast.UnaryOp(ast.USub(), a), inner
    )
    return leaf, pair | times | more


MONEY = st.recursive(money_of(st.nothing())[0], lambda inner: money_of(inner)[1], max_leaves=5)
IN_ROW = st.recursive(money_of(st.nothing(), COLUMNS.items())[0], lambda inner: money_of(inner)[1], max_leaves=3)
IN_ROW_BOOL = (
    named("ill", "yes")
    | compared([ast.Eq], named("relation"), constant(st.sampled_from(["self", "son"])))
    | compared([ast.Eq], named("number"), named("account", "guardian"))
    | compared([ast.Eq, ast.NotEq], named("kind"), constant(st.just("a")))
    | compared(ORDER, IN_ROW, IN_ROW)
)
ROWS = ast.Name("members", ast.Load())
TRUTH = (
    named("and_", "yes", "sum", "corner", "collides")
    | constant(st.booleans())
    | compared(ORDER, MONEY | IN_ROW_BOOL.map(lambda rule: call("total", ROWS, ast.Name("wages", ast.Load()))), MONEY)
    | compared([ast.Eq, ast.NotEq], named("kind"), codes)
    | compared([ast.Eq], codes, named("kind"))
    | compared(
        [ast.In, ast.NotIn], named("kind"), st.lists(codes, max_size=3).map(lambda items: ast.List(items, ast.Load()))
    )
    | compared(
        [ast.Eq], named("name", "guardian", "third", "account"), constant(st.text("甲”“\"'#是 ,，)(", max_size=5))
    )
    | compared(ORDER, named("born", "on"), named("born", "on"))
    | st.sampled_from(["cash", "goods"]).map(
        lambda code: call("has", ast.Name("means", ast.Load()), ast.Constant(code))
    )
    | st.sampled_from([*NAMES]).map(lambda key: call("filled", ast.Name(key, ast.Load())))
    | st.sampled_from([*PROGRAMMES, "unknown"]).map(lambda key: call("holds", ast.Constant(key)))
    | st.builds(lambda name, rule: call(name, ROWS, rule), st.sampled_from(["any", "all"]), IN_ROW_BOOL)
    | compared(ORDER, IN_ROW_BOOL.map(lambda rule: call("count", ROWS, rule)), numbers)
)
RULES = st.recursive(
    TRUTH,
    lambda inner: (
        inner.map(lambda rule: ast.UnaryOp(ast.Not(), rule))
        | st.builds(
            lambda op, parts: ast.BoolOp(op(), parts),
            st.sampled_from([ast.And, ast.Or]),
            st.lists(inner, min_size=2, max_size=3),
        )
        | st.builds(ast.IfExp, inner, inner, inner)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(RULES | MONEY)
def test_any_formula_is_written_and_read_back(tree):
    stored = to_source(tree)
    assert dump(ast.parse(stored, mode="eval").body) == dump(tree)
    shown = write(parse(stored), LEXICON)
    assert dump(understand(shown, LEXICON).tree) == dump(tree), shown


@settings(max_examples=200, deadline=None)
@given(st.text("甲家庭年收入÷＜（）()“”「」、，0123.元%并且或者不是求和标准 \n\\'\"#·abc+-*/=<>[]", max_size=40))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        assert write(understand(text, LEXICON).text, LEXICON)
    except FormulaError as error:
        assert error.sentence and (error.position is None or 1 <= error.position <= max(len(text), 1))


# How it reads


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("income / persons < standard('dibao.urban')", "家庭年收入 ÷ 家庭人口 ＜ 标准(城市低保标准)"),
        ("kind == 'expense' and not (yes or corner)", "救助类别 ＝ “支出型” 并且 不是 (「是」 或者 「「引号」」」)"),
        ("total(members, wages + income)", "求和(共同生活成员，工资 ＋ 家庭年收入)"),
        (
            "any(members, number == account and name == guardian)",
            "有一行(共同生活成员，公民身份号码 ＝ 「银行账号（一卡通）」 并且 姓名 ＝ 监护人·姓名#guardian)",
        ),
        ("min(income, yuan(2000)) - (income - income)", "最小(家庭年收入，2000元) － (家庭年收入 － 家庭年收入)"),
        (
            "has(means, 'cash') or kind in ['expense', 'urgent']",
            "救助方式 包含 “现金” 或者 救助类别 属于 [“支出型”、“急难型#urgent”]",
        ),
        ("standard('temporary.months', kind)", "标准(临时救助月数，救助类别)"),
        ("household_holds('dibao')", "家庭在享(“最低生活保障”)"),
        ("income if kind == 'urgent' else 0", "如果 救助类别 ＝ “急难型#urgent” 则 家庭年收入 否则 0"),
        ("name == guardian", "「申请人·姓名」 ＝ 姓名#guardian"),
    ],
)
def test_a_formula_reads_as_written(stored, shown):
    shown_now = write(stored, LEXICON)
    assert dump(read(shown_now, LEXICON)) == dump(parse(stored).tree)
    assert shown_now.replace("「申请人·姓名」", "x").count("「") == shown.replace("「申请人·姓名」", "x").count("「")


def test_what_is_no_formula_yet_stays_as_it_was_typed():
    assert write("家庭年收入 ÷", LEXICON) == "家庭年收入 ÷"
    assert write("", LEXICON) == ""


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("家庭年收入/家庭人口<标准（城市低保标准）", 'income / persons < standard("dibao.urban")'),
        ("家庭年收入÷家庭人口小于标准(城市低保标准)", 'income / persons < standard("dibao.urban")'),
        ("救助类别 = 支出型 且 家庭人口>=3", 'kind == "expense" and persons >= 3'),
        ("救助类别＝支出型并且家庭人口＞３", 'kind == "expense" and persons > 3'),
        ("救助类别 属于 支出型、别的", 'kind in ["expense", "急难型"]'),
        ("救助方式 不包含 实物", 'not has(means, "goods")'),
        ("家庭年收入 大于 2000元", "income > yuan(2000)"),
        ("家庭年收入 × 20%", "income * 0.2"),
        ("income / persons", "income / persons"),
        ("监护人·姓名 ＝ “甲”", None),
        ("计数(共同生活成员，关系 ＝ 本人)＝1", 'count(members, relation == "self") == 1'),
        ("家庭在享(最低生活保障)", 'household_holds("dibao")'),
        ("本人在享(“dibao”)", 'holds("dibao")'),
        ("标准(“dibao.urban”)", 'standard("dibao.urban")'),
        ("甲/乙 > 1", "rate > 1"),
        ("最小( 家庭年收入 , 2000元 )", "min(income, yuan(2000))"),
    ],
)
def test_what_people_type_is_understood(typed, stored):
    if stored is None:
        with pytest.raises(FormulaError):
            understand(typed, LEXICON)
    else:
        assert understand(typed, LEXICON).text == stored


# Mistakes, with the place marked


@pytest.mark.parametrize(
    ("typed", "marked", "sentence"),
    [
        ("家庭年收 ÷ 家庭人口", "家庭年收", "没有字段“家庭年收”，是否要写“家庭年收入”？"),
        ("家庭年收入 × 家庭年收入", "家庭年收入 × 家庭年收入", "金额乘金额没有意义"),
        ("1 ＋ (家庭人口 ÷ 0)", "0", "不能除以 0"),
        ("家庭人口 ＋ 家庭年收入", "家庭人口 ＋ 家庭年收入", "固定的元数写成 2000元"),
        ("家庭年收入 ＞ 2000", "家庭年收入 ＞ 2000", "数字和金额不能比较"),
        ("救助类别 ＝ “急难”", "“急难”", "“救助类别”没有选项“急难”"),
        ("救助类别 ＝ 急难", "急难", "“救助类别”没有选项“急难”"),
        (
            "家庭年收入 ＜ 标准(城市低保标准（月）)",
            "城市低保标准（月）",
            "标准表中没有“城市低保标准（月）”，是否要写“城市低保标准”？",
        ),
        ("家庭年收入 ÷", "÷", "公式没有写完"),
        ("(家庭年收入 ＋ 2000元", "元", "缺一个右括号"),
        ("家庭年收入)", ")", "多了一个右括号"),
        ("家庭年收入 家庭人口", "家庭人口", "这里缺一个运算符"),
        ("求和(家庭年收入，1)", "家庭年收入", "“求和”（total）的第一项要是明细表"),
        ("求和(共同生活成员，重病)", "重病", "是/否不能相加"),
        ("求和(共同生活成员，工资", "资", "“求和(…)”的括号没有结束"),
        ("求和 ＞ 1", None, "是/否"),
        ("周岁", "周岁", "“周岁”是函数，后面要写括号"),
        ("家庭人口 ； 1", "；", "不认识的符号“；”"),
        ("「家庭人口", "「家庭人口", "引号“「”没有结束"),
        ("如果 「是」 则 家庭年收入", "入", "“则”后面要写结果，再写“否则”"),
        ("出生日期 ＋ 1", "出生日期", "日期不能用于“+”"),
    ],
)
def test_a_mistake_is_marked_where_it_was_typed(typed, marked, sentence):
    with pytest.raises(FormulaError) as error:
        understand(typed, LEXICON)
    assert sentence in error.value.sentence
    if marked is not None:
        assert typed[error.value.position - 1 : error.value.end] == marked


def test_the_type_that_is_wanted_is_asked_for():
    with pytest.raises(FormulaError, match="这里要是/否，公式给出的是金额"):
        understand("家庭年收入", LEXICON, "bool")
    assert understand("0", LEXICON, "money").text == "0"


def test_a_stored_formula_that_became_wrong_is_explained_in_the_text_that_is_shown():
    error = explain("income * income", LEXICON, "money")
    assert (error.position, error.end) == (1, len("家庭年收入 × 家庭年收入"))
    assert explain("income", LEXICON, "money") is None


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000,
        "－" * 3_000,
        "不是 " * 1_200,
        "如果 " * 900,
        "求和(" * 900,
        "甲" * 10_000,
        "「" * 3_999,
        "1＋" * 1_900 + "1",
    ],
)
def test_hostile_texts_are_refused_quickly(text):
    import time

    start = time.perf_counter()
    with pytest.raises(FormulaError):
        understand(text, LEXICON)
    assert time.perf_counter() - start < 1


def test_titles_of_functions_are_single_and_no_keywords():
    titles = [function.title for function in (*FUNCTIONS.values(), *ROW_FUNCTIONS.values())]
    assert len(set(titles)) == len(titles) and not set(titles) - {"包含"} & set(KEYWORDS)
    assert set(CALLS.values()) == {*FUNCTIONS, *ROW_FUNCTIONS}
