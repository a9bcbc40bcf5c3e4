"""What ended late in a span of days, as CSV: case, step, days, who, and why."""

from adminapp import divisions
from adminapp.outputs import outputs
from adminapp.supervision import lateness
from adminapp.workflow.deadlines import CAUSES
from exports import csvfile
from exports.columns import Column

COLUMNS = (
    Column("number", "编号"), Column("type", "救助类型"), Column("township", "乡镇"), Column("village", "村（社区）"), Column("label", "环节"),
    Column("clause", "依据"), Column("due", "到期日"), Column("done", "办结日"), Column("late", "超期天数"), Column("by_name", "办结人"),
    Column("cause", "原因"), Column("reason", "说明"),
)  # fmt: skip


def write(stream, span: lateness.Span, types: dict[str, str]) -> int:
    """Write the late ones within the actor's scope, newest first, and return their number."""
    place = divisions.name_of(span.township) if span.township else divisions.county().county_name
    return csvfile.write(stream, COLUMNS, (_line(row, types) for row in lateness.late(span)), title=f"{place}超期办结清单（{span.first} 至 {span.last}）")


def _line(row, types):
    names = {"type": types.get(row["type"], row["type"]), "cause": CAUSES.get(row.get("code") or "", ""), "reason": row.get("reason") or ""}
    return {**row, **names, "township": divisions.name_of(row["township"]), "village": divisions.name_of(row["village"])}


def register():
    """Add the output "late_steps" (stream, span, names of types → lines). Safe to call again."""
    outputs.add("late_steps", write)
