"""The bank profiles of the county: one person drafts, another confirms, what was confirmed stays."""

import threading

import pytest
from pymongo import IndexModel

from adminapp import dates, indexes
from adminapp.bank import profiles
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.scope import ALL, Actor

POLICY = Actor("policy", "政策虚构", frozenset({"policy_admin"}), ALL)
FINANCE = Actor("finance", "财务虚构", frozenset({"finance"}), ALL)
BOTH = Actor("policy", "政策虚构", frozenset({"policy_admin", "finance"}), ALL)
DATA = {
    "key": "county_bank", "name": "虚构县农商行",
    "columns": [{"title": "户名", "source": "name"}, {"title": "金额", "kind": "amount", "source": "amount"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _indexes(database):
    for name in (profiles.COLLECTION, "audit"):
        declared = [index for index in indexes.INDEXES.values() if index.collection == name]
        database[name].create_indexes([IndexModel(list(each.keys), name=each.name, **dict(each.options)) for each in declared])


def test_what_the_program_brings_is_offered():
    assert set(profiles.active()) == {"generic_csv", "batch_xlsx", "csv_failures", "txt_gbk"}
    assert profiles.get("txt_gbk@1").state == "ACTIVE" and profiles.get("txt_gbk@1").label == "代发 TXT（GBK）"


def test_a_draft_is_offered_once_another_person_confirms_it(database):
    draft = profiles.save_draft(DATA, POLICY)
    assert draft.id == "county_bank@1" and "county_bank" not in profiles.active()
    with pytest.raises(Forbidden):
        profiles.confirm(draft.id, POLICY, draft.rev)
    with pytest.raises(Forbidden, match="起草人"):
        profiles.confirm(draft.id, BOTH, draft.rev)
    assert profiles.confirm(draft.id, FINANCE, draft.rev).state == "ACTIVE"
    assert profiles.active()["county_bank"].digest == profiles.digest_of(draft.profile.to_dict())
    assert [note["action"] for note in profiles.get(draft.id).history] == ["draft", "confirm"]
    assert database.audit.count_documents({"kind": "bank_profile"}) == 2


def test_a_new_version_leaves_the_old_one_as_it_was():
    shipped = profiles.get("txt_gbk@1").profile.to_dict()
    draft = profiles.save_draft(shipped | {"unit": "yuan"}, POLICY)
    assert draft.version == 2 and profiles.active()["txt_gbk"].version == 1
    profiles.confirm(draft.id, FINANCE, draft.rev)
    assert profiles.active()["txt_gbk"].profile.unit == "yuan" and profiles.get("txt_gbk@1").profile.unit == "fen"
    assert [item.version for item in profiles.versions("txt_gbk")] == [2, 1]
    third = profiles.save_draft(shipped | {"unit": "yuan", "name": "又改"}, POLICY)
    assert third.version == 3 and profiles.drop(third.id, FINANCE, third.rev).state == "DROPPED"
    assert profiles.active()["txt_gbk"].version == 2


def test_a_stale_draft_is_not_overwritten():
    draft = profiles.save_draft(DATA, POLICY)
    later = profiles.save_draft(DATA | {"unit": "fen"}, POLICY, draft.rev)
    for act in (
        lambda: profiles.save_draft(DATA, POLICY, draft.rev),
        lambda: profiles.save_draft(DATA, POLICY),
        lambda: profiles.confirm(draft.id, FINANCE, draft.rev),
        lambda: profiles.drop(draft.id, FINANCE, draft.rev),
    ):
        with pytest.raises(Conflict):
            act()
    assert profiles.get(draft.id).digest == later.digest


def test_two_drafters_make_one_draft():
    results = []

    def draft():
        with dates.frozen("2026-09-16"):
            try:
                results.append(profiles.save_draft(DATA, POLICY).id)
            except Conflict:
                results.append("Conflict")

    threads = [threading.Thread(target=draft) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["Conflict"] * 5 + ["county_bank@1"]


def test_a_retired_profile_is_offered_no_longer_and_stays_readable():
    with pytest.raises(Invalid, match="理由"):
        profiles.retire("txt_gbk@1", POLICY, 0, " ")
    assert profiles.retire("txt_gbk@1", POLICY, 0, "不再由该行代发").id == "txt_gbk@2"
    assert "txt_gbk" not in profiles.active() and profiles.get("txt_gbk@1").profile.unit == "fen"
    draft = profiles.save_draft(profiles.get("txt_gbk@1").profile.to_dict() | {"name": "重新启用"}, POLICY)
    profiles.confirm(draft.id, FINANCE, draft.rev)
    assert profiles.active()["txt_gbk"].version == 3
    profiles.retire("txt_gbk@3", POLICY, 2, "合同到期")
    assert "txt_gbk" not in profiles.active()


def test_others_and_bad_data_are_refused():
    with pytest.raises(Forbidden):
        profiles.save_draft(DATA, FINANCE)
    with pytest.raises(Invalid, match="没有金额列"):
        profiles.save_draft(DATA | {"columns": DATA["columns"][:1]}, POLICY)
    for ident in ("nothing@1", "$ne"):
        with pytest.raises(NotFound):
            profiles.get(ident)
    with pytest.raises(NotFound):
        profiles.versions("nothing")
