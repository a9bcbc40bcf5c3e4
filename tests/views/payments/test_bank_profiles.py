"""Formats of banks on screen: drafted with a preview by one office, tried and confirmed by another."""

import pytest

from adminapp.bank import profiles
from views.bank.profile_form import build, data_of

KEY = "txt_gbk"


def posted(profile, **changes):
    """Return what a browser would post for a profile, with some inputs changed."""
    form, _sections = build(profile=profile)
    data = {}
    for bound in form:
        for cell in [cell for line in bound.entries for cell in line.form] if hasattr(bound, "entries") else [bound]:
            if isinstance(cell.data, bool):
                data |= {cell.name: "yes" if cell.data else "no"}
            elif isinstance(cell.data, (list, tuple)):
                data |= {cell.name: list(cell.data)}
            elif cell.data is not None:
                data |= {cell.name: cell._value() if hasattr(cell, "_value") else cell.data}
    return data | {"rev": "0"} | changes


@pytest.mark.parametrize("key", ["generic_csv", "batch_xlsx", "txt_gbk", "csv_failures"])
def test_form_gives_back_every_shipped_profile_unchanged(app, key):
    profile = profiles.get(f"{key}@1").profile
    from werkzeug.datastructures import MultiDict

    with app.test_request_context():
        form, _sections = build(MultiDict(posted(profile)))
        assert form.validate(), form.errors
        assert profiles.BankProfile.from_dict(data_of(form)) == profile


def test_draft_is_previewed_saved_and_confirmed_by_finance(staff):
    policy, finance, profile = staff("policy_admin"), staff("finance"), profiles.get(f"{KEY}@1").profile
    assert "吴䶮" in policy.get(f"/bank-profiles/{KEY}@1").text
    url = f"/bank-profiles/{KEY}@1/edit"
    assert "检查并预览" in policy.get(url).text
    page = policy.post(url, posted(profile, fallback="gb18030", _preview="1")).text
    assert "龙秀英 6217000000000000015 47000 农村低保" in page and "3 178456" in page, "the file as it would leave"
    assert "“䶮”(U+4DAE)" in page and "GB18030" in page
    assert profiles.active()[KEY].version == 1 and len(profiles.versions(KEY)) == 1, "a preview stores nothing"
    answer = policy.post(url, posted(profile, fallback="gb18030", name="乡镇代发 TXT"))
    assert answer.status_code == 303 and answer.location.endswith("@2")
    page = finance.get(answer.location).text
    assert "改了什么" in page and "生僻字改用编码" in page and "乡镇代发 TXT" in page and "确认使用" in page
    assert f"{answer.location}/confirm" not in policy.get(answer.location).text
    rev = profiles.get(f"{KEY}@2").rev
    assert policy.post(f"{answer.location}/confirm", {"rev": rev}).status_code == 403
    assert profiles.active()[KEY].version == 1
    assert finance.post(f"{answer.location}/confirm", {"rev": rev}).status_code == 303
    assert profiles.active()[KEY].version == 2 and profiles.active()[KEY].profile.fallback == "gb18030"


def test_every_fault_stands_at_its_input_and_nothing_typed_is_lost(staff):
    policy, profile = staff("policy_admin"), profiles.get(f"{KEY}@1").profile
    bad = {"columns-1-source": "", "columns-1-title": "卡号码", "file_name": "{nobody}", "suffix": "txt", "back_match": ["name", "reference"]}
    answer = policy.post(f"/bank-profiles/{KEY}@1/edit", posted(profile, **bad))
    assert answer.status_code == 422
    for sentence in ("不认识 {nobody}", "后缀", "没有写入送银行的文件"):
        assert sentence in answer.text
    assert 'value="卡号码"' in answer.text and 'value="{nobody}"' in answer.text
    assert len(profiles.versions(KEY)) == 1


def test_a_row_is_added_without_script(staff):
    policy, profile = staff("policy_admin"), profiles.get(f"{KEY}@1").profile
    page = policy.post(f"/bank-profiles/{KEY}@1/edit", posted(profile, _add_row="columns")).text
    assert 'name="columns-4-title"' in page and len(profiles.versions(KEY)) == 1


def test_new_bank_starts_like_another_under_a_code_of_its_own(staff):
    policy, profile = staff("policy_admin"), profiles.get("generic_csv@1").profile
    assert 'value="通用 CSV"' in policy.get("/bank-profiles/new?like=generic_csv@1").text
    answer = policy.post("/bank-profiles/new", posted(profile))
    assert answer.status_code == 422 and "这个代码已经有了" in answer.text
    answer = policy.post("/bank-profiles/new", posted(profile, key="county_bank", name="县农商行", payees="listed", banks="农商、信用社"))
    assert answer.status_code == 303
    assert profiles.get("county_bank@1").profile.banks == ("农商", "信用社")
    assert "county_bank" not in profiles.active()


def test_two_drafts_at_once_do_not_overwrite_each_other(staff):
    policy, profile = staff("policy_admin"), profiles.get(f"{KEY}@1").profile
    assert policy.post(f"/bank-profiles/{KEY}@1/edit", posted(profile, name="甲")).status_code == 303
    answer = policy.post(f"/bank-profiles/{KEY}@1/edit", posted(profile, name="乙"))
    assert answer.status_code == 422 and "别人已经保存" in answer.text and 'value="乙"' in answer.text
    assert profiles.get(f"{KEY}@2").profile.name == "甲"


def test_finance_tries_a_draft_on_a_real_list(staff, draft, month, work):
    finance, policy = staff("finance"), staff("policy_admin")
    month.lock(draft)
    page = finance.get(f"/bank-profiles/{KEY}@1").text
    assert "用名册试" in page and "用名册试" not in policy.get(f"/bank-profiles/{KEY}@1").text
    answer = finance.post(f"/bank-profiles/{KEY}@1/try", {"batch": "all:2026-09"})
    work()
    assert "已完成" in finance.get(answer.location).text
    assert policy.post(f"/bank-profiles/{KEY}@1/try", {"batch": "all:2026-09"}).status_code == 403


def test_retired_format_is_not_offered_any_more(staff):
    policy = staff("policy_admin")
    policy.post(f"/bank-profiles/{KEY}@1/retire", {"rev": 0, "reason": ""})
    assert "请填写停用的理由" in policy.get(f"/bank-profiles/{KEY}@1").text and KEY in profiles.active()
    assert policy.post(f"/bank-profiles/{KEY}@1/retire", {"rev": 0, "reason": "换银行了"}).status_code == 303
    assert KEY not in profiles.active() and "已停用" in policy.get("/bank-profiles/").text


@pytest.mark.parametrize("role", ["sysadmin", "township_clerk", "village_assistant"])
def test_others_see_no_formats(staff, role):
    assert staff(role).get("/bank-profiles/").status_code == 403
