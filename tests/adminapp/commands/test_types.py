"""`relief types`: what an administrator of files sees."""

import shutil
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "schemas" / "relief_types"


@pytest.fixture
def files(tmp_path):
    return Path(shutil.copytree(FOLDER, tmp_path / "types"))


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_check_is_content_with_the_shipped_files(relief, files):
    result = relief("types", "check", files)
    assert result.exit_code == 0 and "10 个声明全部正确" in result.output


def test_check_names_every_problem_with_path_and_nearest_word(relief, files):
    change(files / "temporary.yaml", "kind: person_name", "kind: persn_name")
    change(files / "temporary.yaml", "step: survey", "step: survy")
    change(files / "old_age.yaml", "programme:", "programm:")
    result = relief("types", "check", files)
    assert result.exit_code == 1
    assert ".kind: 没有字段类型“persn_name”，是否要写“person_name”？" in result.output
    assert "没有步骤“survy”，是否要写“survey”？" in result.output
    assert "不认识的键“programm”，是否要写“programme”？" in result.output
    assert "2 个文件有问题" in result.output


def test_export_after_apply_is_the_file_byte_for_byte(relief, files, tmp_path):
    (files / "old_age.yaml").write_bytes(b"# a remark of the county\n" + (files / "old_age.yaml").read_bytes())
    assert relief("types", "apply", files).exit_code == 0
    assert relief("types", "export", "--to", tmp_path / "out").exit_code == 0
    for path in files.glob("*.yaml"):
        assert (tmp_path / "out" / "types" / path.name).read_bytes() == path.read_bytes()


def test_a_package_is_planned_applied_and_taken_back(relief, files, engine, tmp_path):
    assert relief("types", "apply", files / "temporary.yaml").exit_code == 0
    package, sealed = tmp_path / "county.zip", tmp_path / "plan.json"
    assert "已导出 1 个类型" in relief("types", "export", "temporary", "--to", package, "--name", "省").output
    assert "没有变化" in relief("types", "plan", package).output
    change(files / "temporary.yaml", "name: 临时救助", "name: 临时困难救助")
    planned = relief("types", "plan", files / "temporary.yaml", "--out", sealed)
    assert planned.exit_code == 0 and "名称由“临时救助”改为“临时困难救助”。" in planned.output
    applied = relief("types", "apply", sealed)
    assert applied.exit_code == 0 and "第 2 版" in applied.output and "rollback 2026" in applied.output
    refused = relief("types", "apply", sealed)
    assert refused.exit_code == 1 and "请重新生成计划" in refused.output
    number = applied.output.strip().rpartition(" ")[2]
    assert "已撤回" in relief("types", "rollback", number, "--reason", "发错了").output
    assert engine.registry.refresh().get("temporary").version == 1
    assert "没有编号" in relief("types", "rollback", "1999-001", "--reason", "x").output


def test_an_edited_or_broken_plan_is_refused(relief, tmp_path):
    path = tmp_path / "plan.json"
    for text in ("{}", "[]", "nothing", '{"format": "relief-plan/1", "seal": "0"}', "[" * 100_000):
        path.write_text(text)
        result = relief("types", "apply", path)
        assert result.exit_code == 1 and "计划" in result.output and "Traceback" not in result.output


def test_applying_the_same_files_again_changes_nothing(relief, files, engine):
    relief("types", "apply", files)
    before = engine.registry.refresh().seq
    assert "没有变化" in relief("types", "apply", files).output
    assert engine.registry.refresh().seq == before == 10


def test_one_problem_publishes_nothing(relief, files, engine):
    change(files / "temporary.yaml", "confirm:", "confrim:")
    assert relief("types", "apply", files).exit_code == 1
    assert engine.registry.refresh().latest() == {}


def test_diff_speaks_in_sentences_and_counts_cases(relief, files, engine, database):
    relief("types", "apply", files)
    database.cases.insert_one({"number": "1", "type": "temporary", "schema_version": 1})
    change(files / "temporary.yaml", "name: 临时救助", "name: 临时困难救助")
    result = relief("types", "diff", files / "temporary.yaml")
    assert "名称由“临时救助”改为“临时困难救助”。" in result.output
    assert "第 1 版下有 1 件" in result.output
    assert "（temporary）第 2 版\n" in relief("types", "apply", files / "temporary.yaml").output
    assert "第 2 版" in relief("types", "list").output


def test_published_versions_stay(relief, files, engine):
    relief("types", "apply", files)
    change(files / "temporary.yaml", "name: 临时救助", "name: 新名")
    relief("types", "apply", files)
    assert engine.registry.get("temporary", 1).relief_type.name == "临时救助"
    assert engine.registry.get("temporary").relief_type.name == "新名"


def test_hostile_yaml_is_refused(relief, tmp_path):
    for name, text in {
        "bomb": "a: &a [x, x]\nb: [*a, *a]\n",
        "tag": "key: !!python/object/apply:os.system ['true']\n",
        "twice": "key: a\nkey: b\n",
        "deep": "a: " + "[" * 5000 + "]" * 5000,
        "large": "x" * 500_000,
        "binary": "\x00\x01",
    }.items():
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, "utf-8")
        result = relief("types", "check", path)
        assert result.exit_code == 1 and "Traceback" not in result.output and str(path) in result.output, name


def test_format_makes_a_file_canonical(relief, files):
    path = files / "temporary.yaml"
    canonical = path.read_text("utf-8")
    path.write_text("# note\n" + canonical.replace("key: temporary", "key:   'temporary'"), "utf-8")
    assert relief("types", "format", path).exit_code == 0
    assert path.read_text("utf-8") == canonical
