"""The universe of a draw as CSV: every number with the digest that gave its place, so that anybody can draw again."""

from collections.abc import Iterator

from adminapp import divisions
from adminapp.outputs import outputs
from adminapp.supervision import rounds, sampling
from exports import csvfile
from exports.columns import Column

COLUMNS = (
    Column("place", "乡镇"),
    Column("type", "救助类型"),
    Column("number", "编号"),
    Column("digest", "排序摘要（SHA-256）"),
    Column("before", "此前已抽"),
    Column("picked", "本次抽中"),
)


def write_universe(stream, fixed: dict, draws: list[dict], types: dict[str, str]) -> int:
    """Write the strata of a round in the order of their draw and return the number of lines. `types`: names by key."""
    notes = [f"种子：{rounds.seed_of(fixed)}", f"算法：第 {fixed['algorithm']} 号，SHA-256(“{fixed['algorithm']}:种子:编号”) 从小到大"]
    title = f"{divisions.county().county_name}{fixed['year']} 年第 {fixed['n']} 次抽查抽取总体（截至 {fixed['until']}）"
    return csvfile.write(stream, COLUMNS, _lines(fixed, draws, types), title=title, notes=notes)


def _lines(fixed, draws, types) -> Iterator[dict]:
    seed, digest = rounds.seed_of(fixed), sampling.ALGORITHMS[fixed["algorithm"]]
    for row in draws:
        if row["replaces"] is None:
            taken, picked = set(row["taken"]), set(row["picked"])
            for number in sampling.ordered(seed, row["universe"], row["algorithm"]):
                yield {
                    "place": divisions.name_of(row["township"]), "type": types.get(row["type"], row["type"]), "number": number,
                    "digest": digest(seed, number), "before": "是" if number in taken else "", "picked": "是" if number in picked else "",
                }  # fmt: skip


def register():
    """Add the output "spot_universe" (stream, round, draws, names of types → lines). Safe to call again."""
    outputs.add("spot_universe", write_universe)
