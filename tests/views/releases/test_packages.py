"""Packages in the browser: one file out, one file in, what it changes said first, drafts made of it, nothing published."""

import io

import pytest

from adminapp import drafts
from adminapp.packages import store
from adminapp.packages.contents import collect, read
from adminapp.packages.files import read_archive, write_archive
from adminapp.releases import store as releases


@pytest.fixture
def desk(cases, login, browser):
    return login("policy", browser())


def package(cases, old="label: 家庭年收入", new="label: 全年家庭收入", name="省"):
    made = collect(cases.engine, ["demo"], name, standards=False)
    assert old in made.types["demo"]
    files = made.files()
    return files | {"types/demo.yaml": files["types/demo.yaml"].replace(old, new, 1)}


def send(desk, files):
    data = files if isinstance(files, bytes) else write_archive(files)
    return desk.client.post("/packages/", data={"csrf_token": desk.token(), "file": (io.BytesIO(data), "省.zip")}, headers={"X-CSRFToken": desk.token()})


def test_types_go_out_as_one_file_with_the_same_bytes_every_time(desk, cases):
    form = {"keys": "demo", "name": "凤凰县", "standards": "1"}
    answer = desk.post("/packages/export", form)
    assert answer.status_code == 200 and answer.mimetype == "application/zip"
    assert answer.data == desk.post("/packages/export", form).data
    contents = read(read_archive(answer.data))
    assert list(contents.types) == ["demo"] and contents.name == "凤凰县" and contents.standards
    assert len(read(read_archive(desk.post("/packages/export", {}).data)).types) == 11
    assert desk.post("/packages/export", {"keys": "nothing"}).status_code == 404


def test_a_package_is_shown_before_it_is_taken_in_as_drafts(desk, cases):
    answer = send(desk, package(cases))
    assert answer.status_code == 303, answer.text
    page = desk.get(answer.location).text
    assert "全年家庭收入" in page and "导入为草稿" in page and drafts.open_for("type", "demo") is None
    answer = desk.post(answer.location, {})
    assert answer.status_code == 303 and "/releases/" in answer.location
    assert "已导入为草稿" in desk.get(answer.location).text
    assert drafts.open_for("type", "demo").thing.fields["income"].label == "全年家庭收入"
    assert cases.engine.refresh().registry.get("demo").version == 1
    assert "省" in desk.get("/packages/").text


def test_a_package_without_changes_says_so(desk, cases):
    page = desk.get(send(desk, package(cases, new="label: 家庭年收入")).location).text
    assert "与现行内容相同" in page and "导入为草稿" not in page


def test_conflicts_are_decided_one_by_one(desk, cases, monkeypatch):
    base = collect(cases.engine, ["demo"], "省", standards=False)
    source = cases.engine.registry.get("demo").source.replace("label: 家庭年收入", "label: 县里的收入")
    cases.engine.registry.publish(source, "county", cases.engine.standards.types())
    monkeypatch.setattr(store, "base_of", lambda name: base)
    theirs = base.files() | {"types/demo.yaml": base.types["demo"].replace("label: 家庭年收入", "label: 省里的收入")}
    at = send(desk, theirs).location
    page = desk.get(at).text
    assert "两边都改过" in page and "县里的收入" in page and "省里的收入" in page
    assert "请先选定" in desk.get(desk.post(at, {}).location).text and releases.listed() == []
    path = "types/demo.yaml:sections[applicant].fields[income].label"
    assert path in page
    answer = desk.post(at, {f"take:{path}": "theirs"})
    assert "/releases/" in answer.location, desk.get(answer.location).text
    assert drafts.open_for("type", "demo").thing.fields["income"].label == "省里的收入"


def test_what_is_wrong_with_a_package_is_listed_and_nothing_kept(desk, cases):
    answer = send(desk, b"no archive")
    assert answer.status_code == 400 and "不是可以读出的配置包" in answer.text
    answer = send(desk, package(cases) | {"types/other.yaml": "key: x\n<script>: 1\n"})
    assert answer.status_code == 400 and "types/other.yaml" in answer.text and "<script>: 1" not in answer.text
    assert "请选择配置包文件" in desk.post("/packages/", {}).text
    assert desk.get("/packages/nothing").status_code == 404


def test_only_policy_administrators_take_in_and_auditors_may_look(cases, login, browser):
    auditor = login("auditor", browser())
    assert auditor.get("/packages/").status_code == 200 and "查看内容" not in auditor.get("/packages/").text
    assert send(auditor, b"").status_code == 403
    assert login("clerk.tuojiang", browser()).get("/packages/").status_code == 403
