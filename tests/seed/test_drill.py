"""The drill of payments: a small county is paid for a year by the engine, and no fen is unexplained; one that is, is named."""

from collections import Counter

import pytest
from click.testing import CliRunner

from adminapp import database as connection
from adminapp import dates, indexes, parts, sealing
from adminapp.cli import Program, main
from adminapp.engine import Engine
from schemas.case import CaseBase
from seed.drill import plan, proof, run
from seed.drill.world import World

MONTHS, AWARDS = 10, 92


@pytest.fixture
def engine(database, settings):
    indexes.upgrade(database)
    sealing.use_keys(settings.home / "keys" / "fields.json")
    parts.register()
    return Engine(settings, CaseBase)


def test_a_year_of_a_county_has_everything_that_happens_to_people_and_money():
    fates = [plan.fate_of(number, 12) for number in range(1000)]
    answers = Counter(fate.answer(place) for fate in fates for place in range(12))
    assert all(answers[each] > 10 for each in plan.FATES)
    for found in (
        [fate for fate in fates if fate.start],
        [fate for fate in fates if fate.last is not None and not fate.late],
        [fate for fate in fates if fate.overpaid()],
        [fate for fate in fates if fate.away],
        [fate for fate in fates if fate.moves],
    ):
        assert len(found) > 20
    assert {fate.amount(3) < fate.amount(4) < fate.amount(6) for fate in fates if fate.type == plan.LATE_TYPE} == {True}


def test_closes_every_month_without_an_unexplained_fen_and_names_one_that_is(engine, database, monkeypatch):
    said = []
    found = run.run(engine, MONTHS, AWARDS, said.append)
    assert found.problems == [] and len(said) == MONTHS
    assert database.month_closes.count_documents({"state": "CLOSED"}) == MONTHS
    paid = {kind: amount for kind, (_, amount) in found.paid["kinds"].items()}
    assert set(paid) == {"regular", "arrears", "reissue"} and found.paid["overpaid"] > 0
    # What is sent again was not credited the first time.
    assert sum(paid.values()) - paid["reissue"] == found.paid["owed"] + found.paid["overpaid"]
    for table, query, update, expected in TAMPERED:
        kept = database[table].find_one(query, sort=[("_id", 1)])
        database[table].update_one({"_id": kept["_id"]}, update)
        problems = list(proof.sentences(engine, county()))
        assert any(expected in sentence for sentence in problems), (table, problems[:5])
        database[table].replace_one({"_id": kept["_id"]}, kept)
    assert list(proof.sentences(engine, county())) == []
    monkeypatch.setattr(Program, "engine", lambda self: engine)
    monkeypatch.setattr(connection, "close", lambda: None)
    proved = CliRunner().invoke(main, ["payments", "verify"])
    assert proved.exit_code == 0 and f"{MONTHS} 份名册核对无误" in proved.output
    database.payment_lines.update_one({"batch": "all:2026-04"}, {"$inc": {"amount": 1}})
    refused = CliRunner().invoke(main, ["payments", "verify"])
    assert refused.exit_code == 1 and "不一致，第一处" in refused.output


TAMPERED = [
    ("payment_lines", {"batch": "all:2026-03"}, {"$inc": {"amount": 1}}, "按经过应为"),
    ("payment_lines", {"batch": "all:2026-03", "state": "PAID"}, {"$set": {"state": "FAILED"}}, "银行入账"),
    ("awards", {}, {"$inc": {"entries.0.set.entitled": 100}}, "没有决定"),
    ("awards", {}, {"$inc": {"spells.0.amount": 100}}, "应发"),
    ("month_closes", {"_id": "2026-05"}, {"$inc": {"closings.0.figures.rows.0.due": 1}}, "校验值"),
    ("fund_requests", {"month": "2026-05"}, {"$inc": {"arrived": -1}}, "到账的资金不一致"),
]
"""What somebody might change behind the back: collection, document, change, and what the proof says of it."""


def county():
    months = dates.month_range(run.FIRST, dates.add_months(run.FIRST, MONTHS - 1))
    return World([plan.fate_of(number, MONTHS) for number in range(AWARDS)], months)


@pytest.mark.parametrize(
    ("problems", "code", "said"), [([], 0, "没有说明不了的一分钱"), (["2026-03 差 0.01 元"], 1, "1 处说明不了，第一处：2026-03 差 0.01 元")]
)
def test_the_command_says_what_was_proved_and_fails_on_what_was_not(monkeypatch, problems, code, said):
    paid = {"kinds": {"regular": (2, 40000)}, "owed": 40000, "overpaid": 0}
    monkeypatch.setattr(run, "on_own_server", lambda months, scale, progress: run.Outcome(problems, paid))
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(Program, "engine", lambda self: pytest.fail("the drill must not open the county's database"))
    result = CliRunner().invoke(main, ["payments", "drill", "--months", "3", "--scale", "0.01"])
    assert result.exit_code == code and said in result.output
