"""The steps of a month in the drill, each by the engine and the person whose step it is: from cut-off to month close."""

from datetime import datetime, time, timedelta

from adminapp import dates
from adminapp.bank import profiles, reasons
from adminapp.database import raw
from adminapp.errors import SetupError
from adminapp.funds import asking
from adminapp.funds import steps as funds
from adminapp.jobs import model as jobs
from adminapp.jobs import runner
from adminapp.money import plain_yuan
from adminapp.months import closing
from adminapp.payments import acts, batches, lines, opening, release, timetable, transfers
from adminapp.payments.returns import model as returns
from adminapp.payments.returns import queue
from adminapp.reports import store as reports
from adminapp.reports import work
from adminapp.scope import ALL, Actor, acting
from seed import bank
from seed.drill import plan, world

MAKER = Actor("drill-maker", "编制（虚构）", frozenset({"county_reviewer"}), ALL)
CHECKER = Actor("drill-checker", "审批（虚构）", frozenset({"county_approver"}), ALL)
TREASURER = Actor("drill-finance", "财务（虚构）", frozenset({"finance"}), ALL)
PROFILE = "generic_csv@1"
REPORTED = 4
"""Days into the next month on which the statistics of a month are frozen; it is closed a day later."""


class Walk:
    """Takes the lists of a drill through their months with the jobs of `engine`, in this process."""

    def __init__(self, engine, county: world.World):
        self.engine, self.county = engine, county
        self.fates = {county.ident(fate.number): fate for fate in county.fates}

    def month(self, place: int) -> dict:
        """Pay a month and close it; return its list."""
        month = self.county.months[place]
        day = dates.next_workday(timetable.cutoff(month) + timedelta(days=1))
        self.county.happen(place)
        with _at(day, MAKER):
            batch = opening.start_build(batches.ALL_TYPES, month, {key: key for key in plan.TYPES}, MAKER)
            self._work()
            opening.start_seal(batch["_id"], batches.get(batch["_id"])["rev"], MAKER)
            self._work()
        self._take(batch, "approve", CHECKER, day + timedelta(days=1))
        self._funded(batch, day + timedelta(days=2))
        self._take(batch, "send", TREASURER, day + timedelta(days=4))
        self._answered(batch, place, day + timedelta(days=6))
        self._take(batch, "close", TREASURER, day + timedelta(days=7))
        over = dates.first_day(dates.add_months(month, 1)) + timedelta(days=REPORTED)
        with _at(over, MAKER):
            reports.begin(month, "drill")
            work.build(month, self.engine.registry, MAKER, "drill", freeze=True)
        with _at(over + timedelta(days=1), TREASURER):
            closing.take(month, "close", TREASURER, closing.get(month)["rev"])
        return batches.get(batch["_id"])

    def _take(self, batch, key, actor, day):
        with _at(day, actor):
            acts.perform(batch["_id"], key, actor, batches.get(batch["_id"])["rev"])

    def _funded(self, batch, day):
        with _at(day, MAKER):
            request = asking.submit(batch["month"], [batch["_id"]], MAKER)
        with _at(day, TREASURER):
            request = funds.take(request["_id"], "approve", TREASURER, request["rev"])
            money = {"amount": plain_yuan(request["amount"]), "date": dates.today().isoformat(), "voucher": f"演练{request['_id']}"}
            funds.take(request["_id"], "arrive", TREASURER, request["rev"], **money)

    def _answered(self, batch, place, day):
        """Take in what the bank answers, and put right what it did not credit: accounts by a second person, the rest by the county."""
        with _at(day, TREASURER):
            batch = batches.get(batch["_id"])
            rows = transfers.of_batch(batch, release.rows_of(batch, self.engine.registry))
            answers = {row["reference"]: _marked(self.fates[row["award"]].answer(place), row) for row in rows}
            content = bank.answer(profiles.get(PROFILE).profile, rows, {reference: each for reference, each in answers.items() if each})
            found = returns.upload(batch["_id"], PROFILE, "回盘.csv", content, TREASURER)
            self._work()
            found = returns.get(found["_id"])
            if found["state"] != returns.CHECKED:
                raise SetupError(f"{batch['month']} 的回盘没有通过核对：{found['problems'][:3]}")
            returns.start_apply(found["_id"], found["rev"], TREASURER, really_this=True)
            self._work()
        with _at(day, CHECKER):
            for line in list(raw(lines.COLLECTION).find({"batch": batch["_id"], "state": {"$in": list(lines.BROKEN)}}, sort=[("_id", 1)])):
                reason = reasons.get(lines.outcome(line).get("reason", ""))
                if reason.fix == reasons.ACCOUNT:
                    world.put_right(line)
                elif queue.may_fix(queue.get(line["_id"]), CHECKER):
                    queue.settle(line["_id"], CHECKER, True, "已核实，仍应发放")

    def _work(self):
        for job_id in jobs.waiting():
            if runner.run_job(self.engine, job_id) != jobs.DONE:
                raise SetupError(f"演练的任务没有完成：{jobs.get(job_id).get('message', '')}")


def _marked(fate, row):
    """Return (mark, fen credited) of a transfer, None when all of it is."""
    if not fate:
        return None
    return ("成功", row["amount"] // 2) if fate == plan.PART else (fate, 0)


class _at:
    """Morning of a day, as a person."""

    def __init__(self, day, actor):
        self.parts = dates.frozen(datetime.combine(day, time(9), dates.SHANGHAI)), acting(actor)

    def __enter__(self):
        for part in self.parts:
            part.__enter__()

    def __exit__(self, *failed):
        for part in reversed(self.parts):
            part.__exit__(*failed)
