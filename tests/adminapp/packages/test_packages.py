"""Packages travel: the same bytes every time, planned and sealed, merged with what the county changed, taken back like a release."""

import io
import warnings
import zipfile

import pytest

from adminapp import database, drafts
from adminapp.errors import Conflict, Invalid
from adminapp.golden import store as golden_store
from adminapp.packages import applying, plan, store
from adminapp.packages.contents import Contents, collect, read
from adminapp.packages.files import LARGEST_FILE, read_archive, read_folder, write_archive, write_folder
from adminapp.releases import store as releases
from adminapp.releases.model import CANCELLED, PUBLISHED, WITHDRAWN
from tests.adminapp.releases.conftest import LONG, XIANG

HELP = "help: 上一年度全部收入"


@pytest.fixture
def county(world):  # noqa: F811
    return world


def edited(contents, old, new, name="省"):
    assert old in contents.types["demo"]
    return Contents(name, {"demo": contents.types["demo"].replace(old, new, 1)}, contents.golden, contents.standards)


def published(world):  # noqa: F811
    return world.engine.refresh().registry.get("demo")


# Bytes


def test_a_package_has_the_same_bytes_every_time_as_archive_and_as_folder(county, tmp_path):
    files = collect(county.engine, name="凤凰县").files()
    assert write_archive(files) == write_archive(dict(reversed(files.items())))
    assert read_archive(write_archive(files)) == files
    write_folder({**files, "types/gone.yaml": "x"}, tmp_path)
    write_folder(files, tmp_path)
    (tmp_path / "README.md").write_text("说明")
    assert read_folder(tmp_path) == files


def test_export_applied_to_an_empty_database_exports_the_same(county):
    made = collect(county.engine, name="凤凰县")
    for name in ("relief_types", "standards", "golden", "releases", "packages"):
        database.raw(name).delete_many({})
    engine = county.engine.__class__(county.engine.settings, county.engine.base).connect(check_indexes=False)
    assert engine.registry.latest() == {}
    row = applying.apply(engine, plan.make(engine, made), XIANG)
    assert row["state"] == PUBLISHED
    assert write_archive(collect(engine, name="凤凰县").files()) == write_archive(made.files())
    assert applying.apply(engine, plan.make(engine, made), XIANG) is None


# Plans


def test_a_plan_says_what_it_changes_and_is_the_same_when_made_again(county):
    contents = edited(collect(county.engine), "label: 家庭年收入", "label: 全年家庭收入")
    made = plan.make(county.engine, contents)
    assert made == plan.make(county.engine, contents) and made["seal"] == plan.seal_of(made)
    item = next(item for item in made["items"] if item["key"] == "demo")
    assert item["action"] == "change" and any("全年家庭收入" in sentence for sentence in item["sentences"])
    assert next(item for item in made["items"] if item["kind"] == "standards")["action"] == "same"


def test_a_plan_is_carried_out_and_taken_back(county):
    made = plan.make(county.engine, edited(collect(county.engine), "label: 家庭年收入", "label: 全年家庭收入"))
    row = applying.apply(county.engine, made, XIANG, "省里下发")
    assert published(county).version == 2 and published(county).relief_type.fields["income"].label == "全年家庭收入"
    back = applying.rollback(county.engine, row["number"], XIANG, "发错了")
    assert back["state"] == WITHDRAWN and published(county).version == 1


def test_a_plan_is_refused_when_the_database_drifted(county):
    made = plan.make(county.engine, edited(collect(county.engine), "label: 家庭年收入", "label: 全年家庭收入"))
    golden_store.save(golden_store.of_type("demo"), "", "somebody")
    with pytest.raises(Conflict, match="“demo”现在是第 1 版或样例有改动"):
        applying.apply(county.engine, made, XIANG)
    made = plan.make(county.engine, edited(collect(county.engine), "label: 家庭年收入", "label: 全年家庭收入"))
    county.engine.standards_store.replace(county.engine.standards.with_value("dibao.urban", county_day(), "799.00", "演示文件"), "somebody")
    with pytest.raises(Conflict, match="标准表已有改动"):
        applying.apply(county.engine, made, XIANG)
    assert published(county).version == 1 and releases.listed() == []


def county_day():
    from datetime import date

    return date(2027, 6, 1)


def test_an_edited_plan_is_refused(county):
    made = plan.make(county.engine, edited(collect(county.engine), "label: 家庭年收入", "label: 全年家庭收入"))
    made["items"][-1]["text"] = made["items"][-1]["text"].replace("全年家庭收入", "偷偷改的")
    with pytest.raises(Invalid, match="被改动过"):
        applying.apply(county.engine, made, XIANG)


def test_a_failing_golden_case_stands_in_the_way_and_nothing_goes_out(county):
    made = plan.make(county.engine, edited(collect(county.engine), "* count(members)'", "* count(members) / 2'"))
    assert any("三口之家" in problem for problem in made["problems"])
    with pytest.raises(Invalid):
        applying.apply(county.engine, made, XIANG)
    assert published(county).version == 1 and not releases.listed((PUBLISHED, CANCELLED))


def test_what_a_package_leaves_out_stays_switched_off(county):
    text = published(county).source
    line = next(line for line in text.splitlines() if "id: per_head" in line)
    kept = Contents("", {"demo": text}, {}, "")
    more = plan.make(county.engine, edited(kept, line, f"{line}\n      - {{id: remark, label: 备注, kind: text}}"))
    applying.apply(county.engine, more, XIANG)
    made = plan.make(county.engine, kept)
    applying.apply(county.engine, made, XIANG)
    assert published(county).version == 3 and published(county).relief_type.fields["remark"].retired


# Province and county


def test_the_next_package_of_the_province_keeps_what_the_county_changed(county):
    first = edited(collect(county.engine), "name: 演示救助", "name: 演示救助")
    second = edited(first, "label: 家庭年收入", "label: 全年家庭收入")
    row = applying.apply(county.engine, plan.make(county.engine, edited(first, "label: 补差", "label: 补差额")), XIANG)
    assert store.base_of("省").digest == edited(first, "label: 补差", "label: 补差额").digest
    [listed] = store.listed()
    assert listed["release"]["number"] == row["number"] and not any("text" in item for item in listed["release"]["items"])
    own = published(county).source.replace("label: 补差额", "label: 县里的补差")
    county.engine.registry.publish(own, "county", county.engine.standards.types())
    made = plan.make(county.engine, edited(second, "label: 补差", "label: 补差额"), store.base_of("省"))
    assert made["conflicts"] == [] and [item["action"] for item in made["items"]] == ["same", "merge"]
    applying.apply(county.engine, made, XIANG)
    assert published(county).relief_type.fields["income"].label == "全年家庭收入"
    assert published(county).relief_type.amount.terms[0].label == "县里的补差"
    assert row["state"] == PUBLISHED


def test_conflicts_are_listed_and_one_side_is_taken(county):
    first = collect(county.engine, name="省")
    county.engine.registry.publish(published(county).source.replace("label: 家庭年收入", "label: 县里的收入"), "county", county.engine.standards.types())
    theirs = edited(first, "label: 家庭年收入", "label: 省里的收入")
    made = plan.make(county.engine, theirs, first)
    conflict = made["conflicts"][0]
    assert (conflict["base"], conflict["ours"], conflict["theirs"]) == ("家庭年收入", "县里的收入", "省里的收入")
    with pytest.raises(Conflict, match="1 处两边都改过"):
        applying.apply(county.engine, made, XIANG)
    made = plan.make(county.engine, theirs, first, {conflict["path"]: "theirs"})
    applying.apply(county.engine, made, XIANG)
    assert published(county).relief_type.fields["income"].label == "省里的收入"


# Into drafts


def test_in_the_browser_a_package_becomes_drafts_in_a_release(county):
    made = plan.make(county.engine, edited(collect(county.engine), "label: 家庭年收入", "label: 全年家庭收入"))
    row = applying.begin(county.engine, made, LONG)
    assert [item["key"] for item in row["items"]] == ["demo"] and row["title"].startswith("导入省")
    draft = drafts.get(row["items"][0]["draft"])
    assert draft.thing.fields["income"].label == "全年家庭收入" and draft.base == 1
    assert published(county).version == 1 and store.base_of("省") is None  # not in force yet
    with pytest.raises(Conflict, match="正在起草中"):
        applying.begin(county.engine, made, LONG)


# Hostile packages


def archive(*doubles, **files):
    stream = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in [*files.items(), *((name, "") for name in doubles)]:
            made.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not a zip", "不是可以读出的配置包"),
        (b"", "不是可以读出的配置包"),
        (archive(**{"../../etc/passwd": "x", "types/a.yaml": "key: a"}), "不是配置包里的文件"),
        (archive(**{"/types/a.yaml": "x"}), "不是配置包里的文件"),
        (archive(**{"types/a.yaml": "x" * (LARGEST_FILE + 1)}), "超过"),
        (archive(**{"types/a.yaml": b"\xff\xfe"}), "不是 UTF-8 文本"),
        (archive(**{f"types/a{n}.yaml": "" for n in range(600)}), "最多 500 个文件"),
        (archive("types/a.yaml", "types/a.yaml"), "在压缩包里有两份"),
        (archive(*["types/a.yaml"] * 501), "最多 500 个文件"),
        (b"x" * 6_000_001, "最多 6,000,000 字节"),
    ],
)
def test_a_hostile_archive_is_refused(data, said):
    with pytest.raises(Invalid, match=said):
        read_archive(data)


def test_every_problem_of_the_contents_is_listed_with_its_file():
    files = {
        "package.yaml": "format: other/9\n",
        "standards.yaml": "standards: &a [*a]\n",
        "types/demo.yaml": "key: other\nname: x\nunknown: 1\n",
        "types/bomb.yaml": "a: " + "[" * 5000 + "]" * 5000,
        "golden/demo.yaml": "key: demo\ncases: none\n",
    }
    with pytest.raises(Invalid) as refused:
        read(files)
    said = "\n".join(map(str, refused.value.problems))
    assert all(name in said for name in files) and len(refused.value.problems) <= 100
    with pytest.raises(Invalid, match="既没有救助类型"):
        read({})
