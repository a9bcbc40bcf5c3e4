"""Minutes of an appraisal (民主评议记录), to be signed by everybody present. Loads reportlab only when somebody prints."""

from pathlib import Path

from adminapp.outputs import outputs

A_LINE = 3
"""People in a line of the page of signatures."""


def print_minutes(meeting: dict, home: Path) -> bytes:
    """Return the minutes as PDF: `meeting` with `where`, `program`, `people`, `came`, `representatives`, `types`.

    What is not written down yet stays blank, to be filled in by hand. Raise FontsNotReady, Invalid for a character without face.
    """
    from exports.paper import Sheet

    paper = Sheet(home, f"民主评议记录 {meeting['_id']}", f"{meeting['_id']}　{meeting['where']}")
    paper.add(paper.text("民主评议记录", 20, "hei", 1))
    paper.paragraph(f"编号：{meeting['_id']}")
    expected = f"{len(meeting['people'])} 人" if meeting["people"] else ""
    came, representatives = (f"{meeting[key]} 人" if meeting["people"] else "" for key in ("came", "representatives"))
    paper.grid(
        [
            ["评议日期", meeting["day"], "评议地点", meeting["place"]],
            ["主持人", meeting["chair"], "乡镇负责人", meeting["leader"]],
            ["记录人", meeting["recorder"], "应到", expected],
            ["实到", came, "其中村（居）民代表", representatives],
        ],
        (14, 30, 18, 38), shaded=(0, 2), size=10, room=4,
    )  # fmt: skip
    paper.paragraph("评议程序：" + "　".join(f"{'☑' if stage in meeting['stages'] else '□'}{stage}" for stage in meeting["program"]).replace("☑", "■"))
    paper.heading("一、逐户评议")
    rows = [["序号", "申请人", "救助类型", "回避", "同意", "不同意", "弃权", "评议意见"]]
    for number, item in enumerate(meeting["items"], 1):
        votes = ["" if item[key] is None else str(item[key]) for key in ("agree", "against", "abstain")]
        rows.append([str(number), f"{item['name']}\n{item['number']}", meeting["types"][item["type"]], "、".join(item["recused"]), *votes, item["opinion"]])
    paper.grid(rows, (8, 30, 22, 18, 10, 11, 10, 46), head=1, room=4)
    paper.heading("二、参加人签字")
    people = [f"{name}（{capacity}）" if present else f"{name}（{capacity}，未到）" for name, capacity, present in meeting["people"]] or [""] * 15
    people += [""] * (-len(people) % A_LINE)
    paper.grid([sum(([name, ""] for name in people[start : start + A_LINE]), []) for start in range(0, len(people), A_LINE)], (22, 16) * A_LINE, room=5)
    paper.paragraph("主持人签字：______________　　记录人签字：______________　　　　　　年　　月　　日", 10.5)
    return paper.bytes()


def register():
    """Add the output "minutes" (meeting, home → PDF). Safe to call again."""
    outputs.add("minutes", print_minutes)
