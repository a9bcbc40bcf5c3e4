"""A simulation as workbooks: the sums for everybody who prepares or decides, the cases for those who may read them."""

import io

from adminapp import divisions, engine
from adminapp.outputs import outputs
from adminapp.simulation import store
from adminapp.simulation.totals import pick
from exports import xlsx
from exports.columns import Column

SUMS = (
    Column("dimension", "口径", width=12), Column("value", "名称", width=24), Column("outcome", "结果", width=16), Column("cases", "件数", "integer"),
    Column("persons", "人数", "integer"), Column("paid", "现发每月", "money"), Column("before", "现行每月", "money"), Column("after", "草稿每月", "money"),
    Column("delta", "每月增减", "money"), Column("yearly", "全年增减", "money"),
)  # fmt: skip
CASES = (
    Column("serial", "序号", "integer"), Column("number", "编号", width=24), Column("township", "乡镇", width=14), Column("village", "村（社区）", width=16),
    Column("group", "类别", width=14), Column("outcome", "结果", width=16), Column("paid", "现发每月", "money"), Column("before", "现行每月", "money"),
    Column("after", "草稿每月", "money"), Column("delta", "每月增减", "money"), Column("yearly", "全年增减", "money"), Column("why", "原因", width=60),
)  # fmt: skip
DIMENSIONS = {"type": "类型", "township": "乡镇"}


def register():
    """Put both workbooks into the engine. Safe to call again."""
    outputs.add("simulation_totals", write_totals)
    outputs.add("simulation_cases", write_cases)


def write_totals(row: dict) -> tuple[str, bytes]:
    """Return (file name, workbook) of the sums of a simulation, by type and by township."""
    found = pick(row["sums"], ("dimension", "value", "outcome"))
    types = {key: published.name for key, published in engine.current().registry.latest().items()}
    names = {"type": lambda key: types.get(key, key), "township": divisions.name_of}
    listed = (
        {**item, "dimension": DIMENSIONS[dimension], "value": names[dimension](value), "outcome": store.OUTCOMES[outcome]}
        for (dimension, value, outcome), item in sorted(found.items()) if dimension in DIMENSIONS
    )  # fmt: skip
    return _written(row, "汇总", SUMS, listed)


def write_cases(row: dict) -> tuple[str, bytes]:
    """Return (file name, workbook) of every case that comes out otherwise, within the actor's scope."""
    rows = store.rows().find({"simulation": row["_id"]}, sort=[("delta", -1), ("_id", 1)])
    return _written(row, "明细", CASES, (_case(number, each) for number, each in enumerate(rows, 1)))


def _case(number, row):
    return {
        "serial": number, "number": row["number"], "township": divisions.name_of(row["township"]), "village": divisions.name_of(row["village"]),
        "group": store.GROUPS[row["group"]], "outcome": store.OUTCOMES[row["outcome"]], "paid": row["paid"], "before": row["before"]["amount"],
        "after": row["after"]["amount"], "delta": row["delta"], "yearly": row["yearly"], "why": "；".join(row["reasons"]),
    }  # fmt: skip


def _written(row, what, columns, rows):
    stream = io.BytesIO()
    notes = [f"试算日 {row['on']}，{row['by_name']}；校验值 {row['digest']}", "试算不改动任何案件。一次性救助的金额按一次计。"]
    xlsx.write(stream, columns, rows, title=f"试算{what}：{row['title']}"[:80], notes=notes)
    return f"试算{what}_{row['on']}_{row['digest'][:8]}.xlsx", stream.getvalue()
