"""Publishing: exactly what was approved, exactly once, all or nothing, on its day, whoever dies on the way; and back again."""

import threading
from datetime import date

import pytest

from adminapp import database, dates, drafts
from adminapp.engine import Engine
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.golden import store as golden_store
from adminapp.recipes import store as recipes
from adminapp.releases import flow, publishing, store, withdrawing
from adminapp.releases.model import APPROVED, DRAFT, PUBLISHED, SCHEDULED, SIMULATED, WITHDRAWN
from schemas.case import CaseBase
from tests import world as stored_world
from tests.adminapp.releases.conftest import LONG, XIANG
from tests.crash import Killed, count_writes, killed_at
from tests.story import CLERK, HEAD, to_posting, walk

FIRST_OF_OCTOBER = date(2026, 10, 1)


def another(engine):
    """Return the engine of another process."""
    return Engine(engine.settings, CaseBase).connect(check_indexes=False)


def versions(engine):
    return [(item.version, item.name, item.withdrawn) for item in engine.refresh().registry.versions("demo")]


def test_what_was_approved_is_published_and_its_drafts_end(world):
    draft, table = world.draft(), world.raise_standard()
    row = world.to(PUBLISHED, draft, table)
    published = another(world.engine).registry.get("demo")
    assert (published.version, published.name, published.source) == (2, "演示救助二版", row["items"][0]["text"])
    assert row["publication"]["versions"] == {"demo": 2} and row["publication"]["standards_rev"] == 2
    assert world.engine.standards.value("dibao.urban", FIRST_OF_OCTOBER) == 78000
    assert {drafts.get(each.id).state for each in (draft, table)} == {"published"}
    assert store.holding(draft.id) is None and drafts.begin("type", "demo", LONG, world.engine).base == 2


def test_golden_cases_go_with_their_type(world):
    draft = world.draft()
    text = draft.golden.replace("三口之家", "一户三口").replace("id: poor", "id: three")
    draft = drafts.set_golden(draft.id, draft.rev, text, XIANG)
    world.to(PUBLISHED, draft)
    assert golden_store.get(golden_store.of_type("demo"))["text"] == text


def test_golden_cases_alone_make_no_new_version(world):
    draft = drafts.begin("type", "demo", XIANG, world.engine)
    drafts.set_golden(draft.id, draft.rev, draft.golden.replace("三口之家", "一户三口"), XIANG)
    row = world.to(PUBLISHED, drafts.get(draft.id))
    assert row["publication"]["versions"] == {"demo": 1} and versions(world.engine) == [(1, "演示救助", False)]
    assert "一户三口" in golden_store.get(golden_store.of_type("demo"))["text"]


def test_a_scheduled_release_goes_out_on_its_day_and_not_before(world):
    row = world.to(SCHEDULED, world.draft(), day=FIRST_OF_OCTOBER)
    with dates.frozen(date(2026, 9, 30)):
        assert publishing.sweep(world.engine) == 0
    with dates.frozen(FIRST_OF_OCTOBER):
        assert publishing.sweep(world.engine) == 1
        assert publishing.sweep(world.engine) == 0
    assert store.get(row["_id"])["state"] == PUBLISHED and versions(world.engine)[-1][:2] == (2, "演示救助二版")


def test_a_scheduled_release_that_was_edited_is_not_published(world):
    row = world.to(SCHEDULED, world.draft(), day=FIRST_OF_OCTOBER)
    world.draft("批准后改的名")
    with dates.frozen(FIRST_OF_OCTOBER):
        publishing.sweep(world.engine)
    assert store.get(row["_id"])["state"] == DRAFT and len(versions(world.engine)) == 1


def test_two_consumers_publish_once(world):
    row = world.to(SCHEDULED, world.draft(), world.raise_standard(), day=FIRST_OF_OCTOBER)
    engines, failures = [another(world.engine) for _ in range(4)], []
    gate = threading.Barrier(len(engines))

    def consume(engine):
        try:
            with dates.frozen(FIRST_OF_OCTOBER):
                gate.wait()
                publishing.sweep(engine)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            failures.append(error)

    threads = [threading.Thread(target=consume, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    row = store.get(row["_id"])
    assert row["state"] == PUBLISHED and [entry["event"] for entry in row["history"]].count("published") == 1
    assert len(versions(world.engine)) == 2 and world.engine.standards_store.rev == 2


def deaths(flow, world):
    """Yield an engine after `flow` was killed at each of its writes, on what stood before, and its sweep has run."""
    kept = stored_world.photograph()
    writes = count_writes(flow)
    assert writes > 5
    for after in (False, True):
        for point in range(1, writes + 1, 1 if after else 2):
            stored_world.restore(kept)
            with pytest.raises(Killed), killed_at(point, after):
                flow()
            engine = another(world.engine)
            publishing.sweep(engine)
            yield engine, (point, after)


def test_killed_at_any_write_it_is_carried_on_to_the_same_end(world):
    row = world.to(APPROVED, world.draft(), world.raise_standard())
    for engine, at in deaths(lambda: publishing.publish(row["_id"], row["rev"], another(world.engine), XIANG), world):
        found = store.get(row["_id"])
        if found["state"] == APPROVED:
            assert at == (1, False)  # it died before it began
        else:
            assert found["state"] == PUBLISHED, (at, found["history"][-1])
            assert [(item.version, item.release) for item in engine.refresh().registry.versions("demo")] == [(1, ""), (2, f"{row['_id']}.1")]
            assert engine.standards_store.rev == 2
            assert {drafts.get(item["draft"]).state for item in found["items"]} == {"published"}


def test_killed_while_taking_back_it_is_carried_on_too(world):
    row = world.to(PUBLISHED, world.draft(), world.raise_standard())
    for engine, at in deaths(lambda: withdrawing.withdraw(row["_id"], row["rev"], another(world.engine), XIANG, "有误"), world):
        found = store.get(row["_id"])
        if found["state"] == PUBLISHED:
            assert at == (1, False)
        else:
            assert found["state"] == WITHDRAWN, (at, found["history"][-1])
            assert versions(engine) == [(1, "演示救助", False), (2, "演示救助二版", True)]
            assert engine.standards.value("dibao.urban", FIRST_OF_OCTOBER) == 74000


def test_what_changed_since_approval_stops_it_and_is_said(world):
    row = world.to(APPROVED, world.draft())
    source = world.engine.registry.get("demo").source.replace("name: 演示救助", "name: 插队", 1)
    world.engine.registry.publish(source, "cli", world.engine.standards.types())
    with pytest.raises(Conflict, match="没有发布：.*起草以后已发布第 2 版"):
        publishing.publish(row["_id"], row["rev"], world.engine, XIANG)
    row = store.get(row["_id"])
    assert row["state"] == DRAFT and row["attempt"] == 2 and versions(world.engine)[-1][1] == "插队"
    assert drafts.get(row["items"][0]["draft"]).is_open


def test_a_publisher_who_cuts_in_half_way_leaves_nothing_of_it(world, monkeypatch):
    row = world.to(APPROVED, world.raise_standard(), world.draft())
    replace = world.engine.standards_store.replace

    def cut_in(*args, **options):
        done = replace(*args, **options)
        monkeypatch.setattr(world.engine.standards_store, "replace", replace)
        source = world.engine.registry.get("demo").source.replace("name: 演示救助", "name: 插队", 1)
        another(world.engine).registry.publish(source, "cli", world.engine.standards.types())
        return done

    monkeypatch.setattr(world.engine.standards_store, "replace", cut_in)
    with pytest.raises(Conflict, match="没有发布：.*发布了另一个版本"):
        publishing.publish(row["_id"], row["rev"], world.engine, XIANG)
    engine = another(world.engine)
    assert engine.standards.value("dibao.urban", FIRST_OF_OCTOBER) == 74000 and versions(engine)[-1][1] == "插队"
    assert store.get(row["_id"])["state"] == DRAFT


# Back again


def withdraw(world, row, reason="文件有误"):
    return withdrawing.withdraw(row["_id"], row["rev"], world.engine, XIANG, reason)


def to_its_end(world, row):
    """Run the jobs and sweeps that taking back needs."""
    for _ in range(6):
        world.work_all()
        publishing.sweep(world.engine)
    return store.get(row["_id"])


def test_a_publication_is_taken_back_in_one_step_while_nothing_was_decided_under_it(world):
    row = world.to(PUBLISHED, world.draft(), world.raise_standard())
    row = withdraw(world, row)
    assert row["state"] == WITHDRAWN and versions(world.engine) == [(1, "演示救助", False), (2, "演示救助二版", True)]
    assert world.engine.registry.get("demo").version == 1
    assert world.engine.standards.value("dibao.urban", FIRST_OF_OCTOBER) == 74000


def test_taking_back_needs_a_reason_and_a_publication(world):
    row = world.to(PUBLISHED, world.draft())
    with pytest.raises(Invalid, match="写明撤回的理由"):
        withdraw(world, row, " ")
    row = withdraw(world, row)
    with pytest.raises(Conflict, match="只有已发布"):
        withdraw(world, row)


def test_cases_opened_meanwhile_go_on_under_the_version_before(world):
    row = world.to(PUBLISHED, world.draft())
    case = world.open()
    assert case.schema_version == 2
    row = to_its_end(world, withdraw(world, row))
    stored = database.raw("cases").find_one({"_id": case.id})
    assert row["state"] == WITHDRAWN and stored["schema_version"] == 1 and stored["x_income"] == 900000
    assert [event["action"] for event in database.raw("events").find({"case": case.id}, sort=[("seq", 1)])][-1] == "move_version"


def test_a_decision_under_it_stops_taking_back_and_the_earlier_text_is_published_anew(world):
    row = world.to(PUBLISHED, world.written(name="演示救助二版", sections=with_rent(world)))
    case = decided(world, world.open())
    with pytest.raises(Conflict, match="已有 1 件按“演示救助二版”第 2 版作出决定.*可以按原来的内容发布新版本"):
        withdraw(world, row)
    draft = withdrawing.earlier_again(row, "demo", world.engine, XIANG)
    assert draft.mapping["name"] == "演示救助" and draft.base == 2
    rent = next(field for section in draft.mapping["sections"] for field in section["fields"] if field["id"] == "rent")
    assert rent["retired"] in (True, "true")
    world.to(PUBLISHED, draft)
    assert versions(world.engine)[-1][:2] == (3, "演示救助")
    assert database.raw("cases").find_one({"_id": case.id})["schema_version"] == 2


def with_rent(world):
    sections = drafts.KINDS["type"].origin(world.engine, "demo")[0]["sections"]
    return [{**section, "fields": [*section["fields"], {"id": "rent", "label": "房租", "kind": "money"}]} for section in sections]


def decided(world, case):
    """Bring a case to its decision under the version it stands under."""
    engine, later = (world.engine.registry, world.engine.standards), date(2026, 9, 30)
    to_posting(engine, case)
    walk(engine, case, (CLERK, later, "end_posting", {"result": "none", "taken_down": later}), (HEAD, later, "confirm", {}))
    return case


def test_a_decision_by_a_new_standard_stops_taking_it_back(world):
    draft = world.raise_standard(since="2026-09-10")
    item = drafts.begin("type", "demo", XIANG, world.engine)
    item = drafts.set_golden(item.id, item.rev, item.golden.replace("1470.00", "1590.00"), XIANG)
    row = world.to(PUBLISHED, draft, item)
    assert withdrawing.blockers(row, world.engine) == []
    decided(world, world.open())
    assert withdrawing.blockers(row, world.engine) == ["已有 1 件按新标准作出决定"]


def test_a_later_publication_has_to_be_taken_back_first(world):
    first = world.to(PUBLISHED, world.draft())
    second = world.to(PUBLISHED, world.draft("演示救助三版"))
    with pytest.raises(Conflict, match="之后又发布了第 3 版"):
        withdraw(world, first)
    withdraw(world, second)
    assert withdraw(world, first)["state"] == WITHDRAWN and world.engine.registry.get("demo").version == 1


def test_a_new_type_is_taken_back_while_nobody_applied(world):
    mapping = drafts.KINDS["type"].origin(world.engine, "demo")[0] | {"key": "second", "code": "YY", "name": "另一种救助", "programme": "second"}
    row = world.to(PUBLISHED, drafts.create("type", mapping, XIANG))
    assert world.engine.registry.get("second").version == 1
    withdraw(world, row)
    with pytest.raises(NotFound):
        world.engine.refresh().registry.get("second")


# Cases that stand under earlier versions


def test_a_recipe_moves_cases_at_publication_and_taking_back_undoes_it(world):
    case = world.open()
    before = database.raw("cases").find_one({"_id": case.id})
    draft = world.written(name="二版", sections=with_rent(world))
    row = world.release(draft)
    turns = [{"to": "rent", "from": ["income"], "formula": "income / 10"}]
    row = flow.edit(row["_id"], row["rev"], XIANG, recipes_by_key={"demo": {"which": "all", "turns": turns}})
    for name in ("CHECKED", "SIMULATED", "SUBMITTED", "APPROVED", "PUBLISHED"):
        row = world.step(name, row)
    world.work_all()
    moved = database.raw("cases").find_one({"_id": case.id})
    assert (moved["schema_version"], moved["x_rent"]) == (2, 90000)
    row = to_its_end(world, withdraw(world, row))
    after = database.raw("cases").find_one({"_id": case.id})
    assert row["state"] == WITHDRAWN and recipes.get(f"{row['_id']}.1:demo")["state"] == recipes.UNDONE
    kept = set(before) - {"rev", "updated", "outbox", "event_seq"}
    assert {name: after.get(name) for name in kept} == {name: before[name] for name in kept} and "x_rent" not in after


def test_a_step_with_running_cases_cannot_go_before_they_are_mapped(world):
    engine, case = (world.engine.registry, world.engine.standards), world.open()
    to_posting(engine, case)
    draft = world.written(steps=["accept", "survey", "opinion", "confirm"], posted=[])
    row = world.release(draft)
    row = flow.check(row["_id"], row["rev"], world.engine, XIANG)
    assert any("还有 1 件“公示中”的案件" in problem for problem in row["check"]["items"][0]["problems"]), row["check"]
    row = flow.edit(row["_id"], row["rev"], XIANG, recipes_by_key={"demo": {"states": {"publicity": "stay"}}})
    row = world.step("SIMULATED", flow.check(row["_id"], row["rev"], world.engine, XIANG))
    assert row["state"] == SIMULATED
