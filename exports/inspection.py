"""The figures of a joint inspection by township, as CSV; no person."""

from adminapp import divisions
from adminapp.outputs import outputs
from adminapp.supervision.inspection import Inspection
from exports import csvfile
from exports.columns import Column

NAMES = ("new", "target", "visited", "deficit", "consistent", "off", "closed")
COLUMNS = (
    Column("place", "乡镇"), Column("new", "新增"), Column("target", "应核查"), Column("visited", "已入户"), Column("deficit", "尚缺"),
    Column("consistent", "属实"), Column("off", "有偏差"), Column("closed", "已整改"), Column("done", "办结环节"), Column("late", "超期环节"),
    Column("warnings", "待处理预警"),
)  # fmt: skip


def write(stream, found: Inspection) -> int:
    """Write a line for each township and return their number."""
    title = f"{divisions.county().county_name}{found.year} 年社会救助联合检查（截至 {found.progress.until}）"
    return csvfile.write(stream, COLUMNS, _lines(found), title=title)


def _lines(found):
    times = {line.key: line for line in found.times}
    for place in found.places:
        time = times.get(place)
        warnings = sum(n for (code, _rule), n in found.warnings.items() if code == place)
        row = {"place": divisions.name_of(place), **dict(zip(NAMES, found.place_values(place), strict=True))}
        yield row | {"done": time.done if time else 0, "late": time.late if time else 0, "warnings": warnings}


def register():
    """Add the output "inspection" (stream, figures → lines). Safe to call again."""
    outputs.add("inspection", write)
