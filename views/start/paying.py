"""For those who make, approve and pay the lists: what the last months cost, by type, and which lists wait."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import dates, engine, policy
from adminapp.funds import requests
from adminapp.money import format_yuan
from adminapp.payments import acts, batches
from adminapp.startpage import MAIN, SIDE, TILES, Asked, Figures, Line, Lines, Part, Row, Tile, register

MONTHS = 12
READ = 200
"""Batches looked at: those of a year, with one for each type and some made anew."""
OPEN = {
    batches.BUILDING,
    batches.DRAFT,
    batches.LOCKED,
    batches.APPROVED,
    batches.FUNDED,
    batches.SENT,
    batches.RECONCILING,
}


def _months(asked):
    """Return {month: {type: fen}} of what was locked for the last twelve months, this one included."""
    first = dates.add_months(dates.month_of(asked.today), 1 - MONTHS)
    found = {month: {} for month in dates.month_range(first, dates.month_of(asked.today))}
    for batch in batches.listed(READ):
        if batch["state"] in batches.SEALED and batch["month"] in found and batch.get("totals"):
            sums = found[batch["month"]]
            for item in batch["totals"]["types"]:
                sums[item["key"]] = sums.get(item["key"], 0) + item["amount"]
    return found


def tile(asked: Asked):
    months = _months(asked)
    month = max((month for month, sums in months.items() if sums), default=None)
    if month is None:
        return None
    amount, before = sum(months[month].values()), sum(months.get(dates.add_months(month, -1), {}).values())
    note = _("比上月 %(sum)s", sum=f"{'+' if amount >= before else ''}{format_yuan(amount - before)}") if before else ""
    return Tile(_("%(month)s 应发", month=month), format_yuan(amount), _("元"), note, link=("payments.index", {}))


def by_month(asked: Asked):
    months, published = _months(asked), engine.current().registry.latest()
    types = sorted(
        {key for sums in months.values() for key in sums}, key=lambda key: -sum(s.get(key, 0) for s in months.values())
    )
    if not types:
        return None
    rows = tuple(Row(month, tuple(sums.get(key, 0) for key in types)) for month, sums in months.items())
    names = tuple(published[key].relief_type.name if key in published else key for key in types)
    return Figures(_("每月发放金额"), names, rows, "columns", _("月份"), money=True, link=("payments.index", {}))


def waiting(asked: Asked):
    """Return the lists that are not done, nearest to the actor's own steps first."""
    found = [batch for batch in batches.listed(READ) if batch["state"] in OPEN]
    mine = [batch for batch in found if acts.offered(batch, asked.actor)]
    rest = [batch for batch in found if batch not in mine]
    return Lines(
        _("办理中的发放批次"),
        tuple(_batch(batch, batch in mine) for batch in [*mine, *rest][:8]),
        nothing=_("没有办理中的批次。"),
        link=("payments.index", {}),
    )


def requested(asked: Asked):
    """Return the fund requests that wait for finance or for the money; the actor's own steps first."""
    found = [each for each in requests.listed(READ) if each["state"] in (requests.SUBMITTED, requests.APPROVED)]
    lines = [
        Line(
            requests.title_of(each),
            _("%(sum)s 元", sum=format_yuan(each["amount"] - each["arrived"])) + (" · " + _("等您办理") if asked.actor.has(policy.FINANCE) else ""),
            _(requests.STATES[each["state"]]), requests.TONES[each["state"]], ("funds.show", {"funding_id": each["_id"]}),
        )
        for each in found[:8]
    ]  # fmt: skip
    return Lines(_("待办的资金申请"), tuple(lines), link=("funds.index", {})) if lines else None


def _batch(batch, mine):
    sums = batch.get("totals") or {}
    note = _("%(n)s 行，%(sum)s 元", n=f"{sums['count']:,}", sum=format_yuan(sums["amount"])) if sums else ""
    return Line(
        batches.title_of(batch),
        note + (" · " + _("等您办理") if mine else ""),
        _(batches.STATES[batch["state"]]),
        batches.TONES[batch["state"]],
        ("payments.show", {"batch_id": batch["_id"]}),
    )


register(Part("paid", TILES, 30, policy.PAYERS, tile, _l("应发")))
register(Part("months", MAIN, 40, policy.PAYERS, by_month, _l("每月发放金额")))
register(Part("batches", SIDE, 20, policy.PAYERS, waiting, _l("办理中的发放批次")))
register(Part("funds", SIDE, 15, policy.PAYERS, requested, _l("待办的资金申请")))
