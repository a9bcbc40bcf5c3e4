"""How far a draft is on its way to publication, and the step that comes next: what the pages of the designer show of its release."""

from flask import g, url_for
from flask_babel import gettext as _

from adminapp.policy import POLICY_ADMIN
from adminapp.releases import flow, store
from adminapp.releases.model import (
    APPROVED,
    CANCELLED,
    CHECKED,
    DRAFT,
    OPEN,
    PINNED,
    PUBLISHED,
    SCHEDULED,
    SIMULATED,
    STATES,
    SUBMITTED,
    TONES,
    UNFINISHED,
    WITHDRAWN,
)  # fmt: skip
from views.releases import shown


def of_draft(draft, engine, problems: int) -> dict:
    """Return ``{release, stages, steps, said, warning, …}`` for designer/_way.html; `problems` are those the draft has now."""
    row = release_of(draft)
    if row is None:
        mine = draft.is_open and g.actor.has(POLICY_ADMIN)
        said = _("还有 %(n)s 处问题，都改正了才能检查通过。", n=problems) if problems else _("改好后检查：内容、标准和样例一起核对。")
        return {"release": None, "stages": shown.stages(DRAFT, draft.is_open), "steps": ["begin"] if mine else [], "said": said if mine else ""}
    found = shown.taking(row, engine)
    return {
        **found, "release_url": url_for("releases.show", release_id=row["_id"]), "said": _said(row, found["steps"]),
        "warning": _("现在修改草稿，要从检查重新办起。") if row["state"] in PINNED and draft.is_open and g.actor.has(POLICY_ADMIN) else "",
    }  # fmt: skip


def release_of(draft) -> dict | None:
    """Return the release a draft is in, or went out with, as it really stands."""
    head = store.holding(draft.id)
    if head is None and (gone := draft.facts.get("release")) and not draft.is_open:
        return store.get(gone)
    return flow.settle(store.get(head["_id"]), g.actor) if head else None


def _said(row, steps) -> str:
    """Return in a sentence what stands and what is to be done."""
    state, report = row["state"], row["check"]
    if state == DRAFT and report and not report["ok"]:
        return _("检查发现 %(n)s 处问题，改正后再检查。", n=report["count"])
    if state == CHECKED and "simulate" not in steps and g.actor.has(POLICY_ADMIN):
        return _("正在试算，完成后可以送审。")
    if state == SUBMITTED and "approve" in steps:
        return _("请看差异和试算结果，批准或退回。")
    if state == SCHEDULED:
        return _("定于 %(day)s 零时后自动发布。", day=row["scheduled"])
    return {
        DRAFT: _("内容有改动或还没有检查，先检查。"), CHECKED: _("检查通过，下一步试算：看对每一户的影响。"), SIMULATED: _("试算完成，可以送审。"),
        SUBMITTED: _("已送审，等另一人批准。"), APPROVED: _("已批准，可以发布。"), PUBLISHED: _("已发布。新申请按新版本办理。"),
        WITHDRAWN: _("已撤回发布，恢复到原来的内容。"), CANCELLED: _("方案已作废。"), **dict.fromkeys(UNFINISHED, _("正在办理，请稍候。")),
    }[state]  # fmt: skip


def states_of_drafts() -> dict[str, dict]:
    """Return {draft id: ``{label, tone, number, url}``} of the drafts that are in an open release."""
    return {
        draft: {
            "label": _(STATES[row["state"]]), "tone": TONES[row["state"]] or "info", "number": row["number"],
            "url": url_for("releases.show", release_id=row["_id"]),
        }
        for row in store.listed((*OPEN, *UNFINISHED))
        for draft in row.get("holds", ())
    }  # fmt: skip
