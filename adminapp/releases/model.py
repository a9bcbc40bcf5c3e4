"""The states of a release, what each allows, and the digest of what it pins."""

from adminapp.simulation.store import digest_of

DRAFT, CHECKED, SIMULATED, SUBMITTED, APPROVED, SCHEDULED = "DRAFT", "CHECKED", "SIMULATED", "SUBMITTED", "APPROVED", "SCHEDULED"
PUBLISHING, PUBLISHED, WITHDRAWING, WITHDRAWN, CANCELLED = "PUBLISHING", "PUBLISHED", "WITHDRAWING", "WITHDRAWN", "CANCELLED"
STATES = {
    DRAFT: "拟定中", CHECKED: "检查通过", SIMULATED: "已试算", SUBMITTED: "待批准", APPROVED: "已批准", SCHEDULED: "已定发布日期",
    PUBLISHING: "正在发布", PUBLISHED: "已发布", WITHDRAWING: "正在撤回", WITHDRAWN: "已撤回", CANCELLED: "已作废",
}  # fmt: skip
TONES = {
    DRAFT: "", CHECKED: "info", SIMULATED: "info", SUBMITTED: "wait", APPROVED: "good", SCHEDULED: "good", PUBLISHING: "info",
    PUBLISHED: "good", WITHDRAWING: "info", WITHDRAWN: "hold", CANCELLED: "hold",
}  # fmt: skip
STAGES = (DRAFT, CHECKED, SIMULATED, SUBMITTED, APPROVED, PUBLISHED)
"""The way of a release, as shown to people."""
PINNED = (CHECKED, SIMULATED, SUBMITTED, APPROVED, SCHEDULED)
"""States that an edit of a draft ends."""
OPEN = (DRAFT, *PINNED)
EDITABLE = (DRAFT, CHECKED, SIMULATED)
"""States in which what a release holds may change; later it is recalled first."""
UNFINISHED = (PUBLISHING, WITHDRAWING)
"""States that a crash may leave, and the sweep carries on."""

EVENTS = {
    "create": "拟定", "edit": "调整内容", "changed": "草稿有改动，退回拟定", "check": "检查", "simulate": "试算", "simulated": "试算完成",
    "submit": "送审", "recall": "撤回送审", "return": "退回", "approve": "批准", "schedule": "定发布日期", "unschedule": "取消发布日期",
    "publish": "发布", "published": "已发布", "failed": "未能发布", "withdraw": "撤回发布", "withdrawn": "已撤回", "cancel": "作废",
}  # fmt: skip


def pin(items: list[dict]) -> str:
    """Return the digest of what is approved: texts, golden cases, what they follow on, and recipes."""
    return digest_of([{name: item[name] for name in ("kind", "key", "digest", "base", "parent", "recipe")} for item in items])


def token(row: dict) -> str:
    """Return the name under which this attempt publishes: each thing of it once."""
    return f"{row['_id']}.{row['attempt']}"


def makers(row: dict) -> set[str]:
    """Return the ids of everybody who had a hand in what is approved."""
    wrote = {editor for item in row["items"] for editor in item["editors"]}
    return {row["author"]["id"], *wrote, *(entry["by"] for entry in row["history"] if entry["event"] in ("create", "edit", "submit"))}
