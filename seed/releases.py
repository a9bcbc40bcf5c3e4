"""Releases of the demo county: a small change that is published, and a raise of the standards that waits for approval."""

from datetime import timedelta
from pathlib import Path

from adminapp import dates, drafts
from adminapp import golden as golden_cases
from adminapp.auth.users import actor_of
from adminapp.auth.users import get as user
from adminapp.golden import store as golden_store
from adminapp.jobs import registry, runner
from adminapp.releases import flow, publishing, store
from adminapp.scope import acting
from adminapp.simulation import store as simulations
from adminapp.simulation import work

WRITER, APPROVER = "policy", "approver"


def golden(folder: Path = golden_cases.reader.FOLDER):
    """Store the golden cases of the shipped types, where there are none yet."""
    for path in sorted(folder.glob("*.yaml")):
        if not golden_store.get(golden_store.of_type(path.stem))["rev"]:
            golden_store.save(golden_store.of_type(path.stem), path.read_text("utf-8"), "seed")


def fill(engine):
    """Store the releases, once, with the simulations they were approved by."""
    if store.listed():
        return
    registry.register(simulations.JOB, work.run)
    writer, today = actor_of(user(WRITER)), dates.today()
    with dates.frozen(today - timedelta(days=1)):
        _published(engine, writer)
    _waiting(engine, writer)


def _published(engine, writer):
    """A help text that people asked for, through all steps."""
    draft = drafts.begin("type", "old_age", writer, engine)
    phone = next(place.key for place in draft.places.values() if place.node.get("id") == "phone")
    change = {"do": "set", "item": phone, "name": "help", "value": "没有电话的填代办人、子女或村（社区）电话，并写明是谁的"}
    draft = drafts.apply(draft.id, draft.rev, [change], writer)
    row = flow.begin([draft.id], writer, "高龄津贴：电话填写说明", "乡镇反映独居老人的电话登记不清楚。")
    row = _to_approval(engine, row, writer)
    with acting(writer):
        publishing.publish(row["_id"], row["rev"], engine, writer)


def _waiting(engine, writer):
    """The raise of the allowances (seed/drafts.py): simulated, sent, and not yet approved."""
    draft = drafts.open_for("standards", "standards")
    if draft:
        row = flow.begin([draft.id], writer, "明年城乡低保提标", "按县政府通知自明年一月起执行，所需资金见试算。")
        _sent(engine, row, writer)


def _sent(engine, row, writer):
    row = flow.check(row["_id"], row["rev"], engine, writer)
    assert row["check"]["ok"], row["check"]
    row = flow.simulate(row["_id"], row["rev"], engine, writer)
    runner.run_job(engine, simulations.get(row["simulation"]["id"])["job"])
    row = flow.settle(store.get(row["_id"]), writer)
    return flow.submit(row["_id"], row["rev"], writer)


def _to_approval(engine, row, writer):
    row = _sent(engine, row, writer)
    approver = actor_of(user(APPROVER))
    with acting(approver):
        return flow.approve(row["_id"], row["rev"], approver, "同意，按此发布。")
