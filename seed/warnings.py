"""The list of warnings of the demo county (虚构) as found on a day, some of them looked into and put aside."""

from datetime import date, timedelta
from random import Random

from adminapp import database, dates
from adminapp.engine import Engine
from adminapp.policy import REVIEWER
from adminapp.scope import acting
from adminapp.warnings import store, sweep
from seed.names import MARK
from seed.staff import Staff

ASIDE = 0.06
"""Part of the warnings that somebody looked into."""
REASONS = {
    "late_step": ("handled", "已联系经办人，材料补齐后本周内办结"),
    "adjusted": ("known", "县级会商同意按实际情况调整，会议记录已归档"),
    "shared_account": ("fine", "夫妻两人的待遇发到同一账户，已电话核实"),
    "foreign_account": ("known", "监护人代领，代领协议已备案"),
}
OTHERWISE = ("fine", "已核实，情况属实")


def fill(engine: Engine, seed: int, on: date, staff: Staff):
    """Find what the rules find on the day `on`, and put some aside; what is there already stays."""
    reviewer = staff.of(REVIEWER, "")
    with dates.frozen(on):
        sweep.sweep(engine, force=True)
        ids = [row["_id"] for row in database.raw(store.COLLECTION).find({"state": store.OPEN, "rev": 0}, {"_id": 1}, sort=[("_id", 1)])]
        for rule, (code, reason) in (REASONS | {"": OTHERWISE}).items():
            picked = [key for key in ids if _rule(key) == rule and Random(f"{seed}:{key}").random() < ASIDE]
            if picked:
                with acting(reviewer):
                    store.dismiss(picked, reviewer, code, f"{reason}（{MARK}）", on + timedelta(days=30))


def _rule(key):
    rule = key.partition(":")[0]
    return rule if rule in REASONS else ""
