"""One judgement of what stands beside an award, asked at application, at confirmation and on every monthly list.

An award is judged against the others of its persons by the matrix, and by its declaration where the matrix is silent.
"""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from adminapp import dates, decisions
from adminapp.awards import deaths
from adminapp.awards.spells import PAYING, amount_in, runs_from, spell_in, state_in
from adminapp.awards.store import of_people
from adminapp.cases import covered
from adminapp.conflicts.matrix import ALLOWED, CHOOSE, NO, REQUIRES, TOPUP, Rule, matrix
from adminapp.formula import parse
from adminapp.money import format_yuan

BARRING = {NO, CHOOSE}
DEATH = "death"
HEAD_DIED = "户主或本人死亡的，办理户主变更（停旧建新）或终止"
MEMBER_DIED = "办理减员，并在规定期限内重新计算金额"


@dataclass(frozen=True)
class Finding:
    """What was found: the rule, the other award ("" when one is missing), and what the officer reads and does."""

    rule: str
    programme: str
    number: str
    say: str
    do: str = ""
    clause: str = ""
    bars: bool = True
    """False for what is only to be looked at: it neither bars a confirmation nor holds a line."""

    def __str__(self):
        about = "，".join(filter(None, (self.number, self.clause)))
        return f"{self.say}（{about}）" if about else self.say

    @property
    def advice(self) -> str:
        """Return the sentence with what to do about it."""
        return f"{self}。{self.do}" if self.do else str(self)


def of_case(relief_type, values) -> list[Finding]:
    """Return what stands against a case on the day of its values, for the persons it is for, in any township."""
    register = values.evaluator.awards
    return [*_dead(register, set(covered(values))), *among_programmes(relief_type, values)]


def among_programmes(relief_type, values) -> list[Finding]:
    """Return what stands against a case because of other awards, held or missing; asks the register alone, no database."""
    register, on = values.evaluator.awards, values.evaluator.on
    mine = set(covered(values))
    everybody = {person["key"] for person in register.case.people if person.get("key")}
    held = [row for row in register.held if mine & set(row["people"])]
    month = dates.month_of(on)

    def holds(programme, who):
        keys = everybody if who == "household" else mine
        return any(row["programme"] == programme and keys & set(row["people"]) and runs_from(row, month) for row in register.held)

    against = [*_against(relief_type, values.holds, held, on), *_twice(relief_type, held, on)]
    return [*against, *_missing(relief_type, values.holds, holds, on)]


class Beside:
    """What stands beside many awards, read at once: other awards of their persons, and who died."""

    def __init__(self, awards: Iterable[dict]):
        keys = sorted({key for award in awards for key in award["people"]})
        self.deaths = deaths.of(keys)
        self._by_person: dict[str, list] = {}
        for row in of_people(keys):
            for key in row["people"]:
                self._by_person.setdefault(key, []).append(row)

    def others(self, award: dict) -> list[dict]:
        """Return the other awards of any person an award is for."""
        found = {row["_id"]: row for key in award["people"] for row in self._by_person.get(key, ()) if row["_id"] != award["_id"]}
        return [found[key] for key in sorted(found)]


def on_list(award: dict, relief_type, beside: Beside, month: str, when: Callable[[str], bool]) -> list[Finding]:
    """Return what stands against paying an award for a month; `when` evaluates a declared condition on its case."""
    others = beside.others(award)
    on, paid = dates.first_day(month), [row for row in others if amount_in(row, month) > 0]
    against = [item for item in _against(relief_type, when, paid, on) if not _tops_up(item, award, paid, month)]

    def holds(programme, who):
        return any(row["programme"] == programme and state_in(row, month) in PAYING for row in others)

    return [
        *_died(award, beside.deaths, month),
        *against,
        *_twice(relief_type, paid, on),
        *_not_deducted(award, relief_type, paid, on),
        *_missing(relief_type, when, holds, on),
    ]


def _dead(register, mine):
    """Yield the persons of a case whose death is recorded."""
    case = register.case
    names = {person["key"]: person["name"] for person in case.people if person.get("key")}
    for key, death in deaths.of(sorted(mine), register.known).items():
        yield Finding(DEATH, "", "", f"{names.get(key, '')}已登记死亡（{death['on']}）", HEAD_DIED if _leads(key, case) else MEMBER_DIED)


def _leads(key, case):
    return bool(case.people) and case.people[0].get("key") == key


def _died(award, found, month):
    """Yield who of an award died before the month: the award of the dead is not paid, a household's goes on (83号 一(三))."""
    for key in award["people"]:
        death = found.get(key)
        if death and dates.month_of(date.fromisoformat(death["on"])) < month:
            leads = award["unit"] == "person" or key == award["person"]
            say = f"{'本人' if leads else '成员'}已登记死亡（{death['on']}）"
            yield Finding(DEATH, "", "", say, HEAD_DIED if leads else MEMBER_DIED, bars=leads)


def _against(relief_type, when: Callable[[str], bool], held, on):
    """Yield what the matrix bars, and what the declaration excludes where the matrix is silent."""
    declared = {item.programme: item for item in relief_type.excludes}
    for row in held:
        if row["programme"] == relief_type.programme:
            continue
        rule = matrix().rule(relief_type.programme, row["programme"], on)
        item = declared.get(row["programme"])
        if rule and rule.rule in BARRING:
            yield _finding(rule, row)
        elif rule is None and item and (not item.when or when(item.when)):
            yield Finding(NO, row["programme"], row["number"], item.reason, clause=item.clause)


def _tops_up(finding, award, others, month):
    """Tell whether the other award is what is left after this one: then both are paid."""
    other = next(row for row in others if row["number"] == finding.number)
    return deducted(other, award["programme"], month) > 0


def _twice(relief_type, held, on):
    """Yield awards of the same programme: one person, one award, unless the matrix says otherwise."""
    if relief_type.payment.cycle == "once":
        return
    rule = matrix().rule(relief_type.programme, relief_type.programme, on)
    if rule and rule.rule == ALLOWED:
        return
    for row in held:
        if row["programme"] == relief_type.programme and row["cycle"] != "once":
            if rule:
                yield _finding(rule, row)
            else:
                yield Finding(NO, row["programme"], row["number"], "有人已在同一项目的另一份待遇中", "先核实并终止另一份")


def _missing(relief_type, when, holds, on):
    """Yield the programmes that must be held and are not."""
    rules = {rule.beside: rule for rule in matrix().of(relief_type.programme, on)}
    for rule in rules.values():
        if rule.rule == REQUIRES and not holds(rule.beside, rule.who):
            yield _finding(rule, None)
    for item in relief_type.requires:
        if item.programme not in rules and (not item.when or when(item.when)) and not holds(item.programme, item.who):
            yield Finding(REQUIRES, item.programme, "", item.reason, clause=item.clause)


def _not_deducted(award, relief_type, paid, on):
    """Yield the awards that should have been taken off and were not, or are another amount by now."""
    month = dates.month_of(on)
    for row in paid:
        rule = matrix().rule(relief_type.programme, row["programme"], on)
        if not rule or rule.rule != TOPUP:
            continue
        taken, share = deducted(award, row["programme"], month), _share(row, month)
        if not taken:
            yield _finding(rule, row)
        elif taken != share:
            say = f"补差时扣除 {format_yuan(taken)} 元，现在应扣 {format_yuan(share)} 元"
            yield Finding(TOPUP, row["programme"], row["number"], say, rule.do, rule.clause, bars=False)


def deducted(award: dict, programme: str, month: str) -> int:
    """Return the fen that the decision behind a month took off for another programme, 0 when none."""
    spell = spell_in(award, month)
    row = decisions.get(spell["decision"]) if spell and spell.get("decision") else None
    terms = row["decision"]["terms"] if row else ()
    return -sum(term["value"] for term in terms if term["value"] < 0 and _asks(term["formula"], programme))


def _asks(formula, programme):
    calls = (node for node in ast.walk(parse(formula).tree) if isinstance(node, ast.Call) and node.func.id == "award")
    return any(call.args[0].value == programme for call in calls)


def _share(row, month):
    """Return a person's fen of an award in a month, rounded half up: a household's is shared by those it is for."""
    size = row["household_size"] if row["unit"] == "household" else 1
    return (2 * amount_in(row, month) + size) // (2 * size)


def _finding(rule: Rule, row):
    return Finding(rule.rule, rule.beside, row["number"] if row else "", rule.say, rule.do, rule.clause)
