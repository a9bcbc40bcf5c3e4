"""The steps of a month as tests take them: build, lock, approve, fund, send, and the bank's answer."""

from adminapp import dates
from adminapp.bank import profiles
from adminapp.funds import asking
from adminapp.funds import steps as funds
from adminapp.money import plain_yuan
from adminapp.payments import acts, batches, opening, release, transfers
from adminapp.payments.returns import model
from seed.bank import answer
from tests.adminapp.payments.world import CHECKER, MAKER, TREASURER, TYPES

NAMES = {key: key for key in TYPES}
ONCE = frozenset({"temporary"})
TXT, CSV = "txt_gbk@1", "generic_csv@1"


class Month:
    """Walks batches with `work`, the function that runs the waiting jobs."""

    def __init__(self, engine, work):
        self.engine, self.work = engine, work

    def build(self, month="2026-09", scope="all", **options):
        types = NAMES if scope == "all" else {scope: scope}
        batch = opening.start_build(scope, month, types, MAKER, once=ONCE, reason="锁定以后新增", **options)
        if batch["state"] == batches.PROPOSED:
            self.take(batch, "consent", CHECKER)
        self.work()
        return batches.get(batch["_id"])

    def lock(self, batch):
        opening.start_seal(batch["_id"], batches.get(batch["_id"])["rev"], MAKER)
        self.work()
        return batches.get(batch["_id"])

    def take(self, batch, key, actor, reason=""):
        return acts.perform(batch["_id"], key, actor, batches.get(batch["_id"])["rev"], reason)

    def fund(self, batch):
        self.take(batch, "approve", CHECKER)
        return self.funded(batch)

    def funded(self, batch):
        """Ask for the money of an approved list, let finance agree, and note that all of it arrived."""
        request = asking.submit(batch["month"], [batch["_id"]], MAKER)
        request = funds.take(request["_id"], "approve", TREASURER, request["rev"])
        money = {"amount": plain_yuan(request["amount"]), "date": dates.today().isoformat(), "voucher": f"虚构{batch['_id']}"}
        funds.take(request["_id"], "arrive", TREASURER, request["rev"], **money)
        return batches.get(batch["_id"])

    def sent(self, month="2026-09", **options):
        batch = self.fund(self.lock(self.build(month, **options)))
        return self.take(batch, "send", TREASURER)

    def transfers(self, batch):
        batch = batches.get(batch["_id"])
        return transfers.of_batch(batch, release.rows_of(batch, self.engine.registry))

    def content(self, batch, fates=None, profile=TXT):
        """Return the bank's answer; `fates` are (mark, fen) by the payee's name."""
        rows = self.transfers(batch)
        by_reference = {row["reference"]: fates[row["name"]] for row in rows if row["name"] in (fates or {})}
        return answer(profiles.get(profile).profile, rows, by_reference)

    def upload(self, batch, content, profile=TXT, name="回盘.txt"):
        found = model.upload(batch["_id"], profile, name, content, TREASURER)
        self.work()
        return model.get(found["_id"])

    def apply(self, found):
        # A few people with the same amounts: the bank's answer is often that of last month byte for byte.
        model.start_apply(found["_id"], found["rev"], TREASURER, really_this=True)
        self.work()
        return model.get(found["_id"])

    def answered(self, batch, fates=None, profile=TXT):
        """Take in the bank's answer and return its record."""
        found = self.upload(batch, self.content(batch, fates, profile), profile)
        assert found["state"] == model.CHECKED, found["problems"]
        return self.apply(found)

    def closed(self, month="2026-09", fates=None, **options):
        batch = self.sent(month, **options)
        self.answered(batch, fates)
        return self.take(batch, "close", TREASURER)
