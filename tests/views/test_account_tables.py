"""Accounts from a table: the workbook names the vacant posts, a good file makes all of them with slips, a bad one makes none."""

import io
import re
from base64 import b64decode

import pytest
from pypdf import PdfReader

from adminapp import divisions, policy, readiness
from adminapp.auth import accounts, passwords, roster, users
from adminapp.tabular import layouts, read_table
from tests.exports.notices import faces as ready

HEAD = "用户名,姓名,角色,乡镇,负责的村"
PLACE = divisions.townships()[2]
PATH = "/accounts/new/table/"


@pytest.fixture(autouse=True)
def faces(app_settings):
    ready.lend(app_settings.home)


@pytest.fixture
def admin(login):
    return login("sysadmin")


def send(admin, *lines):
    return admin.post(PATH, {"file": (io.BytesIO("\r\n".join([HEAD, *lines]).encode("gb18030")), "账户.csv")}, content_type="multipart/form-data")


def slips_of(page):
    data = re.search(r'href="data:application/pdf;base64,([^"]+)" download', page)[1]
    return b64decode(data)


def words_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_workbook_proposes_every_vacant_post_and_reads_back(admin):
    answer = admin.get(PATH + "template")
    assert answer.status_code == 200 and answer.mimetype.endswith("spreadsheetml.sheet")
    rows = list(layouts()["accounts"].with_options(role=policy.ROLES).read(read_table(answer.data)))
    assert len(rows) == len(readiness.vacant()) == 2 * (len(divisions.townships()) - 2), "two townships have their people"
    assert not any(row.problems for row in rows) and len({row.values["username"] for row in rows}) == len(rows)
    assert {row.values["role"] for row in rows} == {policy.CLERK, policy.HEAD}


def test_a_good_table_makes_the_accounts_and_slips_that_open_them(admin):
    village = divisions.villages(PLACE.code)[0].name
    answer = send(
        admin,
        f"zhao.yi,赵一（虚构）,民政助理员,{PLACE.name},",
        f"qian.er,钱二（虚构）,村级协理员,{PLACE.code},{village}",
        f"sun.san,,乡镇长,{PLACE.name},",
    )
    assert answer.status_code == 201 and "已建立 2 个账户" in answer.text and "有 1 行没有填姓名" in answer.text
    made = users.get("zhao.yi")
    assert (made.roles, made.townships, made.must_change) == ({policy.CLERK}, (PLACE.code,), True)
    assert users.get("qian.er").villages == (divisions.villages(PLACE.code)[0].code,)
    assert users.find("sun.san") is None

    words = words_of(slips_of(answer.text))
    password = re.search(r"用户名：zhao\.yi\s*密码：(\S{4}(?:-\S{4}){3})", words)[1]
    assert passwords.verify(made.row["password"], password) and "钱二" in words
    assert password not in answer.text, "it stands on the slip alone"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"zhou.si,周四（虚构）,国王,{PLACE.name},", "国王"),
        ("zhou.si,周四（虚构）,民政助理员,无此镇,", "没有叫“无此镇”的乡镇"),
        ("zhou.si,周四（虚构）,民政助理员,,", "乡镇角色要选择所在乡镇"),
        (f"zhou.si,周四（虚构）,村级协理员,{PLACE.name},无此村", "没有叫“无此村”的村"),
        (f"周四,周四（虚构）,民政助理员,{PLACE.name},", "用户名应以字母开头"),
        (f"reviewer,周四（虚构）,民政助理员,{PLACE.name},", "“reviewer”已存在"),
        (f"good.one,吴五（虚构）,乡镇长,{PLACE.name},", "与第 2 行重复"),
    ],
)
def test_one_bad_row_and_none_is_made(admin, line, sentence):
    before = len(users.all_users())
    answer = send(admin, f"good.one,郑六（虚构）,乡镇长,{PLACE.name},", line)
    assert answer.status_code == 422 and re.search(f"第 3 行：[^<]*{re.escape(sentence)}", answer.text)
    assert len(users.all_users()) == before


@pytest.mark.parametrize(("data", "sentence"), [(b"", "文件是空的"), (b"%PDF-1.4", "不是表格文件"), ("甲,乙\r\n1,2".encode(), "表头缺少")])
def test_what_is_no_table_of_accounts_is_refused_in_words(admin, data, sentence):
    answer = admin.post(PATH, {"file": (io.BytesIO(data), "x.csv")}, content_type="multipart/form-data")
    assert answer.status_code == 400 and sentence in answer.text
    assert admin.post(PATH, {}).status_code == 400


def test_a_table_of_vacant_posts_without_names_makes_nothing(admin):
    answer = send(admin, f"sun.san,,乡镇长,{PLACE.name},")
    assert "没有填写姓名的行" in answer.text and users.find("sun.san") is None


def test_a_name_made_meanwhile_is_told_and_gets_no_slip(admin, monkeypatch):
    def late(new):
        accounts.create_user("zhao.yi", "别人（虚构）", [policy.HEAD], [PLACE.code])
        return made(new)

    made = roster.create
    monkeypatch.setattr(roster, "create", late)
    answer = send(admin, f"zhao.yi,赵一（虚构）,乡镇长,{PLACE.name},", f"qian.er,钱二（虚构）,民政助理员,{PLACE.name},")
    assert answer.status_code == 201 and "刚刚被别人建立，没有再建：zhao.yi" in answer.text
    assert users.get("zhao.yi").name == "别人（虚构）" and "zhao.yi" not in words_of(slips_of(answer.text))


def test_only_the_system_administrator_may(login):
    reviewer = login("reviewer")
    assert reviewer.get(PATH).status_code == 403 and reviewer.get(PATH + "template").status_code == 403
