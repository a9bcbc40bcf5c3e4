"""Drafts are kept as they are, changed by small operations, and two people never overwrite each other silently."""

import threading
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminapp import database as connection
from adminapp import drafts
from adminapp.declaration import read_mapping, read_text, to_text
from adminapp.declaration.writer import to_mapping
from adminapp.drafts import store
from adminapp.errors import Conflict, Invalid, NotFound
from tests.adminapp.drafts.conftest import LONG, MAPPING, SAMPLE, XIANG, add_rent, change, field_of, key

SHIPPED = Path(__file__).parents[3] / "schemas" / "relief_types"


def test_a_draft_gives_back_the_mapping_it_was_made_of(draft):
    assert drafts.mapping_of(drafts.get(draft.id)) == MAPPING
    assert drafts.source_of(draft) == to_text(read_text(SAMPLE.read_text("utf-8")))


def test_a_draft_may_be_half_right_and_says_what_is_missing(app):
    draft = drafts.create("type", {"name": "教育救助", "sections": [{"title": "学生"}]}, XIANG)
    assert drafts.get(draft.id).mapping == {
        "name": "教育救助",
        "sections": [{"title": "学生"}],
        "amount": {},
        "payment": {},
    }
    assert {problem.path for problem in draft.shape_problems} >= {
        "key",
        "code",
        "sections[0].id",
        "amount.terms",
        "steps",
    }
    assert draft.thing.name == "教育救助" and draft.thing.sections[0].title == "学生"
    with pytest.raises(Invalid):
        drafts.source_of(draft)


@pytest.mark.parametrize(
    ("mapping", "where"),
    [
        ({"nmae": "x"}, "nmae: 不认识的键“nmae”，是否要写“name”？"),
        ({"sections": {"a": 1}}, "sections: 这里要写列表"),
        ({"sections": [{"fields": [{"id": ["x"]}]}]}, "sections[0].fields[0].id: 这里要写文字"),
        ({"payment": []}, "payment: 这里要写若干"),
        ({"name": "长" * 24_001}, "name: 这里要写文字，最多 24000 个字"),
    ],
)
def test_what_has_not_the_shape_of_a_declaration_is_refused_by_place(app, mapping, where):
    with pytest.raises(Invalid) as error:
        drafts.create("type", mapping, XIANG)
    assert where in str(error.value)
    assert connection.raw("drafts").count_documents({}) == 0


def test_an_unknown_draft_is_not_found(app):
    with pytest.raises(NotFound):
        drafts.get("nothing")


def test_values_items_and_places_change_by_key(draft):
    section = key(draft, title="申请人")
    drafts.apply(draft.id, 0, [change(draft, "label", "全年收入", id="income")], XIANG)
    drafts.apply(draft.id, 1, [add_rent(section, after=key(draft, id="income"))], XIANG)
    drafts.apply(
        draft.id,
        2,
        [{"do": "move", "item": key(draft, id="income"), "to": section, "name": "fields", "after": ""}],
        XIANG,
    )
    drafts.apply(draft.id, 3, [{"do": "set", "item": "root", "name": "amount.rounding", "value": "up_yuan"}], XIANG)
    now = drafts.apply(draft.id, 4, [{"do": "remove", "item": key(draft, id="persons")}], XIANG)
    ids = [field["id"] for field in now.mapping["sections"][0]["fields"]]
    assert ids[0] == "income" and ids[ids.index("rent") - 1] == "kind" and "persons" not in ids
    assert field_of(draft, "income")["label"] == "全年收入"
    assert now.mapping["amount"]["rounding"] == "up_yuan"
    assert [entry["said"] for entry in drafts.history(draft.id)][-1] == "“年收入”的“名称”由“年收入”改为“全年收入”"
    assert [entry["seq"] for entry in drafts.history(draft.id)] == [5, 4, 3, 2, 1]


def test_all_parts_of_an_operation_happen_or_none(draft):
    parts = [
        change(draft, "label", "全年收入", id="income"),
        {"do": "set", "item": "root", "name": "nonsense", "value": "x"},
    ]
    with pytest.raises(Invalid, match="没有属性“nonsense”"):
        drafts.apply(draft.id, 0, parts, XIANG)
    assert drafts.get(draft.id).rev == 0 and field_of(draft, "income")["label"] == "年收入"


@pytest.mark.parametrize(
    "parts",
    [
        [],
        None,
        [{"do": "drop"}],
        ["set"],
        [{"do": "set", "item": "root", "name": "sections", "value": "x"}],
        [{"do": "set", "item": "root", "name": "name", "value": ["x"]}],
        [{"do": "set", "item": "root", "name": "name.x", "value": "x"}],
        [{"do": "set", "item": {"$ne": 1}, "name": "name", "value": "x"}],
        [{"do": "set", "item": "root", "name": "name", "value": "看不见\u202e的"}],
        [{"do": "add", "item": "root", "name": "name", "value": {}}],
        [{"do": "add", "item": "root", "name": "sections", "value": {"$where": "1"}}],
        [{"do": "remove", "item": "root"}],
        [{"do": "move", "item": "i1", "to": "i1", "name": "fields"}],
        [{"do": "set", "item": "root", "name": "name", "value": "x"}] * 401,
    ],
)
def test_operations_that_cannot_be_meant_are_refused_and_change_nothing(draft, parts):
    with pytest.raises(Invalid):
        drafts.apply(draft.id, 0, parts, XIANG)
    assert drafts.get(draft.id).rev == 0


def test_an_item_from_outside_never_brings_a_key_of_its_own(draft):
    section = key(draft, title="申请人")
    value = {"_": section, "id": "rent", "label": "房租", "kind": "money"}
    now = drafts.apply(
        draft.id, 0, [{"do": "add", "item": section, "name": "fields", "value": value, "keyed": True}], XIANG
    )
    assert key(now, id="rent") != section and len(now.places) == len(draft.places) + 1


# Two people


def test_an_operation_on_an_older_rev_is_carried_out_where_nobody_else_worked(draft):
    drafts.apply(draft.id, 0, [change(draft, "label", "全年收入", id="income")], XIANG)
    now = drafts.apply(draft.id, 0, [change(draft, "label", "家庭人口", id="persons")], LONG)
    assert now.rev == 2
    assert field_of(draft, "income")["label"] == "全年收入" and field_of(draft, "persons")["label"] == "家庭人口"


def test_the_second_one_at_the_same_place_is_told_both_values_and_who(draft):
    drafts.apply(draft.id, 0, [change(draft, "label", "全年收入", id="income")], XIANG)
    with pytest.raises(drafts.Clash) as clash:
        drafts.apply(draft.id, 0, [change(draft, "label", "总收入", id="income")], LONG)
    assert (clash.value.theirs, clash.value.mine, clash.value.by) == ("全年收入", "总收入", "向晓禾")
    assert "向晓禾刚刚把“全年收入”的名称改成了“全年收入”，您写的是“总收入”" in str(clash.value)
    assert field_of(draft, "income")["label"] == "全年收入"
    drafts.apply(draft.id, 1, [change(draft, "label", "总收入", id="income")], LONG)
    assert field_of(draft, "income")["label"] == "总收入"


def test_writing_the_same_twice_is_no_clash(draft):
    drafts.apply(draft.id, 0, [change(draft, "label", "全年收入", id="income")], XIANG)
    assert drafts.apply(draft.id, 0, [change(draft, "label", "全年收入", id="income")], LONG).rev == 1


def test_what_somebody_works_on_is_not_removed_and_what_is_removed_is_not_worked_on(draft):
    drafts.apply(draft.id, 0, [change(draft, "label", "全年收入", id="income")], XIANG)
    with pytest.raises(drafts.Clash, match="刚刚被向晓禾修改过，没有删除"):
        drafts.apply(draft.id, 0, [{"do": "remove", "item": key(draft, title="申请人")}], LONG)
    drafts.apply(draft.id, 1, [{"do": "remove", "item": key(draft, id="persons")}], LONG)
    with pytest.raises(drafts.Clash, match="已被删除") as clash:
        drafts.apply(draft.id, 0, [change(draft, "label", "家庭人口", id="persons")], XIANG)
    assert clash.value.by == "龙春生"


def test_a_resend_of_the_same_submission_adds_nothing(draft):
    part = {
        "do": "add",
        "item": key(draft, title="申请人"),
        "name": "fields",
        "value": {"id": "rent", "label": "房租", "kind": "money"},
    }
    drafts.apply(draft.id, 0, [part], XIANG, token="once")
    now = drafts.apply(draft.id, 0, [part], XIANG, token="once")
    assert now.rev == 1 and key(now, id="rent")


def test_a_death_between_the_two_writes_loses_no_operation(draft, monkeypatch):
    monkeypatch.setattr(store, "_keep_last", lambda draft: None)
    drafts.apply(draft.id, 0, [change(draft, "label", "全年收入", id="income")], XIANG)
    monkeypatch.undo()
    with pytest.raises(drafts.Clash):
        drafts.apply(draft.id, 0, [change(draft, "label", "总收入", id="income")], LONG)
    drafts.apply(draft.id, 1, [change(draft, "label", "家庭人口", id="persons")], LONG)
    assert [entry["seq"] for entry in drafts.history(draft.id)] == [2, 1]


def test_many_at_once_lose_nothing_and_overwrite_nothing(draft):
    """Each of six people writes a line of their own on the rev of the beginning, and all fight for one name."""
    section, income, outcome = key(draft, title="申请人"), key(draft, id="income"), []

    def work(number):
        from adminapp.scope import Actor

        actor = Actor(f"p{number}", f"甲{number}", frozenset(), None)
        for turn in range(5):
            value = {"id": f"f{number}_{turn}", "label": f"栏{number}", "kind": "text"}
            drafts.apply(draft.id, 0, [{"do": "add", "item": section, "name": "fields", "value": value}], actor)
        try:
            drafts.apply(draft.id, 0, [{"do": "set", "item": income, "name": "label", "value": f"收入{number}"}], actor)
            outcome.append(number)
        except drafts.Clash as clash:
            outcome.append(clash.theirs)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now = drafts.get(draft.id)
    ids = [field["id"] for field in now.mapping["sections"][0]["fields"]]
    assert {f"f{number}_{turn}" for number in range(6) for turn in range(5)} <= set(ids) and len(ids) == len(set(ids))
    winners = [number for number in outcome if isinstance(number, int)]
    assert len(winners) == 1 and Counter(outcome)[f"收入{winners[0]}"] == 5
    assert field_of(draft, "income")["label"] == f"收入{winners[0]}"
    assert now.rev == 31 == len(drafts.history(draft.id))


# Undo


def test_undo_and_redo_take_steps_back_and_forth(draft):
    drafts.apply(draft.id, 0, [change(draft, "label", "全年收入", id="income")], XIANG)
    drafts.apply(draft.id, 1, [{"do": "remove", "item": key(draft, id="persons")}], XIANG)
    assert drafts.undo(draft.id, XIANG).mapping["sections"] != MAPPING["sections"]
    assert drafts.undo(draft.id, XIANG).mapping == MAPPING
    assert drafts.reach(draft.id, XIANG) == (False, True)
    drafts.redo(draft.id, XIANG)
    now = drafts.redo(draft.id, XIANG)
    assert field_of(draft, "income")["label"] == "全年收入" and "persons" not in now.thing.fields
    drafts.undo(draft.id, XIANG)
    drafts.apply(draft.id, now.rev + 1, [change(draft, "label", "家庭收入", id="income")], XIANG)
    assert drafts.reach(draft.id, XIANG) == (True, False)
    with pytest.raises(Invalid, match="没有可以重做"):
        drafts.redo(draft.id, XIANG)


def test_undo_never_takes_back_what_somebody_else_did(draft):
    drafts.apply(draft.id, 0, [change(draft, "label", "全年收入", id="income")], XIANG)
    drafts.apply(draft.id, 1, [change(draft, "label", "家庭人口", id="persons")], LONG)
    drafts.undo(draft.id, XIANG)
    assert field_of(draft, "income")["label"] == "年收入" and field_of(draft, "persons")["label"] == "家庭人口"
    with pytest.raises(Invalid, match="没有可以撤销"):
        drafts.undo(draft.id, XIANG)


def test_undo_of_what_somebody_changed_since_is_refused(draft):
    drafts.apply(draft.id, 0, [change(draft, "label", "全年收入", id="income")], XIANG)
    drafts.apply(draft.id, 1, [change(draft, "label", "总收入", id="income")], LONG)
    with pytest.raises(drafts.Clash, match="龙春生后来改过同一处"):
        drafts.undo(draft.id, XIANG)
    section = {"do": "add", "item": "root", "name": "sections", "value": {"id": "other", "title": "其他"}}
    now = drafts.apply(draft.id, 2, [section], XIANG)
    field = {
        "do": "add",
        "item": key(now, id="other"),
        "name": "fields",
        "value": {"id": "rent", "label": "房租", "kind": "money"},
    }
    drafts.apply(draft.id, 3, [field], LONG)
    with pytest.raises(drafts.Clash, match="没有撤销"):
        drafts.undo(draft.id, XIANG)


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("set"),
            st.integers(0, 200),
            st.sampled_from(["label", "help", "clause", "title"]),
            st.text("甲乙丙", max_size=4),
        ),
        st.tuples(
            st.just("add"),
            st.integers(0, 200),
            st.sampled_from(["fields", "options", "sections", "documents"]),
            st.integers(-1, 200),
        ),
        st.tuples(st.just("remove"), st.integers(0, 200), st.none(), st.none()),
        st.tuples(st.just("move"), st.integers(0, 200), st.integers(0, 200), st.integers(-1, 200)),
    ),
    max_size=12,
)


def part_of(draft, step):
    what, number, name, more = step
    keys = list(draft.places)

    def pick(at):
        return keys[at % len(keys)]

    after = {"after": pick(more)} if isinstance(more, int) and more >= 0 else {}
    if what == "set":
        return {"do": "set", "item": pick(number), "name": name, "value": more}
    if what == "add":
        value = {"id": f"x{number}"} if name != "options" else {}
        return {"do": "add", "item": pick(number), "name": name, "value": value, **after}
    if what == "remove":
        return {"do": "remove", "item": pick(number)}
    place = draft.places[pick(number)]
    return {
        "do": "move",
        "item": place.key,
        "to": pick(name),
        "name": place.list_name,
        **({} if more < 0 else {"after": pick(more)}),
    }


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_any_operations_keep_keys_single_and_are_undone_to_the_beginning(draft, steps):
    one = drafts.create("type", MAPPING, XIANG)
    count = 0
    for step in steps:
        now = drafts.get(one.id)
        try:
            after = drafts.apply(one.id, now.rev, [part_of(now, step)], XIANG)
        except (Invalid, Conflict):
            continue
        count += after.rev - now.rev
        keys = [place.key for place in store.contents.walk(after.content, after.sort.model)]
        assert len(keys) == len(set(keys))
    for _ in range(count):
        last = drafts.undo(one.id, XIANG)
    if count:
        assert last.mapping == MAPPING


# One draft of a published thing


def test_two_who_begin_at_once_share_one_draft(app):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(drafts.create("type", MAPPING, XIANG, (MAPPING, 1, "d")).id))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    one = drafts.get(found[0])
    drafts.close(one.id, one.rev, XIANG)
    assert drafts.create("type", MAPPING, XIANG, (MAPPING, 1, "d")).id != one.id


def test_a_draft_that_is_held_fast_takes_no_operations(draft):
    with pytest.raises(Conflict):
        drafts.set_state(draft.id, 7, "review", LONG)
    drafts.set_state(draft.id, 0, "review", LONG, note="x")
    with pytest.raises(Conflict, match="已经送审"):
        drafts.apply(draft.id, 0, [change(draft, "label", "全年收入", id="income")], XIANG)
    assert drafts.get(draft.id).facts == {"note": "x"}
    assert [one.id for one in drafts.listed(state="review")] == [draft.id] and drafts.listed() == []


# What was published


def test_published_fields_and_options_are_retired_not_removed(revision):
    drafts.apply(revision.id, 0, [{"do": "remove", "item": key(revision, id="income")}], XIANG)
    now = drafts.apply(revision.id, 1, [{"do": "remove", "item": key(revision, code="urgent")}], XIANG)
    assert field_of(revision, "income")["retired"] == "true"
    assert field_of(revision, "kind")["options"][0]["retired"] == "true"
    assert read_mapping(now.mapping).fields["income"].retired
    assert "停用" in drafts.history(revision.id)[0]["said"]


def test_what_is_new_in_the_draft_goes_for_good(revision):
    section = key(revision, title="申请人")
    now = drafts.apply(revision.id, 0, [add_rent(section)], XIANG)
    drafts.apply(revision.id, 1, [{"do": "set", "item": key(now, id="rent"), "name": "id", "value": "rents"}], XIANG)
    now = drafts.apply(revision.id, 2, [{"do": "remove", "item": key(now, id="rent")}], XIANG)
    assert now.mapping == MAPPING


@pytest.mark.parametrize(
    ("name", "value", "wanted", "sentence"),
    [
        ("id", "incomes", {"id": "income"}, "标识和代码不能再改"),
        ("kind", "text", {"id": "income"}, "类型不能直接改"),
        ("code", "quick", {"code": "urgent"}, "标识和代码不能再改"),
        ("id", "household", {"id": "members"}, "标识和代码不能再改"),
    ],
)
def test_published_ids_codes_and_kinds_stay(revision, name, value, wanted, sentence):
    with pytest.raises(Invalid, match=sentence):
        drafts.apply(revision.id, 0, [change(revision, name, value, **wanted)], XIANG)
    with pytest.raises(Invalid, match="标识和代码"):
        drafts.apply(revision.id, 0, [{"do": "set", "item": "root", "name": "key", "value": "other"}], XIANG)


def test_a_published_id_is_not_given_to_another_field(revision):
    section = key(revision, title="申请人")
    with pytest.raises(Invalid, match="“income”已经发布给另一项"):
        drafts.apply(
            revision.id, 0, [{"do": "add", "item": section, "name": "fields", "value": {"id": "income"}}], XIANG
        )
    now = drafts.apply(
        revision.id, 0, [{"do": "add", "item": section, "name": "fields", "value": {"id": "rent"}}], XIANG
    )
    with pytest.raises(Invalid, match="已经发布给另一项"):
        drafts.apply(revision.id, 1, [change(now, "id", "income", id="rent")], XIANG)


def test_a_published_field_does_not_become_a_column(revision):
    part = {"do": "move", "item": key(revision, id="income"), "to": key(revision, id="members"), "name": "fields"}
    with pytest.raises(Invalid, match="不能移进或移出明细表"):
        drafts.apply(revision.id, 0, [part], XIANG)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_type_is_the_same_after_it_was_a_draft(app, path):
    relief_type = read_text(path.read_text("utf-8"))
    draft = drafts.create("type", to_mapping(relief_type), XIANG)
    assert drafts.get(draft.id).text == to_text(relief_type)
    assert drafts.get(draft.id).thing == relief_type
