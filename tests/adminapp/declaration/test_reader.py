"""Reading YAML: nothing is turned into something else, nothing is swallowed, hostile text is refused in a sentence."""

from datetime import date
from pathlib import Path

import pytest

from adminapp.declaration import DeclarationError, model, read_mapping, read_text
from adminapp.declaration.reader import MAX_SIZE

GOOD = (Path(__file__).parent.parent.parent / "declaration_samples" / "good.yaml").read_text("utf-8")


def test_good_sample_is_read_whole():
    found = read_text(GOOD)
    assert (found.key, found.name, found.code) == ("sample", "样例救助", "SA")
    assert found.legal_basis == (model.Basis(text="社会救助法第一条", start=date(2026, 7, 1)),)
    assert list(found.fields)[:2] == ["applicant_name", "applicant_id"]
    assert found.clocks[0].limit == 20 and found.clocks[0].start == "accepted"
    assert found.payment == model.Payment()


def test_word_alone_means_the_step():
    assert read_text(GOOD).steps[0] == model.Step(step="accept")


@pytest.mark.parametrize("word", ["on", "yes", "no", "off", "010", "1_000", "1.50", "0x1f", "12:30"])
def test_codes_stay_the_text_that_was_written(word):
    found = read_text(GOOD.replace("{code: expense", f"{{code: {word}"))
    assert found.fields["kind"].options[1].code == word


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[" * 100_000, "嵌套太深"),
        ("{a: " * 30 + "1" + "}" * 30, "嵌套太深"),
        ("a: &x 1\nb: *x", "别名"),
        ("? [a, b]\n: c", "无法读取"),
        ("key: !!python/object/apply:os.system [id]", "不是正确的 YAML"),
        ("key: \x00", "不是正确的 YAML"),
        ("x" * (MAX_SIZE + 1), "最多"),
        ("- a\n- b", "键: 值"),
        ("", "键: 值"),
        ("<<: {key: sample}", "不认识的键“<<”"),
    ],
)
def test_hostile_text_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(DeclarationError, match=sentence):
        read_text(text)


def test_problem_of_yaml_names_line_and_column():
    with pytest.raises(DeclarationError, match="第 6 行第 1 列"):
        read_text(GOOD.replace("group: 样例\n", "group: 样例\ngroup: 样例\n"))


def test_source_is_named():
    with pytest.raises(DeclarationError, match="上传的文件"):
        read_mapping({}, "上传的文件")


def test_blank_value_counts_as_not_written():
    with pytest.raises(DeclarationError) as caught:
        read_text(GOOD.replace("name: 样例救助", "name:"))
    assert [str(problem) for problem in caught.value.problems] == ["name: 必须填写"]
