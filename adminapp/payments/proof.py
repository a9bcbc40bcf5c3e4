"""Proves that a list pays what was decided: every row of its roster is worked out again from entries and decisions.

`verify` holds lines against the roster and the seal; this holds the roster against what lies before it. A row names for
each of its months the entry of the award and the decision that gave the amount (`basis`), and what other lists pay of the
period (`before`).
"""

from collections.abc import Iterator

from adminapp import awards, database, decisions
from adminapp.errors import ReliefError
from adminapp.money import format_yuan
from adminapp.payments import lines, roster


class Proof:
    """Keeps what was recomputed, so that a decision that many lists rest on is made anew once."""

    def __init__(self, registry, standards):
        self.recomputer, self.made = decisions.Recomputer(registry, standards), {}

    def of_batch(self, batch: dict) -> Iterator[str]:
        """Yield a sentence for every row that entries and decisions do not give."""
        for chunk in roster.chunks(batch["_id"]):
            rows = list(enumerate(chunk["rows"], chunk["first"]))
            if roster.digest_of(chunk["rows"]) != chunk["digest"]:
                yield f"应发名单第 {chunk['n'] + 1} 段被改动"
            ids = list({row["award"] for _, row in rows})
            found = {award["_id"]: award for award in database.raw(awards.COLLECTION).find({"_id": {"$in": ids}}, {"entries": 1})}
            self._recompute({item["decision"] for _, row in rows for item in row.get("basis", ()) if item["decision"]})
            yield from _sums(rows)
            for number, row in rows:
                if row["kind"] not in lines.BESIDE:
                    problem = self._problem(row, found.get(row["award"]))
                    if problem:
                        yield f"第 {number} 行（{row['number']}）{problem}"

    def of_rows(self, rows: list[tuple[int, dict]], found: dict) -> Iterator[tuple[int, str]]:
        """Yield (number, sentence) for every row that its award's entries and decisions do not give; `found` are awards by id."""
        self._recompute({item["decision"] for _, row in rows for item in row["basis"] if item["decision"]})
        for number, row in rows:
            if problem := self._problem(row, found.get(row["award"])):
                yield number, problem

    def _problem(self, row, award):
        """Return what is wrong with a row, "" for nothing."""
        if award is None:
            return "没有待遇记录"
        for item in row["basis"]:
            spell = _spell(award["entries"], item)
            if spell is None:
                return f"{item['month']} 的金额 {format_yuan(item['amount'])} 元没有决定"
            made = self.made.get(item["decision"])
            if isinstance(made, str):
                return made
            if made is not None and made != spell["entitled"]:
                return f"{item['month']} 的决定重新计算为 {format_yuan(made)} 元，名册依据 {format_yuan(spell['entitled'])} 元"
        return ""

    def _recompute(self, ids):
        """Make decisions anew: fen by id, or a sentence why that is impossible."""
        missing = [ident for ident in ids if ident not in self.made]
        rows = {row["_id"]: row for row in database.raw(decisions.COLLECTION).find({"_id": {"$in": missing}})} if missing else {}
        for ident in missing:
            try:
                row = rows.get(ident)
                again = self.recomputer.recompute(row) if row else None
                # What a head decided otherwise than computed stays as decided: the computed amount is what must come out again.
                stored = row["decision"] if row else {}
                if row and again["amount"] != stored.get("computed", stored["amount"]):
                    self.made[ident] = f"的决定重新计算为 {format_yuan(again['amount'])} 元，当时为 {format_yuan(stored.get('computed', stored['amount']))} 元"
                else:
                    self.made[ident] = stored["amount"] if row else "所依据的决定已不存在"
            except ReliefError as error:
                self.made[ident] = f"的决定不能重新计算：{error}"


def _sums(rows):
    """Yield a sentence for each award and period whose rows are not what its months give less what was paid before."""
    parts = {}
    for number, row in rows:
        if row["kind"] not in lines.BESIDE:
            parts.setdefault((row["award"], row["period"]), []).append((number, row))
    for found in parts.values():
        number, row = found[0]
        owed = sum(item["amount"] for item in row["basis"]) - row["before"]
        paid = sum(each["amount"] for _, each in found)
        if owed != paid:
            yield f"第 {number} 行（{row['number']}）{row['period']} 应发 {format_yuan(owed)} 元，名册为 {format_yuan(paid)} 元"


def _spell(entries, item):
    """Return the spell that gave a month its amount by the entry named, as it stood after any of the entries; None for none."""
    orders = [entries[:place] for place in range(len(entries), 0, -1)]
    orders += [[entry for entry in entries if entry["on"] <= day] for day in sorted({entry["on"] for entry in entries})]
    for known in orders:
        spell = awards.spell_in({"spells": awards.derive(known)}, item["month"])
        if spell and (spell["key"], spell["amount"], spell.get("decision", "")) == (item["key"], item["amount"], item["decision"]):
            return spell
    return None
