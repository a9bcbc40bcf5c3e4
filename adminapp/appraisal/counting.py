"""Who was there, who votes on which household, whether enough came: pure functions of a meeting, by the rules of its day."""

from datetime import date
from fractions import Fraction

from adminapp import procedure

REPRESENTATIVE = "representative"
CAPACITIES = {"township": "乡镇干部", "committee": "村（居）两委", "party": "党员代表", REPRESENTATIVE: "村（居）民代表"}
VOTES = ("agree", "against", "abstain")


def present(meeting: dict) -> list[dict]:
    return [row for row in meeting["attendance"] if row["present"]]


def voters(meeting: dict, item: dict) -> list[dict]:
    """Return who votes on a household: everybody present but those who are recused from it."""
    recused = set(item["recused"])
    return [row for row in present(meeting) if row["name"] not in recused]


def problems_of_attendance(meeting: dict) -> list[str]:
    """Return a sentence for each rule that the list of those present breaks; empty when the meeting may judge."""
    day = date.fromisoformat(meeting["day"])
    rows, came = meeting["attendance"], present(meeting)
    names = [row["name"] for row in rows]
    found = [f"{name}在参加人中写了两次。" for name in sorted({name for name in names if names.count(name) > 1})]
    if not came:
        return [*found, "请登记参加人，并注明谁到会。"]
    if (quorum := procedure.value("appraisal.attendance_share", day)) and len(came) < len(rows) * quorum:
        found.append(f"实到 {len(came)} 人，不足应到 {len(rows)} 人的{procedure.share_text(quorum)}（{procedure.clause('appraisal.attendance_share', day)}）。")
    found += _share(came, day, "到会人员")
    return found


def problems_of_votes(meeting: dict, item: dict) -> list[str]:
    """Return what is wrong with the votes on one household; empty when they may be written into its case."""
    day, who = date.fromisoformat(meeting["day"]), item["name"]
    names = {row["name"] for row in meeting["attendance"]}
    found = [f"{who}：回避人“{name}”不在参加人中。" for name in item["recused"] if name not in names]
    judges = voters(meeting, item)
    if any(item[key] is None for key in VOTES):
        return [*found, f"{who}：请填写同意、不同意、弃权的票数。"]
    if (total := sum(item[key] for key in VOTES)) != len(judges):
        found.append(f"{who}：票数合计 {total}，应为 {len(judges)}（到会 {len(present(meeting))} 人，回避 {len(present(meeting)) - len(judges)} 人）。")
    if not judges:
        found.append(f"{who}：到会的人都要回避，请另外组织评议。")
    else:
        found += _share(judges, day, f"{who}：参加评议的人")
    if not item["opinion"]:
        found.append(f"{who}：请填写评议意见。")
    return found


def _share(people, day, who):
    share = procedure.value("appraisal.representative_share", day)
    count = sum(row["capacity"] == REPRESENTATIVE for row in people)
    if share and Fraction(count, len(people)) < share:
        clause = procedure.clause("appraisal.representative_share", day)
        return [f"{who}中村（居）民代表 {count} 人，不足 {len(people)} 人的{procedure.share_text(share)}（{clause}）。"]
    return []


def carried(item: dict) -> bool:
    """Return whether more than half of the votes agree."""
    return item["agree"] * 2 > sum(item[key] for key in VOTES)
