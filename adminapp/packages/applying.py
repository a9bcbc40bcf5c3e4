"""Carries out a plan: at once for whoever runs the server, as drafts in a release for an administrator in the browser."""

from adminapp import audit, dates, drafts
from adminapp.declaration import read_text
from adminapp.declaration.writer import to_mapping
from adminapp.drafts.standards_draft import mapping_of_table
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.packages import plan as plans
from adminapp.packages import store
from adminapp.packages.contents import Contents, read
from adminapp.releases import flow, publishing, withdrawing
from adminapp.releases import store as releases
from adminapp.releases.model import APPROVED, CANCELLED, DRAFT, WITHDRAWN
from adminapp.standards import from_text

audit.declare("package", "配置包")


def check(engine, plan: dict):
    """Raise Conflict or Invalid with everything that stands against carrying out a plan."""
    plans.check_seal(engine, plan)
    _check_decided(plan)
    if plan["problems"]:
        raise Invalid(plan["problems"])


def _check_decided(plan):
    if open_ones := [each for each in plan["conflicts"] if not each["taken"]]:
        raise Conflict(f"有 {len(open_ones)} 处两边都改过，请先选定采用哪一边")


def apply(engine, plan: dict, actor, reason: str = "") -> dict | None:
    """Publish what is planned and return its release, None when nothing changes. All of it goes out, or nothing."""
    check(engine, plan)
    items, contents = plans.pinned(engine, plan["items"]), read(dict(plan["files"]))
    if not items:
        return None
    approval = {"by": actor.id, "by_name": actor.name, "at": dates.now(), "note": "", "simulation": "", "simulation_digest": "",
                "digest": releases.pin(items)}  # fmt: skip
    row = releases.create(items, actor, title_of(contents), reason, state=APPROVED, approval=approval)
    store.keep(row["_id"], contents, actor)
    audit.log("package", actor=actor.id, release=row["number"], digest=contents.digest[:16])
    try:
        return publishing.publish(row["_id"], row["rev"], engine, actor)
    except Conflict:
        row = releases.get(row["_id"])
        if row["state"] == DRAFT:  # nothing went out; without drafts it has no other try
            releases.change(row, "cancel", actor, state=CANCELLED)
        raise


def title_of(contents: Contents) -> str:
    return f"导入{contents.name or '配置包'}（{contents.digest[:8]}）"


def begin(engine, plan: dict, actor) -> dict:
    """Make drafts of what is planned, and a release of them, that goes the way of every other; return the release."""
    plans.check_seal(engine, plan)
    changes = [item for item in plan["items"] if item["action"] != plans.SAME]
    _check_decided(plan)
    if not changes:
        raise Invalid("配置包与现行内容相同，没有要导入的。")
    if held := [draft for item in changes if (draft := drafts.open_for(item["kind"], item["key"]))]:
        raise Conflict(f"{'、'.join(f'“{draft.title}”' for draft in held)}正在起草中，请先发布或放弃那份草稿")
    contents = read(dict(plan["files"]))
    made = [_draft(engine, item, actor) for item in changes]
    row = flow.begin([draft.id for draft in made], actor, title_of(contents))
    store.keep(row["_id"], contents, actor)
    audit.log("package", release=row["number"], digest=contents.digest[:16])
    return row


def _draft(engine, item, actor):
    kind = drafts.KINDS[item["kind"]]
    mapping = mapping_of_table(from_text(item["text"])) if item["kind"] == plans.STANDARDS else to_mapping(read_text(item["text"], item["key"]))
    try:
        origin = kind.origin(engine, item["key"])
    except NotFound:
        origin = None
    return drafts.create(item["kind"], mapping, actor, origin, item["golden"])


def rollback(engine, number: str, actor, reason: str) -> dict:
    """Take back what a release published, by its number; return it. Raise Conflict with why it cannot be taken back."""
    row = releases.numbered(number)
    row = withdrawing.withdraw(row["_id"], row["rev"], engine, actor, reason)
    if row["state"] == WITHDRAWN:
        audit.log("package", actor=actor.id, release=row["number"], event="rollback")
    return row
